//! Looking: what is found on servers in every condition, and that nothing is ever written.

use serde_json::{Value, json};

use super::exchange::{inactive_by, kb, kb_server, server, text};
use crate::support::double::{NEW, OLD, Setup, entry, with};

crate::trials![Pwsh =>
    one_look_at_servers_in_every_condition_tells_them_apart,
    check_says_who_set_what_inactive_since_when_and_the_command_against_it,
    without_consent_nothing_is_written,
    a_server_that_is_not_there_and_a_registry_that_is_not_read_have_exit_codes_of_their_own,
];

/// A table of all conditions: the server, and the exit code that it has on its own.
fn all_conditions() -> (Value, Vec<(&'static str, i64)>) {
    let pop = |local: Vec<Value>, remote: Vec<Value>| json!({"PopProxy": {"local": local, "remote": remote}});
    let in_shape = |name, shape| with(server(name, kb()), "shape", json!(shape));
    let offline = json!({"ServerWideOffline": inactive_by(&["Maintenance"])});
    let conditions = [
        (server("HEALTHY", json!({})), 0),
        (in_shape("OBJECTS", "objects"), 10),
        (in_shape("DESERIALISED", "deserialised"), 10),
        (in_shape("FLAT2016", "flattened"), 10),
        (in_shape("FLAT2013", "flattened2013"), 10),
        (
            server("MANY", pop(vec![entry("Maintenance", "Inactive", OLD)], vec![entry("HealthApi", "Inactive", NEW)])),
            14,
        ),
        (server("STALE", pop(vec![entry("HealthApi", "Active", NEW)], vec![entry("HealthApi", "Inactive", OLD)])), 0),
        (server("HANDMADE", pop(vec![entry("7", "Inactive", OLD)], vec![])), 10),
        (server("OFFLINE", offline), 14),
        (server("UNREADABLE", kb()), 13),
        (server("MALFORMED", json!({"PopProxy": inactive_by(&["HealthApi"])})), 13),
        (server("DOWN", kb()), 23),
        (server("DENIED", kb()), 21),
        (with(server("EDGE", json!({})), "role", json!("Edge")), 22),
        (with(server("EX2010", json!({})), "version", json!("Version 14.3 (Build 123.4)")), 22),
    ];
    let faults = json!([
        {"kind": "registryUnreadable", "server": "UNREADABLE"},
        {"kind": "malformed", "server": "MALFORMED", "component": "PopProxy"},
        {"kind": "unreachable", "on": "get", "server": "DOWN"},
        {"kind": "accessDenied", "on": "get", "server": "DENIED"},
        {"kind": "slow", "server": "HEALTHY", "milliseconds": 200},
        {"kind": "noise"},
    ]);
    let exits = [
        "HEALTHY",
        "OBJECTS",
        "DESERIALISED",
        "FLAT2016",
        "FLAT2013",
        "MANY",
        "STALE",
        "HANDMADE",
        "OFFLINE",
        "UNREADABLE",
        "MALFORMED",
        "DOWN",
        "DENIED",
        "EDGE",
        "EX2010",
    ];
    let table = exits.into_iter().zip(conditions.iter().map(|(_, exit)| *exit)).collect();
    let servers: Vec<_> = conditions.into_iter().map(|(server, _)| server).collect();
    (json!({"load": ["noise", "typesMissing", "break", "slow"], "servers": servers, "faults": faults}), table)
}

fn one_look_at_servers_in_every_condition_tells_them_apart() {
    let (state, mut expected) = all_conditions();
    let setup = Setup::new(&state);
    let before = setup.state();
    let mut names: Vec<&str> = expected.iter().map(|(name, _)| *name).collect();
    names.push("GHOST");
    expected.push(("GHOST", 22));
    let ended = setup.run(&["check", "--format", "json", "--jobs", "1", "--server", &names.join(",")]);

    let expected: Vec<(String, i64)> = expected.into_iter().map(|(name, exit)| (name.to_owned(), exit)).collect();
    assert_eq!(ended.exits(), expected, "{ended:?}");
    assert_eq!(ended.code, 21, "the gravest of all");
    assert_eq!(setup.shells().len(), 1, "one shell and one load, whatever the number of servers");
    assert!(setup.log().iter().all(|entry| entry["pid"] == setup.log()[0]["pid"]));
    assert_eq!(setup.state(), before, "a look writes nothing");
    assert_eq!(setup.sets().len(), 0);

    // Every shape gives the same findings, or says what cannot be known.
    let findings = |name: &str| {
        let mut findings = ended.server(name)["findings"].clone();
        for finding in findings.as_array_mut().unwrap() {
            for entry in finding["inactiveEntries"].as_array_mut().unwrap() {
                for moment in ["ageSeconds", "command", "undoCommand"] {
                    entry[moment] = Value::Null;
                }
            }
        }
        findings
    };
    let live = findings("OBJECTS");
    assert_eq!(live[0]["inactiveEntries"][0]["timestamp"], "2014-12-05T15:52:52.1234567Z", "{live}");
    assert_eq!(findings("DESERIALISED"), live);
    let flat = findings("FLAT2016");
    for at in [0, 1] {
        for field in ["component", "state", "finding", "cause"] {
            assert_eq!(flat[at][field], live[at][field], "{field}");
        }
        let entry = &flat[at]["inactiveEntries"][0];
        assert_eq!((&entry["requester"], &entry["timestamp"]), (&json!("HealthApi"), &Value::Null));
        assert_eq!(entry["timestampText"], "12/5/2014 3:52:52 PM");
        let bare = &findings("FLAT2013")[at];
        assert_eq!((&bare["finding"], &bare["cause"]), (&json!("inactive"), &json!("unknowable")));
        assert_eq!((&bare["gaps"][0]["kind"], &bare["gaps"][0]["count"]), (&json!("illegible"), &json!(1)));
    }

    let pop = |name: &str| findings(name)[0].clone();
    let many = pop("MANY")["inactiveEntries"].clone();
    let requesters = many.as_array().unwrap().iter().map(|entry| text(&entry["requester"])).collect::<Vec<_>>();
    assert_eq!(requesters, ["HealthApi", "Maintenance"]);
    assert_eq!((&pop("STALE")["finding"], &pop("STALE")["stale"][0]["requester"]), (&Value::Null, &json!("HealthApi")));
    assert_eq!(ended.server("HANDMADE")["plan"][0]["obstacles"][0]["kind"], "unknownRequester");
    assert_eq!(pop("OFFLINE")["cause"], "serverWideOffline");
    assert_eq!(pop("UNREADABLE")["state"], "Active", "Active Directory alone says so, and it is not believed");
    assert_eq!(pop("UNREADABLE")["gaps"][0]["kind"], "unreadable");
    let trouble = |name: &str| text(&ended.server(name)["troubles"][0]["kind"]);
    let troubles = ["MALFORMED", "DOWN", "DENIED", "EDGE", "EX2010", "GHOST"].map(trouble);
    assert_eq!(troubles, ["malformed", "unreachable", "accessDenied", "edge", "unsupported", "notFound"]);
}

fn check_says_who_set_what_inactive_since_when_and_the_command_against_it() {
    let setup = Setup::new(&kb_server());
    let ended = setup.run(&["check", "-v", "--server", "ex01"]).ends(10);
    for words in [
        "ex01 Exchange 2016 (15.1.2375.7)",
        "Name: EX01.contoso.test.",
        "NOT OK: PopProxy and ImapProxy are Inactive",
        "HealthApi set it Inactive 2014-12-05 15:52:52 UTC",
        "in the registry.",
        "Set-ServerComponentState -Identity ex01 -Component ImapProxy ` -Requester HealthApi -State Active",
        "Nothing was changed.",
    ] {
        assert!(ended.has(words), "{words:?} in {ended:?}");
    }
    assert!(!ended.stdout.contains('\u{1b}'), "no terminal, no colour");
}

fn without_consent_nothing_is_written() {
    let setup = Setup::new(&kb_server());
    let before = setup.state();
    for (args, code, words) in [
        (&["fix", "--dry-run", "--server", "EX01"][..], 10, "Nothing was changed"),
        (&["fix", "--server", "EX01"], 12, "--yes"),
    ] {
        let ended = setup.run(args).ends(code);
        assert!(ended.has(words), "{ended:?}");
        assert!(ended.has("-Component PopProxy -Requester HealthApi -State Active"), "the plan is shown: {ended:?}");
    }
    assert_eq!((setup.sets().len(), setup.shells().len()), (0, 2));
    assert_eq!(setup.state(), before);
}

fn a_server_that_is_not_there_and_a_registry_that_is_not_read_have_exit_codes_of_their_own() {
    let state = with(kb_server(), "faults", json!([{"kind": "registryUnreadable"}]));
    let setup = Setup::new(&state);
    for (server, code, words) in [
        ("EX99.contoso.test", 22, "Get-ExchangeServer lists them."),
        ("EX01.contoso.test", 13, "the registry of the server could not be read"),
    ] {
        let ended = setup.run(&["check", "--server", server]).ends(code);
        assert!(ended.has(words), "{words:?} in {ended:?}");
    }
}
