//! The checkup as text, line by line.

use crate::domain::TroubleKind;
use crate::domain::checkup::*;
use crate::screens::Show;
use crate::screens::fixtures::{at, show, trouble};

use super::{checkup, fixtures, next, says, summary};

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_checkup_of_two_servers_with_trouble_of_their_own() {
    let text = plain(&checkup(&Checkup::of(fixtures::two_servers(), None, false), &show()));
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
    let refused = Checkup::of(fixtures::refused(), None, false);
    let text = plain(&checkup(&refused, &Show { verbose: true, ..show() }));
    assert!(text.contains("           | VERBOSE: Connecting to ex01\n           | Access is denied.\n"), "{text}");
}

#[test]
fn one_line_sums_it_up() {
    let summaries = fixtures::checkups().map(|(_, value)| plain(&summary(&value))).concat();
    let simulated = Checkup::of(fixtures::facts(), Some("healthy".to_owned()), false);
    let interrupted = Checkup::of(fixtures::facts(), None, true);
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

#[test]
fn every_sentence_that_is_not_in_a_checkup_above() {
    let text = || "text".to_owned();
    let failed = |why| What::PowerShellFailed("/bin/pwsh".to_owned(), why);
    let shell = Grade::Fault(Lack::Shell);
    let all = [
        (failed(ShellFailure::NotStarted("cannot start /bin/pwsh: no such file".to_owned())), shell),
        (
            failed(ShellFailure::TooFewBits("this is a 32-bit program, and Exchange needs a 64-bit one".to_owned())),
            Grade::Fault(Lack::Program),
        ),
        (failed(ShellFailure::NoScripts("cannot write the scripts to /tmp: full".to_owned())), shell),
        (failed(ShellFailure::Confined("ConstrainedLanguage".to_owned())), shell),
        (failed(ShellFailure::Ended("the process ended with exit code 1".to_owned())), shell),
        (failed(ShellFailure::Silent("no answer within 30 s".to_owned())), shell),
        (failed(ShellFailure::Interrupted), Grade::Warning),
        (What::PowerShellTooOld("4.0".to_owned()), shell),
        (What::PowerShellTooNew("7.4.1".to_owned()), Grade::Warning),
        (What::PowerShellVersionUnknown, Grade::Warning),
        (What::Bits(Some(false)), shell),
        (What::Bits(None), Grade::Warning),
        (What::LanguageMode(None), Grade::Warning),
        (What::ExecutionPolicy(Some(vec![("MachinePolicy".to_owned(), "AllSigned".to_owned())])), Grade::Warning),
        (What::ExecutionPolicy(Some(Vec::new())), Grade::Ok),
        (What::MachineUnknown(Some(text())), Grade::Warning),
        (What::ToolsBroken(text(), "registry".to_owned()), shell),
        (What::NoTools, shell),
        (What::Installed(Some("15.2.1118.7".to_owned()), vec!["AdminTools".to_owned()]), Grade::Ok),
        (What::Installed(None, Vec::new()), Grade::Ok),
        (What::Elevated(Some(false)), Grade::Warning),
        (What::Elevated(None), Grade::Ok),
        (What::Interactive(None), Grade::Ok),
        (What::Clock(None, None, Some(-210)), Grade::Warning),
        (What::ClockUnset(at("02:00:00")), Grade::Warning),
        (What::NotLoaded(LoadFailure::NoTools, text()), shell),
        (What::NotLoaded(LoadFailure::Deadline, "no answer within 180 s".to_owned()), shell),
        (What::NotLoaded(LoadFailure::Refused, text()), shell),
        (What::NotLoaded(LoadFailure::Interrupted, text()), Grade::Warning),
        (What::Bypass, Grade::Warning),
        (What::ConnectedElsewhere("EX01".to_owned(), "ex02.contoso.local".to_owned()), Grade::Warning),
        (What::Cmdlets(Vec::new()), Grade::Ok),
        (What::CmdletsMissing(vec!["Get-ServerComponentState".to_owned()]), Grade::Fault(Lack::Right)),
        (What::NoServer, Grade::Fault(Lack::Server)),
        (What::ServerNotAsked, Grade::Warning),
        (What::MayNotRead(trouble(TroubleKind::AccessDenied, None, "Access is denied.")), Grade::Fault(Lack::Right)),
        (What::DirectoryUnreadable, Grade::Fault(Lack::Right)),
        (What::EntriesIllegible(1), Grade::Warning),
        (What::MayChangeNotSure, Grade::Warning),
        (What::MayChangeByCmdlet(None), Grade::Ok),
        (What::MayChangeByCmdlet(Some("a scope.".to_owned())), Grade::Warning),
        (What::MayNotChange, Grade::Fault(Lack::Right)),
        (What::EntryInFuture(at("03:00:00"), at("02:48:00")), Grade::Warning),
        (What::EntriesInPast(None), Grade::Ok),
    ];
    let lines = all.map(|(what, grade)| {
        let said = says(&what);
        let next = next(&Remark { server: None, what, grade });
        assert!(said.is_ascii() && said.ends_with('.'), "{said}");
        next.map_or_else(|| format!("{said}\n"), |next| format!("{said}\n  Next: {next}\n"))
    });
    insta::assert_snapshot!("sentences", lines.concat());
}
