//! Folders: those that Windows itself names, since the environment is in the hands of whoever started us, and private
//! ones.

use std::ffi::{OsStr, OsString};
use std::os::windows::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};
use std::{io, mem, ptr};

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::{
    ConvertStringSecurityDescriptorToSecurityDescriptorW, SDDL_REVISION_1,
};
use windows_sys::Win32::Security::SECURITY_ATTRIBUTES;
use windows_sys::Win32::Storage::FileSystem::CreateDirectoryW;
use windows_sys::Win32::System::SystemInformation::GetSystemDirectoryW;

/// `GetSystemDirectoryW`: `C:\Windows\System32`, where it is not somewhere else.
#[expect(unsafe_code, reason = "a call into Windows")]
pub(crate) fn system_directory() -> Option<PathBuf> {
    let mut buffer = [0u16; 1024];
    // SAFETY: the buffer is ours and as long as we say.
    let length = unsafe { GetSystemDirectoryW(buffer.as_mut_ptr(), buffer.len() as u32) };
    // 0 is an error; more than the buffer holds is the size that would be needed.
    let name = buffer.get(..length as usize).filter(|name| !name.is_empty())?;
    Some(PathBuf::from(OsString::from_wide(name)))
}

/// Makes a folder for this account, administrators and the system alone, whatever the folder above it allows. (The
/// `Temp` of Windows itself, which the system account uses, lets everybody put files into the folders below it.)
///
/// # Errors
/// What Windows says; among them that the folder exists.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    // Protected from inheritance; full access for the owner, administrators and the system, here and below.
    let rights: Vec<u16> = "D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)\0".encode_utf16().collect();
    // The long form, which has no limit at 260 characters.
    let path = std::path::absolute(path)?;
    let name: Vec<u16> = long_form(path.as_os_str()).chain([0]).collect();
    let mut descriptor = ptr::null_mut();
    // SAFETY: the text ends with a zero, and the descriptor is freed below.
    let made = unsafe {
        ConvertStringSecurityDescriptorToSecurityDescriptorW(
            rights.as_ptr(),
            SDDL_REVISION_1,
            &raw mut descriptor,
            ptr::null_mut(),
        )
    };
    if made == 0 {
        return Err(io::Error::last_os_error());
    }
    let attributes = SECURITY_ATTRIBUTES {
        nLength: mem::size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: descriptor,
        bInheritHandle: 0,
    };
    // SAFETY: the name ends with a zero; the attributes and what they point to live until after the call.
    let created = unsafe { CreateDirectoryW(name.as_ptr(), &raw const attributes) };
    let error = io::Error::last_os_error();
    // SAFETY: Windows made it, and nobody uses it any more.
    unsafe { LocalFree(descriptor) };
    if created == 0 { Err(error) } else { Ok(()) }
}

/// An absolute path in the form that is taken as it is: `\\?\C:\...`, `\\?\UNC\server\share\...`.
fn long_form(path: &OsStr) -> impl Iterator<Item = u16> {
    let units: Vec<u16> = path.encode_wide().collect();
    let starts = |with: &str| units.starts_with(&with.encode_utf16().collect::<Vec<_>>());
    let (prefix, skip) = match () {
        () if starts(r"\\?\") || starts(r"\\.\") => ("", 0),
        () if starts(r"\\") => (r"\\?\UNC\", 2),
        () => (r"\\?\", 0),
    };
    prefix.encode_utf16().chain(units.into_iter().skip(skip)).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_has_a_long_form() {
        let cases = [
            (r"C:\Temp\x", r"\\?\C:\Temp\x"),
            (r"\\server\share\x", r"\\?\UNC\server\share\x"),
            (r"\\?\C:\Temp", r"\\?\C:\Temp"),
        ];
        for (path, expected) in cases {
            let long: Vec<u16> = long_form(OsStr::new(path)).collect();
            assert_eq!(String::from_utf16(&long).unwrap(), expected);
        }
    }

    #[test]
    fn a_private_folder_is_made_once() {
        let base = tempfile::tempdir().unwrap();
        let folder = base.path().join("x".repeat(100)).join("y".repeat(100)).join("z".repeat(100));
        std::fs::create_dir_all(folder.parent().unwrap()).unwrap();
        create_private_folder(&folder).unwrap();
        assert_eq!(create_private_folder(&folder).unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        std::fs::write(folder.join("file"), "its maker may write").unwrap();
    }
}
