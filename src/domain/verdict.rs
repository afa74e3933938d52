//! What a fresh look says of each change. The command having returned without an error counts for nothing: the entry that
//! decides must read so and be another one than before, the effective state must follow, and a service must run.
//!
//! Which entry decides is Exchange's own rule (`reconcile`): the newest of its requester, wherever it stands. That an entry is
//! another one is told by what its own store had before, and not by the time alone: the clocks of two machines differ.

use super::{
    Change, Component, ComponentSnapshot, Diagnosis, Entry, Gap, HealthManager, InactiveEntry, Requester,
    ServerSnapshot, ServiceState, Services, State, StepOutcome, Store, StoreReading, Stores, Subject, diagnose,
    each_once, reconcile,
};

/// The judgement on one thing that was changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The component that was to be Active, the entry that was to be put back, or the service.
    pub subject: Subject,
    /// What the fresh look says.
    pub kind: VerdictKind,
    /// What is worth knowing of it all the same; only where it is confirmed.
    pub notes: Vec<Note>,
}

/// Something to know of a change that is confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The registry shows the change and decides; Active Directory does not show it.
    NotInDirectory(InactiveEntry),
    /// The entry was put back in the registry alone, where it stood. The Active one that was set in Active Directory stays,
    /// as no cmdlet removes one; it is the older, and decides nothing.
    ActiveStays(InactiveEntry),
}

impl Note {
    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotInDirectory(_) => "notInDirectory",
            Self::ActiveStays(_) => "activeStays",
        }
    }

    /// The entry that it is about.
    pub fn entry(&self) -> &InactiveEntry {
        match self {
            Self::NotInDirectory(entry) | Self::ActiveStays(entry) => entry,
        }
    }
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
    /// Active Directory shows the change and the registry does not yet: the Health Manager runs, and copies it within about
    /// 300 s.
    RegistryPending(InactiveEntry),
    /// Active Directory shows the change, the registry does not: a registry write that was silently lost, and nobody copies
    /// it.
    RegistryWriteLost(InactiveEntry, NoCopy),
    /// The registry shows the change, but the entry in Active Directory is as before, and the later one.
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
    /// An entry was put back in the registry, and the Active one in Active Directory is later than it.
    DirectoryIsLater,
    /// The service is in this state.
    ServiceIs(ServiceState),
}

/// Why nobody copies what Active Directory shows into the registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoCopy {
    /// The Health Manager does not run.
    NotRunning,
    /// Whether the Health Manager runs is not known.
    NotKnown,
    /// The registry has a later entry.
    RegistryIsLater,
}

impl NoCopy {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::NotRunning, Self::NotKnown, Self::RegistryIsLater];

    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(self) -> &'static str {
        match self {
            Self::NotRunning => "healthManagerNotRunning",
            Self::NotKnown => "healthManagerNotKnown",
            Self::RegistryIsLater => "registryIsLater",
        }
    }
}

impl Reason {
    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotWritten(_) => "notWritten",
            Self::RegistryPending(_) => "registryPending",
            Self::RegistryWriteLost(..) => "registryWriteLost",
            Self::DirectoryWriteLost(_) => "directoryWriteLost",
            Self::SetAgain(_) => "setAgain",
            Self::AnotherEntry(_) => "anotherEntry",
            Self::ServerWideOffline => "serverWideOffline",
            Self::StateDoesNotFollow(_) => "stateDoesNotFollow",
            Self::NotPutBack(_) => "notPutBack",
            Self::DirectoryIsLater => "directoryIsLater",
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

    /// Whether nothing but the Health Manager's copy is wanting, or what may follow beside it.
    pub fn is_pending(&self) -> bool {
        let Self::NotConfirmed(reasons) = self else { return false };
        let pending = |it: &&Reason| matches!(it, Reason::RegistryPending(_));
        reasons.iter().any(|it| pending(&it))
            && Self::NotConfirmed(reasons.iter().filter(|it| !pending(it)).cloned().collect()).may_follow()
    }
}

/// Whether a look shows what a change was to bring about, apart from whether that is enough: in one store at least the entry
/// of its requester has the state, and is another one than before.
pub fn shows(change: &Change, before: &ServerSnapshot, now: &ServerSnapshot) -> bool {
    match change {
        Change::SetState { entry, to, .. } => {
            let (Some(then), Some(now)) = (before.component(&entry.component), now.component(&entry.component)) else {
                return false;
            };
            [(&then.local, &now.local), (&then.remote, &now.remote)]
                .into_iter()
                .any(|(then, now)| is_written(&entry.requester, to, then, now))
        }
        Change::SetService { service, to, .. } => now.services.of(*service).is_some_and(|seen| seen.state == *to),
    }
}

