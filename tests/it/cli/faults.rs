//! A shell that misbehaves: a lost shell is said to be lost, and a change whose answer was lost is looked at, never
//! repeated.

use std::fs;

use serde_json::{Value, json};

use crate::support::{Place, Ran, relight};

/// A fault in a call, and what a fix of PopProxy alone comes to.
fn fixed_with(fault: Value, flags: &str) -> (Ran, Place, usize) {
    let place = Place::of("kb-3025138").with_faults(json!([fault]));
    let log = place.folder().join("log");
    let ran = relight("fix --yes --component PopProxy").args(flags).simulate(&place).arg("--log-file").arg(&log).run();
    let log = fs::read_to_string(log).expect("a log");
    let sent = log.lines().filter(|line| line.contains("asking call=set-component-state")).count();
    (ran, place, sent)
}

#[test]
fn a_shell_lost_before_the_first_look_ends_the_run() {
    for (op, flags) in [("hello", "--start-timeout 500ms"), ("connect", "--connect-timeout 500ms")] {
        let when = json!({"op": op});
        for (fault, flags, code, why) in [
            (json!({"hang": {"when": when}}), flags, 41, "no answer within 0.5 s"),
            (json!({"crash": {"when": when}}), "", 20, "the process ended"),
            (json!({"early-end": {"when": when}}), "", 20, "the process ended"),
        ] {
            let (ran, place, sent) = fixed_with(fault, flags);
            let ran = ran.ends(code).says_nothing().tells("error:").tells(why);
            assert_eq!(sent, 0, "{ran}");
            assert_eq!(place.entries("PopProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:52Z"], "{ran}");
        }
    }
}

#[test]
fn a_shell_lost_in_a_look_leaves_everything_as_it_is() {
    for op in ["get-exchange-server", "get-component-state"] {
        let when = json!({"op": op});
        for (fault, code, why) in [
            (json!({"hang": {"when": when}}), 41, "no answer within 2 s"),
            (json!({"crash": {"when": when}}), 20, "he shell was lost"),
            (json!({"early-end": {"when": when}}), 20, "he shell was lost"),
        ] {
            let (ran, place, sent) = fixed_with(fault, "--call-timeout 2s");
            let ran = ran.ends(code).says(why).says("Nothing was changed.");
            assert_eq!(sent, 0, "{ran}");
            assert_eq!(place.entries("PopProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:52Z"], "{ran}");
        }
    }
}

#[test]
fn a_change_that_got_lost_is_sent_once_and_unknown_until_a_new_session_has_looked() {
    let when = json!({"op": "set-component-state"});
    for fault in
        [json!({"hang": {"when": when}}), json!({"crash": {"when": when}}), json!({"early-end": {"when": when}})]
    {
        let (ran, place, sent) = fixed_with(fault, "--call-timeout 2s -v");
        let ran = ran
            .ends(31)
            .says("OUTCOME UNKNOWN: PopProxy is still Inactive")
            .says("Sent, but the shell was lost: it may or may not have been carried out.")
            .says("HealthApi on PopProxy: neither store shows a newer Active entry.")
            .tells("The session with Exchange was lost")
            .tells("Another one is opened.");
        assert_eq!(sent, 1, "{ran}");
        assert_eq!(place.entries("PopProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:52Z"], "{ran}");
    }
}

#[test]
fn a_change_whose_answer_got_lost_is_sent_once_and_proven_by_a_new_session() {
    let when = json!({"op": "set-component-state"});
    for fault in
        [json!({"hang": {"effect": "after", "when": when}}), json!({"crash": {"effect": "after", "when": when}})]
    {
        let (ran, place, sent) = fixed_with(fault, "--call-timeout 2s -v");
        let ran = ran
            .ends(0)
            .says("Sent, but the shell was lost: it may or may not have been carried out.")
            .says("FIXED: PopProxy is Active again")
            .tells("The session with Exchange was lost")
            .tells("Another one is opened.");
        assert_eq!(sent, 1, "{ran}");
        // A second write would have left a later time.
        assert_eq!(place.entries("PopProxy"), [["HealthApi Active 2026-03-14T02:47:17Z"]; 2], "{ran}");
    }
}

#[cfg(unix)]
#[test]
fn where_no_second_session_can_be_had_nothing_is_claimed() {
    let place = Place::of("kb-3025138").with_faults(json!([{"crash": {"when": {"op": "set-component-state"}}}]));
    let shim = crate::support::shim::Shim::new(&place);
    shim.start_only_once();
    let ran = relight("fix --yes --component PopProxy --call-timeout 2s --powershell").arg(shim.path()).run().ends(31);
    ran.says("OUTCOME UNKNOWN: PopProxy is not known to be Active")
        .says("PopProxy: not read after the change.")
        .says("relight resume ");
    assert_eq!(shim.asked("set-component-state"), 1);
}

#[test]
fn progress_while_a_call_hangs_does_not_put_off_its_deadline() {
    let (ran, ..) = fixed_with(json!({"slow-load": {"milliseconds": 60_000}}), "--connect-timeout 500ms");
    ran.ends(41).tells("Give it more time with --start-timeout or --connect-timeout.");
}
