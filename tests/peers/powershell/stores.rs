//! The two stores, as Exchange goes by them: what the Health Manager copies, what is written to the registry alone, and what is
//! written after relight has given up.

use std::thread;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::exchange::{inactive_by, kb_server, server, text};
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    a_copy_of_the_health_manager_is_waited_for_and_confirms_the_change,
    what_stood_in_the_registry_alone_is_put_back_there_alone,
    a_change_that_fails_half_way_is_told_by_the_look_after_it,
    a_change_that_lands_after_the_deadline_is_found_by_resume,
];

/// EX01 with a PopProxy that HealthApi has set Inactive, and this fault.
fn pop(fault: Value) -> Value {
    let servers = json!([server("EX01", json!({"PopProxy": inactive_by(&["HealthApi"])}))]);
    json!({"servers": servers, "faults": [fault]})
}

/// State and time of HealthApi's entry of PopProxy in a store, now. The same time is written with and without zeros at its end.
fn entry(setup: &Setup, store: &str) -> Option<(String, Timestamp)> {
    let state: Value = serde_json::from_str(&setup.state()).unwrap();
    let entry = state["servers"][0]["components"]["PopProxy"][store].as_array()?.first()?.clone();
    Some((text(&entry["state"]), text(&entry["timestamp"]).parse().unwrap()))
}

fn state(setup: &Setup, store: &str) -> Option<String> {
    entry(setup, store).map(|(state, _)| state)
}

fn a_copy_of_the_health_manager_is_waited_for_and_confirms_the_change() {
    let mut double = pop(json!({"kind": "lostRegistryWrite"}));
    double["servers"][0]["services"] = json!({});
    double["servers"][0]["copyAfterSeconds"] = json!(1);
    let setup = Setup::new(&double);
    let fix = ["fix", "--yes", "--no-probe", "--server", "EX01", "--component", "PopProxy"];
    let ended = setup.clean(setup.connected(&fix).run()).ends(0);
    assert!(ended.has("PopProxy is Active again.") && ended.has("both stores"), "{ended:?}");
    assert_eq!(entry(&setup, "local"), entry(&setup, "remote"), "what is copied keeps its time");
}

fn what_stood_in_the_registry_alone_is_put_back_there_alone() {
    let setup = Setup::new(&kb_server());
    setup.run(&["fix", "--yes", "--server", "EX01", "--component", "PopProxy"]).ends(0);
    assert_eq!([state(&setup, "local"), state(&setup, "remote")].map(Option::unwrap), ["Active", "Active"]);
    let undo = setup.connected(&["undo", "--yes"]).run().ends(0);
    assert!(undo.has("UNDONE: PopProxy is Inactive again") && undo.has("Inactive registry"), "{undo:?}");
    assert_eq!([state(&setup, "local"), state(&setup, "remote")].map(Option::unwrap), ["Inactive", "Active"]);
    let sets = setup.calls("Set-ServerComponentState");
    assert_eq!(sets.iter().map(|set| set["LocalOnly"] == true).collect::<Vec<_>>(), [false, true]);
    setup.connected(&["check", "--server", "EX01", "--component", "PopProxy"]).run().ends(10);
}

fn a_change_that_fails_half_way_is_told_by_the_look_after_it() {
    let setup = Setup::new(&pop(json!({"kind": "registryFails"})));
    let ended =
        setup.run(&["fix", "--yes", "--format", "json", "--server", "EX01", "--component", "PopProxy"]).ends(30);
    let server = ended.server("EX01");
    assert_eq!(
        (text(&server["steps"][0]["outcome"]), state(&setup, "remote")),
        ("failed".into(), Some("Active".into()))
    );
    assert_eq!(text(&server["verdicts"][0]["reasons"][0]["kind"]), "registryWriteLost");
}

fn a_change_that_lands_after_the_deadline_is_found_by_resume() {
    let setup = Setup::new(&pop(json!({"kind": "late", "seconds": 30})));
    let fix = ["fix", "--yes", "--server", "EX01", "--component", "PopProxy", "--call-timeout", "10"];
    let ended = setup.run(&fix).ends(31);
    assert_eq!(state(&setup, "local").unwrap(), "Inactive", "{ended:?}");
    let run = ended.stdout.split("resume ").nth(1).and_then(|rest| rest.split_whitespace().next()).expect("a run");
    let double: Value = serde_json::from_str(&setup.state()).unwrap();
    setup.set_state(&with(double, "faults", json!([])));
    thread::sleep(Duration::from_secs(30));
    let resumed = setup.connected(&["resume", run]).run().ends(0);
    assert!(resumed.has("FIXED: PopProxy is Active again."), "{resumed:?}");
    let undo = setup.connected(&["undo", "--yes"]).run().ends(0);
    assert!(undo.has("UNDONE: PopProxy is Inactive again"), "{undo:?}");
    assert_eq!(setup.calls("Set-ServerComponentState").len(), 2, "what was sent is never sent again");
}
