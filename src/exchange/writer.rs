//! Carrying out what was confirmed: each change after a look of its own, its intent on the disk, sent at most once, and used
//! up.

use std::time::Instant;

use crate::domain::{
    Change, Component, ComponentSnapshot, Event, InactiveEntry, KnownRequester, NotSent, Outcome, Server, Services,
    Setup, Step, StepOutcome, Stores, Trouble, TroubleKind, is_carried_out,
};
use crate::journal::{Journal, Recorded};
use crate::shell::protocol::{Call, SetComponentStateAnswer, StartServiceAnswer, StopServiceAnswer};
use crate::shell::{CallFailure, Capabilities, Interrupt, Launch, LossReason};

use super::{ConnectError, Link, Observer, refusal};

/// Something that can look and change.
pub struct Writer {
    observer: Observer,
    interrupt: Interrupt,
}

impl Writer {
    /// Starts the shell with the capabilities to change, or with those to stop services as well, and loads Exchange.
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

    /// Ends the session.
    pub fn close(self) {
        self.observer.close();
    }

    /// Carries the steps of one server out, in their order. A step that does not work stops those that it would have
    /// helped, and no others; a session that is lost for good stops all that come after it.
    pub fn apply(
        &mut self,
        steps: Vec<Step>,
        journal: &Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<StepOutcome> {
        let mut ended: Vec<StepOutcome> = Vec::new();
        // The same for the steps to come: what a look shows to be carried out is as good as answered.
        let mut done: Vec<StepOutcome> = Vec::new();
        for step in steps {
            let (server, command) = (step.server().clone(), step.command().clone());
            let _span =
                tracing::info_span!("step", %server, subject = %step.change().subject(), to = %step.change().target())
                    .entered();
            let began = Instant::now();
            self.observer.turn_to(&server);
            let (outcome, before) = match self.not_to_be_begun(&step, &done) {
                Some(why) => (step.end(Outcome::NotSent(why)), None),
                None => {
                    on_event(Event::StepBegins(&step));
                    self.carry_out(step, &done, journal, on_event)
                }
            };
            journal.outcome(&server, &outcome);
            let why = outcome.outcome.trouble().map(|trouble| trouble.message.as_str());
            tracing::info!(outcome = outcome.outcome.name(), why, took_ms = began.elapsed().as_millis(), "step ended");
            on_event(Event::StepEnded(&server, &command, &outcome));
            let is_open = outcome.outcome.is_unknown() && self.interrupt.count() == 0;
            let known = match is_open && self.shows(&server, &outcome.change, before.as_ref(), on_event) {
                true => Outcome::Done,
                false => outcome.outcome.clone(),
            };
            done.push(StepOutcome { outcome: known, ..outcome.clone() });
            ended.push(outcome);
        }
        ended
    }

    fn not_to_be_begun(&self, step: &Step, done: &[StepOutcome]) -> Option<NotSent> {
        // The step before it tells how the session was lost.
        if self.observer.is_over() && done.last().is_some_and(|before| before.outcome.tells_of_loss()) {
            Some(NotSent::ShellLost)
        } else if self.interrupt.count() > 0 {
            Some(NotSent::Interrupted)
        } else {
            step.is_useless(done).then_some(NotSent::Useless)
        }
    }

    /// What became of a step, and the component right before it.
    fn carry_out(
        &mut self,
        step: Step,
        done: &[StepOutcome],
        journal: &Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> (StepOutcome, Option<ComponentSnapshot>) {
        let before = match self.look_before(&step, done, on_event) {
            Ok(before) => before,
            Err(why) => return (step.end(Outcome::NotSent(why)), None),
        };
        journal.shell(self.observer.process());
        let recorded = match journal.intend(step) {
            Ok(recorded) => recorded,
            Err(not_sent) => return (not_sent, None),
        };
        let outcome = match self.send(&recorded, on_event) {
            // It never left, so that it may be sent in another session, after a look of its own there.
            Err(CallFailure::Lost(loss)) if !loss.asked && loss.reason.is_break() => {
                match self.look_before(recorded.step(), done, on_event) {
                    Err(why) => Outcome::NotSent(why),
                    Ok(_) => {
                        journal.shell(self.observer.process());
                        outcome(&recorded, self.send(&recorded, on_event))
                    }
                }
            }
            result => outcome(&recorded, result),
        };
        (recorded.end(outcome), before)
    }

    /// Whether a fresh look shows that a change, of which nobody told what became of it, was carried out.
    fn shows(
        &mut self,
        server: &Server,
        change: &Change,
        before: Option<&ComponentSnapshot>,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> bool {
        match change {
            Change::SetState { entry, .. } => {
                let fresh = self.observer.look_at(server, &entry.component, on_event);
                before.zip(fresh.ok()).is_some_and(|(before, (fresh, _))| is_carried_out(change, before, &fresh))
            }
            Change::SetService { service, to, .. } => {
                let (fresh, _) = self.observer.services(server, on_event);
                fresh.of(*service).is_some_and(|seen| seen.state == *to)
            }
        }
    }

    /// A fresh look, right before a step is sent: the component, or what has changed since it was planned.
    fn look_before(
        &mut self,
        step: &Step,
        done: &[StepOutcome],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<Option<ComponentSnapshot>, NotSent> {
        let seen = match step.change() {
            Change::SetState { entry, .. } => Some(self.component_before(step, entry, done, on_event)?),
            Change::SetService { .. } => match self.observer.services(step.server(), on_event).0 {
                Services::Unreadable(message) => {
                    let trouble = Trouble { kind: TroubleKind::Unreachable, component: None, message };
                    return Err(NotSent::NotSeen(trouble));
                }
                fresh @ (Services::NotAsked | Services::Read(_)) if step.fits_services(&fresh) => None,
                Services::NotAsked | Services::Read(_) => return Err(NotSent::ChangedSincePlan),
            },
        };
        on_event(Event::StepSends(step));
        if self.interrupt.count() > 0 { Err(NotSent::Interrupted) } else { Ok(seen) }
    }

    /// The component itself is read last, as near to the change as can be.
    fn component_before(
        &mut self,
        step: &Step,
        entry: &InactiveEntry,
        done: &[StepOutcome],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<ComponentSnapshot, NotSent> {
        let (server, requester) = (step.server(), entry.requester.known());
        // Managed Availability has nothing to do with setup.
        if requester != Some(KnownRequester::HealthApi) {
            match self.observer.setup(server, on_event).map_err(NotSent::NotSeen)? {
                Setup::Running => return Err(NotSent::SetupRunning),
                // Only an entry that may be setup's own has to wait for what is not known.
                Setup::Unknown(_) if requester == Some(KnownRequester::Functional) => {
                    return Err(NotSent::ChangedSincePlan);
                }
                Setup::NotAsked | Setup::NotRunning | Setup::Unknown(_) => {}
            }
        }
        if step.depends_on_server_wide_offline() {
            let server_wide = Component::server_wide_offline();
            let (fresh, _) = self.observer.look_at(server, &server_wide, on_event).map_err(NotSent::NotSeen)?;
            if !step.fits_server_wide_offline(&fresh, done) {
                return Err(NotSent::ServerWideOfflineChanged);
            }
        }
        let (fresh, _) = self.observer.look_at(server, &entry.component, on_event).map_err(NotSent::NotSeen)?;
        if step.fits_component(&fresh, done) { Ok(fresh) } else { Err(NotSent::ChangedSincePlan) }
    }

    /// Sends the one call that changes something.
    fn send(&mut self, recorded: &Recorded, on_event: &mut dyn FnMut(Event<'_>)) -> Result<(), CallFailure> {
        let step = recorded.step();
        match step.change() {
            Change::SetState { entry, to, stores } => {
                let call = Call::SetComponentState {
                    server: step.server().as_str().to_owned(),
                    component: entry.component.as_str().to_owned(),
                    requester: entry.requester.as_str().to_owned(),
                    state: to.name().to_owned(),
                    local_only: *stores == Stores::Local,
                };
                self.observer.call::<SetComponentStateAnswer>(&call, on_event).map(|_| ())
            }
            Change::SetService { service, .. } => {
                let (server, service) = (self.observer.machine(step.server()), service.name().to_owned());
                if step.change().brings_back() {
                    let call = Call::StartService { server, service };
                    self.observer.call::<StartServiceAnswer>(&call, on_event).map(|_| ())
                } else {
                    let call = Call::StopService { server, service };
                    self.observer.call::<StopServiceAnswer>(&call, on_event).map(|_| ())
                }
            }
        }
    }
}

fn outcome(recorded: &Recorded, result: Result<(), CallFailure>) -> Outcome {
    let component = recorded.step().change().entry().map(|entry| &entry.component);
    let why = |failure| refusal::trouble(failure, component);
    match result {
        Ok(()) => Outcome::Done,
        Err(failure @ CallFailure::Refused(_)) => Outcome::Failed(why(failure)),
        Err(CallFailure::Lost(loss)) if !loss.asked && loss.reason == LossReason::Interrupted => {
            Outcome::NotSent(NotSent::Interrupted)
        }
        Err(CallFailure::Lost(loss)) if !loss.asked => Outcome::NotSent(NotSent::NotSeen(why(CallFailure::Lost(loss)))),
        Err(failure @ CallFailure::Lost(_)) => Outcome::Unknown(why(failure)),
    }
}
