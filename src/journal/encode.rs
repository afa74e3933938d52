//! From the values of a run to the lines of its journal, by hand.

use jiff::Timestamp;

use crate::domain::{self, ConfirmedStep, EntryTime, Server, ServerSnapshot, Service, StepOutcome, StoreReading};

use super::{names, record};

pub fn utc(at: Timestamp) -> String {
    at.to_string()
}

pub fn who(who: &domain::Who) -> record::Who {
    record::Who { user: who.user.clone(), elevated: who.elevated, host: who.host.clone(), interactive: who.interactive }
}

pub fn look(snapshot: &ServerSnapshot) -> record::Look {
    record::Look {
        server: snapshot.server.to_string(),
        taken: utc(snapshot.taken),
        exchange: snapshot.exchange.as_ref().map(|exchange| record::Exchange {
            name: exchange.name.clone(),
            fqdn: exchange.fqdn.clone(),
            version: exchange.version.clone(),
            role: exchange.role.clone(),
        }),
        setup: setup(&snapshot.setup),
        services: services(&snapshot.services),
        components: snapshot.components.iter().map(component).collect(),
        troubles: snapshot.troubles.iter().map(trouble).collect(),
    }
}

fn setup(setup: &domain::Setup) -> record::Setup {
    let (kind, message) = match setup {
        domain::Setup::NotAsked => ("notAsked", None),
        domain::Setup::Running => ("running", None),
        domain::Setup::NotRunning => ("notRunning", None),
        domain::Setup::Unknown(why) => ("unknown", Some(why.clone())),
    };
    record::Setup { kind: kind.to_owned(), message }
}

fn services(services: &domain::Services) -> Option<record::Services> {
    let service = |seen: &domain::ServiceSnapshot| record::Service {
        service: seen.service.name().to_owned(),
        state: seen.state.name().to_owned(),
        start_type: seen.start.name().to_owned(),
    };
    match services {
        domain::Services::NotAsked => None,
        domain::Services::Unreadable(why) => Some(record::Services { unreadable: Some(why.clone()), seen: Vec::new() }),
        domain::Services::Read(all) => {
            Some(record::Services { unreadable: None, seen: all.iter().map(service).collect() })
        }
    }
}

fn component(seen: &domain::ComponentSnapshot) -> record::Component {
    record::Component {
        component: seen.component.to_string(),
        state: seen.state.to_string(),
        server_wide_offline: seen.server_wide_offline,
        local: store(&seen.local),
        remote: store(&seen.remote),
    }
}

fn store(reading: &StoreReading) -> Option<record::Store> {
    match reading {
        StoreReading::Unreadable => None,
        StoreReading::Read { entries, opaque } => {
            Some(record::Store { entries: entries.iter().map(entry).collect(), illegible: opaque.clone() })
        }
    }
}

fn entry(entry: &domain::Entry) -> record::Entry {
    record::Entry { requester: entry.requester.to_string(), state: entry.state.to_string(), time: time(&entry.time) }
}

fn time(time: &EntryTime) -> record::Time {
    match time {
        EntryTime::Utc(at) => record::Time::Utc(utc(*at)),
        EntryTime::Text(text) => record::Time::Text(text.clone()),
    }
}

fn trouble(trouble: &domain::Trouble) -> record::Trouble {
    record::Trouble {
        kind: trouble.kind.name().to_owned(),
        component: trouble.component.as_ref().map(ToString::to_string),
        message: trouble.message.clone(),
    }
}

pub fn step(step: &ConfirmedStep) -> record::Step {
    let hold = step.hold();
    record::Step {
        action: names::action(step.action()).to_owned(),
        component: hold.component.to_string(),
        requester: hold.requester.to_string(),
        hold_state: hold.state.to_string(),
        hold_since: time(&hold.since),
        stores: names::stores(hold.stores).iter().map(ToString::to_string).collect(),
        target: step.target().to_string(),
        lights: step.lights().iter().map(ToString::to_string).collect(),
    }
}

pub fn intent(step: &ConfirmedStep, at: Timestamp) -> record::Intent {
    record::Intent {
        server: step.server().to_string(),
        component: step.hold().component.to_string(),
        requester: step.hold().requester.to_string(),
        target: step.target().to_string(),
        at: utc(at),
    }
}

pub fn outcome(step: &StepOutcome, at: Timestamp) -> record::Outcome {
    record::Outcome {
        server: step.server.to_string(),
        component: step.hold.component.to_string(),
        requester: step.hold.requester.to_string(),
        at: utc(at),
        outcome: names::outcome(&step.outcome).to_owned(),
        trouble: why(&step.outcome).map(trouble),
    }
}

fn why(outcome: &domain::Outcome) -> Option<&domain::Trouble> {
    match outcome {
        domain::Outcome::Failed(why) | domain::Outcome::Unknown(why) | domain::Outcome::NotSeen(why) => Some(why),
        domain::Outcome::Done
        | domain::Outcome::ChangedSincePlan
        | domain::Outcome::Useless
        | domain::Outcome::ShellLost
        | domain::Outcome::Interrupted
        | domain::Outcome::NotRecorded => None,
    }
}

pub fn service_intent(server: &Server, service: Service, at: Timestamp) -> record::ServiceIntent {
    record::ServiceIntent { server: server.to_string(), service: service.name().to_owned(), at: utc(at) }
}

pub fn service_outcome(
    server: &Server,
    service: Service,
    outcome: &domain::Outcome,
    at: Timestamp,
) -> record::ServiceOutcome {
    record::ServiceOutcome {
        server: server.to_string(),
        service: service.name().to_owned(),
        at: utc(at),
        outcome: names::outcome(outcome).to_owned(),
        trouble: why(outcome).map(trouble),
    }
}

/// A service has a verdict like a component, by its own name.
pub fn start_verdict(verdict: &domain::StartVerdict) -> record::Verdict {
    service_verdict(verdict.service, verdict.runs, ["running", "notRunning"])
}

/// The same of one that was stopped.
pub fn stop_verdict(verdict: &domain::StopVerdict) -> record::Verdict {
    service_verdict(verdict.service, verdict.stopped, ["stopped", "notStopped"])
}

fn service_verdict(service: Service, proven: Option<bool>, [yes, no]: [&str; 2]) -> record::Verdict {
    let name = match proven {
        Some(true) => yes,
        Some(false) => no,
        None => "unknown",
    };
    record::Verdict { component: service.name().to_owned(), requester: None, verdict: name.to_owned() }
}

pub fn verdicts(server: &Server, verdicts: Vec<record::Verdict>, at: Timestamp) -> record::Verdicts {
    record::Verdicts { server: server.to_string(), at: utc(at), verdicts }
}

pub fn verdict(verdict: &domain::Verdict) -> record::Verdict {
    record::Verdict {
        component: verdict.component.to_string(),
        requester: None,
        verdict: names::verdict(&verdict.kind).to_owned(),
    }
}

pub fn undo_verdict(verdict: &domain::UndoVerdict) -> record::Verdict {
    let name = match verdict.kind {
        domain::UndoVerdictKind::PutBack => "putBack",
        domain::UndoVerdictKind::NotPutBack(_) => "notPutBack",
        domain::UndoVerdictKind::Unknown => "unknown",
    };
    record::Verdict {
        component: verdict.component.to_string(),
        requester: Some(verdict.requester.to_string()),
        verdict: name.to_owned(),
    }
}
