//! Intents: what is on the disk before a change is sent. Only an intent makes a [`Recorded`] step, and only a recorded step
//! can be sent.

use jiff::Timestamp;

use crate::domain::{
    ConfirmedStart, ConfirmedStep, ConfirmedStop, Outcome, Server, StartOutcome, StepOutcome, StopOutcome,
};

use super::record::Record;
use super::{Journal, encode};

/// A step of which the intent is on the disk: only such a one can be sent.
#[derive(Debug)]
pub struct Recorded(ConfirmedStep);

/// What became of an intent.
#[derive(Debug)]
pub enum Intent {
    /// It is on the disk.
    Recorded(Recorded),
    /// It is not: the step must not be sent.
    Unrecorded(ConfirmedStep),
}

impl Recorded {
    /// The step.
    pub fn step(&self) -> &ConfirmedStep {
        &self.0
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StepOutcome {
        self.0.end(outcome)
    }
}

/// The same for the start of a service.
#[derive(Debug)]
pub struct RecordedStart(ConfirmedStart);

impl RecordedStart {
    /// The step.
    pub fn step(&self) -> &ConfirmedStart {
        &self.0
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StartOutcome {
        self.0.end(outcome)
    }
}

/// The same for the stop of one.
#[derive(Debug)]
pub struct RecordedStop(ConfirmedStop);

impl RecordedStop {
    /// The step.
    pub fn step(&self) -> &ConfirmedStop {
        &self.0
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StopOutcome {
        self.0.end(outcome)
    }
}

impl Journal {
    /// Puts the intent of a step on the disk, with all that came before it; where that is not possible the step must not
    /// be sent.
    pub fn intend(&mut self, step: ConfirmedStep) -> Intent {
        let intent = Record::Intent(encode::intent(&step, Timestamp::now()));
        if self.put_down(&intent, step.server()) { Intent::Recorded(Recorded(step)) } else { Intent::Unrecorded(step) }
    }

    /// The same for the start of a service.
    ///
    /// # Errors
    /// Gives the step back when that is not possible.
    pub fn intend_start(&mut self, step: ConfirmedStart) -> Result<RecordedStart, ConfirmedStart> {
        let intent = Record::StartIntent(encode::service_intent(step.server(), step.service(), Timestamp::now()));
        if !self.put_down(&intent, step.server()) {
            return Err(step);
        }
        self.services += 1;
        Ok(RecordedStart(step))
    }

    /// The same for the stop of one.
    ///
    /// # Errors
    /// Gives the step back when that is not possible.
    pub fn intend_stop(&mut self, step: ConfirmedStop) -> Result<RecordedStop, ConfirmedStop> {
        let intent = Record::StopIntent(encode::service_intent(step.server(), step.service(), Timestamp::now()));
        if !self.put_down(&intent, step.server()) {
            return Err(step);
        }
        self.services += 1;
        Ok(RecordedStop(step))
    }

    /// Whether an intent is on the disk.
    fn put_down(&mut self, intent: &Record, server: &Server) -> bool {
        self.write(intent);
        self.sync();
        if self.broken.is_some() {
            return false;
        }
        self.sent += 1;
        if !self.unproven.contains(server) {
            self.unproven.push(server.clone());
        }
        true
    }
}
