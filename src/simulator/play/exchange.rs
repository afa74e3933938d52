//! The organisation: how Exchange works out a component's state, and what Set records. The rules that are known or
//! believed of the real cmdlets, without any fault.

use jiff::Timestamp;

use crate::domain::{
    Component, Entry, EntryTime, Reconciled, Requester, Service, ServiceState, State, StoreReading, reconcile,
};
use crate::shell::protocol::CallError;
use crate::simulator::format::{self, LateChange, Scenario, SimulatedComponent, SimulatedEntry, SimulatedServer};

use super::clock::Clock;
use super::refusals;

/// The servers of a scenario, and the time there.
#[derive(Debug, Clone)]
pub(crate) struct Exchange {
    scenario: Scenario,
    pub(crate) clock: Clock,
}

/// What Get shows of one component, before it takes any shape.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    pub(crate) fqdn: String,
    pub(crate) component: String,
    pub(crate) state: State,
    pub(crate) server_wide_offline: bool,
    /// `None`: the store cannot be read.
    pub(crate) local: Option<Vec<SimulatedEntry>>,
    pub(crate) remote: Option<Vec<SimulatedEntry>>,
}

/// Which stores a change reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Stores {
    pub(crate) local: bool,
    pub(crate) remote: bool,
}

impl Stores {
    pub(crate) const BOTH: Self = Self { local: true, remote: true };
    pub(crate) const LOCAL: Self = Self { local: true, remote: false };
}

impl Exchange {
    pub(crate) fn new(scenario: Scenario) -> Self {
        let clock = Clock::starting(scenario.now);
        Self { scenario, clock }
    }

    /// Plays what the scenario has become meanwhile.
    pub(crate) fn adopt(&mut self, scenario: Scenario) {
        self.clock.meet(scenario.now);
        self.scenario = scenario;
    }

    /// The scenario as it stands, to be kept.
    pub(crate) fn to_scenario(&self) -> Scenario {
        Scenario { now: self.clock.keep(), ..self.scenario.clone() }
    }

    pub(crate) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// `Get-ExchangeServer`.
    ///
    /// # Errors
    /// No such server.
    pub(crate) fn server(&self, identity: &str) -> Result<&SimulatedServer, CallError> {
        self.scenario.server(identity).ok_or_else(|| refusals::no_such_server(identity))
    }

    /// `Get-ServerComponentState`. With `registry` false, the registry cannot be read just now.
    ///
    /// # Errors
    /// No such server or component, or an Exchange too old to have components.
    pub(crate) fn read(&self, identity: &str, component: &str, registry: bool) -> Result<Reading, CallError> {
        let server = self.server(identity)?;
        let component = spelling(server, component)?;
        let stored = |name: &str| {
            let stored = server.components.get(name).map(|(_, stored)| stored.clone()).unwrap_or_default();
            if registry { stored } else { SimulatedComponent { local: None, ..stored } }
        };
        let here = stored(&component);
        let name = Component::new(component.as_str());
        let offline = own_state(&Component::server_wide_offline(), &stored(Component::SERVER_WIDE_OFFLINE));
        let server_wide_offline = offline != State::Active;
        let state = if server_wide_offline && name.follows_server_wide_offline() {
            State::Inactive
        } else {
            own_state(&name, &here)
        };
        Ok(Reading {
            fqdn: server.fqdn(),
            component,
            state,
            server_wide_offline,
            local: here.local,
            remote: here.remote,
        })
    }

    /// `Set-ServerComponentState`: Active Directory first, then the registry, each with its own time.
    ///
    /// # Errors
    /// No such server or component, a requester or a state that the parameters do not take; then nothing has changed.
    pub(crate) fn write(
        &mut self,
        identity: &str,
        component: &str,
        requester: &str,
        state: &str,
        stores: Stores,
    ) -> Result<(), CallError> {
        let component = spelling(self.server(identity)?, component)?;
        // An enumeration takes a number for a name, and what it does not know becomes a junk entry.
        if Requester::new(requester).known().is_none() && requester.parse::<i32>().is_err() {
            return Err(refusals::parameter("Requester", requester));
        }
        let state = match State::parse(state) {
            known @ (State::Active | State::Inactive | State::Draining) => known,
            State::Unknown(odd) => return Err(refusals::parameter("State", &odd)),
        };
        self.record(identity, &component, requester, state.name(), stores);
        Ok(())
    }

    /// `StartService` or `StopService`; what it returns is the state in which the service is then.
    ///
    /// # Errors
    /// No such server or service, or one that is disabled or cannot be reached; then nothing has changed.
    pub(crate) fn set_service(
        &mut self,
        identity: &str,
        service: Service,
        to: &ServiceState,
    ) -> Result<String, CallError> {
        let unknown = || refusals::no_connection(identity);
        let server = self.scenario.servers.iter_mut().find(|server| server.is(identity)).ok_or_else(unknown)?;
        server.set_service(service, to)
    }

    /// A change that was sent and is made later.
    pub(crate) fn put_off(&mut self, change: LateChange) {
        self.scenario.on_their_way.push(change);
    }

