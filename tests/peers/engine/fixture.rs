//! What the tests ask, and the Exchange they ask it of.

use relight::domain::Connection;
use relight::shell::protocol::{Call, CallError, ComponentStateAnswer, ComponentStateObject, read_data};
use serde_json::{Value, json};

use crate::support::double::{OLD, Setup, entry};
use crate::support::join;
use crate::support::shell::Session;

/// The engine with every operation.
pub fn full_engine() -> String {
    join::join(&join::engine(), &join::operations())
}

/// EX01 with these components, and EX13 of Exchange 2013 without any entry.
pub fn servers(components: Value) -> Value {
    json!({"servers": [
        {"name": "EX01", "fqdn": "EX01.contoso.test", "components": components},
        {"name": "EX13", "fqdn": "EX13.contoso.test", "version": "Version 15.0 (Build 1497.2)", "role": "Mailbox, ClientAccess"},
    ]})
}

/// EX01 with a PopProxy that HealthApi has set to this state, in the registry only.
pub fn one_local(state: &str) -> Value {
    servers(json!({"PopProxy": {"local": [entry("HealthApi", state, OLD)], "remote": []}}))
}

pub fn ems() -> Call {
    Call::Connect { connection: Connection::Ems, connect_to: None }
}

pub fn set(server: &str, component: &str, requester: &str, state: &str) -> Call {
    Call::SetComponentState {
        server: server.into(),
        component: component.into(),
        requester: requester.into(),
        state: state.into(),
        local_only: false,
    }
}

/// A question about one component.
pub fn state_of(server: &str, component: &str) -> Call {
    Call::GetComponentState { server: server.into(), component: component.into() }
}

/// A session with Exchange loaded.
pub fn connected(setup: &Setup) -> Session {
    let mut session = setup.start(&full_engine());
    let connect = session.try_call(ems()).unwrap();
    assert!(connect.outcome.is_ok() && connect.progress.len() == 1, "{connect:?}");
    session
}

/// Asks for one component and takes the one object of the answer.
pub fn read(session: &mut Session, server: &str, component: &str) -> Result<ComponentStateObject, CallError> {
    session.call(state_of(server, component)).map(|data| {
        assert!(data["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{data}");
        let ComponentStateAnswer { objects, .. } = read_data(data).unwrap();
        assert_eq!(objects.len(), 1);
        objects.into_iter().next().unwrap()
    })
}
