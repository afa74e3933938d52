//! Options that mean what an admin thinks: servers without an option, `-WhatIf`, `--requester`, `--ignore-requester`,
//! `resume` without a name, and what `--help` says of them.

use crate::support::relight;

#[test]
fn a_checkup_without_a_keyboard_says_that_nobody_can_be_asked() {
    let ran = relight("doctor --simulate").run().ends(0);
    let ran = ran.says("Nobody can be asked here, so fix needs --yes: stdin is not a terminal.");
    assert!(!ran.stdout.contains("somebody can be asked"), "{ran}");
    let document = relight("doctor --simulate --format json").run().document();
    assert_eq!(document["facts"]["interactive"], false);
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
