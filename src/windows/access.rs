//! Who owns a file or folder and who may do what with it, in the words in which Windows writes that down: the security
//! descriptor definition language (SDDL).

use std::ffi::OsStr;
use std::fs::File;
use std::os::windows::ffi::OsStrExt;
use std::os::windows::fs::OpenOptionsExt;
use std::os::windows::io::AsRawHandle;
use std::path::Path;
use std::{io, mem, ptr};

use windows_sys::Win32::Foundation::{ERROR_SUCCESS, LocalFree};
use windows_sys::Win32::Security::Authorization::{
    ConvertSecurityDescriptorToStringSecurityDescriptorW, ConvertStringSecurityDescriptorToSecurityDescriptorW,
    GetSecurityInfo, SDDL_REVISION_1, SE_FILE_OBJECT, SetSecurityInfo,
};
use windows_sys::Win32::Security::{
    DACL_SECURITY_INFORMATION, GetSecurityDescriptorDacl, OBJECT_SECURITY_INFORMATION, OWNER_SECURITY_INFORMATION,
    PROTECTED_DACL_SECURITY_INFORMATION, PSECURITY_DESCRIPTOR, SECURITY_ATTRIBUTES,
};
use windows_sys::Win32::Storage::FileSystem::{
    CreateDirectoryW, FILE_FLAG_BACKUP_SEMANTICS, FILE_FLAG_OPEN_REPARSE_POINT, FILE_READ_ATTRIBUTES, READ_CONTROL,
    WRITE_DAC,
};

/// A security descriptor that Windows made.
struct Descriptor(PSECURITY_DESCRIPTOR);

impl Descriptor {
    #[expect(unsafe_code, reason = "a call into Windows")]
    fn parse(text: &str) -> io::Result<Self> {
        let text: Vec<u16> = text.encode_utf16().chain([0]).collect();
        let mut descriptor = ptr::null_mut();
        // SAFETY: the text ends with a zero, the place for the descriptor is ours, and its length is not asked for.
        let made = unsafe {
            ConvertStringSecurityDescriptorToSecurityDescriptorW(
                text.as_ptr(),
                SDDL_REVISION_1,
                &raw mut descriptor,
                ptr::null_mut(),
            )
        };
        if made == 0 { Err(io::Error::last_os_error()) } else { Ok(Self(descriptor)) }
    }

    /// That of what is open.
    #[expect(unsafe_code, reason = "a call into Windows")]
    fn of(file: &File, parts: OBJECT_SECURITY_INFORMATION) -> io::Result<Self> {
        let mut descriptor = ptr::null_mut();
        // SAFETY: the handle is open; of its parts only the whole is asked for, and the place for that is ours.
        let error = unsafe {
            GetSecurityInfo(
                file.as_raw_handle(),
                SE_FILE_OBJECT,
                parts,
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                ptr::null_mut(),
                &raw mut descriptor,
            )
        };
        if error == ERROR_SUCCESS {
            Ok(Self(descriptor))
        } else {
            Err(io::Error::from_raw_os_error(error.cast_signed()))
        }
    }