/// Whether a store shows that a requester's entry was set: it has this state, and is not what the store had before.
pub(super) fn is_written(requester: &Requester, to: &State, then: &StoreReading, now: &StoreReading) -> bool {
    now.of_requester(requester).is_some_and(|entry| entry.state == *to && then.of_requester(requester) != Some(entry))
}

/// The stores in which a look shows an entry as a change was to set it; `None`: in none, or it is about a service.
pub(super) fn shown_in(change: &Change, before: &ServerSnapshot, now: &ServerSnapshot) -> Option<Stores> {
    let Change::SetState { entry, to, .. } = change else { return None };
    let (then, now) = (before.component(&entry.component)?, now.component(&entry.component)?);
    let written = |then, now| is_written(&entry.requester, to, then, now);
    match (written(&then.local, &now.local), written(&then.remote, &now.remote)) {
        (true, true) => Some(Stores::Both),
        (true, false) => Some(Stores::Local),
        (false, true) => Some(Stores::Remote),
        (false, false) => None,
    }
}

/// Judges every component that a change was to bring back, every entry that was to be put back, and every service that was
/// sent for.
pub fn judge(before: &ServerSnapshot, steps: &[StepOutcome], after: &ServerSnapshot) -> Vec<Verdict> {
    let sets = |step: &&StepOutcome| step.change.entry().is_some() && step.change.brings_back();
    let components = each_once(steps.iter().filter(sets).flat_map(|step| &step.components));
    let diagnoses = diagnose(after);
    let components = components.into_iter().map(|component| {
        let (kind, notes) = judge_component(component, steps, before, after, &diagnoses);
        Verdict { subject: Subject::Component(component.clone()), kind, notes }
    });
    let rest = steps.iter().filter(|step| step.outcome.was_sent()).filter_map(|step| {
        let (kind, notes) = match &step.change {
            Change::SetState { entry, stores, .. } if !step.change.brings_back() => {
                judge_put_back(entry, *stores, before, after)
            }
            Change::SetState { .. } => return None,
            Change::SetService { service, to, .. } => {
                let kind = match after.services.of(*service) {
                    None => VerdictKind::Unknown(Vec::new()),
                    Some(seen) if seen.state == *to => VerdictKind::Confirmed,
                    Some(seen) => VerdictKind::NotConfirmed(vec![Reason::ServiceIs(seen.state.clone())]),
                };
                (kind, Vec::new())
            }
        };
        Some(Verdict { subject: step.change.subject(), kind, notes })
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
) -> (VerdictKind, Vec<Note>) {
    let entries = steps.iter().filter(|step| step.is_for(component)).filter_map(|step| step.change.entry());
    let entries = entries.collect::<Vec<_>>();
    let (mut gaps, mut reasons, mut notes) = (Vec::new(), Vec::new(), Vec::new());
    for entry in &entries {
        let (Some(then), Some(now)) = (before.component(&entry.component), after.component(&entry.component)) else {
            return (VerdictKind::Unknown(gaps), Vec::new());
        };
        match judge_entry(entry, then, now, after.health_manager.as_ref()) {
            Some(Ok(note)) => notes.extend(note),
            Some(Err(why)) => reasons.push(why),
            None if now.component == *component => {} // its gaps are collected below
            None => gaps.extend(gaps_of(diagnoses, &entry.component)),
        }
    }
    let Some(diagnosis) = diagnoses.iter().find(|diagnosis| diagnosis.component == *component) else {
        return (VerdictKind::Unknown(gaps), Vec::new());
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
        (true, true) if is_active => (VerdictKind::Confirmed, notes),
        (false, true) => (VerdictKind::NotConfirmed(reasons), Vec::new()),
        (_, _) => (VerdictKind::Unknown(gaps), Vec::new()),
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

/// Whether two looks at a component, right before a change and after it, show that an entry was set Active, so that it
/// decides. Of any other change they do not tell.
pub fn is_carried_out(change: &Change, then: &ComponentSnapshot, now: &ComponentSnapshot) -> bool {
    let entry = change.entry().filter(|_| change.brings_back());
    entry.is_some_and(|entry| matches!(judge_entry(entry, then, now, None), Some(Ok(_))))
}

/// What two looks at a component say of an entry that was to be set Active; `None`: a store was not read completely, or which
/// entry decides is not known.
fn judge_entry(
    inactive: &InactiveEntry,
    then: &ComponentSnapshot,
    now: &ComponentSnapshot,
    health_manager: Option<&HealthManager>,
) -> Option<Result<Option<Note>, Reason>> {
    let requester = &inactive.requester;
    let written = |then, now| is_written(requester, &State::Active, then, now);
    let (in_registry, in_directory) = (written(&then.local, &now.local), written(&then.remote, &now.remote));
    if !now.local.is_complete() || !now.remote.is_complete() {
        return None;
    }
    let reconciliation = reconcile(&now.local, &now.remote);
    if reconciliation.contested.contains(requester) {
        return None;
    }
    let deciding = reconciliation.deciding.iter().find(|deciding| deciding.requester == *requester);
    let registry_is_active = now.local.of_requester(requester).is_some_and(|entry| entry.state == State::Active);
    let entry = || inactive.clone();
    let Some(deciding) = deciding.filter(|_| in_registry || in_directory) else {
        let again = deciding.and_then(|it| set_again(inactive, it.state.clone(), then, now));
        return Some(Err(again.unwrap_or_else(|| Reason::NotWritten(entry()))));
    };
    if deciding.state != State::Active {
        let again = set_again(inactive, deciding.state.clone(), then, now);
        return Some(Err(again.unwrap_or_else(|| match (in_registry, in_directory) {
            (false, true) => Reason::RegistryWriteLost(entry(), NoCopy::RegistryIsLater),
            (true | false, _) => Reason::DirectoryWriteLost(entry()),
        })));
    }
    Some(match (registry_is_active, in_directory) {
        (true, true) => Ok(None),
        (true, false) => Ok(Some(Note::NotInDirectory(entry()))),
        (false, _) => Err(match health_manager {
            Some(HealthManager { state: ServiceState::Running, .. }) => Reason::RegistryPending(entry()),
            Some(_) => Reason::RegistryWriteLost(entry(), NoCopy::NotRunning),
            None => Reason::RegistryWriteLost(entry(), NoCopy::NotKnown),
        }),
    })
}

/// That an entry of this state, which decides, was recorded since.
fn set_again(
    inactive: &InactiveEntry,
    state: State,
    then: &ComponentSnapshot,
    now: &ComponentSnapshot,
) -> Option<Reason> {
    let requester = &inactive.requester;
    if state == State::Active {
        return None;
    }
    let stores = [(&then.local, &now.local), (&then.remote, &now.remote)].into_iter();
    let recorded = stores.filter(|(then, now)| is_written(requester, &state, then, now));
    let newest = recorded.filter_map(|(_, now)| now.of_requester(requester)).max_by_key(|entry| entry.time.utc())?;
    Some(Reason::SetAgain(InactiveEntry { state, since: newest.time.clone(), ..inactive.clone() }))
}

/// What two looks say of an entry that was to be put back: each store that it was written to must have another one with the
/// state that it had. Where that is the registry alone, it must also be the later one.
fn judge_put_back(
    entry: &InactiveEntry,
    stores: Stores,
    present: &ServerSnapshot,
    after: &ServerSnapshot,
) -> (VerdictKind, Vec<Note>) {
    let unknown = |gaps| (VerdictKind::Unknown(gaps), Vec::new());
    let (Some(then), Some(now)) = (present.component(&entry.component), after.component(&entry.component)) else {
        return unknown(Vec::new());
    };
    if !now.local.is_complete() || !now.remote.is_complete() {
        return unknown(Vec::new());
    }
    let requester = &entry.requester;
    let written = match stores {
        Stores::Local => vec![(Store::Local, &then.local, &now.local)],
        Stores::Remote => vec![(Store::Remote, &then.remote, &now.remote)],
        Stores::Both => vec![(Store::Local, &then.local, &now.local), (Store::Remote, &then.remote, &now.remote)],
    };
    let missing = written.into_iter().filter(|(_, then, now)| !is_written(requester, &entry.state, then, now));
    let mut reasons = missing.map(|(store, ..)| Reason::NotPutBack(store)).collect::<Vec<_>>();
    let directory =
        now.remote.of_requester(requester).filter(|it| stores == Stores::Local && it.state == State::Active);
    match reconcile(&now.local, &now.remote).deciding.iter().find(|deciding| deciding.requester == *requester) {
        // Times that came as text have no order; that the state has followed tells which of the two Exchange takes for later.
        None if reasons.is_empty() && (now.state == then.state || now.state != entry.state) => {
            return unknown(vec![Gap::Contested(requester.clone())]);
        }
        Some(deciding) if reasons.is_empty() && directory.is_some() && deciding.state != entry.state => {
            reasons.push(Reason::DirectoryIsLater);
        }
        Some(_) | None => {}
    }
    if !reasons.is_empty() {
        return (VerdictKind::NotConfirmed(reasons), Vec::new());
    }
    (VerdictKind::Confirmed, directory.map(|_: &Entry| Note::ActiveStays(entry.clone())).into_iter().collect())
}
