//! The account that this process runs under.

use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::{io, mem, ptr};

use windows_sys::Win32::Foundation::LocalFree;
use windows_sys::Win32::Security::Authorization::ConvertSidToStringSidW;
use windows_sys::Win32::Security::{
    GetTokenInformation, TOKEN_ELEVATION, TOKEN_QUERY, TOKEN_USER, TokenElevation, TokenUser,
};
use windows_sys::Win32::System::Threading::{GetCurrentProcess, OpenProcessToken};

/// Its security identifier, `S-1-5-...`.
///
/// # Errors
/// What Windows says.
#[expect(unsafe_code, reason = "calls into Windows")]
pub(crate) fn own_identifier() -> io::Result<String> {
    /// More than any identifier needs, and aligned for what points to it.
    const ROOM: usize = 64;
    let token = own_token().ok_or_else(io::Error::last_os_error)?;
    let mut user = [0_u64; ROOM];
    // SAFETY: the class says that this structure is meant, and the room is as large as we say.
    let told = unsafe {
        GetTokenInformation(
            token.as_raw_handle(),
            TokenUser,
            user.as_mut_ptr().cast(),
            mem::size_of_val(&user) as u32,
            &mut 0,
        )
    };
    if told == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut text = ptr::null_mut();
    // SAFETY: Windows has put the structure there, with the identifier that it points to behind it.
    let made = unsafe { ConvertSidToStringSidW((*user.as_ptr().cast::<TOKEN_USER>()).User.Sid, &raw mut text) };
    if made == 0 {
        return Err(io::Error::last_os_error());
    }
    let mut units = Vec::new();
    // SAFETY: the text ends with a zero, behind which nothing is read.
    while let unit @ 1.. = unsafe { *text.add(units.len()) } {
        units.push(unit);
    }
    // SAFETY: Windows made it, and nobody uses it any more.
    unsafe { LocalFree(text.cast()) };
    Ok(String::from_utf16_lossy(&units))
}

#[expect(unsafe_code, reason = "calls into Windows")]
fn own_token() -> Option<OwnedHandle> {
    let mut token = ptr::null_mut();
    // SAFETY: the handle of this process needs no closing; the place for the token is ours.
    if unsafe { OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw mut token) } == 0 {
        return None;
    }
    // SAFETY: it was just opened, and nobody else has it.
    Some(unsafe { OwnedHandle::from_raw_handle(token) })
}

/// Whether it may use its administrative rights. `None` where Windows does not tell.
#[expect(unsafe_code, reason = "a call into Windows")]
pub fn is_elevated() -> Option<bool> {
    let token = own_token()?;
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
