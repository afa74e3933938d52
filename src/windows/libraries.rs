//! Where libraries come from that are loaded while the program runs: the system directory, and never the folder of the
//! program, which may be one that anybody can put files into.

use std::io;

use windows_sys::Win32::System::LibraryLoader::{LOAD_LIBRARY_SEARCH_SYSTEM32, SetDefaultDllDirectories};

/// From now on a library that is loaded by its name alone comes from the system directory.
///
/// # Errors
/// What Windows says.
#[expect(unsafe_code, reason = "a call into Windows")]
pub(crate) fn load_from_the_system_alone() -> io::Result<()> {
    // SAFETY: no pointers.
    let set = unsafe { SetDefaultDllDirectories(LOAD_LIBRARY_SEARCH_SYSTEM32) };
    if set == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}
