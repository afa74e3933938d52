//! The handlers of Ctrl-C and its like: what they raise, and who is told.

use std::io;

use crate::error::Error;
use crate::shell::Interrupt;
use crate::terminal;

/// Counts every request to stop from now on: Ctrl-C, Ctrl-Break, SIGTERM, SIGHUP, and the end of a console window, a logon
/// or the machine.
///
/// # Errors
/// When the system takes no handler.
pub(crate) fn install_handlers() -> Result<Interrupt, Error> {
    let refused = |cause| Error::System { what: "cannot listen to Ctrl-C", cause };
    let interrupt = Interrupt::new();
    let raised = interrupt.clone();
    ctrlc::set_handler(move || {
        raised.raise();
        terminal::notice_interrupt(raised.count());
    })
    .map_err(|error| refused(io::Error::other(error)))?;
    #[cfg(windows)]
    {
        let raised = interrupt.clone();
        // Nobody is told: the window is closing.
        crate::windows::on_end(move || raised.raise()).map_err(refused)?;
    }
    Ok(interrupt)
}
