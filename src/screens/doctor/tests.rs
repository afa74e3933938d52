//! The checkup as text, line by line.

use crate::domain::checkup::*;
use crate::domain::{Connection, ScriptsRefused, State, StoreReading, TroubleKind};
use crate::screens::Show;
use crate::screens::fixtures::{at, entry, show, trouble};

use super::fixtures::{loaded, machine, shell};
use super::{checkup, fixtures, judge, summary};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_checkup_of_two_servers_with_trouble_of_their_own() {
    let text = plain(&checkup(&judge(fixtures::two_servers(), None, false), &show()));
    insta::assert_snapshot!("two_servers", text);
}

#[test]
fn each_checkup_has_the_remarks_it_is_made_for_and_fits_a_plain_console() {
    let remarks: [&[&str]; 4] = [
        &[
            r"ok Journal: C:\ProgramData\relight\journal can be written, and no other run is under way. EX01 ok Exchange",
            "ok Both stores can be read: the registry of the server and Active Directory. ok No entry is ahead of the \
             clock; the newest is of 2026-03-14 02:31:52 UTC. ok May change component states, by Organization",
            "Ready: nothing stands in the way of relight. Nothing was changed: doctor only looks.",
        ],
        &[
            r"fault Account NT AUTHORITY\SYSTEM: it has no Exchange role and cannot be given one. Next: Run the task or",
            "Next: Run the task or service as an account in Organization Management or Server Management. ok Elevated.",
            "ok Not interactive: a service or a scheduled task; nobody can be asked, so fix needs --yes.",
            "warning Execution policy: could not be told (the [2Jregistry said no.).",
            "fault Exchange refused the connection (Connecting to the remote Exchange server failed: Access is denied). \
             Next: Use an account in the role group Organization Management or Server Management.",
            "Not ready: 2 faults and 1 warning. Nothing was changed: doctor only looks.",
        ],
        &["Not ready: 2 faults and 3 warnings. Nothing was changed: doctor only looks."],
        &[
            "This machine fault Cannot find PowerShell: neither pwsh nor powershell is on PATH. Next: Name the \
             PowerShell to use: --powershell PATH. warning Execution policy, Exchange tools, account, clock: not asked, \
             because there is no shell to ask. warning Exchange cmdlets: not loaded, because there is no shell.",
            r"fault The journal in C:\ProgramData\relight\journal cannot be written: Access is denied. (os error 5).",
            "Next: Without it fix and undo change nothing and end with 42: let this account write there, or name another \
             folder with --journal-dir. Not ready: 2 faults and 2 warnings.",
        ],
    ];
    for ((name, value), remarks) in fixtures::checkups().into_iter().zip(remarks) {
        let text = plain(&checkup(&value, &show()));
        assert!(text.is_ascii() && text.lines().all(|line| line.len() <= 80), "{name}: {text}");
        let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
        for remark in remarks {
            assert!(flat.contains(remark), "{name} lacks {remark:?}\n{text}");
        }
    }
}

#[test]
fn the_last_lines_of_a_shell_that_failed_are_shown_on_demand() {
    let refused = judge(fixtures::refused(), None, false);
    let text = plain(&checkup(&refused, &Show { verbose: true, ..show() }));
    assert!(text.contains("           | VERBOSE: Connecting to ex01\n           | Access is denied.\n"), "{text}");
}

