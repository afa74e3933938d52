//! Options that mean what an admin thinks: servers without an option, `-WhatIf`, `--requester`, `--ignore-requester`,
//! `resume` without a name, and what `--help` says of them.

use serde_json::json;

use crate::support::{Place, relight};

#[test]
fn a_fix_of_a_healthy_server_without_a_terminal_needs_none() {
    let ran = relight("fix --simulate healthy").run().ends(0).says("Nothing was changed.");
    assert!(!ran.stdout.contains("needs a terminal"), "{ran}");
    relight("fix --simulate").run().ends(12).says("a change needs a terminal");
}

#[test]
fn a_checkup_without_a_keyboard_says_that_nobody_can_be_asked() {
    let ran = relight("doctor --simulate").run().ends(0);
    let ran = ran.says("Nobody can be asked here, so fix needs --yes: stdin is not a terminal.");
    assert!(!ran.stdout.contains("somebody can be asked"), "{ran}");
    let document = relight("doctor --simulate --format json").run().document();
    assert_eq!(document["facts"]["interactive"], false);
}

#[test]
fn times_that_came_as_text_are_shown_without_quotes() {
    let ran = relight("check -v --simulate flattened-2016").run().ends(10);
    let ran = ran.says("registry 3/14/2026 2:31:52 AM").says("since 3/14/2026 2:31:52 AM (as text; zone unknown)");
    assert!(!ran.stdout.contains('"'), "{ran}");
}

#[test]
fn the_scenarios_are_a_document_too() {
    let document = relight("scenarios --format json").run().ends(0).document();
    let listed = document["scenarios"].as_array().expect("scenarios").iter();
    let names = listed.map(|it| it["name"].as_str().expect("a name")).collect::<Vec<_>>();
    assert_eq!(names, relight::simulator::scenarios().iter().map(|it| it.name).collect::<Vec<_>>());
}

#[test]
fn one_report_has_one_clock() {
    for servers in ["EX01 EX02", "EX02 EX01", "EX02"] {
        let ran = relight(&format!("check --simulate server-down {servers}")).run();
        let looks = ran.stdout.lines().filter(|line| line.starts_with("Looked at ") || line.starts_with("As of "));
        let looks = looks.collect::<Vec<_>>();
        assert_eq!(looks.len(), servers.split(' ').count(), "{ran}");
        assert!(looks.iter().all(|line| line.contains(" 2026-03-14 02:47:1")), "{servers}: {ran}");
    }
}

#[test]
fn a_protocol_that_nobody_enabled_is_not_said_to_be_unconfirmed() {
    let stopped = json!({"state": "Stopped", "startType": "Manual"});
    let services = json!({"MSExchangeImap4": stopped, "MSExchangeIMAP4BE": stopped});
    let place = Place::of("healthy").with_services(&services);
    let ran = relight("check -q --probe").simulate(&place).run().ends(0).says("POP3 clients confirmed");
    assert!(!ran.stdout.contains("IMAP4") && !ran.stdout.contains("not confirmed"), "{ran}");
    relight("check --probe").simulate(&place).run().ends(0).says("IMAP4: not enabled on this server");
}
