//! A plugin's output and exit code.

use serde_json::{Value, json};

use super::super::scenarios::{builtin, for_each_row};
use crate::support::{Place, Ran, relight};

/// What a reader of plugins takes an output for.
struct Plugin {
    /// `OK`, `WARNING`, `CRITICAL` or `UNKNOWN`.
    status: String,
    /// The first line behind that.
    text: String,
    /// Label, and what is behind the equals sign.
    perfdata: Vec<(String, String)>,
    more: Vec<String>,
}

/// Reads an output as the plugin guidelines have it, and by no other rule.
fn plugin(ran: &Ran) -> Plugin {
    assert!(ran.stdout.len() <= 4096, "{} bytes\n{ran}", ran.stdout.len());
    let mut lines = ran.stdout.lines();
    let first = lines.next().unwrap_or_default();
    let more = lines.map(str::to_owned).collect::<Vec<_>>();
    assert!(more.iter().all(|line| !line.contains('|') && !line.is_empty()), "{ran}");
    let (text, perfdata) = first.split_once(" | ").unwrap_or((first, ""));
    let (status, text) = text.strip_prefix("RELIGHT ").and_then(|rest| rest.split_once(": ")).expect("a status");
    assert!(!text.is_empty() && !text.contains(['|', ';']) && !perfdata.contains('|'), "{ran}");
    let code = ["OK", "WARNING", "CRITICAL", "UNKNOWN"].iter().position(|word| *word == status);
    assert_eq!(code.map(|code| code as i32), Some(ran.code), "the word and the code are of one opinion\n{ran}");
    let mut rest = perfdata;
    let mut perfdata = Vec::new();
    while !rest.is_empty() {
        let (label, after) = rest.strip_prefix('\'').and_then(|rest| rest.split_once("'=")).expect("a label");
        let (values, after) = after.split_once(' ').unwrap_or((after, ""));
        assert!(!label.contains(['=', '\'']) && values.split(';').count() == 5, "{ran}");
        assert!(values.bytes().all(|byte| byte.is_ascii_digit() || byte == b';'), "{ran}");
        perfdata.push((label.to_owned(), values.to_owned()));
        rest = after;
    }
    Plugin { status: status.to_owned(), text: text.to_owned(), perfdata, more }
}

fn check(words: &str) -> (Ran, Plugin) {
    let ran = relight("check --format nagios").args(words).run();
    let plugin = plugin(&ran);
    (ran, plugin)
}

/// The exit code of a plugin for that of a check.
fn code(of_check: i32) -> i32 {
    match of_check {
        0 => 0,
        14 => 1,
        10 | 23 => 2,
        _ => 3,
    }
}

#[test]
fn the_fault_is_critical_in_one_line_with_perfdata() {
    let (ran, plugin) = check("--simulate");
    assert_eq!((ran.code, plugin.status.as_str()), (2, "CRITICAL"));
    let expected = "RELIGHT CRITICAL: SIMULATED EX01: PopProxy and ImapProxy are Inactive for HealthApi: POP3 and IMAP4 clients \
         are turned away. | 'EX01 pop_inactive'=1;;0;0;1 'EX01 pop_planned'=0;0;;0;1 'EX01 imap_inactive'=1;;0;0;1 'EX01 \
         imap_planned'=0;0;;0;1\nPopProxy: Inactive by HealthApi since 2026-03-14 02:31:52 UTC\nImapProxy: Inactive by HealthApi \
         since 2026-03-14 02:31:53 UTC\nrelight: 10 (inactive)\n";
    assert_eq!(ran.stdout, expected);
}

#[test]
fn every_scenario_is_a_plugin_s_output_with_its_code() {
    for_each_row(|row| {
        let ran = builtin("check --format nagios", row.name).run();
        let of_check = builtin("check", row.name).run().code;
        assert_eq!(ran.code, code(of_check), "{}: {of_check}\n{ran}", row.name);
        let plugin = plugin(&ran);
        let name = format!("relight: {of_check} (");
        assert!(plugin.more.last().is_some_and(|last| last.starts_with(&name)), "{ran}");
        assert_eq!(ran.stderr, "", "{ran}");
    });
}

