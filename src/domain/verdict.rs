//! What a fresh look says of each change. The command having returned without an error counts for nothing: an entry that
//! was set must read so with a newer time in both stores, the effective state must follow, and a service must run.

use super::{
    Change, Component, ComponentSnapshot, Diagnosis, Gap, InactiveEntry, ServerSnapshot, ServiceState, Services, State,
    StepOutcome, Store, StoreReading, Subject, diagnose, each_once,
};

/// The judgement on one thing that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The component that was to be Active, the entry that was to be put back, or the service.
    pub subject: Subject,
    /// What the fresh look says.
    pub kind: VerdictKind,
}

/// Confirmed, not confirmed, or not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerdictKind {
    /// It is as it was to be.
    Confirmed,
    /// It is not, and why.
    NotConfirmed(Vec<Reason>),
    /// The fresh look does not tell: these gaps. None: it could not be read at all.
    Unknown(Vec<Gap>),
}

/// Why a change is not confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reason {
    /// Neither store shows the change.
    NotWritten(InactiveEntry),
    /// Active Directory shows the change, the registry does not: a registry write that was silently lost.
    RegistryWriteLost(InactiveEntry),
    /// The registry shows the change, Active Directory does not.
    DirectoryWriteLost(InactiveEntry),
    /// The requester has set the component Inactive again since.
    SetAgain(InactiveEntry),
    /// An entry that was not part of the plan makes it Inactive.
    AnotherEntry(InactiveEntry),
    /// The server is offline server-wide.
    ServerWideOffline,
    /// The entries are right, but Exchange still reports this state.
    StateDoesNotFollow(State),
    /// An entry was not put back in this store.
    NotPutBack(Store),
    /// The service is in this state.
    ServiceIs(ServiceState),
}

impl Reason {
    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotWritten(_) => "notWritten",
            Self::RegistryWriteLost(_) => "registryWriteLost",
            Self::DirectoryWriteLost(_) => "directoryWriteLost",
            Self::SetAgain(_) => "setAgain",
            Self::AnotherEntry(_) => "anotherEntry",
            Self::ServerWideOffline => "serverWideOffline",
            Self::StateDoesNotFollow(_) => "stateDoesNotFollow",
            Self::NotPutBack(_) => "notPutBack",
            Self::ServiceIs(_) => "serviceIs",
        }
    }
}

impl VerdictKind {
    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Confirmed => "confirmed",
            Self::NotConfirmed(_) => "notConfirmed",
            Self::Unknown(_) => "unknown",
        }
    }

    /// Whether a later look may confirm it without anything being done: replication, or Exchange itself, was behind.
    pub fn may_follow(&self) -> bool {
        match self {
            // What could not be read is not read by waiting, and each try may take minutes.
            Self::Confirmed | Self::Unknown(_) => false,
            Self::NotConfirmed(reasons) => {
                let behind = |it: &Reason| matches!(it, Reason::DirectoryWriteLost(_) | Reason::StateDoesNotFollow(_));
                reasons.iter().all(behind)
            }
        }
    }
}

/// Judges every component that a change was to bring back, every entry that was to be put back, and every service that was
/// sent for.
pub fn judge(before: &ServerSnapshot, steps: &[StepOutcome], after: &ServerSnapshot) -> Vec<Verdict> {
    let sets = |step: &&StepOutcome| step.change.entry().is_some() && step.change.brings_back();
    let components = each_once(steps.iter().filter(sets).flat_map(|step| &step.components));
    let diagnoses = diagnose(after);
    let components = components.into_iter().map(|component| Verdict {
        subject: Subject::Component(component.clone()),
        kind: judge_component(component, steps, before, after, &diagnoses),
    });
    let rest = steps.iter().filter(|step| step.outcome.was_sent()).filter_map(|step| {
        let kind = match &step.change {
            Change::SetState { entry, .. } if !step.change.brings_back() => judge_put_back(entry, before, after),
            Change::SetState { .. } => return None,
            Change::SetService { service, to, .. } => match after.services.of(*service) {
                None => VerdictKind::Unknown(Vec::new()),
                Some(seen) if seen.state == *to => VerdictKind::Confirmed,
                Some(seen) => VerdictKind::NotConfirmed(vec![Reason::ServiceIs(seen.state.clone())]),
            },
        };
        Some(Verdict { subject: step.change.subject(), kind })
    });
    components.chain(rest).collect()
}

/// Whether a look saw everything that was sent, so that it settles what became of it.
pub fn is_seen(steps: &[StepOutcome], after: &ServerSnapshot) -> bool {
    steps.iter().filter(|step| step.outcome.was_sent()).all(|step| match &step.change {
        Change::SetState { entry, .. } => after.component(&entry.component).is_some(),
        Change::SetService { .. } => matches!(after.services, Services::Read(_)),
    })
}

