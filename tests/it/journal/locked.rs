//! One writer at a time: the second waits as long as it was told and then says who has the lock since when; readers
//! never wait; a lock dies with whoever had it.

use std::fs;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::run::{Running, flat, relight};
use crate::support::{Place, until};
#[cfg(unix)]
use crate::support::{run::LOCKS, shim::Shim};

/// A place where the first writer takes its time, and that writer.
fn busy(milliseconds: u64) -> (Place, Running) {
    let place = Place::new().with_faults(json!([{"slow-load": {"milliseconds": milliseconds}}]));
    let first = place.relight(&["fix", "--yes"]).simulate(&place).start();
    until("the first writer's begin", || place.newest().is_some());
    (place, first)
}

#[test]
fn a_second_writer_is_told_who_holds_the_lock_since_when() {
    let (place, mut first) = busy(600_000);
    let run = place.newest().expect("a run");
    let second = place.simulate(&["fix", "--yes"]).ends(40);
    let said = flat(&second.stderr);
    for part in [run.as_str(), "since 20", " UTC", "--lock-timeout"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(place.journals().len(), 1, "who may not write leaves no journal");
    first.kill();
}

#[test]
fn a_second_writer_waits_as_long_as_it_was_told() {
    let (place, first) = busy(700);
    let second = place.simulate(&["fix", "--yes", "--lock-timeout", "5m"]).ends(0);
    assert!(second.stdout.contains("Nothing was changed"), "the first has set everything Active: {}", second.stdout);
    first.end().ends(0);
    assert_eq!(place.journals().len(), 2);
}

#[cfg(unix)]
#[test]
fn a_run_whose_lock_was_removed_sends_nothing_more() {
    // On Windows nobody removes it while it is open.
    let slow = json!([{"slow-call": {"milliseconds": 3000, "when": {"op": "set-component-state", "nth": 1}}}]);
    let place = Place::new().with_faults(slow);
    let run = place.relight(&["fix", "--yes"]).simulate(&place).start();
    until("the first intent", || {
        place.newest().is_some() && place.records().iter().any(|record| record.starts_with("intent"))
    });
    let mut lock = place.file().into_os_string();
    lock.push(".lock");
    fs::remove_file(lock).expect("the lock");
    let ran = run.end().ends(40);
    ran.says("HealthApi on ImapProxy: not sent: the file of the lock was removed, and another run may have it.");
    assert!(
        place.entries("PopProxy")[0][0].contains(" Active ") && place.entries("ImapProxy")[0][0].contains(" Inactive ")
    );
}

#[test]
fn readers_never_wait() {
    let (place, mut first) = busy(600_000);
    let run = place.newest().expect("a run");
    // The file is there a moment before its first record.
    while !place.run(&["history"]).stdout.contains("still going on") {
        assert!(!first.has_ended(), "the run ended");
    }
    assert_eq!(place.past(&run)["state"], "goingOn");
    assert_eq!(place.simulate(&["undo", &run, "--yes"]).code, 40);
    assert_eq!(place.simulate(&["resume", &run]).code, 40);
    first.kill();
}

#[test]
fn a_lock_dies_with_its_owner() {
    let (place, mut first) = busy(60_000);
    first.kill();
    place.clear_faults();
    place.simulate(&["fix", "--yes"]).ends(0);
}

#[test]
fn two_scenarios_do_not_wait_for_each_other() {
    let (place, mut first) = busy(600_000);
    let other = place.folder().join("other.json");
    let mut scenario = place.scenario();
    scenario["faults"] = json!([]);
    fs::write(&other, scenario.to_string()).expect("written");
    place.relight(&["fix", "--yes"]).arg("--simulate").arg(other).run().ends(0);
    first.kill();
}

/// The remark of `doctor` about the journal, and the exit code.
fn journal_of_doctor(place: &Place) -> (i32, Value) {
    let ran = place.simulate(&["doctor", "--format", "json", "--connect-timeout", "1s"]);
    let document = ran.document();
    let remarks = document["remarks"].as_array().expect("remarks");
    (ran.code, remarks.iter().find(|remark| remark["check"] == "journal").cloned().unwrap_or_default())
}

#[test]
fn doctor_tells_of_the_lock_without_waiting_and_leaves_nothing_behind() {
    let place = Place::new();
    let (code, remark) = journal_of_doctor(&place);
    assert_eq!((code, &remark["grade"]), (0, &json!("ok")), "{remark}");
    assert!(!place.journal_folder().exists(), "who looks makes no folder");
    assert_eq!(fs::read_dir(place.folder()).expect("listed").count(), 1, "nothing beside the scenario");

    let (place, mut first) = busy(600_000);
    let run = place.newest().expect("a run");
    let files = || {
        let listed = [place.folder().to_owned(), place.journal_folder().join("simulated")].map(fs::read_dir);
        let files = listed.into_iter().flat_map(|listed| listed.expect("listed"));
        let mut names = files.map(|file| file.expect("listed").file_name()).collect::<Vec<_>>();
        names.sort();
        names
    };
    // Who has the lock is written down a moment after it was taken.
    let owner = place.folder().join(if cfg!(windows) { "scenario.json.owner" } else { "scenario.json.lock" });
    until("an owner", || fs::metadata(&owner).is_ok_and(|file| file.len() > 0));
    let before = files();
    let began = Instant::now();
    let (code, remark) = journal_of_doctor(&place);
    assert!(began.elapsed() < Duration::from_secs(10), "it waited");
    assert_eq!((code, &remark["grade"]), (41, &json!("warning")), "Exchange takes too long: {remark}");
    let text = remark["text"].as_str().expect("text");
    assert!(text.contains(&run) && text.contains(" UTC"), "{text}");
    assert!(remark["next"].as_str().is_some_and(|next| next.contains("--lock-timeout")), "{remark}");
    assert_eq!(files(), before);
    first.kill();
    assert_eq!(journal_of_doctor(&place).1["grade"], "ok", "the lock died with its owner");
}

#[test]
fn where_fix_would_end_with_42_doctor_does_so_too_and_says_what_to_do() {
    let place = Place::new();
    fs::write(place.journal_folder(), "a file in its place").expect("written");
    let (code, remark) = journal_of_doctor(&place);
    assert_eq!((code, &remark["grade"], &remark["lack"]), (42, &json!("fault"), &json!("journal")), "{remark}");
    assert!(remark["next"].as_str().is_some_and(|next| next.contains("--journal-dir")), "{remark}");
    assert_eq!(place.simulate(&["fix", "--yes"]).code, 42);
}

#[test]
fn another_folder_for_the_journal_is_no_way_round_the_lock_of_a_scenario() {
    let (place, mut first) = busy(600_000);
    let words = ["fix", "--yes", "--journal-dir"];
    let second = relight("").words(words).arg(place.folder().join("other")).simulate(&place).run().ends(40);
    assert!(flat(&second.stderr).contains(&place.newest().expect("a run")), "{second}");
    #[cfg(unix)]
    {
        let link = place.folder().join("link.json");
        std::os::unix::fs::symlink(place.file(), &link).expect("a link");
        relight("").words(["fix", "--yes", "--simulate"]).arg(link).run().ends(40);
    }
    first.kill();
}

#[test]
#[cfg(unix)]
fn another_folder_for_the_journal_is_no_way_round_the_lock_of_this_machine() {
    let place = Place::of("kb-3025138");
    let shim = Shim::new(&place);
    shim.hold();
    let words = ["fix", "--yes", "--no-probe", "--powershell"];
    let first = place.relight(&["fix", "--yes", "--no-probe"]).arg("--powershell").arg(shim.path()).start();
    shim.await_write();
    let state = place.folder().join("other");
    let second = relight("").words(words).arg(shim.path()).state(&state).env("HOME", &state);
    let second = second.arg("--journal-dir").arg(state.join("journal")).env(LOCKS, place.folder().join("locks"));
    second.run().ends(40).tells("another run has the lock: run ");
    shim.let_go();
    first.end().ends(0);
    assert_eq!(shim.asked("set-component-state"), 2, "none was sent twice");
}