#[test]
fn perfdata_tells_planned_from_not_planned_and_nothing_of_what_is_not_known() {
    let of = |words: &str| {
        let values = check(words).1.perfdata.into_iter().map(|(label, values)| (label, values[..1].to_owned()));
        values.map(|(label, value)| format!("{label} {value}")).collect::<Vec<_>>()
    };
    let both = |pop: &str, imap: &str| {
        [
            ("pop_inactive", &pop[..1]),
            ("pop_planned", &pop[1..]),
            ("imap_inactive", &imap[..1]),
            ("imap_planned", &imap[1..]),
        ]
        .map(|(name, value)| format!("EX01 {name} {value}"))
        .to_vec()
    };
    assert_eq!(of("--simulate healthy"), both("00", "00"));
    assert_eq!(of("--simulate maintenance"), both("01", "01"));
    assert_eq!(of("--simulate maintenance --maintenance-max 1s"), both("10", "10"));
    assert_eq!(of("--simulate maintenance --ignore-requester Maintenance"), both("00", "00"));
    assert_eq!(of("--simulate server-wide-offline"), both("01", "01"));
    assert_eq!(of("--simulate --component PopProxy"), both("10", "00")[..2]);
    assert_eq!(of("--simulate registry-unreadable"), [""; 0]);
    assert_eq!(of("--simulate failed-load"), [""; 0]);
    assert_eq!(of("--simulate server-down EX01 EX02"), both("10", "10"), "nothing of EX02");
}

#[test]
fn several_servers_have_one_status_and_each_that_is_not_well_a_line() {
    let (ran, plugin) = check("--simulate server-down EX01 EX02");
    assert_eq!((ran.code, plugin.text.as_str()), (2, "SIMULATED 1 of 2 servers NOT OK (EX01), 1 NOT KNOWN (EX02)"));
    assert!(plugin.more[0].starts_with("EX01: NOT OK: PopProxy and ImapProxy are Inactive for HealthApi:"), "{ran}");
    assert!(
        plugin.more[1].starts_with("EX02: NOT KNOWN: nothing could be seen: a connection failed (The network"),
        "{ran}"
    );
    let (_, plugin) = check("--simulate two-servers EX01 EX02");
    assert_eq!(plugin.text, "SIMULATED 1 of 2 servers NOT OK (EX01), 1 OK");
}

#[test]
fn forty_servers_fit_and_it_is_said_what_does_not() {
    let (ran, plugin) = check("--simulate forty-servers --all-servers");
    assert_eq!(plugin.text, "SIMULATED 2 of 40 servers NOT OK (EX03, EX17), 1 NOT KNOWN (EX22), 37 OK");
    let servers = plugin.perfdata.len() / 4;
    assert_eq!((plugin.perfdata.len() % 4, servers > 15), (0, true), "whole servers\n{ran}");
    // Nothing is known of EX22, whose place stays free.
    assert_eq!(plugin.more[0], format!("No room for the performance data of {} servers.", 39 - servers));
    assert!(
        plugin.more.iter().any(|line| line == "Not looked at: EDGE01 (Edge); EX2010 (before Exchange 2013)."),
        "{ran}"
    );
    // The same servers have a place also where all is well.
    let place = Place::of("forty-servers");
    place.change(|scenario| {
        scenario["servers"].as_array_mut().expect("servers").iter_mut().for_each(|server| {
            server["components"] = json!({});
        })
    });
    place.clear_faults();
    let well = plugin_of(&relight("check --format nagios --all-servers").simulate(&place).run());
    let labels = |plugin: &Plugin| {
        let of_others = plugin.perfdata.iter().filter(|(label, _)| !label.starts_with("EX22 "));
        of_others.map(|(label, _)| label.clone()).collect::<Vec<_>>()
    };
    assert_eq!((labels(&well), well.text.as_str()), (labels(&plugin), "SIMULATED 40 servers OK"));
}

fn plugin_of(ran: &Ran) -> Plugin {
    plugin(ran)
}

/// A server that refuses with this message, on every call.
fn refusing(message: &str, servers: usize) -> Place {
    let names = (1..=servers).map(|number| format!("EX{number:03}")).collect::<Vec<_>>();
    let servers = names.iter().map(|name| json!({"name": name})).collect::<Vec<Value>>();
    let place = Place::new().with_faults(json!([
        {"refused": {"message": message, "when": {"op": "get-component-state"}}}
    ]));
    place.change(|scenario| scenario["servers"] = json!(servers));
    place
}

