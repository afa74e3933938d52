//! Options that mean what an admin thinks: servers without an option, `-WhatIf`, `--requester`, `--ignore-requester`,
//! `resume` without a name, and what `--help` says of them.

use crate::support::relight;

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
