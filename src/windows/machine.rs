//! What Windows and its registry say of this machine, for errors that can then name what is missing.

use std::path::PathBuf;

use windows_registry::{CURRENT_USER, LOCAL_MACHINE};
use windows_sys::Win32::System::Registry::KEY_WOW64_64KEY;
use windows_sys::Win32::System::SystemInformation::{
    COMPUTER_NAME_FORMAT, ComputerNameDnsFullyQualified, GetComputerNameExW,
};

use super::folders::system_directory;

/// Longer than any name in here.
const ROOM: usize = 1024;

/// The name of this machine and its domain, for example `EX01.contoso.local`; the name alone where it is in none.
pub(crate) fn full_name() -> Option<String> {
    computer_name(ComputerNameDnsFullyQualified)
}

/// Where Exchange 2013 or later is installed on this machine. Setup writes it to the 64-bit view of the registry.
pub(crate) fn exchange_install_path() -> Option<String> {
    registry_text(r"SOFTWARE\Microsoft\ExchangeServer\v15\Setup", "MsiInstallPath")
}

/// The execution policy that group policy sets, where it refuses scripts, as `Get-ExecutionPolicy -List` names it:
/// `MachinePolicy AllSigned`. PowerShell 7 (`is_core`) has a policy of its own, and takes that of Windows PowerShell where it is
/// told to.
pub(crate) fn policy_against_scripts(is_core: bool) -> Option<String> {
    let [own, other] =
        [r"SOFTWARE\Policies\Microsoft\PowerShellCore", r"SOFTWARE\Policies\Microsoft\Windows\PowerShell"];
    let keys = if is_core { [own, other] } else { [other, own] };
    let all =
        keys.into_iter().flat_map(|key| [("MachinePolicy", LOCAL_MACHINE, key), ("UserPolicy", CURRENT_USER, key)]);
    all.into_iter().find_map(|(scope, root, key)| {
        let key = root.options().read().access(KEY_WOW64_64KEY).open(key).ok()?;
        let policy = match key.get_u32("EnableScripts") {
            Ok(0) => "Restricted".to_owned(),
            Ok(_) | Err(_) => key.get_string("ExecutionPolicy").ok()?,
        };
        let known = ["AllSigned", "Restricted"].into_iter().find(|known| known.eq_ignore_ascii_case(&policy));
        known.map(|known| format!("{scope} {known}"))
    })
}

/// `C:\ProgramData`, where it is not somewhere else; not from the environment, which whoever started us may have changed.
pub(crate) fn program_data() -> Option<PathBuf> {
    const LIST: &str = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion\ProfileList";
    const DRIVE: &str = "%SystemDrive%";
    let told = registry_text(LIST, "ProgramData").unwrap_or_else(|| format!(r"{DRIVE}\ProgramData"));
    let system = system_directory()?;
    let drive = system.components().next()?.as_os_str().to_string_lossy().into_owned();
    let path = match told.get(..DRIVE.len()) {
        Some(start) if start.eq_ignore_ascii_case(DRIVE) => drive + &told[DRIVE.len()..],
        _ => told,
    };
    Some(PathBuf::from(path)).filter(|path| path.is_absolute())
}

#[expect(unsafe_code, reason = "a call into Windows")]
fn computer_name(format: COMPUTER_NAME_FORMAT) -> Option<String> {
    let mut name = [0; ROOM];
    let mut length = name.len() as u32;
    // SAFETY: the buffer is ours and as long as we say.
    let told = unsafe { GetComputerNameExW(format, name.as_mut_ptr(), &raw mut length) };
    let name = name.get(..length as usize).filter(|name| told != 0 && !name.is_empty())?;
    Some(String::from_utf16_lossy(name))
}

/// A text below `HKEY_LOCAL_MACHINE`.
fn registry_text(key: &str, value: &str) -> Option<String> {
    let key = LOCAL_MACHINE.options().read().access(KEY_WOW64_64KEY).open(key).ok()?;
    key.get_string(value).ok().filter(|text| !text.is_empty())
}

/// A list of texts below `HKEY_LOCAL_MACHINE`; empty where there is none.
pub(crate) fn registry_texts(key: &str, value: &str) -> Vec<String> {
    let key = LOCAL_MACHINE.options().read().access(KEY_WOW64_64KEY).open(key);
    key.and_then(|key| key.get_multi_string(value)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_has_a_name_and_its_full_name_begins_with_it() {
        // The short name is cut at 15 characters.
        let short = computer_name(windows_sys::Win32::System::SystemInformation::ComputerNameNetBIOS);
        let [short, full] = [short, full_name()].map(|name| name.unwrap().to_ascii_lowercase());
        assert!(full.starts_with(&short), "{short}, {full}");
    }

    #[test]
    fn a_text_is_read_from_the_registry_and_nothing_from_nowhere() {
        let root = registry_text(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "SystemRoot");
        assert!(root.unwrap().to_ascii_lowercase().contains(r":\windows"));
        assert_eq!(registry_text(r"SOFTWARE\relight\no such key", "x"), None);
        assert_eq!(registry_text(r"SOFTWARE\Microsoft\Windows NT\CurrentVersion", "no such value"), None);
    }
}
