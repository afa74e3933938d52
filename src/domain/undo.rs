//! Putting back what a run changed: each hold that it lifted, under its own requester and in the state it had, and only
//! where the present state is still what the run left. Whatever somebody did since is theirs.

use super::{
    Action, Component, ComponentSnapshot, ConfirmedPlan, ConfirmedStep, Entry, EntryTime, Hold, Outcome, PastServer,
    PastStep, Requester, RunId, Server, ServerSnapshot, Service, StartedService, State, StepOutcome, StopOutcome,
    StopVerdict, Store, StoreReading, stop,
};

/// What can be put back on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoPlan {
    /// The server as the run asked for it.
    pub server: Server,
    /// What can be put back, in the reverse of the run's order.
    pub put_backs: Vec<PutBack>,
    /// What cannot, and why.
    pub skipped: Vec<Skipped>,
    /// The services that the run started, in the reverse of its order.
    pub started: Vec<StartedService>,
    /// Whether it was asked for that they be stopped.
    pub stops_services: bool,
}

/// A hold that can be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PutBack {
    /// The hold as it was before the run.
    pub hold: Hold,
    /// The components that it darkens again.
    pub darkens: Vec<Component>,
}

/// A hold that is left as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Skipped {
    /// The hold as it was before the run.
    pub hold: Hold,
    /// Why.
    pub why: Why,
}

/// Why a hold is not put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Why {
    /// The run never sent the change.
    NotSent,
    /// The run did not live to look at what it left.
    NotKnown,
    /// The look after the change does not show it.
    NeverLifted,
    /// The component cannot be read completely now.
    NotSeen,
    /// The requester's entries are no longer those that the run left.
    ChangedSince,
    /// It takes the whole server offline, which was not agreed to on its own.
    OwnConsent,
}

/// How an undo was agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// It was not to be: `--dry-run`.
    DryRun,
    /// Nobody could be asked, and no `--yes` was given.
    Unconfirmed,
    /// A person said no, or quit.
    Declined,
    /// A person said yes.
    Asked,
    /// `--yes`.
    Yes,
    /// At the time of the run, which was interrupted and is being settled.
    Resumed,
}

/// All that an undo learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoReport {
    /// The run that is undone.
    pub undoes: RunId,
    /// The scenario, where no Exchange server was involved.
    pub simulated: Option<String>,
    /// How it was agreed to.
    pub consent: Consent,
    /// Whether it was interrupted.
    pub interrupted: bool,
    /// One for each server on which the run may have changed something.
    pub servers: Vec<UndoServer>,
}

/// What an undo learnt of one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoServer {
    /// The look before.
    pub present: ServerSnapshot,
    /// What could be put back.
    pub plan: UndoPlan,
    /// The services that were to be stopped, and what became of it.
    pub stops: Vec<StopOutcome>,
    /// What was done to the components, after that.
    pub outcomes: Vec<StepOutcome>,
    /// The look after, where something may have changed.
    pub after: Option<ServerSnapshot>,
    /// What that look says.
    pub verdicts: Vec<UndoVerdict>,
    /// What it says of the services that were stopped.
    pub stop_verdicts: Vec<StopVerdict>,
}

impl UndoServer {
    /// What could be undone, and nothing is yet.
    pub fn of(present: ServerSnapshot, plan: UndoPlan) -> Self {
        Self {
            present,
            plan,
            stops: Vec::new(),
            outcomes: Vec::new(),
            after: None,
            verdicts: Vec::new(),
            stop_verdicts: Vec::new(),
        }
    }

    /// Whether the last look shows a service stopped that was to be.
    pub fn is_stopped(&self, service: Service) -> bool {
        self.stop_verdicts.iter().any(|verdict| verdict.service == service && verdict.stopped == Some(true))
    }

    /// What became of all that was agreed to.
    pub fn ended(&self) -> impl Iterator<Item = &Outcome> {
        self.stops.iter().map(|step| &step.outcome).chain(self.outcomes.iter().map(|step| &step.outcome))
    }
}

/// The judgement on one hold that was to be put back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoVerdict {
    /// The component.
    pub component: Component,
    /// Its requester.
    pub requester: Requester,
    /// What the fresh look says.
    pub kind: UndoVerdictKind,
}

/// Put back, not put back, or not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum UndoVerdictKind {
    /// Both stores have a newer entry with the state that it had.
    PutBack,
    /// These stores have not.
    NotPutBack(Vec<Store>),
    /// A store could not be read.
    Unknown,
}

impl UndoPlan {
    /// Nothing to be done on a server.
    pub fn nothing(server: Server) -> Self {
        Self { server, put_backs: Vec::new(), skipped: Vec::new(), started: Vec::new(), stops_services: false }
    }

