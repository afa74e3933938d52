//! The account that this process runs under.

use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::{mem, ptr};

use windows_sys::Win32::Security::{GetTokenInformation, TOKEN_ELEVATION, TOKEN_QUERY, TokenElevation};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

/// Whether it may use its administrative rights. `None` where Windows does not tell.
#[expect(unsafe_code, reason = "calls into Windows")]
pub fn is_elevated() -> Option<bool> {
    let mut token = ptr::null_mut();
    // SAFETY: the handle of this process needs no closing; the place for the token is ours.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return None;
    }
    // SAFETY: it was just opened, and nobody else has it.
    let token = unsafe { OwnedHandle::from_raw_handle(token) };
    let mut elevation = TOKEN_ELEVATION::default();
    // SAFETY: the class says that this structure is meant, and the size is its own.
    let told = unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenElevation,
            (&raw mut elevation).cast(),
            mem::size_of_val(&elevation) as u32,
            &mut 0,
        )
    };
    (told != 0).then_some(elevation.TokenIsElevated != 0)
}
