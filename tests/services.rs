//! Stopped services through the binary, on a simulated server: what is found, what is started and in which order, and what
//! the exit code says.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use tempfile::TempDir;

struct Bench {
    folder: TempDir,
}

impl Bench {
    /// A server with these services, PopProxy held by HealthApi or Active, and these faults.
    fn new(services: Value, held: bool, faults: Value) -> Self {
        let entry = json!({"requester": "HealthApi", "state": if held { "Inactive" } else { "Active" }, "timestamp": "2026-03-14T02:31:52Z"});
        let scenario = json!({
            "scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "faults": faults,
            "servers": [{"name": "EX01", "services": services, "components": {"PopProxy": {"local": [entry]}}}],
        });
        let bench = Self { folder: TempDir::new().expect("a folder") };
        fs::write(bench.scenario(), scenario.to_string()).expect("written");
        bench
    }

    fn scenario(&self) -> PathBuf {
        self.folder.path().join("scenario.json")
    }

    /// What is said to be done next, in text.
    fn next(&self, arguments: &[&str]) -> String {
        let output = Command::new(env!("CARGO_BIN_EXE_relight"))
            .args(arguments)
            .arg("--simulate")
            .arg(self.scenario())
            .env("XDG_STATE_HOME", self.folder.path())
            .env("LOCALAPPDATA", self.folder.path())
            .env("ProgramData", self.folder.path())
            .output()
            .expect("it runs");
        let text = String::from_utf8(output.stdout).expect("UTF-8");
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let next = flat.split_once("Next").map(|(_, next)| format!("Next{next}")).unwrap_or_default();
        next.replace(&format!(" --simulate {}", self.scenario().display()), "")
    }

