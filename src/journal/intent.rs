//! Intents: what is on the disk before a change is sent. Only an intent makes a [`Recorded`] step, and only a recorded step
//! can be sent.

use jiff::Timestamp;

use crate::domain::{NotSent, Outcome, ShellProcess, Step, StepOutcome};
use crate::record::{self, Line, Text};

use super::Journal;

/// A step of which the intent is on the disk: only such a one can be sent.
#[derive(Debug)]
pub struct Recorded(Step, Timestamp);

impl Recorded {
    /// The step.
    pub fn step(&self) -> &Step {
        &self.0
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StepOutcome {
        StepOutcome { intended: Some(self.1), ..self.0.end(outcome) }
    }
}

impl Journal {
    /// A shell that the next changes are sent with. The first reaches the disk with their intents, another at once, because
    /// an intent may be there already.
    pub fn shell(&self, shell: Option<&ShellProcess>) {
        let Some(new) = shell else { return };
        let mut appender = self.appender();
        if !appender.shells.contains(new) {
            appender.append(&Line::Shell(record::Shell { process: new.id, started: new.started.clone() }));
            if !appender.shells.is_empty() {
                appender.sync();
            }
            appender.shells.push(new.clone());
        }
    }

    /// Puts the intent of a step on the disk, with all that came before it.
    ///
    /// # Errors
    /// What became of the step where that is not possible, or the lock is no longer had: it must not be sent.
    #[expect(clippy::result_large_err, reason = "both are the step")]
    pub fn intend(&self, step: Step) -> Result<Recorded, StepOutcome> {
        if self.lock.as_ref().is_some_and(|lock| !lock.is_had()) {
            return Err(step.end(Outcome::NotSent(NotSent::LockLost)));
        }
        let (change, now) = (step.change(), Timestamp::now());
        let (server, subject) = (step.server().into(), (&change.subject()).into());
        let intent = Line::Intent(record::Intent { server, subject, to: change.target().to_owned(), at: Text(now) });
        let mut appender = self.appender();
        appender.append(&intent);
        appender.sync();
        if appender.broken.is_some() {
            Err(step.end(Outcome::NotSent(NotSent::NotRecorded)))
        } else {
            Ok(Recorded(step, now))
        }
    }
}
