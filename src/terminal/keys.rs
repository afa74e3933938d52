//! A key while something is waited for: q or Esc, without Enter. Ctrl-C stays what it is, a signal.

/// Listens to the keyboard of the terminal until it is dropped.
#[derive(Debug)]
pub(crate) struct Keys {
    #[cfg(unix)]
    before: rustix::termios::Termios,
}

impl Keys {
    /// `None`: the terminal does not give single keys.
    #[cfg(unix)]
    pub(super) fn listen() -> Option<Self> {
        use rustix::termios::{LocalModes, OptionalActions, SpecialCodeIndex, tcgetattr, tcsetattr};
        let stdin = rustix::stdio::stdin();
        let before = tcgetattr(stdin).ok()?;
        let mut single = before.clone();
        single.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO);
        // A read takes what there is and does not wait for more.
        single.special_codes[SpecialCodeIndex::VMIN] = 0;
        single.special_codes[SpecialCodeIndex::VTIME] = 0;
        tcsetattr(stdin, OptionalActions::Now, &single).ok()?;
        Some(Self { before })
    }

    /// `None`: the terminal does not give single keys.
    #[cfg(windows)]
    pub(super) fn listen() -> Option<Self> {
        crate::windows::forget_keys();
        Some(Self {})
    }

    /// Whether somebody wants to go on: q or Esc was pressed since this was asked last.
    pub(crate) fn says_quit(&mut self) -> bool {
        #[cfg(unix)]
        let typed = {
            let mut typed = [0; 32];
            let length = rustix::io::read(rustix::stdio::stdin(), &mut typed).unwrap_or(0);
            typed.into_iter().take(length).map(char::from).collect::<String>()
        };
        #[cfg(windows)]
        let typed = crate::windows::typed_keys();
        is_quit(&typed)
    }
}

/// Esc alone is a key; with more behind it, it is the beginning of another one.
fn is_quit(typed: &str) -> bool {
    typed == "\u{1b}" || !typed.starts_with('\u{1b}') && typed.contains(['q', 'Q'])
}

#[cfg(unix)]
impl Drop for Keys {
    fn drop(&mut self) {
        use rustix::termios::{OptionalActions, tcsetattr};
        // Where the terminal has gone there is nothing to restore.
        let _gone = tcsetattr(rustix::stdio::stdin(), OptionalActions::Flush, &self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::is_quit;

    #[test]
    fn q_and_esc_quit_and_nothing_else_does() {
        for quits in ["q", "Q", "xq", "\u{1b}"] {
            assert!(is_quit(quits), "{quits:?}");
        }
        for does_not in ["", "x", " ", "\r", "\u{1b}[A", "\u{1b}OQ"] {
            assert!(!is_quit(does_not), "{does_not:?}");
        }
    }
}
