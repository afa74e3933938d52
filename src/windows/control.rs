//! The end of the console, of the logon or of the machine. Windows ends the process as soon as its handler returns, and
//! after a few seconds in any case (5 when a window is closed): enough to let a change under way finish and to clear up,
//! if the handler waits for that. Ctrl-C and Ctrl-Break end nothing by themselves and are left to others.

use std::io;
use std::sync::OnceLock;
use std::time::Duration;

use windows_sys::Win32::System::Console::{
    CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT, SetConsoleCtrlHandler,
};
use windows_sys::core::BOOL;

/// Longer than Windows waits for anybody.
const UNTIL_WE_ARE_ENDED: Duration = Duration::from_secs(60);

static ON_END: OnceLock<Box<dyn Fn() + Send + Sync>> = OnceLock::new();

/// Calls this, on a thread of its own, when the end is near. Only the first call of this function counts.
///
/// # Errors
/// What Windows says.
#[expect(unsafe_code, reason = "a call into Windows")]
pub(crate) fn on_end(act: impl Fn() + Send + Sync + 'static) -> io::Result<()> {
    if ON_END.set(Box::new(act)).is_err() {
        return Ok(());
    }
    // SAFETY: the handler is a function that lives as long as the process.
    let added = unsafe { SetConsoleCtrlHandler(Some(handler), 1) };
    if added == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
}

#[expect(unsafe_code, reason = "Windows calls it")]
unsafe extern "system" fn handler(event: u32) -> BOOL {
    if ![CTRL_CLOSE_EVENT, CTRL_LOGOFF_EVENT, CTRL_SHUTDOWN_EVENT].contains(&event) {
        return 0;
    }
    if let Some(act) = ON_END.get() {
        act();
    }
    std::thread::sleep(UNTIL_WE_ARE_ENDED);
    1
}