fn judge_component(
    component: &Component,
    steps: &[StepOutcome],
    before: &ServerSnapshot,
    after: &ServerSnapshot,
    diagnoses: &[Diagnosis],
) -> VerdictKind {
    let entries = steps.iter().filter(|step| step.is_for(component)).filter_map(|step| step.change.entry());
    let entries = entries.collect::<Vec<_>>();
    let mut gaps = Vec::new();
    let mut reasons = Vec::new();
    for entry in &entries {
        let (Some(then), Some(now)) = (before.component(&entry.component), after.component(&entry.component)) else {
            return VerdictKind::Unknown(gaps);
        };
        match judge_entry(entry, then, now) {
            Some(Ok(())) => {}
            Some(Err(why)) => reasons.push(why),
            None if now.component == *component => {} // its gaps are collected below
            None => gaps.extend(gaps_of(diagnoses, &entry.component)),
        }
    }
    let Some(diagnosis) = diagnoses.iter().find(|diagnosis| diagnosis.component == *component) else {
        return VerdictKind::Unknown(gaps);
    };
    gaps.extend(gaps_of(diagnoses, component));

    let planned = |other: &InactiveEntry| {
        entries.iter().any(|entry| entry.component == other.component && entry.requester == other.requester)
    };
    reasons.extend(diagnosis.entries.iter().filter(|entry| !planned(entry)).cloned().map(Reason::AnotherEntry));
    if after.is_server_wide_offline() && component.follows_server_wide_offline() {
        reasons.push(Reason::ServerWideOffline);
    }
    if reasons.is_empty() && gaps.is_empty() && diagnosis.state != State::Active {
        reasons.push(Reason::StateDoesNotFollow(diagnosis.state.clone()));
    }
    let is_active = diagnosis.state == State::Active && !diagnosis.is_inactive();
    match (reasons.is_empty(), gaps.is_empty()) {
        (true, true) if is_active => VerdictKind::Confirmed,
        (false, true) => VerdictKind::NotConfirmed(reasons),
        (_, _) => VerdictKind::Unknown(gaps),
    }
}

/// What is not known of a component. That Exchange contradicts its entries is a reason, not a gap, once they were set.
fn gaps_of<'a>(diagnoses: &'a [Diagnosis], component: &'a Component) -> impl Iterator<Item = Gap> + 'a {
    diagnoses
        .iter()
        .filter(move |diagnosis| diagnosis.component == *component)
        .flat_map(|diagnosis| &diagnosis.gaps)
        .filter(|gap| !matches!(gap, Gap::Contradiction(_)))
        .cloned()
}

/// Whether two looks at a component, right before a change and after it, show that an entry was set Active in both stores. Of
/// any other change they do not tell.
pub fn is_carried_out(change: &Change, then: &ComponentSnapshot, now: &ComponentSnapshot) -> bool {
    let entry = change.entry().filter(|_| change.brings_back());
    entry.is_some_and(|entry| judge_entry(entry, then, now) == Some(Ok(())))
}

/// What two looks at a component say of an entry that was to be set Active; `None` where a store was not read completely.
fn judge_entry(entry: &InactiveEntry, then: &ComponentSnapshot, now: &ComponentSnapshot) -> Option<Result<(), Reason>> {
    let local = judge_store(entry, &then.local, &now.local)?;
    let remote = judge_store(entry, &then.remote, &now.remote)?;
    Some(match (local, remote) {
        (InStore::Active, InStore::Active) => Ok(()),
        (InStore::SetAgain(again), _) | (_, InStore::SetAgain(again)) => Err(Reason::SetAgain(again)),
        (InStore::Missing, InStore::Active) => Err(Reason::RegistryWriteLost(entry.clone())),
        (InStore::Active, InStore::Missing) => Err(Reason::DirectoryWriteLost(entry.clone())),
        (InStore::Missing, InStore::Missing) => Err(Reason::NotWritten(entry.clone())),
    })
}

/// What one store says of an entry that was to be set Active.
enum InStore {
    Active,
    SetAgain(InactiveEntry),
    Missing,
}

fn judge_store(inactive: &InactiveEntry, then: &StoreReading, now: &StoreReading) -> Option<InStore> {
    if !now.is_complete() {
        return None;
    }
    let Some(entry) = now.of_requester(&inactive.requester) else { return Some(InStore::Missing) };
    let is_newer = match (entry.time.utc(), inactive.since.utc()) {
        (Some(now), Some(then)) => now > then,
        // Times that came as text have no order, but an entry that differs was written between the two looks.
        _ => then.of_requester(&inactive.requester) != Some(entry),
    };
    Some(match (&entry.state, is_newer) {
        (State::Active, true) => InStore::Active,
        (_, false) => InStore::Missing,
        (State::Inactive | State::Draining | State::Unknown(_), true) => InStore::SetAgain(InactiveEntry {
            state: entry.state.clone(),
            since: entry.time.clone(),
            ..inactive.clone()
        }),
    })
}

/// What two looks say of an entry that was to be put back: both stores must have a newer one with the state that it had.
fn judge_put_back(entry: &InactiveEntry, present: &ServerSnapshot, after: &ServerSnapshot) -> VerdictKind {
    let (Some(then), Some(now)) = (present.component(&entry.component), after.component(&entry.component)) else {
        return VerdictKind::Unknown(Vec::new());
    };
    let stores = [(Store::Local, &then.local, &now.local), (Store::Remote, &then.remote, &now.remote)];
    if !stores.iter().all(|(_, _, now)| now.is_complete()) {
        return VerdictKind::Unknown(Vec::new());
    }
    let missing = stores.into_iter().filter(|(_, then, now)| {
        let then = then.of_requester(&entry.requester);
        let now =
            now.of_requester(&entry.requester).filter(|now| then.is_none_or(|it| now.time.is_later_than(&it.time)));
        now.is_none_or(|now| now.state != entry.state)
    });
    let missing = missing.map(|(store, ..)| Reason::NotPutBack(store)).collect::<Vec<_>>();
    if missing.is_empty() { VerdictKind::Confirmed } else { VerdictKind::NotConfirmed(missing) }
}
