//! Several shells at once, with one Exchange: what each of them changed is there afterwards, and one that hangs keeps none
//! of the others waiting.

use std::thread;

use serde_json::json;

use super::fixture::{connected, read, set};
use crate::support::double::{Setup, entry};
use crate::support::until;

crate::trials![Pwsh =>
    four_shells_change_one_exchange_at_the_same_time_and_lose_nothing,
];

fn four_shells_change_one_exchange_at_the_same_time_and_lose_nothing() {
    let inactive = json!({"local": [entry("HealthApi", "Inactive", "2014-12-05T15:52:52.1234567Z")], "remote": []});
    let names = ["EX01", "EX02", "EX03", "EX04", "EX05"];
    let servers = names.map(|name| {
        let fqdn = format!("{name}.contoso.test");
        json!({"name": name, "fqdn": fqdn, "components": {"PopProxy": inactive, "ImapProxy": inactive}})
    });
    let faults = json!([
        {"kind": "hang", "on": "get", "server": ["EX05"]},
        {"kind": "slow", "on": "set", "server": ["EX01", "EX02"], "milliseconds": 300},
    ]);
    let setup = Setup::new(&json!({"servers": servers, "faults": faults}));
    let mut hanging = connected(&setup);
    let args = json!({"server": "EX05", "component": "PopProxy"});
    hanging.send(&json!({"id": 9, "op": "get-component-state", "args": args}).to_string());
    until("the call that hangs", || setup.noted().contains("EX05"));
    thread::scope(|scope| {
        for name in &names[..4] {
            let setup = &setup;
            scope.spawn(move || {
                let mut session = connected(setup);
                for state in ["Active", "Inactive", "Active"] {
                    for component in ["PopProxy", "ImapProxy"] {
                        session.call(set(name, component, "HealthApi", state)).unwrap();
                    }
                }
                assert_eq!(read(&mut session, name, "PopProxy").unwrap().state.as_deref(), Some("Active"));
            });
        }
    });
    hanging.kill();
    for server in &setup.seen()["servers"].as_array().unwrap()[..4] {
        for component in ["PopProxy", "ImapProxy"] {
            for store in ["local", "remote"] {
                let entries = &server["components"][component][store];
                assert_eq!(entries[0]["state"], "Active", "{server}");
            }
        }
    }
    assert_eq!(setup.calls("Set-ServerComponentState").len(), 4 * 6);
}
