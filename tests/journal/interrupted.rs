//! Asked to stop, by signals to the real process: what was begun is finished, what was not is left, and the record says
//! which. No shell outlives relight.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::place::{Place, Ran, changed};

/// `fix --yes`, under way, with a log that tells where it is.
fn start(place: &Place) -> Child {
    start_with(place, &["fix", "--yes"])
}

fn start_with(place: &Place, words: &[&str]) -> Child {
    let (log, scenario) = (place.log_file(), place.scenario_file());
    let mut command = place.command(words);
    command.arg("--simulate").arg(scenario).arg("--log-file").arg(log).arg("-v");
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("relight runs")
}

fn wait_for_write(place: &Place, nth: usize) {
    let began = Instant::now();
    let asked = || {
        let log = fs::read_to_string(place.log_file()).unwrap_or_default();
        log.matches("call=SetComponentState").count()
    };
    while asked() < nth {
        assert!(began.elapsed() < Duration::from_secs(20), "write {nth} is not sent");
        thread::sleep(Duration::from_millis(2));
    }
}

fn send(relight: &Child, signal: &str) {
    let status = Command::new("kill").args([signal, &relight.id().to_string()]).status().expect("kill runs");
    assert!(status.success());
}

/// No simulated shell plays the scenario any more.
fn no_shell_is_left(place: &Place) {
    let file = place.scenario_file().to_string_lossy().into_owned();
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
        let place = Place::with_faults(slow);
        let before = place.scenario();
        let relight = start(&place);
        wait_for_write(&place, 1);
        send(&relight, signal);
        let ran = Ran::of(relight.wait_with_output().expect("it ends"));
        assert_eq!(ran.code, Some(130), "{signal}: {}{}", ran.out, ran.err);
        let really = changed(&before, &place.scenario());
        assert_eq!(really.iter().map(|(component, _)| component.as_str()).collect::<Vec<_>>(), ["PopProxy"]);
        assert!(ran.out.contains("PopProxy is lit"), "{signal}: it was looked at and reported: {}", ran.out);
        assert!(ran.err.contains("Interrupted"), "{signal}: {}", ran.err);
        let past = place.past(&place.newest().expect("a run"));
        assert_eq!((outcomes(&past), &past["exitCode"]), (vec!["done", "interrupted"], &json!(130)));
        assert!(past["servers"][0]["after"].is_object(), "{signal}");
        no_shell_is_left(&place);
        assert!(!place.simulate(&["check"]).err.contains("resume"), "{signal}: it lived to close its record");
    }
}

#[test]
fn an_undo_is_looked_at_and_reported_too() {
    let place = Place::with_faults(json!([]));
    assert_eq!(place.simulate(&["fix", "--yes"]).code, Some(0));
    let mut scenario = place.scenario();
    scenario["faults"] = json!([{"slow-call": {"milliseconds": 600, "when": {"op": "set-component-state"}}}]);
    place.put(&scenario);
    let relight = start_with(&place, &["undo", "--yes"]);
    wait_for_write(&place, 1);
    send(&relight, "-INT");
    let ran = Ran::of(relight.wait_with_output().expect("it ends"));
    assert_eq!(ran.code, Some(130), "{}{}", ran.out, ran.err);
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!(outcomes(&past), ["done", "interrupted"]);
    assert!(past["servers"][0]["after"].is_object(), "{past}");
    let verdicts = past["servers"][0]["verdicts"].to_string();
    assert!(verdicts.contains("putBack"), "{verdicts}");
    no_shell_is_left(&place);
}

#[test]
fn a_second_signal_ends_the_shell_and_the_outcome_is_unknown() {
    let hang = json!([{"hang": {"when": {"op": "set-component-state", "nth": 1}}}]);
    let place = Place::with_faults(hang);
    let relight = start(&place);
    wait_for_write(&place, 1);
    send(&relight, "-INT");
    thread::sleep(Duration::from_millis(150));
    send(&relight, "-TERM");
    let began = Instant::now();
    let ran = Ran::of(relight.wait_with_output().expect("it ends"));
    assert!(began.elapsed() < Duration::from_secs(5), "the shell that hangs is waited for");
    assert_eq!(ran.code, Some(31), "{}{}", ran.out, ran.err);
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!((outcomes(&past)[0], &past["exitCode"], &past["state"]), ("unknown", &json!(31), &json!("ended")));
    assert_eq!(past["verified"], false);
    no_shell_is_left(&place);
}

#[test]
fn a_signal_before_any_write_changes_nothing() {
    let place = Place::with_faults(json!([{"slow-load": {"milliseconds": 30_000}}]));
    let before = place.scenario();
    let relight = start(&place);
    let began = Instant::now();
    while !fs::read_to_string(place.log_file()).unwrap_or_default().contains("call=Connect") {
        assert!(began.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(2));
    }
    send(&relight, "-TERM");
    let ran = Ran::of(relight.wait_with_output().expect("it ends"));
    assert_eq!(ran.code, Some(130), "{}", ran.err);
    assert!(began.elapsed() < Duration::from_secs(10));
    assert!(changed(&before, &place.scenario()).is_empty());
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!(
        (&past["state"], &past["exitCode"], &past["mayHaveChanged"]),
        (&json!("ended"), &json!(130), &json!(false))
    );
    no_shell_is_left(&place);
}

#[test]
fn a_reader_that_goes_away_ends_nothing_and_says_nothing() {
    let place = Place::new();
    let mut relight = place.command(&["fix", "--yes"]);
    let mut relight = relight
        .arg("--simulate")
        .arg(place.scenario_file())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("relight runs");
    drop(relight.stdout.take());
    let mut err = String::new();
    relight.stderr.take().expect("piped").read_to_string(&mut err).expect("text");
    assert_eq!(relight.wait().expect("it ends").code(), Some(0), "{err}");
    assert!(!err.contains("error:"), "{err}");

    // Nobody listens to the conversation either: the change is made and proven all the same.
    let place = Place::new();
    let mut command = place.command(&["fix", "--yes"]);
    let command = command.arg("--simulate").arg(place.scenario_file());
    let mut relight = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("relight runs");
    let mut first = String::new();
    BufReader::new(relight.stderr.take().expect("piped")).read_line(&mut first).expect("a line");
    drop(relight.stdout.take());
    assert_eq!(relight.wait().expect("it ends").code(), Some(0));
    assert_eq!(place.past(&place.newest().expect("a run"))["verified"], true);
}
