//! What others change while relight is at work: Managed Availability sets a component Inactive again, an admin records
//! something in between.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Component, Requester, State};
use crate::simulator::format::{Fault, Names, SimulatedComponent};

use super::exchange::{Exchange, Stores, put};

/// Counts reads and writes, and makes the changes that are due.
#[derive(Debug, Clone, Default)]
pub(crate) struct ConcurrentChanges {
    /// Reads so far, by server and component.
    reads: BTreeMap<(String, Component), u32>,
    /// For a fault (by its place in the scenario) and a server: the reads since the change that it answers.
    since_change: BTreeMap<(usize, String), u32>,
    /// For a server and a component: the reads since there is something for the Health Manager to copy.
    since_uncopied: BTreeMap<(String, Component), u32>,
}

/// How often the Health Manager copies newer Active entries from Active Directory into the registry, in seconds.
const BETWEEN_COPIES: i64 = 300;

impl ConcurrentChanges {
    /// The faults are others now: what was counted for one of them by its place counts for none.
    pub(crate) fn forget_faults(&mut self) {
        self.since_change.clear();
    }

    /// Acts before a component is read. `server` is the name in Active Directory.
    pub(crate) fn before_read(&mut self, exchange: &mut Exchange, server: &str, component: &str) {
        let this = Component::new(component);
        exchange.make_late_changes();
        self.copy(exchange, server, &this);
        let reads = self.reads.entry((server.to_owned(), this.clone())).or_default();
        *reads = reads.saturating_add(1);
        let reads = *reads;
        for (place, fault) in exchange.scenario().faults.clone().iter().enumerate() {
            if let Fault::Meanwhile { server: on, component, read, requester, state } = fault
                && read.get() == reads
                && this.is(component)
                && concerns(exchange, on.as_ref(), server)
            {
                exchange.record(server, component, requester, state, Stores::BOTH);
            }
            if let Fault::FlipsBack { server: on, component, requester, after_reads, after_seconds } = fault
                && this.is(component)
                && concerns(exchange, on.as_ref(), server)
            {
                if let Some(limit) = after_reads {
                    self.flip_after_reads(exchange, (place, server.to_owned()), (component, requester), *limit);
                }
                if let Some(limit) = after_seconds {
                    flip_after_time(exchange, server, component, requester, *limit);
                }
            }
        }
    }

    /// The Health Manager's copies that are due. What is copied keeps its time.
    fn copy(&mut self, exchange: &mut Exchange, server: &str, component: &Component) {
        let wanted = exchange.to_be_copied(server, component.as_str());
        let mut faults = exchange.scenario().faults.iter();
        let sooner =
            faults.find_map(|fault| if let Fault::CopiedAfter { reads } = fault { Some(*reads) } else { None });
        let reads = self.since_uncopied.entry((server.to_owned(), component.clone())).or_default();
        let now = exchange.clock.now();
        let interval = SignedDuration::from_secs(BETWEEN_COPIES);
        let due = |since: Timestamp| match sooner {
            Some(sooner) => *reads >= sooner,
            None => now.duration_since(since) >= interval,
        };
        for (requester, since) in wanted.iter().filter(|(_, since)| due(*since)) {
            if let Some(stored) = exchange.stored(server, component.as_str()) {
                put(stored.local.as_mut(), requester, State::Active.name(), *since);
            }
        }
        *reads = if wanted.is_empty() { 0 } else { reads.saturating_add(1) };
    }

    /// Notices that somebody set a component Active under a requester.
    pub(crate) fn after_write(
        &mut self,
        exchange: &Exchange,
        server: &str,
        component: &str,
        requester: &str,
        state: &str,
    ) {
        for (place, fault) in exchange.scenario().faults.iter().enumerate() {
            if let Fault::FlipsBack { server: on, component: its, requester: whose, .. } = fault
                && Component::new(component).is(its)
                && Requester::new(requester).is(whose)
                && concerns(exchange, on.as_ref(), server)
            {
                if State::parse(state) == State::Active {
                    self.since_change.insert((place, server.to_owned()), 0);
                } else {
                    self.since_change.remove(&(place, server.to_owned()));
                }
            }
        }
    }

    fn flip_after_reads(
        &mut self,
        exchange: &mut Exchange,
        key: (usize, String),
        (component, requester): (&str, &str),
        limit: u32,
    ) {
        let Some(reads) = self.since_change.get_mut(&key) else { return };
        if *reads < limit {
            *reads = reads.saturating_add(1);
            return;
        }
        self.since_change.remove(&key);
        exchange.record(&key.1, component, requester, State::Inactive.name(), Stores::LOCAL);
    }
}

/// Needs no memory: the entry tells since when the component has been Active, even if another run has set it.
fn flip_after_time(exchange: &mut Exchange, server: &str, component: &str, requester: &str, seconds: u32) {
    let now = exchange.clock.now();
    let Some(stored) = exchange.stored(server, component) else { return };
    let Some((state, since)) = newest(stored, requester) else { return };
    let due = since.saturating_add(SignedDuration::from_secs(i64::from(seconds))).unwrap_or(now);
    if state == State::Active && due <= now {
        // At the time it was due, so that every look sees the same entry even where none is kept.
        put(stored.local.as_mut(), requester, State::Inactive.name(), due);
    }
}

fn newest(stored: &SimulatedComponent, requester: &str) -> Option<(State, Timestamp)> {
    let wanted = Requester::new(requester);
    let entries = stored.local.iter().flatten().chain(stored.remote.iter().flatten());
    entries
        .filter(|entry| wanted.is(&entry.requester))
        .max_by_key(|entry| entry.timestamp)
        .map(|entry| (State::parse(&entry.state), entry.timestamp))
}

fn concerns(exchange: &Exchange, on: Option<&Names>, server: &str) -> bool {
    let is_it = |on: &String| exchange.scenario().server(on).is_some_and(|named| named.is(server));
    on.is_none_or(|on| on.all().iter().any(is_it))
}
