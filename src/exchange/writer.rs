//! Carrying out what was agreed to: each change after a look of its own, its intent on the disk, sent at most once, and used
//! up.

use crate::domain::{
    Change, Component, Event, KnownRequester, NotSent, Outcome, Services, Setup, Step, StepOutcome, Stores, Trouble,
    TroubleKind,
};
use crate::journal::{Journal, Recorded};
use crate::shell::protocol::{Call, SetComponentStateAnswer, StartServiceAnswer, StopServiceAnswer};
use crate::shell::{CallFailure, Capabilities, Interrupt, Launch};

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
    /// helped, and no others; a shell lost in the middle of a change stops all that come after it.
    pub fn apply(
        &mut self,
        steps: Vec<Step>,
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<StepOutcome> {
        let mut done: Vec<StepOutcome> = Vec::new();
        for step in steps {
            let server = step.server().clone();
            let _span =
                tracing::info_span!("step", %server, subject = %step.change().subject(), to = %step.change().target())
                    .entered();
            let ended = match self.not_to_be_begun(&step, &done) {
                Some(why) => step.end(Outcome::NotSent(why)),
                None => {
                    on_event(Event::StepBegins(&step));
                    self.carry_out(step, &done, journal, on_event)
                }
            };
            journal.outcome(&server, &ended);
            tracing::info!(outcome = ?ended.outcome, "step ended");
            on_event(Event::StepEnded(&server, &ended));
            done.push(ended);
        }
        done
    }

    fn not_to_be_begun(&self, step: &Step, done: &[StepOutcome]) -> Option<NotSent> {
        let lost = |it: &Outcome| matches!(it, Outcome::Unknown(_) | Outcome::NotSent(NotSent::ShellLost));
        if done.iter().any(|earlier| lost(&earlier.outcome)) {
            Some(NotSent::ShellLost)
        } else if self.interrupt.count() > 0 {
            Some(NotSent::Interrupted)
        } else {
            step.is_useless(done).then_some(NotSent::Useless)
        }
    }

    fn carry_out(
        &mut self,
        step: Step,
        done: &[StepOutcome],
        journal: &mut Journal,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> StepOutcome {
        if let Some(why) = self.against(&step, done, on_event) {
            return step.end(Outcome::NotSent(why));
        }
        match journal.intend(step) {
            Ok(recorded) => self.send(recorded, on_event),
            Err(step) => step.end(Outcome::NotSent(NotSent::NotRecorded)),
        }
    }

    /// What a fresh look has against sending a step: something that has changed since it was planned.
    fn against(&mut self, step: &Step, done: &[StepOutcome], on_event: &mut dyn FnMut(Event<'_>)) -> Option<NotSent> {
        let against = match step.change() {
            Change::SetState { entry, .. } => {
                let requester = entry.requester.known();
                self.against_entry(step, &entry.component, requester, done, on_event).err()
            }
            Change::SetService { .. } => match self.observer.services(step.server(), on_event).0 {
                Services::Unreadable(message) => {
                    let trouble = Trouble { kind: TroubleKind::Unreachable, component: None, message };
                    Some(NotSent::NotSeen(trouble))
                }
                fresh @ (Services::NotAsked | Services::Read(_)) => {
                    (!step.fits_services(&fresh)).then_some(NotSent::ChangedSincePlan)
                }
            },
        };
        against.or_else(|| (self.interrupt.count() > 0).then_some(NotSent::Interrupted))
    }

    /// The component itself is read last, as near to the change as can be.
    fn against_entry(
        &mut self,
        step: &Step,
        component: &Component,
        requester: Option<KnownRequester>,
        done: &[StepOutcome],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Result<(), NotSent> {
        let server = step.server();
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
        let (fresh, _) = self.observer.look_at(server, component, on_event).map_err(NotSent::NotSeen)?;
        if step.fits_component(&fresh, done) { Ok(()) } else { Err(NotSent::ChangedSincePlan) }
    }

    /// Sends the one call that changes something.
    fn send(&mut self, recorded: Recorded, on_event: &mut dyn FnMut(Event<'_>)) -> StepOutcome {
        let step = recorded.step();
        let component = step.change().entry().map(|entry| entry.component.clone());
        let answer = match step.change() {
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
        };
        let why = |failure| refusal::trouble(failure, component.as_ref());
        recorded.end(match answer {
            Ok(()) => Outcome::Done,
            Err(failure @ CallFailure::Refused(_)) => Outcome::Failed(why(failure)),
            Err(failure @ CallFailure::Lost(_)) => Outcome::Unknown(why(failure)),
        })
    }
}
