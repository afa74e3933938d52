//! What a fresh look says of each component that was to be lit. The command having returned without an error counts
//! for nothing: each lifted hold must read Active with a newer time in both stores, and the effective state must follow.

use super::{
    Component, ComponentSnapshot, Diagnosis, Finding, Gap, Hold, ServerSnapshot, State, StepOutcome, StoreReading,
    diagnose, each_once,
};

/// The judgement on one component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verdict {
    /// The component that was to be lit.
    pub component: Component,
    /// What the fresh look says.
    pub kind: VerdictKind,
}

/// Lit, still dark, or not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerdictKind {
    /// Active, and every lifted hold is proven lifted in both stores.
    Lit,
    /// Not so, and why.
    StillDark(Vec<Dark>),
    /// The fresh look does not tell: these gaps. None: the component could not be read at all.
    Unknown(Vec<Gap>),
}

/// Why a component counts as dark after the change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dark {
    /// Neither store shows the change.
    NotWritten(Hold),
    /// Active Directory shows the change, the registry does not: a registry write that was silently lost.
    RegistryWriteLost(Hold),
    /// The registry shows the change, Active Directory does not.
    DirectoryWriteLost(Hold),
    /// The requester has taken the component down again since.
    HeldAgain(Hold),
    /// A requester that was not part of the plan holds it.
    AnotherHolder(Hold),
    /// The server is offline server-wide.
    ServerWideOffline,
    /// The entries are right, but Exchange still reports this state.
    StateDoesNotFollow(State),
}

impl VerdictKind {
    /// Whether a later look may say lit without anything being done: replication, or Exchange itself, was behind.
    pub fn may_follow(&self) -> bool {
        match self {
            Self::Lit => false,
            // What could not be read is not read by waiting, and each try may take minutes.
            Self::Unknown(_) => false,
            Self::StillDark(reasons) => reasons.iter().all(|reason| match reason {
                Dark::DirectoryWriteLost(_) | Dark::StateDoesNotFollow(_) => true,
                Dark::NotWritten(_)
                | Dark::RegistryWriteLost(_)
                | Dark::HeldAgain(_)
                | Dark::AnotherHolder(_)
                | Dark::ServerWideOffline => false,
            }),
        }
    }
}

/// Judges every component that a step was to light.
pub fn judge(before: &ServerSnapshot, outcomes: &[StepOutcome], after: &ServerSnapshot) -> Vec<Verdict> {
    let components = each_once(outcomes.iter().flat_map(|step| &step.lights));
    let diagnoses = diagnose(after);
    components.into_iter().map(|component| judge_component(component, outcomes, before, after, &diagnoses)).collect()
}

fn judge_component(
    component: &Component,
    outcomes: &[StepOutcome],
    before: &ServerSnapshot,
    after: &ServerSnapshot,
    diagnoses: &[Diagnosis],
) -> Verdict {
    let verdict = |kind| Verdict { component: component.clone(), kind };
    let steps = outcomes.iter().filter(|step| step.lights.contains(component)).collect::<Vec<_>>();
    let mut gaps = Vec::new();
    let mut reasons = Vec::new();
    for step in &steps {
        let held = &step.hold.component;
        let (Some(then), Some(now)) = (before.component(held), after.component(held)) else {
            return verdict(VerdictKind::Unknown(gaps));
        };
        match proof(&step.hold, then, now) {
            Some(Proof::Lifted) => {}
            Some(Proof::Dark(why)) => reasons.push(why),
            None if now.component == *component => {} // its gaps are collected below
            None => gaps.extend(gaps_of(diagnoses, held)),
        }
    }
    let Some(diagnosis) = diagnoses.iter().find(|diagnosis| diagnosis.component == *component) else {
        return verdict(VerdictKind::Unknown(gaps));
    };
    gaps.extend(gaps_of(diagnoses, component));

    let planned = |hold: &Hold| {
        steps.iter().any(|step| step.hold.component == hold.component && step.hold.requester == hold.requester)
    };
    reasons.extend(diagnosis.holds.iter().filter(|hold| !planned(hold)).cloned().map(Dark::AnotherHolder));
    if after.is_server_wide_offline() && component.follows_server_wide_offline() {
        reasons.push(Dark::ServerWideOffline);
    }
    if reasons.is_empty() && gaps.is_empty() && diagnosis.state != State::Active {
        reasons.push(Dark::StateDoesNotFollow(diagnosis.state.clone()));
    }
    let lit = diagnosis.state == State::Active && !matches!(diagnosis.finding, Some(Finding::Dark(_)));
    verdict(match (reasons.is_empty(), gaps.is_empty()) {
        (true, true) if lit => VerdictKind::Lit,
        (false, true) => VerdictKind::StillDark(reasons),
        (_, _) => VerdictKind::Unknown(gaps),
    })
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

enum Proof {
    Lifted,
    Dark(Dark),
}

/// What two looks at a component say of a hold that was to be lifted; `None` where a store was not read completely.
fn proof(hold: &Hold, then: &ComponentSnapshot, now: &ComponentSnapshot) -> Option<Proof> {
    let local = store_proof(hold, &then.local, &now.local)?;
    let remote = store_proof(hold, &then.remote, &now.remote)?;
    Some(match (local, remote) {
        (StoreProof::Active, StoreProof::Active) => Proof::Lifted,
        (StoreProof::HeldAgain(again), _) | (_, StoreProof::HeldAgain(again)) => Proof::Dark(Dark::HeldAgain(again)),
        (StoreProof::Missing, StoreProof::Active) => Proof::Dark(Dark::RegistryWriteLost(hold.clone())),
        (StoreProof::Active, StoreProof::Missing) => Proof::Dark(Dark::DirectoryWriteLost(hold.clone())),
        (StoreProof::Missing, StoreProof::Missing) => Proof::Dark(Dark::NotWritten(hold.clone())),
    })
}

enum StoreProof {
    Active,
    HeldAgain(Hold),
    Missing,
}

fn store_proof(hold: &Hold, then: &StoreReading, now: &StoreReading) -> Option<StoreProof> {
    if !now.is_complete() {
        return None;
    }
    let Some(entry) = now.of_requester(&hold.requester) else { return Some(StoreProof::Missing) };
    let is_newer = match (entry.time.utc(), hold.since.utc()) {
        (Some(now), Some(then)) => now > then,
        // Times that came as text have no order, but an entry that differs was written between the two looks.
        _ => then.of_requester(&hold.requester) != Some(entry),
    };
    Some(match (&entry.state, is_newer) {
        (State::Active, true) => StoreProof::Active,
        (_, false) => StoreProof::Missing,
        (State::Inactive | State::Draining | State::Unknown(_), true) => {
            StoreProof::HeldAgain(Hold { state: entry.state.clone(), since: entry.time.clone(), ..hold.clone() })
        }
    })
}
