//! relight killed at each frame, as soon as each record is there, and at any time.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::support::killed::{kill, leave_shell, tells_the_truth};
use crate::support::place::{Place, changed};
use crate::support::processes::has_ended;
use crate::support::run::Running;
use crate::support::until;

/// `fix --yes` on the scenario, under way.
fn start(place: &Place) -> Running {
    place.logged(&["fix", "--yes"]).start()
}

#[test]
fn killed_while_any_frame_is_awaited() {
    let mut points = vec![("hello", 1, "before"), ("connect", 1, "before")];
    points.extend((1..=2).map(|nth| ("get-exchange-server", nth, "before")));
    points.extend((1..=8).map(|nth| ("get-component-state", nth, "before")));
    points.extend(
        (1..=2).flat_map(|nth| [("set-component-state", nth, "before"), ("set-component-state", nth, "after")]),
    );
    let mut pointed_out = 0;
    for (op, nth, effect) in &points {
        let at = format!("{op} {nth} {effect}");
        let when = if *op == "hello" { json!({"op": op}) } else { json!({"op": op, "nth": nth}) };
        let place = Place::new().with_faults(json!([{"hang": {"effect": effect, "when": when}}]));
        let before = place.scenario();
        let relight = start(&place);
        let asked = format!("call={op} ");
        until(&at, || {
            let log = place.log();
            *op == "hello" && log.contains("starting the shell") || log.matches(&asked).count() == *nth
        });
        if *effect == "after" {
            let so_far = *nth;
            until(&at, || changed(&before, &place.scenario()).len() == so_far);
        }
        thread::sleep(Duration::from_millis(20));
        assert!(kill(relight, true), "{at}: it had ended by itself");
        pointed_out += usize::from(tells_the_truth(&place, &before, &at));
    }
    assert!(pointed_out >= 8, "only {pointed_out} of {} points were pointed out", points.len());
}

/// Five servers with the fault, of which each call takes a while, so that four sessions are at work.
fn five() -> Place {
    let entry = json!({"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"});
    let server = |at: usize| json!({"name": format!("EX0{at}"), "components": {"PopProxy": {"local": [entry]}}});
    let scenario = json!({
        "scenario": "relight/scenario/1.0",
        "now": "2026-03-14T02:47:10Z",
        "servers": (1..=5).map(server).collect::<Vec<_>>(),
        "faults": [{"slow-call": {"milliseconds": 40}}],
    });
    Place::from_text(&scenario.to_string())
}

#[test]
fn killed_at_any_frame_with_four_sessions_at_work() {
    let started = |place: &Place| {
        place.logged(&["fix", "EX01,EX02,EX03,EX04,EX05", "--yes", "--no-probe", "--no-wait", "--batch", "5"]).start()
    };
    // How many frames such a run has.
    let place = five();
    started(&place).end();
    let frames = place.log().matches("asking call=").count();
    assert!(place.log().matches("starting the shell").count() >= 4, "four sessions are at work");
    let mut pointed_out = 0;
    for nth in (1..frames).step_by(7) {
        let place = five();
        let before = place.scenario();
        let mut relight = started(&place);
        until("the frame, or the end", || place.log().matches("asking call=").count() >= nth || relight.has_ended());
        kill(relight, true);
        pointed_out += usize::from(tells_the_truth(&place, &before, &format!("frame {nth} of {frames}")));
    }
    assert!(pointed_out > 0, "no run was killed in the middle of its changes");
}

/// A run that was killed while its shell hangs in the first change: that shell.
fn left(place: &Place, watched: bool) -> u32 {
    let relight = start(place);
    until("the first change", || place.log().contains("call=set-component-state"));
    leave_shell(relight, watched)
}

fn hanging() -> Place {
    Place::new().with_faults(json!([{"hang": {"when": {"op": "set-component-state"}}}]))
}

#[test]
fn a_hanging_shell_ends_with_its_relight() {
    let shell = left(&hanging(), true);
    until("the end of the shell", || has_ended(shell));
}

#[test]
fn a_shell_that_outlived_its_relight_ends_before_the_next_run_looks() {
    let place = hanging();
    let shell = left(&place, false);
    assert!(!has_ended(shell), "nobody watches it");
    place.clear_faults();
    let ended = format!("(process {shell}) outlived it. It has ended now");
    place.simulate(&["check"]).ends(10).tells(&ended).tells("was interrupted");
    assert!(has_ended(shell));
    assert!(!place.simulate(&["check"]).has("outlived"), "that is said once");

    // The number alone means nothing: somebody else may have it by now.
    let place = hanging();
    let shell = left(&place, false);
    let journal = place.journals().pop().expect("a journal");
    let text = fs::read_to_string(&journal).expect("text");
    fs::write(&journal, text.replace(r#""started":""#, r#""started":"0"#)).expect("written");
    place.clear_faults();
    assert!(!place.simulate(&["check"]).has("outlived") && !has_ended(shell));
    fs::write(&journal, text).expect("written");
    let run = place.newest().expect("a run");
    place.simulate(&["resume", &run]).tells("It has ended now");
    assert!(has_ended(shell));
}

#[test]
fn killed_as_soon_as_any_record_is_there() {
    let mut hit = 0;
    for record in 1..=10 {
        let place = Place::new();
        let before = place.scenario();
        let relight = start(&place);
        let lines = || {
            let journal = place.journals().pop().and_then(|path| fs::read(path).ok()).unwrap_or_default();
            journal.iter().filter(|byte| **byte == b'\n').count()
        };
        until(&format!("record {record}"), || lines() >= record);
        hit += usize::from(kill(relight, false));
        tells_the_truth(&place, &before, &format!("record {record}"));
    }
    // After the last records there is hardly time to.
    assert!(hit >= 4, "only {hit} of 10 runs were killed before their end");
}

#[test]
fn killed_at_any_time() {
    let place = Place::new();
    let began = Instant::now();
    start(&place).end().ends(0);
    let whole = began.elapsed();
    let mut hit = 0;
    for part in 0..=40 {
        let place = Place::new();
        let before = place.scenario();
        let relight = start(&place);
        thread::sleep(whole * part / 40);
        hit += usize::from(kill(relight, false));
        tells_the_truth(&place, &before, &format!("{part}/40 of the time"));
    }
    assert!(hit >= 10, "only {hit} of 41 runs were killed before their end");
}