    /// Plans the opposite of what a run did on one server. The services that it started are left running.
    pub fn of(run: &PastServer, present: &ServerSnapshot) -> Self {
        let mut plan = Self { started: stop::started(run, present), ..Self::nothing(run.before.server.clone()) };
        for step in run.steps.iter().rev().filter(|step| step.action == Action::Lift) {
            match against(step, run.after.as_ref(), present) {
                None => plan.put_backs.push(PutBack { hold: step.hold.clone(), darkens: step.lights.clone() }),
                Some(why) => plan.skipped.push(Skipped { hold: step.hold.clone(), why }),
            }
        }
        plan
    }

    /// Whether a hold of ServerWideOffline is to be put back.
    pub fn takes_server_offline(&self) -> bool {
        self.put_backs.iter().any(|put_back| put_back.hold.component.is_server_wide_offline())
    }

    /// Leaves ServerWideOffline as it is: putting it back takes more than one component down, and a consent of its own.
    pub fn leave_server_online(&mut self) {
        let offline = self.put_backs.extract_if(.., |it| it.hold.component.is_server_wide_offline());
        self.skipped.extend(offline.map(|it| Skipped { hold: it.hold, why: Why::OwnConsent }));
    }

    /// How many changes it comes to.
    pub fn changes(&self) -> usize {
        self.put_backs.len() + self.stops().count()
    }

    /// The plan, agreed to as a whole.
    pub fn confirm(&self, present: &ServerSnapshot) -> ConfirmedPlan {
        let step = |put_back: &PutBack| {
            let seen = present.component(&put_back.hold.component)?;
            Some(ConfirmedStep::put_back(&self.server, &put_back.hold, &put_back.darkens, seen))
        };
        ConfirmedPlan::of_put_backs(self.put_backs.iter().filter_map(step).collect())
    }
}

/// What is against putting a hold back.
fn against(step: &PastStep, left: Option<&ServerSnapshot>, present: &ServerSnapshot) -> Option<Why> {
    if !step.outcome.may_have_changed() {
        return Some(Why::NotSent);
    }
    let component = &step.hold.component;
    let Some(left) = left.and_then(|left| left.component(component)) else { return Some(Why::NotKnown) };
    let Some(present) = present.component(component) else { return Some(Why::NotSeen) };
    let readings = [&present.local, &present.remote];
    if !readings.into_iter().all(StoreReading::is_complete) {
        return Some(Why::NotSeen);
    }
    let entries = |seen: &ComponentSnapshot| {
        [&seen.local, &seen.remote].map(|reading| {
            let of_requester = |entry: &&Entry| entry.requester == step.hold.requester;
            let mut entries = reading.entries().iter().filter(of_requester).cloned().collect::<Vec<_>>();
            entries.sort_by_key(|entry| entry.time.utc());
            entries
        })
    };
    let lifted =
        entries(left).iter().flatten().any(|entry| entry.state == State::Active && is_newer(entry, &step.hold.since));
    if !lifted {
        Some(Why::NeverLifted)
    } else if entries(left) == entries(present) {
        None
    } else {
        Some(Why::ChangedSince)
    }
}

fn is_newer(entry: &Entry, than: &EntryTime) -> bool {
    match (entry.time.utc(), than.utc()) {
        (Some(entry), Some(than)) => entry > than,
        // Times that came as text have no order; one that differs was written since.
        _ => entry.time != *than,
    }
}

/// Judges every hold that was to be put back.
pub fn judge_put_back(present: &ServerSnapshot, outcomes: &[StepOutcome], after: &ServerSnapshot) -> Vec<UndoVerdict> {
    outcomes
        .iter()
        .filter(|step| step.outcome.was_sent())
        .map(|step| UndoVerdict {
            component: step.hold.component.clone(),
            requester: step.hold.requester.clone(),
            kind: judge_one(&step.hold, present, after),
        })
        .collect()
}

fn judge_one(hold: &Hold, present: &ServerSnapshot, after: &ServerSnapshot) -> UndoVerdictKind {
    let (Some(then), Some(now)) = (present.component(&hold.component), after.component(&hold.component)) else {
        return UndoVerdictKind::Unknown;
    };
    let stores = [(Store::Local, &then.local, &now.local), (Store::Remote, &then.remote, &now.remote)];
    if !stores.iter().all(|(_, _, now)| now.is_complete()) {
        return UndoVerdictKind::Unknown;
    }
    let missing = stores.into_iter().filter(|(_, then, now)| {
        let entry = now.of_requester(&hold.requester);
        let newer = |entry: &&Entry| match then.of_requester(&hold.requester) {
            Some(then) => is_newer(entry, &then.time),
            None => true,
        };
        !entry.filter(newer).is_some_and(|entry| entry.state == hold.state)
    });
    let missing = missing.map(|(store, ..)| store).collect::<Vec<_>>();
    if missing.is_empty() { UndoVerdictKind::PutBack } else { UndoVerdictKind::NotPutBack(missing) }
}
