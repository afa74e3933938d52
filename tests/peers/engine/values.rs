//! Values: every shape Exchange can give them, the rules that the stand-in follows, and names that look like code.

use relight::shell::protocol::{Call, ComponentStateObject, EntryItem};
use serde_json::{Value, json};

use super::fixture::{connected, one_local, read, servers, set};
use crate::support::double::{NEW, OLD, Setup, entry, with};

crate::trials![Pwsh =>
    every_shape_gives_the_same_answer_or_says_what_is_missing,
    the_double_decides_as_exchange_does,
    a_name_that_looks_like_code_is_only_a_name,
];

fn text(text: &str) -> Option<Vec<EntryItem>> {
    Some(vec![EntryItem { text: Some(text.into()), ..EntryItem::default() }])
}

fn every_shape_gives_the_same_answer_or_says_what_is_missing() {
    let state = servers(json!({"PopProxy": {
        "local": [entry("HealthApi", "Inactive", OLD)],
        "remote": [entry("Maintenance", "Active", OLD), entry("HealthApi", "Active", NEW)],
    }}));
    let setup = Setup::new(&state);
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
            "an old remote entry counts for nothing",
            pop(vec![entry("HealthApi", "Active", NEW)], vec![entry("healthapi", "Inactive", OLD)]),
            "PopProxy",
            "Active",
            false,
        ),
        (
            "a newer remote entry decides",
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
    let setup = Setup::new(&servers(none()));
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

fn a_name_that_looks_like_code_is_only_a_name() {
    let setup = Setup::new(&one_local("Inactive"));
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
    let left = setup.seen();
    assert_eq!(left, one_local("Inactive"), "nothing was changed");
}
