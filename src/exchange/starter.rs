//! Starting services that were agreed to: after the components, each looked at afresh, sent at most once, and used up.

use crate::domain::{
    ConfirmedStart, Event, Outcome, Service, Services, StartOutcome, StepOutcome, Trouble, TroubleKind,
};
use crate::shell::CallFailure;
use crate::shell::protocol::{Call, StartServiceAnswer};

use super::{Writer, refusal};
use crate::journal::{Journal, RecordedStart};

impl Writer {
    /// Starts services of one server, in their order. `components` is what became of the steps before: a service of a
    /// component that could not be lit is left as it is, and so is the front end of a back end that did not start.
    pub fn start(
        &mut self,
        steps: Vec<ConfirmedStart>,
        components: &[StepOutcome],
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<StartOutcome> {
        let mut done: Vec<StartOutcome> = Vec::new();
        for step in steps {
            let ended = match self.not_to_be_started(step.service(), components, &done) {
                Some(outcome) => step.end(outcome),
                None => {
                    on_event(Event::StartBegins(&step));
                    self.carry_out_start(step, journal, on_event)
                }
            };
            journal.start_outcome(&ended);
            tracing::info!(server = %ended.server, service = ended.service.name(), outcome = ?ended.outcome, "start ended");
            on_event(Event::StartEnded(&ended));
            done.push(ended);
        }
        done
    }

    fn not_to_be_started(
        &self,
        service: Service,
        components: &[StepOutcome],
        done: &[StartOutcome],
    ) -> Option<Outcome> {
        let before = components.iter().map(|step| &step.outcome).chain(done.iter().map(|step| &step.outcome));
        let spoiled = |step: &StepOutcome| {
            step.outcome != Outcome::Done && step.lights.iter().any(|lit| *lit == service.component())
        };
        let other = |step: &StartOutcome| step.service == service.other_half() && step.outcome != Outcome::Done;
        if before.clone().any(|outcome| matches!(outcome, Outcome::Unknown(_) | Outcome::ShellLost)) {
            Some(Outcome::ShellLost)
        } else if self.is_interrupted() {
            Some(Outcome::Interrupted)
        } else if components.iter().any(spoiled) || done.iter().any(other) {
            Some(Outcome::Useless)
        } else {
            None
        }
    }

    fn carry_out_start(
        &mut self,
        step: ConfirmedStart,
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> StartOutcome {
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
        match journal.intend_start(step) {
            Ok(recorded) => self.send_start(recorded, on_event),
            Err(step) => step.end(Outcome::NotRecorded),
        }
    }

    /// Sends the one call that changes something.
    fn send_start(&mut self, recorded: RecordedStart, on_event: &mut dyn FnMut(Event<'_>)) -> StartOutcome {
        let step = recorded.step();
        let server = self.observer().machine(step.server());
        let call = Call::StartService { server, service: step.service().name().to_owned() };
        let outcome = match self.observer().call::<StartServiceAnswer>(&call, on_event) {
            Ok(_) => Outcome::Done,
            Err(failure @ CallFailure::Refused(_)) => Outcome::Failed(refusal::trouble(failure, None)),
            Err(failure @ CallFailure::Lost(_)) => Outcome::Unknown(refusal::trouble(failure, None)),
        };
        recorded.end(outcome)
    }
}
