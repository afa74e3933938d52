//! The keyboard, key by key and without an echo, for as long as somebody is asked or a key may end a wait. The terminal is as
//! it was when this is dropped, and what nobody read by then is thrown away: it was meant for something else.

use std::time::{Duration, Instant};

use super::key::Key;

/// Nobody types twice in so short a time; what comes closer was pasted, or typed ahead.
const QUIET: Duration = Duration::from_millis(50);

/// What Ctrl-C is while the keyboard is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CtrlC {
    /// A signal, as without this.
    Signal,
    /// A key, so that what was typed before it does not overtake it. (A terminal that is not the one that controls this
    /// process has no other way to tell of it.)
    Key,
}

impl Keyboard {
    /// Throws away what is typed, until nothing comes for a moment; `false`: Ctrl-C was among it, or the time is over.
    pub(super) fn forget(&mut self, patience: Option<Duration>) -> bool {
        let began = Instant::now();
        while let Some(key) = self.key(QUIET) {
            if key == Key::Interrupt || patience.is_some_and(|patience| began.elapsed() > patience) {
                return false;
            }
        }
        self.forget_now();
        true
    }

    /// The keys that are there.
    pub(super) fn pending(&mut self) -> Vec<Key> {
        std::iter::from_fn(|| self.key(Duration::ZERO)).collect()
    }
}

#[cfg(unix)]
pub(super) use unix::Keyboard;
#[cfg(windows)]
pub(super) use windows::Keyboard;

#[cfg(unix)]
mod unix {
    use std::time::Duration;

    use rustix::event::{PollFd, PollFlags, Timespec, poll};
    use rustix::io::read;
    use rustix::stdio::stdin;
    use rustix::termios::{
        InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
        tcsetattr,
    };

    use super::CtrlC;
    use crate::terminal::key::{Bytes, Key};

    /// How long the rest of a key may take.
    const TORN: Duration = Duration::from_millis(25);

    /// See the module.
    #[derive(Debug)]
    pub(in crate::terminal) struct Keyboard {
        before: Termios,
        bytes: Bytes,
        gone: bool,
    }

    impl Keyboard {
        /// Throws away what was typed before. `None`: the terminal does not give single keys.
        pub(in crate::terminal) fn open(ctrl_c: CtrlC) -> Option<Self> {
            let before = tcgetattr(stdin()).ok()?;
            let keyboard = Self { before, bytes: Bytes::default(), gone: false };
            keyboard.set(ctrl_c, OptionalActions::Flush)?;
            Some(keyboard)
        }

        /// From now on Ctrl-C is this. What was typed is kept.
        pub(in crate::terminal) fn turn(&self, ctrl_c: CtrlC) {
            // A terminal that has gone makes no signals either.
            let _gone = self.set(ctrl_c, OptionalActions::Now);
        }

        fn set(&self, ctrl_c: CtrlC, when: OptionalActions) -> Option<()> {
            let mut single = self.before.clone();
            single.local_modes.remove(LocalModes::ICANON | LocalModes::ECHO | LocalModes::IEXTEN);
            if ctrl_c == CtrlC::Key {
                single.local_modes.remove(LocalModes::ISIG);
                // Nor do Ctrl-S and Ctrl-Q stop and go, while a question is being drawn.
                single.input_modes.remove(InputModes::IXON);
            }
            // A read takes what there is and does not wait for more.
            single.special_codes[SpecialCodeIndex::VMIN] = 0;
            single.special_codes[SpecialCodeIndex::VTIME] = 0;
            tcsetattr(stdin(), when, &single).ok()
        }

        /// Whether the terminal has hung up.
        pub(in crate::terminal) fn is_gone(&self) -> bool {
            self.gone
        }

        /// The next key, if one comes in this time.
        pub(in crate::terminal) fn key(&mut self, patience: Duration) -> Option<Key> {
            loop {
                if let Some(key) = self.bytes.next(false) {
                    return Some(key);
                }
                let torn = self.bytes.is_torn();
                if !self.read(if torn { TORN } else { patience }) {
                    return self.bytes.next(true);
                }
            }
        }

        /// Whether something came.
        fn read(&mut self, patience: Duration) -> bool {
            let mut descriptors = [PollFd::from_borrowed_fd(stdin(), PollFlags::IN)];
            let patience = Timespec::try_from(patience).ok();
            if self.gone || poll(&mut descriptors, patience.as_ref()).unwrap_or(0) == 0 {
                return false;
            }
            let mut typed = [0; 4096];
            let length = match read(stdin(), &mut typed) {
                Ok(length) => length,
                Err(error) => {
                    self.gone = !matches!(error, rustix::io::Errno::INTR | rustix::io::Errno::AGAIN);
                    0
                }
            };
            // Of one that has hung up nothing is read for ever.
            self.gone |= length == 0 && descriptors[0].revents().intersects(PollFlags::HUP | PollFlags::ERR);
            self.bytes.push(&typed[..length]);
            length > 0
        }

        /// Throws away what was typed up to now.
        pub(in crate::terminal) fn forget_now(&mut self) {
            let _gone = tcflush(stdin(), QueueSelector::IFlush);
            self.bytes.forget();
        }
    }

    impl Drop for Keyboard {
        fn drop(&mut self) {
            // Where the terminal has gone there is nothing to restore.
            let _gone = tcsetattr(stdin(), OptionalActions::Flush, &self.before);
        }
    }
}

#[cfg(windows)]
mod windows {
    use std::collections::VecDeque;
    use std::time::{Duration, Instant};

    use super::CtrlC;
    use crate::terminal::key::{Key, of_console};
    use crate::windows::{Pressed, SingleKeys, forget_keys, pressed_keys};

    /// See the module. Ctrl-C is no key of a console, but what another program wrote there may be.
    #[derive(Debug)]
    pub(in crate::terminal) struct Keyboard {
        read: VecDeque<Key>,
        gone: bool,
        _single: SingleKeys,
    }

    impl Keyboard {
        /// Throws away what was typed before. `None`: there is no console.
        pub(in crate::terminal) fn open(_: CtrlC) -> Option<Self> {
            let single = SingleKeys::new()?;
            forget_keys();
            Some(Self { read: VecDeque::new(), gone: false, _single: single })
        }

        /// Ctrl-C is a signal in any case.
        pub(in crate::terminal) fn turn(&self, _: CtrlC) {}

        /// Whether the console has gone.
        pub(in crate::terminal) fn is_gone(&self) -> bool {
            self.gone
        }

        /// The next key, if one comes in this time.
        pub(in crate::terminal) fn key(&mut self, patience: Duration) -> Option<Key> {
            let until = Instant::now() + patience;
            loop {
                if let Some(key) = self.read.pop_front() {
                    return Some(key);
                }
                // The mouse and a key that is let go are events too.
                let left = until.saturating_duration_since(Instant::now());
                match pressed_keys(left) {
                    Ok(keys) => {
                        let key = |it: Pressed| of_console(it.code, it.unit, it.ctrl, it.alt);
                        self.read.extend(keys.into_iter().filter_map(key));
                    }
                    Err(_) => self.gone = true,
                }
                if self.read.is_empty() && (self.gone || left.is_zero()) {
                    return None;
                }
            }
        }

        /// Throws away what was typed up to now.
        pub(in crate::terminal) fn forget_now(&mut self) {
            forget_keys();
            self.read.clear();
        }
    }

    impl Drop for Keyboard {
        fn drop(&mut self) {
            forget_keys();
        }
    }
}
