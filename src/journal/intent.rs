//! Intents: what is on the disk before a change is sent. Only an intent makes a [`Recorded`] step, and only a recorded step
//! can be sent.

use jiff::Timestamp;

use crate::domain::{Outcome, Step, StepOutcome};
use crate::record::{self, Line, Text};

use super::Journal;

/// A step of which the intent is on the disk: only such a one can be sent.
#[derive(Debug)]
pub struct Recorded(Step);

impl Recorded {
    /// The step.
    pub fn step(&self) -> &Step {
        &self.0
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StepOutcome {
        self.0.end(outcome)
    }
}

impl Journal {
    /// Puts the intent of a step on the disk, with all that came before it.
    ///
    /// # Errors
    /// Gives the step back where that is not possible: it must not be sent.
    #[expect(clippy::result_large_err, reason = "both are the step")]
    pub fn intend(&mut self, step: Step) -> Result<Recorded, Step> {
        let (change, at) = (step.change(), Text(Timestamp::now()));
        let (server, subject) = (step.server().into(), (&change.subject()).into());
        let intent = Line::Intent(record::Intent { server, subject, to: change.target().to_owned(), at });
        self.append(&intent);
        self.sync();
        if self.broken.is_some() { Err(step) } else { Ok(Recorded(step)) }
    }
}
