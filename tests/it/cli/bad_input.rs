//! What relight refuses: exit code 2, the reason on stderr, nothing on stdout, and nothing was started.

use std::fs;

#[cfg(unix)]
use serde_json::json;

#[cfg(unix)]
use crate::support::run::Relight;
use crate::support::{Place, Ran, relight};

/// Runs with a stand-in for PowerShell, and sees that it was not started.
#[cfg(unix)]
fn refused(words: &[&str]) -> Ran {
    let place = Place::of("kb-3025138");
    let shim = crate::support::shim::Shim::new(&place);
    let simulates = words.contains(&"--simulate");
    let run = words.iter().fold(relight(""), |run, word| run.arg(word));
    let run = if simulates { run } else { run.arg("--powershell").arg(shim.path()) };
    let ran = run.run().ends(2).says_nothing().tells("error: ");
    assert!(!shim.was_started(), "{ran}");
    ran
}

#[cfg(not(unix))]
fn refused(words: &[&str]) -> Ran {
    words.iter().fold(relight(""), |run, word| run.arg(word)).run().ends(2).says_nothing().tells("error: ")
}

#[test]
fn a_value_that_cannot_be_meant_is_refused_with_the_reason() {
    for (option, value, reason) in [
        ("--component", "PopProx", "did you mean PopProxy?"),
        ("--component", "pop", "relight looks after PopProxy and ImapProxy"),
        ("--component", "UMCallRouter", "relight looks after PopProxy and ImapProxy"),
        ("--component", "ServerWideOffline", "to set it Active use fix with --include-server-wide-offline"),
        ("--component", "", "relight looks after PopProxy and ImapProxy"),
        ("--component", "PopProxy,", "relight looks after PopProxy and ImapProxy"),
        ("--requester", "Maintenence", "did you mean Maintenance?"),
        (
            "--requester",
            "health",
            "Exchange knows HealthApi, Maintenance, Sidelined, Functional, Deployment (or say any)",
        ),
        ("--requester", "4", "a requester is a name, not a number"),
        ("--requester", "-1", "a requester is a name, not a number"),
        ("--requester", "HealthApi,0", "a requester is a name, not a number"),
        ("--requester", "0x2", "Exchange knows HealthApi"),
        ("--call-timeout", "0", "the time must be longer than zero"),
        ("--call-timeout", "0s", "the time must be longer than zero"),
        ("--connect-timeout", "-5s", "give seconds, or a time like 90s or 3m"),
        ("--start-timeout", "soon", "give seconds, or a time like 90s or 3m"),
        ("--start-timeout", "", "give seconds, or a time like 90s or 3m"),
        ("--start-timeout", "99999999999999999999", "give seconds, or a time like 90s or 3m"),
        ("--start-timeout", "18446744073709551615", "the time must be no longer than a year"),
        ("--wait", "31536001", "the time must be no longer than a year"),
        ("--watch", "8761h", "the time must be no longer than a year"),
        ("--lock-timeout", "18446744073709551615", "the time must be no longer than a year"),
        ("--format", "yaml", "[possible values: text, json, ndjson, nagios, prometheus, zabbix]"),
        ("--color", "blue", "[possible values: auto, always, never]"),
        ("--connection", "psremoting", "[possible values: ems, remote, snapin]"),
    ] {
        refused(&["fix", "--yes", &format!("{option}={value}")]).tells(reason);
    }
}

#[test]
fn a_server_name_that_no_server_can_have_is_refused() {
    let long = "a".repeat(300);
    for name in [
        "",
        " ",
        "EX 01",
        "EX01 ",
        "EX'01",
        "EX\"01",
        "$(calc)",
        "`calc`",
        "EX01;calc",
        "EX01\nEX02",
        "-EX01",
        "EX_01|",
        "EX01/..",
        "\\\\EX01",
        "EX01-",
        "EX01\u{202e}",
        "EX..01",
        "*",
        &long,
    ] {
        let ran =
            refused(&["fix", "--yes", &format!("--server={name}")]).tells("give a host name like EX01 or an FQDN");
        assert!(!ran.stderr.contains('\u{202e}'), "{ran}");
    }
    refused(&["check", "--server", "EX01,,EX02"]);
}

#[test]
fn options_that_contradict_each_other_are_refused() {
    for words in [
        "check -q -v",
        "check --simulate --connection ems",
        "check --simulate --connection remote --connect-to ex01.contoso.local",
        "check --simulate --connect-to ex01.contoso.local",
        "check --simulate --powershell pwsh",
        "check --connect-to ex01.contoso.local",
        "fix --yes --connection ems --connect-to ex01.contoso.local",
        "fix --yes --connection snapin --connect-to ex01.contoso.local",
        "check --connection remote",
    ] {
        refused(&words.split_whitespace().collect::<Vec<_>>());
    }
}

