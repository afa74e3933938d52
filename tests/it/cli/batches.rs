//! A change goes out to several servers in batches: one first, and no other is begun once too many have failed.

use serde_json::{Value, json};

use super::servers::alike;
use crate::support::{Place, Ran, relight};

/// Sets of one server are refused.
fn refused(server: &str) -> Value {
    json!({"refused": {"when": {"op": "set-component-state", "server": server}}})
}

fn fix(place: &Place, words: &str) -> Ran {
    let journals = place.journal_folder();
    relight(&format!("fix --yes --no-wait --format json {words} --journal-dir")).arg(journals).simulate(place).run()
}

/// Of two servers the first refuses the change.
pub(super) fn the_first_of_two_refuses() -> Ran {
    fix(&alike(&["EX01", "EX02"], json!([refused("EX01")])), "EX01 EX02")
}

/// The exit code and the outcomes of each server.
fn of_servers(ran: &Ran) -> Vec<(u64, Vec<String>)> {
    let document = ran.document();
    let outcomes = |server: &Value| {
        let steps = server["steps"].as_array().expect("steps").iter();
        steps.map(|step| step["outcome"].as_str().expect("a name").to_owned()).collect()
    };
    let of = |server: &Value| (server["exitCode"].as_u64().expect("a code"), outcomes(server));
    document["servers"].as_array().expect("servers").iter().map(of).collect()
}

/// Which servers were written to, and when: the intents of the journal, in order.
fn intents(place: &Place) -> Vec<String> {
    let lines = place.journal();
    let of = |line: &str| {
        let line = serde_json::from_str::<Value>(line).expect("a line");
        (line["record"] == "intent").then(|| line["server"].as_str().expect("a server").to_owned())
    };
    lines.lines().filter_map(of).collect()
}

#[test]
fn where_the_first_server_refuses_no_other_is_written_to() {
    let names = ["EX01", "EX02", "EX03", "EX04"];
    let place = alike(&names, json!([refused("EX01")]));
    let ran = fix(&place, "EX01 EX02 EX03 EX04").ends(33);
    let failed = (30, vec!["failed".to_owned()]);
    let stopped = (33, vec!["stopped".to_owned()]);
    assert_eq!(of_servers(&ran), [failed, stopped.clone(), stopped.clone(), stopped], "{ran}");
    assert_eq!(intents(&place), ["EX01"]);
}

#[test]
fn as_many_may_fail_as_is_said() {
    for (words, code, begun) in [
        ("--max-failed 1 --jobs 1", 33, 2),
        ("--max-failed 2", 30, 4),
        ("--batch 2 --jobs 1", 33, 1),
        ("--batch 25% --max-failed 1", 33, 2),
        ("--batch 4 --jobs 1 --max-failed 1", 33, 2),
    ] {
        let names = ["EX01", "EX02", "EX03", "EX04"];
        let place = alike(&names, json!([refused("EX01"), refused("EX02")]));
        let ran = fix(&place, &format!("EX01 EX02 EX03 EX04 {words}")).ends(code);
        assert_eq!(intents(&place).len(), begun, "{words}\n{ran}");
    }
}

#[test]
fn one_server_that_cannot_be_looked_at_is_no_failure_of_a_change() {
    let place = alike(&["EX01", "EX02", "EX03"], json!([{"server-down": {"server": "EX01"}}]));
    let ran = fix(&place, "EX01 EX02 EX03").ends(23);
    assert_eq!(of_servers(&ran).iter().map(|it| it.0).collect::<Vec<_>>(), [23, 0, 0], "{ran}");
}

#[test]
fn an_undo_goes_out_in_batches_too() {
    let place = alike(&["EX01", "EX02", "EX03"], json!([]));
    fix(&place, "EX01 EX02 EX03").ends(0);
    let run = place.newest().expect("a run");
    place.change(|scenario| scenario["faults"] = json!([refused("EX01")]));
    let undo = |words: &str| {
        let journals = place.journal_folder();
        relight(&format!("undo {run} --yes --format json {words} --journal-dir")).arg(journals).simulate(&place).run()
    };
    let ran = undo("").ends(33);
    assert_eq!(of_servers(&ran).iter().map(|it| it.0).collect::<Vec<_>>(), [30, 33, 33], "{ran}");
    let again = undo("--max-failed 1").ends(30);
    assert_eq!(of_servers(&again).iter().map(|it| it.0).collect::<Vec<_>>(), [30, 0, 0], "{again}");
}

#[test]
fn a_size_that_is_none_is_a_wrong_command_line() {
    for (words, says) in [
        ("fix --simulate --batch 0", "'0' is no size of a batch; give numbers or percents, like 1,5,25%"),
        ("fix --simulate --batch 1,,2", "'' is no size of a batch"),
        ("fix --simulate --jobs 13", "13 is not in 1..=12"),
        ("fix --simulate --jobs 0", "0 is not in 1..=12"),
    ] {
        relight(words).run().ends(2).tells(says);
    }
}

/// Two servers are written to when Ctrl-C comes.
#[cfg(unix)]
#[test]
fn ctrl_c_lets_every_write_in_flight_end_and_begins_no_other_server() {
    let slow = |milliseconds: u32, op: &str| json!({"slow-call": {"milliseconds": milliseconds, "when": {"op": op}}});
    let faults = json!([slow(300, "get-component-state"), slow(3000, "set-component-state")]);
    let place = alike(&["EX01", "EX02", "EX03", "EX04"], faults);
    let words = ["fix", "EX01,EX02,EX03,EX04", "--yes", "--no-wait", "--no-probe", "--batch", "2", "--format", "json"];
    let run = place.logged(&words).start();
    crate::support::until("two writes", || place.log().matches("call=set-component-state").count() == 2);
    run.interrupt();
    let ran = run.end().ends(130);
    let done = (0, vec!["done".to_owned()]);
    let left = (130, vec!["interrupted".to_owned()]);
    assert_eq!(of_servers(&ran), [done.clone(), done, left.clone(), left], "{ran}");
    assert_eq!(intents(&place).len(), 2);
}
