//! The name of this machine, by the word of Windows itself.

use windows_sys::Win32::System::SystemInformation::{ComputerNameDnsFullyQualified, GetComputerNameExW};

/// `GetComputerNameExW`: the host name with its domain.
#[expect(unsafe_code, reason = "a call into Windows")]
pub fn full_computer_name() -> Option<String> {
    // A DNS name has at most 255 characters.
    let mut buffer = [0u16; 256];
    let mut length = 256;
    // SAFETY: the buffer is ours and as long as we say.
    let told = unsafe { GetComputerNameExW(ComputerNameDnsFullyQualified, buffer.as_mut_ptr(), &mut length) };
    let name = buffer.get(..length as usize).filter(|_| told != 0)?;
    String::from_utf16(name).ok()
}
