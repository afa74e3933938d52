//! A key while something is waited for: q or Esc, without Enter. Ctrl-C stays what it is, a signal.

use super::key::Key;
use super::keyboard::{CtrlC, Keyboard};

/// Listens to the keyboard of the terminal until it is dropped.
#[derive(Debug)]
pub(crate) struct Keys(Keyboard);

impl Keys {
    /// `None`: the terminal does not give single keys.
    pub(crate) fn listen() -> Option<Self> {
        Keyboard::open(CtrlC::Signal).map(Self)
    }

    /// Whether somebody wants to go on: q or Esc was pressed since this was asked last.
    pub(crate) fn says_quit(&mut self) -> bool {
        self.0.pending().iter().any(|key| matches!(key, Key::Escape | Key::Interrupt | Key::Char('q' | 'Q')))
    }

    /// Whether somebody wants what comes next not to happen: Esc was pressed since this was asked last.
    pub(crate) fn says_stop(&mut self) -> bool {
        self.0.pending().iter().any(|key| matches!(key, Key::Escape | Key::Interrupt))
    }
}
