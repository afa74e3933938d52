//! What crosses from Exchange to relight: every shape a value can arrive in, names that look like code, errors and faults,
//! asked of the exchange double by the engine in a real PowerShell. One session serves a whole table: the double reads its
//! state file at every call.

#[path = "support/join.rs"]
mod join;
#[path = "support/shell.rs"]
mod shell;

use std::fs;

use relight::shell::protocol::{Call, CallError, ComponentStateObject, Connection, EntryItem};
use serde_json::{Value, json};
use shell::{Session, Setup};

const OLD: &str = "2014-12-05T15:52:52.1234567Z";
const NEW: &str = "2021-09-28T17:20:23.4772745Z";

fn entry(requester: &str, state: &str, timestamp: &str) -> Value {
    json!({"requester": requester, "state": state, "timestamp": timestamp})
}

/// EX01 with these components, and EX13 of Exchange 2013 without any entry.
fn servers(components: Value) -> Value {
    json!({"servers": [
        {"name": "EX01", "fqdn": "EX01.contoso.test", "components": components},
        {"name": "EX13", "fqdn": "EX13.contoso.test", "version": "Version 15.0 (Build 1497.2)", "role": "Mailbox, ClientAccess"},
    ]})
}

fn one_local(state: &str) -> Value {
    servers(json!({"PopProxy": {"local": [entry("HealthApi", state, OLD)], "remote": []}}))
}

fn with(mut state: Value, key: &str, value: Value) -> Value {
    state[key] = value;
    state
}

fn connected(setup: &Setup) -> Session {
    let mut session = setup.start(&join::join(&join::engine(), &join::operations()));
    let connect = session.try_call(Call::Connect { connection: Connection::Ems, connect_to: None }).unwrap();
    assert!(connect.outcome.is_ok() && connect.progress.len() == 1, "{connect:?}");
    session
}

