//! Carrying out confirmed steps. Each is looked at afresh, sent at most once, and used up.

use crate::domain::{Action, ConfirmedStep, Event, KnownRequester, Outcome, Setup, StepOutcome};
use crate::shell::protocol::{Call, SetComponentStateAnswer};
use crate::shell::{CallFailure, Capabilities, Interrupt, Launch};

use super::{ConnectError, Link, Observer, refusal};
use crate::journal::{Intent, Journal, Recorded};

/// Something that can look and change.
pub struct Writer {
    observer: Observer,
    interrupt: Interrupt,
}

impl Writer {
    /// Starts the shell with the means to change, or with those to stop services as well, and loads Exchange.
    ///
    /// # Errors
    /// As [`Observer::connect`], and when the account is not given `Set-ServerComponentState`.
    pub fn connect(launch: Launch, link: Link, on_event: &mut dyn FnMut(Event<'_>)) -> Result<Self, ConnectError> {
        let interrupt = launch.interrupt.clone();
        let capabilities = match launch.capabilities {
            Capabilities::Look | Capabilities::Checkup | Capabilities::Change => Capabilities::Change,
            Capabilities::Stop => Capabilities::Stop,
        };
        let observer = Observer::connect(Launch { capabilities, ..launch }, link, on_event)?;
        if !observer.has_cmdlet("Set-ServerComponentState") {
            return Err(ConnectError::MayNotChange);
        }
        Ok(Self { observer, interrupt })
    }

    /// The part that looks.
    pub fn observer(&mut self) -> &mut Observer {
        &mut self.observer
    }

    /// Whether the run was interrupted.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupt.count() > 0
    }

    /// Ends the session.
    pub fn close(self) {
        self.observer.close();
    }

    /// Carries the steps of one server out, in their order. A step that does not work stops those that it would have
    /// helped, and no others; a shell lost in the middle of a change stops all that come after it.
    pub fn apply(
        &mut self,
        steps: Vec<ConfirmedStep>,
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<StepOutcome> {
        self.apply_unless(false, steps, journal, on_event)
    }

    /// The same, unless the shell was `lost` in the middle of a change before.
    pub(super) fn apply_unless(
        &mut self,
        lost: bool,
        steps: Vec<ConfirmedStep>,
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<StepOutcome> {
        let mut done: Vec<StepOutcome> = Vec::new();
        for step in steps {
            let hold = step.hold();
            let (server, component, requester) = (step.server(), &hold.component, &hold.requester);
            let _span = tracing::info_span!("step", %server, %component, %requester, target = %step.target()).entered();
            let before = lost.then_some(Outcome::ShellLost);
            let ended = match before.or_else(|| not_to_be_sent(&step, &done, &self.interrupt)) {
                Some(outcome) => step.end(outcome),
                None => {
                    on_event(Event::StepBegins(&step));
                    self.carry_out(step, &done, journal, on_event)
                }
            };
            journal.outcome(&ended);
            tracing::info!(server = %ended.server, hold = ?ended.hold, outcome = ?ended.outcome, "step ended");
            on_event(Event::StepEnded(&ended));
            done.push(ended);
        }
        done
    }

    fn carry_out(
        &mut self,
        step: ConfirmedStep,
        done: &[StepOutcome],
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> StepOutcome {
        if let Some(outcome) = self.against(&step, done, on_event) {
            return step.end(outcome);
        }
        match journal.intend(step) {
            Intent::Recorded(recorded) => self.send(recorded, on_event),
            Intent::Unrecorded(step) => step.end(Outcome::NotRecorded),
        }
    }

    /// What a fresh look has against sending a step.
    fn against(
        &mut self,
        step: &ConfirmedStep,
        done: &[StepOutcome],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Option<Outcome> {
        let hold = step.hold();
        match self.observer.look_at(step.server(), &hold.component, on_event) {
            Err(trouble) => return Some(Outcome::NotSeen(trouble)),
            Ok((fresh, _)) if !step.still_fits(&fresh, done) => return Some(Outcome::ChangedSincePlan),
            Ok(_) => {}
        }
        if hold.requester.known() == Some(KnownRequester::Functional) {
            match self.observer.setup(step.server(), on_event) {
                Err(trouble) => return Some(Outcome::NotSeen(trouble)),
                Ok(Setup::Running | Setup::Unknown(_)) => return Some(Outcome::ChangedSincePlan),
                Ok(Setup::NotRunning | Setup::NotAsked) => {}
            }
        }
        (self.interrupt.count() > 0).then_some(Outcome::Interrupted)
    }

    /// Sends the one call that changes something.
    fn send(&mut self, recorded: Recorded, on_event: &mut dyn FnMut(Event<'_>)) -> StepOutcome {
        let step = recorded.step();
        let hold = step.hold();
        let call = Call::SetComponentState {
            server: step.server().as_str().to_owned(),
            component: hold.component.as_str().to_owned(),
            requester: hold.requester.as_str().to_owned(),
            state: step.target().name().to_owned(),
        };
        let outcome = match self.observer.call::<SetComponentStateAnswer>(&call, on_event) {
            Ok(SetComponentStateAnswer {}) => Outcome::Done,
            Err(failure @ CallFailure::Refused(_)) => Outcome::Failed(refusal::trouble(failure, Some(&hold.component))),
            Err(failure @ CallFailure::Lost(_)) => Outcome::Unknown(refusal::trouble(failure, Some(&hold.component))),
        };
        recorded.end(outcome)
    }
}

fn not_to_be_sent(step: &ConfirmedStep, done: &[StepOutcome], interrupt: &Interrupt) -> Option<Outcome> {
    if done.iter().any(|earlier| matches!(earlier.outcome, Outcome::Unknown(_) | Outcome::ShellLost)) {
        Some(Outcome::ShellLost)
    } else if interrupt.count() > 0 {
        Some(Outcome::Interrupted)
    } else if step.action() == Action::Lift && step.lights().iter().all(|component| is_spoiled(component, done)) {
        Some(Outcome::Useless)
    } else {
        None
    }
}

/// Whether a component can no longer be lit, because a step that it needs did not work.
fn is_spoiled(component: &crate::domain::Component, done: &[StepOutcome]) -> bool {
    done.iter().any(|step| step.outcome != Outcome::Done && step.lights.contains(component))
}
