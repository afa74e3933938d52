//! A process and everything it starts, begun and ended as one. PowerShell starts helpers, and a helper that outlives it
//! would hold our pipes and, worse, might go on changing a server. On Unix the child leads a session of its own: without
//! a controlling terminal, Ctrl-C reaches relight alone, and the whole group dies at once; a watcher outside of it ends it
//! when we die without a word. On Windows a job object does all of that.
//!
//! Nobody ever waits for a process here: [`Tree::ended`] asks, and every wait has a bound.

use std::{
    env,
    ffi::OsString,
    io,
    path::Path,
    process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use super::launch::ENVIRONMENT;
use super::locate;
use crate::domain::ShellProcess;

/// How long the system may take to clear away what was killed.
pub(super) const REAP: Duration = Duration::from_secs(2);
/// How long a shell that sees the end of its stdin may take to say goodbye to Exchange.
pub(super) const GOODBYE: Duration = Duration::from_secs(5);

/// A running process with all its descendants.
#[derive(Debug)]
pub(super) struct Tree {
    family: Family,
    mark: Option<ShellProcess>,
    status: Option<ExitStatus>,
    killed: bool,
}

/// Our ends of the three streams of a [`Tree`].
#[derive(Debug)]
pub(super) struct Pipes {
    pub stdin: ChildStdin,
    pub stdout: ChildStdout,
    pub stderr: ChildStderr,
}

impl Tree {
    /// Starts a program in the system directory. `program` is absolute. `PSModulePath` is not handed on: that of a
    /// PowerShell 7 that started us leads Windows PowerShell to modules it cannot load.
    pub fn spawn(program: &Path, arguments: &[OsString]) -> io::Result<(Self, Pipes)> {
        let mut command = Command::new(program);
        command
            .args(arguments)
            .env_remove("PSModulePath")
            .current_dir(locate::system_directory())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command.envs(ENVIRONMENT.into_iter().filter(|(name, _)| env::var_os(name).is_none()));
        let mut family = Family::spawn(command)?;
        let pipes = family.pipes();
        let mark = mark(family.first().id());
        let tree = Self { family, mark, status: None, killed: false };
        // Not seen, as all three were asked for; the tree is ended on the way out.
        let pipes = pipes.ok_or_else(|| io::Error::other("the process has no pipes"))?;
        Ok((tree, pipes))
    }

    /// What tells the process from all others, where that can be told.
    pub fn mark(&self) -> Option<&ShellProcess> {
        self.mark.as_ref()
    }

    /// How the process ended, if it did. Its descendants may go on.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.family.first().try_wait().unwrap_or_else(|error| {
                tracing::debug!(%error, "cannot ask whether the shell has ended");
                None
            });
        }
        self.status
    }

    /// Ends the process and all its descendants, and waits a bounded time until it is gone. Once is enough: afterwards
    /// the number of the group may belong to somebody else.
    pub fn kill(&mut self) {
        if std::mem::replace(&mut self.killed, true) {
            return;
        }
        if let Err(error) = self.family.end() {
            // The usual case: nobody is left.
            tracing::debug!(%error, "nothing of the shell to end");
        }
        wait_until(|| self.ended().is_some());
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Waits, but not for ever, until what was killed is gone.
fn wait_until(mut is_gone: impl FnMut() -> bool) {
    let began = Instant::now();
    while !is_gone() && began.elapsed() < REAP {
        thread::sleep(Duration::from_millis(2));
    }
}

/// What tells this process from all others of this machine, before and after.
#[cfg(target_os = "linux")]
pub(super) fn mark(id: u32) -> Option<ShellProcess> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name in brackets may hold anything; the state is the first field after it, the start the twentieth (proc(5)).
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    let has_ended = matches!(fields.next()?, "Z" | "X");
    let ticks = fields.nth(18)?;
    let boot = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    (!has_ended).then(|| ShellProcess { id, started: format!("{} {ticks}", boot.trim()) })
}

