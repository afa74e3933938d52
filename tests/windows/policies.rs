//! The real PowerShell under a policy of the machine, which only the Windows of a wine is ours to set: what keeps relight's
//! scripts from running is told, with what to do. One policy at a time, since each is the whole machine's.

use std::path::PathBuf;
use std::process::Output;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::{fs, io};

use windows_registry::{Key, LOCAL_MACHINE};

use crate::run::{Run, shown};

crate::trials![Wine =>
    an_execution_policy_of_the_machine_is_named_everywhere: Pwsh,
    a_constrained_language_mode_is_named_everywhere: Pwsh,
];

const EXECUTION: &str = r"SOFTWARE\Policies\Microsoft\PowerShellCore";
const ENVIRONMENT: &str = r"SYSTEM\CurrentControlSet\Control\Session Manager\Environment";
const LOCKDOWN: &str = "__PSLockdownPolicy";

/// The machine without a policy but what the test sets, and again once it ends.
struct Policy(#[expect(dead_code, reason = "it is held")] MutexGuard<'static, ()>);

impl Policy {
    fn none() -> Self {
        static ONE: Mutex<()> = Mutex::new(());
        let policy = Self(ONE.lock().unwrap_or_else(PoisonError::into_inner));
        clear();
        policy
    }
}

impl Drop for Policy {
    fn drop(&mut self) {
        clear();
    }
}

/// What a test run that was killed has left, too.
pub fn clear() {
    let _mostly_none = LOCAL_MACHINE.remove_tree(EXECUTION);
    let _mostly_none = key(ENVIRONMENT).remove_value(LOCKDOWN);
}

fn key(path: &str) -> Key {
    LOCAL_MACHINE.create(path).unwrap()
}

/// The real one. A stand-in has its name while these tests run; beside that it is as good under its other name.
fn powershell() -> PathBuf {
    let folder = relight::shell::locate::system_directory().join(r"WindowsPowerShell\v1.0");
    let real = folder.join("pwsh.exe");
    match fs::copy(folder.join("powershell.original"), &real) {
        // The other test runs it.
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied || error.raw_os_error() == Some(32) => {}
        copied => drop(copied.unwrap()),
    }
    real
}

fn relight(words: &[&str]) -> Output {
    let mut run = Run::new("kb-3025138", words);
    run.command.args(["--server", "EX01", "--powershell"]).arg(powershell());
    run.output()
}

/// What it said on both streams, on one line, when it ended with 20.
#[track_caller]
fn said(words: &[&str]) -> String {
    let output = relight(words);
    assert_eq!(output.status.code(), Some(20), "{words:?}: {}", shown(&output));
    let text = [output.stderr, output.stdout].concat();
    String::from_utf8_lossy(&text).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn an_execution_policy_of_the_machine_is_named_everywhere() {
    let _policy = Policy::none();
    let commands: [&[&str]; 3] = [&["check"], &["fix", "--yes"], &["doctor"]];
    for (enabled, name, advice) in [
        (1, "AllSigned", "This relight is a build whose scripts are not signed."),
        (0, "Restricted", "no script, signed or not"),
    ] {
        key(EXECUTION).set_u32("EnableScripts", enabled).unwrap();
        key(EXECUTION).set_string("ExecutionPolicy", "AllSigned").unwrap();
        for words in commands {
            let said = said(words);
            assert!(said.contains(&format!("sets the execution policy MachinePolicy {name}")), "{words:?}: {said}");
            assert!(said.contains(advice), "{words:?}: {said}");
        }
    }
}

fn a_constrained_language_mode_is_named_everywhere() {
    let _policy = Policy::none();
    key(ENVIRONMENT).set_string(LOCKDOWN, "4").unwrap();
    for words in [&["check"][..], &["fix", "--yes"], &["doctor"]] {
        let said = said(words);
        assert!(said.contains("language mode ConstrainedLanguage") && said.contains("AppLocker"), "{words:?}: {said}");
    }
}
