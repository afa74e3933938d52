//! What an undo alone writes: the services that it stops, and the verdicts of its own.

use jiff::Timestamp;

use crate::domain::{ConfirmedPlan, ConfirmedStop, Server, StopOutcome, StopVerdict, UndoVerdict};

use super::record::Record;
use super::{Journal, encode};

impl Journal {
    /// What was agreed to undo on a server, and how.
    pub fn undo_plan(&mut self, server: &Server, plan: &ConfirmedPlan, stops: &[ConfirmedStop], how: &'static str) {
        let stops = stops.iter().map(|step| step.service().name().to_owned()).collect();
        self.agreed(server, plan, Vec::new(), stops, how);
    }

    /// What became of the stop of a service.
    pub fn stop_outcome(&mut self, step: &StopOutcome) {
        let ended = encode::service_outcome(&step.server, step.service, &step.outcome, Timestamp::now());
        self.write(&Record::StopOutcome(ended));
    }

    /// What the last look says of holds that were to be put back, and of services that were stopped.
    pub fn undo_verdicts(&mut self, server: &Server, verdicts: &[UndoVerdict], stops: &[StopVerdict]) {
        let components = verdicts.iter().map(encode::undo_verdict);
        self.judged(server, components.chain(stops.iter().map(encode::stop_verdict)).collect());
    }
}
