//! How Exchange decides a component's state from its entries: for each requester the newer of its local and remote
//! entry counts (a tie: local), wherever it stands; then any Inactive makes it Inactive, else any Draining makes it
//! Draining, else it is Active. Source: how the product behaves (Exchange 2013 CU23, by published analyses of it; later
//! versions show nothing else). Microsoft documents the stores and not the rule.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Component, Entry, EntryTime, Requester, State, Store, StoreReading};

/// What the entries of a component amount to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reconciliation {
    /// The deciding entry of each requester, ordered by name.
    pub deciding: Vec<Deciding>,
    /// Requesters whose entries disagree and whose order in time is not known.
    pub contested: Vec<Requester>,
    /// Entries that a newer one of the same requester overrides.
    pub stale: Vec<Stale>,
    /// The state they add up to.
    pub state: Reconciled,
}

/// A requester's entry that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deciding {
    /// Spelled as it was read in the deciding entry.
    pub requester: Requester,
    /// The state that counts.
    pub state: State,
    /// When it was recorded.
    pub since: EntryTime,
    /// The stores in which the newest entry of this requester says so.
    pub stores: Stores,
}

/// A deciding entry that is not Active: what has to be set Active under its own requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InactiveEntry {
    /// The component, spelled as it was read.
    pub component: Component,
    /// The requester, spelled as it was read.
    pub requester: Requester,
    /// The recorded state.
    pub state: State,
    /// When it was recorded.
    pub since: EntryTime,
    /// The stores that say so.
    pub stores: Stores,
}

/// One store or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stores {
    /// The registry alone.
    Local,
    /// Active Directory alone.
    Remote,
    /// Both.
    Both,
}

/// An entry that counts for nothing, because its requester has a newer one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stale {
    /// Where it stands.
    pub store: Store,
    /// The entry.
    pub entry: Entry,
}

/// The state that the entries add up to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reconciled {
    /// Nothing is recorded: the component has its default state.
    Default,
    /// The entries decide.
    State(State),
    /// It cannot be told: a store was not read, an item was illegible, or the order of two entries is not known.
    Unknown,
}

/// Works out what the two stores of a component amount to. The order of entries within a store never matters.
pub fn reconcile(local: &StoreReading, remote: &StoreReading) -> Reconciliation {
    let mut by_requester: BTreeMap<&Requester, Vec<(Store, &Entry)>> = BTreeMap::new();
    for (store, reading) in [(Store::Local, local), (Store::Remote, remote)] {
        for entry in reading.entries() {
            by_requester.entry(&entry.requester).or_default().push((store, entry));
        }
    }

    let mut all = Vec::new();
    let mut contested = Vec::new();
    let mut stale = Vec::new();
    for (requester, entries) in by_requester {
        let Some((_, deciding)) = entries.iter().max_by_key(|(store, entry)| precedence(*store, entry)) else {
            continue;
        };
        let agree = entries.iter().all(|(_, entry)| entry.state == deciding.state);
        if !agree && entries.iter().any(|(_, entry)| entry.time.utc().is_none()) {
            contested.push(requester.clone());
            continue;
        }
        all.push(Deciding {
            requester: deciding.requester.clone(),
            state: deciding.state.clone(),
            since: deciding.time.clone(),
            stores: stores_that_say(&deciding.state, &entries),
        });
        stale.extend(
            entries
                .iter()
                .filter(|(_, entry)| entry.state != deciding.state)
                .map(|(store, entry)| Stale { store: *store, entry: (*entry).clone() }),
        );
    }

    let complete = local.is_complete() && remote.is_complete();
    let state = if complete { add_up(&all, &contested) } else { Reconciled::Unknown };
    Reconciliation { deciding: all, contested, stale, state }
}

/// What decides between entries of one requester: the newer, then the registry. Two entries of one requester with one
/// time in one store are not known to occur; then the graver state counts, so that the order of entries does not.
fn precedence(store: Store, entry: &Entry) -> (Option<Timestamp>, bool, u8, &str) {
    let gravity = match entry.state {
        State::Active => 0,
        State::Unknown(_) => 1,
        State::Draining => 2,
        State::Inactive => 3,
    };
    (entry.time.utc(), store == Store::Local, gravity, entry.requester.as_str())
}

fn stores_that_say(state: &State, entries: &[(Store, &Entry)]) -> Stores {
    let says = |wanted: Store| {
        entries
            .iter()
            .filter(|(store, _)| *store == wanted)
            .max_by_key(|(store, entry)| precedence(*store, entry))
            .is_some_and(|(_, entry)| entry.state == *state)
    };
    match (says(Store::Local), says(Store::Remote)) {
        (true, true) => Stores::Both,
        (false, true) => Stores::Remote,
        (true, false) | (false, false) => Stores::Local,
    }
}

fn add_up(deciding: &[Deciding], contested: &[Requester]) -> Reconciled {
    let any = |state: &State| deciding.iter().any(|entry| entry.state == *state);
    if any(&State::Inactive) {
        Reconciled::State(State::Inactive)
    } else if !contested.is_empty() || deciding.iter().any(|entry| matches!(entry.state, State::Unknown(_))) {
        Reconciled::Unknown
    } else if any(&State::Draining) {
        Reconciled::State(State::Draining)
    } else if deciding.is_empty() {
        Reconciled::Default
    } else {
        Reconciled::State(State::Active)
    }
}