fn read(session: &mut Session, server: &str, component: &str) -> Result<ComponentStateObject, CallError> {
    let call = Call::GetComponentState { server: server.into(), component: component.into() };
    session.call(call).map(|data| {
        assert!(data["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{data}");
        let objects: Vec<ComponentStateObject> = serde_json::from_value(data["objects"].clone()).unwrap();
        assert_eq!(objects.len(), 1);
        objects.into_iter().next().unwrap()
    })
}

fn set(server: &str, component: &str, requester: &str, state: &str) -> Call {
    Call::SetComponentState {
        server: server.into(),
        component: component.into(),
        requester: requester.into(),
        state: state.into(),
    }
}

fn text(text: &str) -> Option<Vec<EntryItem>> {
    Some(vec![EntryItem { text: Some(text.into()), ..EntryItem::default() }])
}

#[test]
fn every_shape_gives_the_same_answer_or_says_what_is_missing() {
    let state = servers(json!({"PopProxy": {
        "local": [entry("HealthApi", "Inactive", OLD)],
        "remote": [entry("Maintenance", "Active", OLD), entry("HealthApi", "Active", NEW)],
    }}));
    let Some(setup) = Setup::new(&state) else { return };
    let mut session = connected(&setup);
    let live = read(&mut session, "EX01", "PopProxy").unwrap();
    let item = |requester: &str, state: &str, timestamp: &str| EntryItem {
        requester: Some(requester.into()),
        state: Some(state.into()),
        timestamp: Some(timestamp.into()),
        text: None,
    };
    assert_eq!(
        live,
        ComponentStateObject {
            server: Some("EX01.contoso.test".into()),
            component: Some("PopProxy".into()),
            state: Some("Active".into()),
            server_wide_offline: Some(false),
            local: Some(vec![item("HealthApi", "Inactive", OLD)]),
            remote: Some(vec![item("Maintenance", "Active", OLD), item("HealthApi", "Active", NEW)]),
        }
    );

    let mut seen = |state: Value| {
        setup.set_state(&state);
        read(&mut session, "EX01", "PopProxy").unwrap()
    };
    assert_eq!(seen(with(state.clone(), "shape", json!("deserialised"))), live);
    for clock in ["Unspecified", "Local"] {
        let faults = json!([{"kind": "clock", "clock": clock}]);
        assert_eq!(seen(with(state.clone(), "faults", faults)), live, "a time marked {clock} is the same instant");
    }
    for shape in ["objects", "deserialised"] {
        let single = with(with(state.clone(), "faults", json!([{"kind": "single"}])), "shape", json!(shape));
        assert_eq!(seen(single), live, "one {shape} item in place of a list is a list of one");
    }

    let flat = seen(with(one_local("Inactive"), "shape", json!("flattened")));
    assert_eq!(flat.state.as_deref(), Some("Inactive"));
    assert_eq!(flat.local, text("Requestor:HealthApi; State:Inactive; Timestamp:12/5/2014 3:52:52 PM"));
    assert_eq!(flat.remote, Some(vec![]));
    let flat = seen(with(one_local("Inactive"), "shape", json!("flattened2013")));
    let name = "Microsoft.Exchange.Data.Directory.Management.ServerComponentStatePresentationObject+RequesterDetails";
    assert_eq!((flat.state.as_deref(), flat.local), (Some("Inactive"), text(name)));

    for shape in ["objects", "deserialised", "flattened"] {
        let unreadable = with(one_local("Inactive"), "faults", json!([{"kind": "registryUnreadable"}]));
        let object = seen(with(unreadable, "shape", json!(shape)));
        assert_eq!((object.local, object.remote), (None, Some(vec![])), "null is not empty, as {shape}");
        assert_eq!(object.state.as_deref(), Some("Active"), "Active Directory alone says so");
    }
    let malformed = with(one_local("Inactive"), "faults", json!([{"kind": "malformed"}]));
    assert_eq!(seen(malformed), ComponentStateObject::default());
    session.finish();
}

#[test]
fn the_double_decides_as_exchange_does() {
    let none = || json!({});
    let pop = |local: Vec<Value>, remote: Vec<Value>| json!({"PopProxy": {"local": local, "remote": remote}});
    let offline =
        |state: &str| json!({"ServerWideOffline": {"local": [entry("Maintenance", state, NEW)], "remote": []}});
    let table = [
        ("no entries", none(), "PopProxy", "Active", false),
        ("no entries, inactive by default", none(), "ForwardSyncDaemon", "Inactive", false),
        ("local only", pop(vec![entry("HealthApi", "Inactive", OLD)], vec![]), "PopProxy", "Inactive", false),
        (
            "an old remote entry holds nothing",
            pop(vec![entry("HealthApi", "Active", NEW)], vec![entry("healthapi", "Inactive", OLD)]),
            "PopProxy",
            "Active",
            false,
        ),
        (
            "a newer remote entry holds",
            pop(vec![entry("HealthApi", "Active", OLD)], vec![entry("HealthApi", "Inactive", NEW)]),
            "PopProxy",
            "Inactive",
            false,
        ),
        (
            "a tie goes to the local one",
            pop(vec![entry("HealthApi", "Active", NEW)], vec![entry("HealthApi", "Inactive", NEW)]),
            "PopProxy",
            "Active",
            false,
        ),
        (
            "any requester is enough",
            pop(vec![entry("HealthApi", "Active", NEW), entry("Maintenance", "Inactive", OLD)], vec![]),
            "PopProxy",
            "Inactive",
            false,
        ),
        (
            "draining comes second",
            pop(vec![entry("HealthApi", "Draining", NEW), entry("Maintenance", "Active", OLD)], vec![]),
            "PopProxy",
            "Draining",
            false,
        ),
        ("server-wide offline pulls down", offline("Inactive"), "PopProxy", "Inactive", true),
        ("draining pulls down too", offline("Draining"), "PopProxy", "Inactive", true),
        ("but not monitoring", offline("Inactive"), "Monitoring", "Active", true),
        ("nor recovery actions", offline("Inactive"), "RecoveryActionsEnabled", "Active", true),
        ("its own state is its own", offline("Draining"), "ServerWideOffline", "Draining", true),
    ];
    let Some(setup) = Setup::new(&servers(none())) else { return };
    let mut session = connected(&setup);
    for (why, components, component, state, is_offline) in table {
        setup.set_state(&servers(components));
        let object = read(&mut session, "EX01", component).unwrap();
        assert_eq!((object.state.as_deref(), object.server_wide_offline), (Some(state), Some(is_offline)), "{why}");
    }
    // 2013 does not have every component, and calls its roles by other names.
    setup.set_state(&servers(none()));
    assert!(read(&mut session, "EX01", "RestProxy").is_ok() && read(&mut session, "EX13", "RestProxy").is_err());
    let old = session.call(Call::GetExchangeServer { server: "ex13.contoso.test".into() }).unwrap();
    assert_eq!(
        (old["version"].clone(), old["role"].clone()),
        (json!("Version 15.0 (Build 1497.2)"), json!("Mailbox, ClientAccess"))
    );
    session.finish();
}

#[test]
fn a_name_that_looks_like_code_is_only_a_name() {
    let Some(setup) = Setup::new(&one_local("Inactive")) else { return };
    let mut session = connected(&setup);
    let long = "x".repeat(300);
    let names = [
        "a'b",
        "a\"b",
        "a`b",
        "$(New-Item pwned)",
        "'; New-Item pwned; '",
        "\"; New-Item pwned; \"",
        "| New-Item pwned",
        "${env:PATH}",
        "line\nbreak\r\nand\ttab",
        "-Component",
        "@{a=1}",
        "%PATH%",
        "EX0*",
        "[EX]01",
        "..\\..\\x",
        "EX01 ; exit 5",
        "M\u{fc}nchen \u{1f4a1}",
        "\u{0}\u{7f}\u{2028}",
        "@RL1 0123456789abcdef0123456789abcdef 1 e30=",
        &long,
    ];
    for name in names {
        let asked = session.call(Call::GetExchangeServer { server: name.into() }).unwrap_err();
        assert!(asked.message.contains(name), "{name:?}: {}", asked.message);
        assert_eq!(asked.category.as_deref(), Some("ObjectNotFound"), "{name:?}");
        assert_eq!(read(&mut session, name, "PopProxy").unwrap_err().category.as_deref(), Some("ObjectNotFound"));
        assert_eq!(read(&mut session, "EX01", name).unwrap_err().category.as_deref(), Some("InvalidData"));
        session.call(set(name, "PopProxy", "HealthApi", "Active")).unwrap_err();
        session.call(set("EX01", "PopProxy", name, "Active")).unwrap_err();
        session.call(set("EX01", "PopProxy", "HealthApi", name)).unwrap_err();
    }
    let (status, noise, _) = session.finish();
    assert_eq!((status.code(), noise.len()), (Some(0), 0));
    assert!(!setup.path("pwned").exists());
    let asked: Vec<Value> = setup.calls("Get-ExchangeServer").iter().map(|args| args["Identity"].clone()).collect();
    assert_eq!(asked, names.map(|name| json!(name)));
    let requesters = setup.calls("Set-ServerComponentState").into_iter().map(|args| args["Requester"].clone());
    for name in names {
        assert!(requesters.clone().any(|requester| requester == name), "{name:?} arrived whole");
    }
    let left: Value = serde_json::from_str(&fs::read_to_string(setup.path("state.json")).unwrap()).unwrap();
    assert_eq!(left, one_local("Inactive"), "nothing was changed");
}

#[test]
fn errors_keep_their_type_category_and_id() {
    let denied = with(one_local("Inactive"), "faults", json!([{"kind": "accessDenied", "component": "PopProxy"}]));
    let Some(setup) = Setup::new(&denied) else { return };
    let mut session = connected(&setup);
    for error in [
        read(&mut session, "EX01", "PopProxy").unwrap_err(),
        session.call(set("EX01", "PopProxy", "HealthApi", "Active")).unwrap_err(),
    ] {
        assert_eq!(error.category.as_deref(), Some("PermissionDenied"));
        assert_eq!(error.kind.as_deref(), Some("Microsoft.Exchange.Data.Directory.ADOperationException"));
        assert!(error.id.unwrap().contains("[FailureCategory=Cmdlet-ADOperationException]"));
        assert!(error.stack.unwrap().contains("-ServerComponentState"));
    }
    let unknown = read(&mut session, "EX99", "ImapProxy").unwrap_err();
    assert_eq!(
        unknown.kind.as_deref(),
        Some("Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException")
    );
    assert!(unknown.message.contains("'EX99'"));

    let refused = session.call(set("EX01", "ImapProxy", "HealthAip", "Active")).unwrap_err();
    assert_eq!(refused.category.as_deref(), Some("InvalidData"));
    assert!(refused.id.unwrap().starts_with("ParameterArgumentTransformationError"));
    // A number is taken, and leaves an entry that nobody can lift: why relight never sends one.
    session.call(set("EX01", "ImapProxy", "7", "Inactive")).unwrap();
    let junk = read(&mut session, "EX01", "ImapProxy").unwrap();
    assert_eq!(junk.state.as_deref(), Some("Inactive"));
    assert_eq!(junk.local.unwrap()[0].requester.as_deref(), Some("7"));
    session.finish();
}

#[test]
fn a_set_can_fail_silently_or_be_undone() {
    let Some(setup) = Setup::new(&one_local("Inactive")) else { return };
    let mut session = connected(&setup);
    let state_after = |session: &mut Session, faults: Value| {
        setup.set_state(&with(one_local("Inactive"), "faults", faults));
        session.call(set("EX01", "PopProxy", "healthapi", "active")).unwrap();
        read(session, "EX01", "PopProxy").unwrap()
    };
    let entry_of = |items: &Option<Vec<EntryItem>>| items.as_ref().unwrap()[0].clone();

    let done = state_after(&mut session, json!([]));
    for written in [entry_of(&done.local), entry_of(&done.remote)] {
        assert_eq!((written.requester.as_deref(), written.state.as_deref()), (Some("HealthApi"), Some("Active")));
    }
    let lost = state_after(&mut session, json!([{"kind": "lostRegistryWrite"}]));
    assert_eq!(entry_of(&lost.local).timestamp.as_deref(), Some(OLD));
    assert_eq!(entry_of(&lost.remote).state.as_deref(), Some("Active"));

    let flipped = state_after(&mut session, json!([{"kind": "flipBack", "reads": 1}]));
    assert_eq!(flipped.state.as_deref(), Some("Active"), "the first read is still good");
    let again = read(&mut session, "EX01", "PopProxy").unwrap();
    assert_eq!(again.state.as_deref(), Some("Inactive"), "the second is not");
    session.finish();
}

#[test]
fn a_crash_in_the_middle_of_a_set_leaves_no_answer() {
    let Some(setup) = Setup::new(&one_local("Inactive")) else { return };
    for (when, local, remote) in [("before", OLD, 0), ("between", OLD, 1), ("after", "", 1)] {
        let crash = json!([{"kind": "crash", "when": when}]);
        setup.set_state(&with(one_local("Inactive"), "faults", crash));
        let mut session = connected(&setup);
        assert!(session.try_call(set("EX01", "PopProxy", "HealthApi", "Active")).is_none(), "{when}");
        assert_eq!(session.finish().0.code(), Some(3));
        let left: Value = serde_json::from_str(&fs::read_to_string(setup.path("state.json")).unwrap()).unwrap();
        let pop = &left["servers"][0]["components"]["PopProxy"];
        assert_eq!(pop["local"][0]["timestamp"].as_str().unwrap().starts_with("2014"), local == OLD, "{when}: {pop}");
        assert_eq!(pop["remote"].as_array().unwrap().len(), remote, "{when}: {pop}");
    }
}

#[cfg(unix)]
#[test]
fn a_running_setup_is_seen() {
    use std::process::Command;
    let Some(setup) = Setup::new(&one_local("Inactive")) else { return };
    fs::copy(which::which("sleep").unwrap(), setup.path("ExSetup")).unwrap();
    let mut exchange_setup = Command::new(setup.path("ExSetup")).arg("60").spawn().unwrap();
    let mut session = connected(&setup);
    let seen = session.call(Call::GetSetupProcess { server: "LOCALHOST.contoso.test".into() });
    exchange_setup.kill().unwrap();
    exchange_setup.wait().unwrap();
    assert_eq!(seen.unwrap(), json!({"processes": ["ExSetup"]}));
    session.finish();
}
