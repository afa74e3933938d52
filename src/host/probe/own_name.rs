//! The name of this machine, as others would call it.

use crate::domain::Server;

/// This machine's name: on Windows with its domain, elsewhere as the administrator set it. `None`: it has none that a
/// server could have.
#[cfg(windows)]
pub fn own_name() -> Option<Server> {
    use windows_sys::Win32::System::SystemInformation::{ComputerNameDnsFullyQualified, GetComputerNameExW};

    // A DNS name has at most 255 characters.
    let mut buffer = [0u16; 256];
    let mut length = 256;
    #[expect(unsafe_code, reason = "std has no way to ask for the name of the machine")]
    // SAFETY: the buffer has as many characters as `length` says.
    let told = unsafe { GetComputerNameExW(ComputerNameDnsFullyQualified, buffer.as_mut_ptr(), &mut length) };
    let name = buffer.get(..usize::try_from(length).ok()?)?;
    if told == 0 { None } else { Server::parse(&String::from_utf16(name).ok()?).ok() }
}

/// This machine's name: on Windows with its domain, elsewhere as the administrator set it. `None`: it has none that a
/// server could have.
#[cfg(not(windows))]
pub fn own_name() -> Option<Server> {
    Server::parse(rustix::system::uname().nodename().to_str().ok()?).ok()
}