#[test]
fn one_line_sums_it_up() {
    let summaries = fixtures::checkups().map(|(_, value)| plain(&summary(&value))).concat();
    let simulated = judge(fixtures::facts(), Some("healthy".to_owned()), false);
    let interrupted = judge(fixtures::facts(), None, true);
    insta::assert_snapshot!(summaries + &plain(&summary(&simulated)) + &plain(&summary(&interrupted)), @r"
    Ready: nothing stands in the way of relight.
    Not ready: 2 faults and 1 warning.
    Not ready: 2 faults and 3 warnings.
    Not ready: 2 faults and 2 warnings.
    Ready: nothing stands in the way of relight. (simulated)
    Interrupted: not everything was asked.
    ");
}

#[test]
fn a_narrow_screen_is_kept_to() {
    for (name, value) in fixtures::checkups() {
        let text = plain(&checkup(&value, &Show { width: 40, ..show() }));
        assert!(text.lines().all(|line| line.len() <= 40), "{name}: {text}");
    }
}

type Change = fn(&mut Facts);

fn shell_failed(facts: &mut Facts, why: ShellFailure) {
    facts.shell = ShellFacts::Failed { path: "/bin/pwsh".to_owned(), why, tail: String::new() };
}

fn refused(policy: &str) -> ShellFailure {
    ShellFailure::ScriptsRefused(ScriptsRefused { policy: Some(policy.to_owned()), signed: false })
}

fn not_loaded(facts: &mut Facts, kind: LoadFailure, message: &str) {
    facts.exchange = ExchangeFacts::Failed { kind, message: message.to_owned(), tail: String::new() };
    facts.servers.clear();
}

fn look(facts: &mut Facts, local: StoreReading, remote: StoreReading) {
    facts.servers[0].look = Some(Ok(Look { taken: at("02:48:00"), stores: vec![(local, remote)] }));
}

#[test]
fn every_sentence_that_is_not_in_a_checkup_above() {
    let changes: [Change; 50] = [
        |f| shell_failed(f, ShellFailure::NotStarted("cannot start /bin/pwsh: no such file".to_owned())),
        |f| {
            let why = "this is a 32-bit program, and Exchange needs a 64-bit one";
            shell_failed(f, ShellFailure::TooFewBits(why.to_owned()));
        },
        |f| shell_failed(f, ShellFailure::NoScripts("cannot write the scripts to /tmp: full".to_owned())),
        |f| shell_failed(f, ShellFailure::Confined("ConstrainedLanguage".to_owned())),
        |f| shell_failed(f, refused("MachinePolicy AllSigned")),
        |f| shell_failed(f, refused("UserPolicy Restricted")),
        |f| shell(f).has_signed_scripts = Some(true),
        |f| shell(f).has_signed_scripts = Some(false),
        |f| shell_failed(f, ShellFailure::Ended("the process ended with exit code 1".to_owned())),
        |f| shell_failed(f, ShellFailure::Silent("no answer within 30 s".to_owned())),
        |f| shell_failed(f, ShellFailure::Interrupted),
        |f| shell(f).version = Some("4.0".to_owned()),
        |f| shell(f).version = Some("7.4.1".to_owned()),
        |f| shell(f).version = None,
        |f| shell(f).is_64 = Some(false),
        |f| shell(f).is_64 = None,
        |f| shell(f).language_mode = None,
        |f| machine(f).execution_policies = Some(vec![("MachinePolicy".to_owned(), "AllSigned".to_owned())]),
        |f| machine(f).execution_policies = Some(Vec::new()),
        |f| machine(f).execution_policies = None,
        |f| f.machine = Answer::Unknown("text".to_owned()),
        |f| {
            let (source, path) = ("registry".to_owned(), "text".to_owned());
            machine(f).installations = vec![Installation { source, path, has_shell: false }];
        },
        |f| machine(f).installations.clear(),
        |f| {
            machine(f).installations.clear();
            not_loaded(f, LoadFailure::NoTools, "text");
        },
        |f| {
            machine(f).exchange_version = Some("15.2.1118.7".to_owned());
            machine(f).roles = vec!["AdminTools".to_owned()];
        },
        |f| (machine(f).exchange_version, machine(f).roles) = (Some("15.2.1118.7".to_owned()), Vec::new()),
        |f| machine(f).exchange_version = None,
        |f| machine(f).elevated = Some(false),
        |f| machine(f).elevated = None,
        |f| machine(f).interactive = None,
        |f| {
            let machine = machine(f);
            (machine.at, machine.time_zone, machine.utc_offset) = (None, None, Some(-210));
        },
        |f| machine(f).at = Some("2001-01-01T00:00:00Z".parse().expect("a time")),
        |f| not_loaded(f, LoadFailure::NoTools, "text"),
        |f| not_loaded(f, LoadFailure::Deadline, "no answer within 180 s"),
        |f| not_loaded(f, LoadFailure::Refused, "text"),
        |f| not_loaded(f, LoadFailure::Interrupted, "text"),
        |f| loaded(f).took = std::time::Duration::from_secs(150),
        |f| f.connection = Connection::Snapin,
        |f| loaded(f).connected_to = Some("ex02.contoso.local".to_owned()),
        |f| loaded(f).cmdlets.clear(),
        |f| loaded(f).cmdlets.retain(|name| name != "Get-ServerComponentState"),
        |f| f.servers.clear(),
        |f| (f.servers[0].exchange, f.servers[0].look) = (None, None),
        |f| f.servers[0].look = Some(Err(trouble(TroubleKind::AccessDenied, None, "Access is denied."))),
        |f| look(f, StoreReading::of(Vec::new()), StoreReading::Unreadable),
        |f| {
            let opaque = StoreReading::Read { entries: Vec::new(), opaque: vec!["a type".to_owned()] };
            look(f, opaque, StoreReading::of(Vec::new()));
        },
        |f| f.servers[0].roles = Answer::Known(Roles { needed: Some(Vec::new()), assigned: Some(Vec::new()) }),
        |f| f.servers[0].roles = Answer::NotAsked,
        |f| f.servers[0].roles = Answer::Unknown("a scope.".to_owned()),
        |f| {
            let ahead = vec![entry("HealthApi", State::Inactive, "03:00:00")];
            look(f, StoreReading::of(ahead), StoreReading::of(Vec::new()));
        },
    ];
    let mut said = fixtures::checkups().map(|(_, checkup)| checkup.remarks).concat();
    let mut lines = String::new();
    for change in changes {
        let mut facts = fixtures::facts();
        change(&mut facts);
        for remark in judge(facts, None, false).remarks {
            assert!(remark.says.is_ascii() && remark.says.ends_with('.'), "{}", remark.says);
            if said.contains(&remark) {
                continue;
            }
            lines += &format!("{}, {}: {}\n", remark.check, remark.grade.name(), remark.says);
            lines += &remark.next.map_or_else(String::new, |next| format!("  Next: {next}\n"));
            said.push(remark);
        }
    }
    insta::assert_snapshot!("sentences", lines);
}
