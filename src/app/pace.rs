//! The time that a run stays on after its changes, as a person can cut it short.

use std::thread;
use std::time::{Duration, Instant};

use crate::shell::Interrupt;
use crate::terminal::Keys;

/// The time as staying needs it, so that a test has its own.
pub(super) trait Pace {
    /// How long it has been since the beginning.
    fn passed(&self) -> Duration;
    /// The beginning is now.
    fn begin(&mut self);
    /// Nobody waits any more.
    fn end(&mut self);
    /// Lets so much time pass; whether the run may stay on.
    fn wait(&mut self, time: Duration) -> bool;
}

/// What is done while the time passes.
pub(super) trait Round {
    /// So much time is left; told about every second.
    fn left(&mut self, left: Duration);
    /// One look; whether there is a reason for another.
    fn look(&mut self, passed: Duration) -> bool;
}

/// Looks again and again, `every` so long as it says after so much time has passed, until a look is the last, the time is
/// over, or the pace does not allow it to go on. Whether it was allowed to.
pub(super) fn rounds(
    time: Duration,
    every: fn(Duration) -> Duration,
    pace: &mut dyn Pace,
    round: &mut dyn Round,
) -> bool {
    /// From one word about the time that is left to the next.
    const SECOND: Duration = Duration::from_secs(1);
    loop {
        let begun = pace.passed();
        let next = time.min(begun + every(begun));
        if begun >= time {
            return true;
        }
        while pace.passed() < next {
            round.left(time.saturating_sub(pace.passed()));
            if !pace.wait(next.saturating_sub(pace.passed()).min(SECOND)) {
                return false;
            }
        }
        if !round.look(pace.passed()) {
            return true;
        }
    }
}

/// The clock on the wall, until somebody presses a key or Ctrl-C.
pub(super) struct Clock<'a> {
    began: Instant,
    interrupt: &'a Interrupt,
    /// Whether somebody is there who may press a key.
    listens: bool,
    /// Theirs, from the beginning to the end.
    keys: Option<Keys>,
}

impl<'a> Clock<'a> {
    pub(super) fn new(interrupt: &'a Interrupt, listens: bool) -> Self {
        Self { began: Instant::now(), interrupt, listens, keys: None }
    }
}

impl Pace for Clock<'_> {
    fn passed(&self) -> Duration {
        self.began.elapsed()
    }

    fn begin(&mut self) {
        self.began = Instant::now();
        self.keys = if self.listens { Keys::listen() } else { None };
    }

    fn end(&mut self) {
        self.keys = None;
    }

    fn wait(&mut self, time: Duration) -> bool {
        /// Often enough for somebody who wants to go on with something else.
        const POLL_INTERVAL: Duration = Duration::from_millis(50);
        let began = Instant::now();
        loop {
            if self.interrupt.count() > 0 || self.keys.as_mut().is_some_and(Keys::says_quit) {
                return false;
            }
            let left = time.saturating_sub(began.elapsed());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(POLL_INTERVAL));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Time that passes only by waiting, and ends at some time.
    struct Scripted {
        passed: Duration,
        until: Duration,
    }

    impl Pace for Scripted {
        fn passed(&self) -> Duration {
            self.passed
        }

        fn begin(&mut self) {
            self.passed = Duration::ZERO;
        }

        fn end(&mut self) {}

        fn wait(&mut self, time: Duration) -> bool {
            self.passed += time;
            self.passed <= self.until
        }
    }

    /// When it was looked, and what was said of the time left; the look of this number is the last.
    struct Looks {
        at: Vec<u64>,
        left: Vec<u64>,
        last: usize,
    }

    impl Round for Looks {
        fn left(&mut self, left: Duration) {
            self.left.push(left.as_secs());
        }

        fn look(&mut self, passed: Duration) -> bool {
            self.at.push(passed.as_secs());
            self.at.len() != self.last
        }
    }

    fn stayed(seconds: u64, last: usize, until: u64) -> (Looks, bool) {
        let mut pace = Scripted { passed: Duration::ZERO, until: Duration::from_secs(until) };
        let mut looks = Looks { at: Vec::new(), left: Vec::new(), last };
        let allowed = rounds(Duration::from_secs(seconds), |_| Duration::from_secs(30), &mut pace, &mut looks);
        (looks, allowed)
    }

    #[test]
    fn it_looks_in_turn_and_at_the_end() {
        for (seconds, expected) in [(90, vec![30, 60, 90]), (70, vec![30, 60, 70]), (1, vec![1]), (0, vec![])] {
            let (looks, allowed) = stayed(seconds, 99, 999);
            assert_eq!((looks.at, allowed), (expected, true), "{seconds}");
        }
    }

    #[test]
    fn it_counts_down() {
        assert_eq!(stayed(3, 99, 999).0.left, [3, 2, 1]);
    }

    #[test]
    fn it_ends_with_the_last_look_and_when_somebody_leaves() {
        assert_eq!((stayed(360, 2, 999).0.at, stayed(360, 2, 999).1), (vec![30, 60], true));
        assert_eq!((stayed(360, 99, 45).0.at, stayed(360, 99, 45).1), (vec![30], false));
    }
}
