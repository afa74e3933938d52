//! `--watch`: stays after a fix and looks again and again, because Managed Availability takes a component down a second
//! time, about five minutes later, if its probe still fails.

use std::thread;
use std::time::{Duration, Instant};

use crate::domain::{Event, ServerReport, VerdictKind, judge, judge_starts};
use crate::host::Writer;
use crate::host::journal::Journal;
use crate::shell::Interrupt;

/// The time as a watch needs it, so that a test has its own.
pub(super) trait Pace {
    /// How long it has been since the watch began.
    fn passed(&self) -> Duration;
    /// Lets so much time pass; whether the watch may go on.
    fn wait(&mut self, time: Duration) -> bool;
}

/// From one look to the next.
const EVERY: Duration = Duration::from_secs(30);

/// Looks at what was lit until the time has passed, or something is no longer lit: the report then has the last look.
pub(super) fn watch(
    servers: &mut [ServerReport],
    time: Duration,
    pace: &mut dyn Pace,
    writer: &mut Writer,
    journal: &mut Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    rounds(time, pace, &mut |left, passed| {
        let mut all_lit = true;
        for server in servers.iter_mut().filter(|server| is_worth_watching(server)) {
            let lit = lit(server);
            on_event(Event::Watching(&server.before.server, left));
            let components = server.before.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
            let after = writer.observer().look(&server.before.server, &components, on_event);
            server.verdicts = judge(&server.before, &server.outcomes, &after);
            server.start_verdicts = judge_starts(&server.starts, &after.services);
            journal.after(&after);
            journal.verdicts(&server.before.server, &server.verdicts, &server.start_verdicts);
            server.after = Some(after);
            server.watched = Some(passed);
            all_lit &= self::lit(server) >= lit;
        }
        all_lit
    });
}

/// Calls `look` with the time that is left and the time that has passed, until it says no, the time is over, or the pace
/// does not allow it to go on.
fn rounds(time: Duration, pace: &mut dyn Pace, look: &mut dyn FnMut(Duration, Duration) -> bool) {
    loop {
        let left = time.saturating_sub(pace.passed());
        if left.is_zero() || !pace.wait(left.min(EVERY)) || !look(time.saturating_sub(pace.passed()), pace.passed()) {
            return;
        }
    }
}

/// Only a server on which something was lit can have it taken down again.
pub(super) fn is_worth_watching(server: &ServerReport) -> bool {
    lit(server) > 0
}

/// How many components are lit.
fn lit(server: &ServerReport) -> usize {
    server.verdicts.iter().filter(|verdict| verdict.kind == VerdictKind::Lit).count()
}

/// The clock on the wall, until somebody presses Ctrl-C.
pub(super) struct Clock<'a> {
    began: Instant,
    interrupt: &'a Interrupt,
}

impl<'a> Clock<'a> {
    pub(super) fn starting(interrupt: &'a Interrupt) -> Self {
        Self { began: Instant::now(), interrupt }
    }
}

impl Pace for Clock<'_> {
    fn passed(&self) -> Duration {
        self.began.elapsed()
    }

    fn wait(&mut self, time: Duration) -> bool {
        /// Often enough for somebody who waits for Ctrl-C to work.
        const NAP: Duration = Duration::from_millis(100);
        let until = Instant::now() + time;
        while self.interrupt.count() == 0 {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return true;
            }
            thread::sleep(left.min(NAP));
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Time that passes only by waiting, and ends after so many waits.
    struct Scripted {
        passed: Duration,
        waits: Vec<u64>,
        at_most: usize,
    }

    impl Pace for Scripted {
        fn passed(&self) -> Duration {
            self.passed
        }

        fn wait(&mut self, time: Duration) -> bool {
            self.waits.push(time.as_secs());
            self.passed += time;
            self.waits.len() <= self.at_most
        }
    }

    /// The waits, and the number of looks, of a watch in which the look of this number finds something dark.
    fn watched(seconds: u64, dark: usize, at_most: usize) -> (Vec<u64>, usize) {
        let mut pace = Scripted { passed: Duration::ZERO, waits: Vec::new(), at_most };
        let mut looks = 0;
        rounds(Duration::from_secs(seconds), &mut pace, &mut |_, _| {
            looks += 1;
            looks != dark
        });
        (pace.waits, looks)
    }

    #[test]
    fn it_looks_every_30_seconds_and_at_the_end() {
        assert_eq!(watched(90, 99, 99), (vec![30, 30, 30], 3));
        assert_eq!(watched(70, 99, 99), (vec![30, 30, 10], 3));
        assert_eq!(watched(1, 99, 99), (vec![1], 1));
        assert_eq!(watched(0, 99, 99), (vec![], 0));
    }

    #[test]
    fn it_ends_with_the_first_look_that_finds_something_dark_and_with_an_interruption() {
        assert_eq!(watched(360, 2, 99), (vec![30, 30], 2));
        assert_eq!(watched(360, 99, 1), (vec![30, 30], 1));
    }
}
