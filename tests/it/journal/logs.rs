//! The log file: every server, call and step with the time it took, and nothing that steers a terminal.

use crate::support::Place;

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
