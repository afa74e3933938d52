//! Undoing: services that a run started are stopped, then the components put back. Each service is looked at afresh,
//! stopped at most once, and used up.

use crate::domain::{
    ConfirmedStep, ConfirmedStop, Event, Outcome, Service, Services, StepOutcome, StopOutcome, Trouble, TroubleKind,
};
use crate::shell::CallFailure;
use crate::shell::protocol::{Call, StopServiceAnswer};

use super::{Writer, refusal};
use crate::journal::{Journal, RecordedStop};

impl Writer {
    /// Undoes on one server what was agreed to, in the reverse of a fix: services first. One that does not stop is no
    /// reason to leave the components as they are; a shell lost in the middle is.
    pub fn undo(
        &mut self,
        stops: Vec<ConfirmedStop>,
        put_backs: Vec<ConfirmedStep>,
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> (Vec<StopOutcome>, Vec<StepOutcome>) {
        let stopped = self.stop(stops, journal, on_event);
        let lost = stopped.iter().any(|step| is_lost(&step.outcome));
        let put_back = self.apply_unless(lost, put_backs, journal, on_event);
        (stopped, put_back)
    }

    fn stop(
        &mut self,
        steps: Vec<ConfirmedStop>,
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<StopOutcome> {
        let mut done: Vec<StopOutcome> = Vec::new();
        for step in steps {
            let ended = match self.not_to_be_stopped(step.service(), &done) {
                Some(outcome) => step.end(outcome),
                None => {
                    on_event(Event::StopBegins(&step));
                    self.carry_out_stop(step, journal, on_event)
                }
            };
            journal.stop_outcome(&ended);
            tracing::info!(server = %ended.server, service = ended.service.name(), outcome = ?ended.outcome, "stop ended");
            on_event(Event::StopEnded(&ended));
            done.push(ended);
        }
        done
    }

    fn not_to_be_stopped(&self, service: Service, done: &[StopOutcome]) -> Option<Outcome> {
        // A front end that goes on running needs its back end.
        let runs_on = |step: &StopOutcome| step.service == service.other_half() && step.outcome != Outcome::Done;
        if done.iter().any(|step| is_lost(&step.outcome)) {
            Some(Outcome::ShellLost)
        } else if self.is_interrupted() {
            Some(Outcome::Interrupted)
        } else if done.iter().any(runs_on) {
            Some(Outcome::Useless)
        } else {
            None
        }
    }

    fn carry_out_stop(
        &mut self,
        step: ConfirmedStop,
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> StopOutcome {
        let server = step.server().clone();
        match self.observer().services(&server, on_event) {
            Services::Unreadable(message) => {
                let trouble = Trouble { kind: TroubleKind::Unreachable, component: None, message };
                return step.end(Outcome::NotSeen(trouble));
            }
            fresh @ (Services::NotAsked | Services::Read(_)) if !step.still_fits(&fresh) => {
                return step.end(Outcome::ChangedSincePlan);
            }
            Services::NotAsked | Services::Read(_) if self.is_interrupted() => return step.end(Outcome::Interrupted),
            Services::NotAsked | Services::Read(_) => {}
        }
        match journal.intend_stop(step) {
            Ok(recorded) => self.send_stop(recorded, on_event),
            Err(step) => step.end(Outcome::NotRecorded),
        }
    }

    /// Sends the one call that changes something.
    fn send_stop(&mut self, recorded: RecordedStop, on_event: &mut dyn FnMut(Event<'_>)) -> StopOutcome {
        let step = recorded.step();
        let server = self.observer().machine(step.server());
        let call = Call::StopService { server, service: step.service().name().to_owned() };
        let outcome = match self.observer().call::<StopServiceAnswer>(&call, on_event) {
            Ok(_) => Outcome::Done,
            Err(failure @ CallFailure::Refused(_)) => Outcome::Failed(refusal::trouble(failure, None)),
            Err(failure @ CallFailure::Lost(_)) => Outcome::Unknown(refusal::trouble(failure, None)),
        };
        recorded.end(outcome)
    }
}

fn is_lost(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Unknown(_) | Outcome::ShellLost)
}
