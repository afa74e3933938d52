//! The log file: every server, call and step with the time it took, and nothing that steers a terminal.

use std::fs;

use crate::support::Place;

fn logged() -> String {
    let place = Place::new();
    let file = place.log_file();
    place.simulate(&["fix", "--yes", "--log-file", file.to_str().expect("text")]).ends(0);
    fs::read_to_string(file).expect("a log")
}

#[test]
fn a_log_has_spans_with_durations_and_no_control_characters() {
    let log = logged();
    for span in ["server{name=EX01}", "call{id=", "step{server=EX01 subject=HealthApi on PopProxy to=Active}"] {
        let closed = |line: &&str| line.contains(span) && line.contains("time.busy=");
        assert!(log.lines().any(|line| closed(&line)), "{span}: {log}");
    }
    assert!(!log.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{log}");
}
