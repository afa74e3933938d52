//! The time of a look: by the clock of the machine that the shell runs on, also where a server did not answer, so that one
//! report has one clock.

use std::time::Instant;

use jiff::{SignedDuration, Timestamp};

use crate::shell::Program;

/// That clock, as it was told last.
#[derive(Debug)]
pub(super) struct Clock {
    told: Option<(Timestamp, Instant)>,
    /// That of a scenario moves only with what is asked.
    runs: bool,
}

impl Clock {
    /// As the shell told when it had loaded Exchange, in UTC.
    pub(super) fn starting(at: Option<&str>, program: &Program) -> Self {
        let runs = match program {
            Program::PowerShell { .. } => true,
            Program::Simulator { .. } => false,
        };
        let mut clock = Self { told: None, runs };
        if let Some(at) = at.and_then(|at| at.parse().ok()) {
            clock.set(at);
        }
        clock
    }

    /// An answer tells what time it is.
    pub(super) fn set(&mut self, at: Timestamp) {
        self.told = Some((at, Instant::now()));
    }

    /// The time there; here, where it was never told.
    pub(super) fn now(&self) -> Timestamp {
        let Some((at, when)) = self.told else { return Timestamp::now() };
        let since =
            if self.runs { SignedDuration::try_from(when.elapsed()).unwrap_or_default() } else { SignedDuration::ZERO };
        at.saturating_add(since).unwrap_or(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_that_was_told_goes_on_from_there_and_that_of_a_scenario_stands() {
        let told = "2026-03-14T02:47:11Z";
        let at = told.parse::<Timestamp>().expect("a time");
        let simulator = Program::Simulator { path: "relight".into(), args: Vec::new() };
        assert_eq!(Clock::starting(Some(told), &simulator).now(), at);
        let mut clock = Clock::starting(None, &Program::PowerShell { path: "pwsh".into() });
        assert!(clock.now() > at, "the time here");
        clock.set(at);
        let now = clock.now();
        assert!(now >= at && now < at + SignedDuration::from_hours(1), "{now}");
    }
}
