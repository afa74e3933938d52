//! The two streams, the log, the help and the completion scripts.

use std::fs;
use std::process::Stdio;

use crate::support::run::{flat, nameless};
use crate::support::{Place, relight};

#[test]
fn stdout_is_the_report_and_stderr_the_conversation() {
    let ran = relight("fix --yes --simulate").run().ends(0);
    assert!(ran.stdout.starts_with("SIMULATED (kb-3025138): "), "{ran}");
    assert!(!ran.stdout.contains("Loading") && !ran.stdout.contains("[1/2]"), "{ran}");
    let ran = ran.tells("Loading the Exchange Management Shell ...").tells("[1/2] Set-ServerComponentState");
    assert!(!ran.stderr.contains("FIXED") && !ran.stderr.contains("The whole record"), "{ran}");
}

#[test]
fn quiet_leaves_one_line_for_each_server() {
    for (words, code, lines) in [
        (
            "check --simulate -q",
            10,
            "SIMULATED EX01: NOT OK: PopProxy and ImapProxy are Inactive for HealthApi: POP3 and IMAP4 clients are turned \
             away.\n",
        ),
        (
            "fix --simulate --yes -q",
            0,
            "SIMULATED EX01: FIXED: PopProxy and ImapProxy are Active again; POP3 and IMAP4 clients are served.\n",
        ),
        (
            "fix --yes --simulate server-down EX01 EX02 -q",
            23,
            "SIMULATED EX01: FIXED: PopProxy and ImapProxy are Active again; POP3 and IMAP4 clients are served.\n\
             SIMULATED EX02: NOT KNOWN: nothing could be seen: a connection failed (The network path was not found: \
             'EX02').\n",
        ),
        (
            "fix --yes --simulate crash-in-write --quiet",
            31,
            "SIMULATED EX01: OUTCOME UNKNOWN: PopProxy and ImapProxy are not known to be Active (the shell was lost).\n",
        ),
    ] {
        let ran = relight(words).run().ends(code);
        assert_eq!(ran.stdout, lines, "{ran}");
        let complaints = ran.stderr.lines().filter(|line| !line.starts_with("The session with Exchange was lost"));
        assert_eq!(complaints.count(), 0, "{ran}");
    }
    relight("check -q --simulate failed-load").run().ends(20).says_nothing().tells("error:");
}

#[test]
fn verbose_shows_every_entry_and_the_log() {
    let ran = relight("check -v --simulate stale-remote-entry").run().ends(0).says("Every entry, as it was read");
    let ran = ran.tells("INFO Exchange is loaded");
    assert!(!ran.stderr.contains("DEBUG"), "{ran}");
    relight("check -vv --simulate stale-remote-entry")
        .run()
        .ends(0)
        .tells("DEBUG asking call=connect connection=ems id=1");
    let plain = relight("check --simulate stale-remote-entry").run();
    assert!(!plain.stderr.contains("INFO"), "{plain}");
}

#[test]
fn a_failure_shows_what_the_shell_printed_last_with_v_and_says_so_without() {
    let crash = serde_json::json!([{"crash": {"when": {"op": "connect"}}}]);
    let place = Place::of("kb-3025138").with_faults(crash);
    relight("check").simulate(&place).run().ends(20).tells("Run it again with -v to see what the shell printed last.");
    let ran = relight("check -v").simulate(&place).run().ends(20).tells("The last lines that the shell printed:");
    ran.tells("Unhandled exception. System.AccessViolationException (simulated).");
}

#[test]
fn the_log_file_has_everything_and_keeps_earlier_runs() {
    let place = Place::of("kb-3025138");
    let log = place.folder().join("relight.log");
    let run = || relight("fix --yes").simulate(&place).arg("--log-file").arg(&log).run().ends(0);
    let ran = run();
    assert!(!ran.stderr.contains("DEBUG") && !ran.stderr.contains("INFO"), "{ran}");
    let text = fs::read_to_string(&log).expect("a log");
    for part in [
        "relight starts",
        "starting the shell",
        "the shell is up",
        "asking call=connect connection=ems id=1\n",
        "asking call=set-component-state component=PopProxy requester=HealthApi server=EX01 state=Active id=",
        "answered {\"at\":",
        "step ended",
        "closing the shell",
        "relight ends code=0",
    ] {
        assert!(text.contains(part), "the log lacks {part:?}");
    }
    assert!(!text.contains('\u{1b}'), "the log has escape codes");
    run();
    let both = fs::read_to_string(&log).expect("a log");
    assert!(both.starts_with(&text) && both.matches("relight starts").count() == 2);
}

#[test]
fn colour_is_for_those_who_ask_or_watch() {
    for (words, environment, coloured) in [
        ("check --simulate", None, false),
        ("check --simulate --color auto", None, false),
        ("check --simulate --color always", None, true),
        ("check --simulate --color always", Some("NO_COLOR"), true),
        ("check --simulate --color never", Some("CLICOLOR_FORCE"), false),
        ("check --simulate --color always --format json", None, false),
    ] {
        let run = relight(words).without_env("NO_COLOR");
        let run = environment.map_or(relight(words).without_env("NO_COLOR"), |name| run.env(name, "1"));
        let ran = run.run().ends(10);
        assert_eq!(ran.stdout.contains('\u{1b}'), coloured, "{words} {environment:?}\n{ran}");
        if !coloured {
            assert!(!ran.stderr.contains('\u{1b}'), "{ran}");
        }
    }
}

