//! Asked to stop, by signals to the real process: what was begun is finished, what was not is left, and the record says
//! which. No shell outlives relight.

use std::fs;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::place::{Place, changed};
use crate::support::run::Running;
use crate::support::until;

const WRITE: &str = "set-component-state";

/// relight with these words, under way, once it has sent so many of these calls.
fn begin(place: &Place, words: &[&str], call: &str, sent: usize) -> Running {
    let relight = place.logged(words).arg("-v").start();
    until(call, || place.log().matches(&format!("call={call}")).count() >= sent);
    relight
}

/// No simulated shell plays the scenario any more.
fn no_shell_is_left(place: &Place) {
    let file = place.file().to_string_lossy().into_owned();
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let left = all
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .map(|line| String::from_utf8_lossy(&line).into_owned())
        .find(|line| line.contains("simulated-engine") && line.contains(&file));
    assert_eq!(left, None);
}

fn outcomes(past: &Value) -> Vec<&str> {
    let steps = past["servers"][0]["steps"].as_array().expect("steps");
    steps.iter().map(|step| step["outcome"].as_str().expect("text")).collect()
}

#[test]
fn one_signal_lets_the_write_in_flight_finish_and_skips_the_rest() {
    for signal in ["-INT", "-TERM", "-HUP"] {
        let slow = json!([{"slow-call": {"milliseconds": 600, "when": {"op": "set-component-state"}}}]);
        let place = Place::new().with_faults(slow);
        let before = place.scenario();
        let relight = begin(&place, &["fix", "--yes"], WRITE, 1);
        relight.signal(signal);
        let ran = relight.end();
        assert_eq!(ran.code, 130, "{signal}: {}{}", ran.stdout, ran.stderr);
        let really = changed(&before, &place.scenario());
        assert_eq!(really.iter().map(|key| key.component.as_str()).collect::<Vec<_>>(), ["PopProxy"]);
        assert!(
            ran.stdout.contains("PopProxy is Active again"),
            "{signal}: it was looked at and reported: {}",
            ran.stdout
        );
        assert!(ran.stderr.contains("Interrupted"), "{signal}: {}", ran.stderr);
        let past = place.past(&place.newest().expect("a run"));
        assert_eq!((outcomes(&past), &past["exitCode"]), (vec!["done", "interrupted"], &json!(130)));
        assert!(past["servers"][0]["after"].is_object(), "{signal}");
        assert!(place.run(&["history"]).stdout.contains("1 of 2 confirmed"), "{signal}");
        no_shell_is_left(&place);
        assert!(!place.simulate(&["check"]).stderr.contains("resume"), "{signal}: it lived to close its record");
    }
}

#[test]
fn an_undo_that_is_interrupted_looks_at_what_it_has_done_too() {
    for (op, done) in [("stop-service", "MSExchangePop3 is stopped."), (WRITE, "Inactive registry")] {
        let place = super::services::started();
        // A look that takes its time, too: a quick one is over before anybody could end it.
        let slow =
            |op: &str, milliseconds: u32| json!({"slow-call": {"milliseconds": milliseconds, "when": {"op": op}}});
        place.change(|it| it["faults"] = json!([slow(op, 600), slow("get-component-state", 150)]));
        let relight = begin(&place, &["undo", "--yes", "--stop-services"], op, 1);
        relight.interrupt();
        let ran = relight.end();
        assert_eq!(ran.code, 130, "{op}: {}{}", ran.stdout, ran.stderr);
        assert_eq!(ran.stdout.matches(done).count(), 1, "{op}: {}", ran.stdout);
        let past = place.past(&place.newest().expect("a run"));
        assert!(past["servers"][0]["after"].is_object() && past["verified"] == true, "{op}: {past}");
        no_shell_is_left(&place);
    }
}

#[test]
fn a_second_signal_ends_the_shell_and_the_outcome_is_unknown() {
    let hang = json!([{"hang": {"when": {"op": "set-component-state", "nth": 1}}}]);
    let place = Place::new().with_faults(hang);
    let relight = begin(&place, &["fix", "--yes"], WRITE, 1);
    relight.interrupt();
    thread::sleep(Duration::from_millis(150));
    relight.signal("-TERM");
    let began = Instant::now();
    let ran = relight.end();
    assert!(began.elapsed() < Duration::from_secs(5), "the shell that hangs is waited for");
    assert_eq!(ran.code, 31, "{}{}", ran.stdout, ran.stderr);
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!((outcomes(&past)[0], &past["exitCode"], &past["state"]), ("unknown", &json!(31), &json!("ended")));
    assert_eq!(past["verified"], false);
    no_shell_is_left(&place);
}

#[test]
fn a_signal_before_any_write_changes_nothing() {
    let place = Place::new().with_faults(json!([{"slow-load": {"milliseconds": 30_000}}]));
    let before = place.scenario();
    let relight = begin(&place, &["fix", "--yes"], "connect", 1);
    let began = Instant::now();
    relight.signal("-TERM");
    relight.end().ends(130);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(changed(&before, &place.scenario()).is_empty());
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!((&past["state"], &past["exitCode"], &past["sent"]), (&json!("ended"), &json!(130), &json!(0)));
    no_shell_is_left(&place);
}

#[test]
fn a_reader_that_goes_away_ends_nothing_and_says_nothing() {
    let place = Place::new();
    let mut relight = place.relight(&["fix", "--yes"]).simulate(&place).start();
    relight.close_stdout();
    let ran = relight.end().ends(0);
    assert!(!ran.stderr.contains("error:"), "{ran}");

    // Nobody listens to the conversation either: the change is made and confirmed all the same.
    let place = Place::new();
    let mut relight = place.relight(&["fix", "--yes"]).simulate(&place).start();
    relight.hear("");
    assert_eq!(relight.leave().code(), Some(0));
    assert_eq!(place.past(&place.newest().expect("a run"))["verified"], true);
}
