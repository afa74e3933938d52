//! A shell that outlived its relight: known by its number and by when it started, so that no process that got the number
//! afterwards is taken for it. Both come from a journal, which is not believed: nothing but an engine is ended.

use std::io;

use crate::domain::ShellProcess;

/// Waits a moment for a shell that outlived its relight, and then ends it with all that it started. `false`: it was gone.
///
/// # Errors
/// When it is still there.
#[cfg(target_os = "linux")]
pub fn end(shell: &ShellProcess) -> io::Result<bool> {
    use std::thread;
    use std::time::{Duration, Instant};

    use rustix::process::{Pid, Signal, kill_process_group};

    use super::process::{GOODBYE, REAP, mark};

    let is_there = || mark(shell.id).as_ref() == Some(shell) && is_engine(shell.id);
    let is_gone_within = |most: Duration| {
        let began = Instant::now();
        while is_there() && began.elapsed() < most {
            thread::sleep(Duration::from_millis(10));
        }
        !is_there()
    };
    if !is_there() {
        return Ok(false);
    }
    // What it was doing when its relight went away may be over soon.
    if is_gone_within(GOODBYE) {
        return Ok(true);
    }
    let group = Pid::from_raw(shell.id.cast_signed()).ok_or(io::ErrorKind::InvalidInput)?;
    kill_process_group(group, Signal::KILL)?;
    if is_gone_within(REAP) { Ok(true) } else { Err(io::ErrorKind::TimedOut.into()) }
}

/// On Windows a shell never outlives relight; elsewhere the one that watches it is all there is.
#[cfg(not(target_os = "linux"))]
pub fn end(_shell: &ShellProcess) -> io::Result<bool> {
    Ok(false)
}

/// Whether a process was started as this program starts its engines, which lead a group of their own.
#[cfg(target_os = "linux")]
fn is_engine(id: u32) -> bool {
    let line = std::fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    line.split(|byte| *byte == 0).any(|word| word.eq_ignore_ascii_case(b"-nonce") || word == b"--nonce")
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::process::{Child, Command};

    use super::super::process::mark;
    use super::*;

    fn started(arguments: &[&str]) -> (Child, ShellProcess) {
        let child = std::os::unix::process::CommandExt::process_group(Command::new("sleep").args(arguments), 0).spawn();
        let child = child.unwrap();
        let shell = mark(child.id()).unwrap();
        (child, shell)
    }

    #[test]
    fn only_the_very_process_is_ended_and_only_an_engine() {
        let (mut other, shell) = started(&["600"]);
        assert!(matches!(end(&shell), Ok(false)), "no engine");
        let earlier = ShellProcess { started: "an earlier one".to_owned(), ..shell };
        assert!(matches!(end(&earlier), Ok(false)));
        assert!(other.try_wait().unwrap().is_none(), "it lives");
        other.kill().unwrap();
        other.wait().unwrap();
        assert_eq!(mark(other.id()), None);
    }
}