#[test]
fn what_a_shell_says_is_no_perfdata_and_no_line_of_its_own() {
    let message = "no|'x y'=1;0\u{1b}[31m \u{202e}m\u{fc}de\r\nsecond";
    let place = refusing(message, 1);
    let ran = relight("check --format nagios").simulate(&place).run().ends(3);
    let plugin = plugin(&ran);
    assert!(plugin.text.contains("no/'x y'=1,0[31m m\u{fc}de"), "{ran}");
    assert!(plugin.perfdata.is_empty() && ran.stdout.bytes().all(|byte| byte == b'\n' || byte >= b' '), "{ran}");
}

#[test]
fn a_long_text_is_cut_between_characters_and_lines_are_counted() {
    for padding in ["", "x", "xx"] {
        let place = refusing(&format!("{padding}{}", "\u{20ac}".repeat(2000)), 120);
        let ran = relight("check --format nagios --all-servers --jobs 1").simulate(&place).run().ends(3);
        let plugin = plugin(&ran);
        assert_eq!(plugin.text, "SIMULATED 120 servers NOT KNOWN (EX001, EX002, EX003 and 117 more)");
        let rest = plugin.more.last().and_then(|last| last.strip_prefix("... and ")?.strip_suffix(" more"));
        let rest = rest.and_then(|rest| rest.parse::<usize>().ok()).expect("a count");
        // One for each server, and one with the exit code.
        assert_eq!(plugin.more.len() - 1 + rest, 121, "{ran}");
        assert!(plugin.more[0].ends_with("\u{20ac}..."), "{ran}");
        let one = relight("check EX001 --format nagios").simulate(&place).run().ends(3);
        assert!(self::plugin(&one).text.ends_with("\u{20ac}..."), "{one}");
    }
}

#[test]
fn a_wrong_command_line_is_unknown_in_one_line() {
    for (words, said) in [
        ("check --format nagios --bogus", "unexpected argument '--bogus' found"),
        ("check --format=nagios --component OwaProxy", "relight looks after PopProxy and ImapProxy"),
        ("--format nagios", "requires a subcommand"),
        ("check --format Nagios", "invalid value 'Nagios'"),
        (
            "check --format nagios --connection remote",
            "the following required arguments were not provided: --connect-to <FQDN>",
        ),
        ("check --format nagios --output file", "'--output <FILE>' is for '--format prometheus'"),
        ("check --format nagios -WhatIf:maybe", "neither on nor off"),
        (
            "check --format nagios --transcript a --log-file a",
            "the file of '--transcript <FILE>' is that of '--log-file' already",
        ),
    ] {
        let ran = relight(words).run().ends(3);
        let plugin = plugin(&ran);
        assert!(plugin.text.contains(said) && plugin.more.is_empty(), "{ran}");
        // Who types it is told as ever.
        assert!(ran.stderr.contains("error: "), "{ran}");
    }
    relight("check --format nagios --help").run().ends(3).says("Usage: relight check");
    relight("check --format json --bogus").run().ends(2).says_nothing();
}

#[test]
fn a_run_that_fails_says_so_in_the_first_line_and_what_to_do_below() {
    let (ran, plugin) = check("--simulate failed-load");
    assert!(plugin.text.starts_with("the Exchange cmdlets could not be loaded: "), "{ran}");
    assert_eq!(plugin.more.last().map(String::as_str), Some("relight: 20 (no-shell)"));
    assert!(plugin.more.iter().any(|line| line.starts_with("Open the Exchange Management Shell by hand")), "{ran}");
    let (ran, plugin) = check("--simulate helthy");
    assert!((ran.code, plugin.text.contains("no scenario and no file is called")) == (3, true), "{ran}");
    let (_, plugin) = check("--simulate --log-file Cargo.toml/log");
    assert!(plugin.text.starts_with("cannot write the log file"));
    let (_, plugin) = check("--powershell /no/such/pwsh");
    assert_eq!(plugin.more.last().map(String::as_str), Some("relight: 20 (no-shell)"));
}
