//! One writer at a time: the second waits as long as it was told and then says who holds the lock since when; readers
//! never wait; a lock dies with whoever held it.

use std::fs;
use std::process::{Child, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::json;

use crate::place::{Place, Ran};

/// A place where the first writer takes its time, and that writer.
fn busy(milliseconds: u64) -> (Place, Child) {
    let place = Place::with_faults(json!([{"slow-load": {"milliseconds": milliseconds}}]));
    let mut command = place.command(&["fix", "--yes"]);
    let command = command.arg("--simulate");
    let first =
        command.arg(place.scenario_file()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("it runs");
    let began = Instant::now();
    while place.newest().is_none() {
        assert!(began.elapsed() < Duration::from_secs(10), "the first writer does not begin");
        thread::sleep(Duration::from_millis(2));
    }
    (place, first)
}

#[test]
fn a_second_writer_is_told_who_holds_the_lock_since_when() {
    let (place, mut first) = busy(3000);
    let run = place.newest().expect("a run");
    let began = Instant::now();
    let second = place.simulate(&["fix", "--yes"]);
    assert_eq!(second.code, Some(40), "{}", second.err);
    assert!(began.elapsed() < Duration::from_secs(2), "it waited without being told to");
    let said = second.err.split_whitespace().collect::<Vec<_>>().join(" ");
    for part in [run.as_str(), "since 20", " UTC", "--lock-timeout"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(place.journals().len(), 1, "who may not write leaves no journal");
    assert!(first.wait().expect("it ends").success());
}

#[test]
fn a_second_writer_waits_as_long_as_it_was_told() {
    let (place, mut first) = busy(700);
    let second = place.simulate(&["fix", "--yes", "--lock-timeout", "20s"]);
    assert_eq!(second.code, Some(0), "{}", second.err);
    assert!(second.out.contains("Nothing was changed"), "the first has lit everything: {}", second.out);
    assert!(first.wait().expect("it ends").success());
    assert_eq!(place.journals().len(), 2);
}

#[test]
fn readers_never_wait() {
    let (place, mut first) = busy(2500);
    let run = place.newest().expect("a run");
    let began = Instant::now();
    let list = place.run(&["history"]);
    assert!(list.out.contains("still going on"), "{}", list.out);
    assert_eq!(place.past(&run)["state"], "goingOn");
    assert_eq!(place.simulate(&["undo", &run, "--yes"]).code, Some(40));
    assert_eq!(place.simulate(&["resume", &run]).code, Some(40));
    assert!(began.elapsed() < Duration::from_secs(2));
    first.kill().expect("it can be killed");
    first.wait().expect("it ends");
}

#[test]
fn a_lock_dies_with_its_holder() {
    let (place, mut first) = busy(60_000);
    first.kill().expect("it can be killed");
    first.wait().expect("it ends");
    place.lift_faults();
    let second = place.simulate(&["fix", "--yes"]);
    assert_eq!(second.code, Some(0), "{}", second.err);
}

#[test]
fn two_scenarios_do_not_wait_for_each_other() {
    let (place, mut first) = busy(2000);
    let other = place.path().join("other.json");
    let mut scenario = place.scenario();
    scenario["faults"] = json!([]);
    fs::write(&other, scenario.to_string()).expect("written");
    let mut command = place.command(&["fix", "--yes"]);
    let second = Ran::of(command.arg("--simulate").arg(other).output().expect("it runs"));
    assert_eq!(second.code, Some(0), "{}", second.err);
    assert!(first.wait().expect("it ends").success());
}