    /// The exit code and the one server of the document.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, Value) {
        let output = Command::new(env!("CARGO_BIN_EXE_relight"))
            .args(arguments)
            .args(["--format", "json", "--simulate"])
            .arg(self.scenario())
            .env("XDG_STATE_HOME", self.folder.path())
            .env("LOCALAPPDATA", self.folder.path())
            .env("ProgramData", self.folder.path())
            .output()
            .expect("it runs");
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|error| {
            panic!("{error}: {} {}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        });
        (output.status.code(), document["servers"][0].clone())
    }
}

fn stopped(start_type: &str) -> Value {
    json!({
        "MSExchangePop3": {"state": "Stopped", "startType": start_type},
        "MSExchangePOP3BE": {"state": "Stopped", "startType": start_type},
    })
}

/// What was started, and what came of it.
fn started(server: &Value) -> Vec<String> {
    let starts = server["starts"].as_array().expect("a list");
    starts.iter().map(|it| format!("{} {} {}", it["service"], it["outcome"], it["runs"]).replace('"', "")).collect()
}

#[test]
fn automatic_services_are_started_after_the_component_the_back_end_first() {
    let bench = Bench::new(stopped("Automatic"), true, json!([]));
    let (code, server) = bench.run(&["check"]);
    assert_eq!((code, server["serviceFindings"].as_array().map(Vec::len)), (Some(10), Some(2)));
    assert_eq!(server["startPlan"][0]["withYes"], json!(true));
    let (code, server) = bench.run(&["fix", "--yes"]);
    assert_eq!(code, Some(0));
    assert_eq!(server["verdicts"][0]["verdict"], "lit");
    assert_eq!(started(&server), ["MSExchangePOP3BE done true", "MSExchangePop3 done true"]);
    let (code, server) = bench.run(&["check"]);
    assert_eq!((code, &server["serviceFindings"]), (Some(0), &json!([])));
    assert_eq!(server["services"][0]["startType"], "Automatic", "start types stay");
}

#[test]
fn services_are_started_even_where_no_component_is_dark() {
    let bench = Bench::new(stopped("Automatic"), false, json!([]));
    assert_eq!(bench.run(&["check"]).0, Some(10));
    assert_eq!(bench.run(&["fix"]).0, Some(12), "nobody to ask");
    let (code, server) = bench.run(&["fix", "--yes"]);
    assert_eq!((code, started(&server).len(), &server["steps"]), (Some(0), 2, &json!([])));
    assert!(server["after"].is_object(), "a look proves it");
}

#[test]
fn manual_and_none_are_as_the_flag_says() {
    for (start_type, flag, code, services, left) in [
        ("Manual", "automatic", 0, 0, "manual"),
        ("Manual", "manual", 0, 2, ""),
        ("Manual", "none", 0, 0, "notAllowed"),
        ("Automatic", "none", 11, 0, "notAllowed"),
        ("Disabled", "manual", 11, 0, "disabled"),
    ] {
        let bench = Bench::new(stopped(start_type), true, json!([]));
        let (ended, server) = bench.run(&["fix", "--yes", "--start-services", flag]);
        let said = server["startsLeft"][0]["obstacles"][0]["kind"].as_str().unwrap_or_default().to_owned();
        // A protocol that nobody enabled is no fault, so that nothing is left when only its component was dark.
        assert_eq!((ended, started(&server).len(), said.as_str()), (Some(code), services, left), "{start_type} {flag}");
    }
}

#[test]
fn the_next_step_names_the_flag_that_starts_what_is_stopped() {
    let one = |front: &str, back: &str| {
        let service = |start: &str| json!({"state": "Stopped", "startType": start});
        json!({"MSExchangePop3": service(front), "MSExchangePOP3BE": service(back)})
    };
    let fix = "relight fix --server EX01";
    let manual = format!("{fix} Or, unasked: {fix} --yes --start-services manual");
    for (services, held, arguments, next) in [
        (one("Automatic", "Automatic"), false, &["check"][..], format!("Next: {fix}")),
        (
            one("Automatic", "Automatic"),
            false,
            &["fix"],
            format!("Next, at a terminal: {fix} Or, unasked: {fix} --yes"),
        ),
        (one("Automatic", "Automatic"), false, &["fix", "--yes"], String::new()),
        (
            one("Automatic", "Automatic"),
            false,
            &["fix", "--yes", "--start-services", "none"],
            format!("Next, if these services are to run after all: {fix} Or, unasked: {fix} --yes"),
        ),
        (one("Manual", "Automatic"), true, &["fix"], format!("Next, at a terminal: {manual}")),
        (
            one("Manual", "Automatic"),
            true,
            &["fix", "--yes"],
            format!("Next, if these services are to run after all: {manual}"),
        ),
        (
            one("Manual", "Automatic"),
            false,
            &["fix", "--yes", "--start-services", "none"],
            format!("Next, if these services are to run after all: {manual}"),
        ),
        // Nobody enabled POP3: lighting its component is all that is offered.
        (one("Manual", "Manual"), true, &["fix"], format!("Next, at a terminal: {fix} Or, unasked: {fix} --yes")),
        (
            one("Automatic", "Disabled"),
            false,
            &["check"],
            "Next: see what is said above of services; there is nothing here that relight can start.".to_owned(),
        ),
    ] {
        let said = Bench::new(services.clone(), held, json!([])).next(arguments);
        assert_eq!(said, next, "{services} {arguments:?}");
    }
    let crash = json!([{"crash": {"effect": "after", "when": {"op": "start-service"}}}]);
    let said = Bench::new(stopped("Automatic"), false, crash).next(&["fix", "--yes"]);
    assert_eq!(said, format!("Next: {fix}"), "the front end was not begun");
}

#[test]
fn what_cannot_be_read_is_said_and_changes_no_exit_code() {
    for (held, code) in [(false, 0), (true, 10)] {
        let (ended, server) = Bench::new(Value::Null, held, json!([])).run(&["check"]);
        assert_eq!(ended, Some(code));
        assert!(server["services"].is_null() && server["servicesUnreadable"].is_string(), "{server}");
    }
    let (code, server) = Bench::new(Value::Null, true, json!([])).run(&["fix", "--yes"]);
    assert_eq!((code, started(&server)), (Some(0), vec![]));
}

#[test]
fn a_start_that_fails_stops_the_other_half_and_is_a_failed_change() {
    let refused = json!([{"refused": {"message": "No.", "when": {"op": "start-service"}}}]);
    let (code, server) = Bench::new(stopped("Automatic"), true, refused).run(&["fix", "--yes"]);
    assert_eq!(code, Some(30));
    assert_eq!(started(&server), ["MSExchangePOP3BE failed false", "MSExchangePop3 useless null"]);
    assert_eq!(server["verdicts"][0]["verdict"], "lit", "the component was lit all the same");
}

#[test]
fn a_shell_lost_in_a_start_is_settled_by_the_look_after_it() {
    for (effect, code, runs) in [("after", 20, "true"), ("before", 31, "false")] {
        let faults = json!([{"crash": {"effect": effect, "when": {"op": "start-service"}}}]);
        let (ended, server) = Bench::new(stopped("Automatic"), true, faults).run(&["fix", "--yes"]);
        assert_eq!(ended, Some(code), "{effect}: {server}");
        let expected = [format!("MSExchangePOP3BE unknown {runs}"), "MSExchangePop3 shellLost null".to_owned()];
        assert_eq!(started(&server), expected);
    }
}

#[test]
fn a_component_that_stays_dark_keeps_its_services_as_they_are() {
    let lost = json!([{"refused": {"message": "No.", "when": {"op": "set-component-state"}}}]);
    let (code, server) = Bench::new(stopped("Automatic"), true, lost).run(&["fix", "--yes"]);
    assert_eq!(
        (code, started(&server)),
        (Some(30), vec!["MSExchangePOP3BE useless null".to_owned(), "MSExchangePop3 useless null".to_owned()])
    );
}

#[test]
fn the_journal_has_an_intent_before_each_start_and_its_lines_are_valid() {
    let bench = Bench::new(stopped("Automatic"), true, json!([]));
    let journal = bench.folder.path().join("journal");
    let named = journal.to_str().expect("a path");
    assert_eq!(bench.run(&["fix", "--yes", "--journal-dir", named]).0, Some(0));
    let schema: Value = serde_json::from_str(include_str!("../docs/schema/journal-1.0.json")).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a schema");
    let folder = fs::read_dir(journal.join("simulated")).expect("the folder");
    let file = folder
        .map(|entry| entry.expect("an entry").path())
        .find(|path| path.extension().is_some_and(|it| it == "jsonl"));
    let text = fs::read_to_string(file.expect("a journal")).expect("text");
    let lines = text.lines().map(|line| serde_json::from_str::<Value>(line).expect("JSON")).collect::<Vec<_>>();
    for line in &lines {
        let errors = validator.iter_errors(line).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{line}: {errors:?}");
    }
    let told = |line: &Value| match line["service"].as_str() {
        Some(service) => format!("{} {service}", line["record"].as_str().unwrap_or_default()),
        None => line["record"].as_str().unwrap_or_default().to_owned(),
    };
    assert_eq!(
        lines.iter().map(told).collect::<Vec<_>>()[2..],
        [
            "plan",
            "intent",
            "outcome",
            "startIntent MSExchangePOP3BE",
            "startOutcome MSExchangePOP3BE",
            "startIntent MSExchangePop3",
            "startOutcome MSExchangePop3",
            "after",
            "verdicts",
            "end"
        ]
    );
    assert_eq!(lines.last().map(|end| end["verified"].clone()), Some(json!(true)));
}

#[test]
fn why_managed_availability_took_it_down_is_told_and_counts_for_no_exit_code() {
    let run = |scenario: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_relight"))
            .args(["check", "--format", "json", "--simulate", scenario])
            .output()
            .expect("it runs");
        let document: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        (output.status.code(), document["servers"][0]["evidence"].clone())
    };
    let (code, evidence) = run("bindings-without-loopback");
    let clues = evidence[0]["clues"].as_array().expect("a list").iter().map(|clue| clue["kind"].clone());
    assert_eq!(code, Some(10));
    assert_eq!(clues.collect::<Vec<_>>(), ["loopbackMissing", "unhealthy", "takenDown"]);
    let (_, evidence) = run("kb-3025138");
    assert_eq!(evidence.as_array().map(Vec::len), Some(2), "asked for each component that HealthApi holds");
    assert_eq!((&evidence[0]["clues"], &evidence[0]["unread"]), (&json!([]), &json!([])));
    assert_eq!(run("maintenance").1, json!([]), "not asked where nobody else than HealthApi could tell");

