//! Folders that Windows itself names, since the environment is in the hands of whoever started us.

use std::ffi::OsString;
use std::os::windows::ffi::OsStringExt;
use std::path::PathBuf;

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
