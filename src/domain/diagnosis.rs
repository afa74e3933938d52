//! What is wrong with each component of a server, and why.

use super::{
    Component, ComponentSnapshot, InactiveEntry, Reconciled, Reconciliation, Requester, ServerSnapshot, Stale, State,
    Store, StoreReading, reconcile,
};

/// One component, understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The component, spelled as it was read.
    pub component: Component,
    /// The effective state.
    pub state: State,
    /// The entries that count and are not Active, with their requesters.
    pub entries: Vec<InactiveEntry>,
    /// Entries that count for nothing.
    pub stale: Vec<Stale>,
    /// What of its entries is not known.
    pub gaps: Vec<Gap>,
    /// The deviation from policy, if there is one.
    pub finding: Option<Finding>,
}

impl Diagnosis {
    /// Whether the component serves nobody.
    pub fn is_inactive(&self) -> bool {
        matches!(self.finding, Some(Finding::Inactive(_)))
    }
}

/// One deviation from policy.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Finding {
    /// It serves nobody.
    Inactive(Cause),
    /// It takes nothing new: an oddity on a proxy, not the fault that is looked for.
    Draining,
    /// Exchange reports a state that is no fault, but what lies behind it could not be read or contradicts it.
    NotKnown,
}

/// Why a component is Inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// Inactive entries of its own.
    Entries,
    /// The server is offline server-wide; there may be inactive entries of its own as well.
    ServerWideOffline,
    /// Nothing recorded explains it.
    Unexplained,
    /// What entries it cannot be known, because of the gaps.
    Unknowable,
}

/// Something about a component's entries that is not known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Gap {
    /// A store could not be read.
    Unreadable(Store),
    /// So many items of a store arrived as text that says nothing.
    Opaque(Store, usize),
    /// The entries of this requester disagree, and which is newer is not known.
    Contested(Requester),
    /// Exchange reports one state, its entries add up to another.
    Contradiction(State),
}

/// Diagnoses every component that was read.
pub fn diagnose(snapshot: &ServerSnapshot) -> Vec<Diagnosis> {
    let offline = snapshot.is_server_wide_offline();
    snapshot.components.iter().map(|seen| diagnose_component(seen, offline)).collect()
}

fn diagnose_component(seen: &ComponentSnapshot, server_wide_offline: bool) -> Diagnosis {
    let reconciliation = reconcile(&seen.local, &seen.remote);
    let pulled_down = server_wide_offline && seen.component.follows_server_wide_offline();
    let gaps = gaps(seen, &reconciliation, pulled_down);
    let entries = reconciliation
        .deciding
        .iter()
        .filter(|entry| entry.state != State::Active)
        .map(|entry| InactiveEntry {
            component: seen.component.clone(),
            requester: entry.requester.clone(),
            state: entry.state.clone(),
            since: entry.since.clone(),
            stores: entry.stores,
        })
        .collect::<Vec<_>>();
    let finding = finding(seen, &reconciliation, &entries, &gaps, pulled_down);
    Diagnosis {
        component: seen.component.clone(),
        state: seen.state.clone(),
        entries,
        stale: reconciliation.stale,
        gaps,
        finding,
    }
}

fn gaps(seen: &ComponentSnapshot, reconciliation: &Reconciliation, pulled_down: bool) -> Vec<Gap> {
    let mut gaps = Vec::new();
    for (store, reading) in [(Store::Local, &seen.local), (Store::Remote, &seen.remote)] {
        match reading {
            StoreReading::Unreadable => gaps.push(Gap::Unreadable(store)),
            StoreReading::Read { opaque, .. } if !opaque.is_empty() => gaps.push(Gap::Opaque(store, opaque.len())),
            StoreReading::Read { .. } => {}
        }
    }
    gaps.extend(reconciliation.contested.iter().cloned().map(Gap::Contested));
    if let Reconciled::State(expected) = &reconciliation.state
        && !pulled_down
        && *expected != seen.state
        && *expected != State::Active
    {
        gaps.push(Gap::Contradiction(expected.clone()));
    }
    gaps
}

fn finding(
    seen: &ComponentSnapshot,
    reconciliation: &Reconciliation,
    entries: &[InactiveEntry],
    gaps: &[Gap],
    pulled_down: bool,
) -> Option<Finding> {
    // Draining is as good as Inactive for ServerWideOffline: it pulls the others down (KB 4043629).
    let is_inactive = match seen.state {
        State::Inactive => true,
        State::Draining => seen.component.is_server_wide_offline(),
        State::Active | State::Unknown(_) => false,
    };
    if is_inactive {
        let nothing_recorded = reconciliation.state == Reconciled::Default;
        return if nothing_recorded && !pulled_down && seen.component.is_normally_inactive() {
            None
        } else if pulled_down {
            Some(Finding::Inactive(Cause::ServerWideOffline))
        } else if !gaps.is_empty() {
            Some(Finding::Inactive(Cause::Unknowable))
        } else if entries.is_empty() {
            Some(Finding::Inactive(Cause::Unexplained))
        } else {
            Some(Finding::Inactive(Cause::Entries))
        };
    }
    match seen.state {
        State::Draining => Some(Finding::Draining),
        State::Unknown(_) => Some(Finding::NotKnown),
        State::Active | State::Inactive => (!gaps.is_empty()).then_some(Finding::NotKnown),
    }
}
