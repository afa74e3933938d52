//! From what came over the wire to what the domain understands. Tolerant in reading, exact in meaning: a missing
//! `Component` or `State` is a failed deserialisation, a `null` list is an unreadable store, and a time that is not
//! ISO 8601 keeps its text and claims no order.

use jiff::Timestamp;

use crate::domain::{
    Component, ComponentSnapshot, Entry, EntryTime, ExchangeServer, Requester, Server, State, StoreReading, Trouble,
    TroubleKind,
};
use crate::shell::protocol::{ComponentStateAnswer, ComponentStateObject, EntryItem, ExchangeServerAnswer};

/// One component as it was read, and when (UTC).
///
/// # Errors
/// A trouble when the answer is not exactly one component state of the server and component that were asked for.
pub fn component(
    answer: ComponentStateAnswer,
    server: &Server,
    asked: &Component,
) -> Result<(ComponentSnapshot, Option<Timestamp>), Trouble> {
    let trouble = |kind, message: String| Trouble { kind, component: Some(asked.clone()), message };
    let at = answer.at.as_deref().and_then(|at| at.parse().ok());
    let count = answer.objects.len();
    let mut objects = answer.objects;
    // What Exchange's scripts put out on the way may be objects too, of whatever kind.
    if objects.iter().any(is_a_state) {
        objects.retain(is_a_state);
    }
    let mut objects = objects.into_iter();
    let (Some(object), None) = (objects.next(), objects.next()) else {
        return Err(trouble(
            TroubleKind::Malformed,
            format!("Get-ServerComponentState returned {count} objects, not one"),
        ));
    };
    let ComponentStateObject { server: answered, component, state, server_wide_offline, local, remote } = object;
    let (Some(component), Some(state)) = (component, state) else {
        return Err(trouble(
            TroubleKind::Malformed,
            "Get-ServerComponentState returned an object without Component and State".to_owned(),
        ));
    };
    if let Some(answered) = answered
        && !Server::parse(&answered).is_ok_and(|answered| answered.may_be(server))
    {
        return Err(trouble(TroubleKind::WrongServer, format!("asked for {server}, but {answered} answered")));
    }
    let component = Component::new(component);
    if component != *asked {
        return Err(trouble(TroubleKind::Malformed, format!("asked for {asked}, but {component} was returned")));
    }
    let snapshot = ComponentSnapshot {
        component,
        state: State::parse(&state),
        server_wide_offline: server_wide_offline.unwrap_or(false),
        local: store(local),
        remote: store(remote),
    };
    Ok((snapshot, at))
}

fn is_a_state(object: &ComponentStateObject) -> bool {
    object.component.is_some() && object.state.is_some()
}

/// `$null` means that the store could not be read; the product gives an empty list where nothing is recorded.
fn store(items: Option<Vec<EntryItem>>) -> StoreReading {
    let Some(items) = items else { return StoreReading::Unreadable };
    let mut entries = Vec::new();
    let mut opaque = Vec::new();
    for item in items {
        match item {
            EntryItem { requester: Some(requester), state: Some(state), timestamp, text: _ } => entries.push(Entry {
                requester: Requester::new(requester),
                state: State::parse(&state),
                time: time(timestamp.unwrap_or_default()),
            }),
            EntryItem { text, .. } => {
                let text = text.unwrap_or_default();
                match flattened(&text) {
                    Some(entry) => entries.push(entry),
                    None => opaque.push(text),
                }
            }
        }
    }
    StoreReading::Read { entries, opaque }
}

fn time(text: String) -> EntryTime {
    match text.parse() {
        Ok(at) => EntryTime::Utc(at),
        Err(_) => EntryTime::Text(text),
    }
}

/// `Requestor:HealthApi; State:Inactive; Timestamp:12/5/2014 3:52:52 PM`, as Exchange 2016 and later write an item.
/// The time is in the culture of the server and stays text.
fn flattened(text: &str) -> Option<Entry> {
    let rest = text.strip_prefix("Requestor:")?;
    let (requester, rest) = rest.split_once("; State:")?;
    let (state, timestamp) = rest.split_once("; Timestamp:")?;
    Some(Entry {
        requester: Requester::new(requester),
        state: State::parse(state),
        time: EntryTime::Text(timestamp.to_owned()),
    })
}

/// What `Get-ExchangeServer` said.
///
/// # Errors
/// A trouble when the server is none that relight can help: an Edge server, a version before 2013, or another server.
pub fn exchange_server(answer: ExchangeServerAnswer, asked: &Server) -> Result<ExchangeServer, Trouble> {
    let trouble = |kind, message| Trouble { kind, component: None, message };
    let seen = ExchangeServer {
        version: answer.version.as_deref().map(dotted_version),
        name: answer.name,
        fqdn: answer.fqdn,
        role: answer.role,
    };
    let other = [&seen.fqdn, &seen.name]
        .into_iter()
        .flatten()
        .find(|answered| !Server::parse(answered).is_ok_and(|answered| answered.may_be(asked)));
    if let Some(other) = other {
        return Err(trouble(TroubleKind::WrongServer, format!("asked for {asked}, but {other} answered")));
    }
    if let Some(role) = &seen.role
        && role.split(',').any(|role| role.trim().eq_ignore_ascii_case("Edge"))
    {
        return Err(trouble(TroubleKind::Edge, format!("{asked} has the role {role}")));
    }
    if let Some(version) = &seen.version
        && !version.starts_with("15.")
    {
        return Err(trouble(TroubleKind::Unsupported, format!("{asked} has version {version}")));
    }
    Ok(seen)
}

