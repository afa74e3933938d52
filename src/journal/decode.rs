//! From the lines of a journal back to values. What makes no sense is not guessed at: the line counts as illegible.

use jiff::Timestamp;

use crate::domain::{
    Component, ComponentSnapshot, Entry, EntryTime, ExchangeServer, Hold, PastOutcome, PastStep, PastVerdict,
    Requester, Server, ServerSnapshot, Service, ServiceSnapshot, ServiceState, Services, Setup, StartType, State,
    StoreReading, Trouble, Who,
};

use super::{names, record};

pub fn utc(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

pub fn who(who: record::Who) -> Who {
    Who { user: who.user, elevated: who.elevated, host: who.host, interactive: who.interactive }
}

pub fn look(look: record::Look) -> Option<ServerSnapshot> {
    Some(ServerSnapshot {
        server: Server::parse(&look.server).ok()?,
        taken: utc(&look.taken)?,
        exchange: look.exchange.map(|exchange| ExchangeServer {
            name: exchange.name,
            fqdn: exchange.fqdn,
            version: exchange.version,
            role: exchange.role,
        }),
        setup: setup(look.setup),
        services: look.services.map_or(Services::NotAsked, services),
        components: look.components.into_iter().map(component).collect::<Option<_>>()?,
        troubles: look.troubles.into_iter().map(trouble).collect(),
    })
}

fn setup(setup: record::Setup) -> Setup {
    match setup.kind.as_str() {
        "notAsked" => Setup::NotAsked,
        "running" => Setup::Running,
        "notRunning" => Setup::NotRunning,
        _ => Setup::Unknown(setup.message.unwrap_or_default()),
    }
}

/// A service that this version does not know is left out.
fn services(services: record::Services) -> Services {
    let service = |seen: record::Service| {
        Some(ServiceSnapshot {
            service: Service::parse(&seen.service)?,
            state: ServiceState::parse(&seen.state),
            start: StartType::parse(&seen.start_type),
        })
    };
    match services.unreadable {
        Some(why) => Services::Unreadable(why),
        None => Services::Read(services.seen.into_iter().filter_map(service).collect()),
    }
}

fn component(seen: record::Component) -> Option<ComponentSnapshot> {
    Some(ComponentSnapshot {
        component: Component::new(seen.component),
        state: State::parse(&seen.state),
        server_wide_offline: seen.server_wide_offline,
        local: store(seen.local)?,
        remote: store(seen.remote)?,
    })
}

fn store(store: Option<record::Store>) -> Option<StoreReading> {
    let Some(store) = store else { return Some(StoreReading::Unreadable) };
    let entries = store.entries.into_iter().map(|entry| {
        Some(Entry {
            requester: Requester::new(entry.requester),
            state: State::parse(&entry.state),
            time: time(entry.time)?,
        })
    });
    Some(StoreReading::Read { entries: entries.collect::<Option<_>>()?, opaque: store.illegible })
}

fn time(time: record::Time) -> Option<EntryTime> {
    match time {
        record::Time::Utc(at) => utc(&at).map(EntryTime::Utc),
        record::Time::Text(text) => Some(EntryTime::Text(text)),
    }
}

pub fn trouble(trouble: record::Trouble) -> Trouble {
    Trouble {
        kind: names::of_trouble(&trouble.kind),
        component: trouble.component.map(Component::new),
        message: trouble.message,
    }
}

pub fn step(step: record::Step) -> Option<PastStep> {
    Some(PastStep {
        action: names::of_action(&step.action)?,
        hold: Hold {
            component: Component::new(step.component),
            requester: Requester::new(step.requester),
            state: State::parse(&step.hold_state),
            since: time(step.hold_since)?,
            stores: names::of_stores(&step.stores),
        },
        lights: step.lights.into_iter().map(Component::new).collect(),
        outcome: PastOutcome::NotBegun,
    })
}

pub fn verdict(verdict: record::Verdict) -> PastVerdict {
    PastVerdict {
        component: Component::new(verdict.component),
        requester: verdict.requester.map(Requester::new),
        verdict: verdict.verdict,
    }
}