    #[expect(unsafe_code, reason = "calls into Windows")]
    fn text(&self, parts: OBJECT_SECURITY_INFORMATION) -> io::Result<String> {
        let (mut text, mut length) = (ptr::null_mut(), 0);
        // SAFETY: the descriptor is one that Windows made; the places for the text and its length are ours.
        let made = unsafe {
            ConvertSecurityDescriptorToStringSecurityDescriptorW(
                self.0,
                SDDL_REVISION_1,
                parts,
                &raw mut text,
                &raw mut length,
            )
        };
        if made == 0 {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: Windows says that it is so long, its closing zeros included.
        let units = unsafe { std::slice::from_raw_parts(text, length as usize) };
        let out = String::from_utf16_lossy(units).trim_end_matches('\0').to_owned();
        // SAFETY: Windows made it, and nobody uses it any more.
        unsafe { LocalFree(text.cast()) };
        Ok(out)
    }
}

impl Drop for Descriptor {
    #[expect(unsafe_code, reason = "a call into Windows")]
    fn drop(&mut self) {
        // SAFETY: Windows made it, and nobody uses it any more.
        unsafe { LocalFree(self.0) };
    }
}

/// Makes a folder with these rights, in one call, so that it is at no time without them.
///
/// # Errors
/// What Windows says; among them that the folder exists.
#[expect(unsafe_code, reason = "a call into Windows")]
pub(crate) fn create_folder(path: &Path, rights: &str) -> io::Result<()> {
    let descriptor = Descriptor::parse(rights)?;
    // The long form, which has no limit at 260 characters.
    let path = std::path::absolute(path)?;
    let name: Vec<u16> = long_form(path.as_os_str()).chain([0]).collect();
    let attributes = SECURITY_ATTRIBUTES {
        nLength: mem::size_of::<SECURITY_ATTRIBUTES>() as u32,
        lpSecurityDescriptor: descriptor.0,
        bInheritHandle: 0,
    };
    // SAFETY: the name ends with a zero; the attributes and what they point to live until after the call.
    let created = unsafe { CreateDirectoryW(name.as_ptr(), &raw const attributes) };
    if created == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// Makes a folder for this account, administrators and the system alone, whatever the folder above it allows. (The
/// `Temp` of Windows itself, which the system account uses, lets everybody put files into the folders below it.)
///
/// # Errors
/// What Windows says; among them that the folder exists.
pub(crate) fn create_private_folder(path: &Path) -> io::Result<()> {
    // Protected from inheritance; full access for the owner, administrators and the system, here and below.
    create_folder(path, "D:P(A;OICI;FA;;;OW)(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)")
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

/// Opens a folder, or a link in its place, which is not followed; `to_change`: also to give it other rights.
///
/// # Errors
/// What Windows says.
pub(crate) fn open_folder(path: &Path, to_change: bool) -> io::Result<File> {
    let access = READ_CONTROL | FILE_READ_ATTRIBUTES | if to_change { WRITE_DAC } else { 0 };
    let flags = FILE_FLAG_BACKUP_SEMANTICS | FILE_FLAG_OPEN_REPARSE_POINT;
    File::options().access_mode(access).custom_flags(flags).open(path)
}

/// The owner and the rights of what is open: `O:...D:...`.
///
/// # Errors
/// What Windows says.
pub(crate) fn rights_of(file: &File) -> io::Result<String> {
    let parts = OWNER_SECURITY_INFORMATION | DACL_SECURITY_INFORMATION;
    Descriptor::of(file, parts)?.text(parts)
}

/// Gives a folder, opened to change it, these rights instead of its own and of those above it.
///
/// # Errors
/// What Windows says.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn set_rights(folder: &File, rights: &str) -> io::Result<()> {
    let descriptor = Descriptor::parse(rights)?;
    let (mut present, mut list, mut by_default) = (0, ptr::null_mut(), 0);
    // SAFETY: the descriptor is one that Windows made; the places for what is asked for are ours.
    let told = unsafe { GetSecurityDescriptorDacl(descriptor.0, &raw mut present, &raw mut list, &raw mut by_default) };
    if told == 0 || present == 0 || list.is_null() {
        return Err(io::Error::other("there are no rights in the text"));
    }
    // SAFETY: the handle is open; the list lives as long as its descriptor, which is until after the call.
    let error = unsafe {
        SetSecurityInfo(
            folder.as_raw_handle(),
            SE_FILE_OBJECT,
            DACL_SECURITY_INFORMATION | PROTECTED_DACL_SECURITY_INFORMATION,
            ptr::null_mut(),
            ptr::null_mut(),
            list,
            ptr::null_mut(),
        )
    };
    if error == ERROR_SUCCESS { Ok(()) } else { Err(io::Error::from_raw_os_error(error.cast_signed())) }
}

/// An account (`S-1-5-...`) as [`rights_of`] writes it: of some it knows two letters.
pub(crate) fn as_written(account: &str) -> Option<String> {
    let text = Descriptor::parse(&format!("O:{account}")).and_then(|it| it.text(OWNER_SECURITY_INFORMATION)).ok()?;
    text.strip_prefix("O:").map(str::to_owned)
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
