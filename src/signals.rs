//! The handlers of Ctrl-C and its like: what they raise, and who is told.

use std::io;

use crate::error::Error;
use crate::shell::Interrupt;
use crate::terminal;

/// Counts every request to stop from now on: Ctrl-C, Ctrl-Break, Ctrl-\, SIGTERM, SIGHUP, and the end of a console window, a
/// logon or the machine.
///
/// # Errors
/// When the system takes no handler.
pub(crate) fn install_handlers() -> Result<Interrupt, Error> {
    let interrupt = Interrupt::new();
    listen(&interrupt).map_err(|cause| Error::System { what: "cannot listen to Ctrl-C", cause })?;
    Ok(interrupt)
}

#[cfg(unix)]
fn listen(interrupt: &Interrupt) -> io::Result<()> {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGQUIT, SIGTERM};

    // SIGQUIT too: its default would leave a terminal that is being asked on without echo.
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGQUIT, SIGTERM, SIGHUP])?;
    let raised = interrupt.clone();
    let count = move || {
        for _ in signals.forever() {
            raised.raise();
            terminal::notice_interrupt(raised.count());
        }
    };
    std::thread::Builder::new().name("signals".to_owned()).spawn(count).map(drop)
}

#[cfg(windows)]
fn listen(interrupt: &Interrupt) -> io::Result<()> {
    let raised = interrupt.clone();
    ctrlc::set_handler(move || {
        raised.raise();
        terminal::notice_interrupt(raised.count());
    })
    .map_err(io::Error::other)?;
    let raised = interrupt.clone();
    // Nobody is told: the window is closing.
    crate::windows::on_end(move || raised.raise())
}
