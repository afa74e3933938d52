//! The log file: every server, call and step with the time it took, and nothing that steers a terminal.

use std::fs;

use crate::support::Place;

#[test]
fn a_log_makes_its_folder() {
    let place = Place::new();
    let file = place.log_file().with_file_name("logs").join("of today").join("relight.log");
    let log = || fs::read_to_string(&file).expect("a log").lines().count();
    let run = || place.simulate(&["check", "--log-file", file.to_str().expect("text")]).ends(10);
    run();
    let once = log();
    run();
    assert!(once > 0 && log() > once, "the second run adds to it");
}

#[test]
fn a_log_has_spans_with_durations_and_no_control_characters() {
    let place = Place::new();
    place.logged(&["fix", "--yes"]).run().ends(0);
    let log = place.log();
    for span in ["server{name=EX01}", "call{id=", "step{server=EX01 subject=HealthApi on PopProxy to=Active}"] {
        let closed = |line: &&str| line.contains(span) && line.contains("time.busy=");
        assert!(log.lines().any(|line| closed(&line)), "{span}: {log}");
    }
    assert!(!log.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{log}");
}
