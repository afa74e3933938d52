//! `relight doctor` on simulated machines: each exit code, and that it looks and changes nothing.

use serde_json::{Value, json};

use crate::support::run::{Relight, grades};
use crate::support::{Place, Ran, relight};

/// On a machine that has no PowerShell and no Exchange.
fn doctor(words: &str) -> Relight {
    relight("doctor").args(words).env("PATH", "").without_env("ExchangeInstallPath")
}

/// A scenario of EX01 with these fields besides.
fn scenario(fields: Value) -> Place {
    let place = Place::from_text(
        r#"{"scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "servers": [{"name": "EX01", "components": {
            "PopProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}]}}}]}"#,
    );
    place.change(|scenario| {
        for (name, value) in fields.as_object().expect("fields") {
            scenario[name] = value.clone();
        }
    });
    place
}

fn examined(fields: Value) -> Ran {
    doctor("--format json").simulate(&scenario(fields)).run()
}

#[test]
fn built_in_scenarios_end_with_the_code_of_their_first_fault() {
    for (name, code, check) in [
        ("kb-3025138", 0, None),
        ("healthy", 0, None),
        ("slow-load", 0, None),
        ("flattened-2013", 0, None),
        ("access-denied", 0, None),
        ("failed-load", 20, Some("connection")),
        ("prompt-on-load", 20, Some("connection")),
        ("constrained-language", 20, Some("powerShell")),
        ("malformed-objects", 13, Some("mayRead")),
        ("no-exchange-role", 21, Some("connection")),
        ("registry-unreadable", 13, Some("stores")),
        ("edge", 22, Some("server")),
        ("exchange-2010", 22, Some("server")),
        ("not-exchange", 22, Some("server")),
    ] {
        let ended = doctor("--format json --simulate").arg(name).run();
        let document = ended.document();
        assert_eq!((ended.code, &document["exitCode"]), (code, &json!(code)), "{name}: {ended}");
        let fault = document["remarks"].as_array().unwrap().iter().find(|remark| remark["grade"] == "fault");
        assert_eq!(fault.and_then(|remark| remark["check"].as_str()), check, "{name}");
        assert!(fault.is_none_or(|remark| remark["next"].is_string()), "{name}: a fault has a next step");
    }
}

#[test]
fn a_machine_that_is_not_ready_is_told_from_one_that_is() {
    for (machine, code, check, grade) in [
        (json!({"powerShell": "4.0"}), 20, "powerShellVersion", "fault"),
        (json!({"powerShell": "7.4.1"}), 0, "powerShellVersion", "warning"),
        (json!({"account": "NT AUTHORITY\\SYSTEM", "sid": "S-1-5-18", "interactive": false}), 0, "account", "warning"),
        (json!({"elevated": false}), 0, "elevated", "warning"),
        (json!({"machinePolicy": "AllSigned"}), 0, "executionPolicy", "warning"),
        (json!({"tools": null}), 20, "exchangeTools", "fault"),
        (json!({"roleGroup": null}), 0, "mayChange", "warning"),
    ] {
        let ended = examined(json!({"machine": machine}));
        assert_eq!(ended.code, code, "{machine}: {ended}");
        assert_eq!(grades(&ended.document(), check), [grade], "{machine}");
    }
}

#[test]
fn a_question_that_fails_or_kills_the_shell_ends_no_other() {
    for (fault, check, grade) in [
        (json!({"32-bit": {}}), "bits", "fault"),
        (json!({"missing-cmdlet": {"cmdlet": "Set-ServerComponentState"}}), "mayChange", "fault"),
        (json!({"refused": {"when": {"op": "get-environment"}}}), "machine", "warning"),
        (json!({"crash": {"when": {"op": "get-environment", "nth": 1}}}), "machine", "warning"),
        (json!({"crash": {"when": {"op": "get-role-assignment"}}}), "mayChange", "warning"),
        (json!({"crash": {"when": {"op": "get-component-state"}}}), "mayRead", "fault"),
    ] {
        let ended = examined(json!({"faults": [fault]}));
        let document = ended.document();
        assert_eq!(grades(&document, check), [grade], "{fault}: {ended}");
        for check in ["powerShell", "connection", "server", "mayRead"] {
            assert_eq!(grades(&document, check).len(), 1, "{fault}: {check}");
        }
    }
}

#[test]
fn servers_that_are_named_are_all_looked_at_and_none_is_changed() {
    let servers = json!([{"name": "EX01"}, {"name": "EX02"}, {"name": "EX03", "role": "Edge"}]);
    let place = scenario(json!({"servers": servers, "faults": [{"server-down": {"server": "EX02"}}]}));
    let before = place.text();
    let ended = doctor("--server EX03,EX02 --server EX01 --format json").simulate(&place).run();
    assert_eq!(ended.code, 22, "the first fault is the Edge server: {ended}");
    assert_eq!(grades(&ended.document(), "mayRead"), ["warning", "fault", "ok"]);
    assert_eq!(place.text(), before);
}

#[test]
fn text_is_for_a_person_and_quiet_is_one_line() {
    let ended = doctor("--simulate registry-unreadable").run();
    for part in
        ["SIMULATED", "  ok       64-bit process.", "\nEX01\n", "  fault    The registry", "Next: Run relight on"]
    {
        assert!(ended.stdout.contains(part), "{part}: {ended}");
    }
    assert!(ended.stdout.ends_with("Not ready: 1 fault.\nNothing was changed: doctor only looks.\n"), "{ended}");
    assert!(ended.stdout.is_ascii() && ended.stdout.lines().all(|line| line.len() <= 80));
    let quiet = doctor("--simulate registry-unreadable -q").run().ends(13);
    assert_eq!((quiet.stdout.as_str(), quiet.stderr.as_str()), ("Not ready: 1 fault. (simulated)\n", ""));
}

#[test]
fn a_machine_without_powershell_is_still_reported() {
    let ended = doctor("--powershell no-such-shell --server EX01").run().ends(20);
    assert!(ended.stdout.contains("  fault    Cannot find no-such-shell on PATH."), "{ended}");
    assert!(ended.stdout.contains("Next: Name the PowerShell to use"), "{ended}");
}

#[test]
fn a_scenario_that_cannot_be_played_is_one_document_too() {
    let ended = doctor("--format json --simulate helthy").run().ends(2).tells("Did you mean");
    assert_eq!(ended.document()["remarks"], json!([]));
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_the_questions_and_what_is_known_is_told() {
    let place = scenario(json!({"faults": [{"slow-load": {"milliseconds": 60000}}]}));
    let mut run = doctor("--format json").simulate(&place).start();
    run.hear("Loading");
    std::thread::sleep(std::time::Duration::from_secs(1));
    run.interrupt();
    let ended = run.end().ends(130);
    let document = ended.document();
    assert_eq!(document["interrupted"], json!(true), "{ended}");
    assert_eq!(grades(&document, "account"), ["ok"]);
}

#[test]
fn it_says_how_many_shells_the_account_may_have() {
    let said = "Exchange allows this account 18 shells at a time (GlobalThrottlingPolicy).";
    relight("doctor --simulate healthy").run().ends(0).says(said);
    let place = Place::new().with_faults(json!([{"refused": {"when": {"op": "get-shell-policy"}}}]));
    // Where it cannot be read it is nobody's fault.
    place.simulate(&["doctor"]).ends(0).never_says("shells at a time");
}
