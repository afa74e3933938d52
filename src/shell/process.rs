//! A process and everything it starts, begun and ended as one. PowerShell starts helpers, and a helper that outlives it
//! would hold our pipes and, worse, might go on changing a server. On Unix the child leads a session of its own: without
//! a controlling terminal, Ctrl-C reaches relight alone, and the whole group dies at once. On Windows a job object does
//! both, and closes with us even if we die without a word.
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

/// How long the system may take to clear away what was killed.
const REAP: Duration = Duration::from_secs(2);

/// A running process with all its descendants.
#[derive(Debug)]
pub(super) struct Tree {
    family: Family,
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
        let tree = Self { family, status: None, killed: false };
        // Not seen, as all three were asked for; the tree is ended on the way out.
        let pipes = pipes.ok_or_else(|| io::Error::other("the process has no pipes"))?;
        Ok((tree, pipes))
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
        let began = Instant::now();
        while self.ended().is_none() && began.elapsed() < REAP {
            thread::sleep(Duration::from_millis(2));
        }
    }
}

impl Drop for Tree {
    fn drop(&mut self) {
        self.kill();
    }
}

/// The first process, and by what the others are reached.
#[derive(Debug)]
struct Family {
    #[cfg(unix)]
    first: Box<dyn process_wrap::std::ChildWrapper>,
    #[cfg(windows)]
    first: std::process::Child,
    #[cfg(windows)]
    job: crate::windows::Job,
}

#[cfg(unix)]
impl Family {
    fn spawn(command: Command) -> io::Result<Self> {
        use process_wrap::std::{CommandWrap, ProcessSession};

        Ok(Self { first: CommandWrap::from(command).wrap(ProcessSession).spawn()? })
    }

    fn first(&mut self) -> &mut dyn process_wrap::std::ChildWrapper {
        &mut *self.first
    }

    fn pipes(&mut self) -> Option<Pipes> {
        let first = &mut self.first;
        Some(Pipes { stdin: first.stdin().take()?, stdout: first.stdout().take()?, stderr: first.stderr().take()? })
    }

    fn end(&mut self) -> io::Result<()> {
        self.first.start_kill()
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
