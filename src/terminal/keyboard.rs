//! The keyboard, key by key and without an echo, for as long as somebody is asked or a key may end a wait. The terminal is as
//! it was when this is dropped. What nobody read by then is thrown away before the next question, and at the end of the run:
//! it was meant for something else.

use std::time::{Duration, Instant};

use super::key::Key;

/// Nobody types twice in so short a time; what comes closer was pasted, or typed ahead.
const QUIET: Duration = Duration::from_millis(50);
/// A slow connection delivers a paste in packets that are not further apart, nor are the presses of an impatient finger.
pub(super) const LONG_QUIET: Duration = Duration::from_millis(600);
/// What follows the end of a paste so closely was in it.
#[cfg(unix)]
const AFTER_PASTE: Duration = Duration::from_millis(100);

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
    /// Throws away what is typed, until nothing comes for a moment, a longer one where something came, or `more` may be on its
    /// way; `false`: Ctrl-C was among it, or the time is over.
    pub(super) fn forget(&mut self, more: bool, patience: Option<Duration>) -> bool {
        let quiet = if more || self.had_keys() { LONG_QUIET } else { QUIET };
        self.forget_until(quiet, LONG_QUIET, patience)
    }

    /// The same for what follows a paste that was marked as one: somebody may have put the mark of its end into it.
    #[cfg(unix)]
    pub(super) fn forget_after_paste(&mut self) -> bool {
        self.forget_until(AFTER_PASTE, AFTER_PASTE, None)
    }

    fn forget_until(&mut self, mut quiet: Duration, then: Duration, patience: Option<Duration>) -> bool {
        let began = Instant::now();
        while let Some(key) = self.key(quiet) {
            if key == Key::Interrupt || patience.is_some_and(|patience| began.elapsed() > patience) {
                return false;
            }
            quiet = then;
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
    use rustix::process::getpgrp;
    use rustix::stdio::stdin;
    use rustix::termios::{
        InputModes, LocalModes, OptionalActions, QueueSelector, SpecialCodeIndex, Termios, tcflush, tcgetattr,
        tcgetpgrp, tcsetattr,
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
        had_keys: bool,
    }

    impl Keyboard {
        /// What was typed before comes first. `None`: the terminal does not give single keys, or this process is in its
        /// background, where it would be stopped.
        pub(in crate::terminal) fn open(ctrl_c: CtrlC) -> Option<Self> {
            if tcgetpgrp(stdin()).is_ok_and(|front| front != getpgrp()) {
                return None;
            }
            let before = tcgetattr(stdin()).ok()?;
            let mut keyboard = Self { before, bytes: Bytes::default(), gone: false, had_keys: false };
            // Of what is no whole line yet a terminal tells only now.
            keyboard.set(ctrl_c, OptionalActions::Now)?;
            keyboard.had_keys = keyboard.read(Duration::ZERO);
            Some(keyboard)
        }

        /// Whether something had been typed before it was opened.
        pub(in crate::terminal) fn had_keys(&self) -> bool {
            self.had_keys
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

        /// Whether a paste was cut short, the rest of which may be on its way.
        pub(in crate::terminal) fn is_in_paste(&self) -> bool {
            self.bytes.is_in_paste()
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
            // Where the terminal has gone there is nothing to restore. What nobody read by then is for whoever opens it next.
            let _gone = tcsetattr(stdin(), OptionalActions::Now, &self.before);
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
        had_keys: bool,
        _single: SingleKeys,
    }

    impl Keyboard {
        /// What was typed before comes first. `None`: there is no console.
        pub(in crate::terminal) fn open(_: CtrlC) -> Option<Self> {
            let single = SingleKeys::new()?;
            let mut keyboard = Self { read: VecDeque::new(), gone: false, had_keys: false, _single: single };
            let first = keyboard.key(Duration::ZERO);
            keyboard.read.extend(first);
            keyboard.had_keys = !keyboard.read.is_empty();
            Some(keyboard)
        }

        /// Whether something had been typed before it was opened.
        pub(in crate::terminal) fn had_keys(&self) -> bool {
            self.had_keys
        }

        /// Ctrl-C is a signal in any case.
        pub(in crate::terminal) fn turn(&self, _: CtrlC) {}

        /// No console marks a paste.
        pub(in crate::terminal) fn is_in_paste(&self) -> bool {
            false
        }

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
}
