//! A key while something is waited for: q or Esc, without Enter. Ctrl-C stays what it is, a signal.

use super::key::Key;
use super::keyboard::{CtrlC, Keyboard};

/// Listens to the keyboard of the terminal until it is dropped.
#[derive(Debug)]
pub(crate) struct Keys {
    keyboard: Keyboard,
    /// Whether Esc was pressed before: an answer may have been followed by it at once.
    stopped: bool,
}

impl Keys {
    /// `None`: the terminal does not give single keys.
    pub(crate) fn listen() -> Option<Self> {
        let mut keyboard = Keyboard::open(CtrlC::Signal)?;
        let stopped = keyboard.pending().iter().any(stops);
        Some(Self { keyboard, stopped })
    }

    /// Whether somebody wants to go on: q or Esc was pressed since this was asked last.
    pub(crate) fn says_quit(&mut self) -> bool {
        self.keyboard.pending().iter().any(|key| stops(key) || matches!(key, Key::Char('q' | 'Q')))
    }

    /// Whether somebody wants what comes next not to happen: Esc was pressed since this was asked last.
    pub(crate) fn says_stop(&mut self) -> bool {
        let before = std::mem::take(&mut self.stopped);
        self.keyboard.pending().iter().any(stops) || before
    }
}

fn stops(key: &Key) -> bool {
    matches!(key, Key::Escape | Key::Interrupt)
}