#[test]
fn an_option_where_it_has_no_meaning_is_refused() {
    for words in [
        "check --yes",
        "check --dry-run",
        "check --requester any",
        "check --include-server-wide-offline",
        "scenarios --server EX01",
        "undo EX01 EX02",
        "repair",
        "completions",
        "completions tcsh",
    ] {
        relight(words).run().ends(2).says_nothing().tells("error: ");
    }
    relight("").run().ends(2).says_nothing().tells("Usage: relight");
}

/// A scenario file of this text, refused before anything is started.
fn refused_scenario(text: &str) -> Ran {
    let place = Place::from_text(text);
    let ran = relight("fix --yes").simulate(&place).run().ends(2).says_nothing();
    assert_eq!(place.text(), text, "{ran}");
    assert!(!ran.stderr.contains("Loading"), "{ran}");
    ran
}

#[test]
fn a_scenario_file_that_makes_no_sense_is_refused_with_line_and_field() {
    for (text, place, field) in [
        ("", "line 1", "EOF while parsing"),
        ("not json", "line 1, column", "expected"),
        (r#"{"scenario": "relight/scenario/1.0"}"#, "line 1", "servers"),
        ("{\"scenario\": \"relight/scenario/9\",\n\"servers\": [{\"name\": \"EX01\"}]}", "line 1", "scenario"),
        (
            "{\"scenario\": \"relight/scenario/1.0\",\n\"servers\": [{\"name\": \"EX01\",\n\"rolle\": \"x\"}]}",
            "line 3",
            "servers[0]",
        ),
        (
            "{\"scenario\": \"relight/scenario/1.0\",\n\"servers\": [{\"name\": \"EX01\", \"components\":\n{\"PopProxy\": \
             {\"local\": [{\"requester\": \"HealthApi\", \"state\": \"Inactive\", \"timestamp\": \"now\"}]}}}]}",
            "line 3",
            "PopProxy.local[0].timestamp",
        ),
        (
            "{\"scenario\": \"relight/scenario/1.0\",\n\"servers\": [{\"name\": \"EX01\"}],\n\"faults\": [{\"burn\": {}}]}",
            "line 3",
            "faults[0]",
        ),
    ] {
        refused_scenario(text).tells(place).tells(field).tells("The format is described in docs/SCENARIOS.md");
    }
}

#[test]
fn a_scenario_that_cannot_be_read_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let name = |name: &str| folder.path().join(name).display().to_string();
    fs::write(name("latin1.json"), b"\xE9").expect("a file");
    for (scenario, reason) in [
        (name("missing.json"), "cannot be read"),
        (folder.path().display().to_string(), "it is not a file"),
        (name("latin1.json"), "it is not in UTF-8"),
        ("kb-302513".to_owned(), "Did you mean \"kb-3025138\"?"),
        ("zzz".to_owned(), "`relight scenarios` lists them"),
    ] {
        relight("check --simulate").arg(scenario).run().ends(2).says_nothing().tells("error: ").tells(reason);
    }
}

#[test]
fn a_scenario_file_that_cannot_be_updated_lets_no_change_happen() {
    let place = Place::of("kb-3025138");
    let mut permissions = fs::metadata(place.file()).expect("a file").permissions();
    permissions.set_readonly(true);
    fs::set_permissions(place.file(), permissions).expect("read-only");
    let ran = relight("fix --yes -v").simulate(&place).run().ends(30).says("it is read-only");
    ran.says("CHANGE FAILED: PopProxy and ImapProxy are still Inactive");
}

#[cfg(unix)]
#[test]
fn a_log_file_that_cannot_be_written_is_refused_before_anything_is_started() {
    let place = Place::of("kb-3025138").with_faults(json!([]));
    for file in [place.folder().display().to_string(), format!("{}/log", place.file().display())] {
        refused(&["fix", "--yes", "--log-file", &file]).tells("cannot write the log file");
    }
}

#[cfg(unix)]
#[test]
fn a_powershell_that_is_none_is_said_to_be_none() {
    let place = Place::of("healthy");
    let named = |path: &str| -> Relight { relight("check --powershell").arg(path) };
    named("/no/such/pwsh").run().ends(20).tells("there is no such file");
    named(&place.folder().display().to_string()).run().ends(20).says_nothing();
    named("no-such-powershell").run().ends(20).tells("no-such-powershell on PATH");
    // A file that cannot be run, and a program that is no PowerShell.
    named(&place.file().display().to_string()).run().ends(20).says_nothing();
    named("/bin/true").run().ends(20).tells("PowerShell did not get as far as the Exchange cmdlets");
}

#[test]
fn an_event_source_is_registered_alone_and_on_windows_only() {
    for words in [["--server", "EX01"], ["--simulate", "kb-3025138"], ["--component", "PopProxy"]] {
        let run = words.iter().fold(relight("doctor --register-event-source"), |run, word| run.arg(word));
        run.run().ends(2).says_nothing().tells("cannot be used with");
    }
    if !cfg!(windows) {
        let ran = relight("doctor --register-event-source").run().ends(2).says_nothing();
        ran.tells("error: an event source can be registered on Windows only");
    }
}
