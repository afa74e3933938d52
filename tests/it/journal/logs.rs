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

fn logged() -> String {
    let place = Place::new();
    place.logged(&["fix", "--yes"]).run().ends(0);
    place.log()
}

#[test]
fn a_log_has_durations_and_no_control_characters() {
    let log = logged();
    for (what, parts) in [
        ("INFO  looked at the server took_ms=", &["server=EX01"][..]),
        ("DEBUG answered {", &["took_ms=", "id="]),
        ("INFO  step ended outcome=done took_ms=", &["server=EX01", "subject=\"HealthApi on PopProxy\"", "to=Active"]),
    ] {
        let is_it = |line: &&str| line.contains(what) && parts.iter().all(|part| line.contains(part));
        assert!(log.lines().any(|line| is_it(&line)), "{what} {parts:?}: {log}");
    }
    assert!(!log.chars().any(|c| c.is_control() && c != '\n'), "{log}");
}

#[test]
fn each_line_is_one_event_with_its_time_in_utc_and_no_form_of_a_programming_language() {
    let log = logged();
    for line in log.lines() {
        let (time, rest) = line.split_once(' ').expect("a time");
        assert!(time.ends_with('Z') && time.parse::<jiff::Timestamp>().is_ok() && time.len() == 24, "{line}");
        let level = rest.split(' ').next().expect("a level");
        assert!(["TRACE", "DEBUG", "INFO", "WARN", "ERROR"].contains(&level), "{line}");
        for form in ["Some(", "Ok(", "None", "{ ", "String(", "Object {"] {
            assert!(!rest.contains(form), "{form}: {line}");
        }
    }
}

#[test]
fn what_a_shell_prints_in_several_lines_is_one_line_of_the_log() {
    let place = Place::new();
    let place = place.with_faults(serde_json::json!([{"crash": {"when": {"op": "get-component-state"}}}]));
    place.logged(&["check"]).run();
    for line in place.log().lines() {
        assert!(line.starts_with("20"), "{line}");
    }
    assert!(place.log().contains("the last it printed: | "), "{}", place.log());
}