/// `Version 15.1 (Build 2375.7)` as `15.1.2375.7`.
pub fn dotted_version(text: &str) -> String {
    let numbers = text.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty()).collect::<Vec<_>>();
    if numbers.is_empty() { text.to_owned() } else { numbers.join(".") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked() -> (Server, Component) {
        (Server::parse("EX01").expect("a host name"), Component::new("PopProxy"))
    }

    fn answer(object: ComponentStateObject) -> ComponentStateAnswer {
        ComponentStateAnswer { at: Some("2026-03-14T02:47:10Z".into()), objects: vec![object] }
    }

    fn object() -> ComponentStateObject {
        ComponentStateObject {
            server: Some("EX01.contoso.local".into()),
            component: Some("popproxy".into()),
            state: Some("INACTIVE".into()),
            server_wide_offline: Some(false),
            local: Some(vec![]),
            remote: None,
        }
    }

    #[test]
    fn an_unreadable_registry_is_not_an_empty_one() {
        let (server, component_name) = asked();
        let (seen, at) = component(answer(object()), &server, &component_name).expect("a component");
        assert_eq!(seen.state, State::Inactive);
        assert_eq!(seen.local, StoreReading::of(vec![]));
        assert_eq!(seen.remote, StoreReading::Unreadable);
        assert_eq!(at, "2026-03-14T02:47:10Z".parse().ok());
    }

    #[test]
    fn an_object_of_another_kind_beside_the_state_is_passed_over_and_a_second_state_is_not() {
        let (server, component_name) = asked();
        let stray = ComponentStateObject { component: None, state: None, ..object() };
        for objects in [vec![stray.clone(), object()], vec![object(), stray]] {
            let answer = ComponentStateAnswer { at: None, objects };
            assert_eq!(component(answer, &server, &component_name).expect("a component").0.state, State::Inactive);
        }
        let two = ComponentStateAnswer { at: None, objects: vec![object(), object()] };
        assert_eq!(component(two, &server, &component_name).expect_err("two").kind, TroubleKind::Malformed);
    }

    #[test]
    fn flattened_items_tell_requester_and_state_on_2016_and_nothing_on_2013() {
        let (server, component_name) = asked();
        let text = |text: &str| EntryItem { text: Some(text.into()), ..EntryItem::default() };
        let type_name =
            "Microsoft.Exchange.Data.Directory.Management.ServerComponentStatePresentationObject+RequesterDetails";
        let items = vec![text("Requestor:HealthApi; State:Inactive; Timestamp:05.12.2014 15:52:52"), text(type_name)];
        let flattened = ComponentStateObject { local: Some(items), ..object() };
        let (seen, _) = component(answer(flattened), &server, &component_name).expect("read");
        let StoreReading::Read { entries, opaque } = seen.local else { panic!("it was read") };
        assert_eq!(entries.len(), 1);
        assert_eq!(entries[0].requester, Requester::new("HealthApi"));
        assert_eq!(entries[0].time, EntryTime::Text("05.12.2014 15:52:52".into()));
        assert_eq!(opaque, [type_name]);
    }

    #[test]
    fn an_object_without_component_or_state_is_malformed_not_no_component() {
        let (server, component_name) = asked();
        for broken in [
            ComponentStateObject { component: None, ..object() },
            ComponentStateObject { state: None, ..object() },
            ComponentStateObject { component: Some("ImapProxy".into()), ..object() },
        ] {
            let trouble = component(answer(broken), &server, &component_name).expect_err("malformed");
            assert_eq!(trouble.kind, TroubleKind::Malformed);
        }
        let none = ComponentStateAnswer::default();
        assert_eq!(component(none, &server, &component_name).expect_err("none").kind, TroubleKind::Malformed);
    }

    #[test]
    fn another_server_than_the_one_asked_for_is_never_taken_for_it() {
        let (server, component_name) = asked();
        let other = ComponentStateObject { server: Some("EX02.contoso.local".into()), ..object() };
        let trouble = component(answer(other), &server, &component_name).expect_err("another server");
        assert_eq!(trouble.kind, TroubleKind::WrongServer);
    }

    #[test]
    fn edge_servers_and_old_versions_are_told_apart() {
        let (server, _) = asked();
        let answer = |role: &str, version: &str| ExchangeServerAnswer {
            name: Some("EX01".into()),
            fqdn: Some("ex01.contoso.local".into()),
            version: Some(version.into()),
            role: Some(role.into()),
        };
        let seen =
            exchange_server(answer("Mailbox, ClientAccess", "Version 15.1 (Build 2375.7)"), &server).expect("fine");
        assert_eq!(seen.version.as_deref(), Some("15.1.2375.7"));
        let edge = exchange_server(answer("Edge", "Version 15.1 (Build 2375.7)"), &server).expect_err("edge");
        assert_eq!(edge.kind, TroubleKind::Edge);
        let old = exchange_server(answer("Mailbox", "Version 14.3 (Build 123.4)"), &server).expect_err("2010");
        assert_eq!(old.kind, TroubleKind::Unsupported);
        assert!(exchange_server(ExchangeServerAnswer::default(), &server).is_ok(), "what is not known is no fault");
    }
}