    /// Makes the changes that were put off and are due by now, each at its time, so that every look sees the same entry even
    /// where none is kept.
    pub(crate) fn make_late_changes(&mut self) {
        let now = self.clock.now();
        let (due, later) = std::mem::take(&mut self.scenario.on_their_way).into_iter().partition(|it| it.at <= now);
        self.scenario.on_their_way = later;
        let due: Vec<LateChange> = due;
        for LateChange { at, server, component, requester, state, local_only } in due {
            let Some(stored) = self.stored(&server, &component) else { continue };
            if !local_only {
                put(stored.remote.as_mut(), &requester, &state, at);
            }
            put(stored.local.as_mut(), &requester, &state, at);
        }
    }

    /// The requesters of a component whose entry in Active Directory is Active and later than that of the registry, with the
    /// time of it: the Health Manager copies these, where it runs and the registry can be written.
    pub(crate) fn to_be_copied(&self, server: &str, component: &str) -> Vec<(String, Timestamp)> {
        let Some(server) = self.scenario.server(server) else { return Vec::new() };
        let runs = server.health_manager_runs();
        let Some((_, stored)) = server.components.get(component).filter(|_| runs) else { return Vec::new() };
        let Some(local) = &stored.local else { return Vec::new() };
        let is_later = |entry: &&SimulatedEntry| {
            let requester = Requester::new(entry.requester.as_str());
            let mut same = local.iter().filter(|other| requester.is(&other.requester));
            State::parse(&entry.state) == State::Active && same.all(|other| other.timestamp < entry.timestamp)
        };
        let remote = stored.remote.iter().flatten().filter(is_later);
        remote.map(|entry| (entry.requester.clone(), entry.timestamp)).collect()
    }

    /// Records an entry, whoever does it.
    pub(crate) fn record(&mut self, identity: &str, component: &str, requester: &str, state: &str, stores: Stores) {
        let mut clock = self.clock;
        if let Some(stored) = self.stored(identity, component) {
            if stores.remote {
                put(stored.remote.as_mut(), requester, state, clock.now());
            }
            clock.next_store();
            if stores.local {
                put(stored.local.as_mut(), requester, state, clock.now());
            }
        }
        self.clock = clock;
    }

    /// What is recorded about a component, to be changed.
    pub(crate) fn stored(&mut self, identity: &str, component: &str) -> Option<&mut SimulatedComponent> {
        let server = self.scenario.servers.iter_mut().find(|server| server.is(identity))?;
        let components = &mut server.components.0;
        let wanted = Component::new(component);
        let position = components.iter().position(|(name, _)| wanted.is(name)).unwrap_or_else(|| {
            components.push((component.to_owned(), SimulatedComponent::default()));
            components.len() - 1
        });
        components.get_mut(position).map(|(_, stored)| stored)
    }
}

/// The component as this server spells it.
fn spelling(server: &SimulatedServer, component: &str) -> Result<String, CallError> {
    if format::major(&server.version).is_some_and(|major| major < 15) {
        return Err(refusals::too_old(&server.name));
    }
    let listed = server.components.get(component).map(|(name, _)| name.clone());
    listed
        .or_else(|| format::component(&server.version, component).map(str::to_owned))
        .ok_or_else(|| refusals::no_such_component(component))
}

/// The state of a component by itself. A store that cannot be read counts as empty: the other one decides alone.
pub(super) fn own_state(name: &Component, stored: &SimulatedComponent) -> State {
    if let Some(state) = &stored.state {
        return State::parse(state);
    }
    let reading = |entries: &Option<Vec<SimulatedEntry>>| {
        StoreReading::of(entries.iter().flatten().map(SimulatedEntry::to_entry).collect())
    };
    match reconcile(&reading(&stored.local), &reading(&stored.remote)).state {
        Reconciled::State(state) => state,
        Reconciled::Default if name.is_normally_inactive() => State::Inactive,
        Reconciled::Default | Reconciled::Unknown => State::Active,
    }
}

impl SimulatedEntry {
    /// The same as a value of the domain.
    pub(crate) fn to_entry(&self) -> Entry {
        Entry {
            requester: Requester::new(self.requester.as_str()),
            state: State::parse(&self.state),
            time: EntryTime::Utc(self.timestamp),
        }
    }
}

/// Puts an entry in place of those of its requester, in their spelling. A store that cannot be read cannot be written
/// either, and nothing says so.
pub(crate) fn put(store: Option<&mut Vec<SimulatedEntry>>, requester: &str, state: &str, timestamp: Timestamp) {
    let Some(store) = store else { return };
    let wanted = Requester::new(requester);
    let position = store.iter().position(|entry| wanted.is(&entry.requester)).unwrap_or(store.len());
    let spelling = store.get(position).map_or(requester, |entry| entry.requester.as_str()).to_owned();
    store.retain(|entry| !wanted.is(&entry.requester));
    let entry = SimulatedEntry { requester: spelling, state: state.to_owned(), timestamp };
    store.insert(position.min(store.len()), entry);
}

#[cfg(test)]
#[path = "exchange_tests.rs"]
mod tests;
