//! A change that is carried out after relight has given up on it: the run is not settled before a look shows it, or one came
//! long after.

use std::fs;

use serde_json::{Value, json};

use crate::support::place::{Place, changed};
use crate::support::run::{Ran, flat};

/// A run on PopProxy whose one change was not there when it looked, and lands a minute later by the clock of the scenario.
fn given_up() -> (Place, String) {
    let place = Place::new().with_faults(json!([{"late-write": {"seconds": 60}}]));
    let before = place.scenario();
    let ran = place.simulate(&["fix", "--yes", "--component", "PopProxy", "--call-timeout", "2s"]).ends(31);
    assert!(changed(&before, &place.scenario()).is_empty(), "{ran}");
    let run = place.newest().expect("a run");
    let said = flat(&ran.stdout);
    assert!(said.contains("it may or may not have been carried out."), "{said}");
    let next = format!("In 10 minutes, to settle it: relight resume {run}");
    assert!(said.contains(&next), "{said}");
    place.clear_faults();
    (place, run)
}

/// Lets the change land.
fn land(place: &Place) {
    place.change(|it| it["now"] = json!("2026-03-14T03:00:00Z"));
}

/// Puts the intents of the journal so many minutes earlier.
fn let_pass(place: &Place, minutes: i64) {
    let path = &place.journals()[0];
    let earlier = |line: &str| {
        let mut line: Value = serde_json::from_str(line).expect("a line");
        if line["record"] == "intent" {
            let at: jiff::Timestamp = line["at"].as_str().expect("text").parse().expect("a time");
            line["at"] = json!((at - jiff::SignedDuration::from_mins(minutes)).to_string());
        }
        format!("{line}\n")
    };
    let text = fs::read_to_string(path).expect("a journal");
    fs::write(path, text.lines().map(earlier).collect::<String>()).expect("written");
}

fn resume(place: &Place, run: &str) -> Ran {
    place.simulate(&["resume", run])
}

#[test]
fn a_run_stays_resumable_until_a_look_shows_what_it_sent() {
    let (place, run) = given_up();
    for _ in 0..2 {
        let ran = place.simulate(&["resume", &run, "-v"]).ends(31);
        assert!(flat(&ran.stdout).contains("neither store shows a newer Active entry"), "{ran}");
        assert_eq!(place.past(&run)["state"], "ended");
        let history = place.run(&["history", &run]);
        assert!(flat(&history.stdout).contains(&format!("Next: relight resume {run}")), "{history}");
    }
    land(&place);
    let ran = resume(&place, &run).ends(0);
    assert!(ran.stdout.contains("PopProxy is Active again"), "{ran}");
    assert_eq!(place.past(&run)["verified"], true);
    resume(&place, &run).ends(2);
    let undo = place.simulate(&["undo", "--yes"]).ends(0);
    assert_eq!(undo.stdout.matches("Inactive registry").count(), 1, "{undo}");
}

#[test]
fn what_landed_late_is_undone_without_being_resumed_first() {
    let (place, run) = given_up();
    let nothing = place.simulate(&["undo", "--yes", &run]).ends(10);
    assert!(nothing.stdout.contains("HealthApi on PopProxy is left as it is"), "{nothing}");
    land(&place);
    let undo = place.simulate(&["undo", "--yes", &run]).ends(0);
    assert_eq!(undo.stdout.matches("Inactive registry").count(), 1, "{undo}");
    place.simulate(&["check", "--component", "PopProxy"]).ends(10);
}

#[test]
fn a_look_ten_minutes_later_that_does_not_show_it_closes_it() {
    let (place, run) = given_up();
    let_pass(&place, 9);
    resume(&place, &run).ends(31);
    let_pass(&place, 1);
    let ran = resume(&place, &run).ends(10);
    let said = flat(&ran.stdout);
    assert!(said.contains("not carried out: a look ten minutes or more after it does not show it."), "{said}");
    assert!(!said.contains("relight resume"), "{said}");
    assert_eq!(place.past(&run)["servers"][0]["steps"][0]["outcome"], "notCarriedOut");
    let closed = resume(&place, &run).ends(2);
    assert!(closed.stderr.contains("is closed already"), "{closed}");
}