/// No later run ends it there.
#[cfg(not(target_os = "linux"))]
fn mark(_id: u32) -> Option<ShellProcess> {
    None
}

/// The first process, and by what the others are reached.
#[derive(Debug)]
struct Family {
    #[cfg(unix)]
    first: Box<dyn process_wrap::std::ChildWrapper>,
    #[cfg(unix)]
    watcher: Option<Watcher>,
    #[cfg(windows)]
    first: std::process::Child,
    #[cfg(windows)]
    job: crate::windows::Job,
}

#[cfg(unix)]
impl Family {
    fn spawn(command: Command) -> io::Result<Self> {
        use process_wrap::std::{CommandWrap, ProcessSession};

        let first = CommandWrap::from(command).wrap(ProcessSession).spawn()?;
        let watcher = Watcher::of(first.id());
        Ok(Self { first, watcher })
    }

    fn first(&mut self) -> &mut dyn process_wrap::std::ChildWrapper {
        &mut *self.first
    }

    fn pipes(&mut self) -> Option<Pipes> {
        let first = &mut self.first;
        Some(Pipes { stdin: first.stdin().take()?, stdout: first.stdout().take()?, stderr: first.stderr().take()? })
    }

    fn end(&mut self) -> io::Result<()> {
        let ended = self.first.start_kill();
        // Somebody else may get the number of the group.
        self.watcher = None;
        ended
    }
}

/// Ends a group once we are gone, however that came: its stdin is a pipe of which we alone have the other end. It is told
/// nothing while we live, and ended when the group is. Not PDEATHSIG, which comes when the thread ends that started a shell.
#[cfg(unix)]
#[derive(Debug)]
struct Watcher(Box<dyn process_wrap::std::ChildWrapper>);

#[cfg(unix)]
impl Watcher {
    /// The shell sees the end of its stdin when we are gone, and has as long as in [`super::Session::close`] to end in order.
    const SCRIPT: &str = r#"
        read -r _
        tries=0
        while kill -s 0 -- "-$0" && [ $tries -lt 50 ]; do sleep 0.1; tries=$((tries + 1)); done
        kill -s KILL -- "-$0""#;

    /// Starts it, in a session of its own: neither Ctrl-C nor a terminal that closes is meant for it. Without it the shell is
    /// as good, and a later run knows it from the journal.
    fn of(group: u32) -> Option<Self> {
        use process_wrap::std::{CommandWrap, ProcessSession};

        let mut command = Command::new("/bin/sh");
        command.args(["-c", Self::SCRIPT]).arg(group.to_string()).env("PATH", "/usr/bin:/bin").current_dir("/");
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        match CommandWrap::from(command).wrap(ProcessSession).spawn() {
            Ok(watcher) => Some(Self(watcher)),
            Err(error) => {
                tracing::debug!(%error, "nobody watches the shell");
                None
            }
        }
    }
}

#[cfg(unix)]
impl Drop for Watcher {
    fn drop(&mut self) {
        if let Err(error) = self.0.start_kill() {
            tracing::debug!(%error, "the watcher of the shell has gone");
        }
        wait_until(|| !matches!(self.0.try_wait(), Ok(None)));
    }
}

#[cfg(windows)]
impl Family {
    fn spawn(mut command: Command) -> io::Result<Self> {
        use windows_sys::Win32::System::Threading::CREATE_NO_WINDOW;

        let job = crate::windows::Job::new()?;
        let first = job.spawn(&mut command, CREATE_NO_WINDOW)?;
        Ok(Self { first, job })
    }

    fn first(&mut self) -> &mut std::process::Child {
        &mut self.first
    }

    fn pipes(&mut self) -> Option<Pipes> {
        let first = &mut self.first;
        Some(Pipes { stdin: first.stdin.take()?, stdout: first.stdout.take()?, stderr: first.stderr.take()? })
    }

    fn end(&mut self) -> io::Result<()> {
        self.job.end()
    }
}
