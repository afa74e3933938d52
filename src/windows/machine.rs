//! What Windows and its registry say of this machine, for errors that can then name what is missing.

use std::ptr;

use windows_sys::Win32::Foundation::ERROR_SUCCESS;
use windows_sys::Win32::System::Registry::{HKEY_LOCAL_MACHINE, RRF_RT_REG_SZ, RRF_SUBKEY_WOW6464KEY, RegGetValueW};
use windows_sys::Win32::System::SystemInformation::{
    COMPUTER_NAME_FORMAT, ComputerNameDnsFullyQualified, GetComputerNameExW,
};

/// Longer than any name or path in here.
const ROOM: usize = 1024;

/// The name of this machine and its domain, for example `EX01.contoso.local`; the name alone where it is in none.
pub fn full_name() -> Option<String> {
    computer_name(ComputerNameDnsFullyQualified)
}

/// Where Exchange 2013 or later is installed on this machine. Setup writes it to the 64-bit view of the registry.
pub fn exchange_install_path() -> Option<String> {
    registry_text(r"SOFTWARE\Microsoft\ExchangeServer\v15\Setup", "MsiInstallPath")
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
#[expect(unsafe_code, reason = "a call into Windows")]
fn registry_text(key: &str, value: &str) -> Option<String> {
    let [key, value] = [key, value].map(|name| name.encode_utf16().chain([0]).collect::<Vec<u16>>());
    let mut text = [0u16; ROOM];
    let mut size = (text.len() * size_of::<u16>()) as u32;
    // SAFETY: the names end with zeros; the buffer is ours and as long as we say.
    let told = unsafe {
        RegGetValueW(
            HKEY_LOCAL_MACHINE,
            key.as_ptr(),
            value.as_ptr(),
            RRF_RT_REG_SZ | RRF_SUBKEY_WOW6464KEY,
            ptr::null_mut(),
            text.as_mut_ptr().cast(),
            &raw mut size,
        )
    };
    let text = text.split(|unit| *unit == 0).next().filter(|text| told == ERROR_SUCCESS && !text.is_empty())?;
    Some(String::from_utf16_lossy(text))
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
