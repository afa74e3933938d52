//! Why a component is Inactive and who made it so, asked through the real engine and told by a check.

use serde_json::{Value, json};

use super::exchange::{inactive_by, server};
use crate::support::double::{OLD, Setup, with};
use crate::support::run::flat;

crate::trials![Pwsh =>
    the_first_ssl_binding_and_a_certificate_in_bytes_are_told_with_what_mends_them,
    who_recorded_an_entry_is_told_where_a_log_has_it,
];

/// A certificate for pop.contoso.local and imap.contoso.local that ended 2026-03-10.
fn in_bytes() -> Value {
    let scenario = include_str!("../../../src/simulator/scenarios/certificate-as-bytes.json");
    let scenario: Value = serde_json::from_str(scenario).expect("JSON");
    scenario["servers"][0]["evidence"]["PopProxy"]["certificateRawData"].clone()
}

/// What it says, in one line.
fn check(setup: &Setup, words: &[&str], code: u8) -> String {
    flat(&setup.run(&[&["check", "--server", "EX01"], words].concat()).ends(code).stdout).replace(" ` ", " ")
}

fn the_first_ssl_binding_and_a_certificate_in_bytes_are_told_with_what_mends_them() {
    let mut ex01 = server("EX01", json!({"PopProxy": inactive_by(&["HealthApi"])}));
    ex01["settings"] = json!({"POP3": {
        "certificate": "pop.contoso.local", "plain": ["192.168.1.5:110"], "tls": ["192.168.1.5:995", "[::]:995", "0.0.0.0:995"],
    }});
    ex01["certificates"] = json!([{"rawData": in_bytes()}]);
    let setup = Setup::new(&json!({"servers": [ex01]}));
    let said = check(&setup, &["-v"], 10);
    for line in [
        "Set-PopSettings -Server EX01 -SSLBindings '[::]:995', '192.168.1.5:995', '0.0.0.0:995'",
        "Invoke-Command -ComputerName EX01 -ScriptBlock { Restart-Service -Name MSExchangePOP3BE,MSExchangePop3 }",
        "Get-PopSettings -Server EX01 | Select-Object -ExpandProperty SSLBindings",
        "the certificate for pop.contoso.local expired 2026-03-10 00:00:00 UTC",
    ] {
        assert!(said.contains(line), "{line}: {said}");
    }
}

fn who_recorded_an_entry_is_told_where_a_log_has_it() {
    let change = |object: &str, time: &str, caller: &str| {
        let parameters =
            json!({"Identity": object, "Component": "PopProxy", "Requester": "Maintenance", "State": "Inactive"});
        json!({"cmdlet": "Set-ServerComponentState", "caller": caller, "runDate": time, "object": object, "parameters": parameters})
    };
    let mut ex01 = server("EX01", json!({"PopProxy": inactive_by(&["Maintenance"])}));
    ex01["stateEvents"] = json!([{"id": 4109, "at": OLD, "values": ["PopProxy", "Maintenance", "Inactive"]}]);
    let audit = json!([
        change("EX02", OLD, "contoso.test/Users/another"),
        change("EX01", "2014-12-05T15:53:20Z", "contoso.test/Users/ada"),
        change("EX01", "2014-12-05T16:53:20Z", "contoso.test/Users/later"),
    ]);
    let state = with(json!({"servers": [ex01]}), "audit", audit);
    let setup = Setup::new(&state);
    let said = check(&setup, &[], 14);
    assert!(said.contains("Maintenance: set by contoso.test/Users/ada at 2014-12-05 15:53:20 UTC"), "{said}");
    assert!(said.contains("Maintenance: recorded on EX01 at 2014-12-05 15:52:52 UTC"), "{said}");
    assert!(!said.contains("another") && !said.contains("later"), "{said}");

    // Not given to the account, and a log that is closed to it: left out, with one line under -v.
    let closed = json!([{"kind": "accessDenied", "on": "events"}]);
    setup.set_state(&with(with(state, "missing", json!(["Search-AdminAuditLog"])), "faults", closed));
    let line = "Not everything that may tell who recorded these entries could be read:";
    let said = check(&setup, &[], 14);
    assert!(!said.contains(line) && !said.contains("audit log"), "{said}");
    let said = check(&setup, &["-v"], 14);
    assert!(said.contains(line), "{said}");
}
