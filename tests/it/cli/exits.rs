//! Every exit code, reached by the shortest run that ends in it.

use relight::domain::Exit;

use super::scenarios::{builtin, for_each_row};
use crate::support::run::LOCKS;
use crate::support::{Ran, relight};

/// A code and the name of the test that reaches it, on the systems where it can be.
macro_rules! reached {
    ($($(#[$only:meta])* $exit:ident: $test:ident),+ $(,)?) => {
        const REACHED: &[Exit] = &[$(Exit::$exit),+];

        $(
            $(#[$only])*
            #[test]
            fn $test() {
                ending_in(Exit::$exit).ends(Exit::$exit.code());
            }
        )+
    };
}

reached! {
    Fine: nothing_wrong_is_0,
    Usage: a_wrong_command_line_is_2,
    Inactive: inactive_and_nothing_changed_is_10,
    SomeLeft: some_fixed_and_some_left_is_11,
    Unconfirmed: a_question_that_nobody_can_be_asked_is_12,
    NotKnown: what_could_not_be_read_is_13,
    Planned: what_maintenance_keeps_inactive_is_14,
    NoShell: exchange_that_does_not_load_is_20,
    AccessDenied: an_account_that_may_not_change_is_21,
    Unreachable: a_server_that_does_not_answer_is_23,
    NotSupported: a_server_without_pop_and_imap_is_22,
    ChangeFailed: a_change_that_exchange_refuses_is_30,
    StateUnknown: a_shell_lost_in_a_change_is_31,
    NotConfirmed: a_change_that_a_fresh_look_does_not_show_is_32,
    Stopped: servers_that_are_not_begun_after_a_failure_are_33,
    Locked: a_second_writer_is_40,
    Deadline: a_deadline_that_passes_is_41,
    NoJournal: a_journal_that_cannot_be_written_is_42,
    // Only Linux has a disk that is always full; and tests/windows presses Ctrl-C on a console.
    #[cfg(target_os = "linux")]
    Bug: a_result_that_cannot_be_written_is_70,
    #[cfg(unix)]
    Interrupted: ctrl_c_is_130,
}

/// A run that should end so.
fn ending_in(exit: Exit) -> Ran {
    let words = match exit {
        Exit::Fine => "check --simulate healthy",
        Exit::Usage => "fix --simulate --yes -WhatIf:$false",
        Exit::Inactive => "check --simulate",
        Exit::SomeLeft => "fix --yes --start-services none --simulate services-stopped",
        Exit::Unconfirmed => "fix --simulate",
        Exit::NotKnown => "check --simulate registry-unreadable",
        Exit::Planned => "check --simulate maintenance",
        Exit::NoShell => "check --simulate failed-load",
        Exit::AccessDenied => "fix --yes --simulate access-denied",
        Exit::Unreachable => "check EX01 EX02 --simulate server-down",
        Exit::NotSupported => "check --simulate edge",
        Exit::ChangeFailed => "fix --yes --simulate set-refused",
        Exit::StateUnknown => "fix --yes --simulate crash-in-write",
        Exit::NotConfirmed => "fix --yes --simulate lost-registry-write",
        Exit::Stopped => return super::batches::the_first_of_two_refuses(),
        Exit::Deadline => "check --simulate slow-load --connect-timeout 300ms",
        Exit::Locked => return second_writer(),
        Exit::NoJournal => return no_journal(),
        Exit::Bug => return cannot_write_the_result(),
        #[cfg(unix)]
        Exit::Interrupted => return super::interrupt::while_it_looks(),
        #[cfg(not(unix))]
        Exit::Interrupted => unreachable!("not listed"),
    };
    relight(words).run()
}

/// A run on real servers while this test holds the lock. What is named as PowerShell is never started.
fn second_writer() -> Ran {
    let folder = tempfile::tempdir().expect("a folder");
    let name = if cfg!(windows) { "writer.lock" } else { "relight.lock" };
    let lock = std::fs::File::create(folder.path().join(name)).expect("a lock file");
    lock.lock().expect("the lock");
    let shell = env!("CARGO_BIN_EXE_relight");
    let run = relight("fix --yes --server EX01 --powershell").arg(shell).env(LOCKS, folder.path());
    run.arg("--journal-dir").arg(folder.path()).run()
}

/// A journal folder below something that is no folder.
fn no_journal() -> Ran {
    let file = tempfile::NamedTempFile::new().expect("a file");
    relight("fix --yes --simulate --journal-dir").arg(file.path().join("journal")).run()
}

/// `/dev/full` is a disk without room; a run that changed something ends with its own code there. A panic ends in the same
/// code, and nothing is known to bring one about.
fn cannot_write_the_result() -> Ran {
    let full = std::fs::File::options().write(true).open("/dev/full").expect("a disk without room");
    let mut command = relight("scenarios").into_command();
    let run = command.stdout(full).stderr(std::process::Stdio::piped()).spawn().expect("relight starts");
    let output = run.wait_with_output().expect("an end");
    Ran::new(&command, output).tells("error: cannot write the result to stdout")
}

#[test]
fn every_exit_code_has_a_test() {
    for exit in Exit::BY_GRAVITY.iter() {
        assert_eq!(REACHED.iter().filter(|reached| *reached == exit).count(), 1, "{exit:?} ({})", exit.code());
    }
    assert_eq!(REACHED.len(), Exit::BY_GRAVITY.len());
}

#[test]
fn help_and_version_are_no_errors() {
    for words in ["--help", "-h", "fix --help", "help check", "--version"] {
        relight(words).run().ends(0);
    }
}

#[test]
fn every_code_of_the_help_is_one_that_relight_ends_with() {
    let help = relight("--help").run().stdout;
    let (_, table) = help.split_once("Exit codes:").expect("a table");
    let numbers = table.split(|c: char| !c.is_ascii_digit()).filter_map(|word| word.parse::<u8>().ok());
    let mut told = numbers.collect::<Vec<_>>();
    let mut codes = Exit::BY_GRAVITY.iter().map(|exit| exit.code()).collect::<Vec<_>>();
    told.sort_unstable();
    codes.sort_unstable();
    assert_eq!(told, codes);
}

#[test]
fn doctor_and_check_end_alike_where_nothing_can_be_seen() {
    for_each_row(|row| {
        let check = builtin("check", row.name).run().code;
        // What is Inactive is no fault of the machine.
        if ![0, 10, 14].contains(&check) {
            let ran = builtin("doctor", row.name).run();
            assert_eq!(ran.code, check, "{}: {ran}", row.name);
        }
    });
}