#[test]
fn colour_changes_no_word() {
    let plain = nameless(&relight("fix --yes --simulate several-requesters").run().stdout);
    let coloured = relight("fix --yes --simulate several-requesters --color always").run().stdout;
    assert_eq!(nameless(&anstream::adapter::strip_str(&coloured).to_string()), plain);
}

#[test]
fn the_help_fits_a_terminal_and_names_the_exit_codes() {
    for words in
        ["--help", "-h", "check --help", "check -h", "fix --help", "fix -h", "scenarios --help", "help fix", "probe -h"]
    {
        let ran = relight(words).run().ends(0);
        // What clap does not wrap has room on a console of 80 columns.
        let (_, table) = ran.stdout.split_once("Exit codes:").unwrap_or_default();
        assert!(table.lines().all(|line| line.len() < 80), "{ran}");
        for line in ran.stdout.lines() {
            assert!(line.len() <= 100 && line.is_ascii(), "{words}: {line}");
        }
        if !words.starts_with("scenarios") {
            assert!(ran.stdout.contains("Exit codes:"), "{ran}");
        }
        assert!(!ran.stdout.contains("simulated-engine"), "{ran}");
    }
}

#[test]
fn every_shell_gets_a_completion_script_that_knows_the_options_and_their_values() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let ran = relight("completions").arg(shell).run().ends(0);
        for word in ["include-server-wide-offline", "check", "simulate"] {
            assert!(ran.stdout.contains(word), "{shell} lacks {word}");
        }
        // That of elvish knows no values.
        for word in ["ImapProxy", "Sidelined", "registry-unreadable", "snapin"] {
            assert!(shell == "elvish" || ran.stdout.contains(word), "{shell} lacks {word}");
        }
        for hidden in ["simulated-engine", "nonce", "capabilities"] {
            assert!(!ran.stdout.contains(hidden), "{shell} offers {hidden}");
        }
    }
}

#[test]
fn a_reader_that_has_gone_away_ends_nothing_noisily() {
    for words in ["check --simulate", "scenarios", "completions bash", "check --simulate --format json"] {
        let mut command = relight(words).into_command();
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("relight starts");
        drop(child.stdout.take());
        let output = child.wait_with_output().expect("an end");
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!stderr.contains("panicked") && !stderr.contains("error"), "{words}: {stderr}");
        assert!(matches!(output.status.code(), Some(0 | 10)), "{words}: {:?}", output.status);
    }
}

#[test]
fn an_empty_environment_is_no_obstacle() {
    let mut command = relight("fix --yes --simulate").into_command();
    command.env_clear();
    for needed in ["SystemRoot", "TEMP"] {
        if let Some(value) = std::env::var_os(needed).filter(|_| cfg!(windows)) {
            command.env(needed, value);
        }
    }
    // Without a home there is no usual place for a journal.
    let journal = tempfile::tempdir().expect("a folder");
    let output = command.arg("--journal-dir").arg(journal.path()).output().expect("relight starts");
    assert_eq!(output.status.code(), Some(0), "{}", flat(&String::from_utf8_lossy(&output.stderr)));
}

#[test]
fn local_times_are_those_of_the_reader() {
    for (zone, expected) in [
        ("UTC0", "Looked at 2026-03-14 02:47:13 UTC."),
        ("CET-1CEST,M3.5.0,M10.5.0/3", "Looked at 2026-03-14 02:47:13 UTC (03:47:13 local)."),
        ("EST5EDT,M3.2.0,M11.1.0", "Looked at 2026-03-14 02:47:13 UTC (2026-03-13 22:47:13 local)."),
    ] {
        relight("check -v --simulate").env("TZ", zone).run().ends(10).says(expected);
    }
}

#[cfg(unix)]
#[test]
fn the_next_command_leads_to_the_same_exchange() {
    let place = Place::of("maintenance");
    let shim = crate::support::shim::Shim::new(&place);
    let way = format!("--connection remote --connect-to ex01.contoso.local --powershell {}", shim.path().display());
    let journal = tempfile::tempdir().expect("a folder");
    let aside = format!("--start-timeout 90s --call-timeout 240s --journal-dir {}", journal.path().display());
    let ran = relight("fix --component PopProxy").args(&way).args(&aside).run().ends(12);
    ran.says(&format!("Ask who set it, then: relight fix EX01 --component PopProxy {way} {aside}"));
}

#[cfg(unix)]
#[test]
fn a_full_disk_behind_stdout_does_not_change_what_the_run_came_to() {
    for (words, code, says) in [
        (&["fix", "--yes"][..], 0, Some("The report could not be written: relight history 2")),
        (&["fix", "--yes", "--format", "json"], 0, Some("The report could not be written: relight history 2")),
        (&["fix"], 12, Some("The report could not be written: No space left on device")),
        (&["check"], 10, Some("The report could not be written: No space left on device")),
        (&["doctor"], 0, Some("The report could not be written: No space left on device")),
        (&["dsc", "set"], 0, Some("The report could not be written: relight history 2")),
    ] {
        let place = Place::new();
        let mut command = place.relight(words).simulate(&place).into_command();
        // What a set of DSC is to bring about; nobody else reads it.
        let instance = place.folder().join("instance.json");
        std::fs::write(&instance, r#"{"server": "EX01", "state": "Active"}"#).expect("written");
        command.stdin(std::fs::File::open(&instance).expect("an instance"));
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a full disk");
        let output = command.stdout(full).stderr(std::process::Stdio::piped()).output().expect("relight starts");
        let stderr = flat(&String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(code), "{words:?}: {stderr}");
        assert!(says.is_none_or(|says| stderr.contains(says)), "{words:?}: {stderr}");
    }
}
