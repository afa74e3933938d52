//! Short ways to write entries, components and servers down. Times are minutes after a fixed instant.

use relight::domain::*;

/// 2026-03-14 02:00 UTC and so many minutes.
pub fn minute(minutes: i64) -> jiff::Timestamp {
    let start: jiff::Timestamp = "2026-03-14T02:00:00Z".parse().expect("an instant");
    start + jiff::SignedDuration::from_mins(minutes)
}

/// An entry recorded at a minute.
pub fn entry(requester: &str, state: State, minutes: i64) -> Entry {
    Entry { requester: Requester::new(requester), state, time: EntryTime::Utc(minute(minutes)) }
}

/// An entry whose time came as text.
pub fn undated(requester: &str, state: State) -> Entry {
    Entry { requester: Requester::new(requester), state, time: EntryTime::Text("12/5/2014 3:52:52 PM".into()) }
}

pub fn store(entries: &[Entry]) -> StoreReading {
    StoreReading::of(entries.to_vec())
}

/// A component with the entries of its two stores.
pub fn component(name: &str, state: State, local: &[Entry], remote: &[Entry]) -> ComponentSnapshot {
    ComponentSnapshot {
        component: Component::new(name),
        state,
        server_wide_offline: false,
        local: store(local),
        remote: store(remote),
    }
}

/// A server with these components.
pub fn server(components: Vec<ComponentSnapshot>) -> ServerSnapshot {
    ServerSnapshot {
        server: Server::parse("EX01").expect("a host name"),
        taken: minute(60),
        runs_shell: false,
        exchange: None,
        setup: Setup::NotAsked,
        services: Services::NotAsked,
        health_manager: None,
        components,
        troubles: vec![],
    }
}

/// A server on which PopProxy is Inactive because of these entries.
pub fn inactive_pop(local: &[Entry], remote: &[Entry]) -> ServerSnapshot {
    server(vec![
        component("PopProxy", State::Inactive, local, remote),
        component("ServerWideOffline", State::Active, &[], &[]),
    ])
}

/// Marks every component that follows it as Inactive by ServerWideOffline, which has these entries.
pub fn offline(mut components: Vec<ComponentSnapshot>, state: State, entries: &[Entry]) -> ServerSnapshot {
    for seen in &mut components {
        seen.server_wide_offline = true;
        seen.state = State::Inactive;
    }
    let mut server_wide = component("ServerWideOffline", state, entries, entries);
    server_wide.server_wide_offline = true;
    components.push(server_wide);
    server(components)
}

/// The diagnosis of one component of a server.
pub fn diagnosis_of(snapshot: &ServerSnapshot, name: &str) -> Diagnosis {
    diagnose(snapshot).into_iter().find(|diagnosis| diagnosis.component.is(name)).expect("the component was read")
}

/// A policy that allows these requesters.
pub fn allowing(requesters: &[KnownRequester], include_server_wide_offline: bool) -> Policy {
    Policy { requesters: requesters.to_vec(), include_server_wide_offline, ..Policy::default() }
}

/// A policy that objects to nothing.
pub fn anything() -> Policy {
    Policy { start_services: StartServices::Manual, stop_services: true, ..allowing(&KnownRequester::ALL, true) }
}

/// What a policy decides of a plan, carried out with this outcome each.
pub fn carried_out(run: &mut ServerRun, policy: &Policy, outcome: &Outcome) -> Vec<StepOutcome> {
    let consent = Consent::of_policy(run, policy).expect("the first decision");
    run.steps = consent.into_steps().into_iter().map(|step| step.end(outcome.clone())).collect();
    run.steps.clone()
}

/// Monitors that say this, at no known time.
pub fn monitors(all: &[(&str, Alert)]) -> Asked<Monitors> {
    let monitor = |(name, alert): &(&str, Alert)| Monitor {
        name: (*name).to_owned(),
        alert: alert.clone(),
        at: None,
        is_stale: false,
    };
    Ok(Monitors { all: all.iter().map(monitor).collect(), warnings: Vec::new() })
}
