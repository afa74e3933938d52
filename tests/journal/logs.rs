//! The log file: every server, call and step with the time it took, in either format, and nothing that steers a terminal.

use std::fs;

use serde_json::Value;

use crate::place::Place;

fn logged(format: &str) -> String {
    let place = Place::new();
    let file = place.log_file();
    let words = ["fix", "--yes", "--log-format", format, "--log-file", file.to_str().expect("text")];
    let ran = place.simulate(&words);
    assert_eq!(ran.code, Some(0), "{}", ran.err);
    fs::read_to_string(file).expect("a log")
}

#[test]
fn a_text_log_has_spans_with_durations_and_no_control_characters() {
    let log = logged("text");
    for span in
        ["server{name=EX01}", "call{id=", "step{server=EX01 component=PopProxy requester=HealthApi target=Active}"]
    {
        let closed = |line: &&str| line.contains(span) && line.contains("time.busy=");
        assert!(log.lines().any(|line| closed(&line)), "{span}: {log}");
    }
    assert!(!log.chars().any(|c| c.is_control() && c != '\n' && c != '\t'), "{log}");
}

#[test]
fn a_json_log_is_one_object_per_line() {
    let log = logged("json");
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")).collect::<Vec<_>>();
    let step = |line: &&Value| line["span"]["name"] == "step" && line["fields"]["message"] == "close";
    assert_eq!(lines.iter().filter(step).count(), 2, "{log}");
    assert!(lines.iter().all(|line| line["timestamp"].is_string() && line["level"].is_string()));
}
