//! `--deadline`: a check is over in time, whatever it waits for, and tells what it has seen. How long it took says nothing
//! here; what ended it does: each of these runs would otherwise wait for something for minutes, or for ever.

use std::process::Stdio;

use serde_json::{Value, json};

use crate::support::run::Running;
use crate::support::{Place, Ran, relight};

const OVER: &str = "the run's --deadline of 1 s passed";

/// A check of two servers with a fault, of which EX02 is the second; one session looks at one after the other.
fn two_servers(fault: Value) -> Place {
    Place::of("two-servers").with_faults(json!([fault]))
}

/// Started, to be ended by its own deadline: all others are hours away.
fn started(place: &Place, words: &str) -> Running {
    let others = "--start-timeout 1h --connect-timeout 1h --call-timeout 1h --jobs 1";
    relight("check EX01 EX02").args(others).args(words).simulate(place).start()
}

fn ended_in_time(place: &Place, words: &str) -> Ran {
    started(place, words).end()
}

#[test]
fn whatever_hangs_the_run_ends() {
    let ops = ["hello", "connect", "get-exchange-server", "get-component-state", "get-services", "get-server-health"];
    let runs = ops.map(|op| {
        let place = two_servers(json!({"hang": {"when": {"op": op}}}));
        let [nagios, json] =
            ["nagios", "json"].map(|format| started(&place, &format!("--deadline 1s --format {format}")));
        (op, place, nagios, json)
    });
    for (op, _place, nagios, json) in runs {
        let ran = nagios.end().ends(3);
        assert!(ran.stdout.starts_with("RELIGHT UNKNOWN: ") && ran.stdout.contains(OVER), "{op}: {ran}");
        assert!(ran.stdout.ends_with("relight: 41 (deadline)\n"), "{op}: {ran}");
        assert_eq!(json.end().ends(41).document()["exit"], "deadline", "{op}");
    }
}

#[test]
fn neither_the_list_of_servers_nor_another_session_is_waited_for() {
    let nagios = |place: &Place| {
        let words = "check --all-servers --jobs 2 --connect-timeout 1h --call-timeout 1h --deadline 1s --format nagios";
        relight(words).simulate(place).start()
    };
    let list = Place::of("forty-servers").with_faults(json!([{"hang": {"when": {"op": "get-exchange-servers"}}}]));
    // As long as servers wait, a second session is wanted, which never comes.
    let second = Place::of("forty-servers").with_faults(json!([
        {"hang": {"when": {"op": "connect", "nth": 2}}},
        {"slow-call": {"milliseconds": 400, "when": {"op": "get-component-state"}}},
    ]));
    for (place, run) in [(&list, nagios(&list)), (&second, nagios(&second))] {
        let ran = run.end().ends(3);
        assert!(ran.stdout.starts_with("RELIGHT UNKNOWN: ") && ran.has(OVER), "{}: {ran}", place.file().display());
    }
}

#[test]
fn what_is_known_by_then_is_told() {
    let place = two_servers(json!({"hang": {"when": {"op": "get-component-state", "server": "EX02"}}}));
    // However slow this machine is, it looks at EX01 within one of these.
    let seen = [1, 2, 4, 8, 16, 32, 64].into_iter().map(|seconds| {
        let ran = ended_in_time(&place, &format!("--deadline {seconds}s --format nagios")).ends(3);
        (seconds, ran)
    });
    let (seconds, ran) =
        seen.into_iter().find(|(_, ran)| ran.has("'EX01 pop_inactive'=1;;0;0;1")).expect("EX01 is seen");
    let first = format!(
        "RELIGHT UNKNOWN: SIMULATED Not everything was asked: the run's --deadline of {seconds} s passed. 1 of 2 servers NOT OK (EX01), 1 NOT KNOWN (EX02) | "
    );
    assert!(ran.stdout.starts_with(&first), "{ran}");
    let ran = ran.says("EX01: NOT OK: PopProxy and ImapProxy are Inactive for HealthApi");
    let ran = ran.says("EX02: NOT KNOWN: nothing could be seen: a deadline passed");
    assert!(!ran.stdout.contains("EX02 pop_"), "{ran}");
    let [metrics, array, document, text] = ["prometheus", "zabbix", "json", "text"]
        .map(|format| started(&place, &format!("--deadline {}s --format {format}", seconds * 4)));
    let metrics = metrics.end().ends(41).says("relight_check_success 0").never_says("server=\"EX02\"");
    metrics.says("relight_component_active{server=\"EX01\",component=\"PopProxy\"} 0");
    assert_eq!(array.end().ends(41).json()[0]["active"], 0);
    assert_eq!(document.end().ends(41).exits(), [("EX01".to_owned(), 10), ("EX02".to_owned(), 41)]);
    text.end().ends(41).says("EX01 NOT OK: PopProxy and ImapProxy are Inactive");
}

#[test]
fn a_run_that_is_in_time_says_nothing_of_it() {
    let without = relight("check --simulate --format nagios").run().ends(2);
    let with = relight("check --simulate --format nagios --deadline 1h").run().ends(2);
    assert_eq!(with.stdout, without.stdout);
    relight("check --simulate healthy --deadline 1h").run().ends(0).never_says("--deadline");
}

#[test]
fn a_list_that_never_ends_is_not_waited_for() {
    let mut command = relight("check --servers-from - --simulate --format nagios --deadline 1s").into_command();
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    let stdin = child.stdin.take();
    let ran = Ran::new(&command, child.wait_with_output().expect("an end")).ends(3);
    drop(stdin);
    assert!(ran.stdout.starts_with(&format!("RELIGHT UNKNOWN: {OVER}\n")), "{ran}");
}

/// A program that is taken for PowerShell and says nothing, and its child, which says nothing either.
#[cfg(unix)]
#[test]
fn a_shell_that_says_nothing_is_ended_with_all_that_it_started() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().expect("a folder");
    let shell = folder.path().join("pwsh");
    std::fs::write(&shell, "#!/bin/sh\ntrap '' TERM INT HUP\nsleep 3600 &\nsleep 3600\n").expect("a script");
    std::fs::set_permissions(&shell, std::fs::Permissions::from_mode(0o755)).expect("a program");
    for (format, code) in [("nagios", 3), ("json", 41), ("text", 41)] {
        // That nothing is left of it is looked at as well.
        let run = relight("check EX01 --deadline 1s --start-timeout 1h --format").arg(format).arg("--powershell");
        let ran = run.arg(&shell).run().ends(code);
        assert!(ran.has(OVER) && ran.has("Give the run more time with --deadline."), "{ran}");
    }
}

#[test]
fn when_the_time_is_over_no_other_session_is_opened_for_what_is_left_to_ask() {
    let place = Place::of("healthy").with_faults(json!([{"hang": {"when": {"op": "get-protocol-settings"}}}]));
    let words =
        format!("--component PopProxy,ImapProxy --probe --deadline 2s --log-file {}", place.log_file().display());
    let ran = relight("check --call-timeout 1h").args(&words).simulate(&place).run().ends(41);
    assert_eq!(place.log().matches("starting the shell").count(), 1, "{}\n{ran}", place.log());
}
