//! Ctrl-C, at any moment: what was begun is finished or said to be unknown, nothing more is begun, and no process stays
//! behind.
#![cfg(unix)]

use serde_json::json;

use crate::support::run::{Running, flat};
use crate::support::shim::Shim;
use crate::support::{Place, Ran, relight};

/// Ctrl-C while the shell answers nothing.
pub fn while_it_looks() -> Ran {
    let place =
        Place::of("kb-3025138").with_faults(json!([{"hang": {"when": {"op": "get-component-state", "nth": 2}}}]));
    let before = place.text();
    let mut running = relight("fix --yes -v").simulate(&place).start();
    running.hear("Exchange is loaded");
    running.interrupt();
    running.hear("Interrupted.");
    let ran = running.end();
    assert!(place.text() == before, "{ran}");
    ran
}

/// Ctrl-C while the first change is under way, which waits until it is let go.
fn while_it_changes(shim: &Shim<'_>) -> Running {
    shim.hold();
    let mut running = relight("fix --yes -v --powershell").arg(shim.path()).start();
    shim.await_write();
    running.interrupt();
    running.hear("Interrupted. If a change is under way, it is finished first");
    running
}

#[test]
fn ctrl_c_during_a_look_changes_nothing() {
    let ran = while_it_looks().ends(130).says("Nothing was changed.");
    // How far the look came is not known.
    assert!(flat(&ran.stdout).to_lowercase().contains("the run was interrupted"), "{ran}");
    ran.never_says("What was done");
}

#[test]
fn ctrl_c_while_exchange_loads_changes_nothing() {
    let place = Place::of("kb-3025138").with_faults(json!([{"hang": {"when": {"op": "connect"}}}]));
    let mut running = relight("check").simulate(&place).start();
    running.hear("Loading the Exchange Management Shell");
    running.interrupt();
    running.end().ends(130).tells("error: interrupted while PowerShell was loading; nothing was changed");
}

#[test]
fn ctrl_c_during_a_change_finishes_it_skips_the_rest_and_tells_what_is_there() {
    let place = Place::of("kb-3025138");
    let shim = Shim::new(&place);
    let running = while_it_changes(&shim);
    shim.let_go();
    running
        .end()
        .ends(130)
        .says("-Component PopProxy -Requester HealthApi -State Active Sent; the cmdlet reported no error.")
        .says("-Component ImapProxy -Requester HealthApi -State Active Not sent: the run was interrupted.")
        .says(
            "PARTLY FIXED: PopProxy is Active again. ImapProxy is still Inactive (not sent). The run was interrupted.",
        );
    assert_eq!(shim.asked("set-component-state"), 1);
    assert_eq!(place.entries("PopProxy")[0], ["HealthApi Active 2026-03-14T02:47:18Z"]);
    assert_eq!(place.entries("ImapProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:53Z"]);
}

#[test]
fn a_second_ctrl_c_ends_a_change_at_once_and_its_outcome_is_unknown() {
    let place = Place::of("kb-3025138");
    let shim = Shim::new(&place);
    let mut running = while_it_changes(&shim);
    running.interrupt();
    running.hear("Interrupted again.");
    running
        .end()
        .ends(31)
        .says("Sent, or about to be, when the run was interrupted: it may or may not have been carried out.")
        .says("Not sent: the run was interrupted.")
        .says("neither store shows a newer Active entry");
    assert_eq!(shim.asked("set-component-state"), 1);
    assert_eq!(shim.asked("connect"), 2, "a new session looks what is there");
}