    let no_right = json!([{"access-denied": {"when": {"op": "get-server-health"}}}, {"missing-cmdlet": {"cmdlet": "Get-PopSettings"}}]);
    let (code, server) = Bench::new(json!({}), true, no_right).run(&["check"]);
    assert_eq!(code, Some(10));
    assert_eq!(server["evidence"][0]["unread"].as_array().map(Vec::len), Some(2));
    assert_eq!(server["evidence"][0]["takedowns"], json!([]), "what can be read is read");
    let hang = json!([{"crash": {"when": {"op": "get-recovery-actions"}}}]);
    let (code, server) = Bench::new(json!({}), true, hang).run(&["fix", "--yes"]);
    assert_eq!(
        (code, &server["verdicts"][0]["verdict"]),
        (Some(0), &json!("lit")),
        "a shell lost there is started anew"
    );
}

#[test]
fn a_component_that_goes_dark_again_while_it_is_watched_is_reported_with_its_new_entry() {
    let flips = json!([{"flips-back": {"component": "PopProxy", "requester": "HealthApi", "afterReads": 1}}]);
    let bench = Bench::new(json!({}), true, flips.clone());
    let (code, server) = bench.run(&["fix", "--yes", "--watch", "1s"]);
    assert_eq!(code, Some(32), "{server}");
    assert_eq!(server["watchedSeconds"], json!(1));
    assert_eq!(server["verdicts"][0]["reasons"][0]["kind"], "heldAgain");
    let entry = &server["after"]["components"][0]["entries"]["local"]["entries"][0];
    assert_eq!((&entry["state"], &entry["requester"]), (&json!("Inactive"), &json!("HealthApi")));
    let (code, server) = Bench::new(json!({}), true, flips).run(&["fix", "--yes"]);
    assert_eq!((code, &server["watchedSeconds"]), (Some(0), &Value::Null), "without a watch nobody sees it");
    let (code, server) = Bench::new(json!({}), true, json!([])).run(&["fix", "--yes", "--watch", "1s"]);
    assert_eq!((code, &server["verdicts"][0]["verdict"]), (Some(0), &json!("lit")));
}
