//! A process and everything it starts, begun and ended as one. PowerShell starts helpers, and a helper that outlives it
//! would hold our pipes and, worse, might go on changing a server. On Unix the child leads a session of its own: without
//! a controlling terminal, Ctrl-C reaches relight alone, and the whole group dies at once. On Windows a job object does
//! both, and closes with us even if we die without a word.
//!
//! What process-wrap does not do, is done here: its job object (without tokio) is not told to end its processes when the
//! last handle closes, so a second, outer job is; and its `wait` waits for group or job messages that may have been read
//! before, without end, so it is never called: [`Tree::ended`] asks, and every wait has a bound.

use std::{
    ffi::OsString,
    io,
    path::Path,
    process::{ChildStderr, ChildStdin, ChildStdout, Command, ExitStatus, Stdio},
    thread,
    time::{Duration, Instant},
};

use process_wrap::std::{ChildWrapper, CommandWrap};

use super::locate;

/// How long the system may take to clear away what was killed.
const REAP: Duration = Duration::from_secs(2);

/// A running process with all its descendants.
#[derive(Debug)]
pub(super) struct Tree {
    child: Box<dyn ChildWrapper>,
    status: Option<ExitStatus>,
    killed: bool,
    #[cfg(windows)]
    _job: std::sync::Arc<crate::windows::Job>,
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
        let mut command = CommandWrap::from(command);
        #[cfg(unix)]
        command.wrap(process_wrap::std::ProcessSession);
        #[cfg(windows)]
        let job = ends_with_us::wrap(&mut command)?;
        let mut child = command.spawn()?;
        let pipes = (child.stdin().take(), child.stdout().take(), child.stderr().take());
        let tree = Self {
            child,
            status: None,
            killed: false,
            #[cfg(windows)]
            _job: job,
        };
        match pipes {
            (Some(stdin), Some(stdout), Some(stderr)) => Ok((tree, Pipes { stdin, stdout, stderr })),
            // Not seen, as all three were asked for; the tree is ended on the way out.
            _ => Err(io::Error::other("the process has no pipes")),
        }
    }

    /// How the process ended, if it did. Its descendants may go on.
    pub fn ended(&mut self) -> Option<ExitStatus> {
        if self.status.is_none() {
            self.status = self.child.try_wait().unwrap_or_else(|error| {
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
        if let Err(error) = self.child.start_kill() {
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

#[cfg(windows)]
mod ends_with_us {
    //! Puts a process into a job that ends with us.

    use std::io;
    use std::os::windows::io::AsHandle;
    use std::os::windows::process::CommandExt;
    use std::process::{Child, Command};
    use std::sync::Arc;

    use process_wrap::std::{CommandWrap, CommandWrapper, JobObject};
    use windows_sys::Win32::System::Threading::{CREATE_NO_WINDOW, CREATE_SUSPENDED};

    use crate::windows::Job;

    /// Puts the process into both jobs before it runs its first instruction.
    pub fn wrap(command: &mut CommandWrap) -> io::Result<Arc<Job>> {
        let job = Arc::new(Job::new()?);
        // The order counts: ours is the last word on the flags, and its hook runs while the process is suspended, which
        // JobObject ends when it has made its own job inside of ours.
        command.wrap(JobObject).wrap(EndWithUs(Arc::clone(&job)));
        Ok(job)
    }

    #[derive(Debug)]
    struct EndWithUs(Arc<Job>);

    impl CommandWrapper for EndWithUs {
        fn pre_spawn(&mut self, command: &mut Command, _core: &CommandWrap) -> io::Result<()> {
            command.creation_flags(CREATE_NO_WINDOW | CREATE_SUSPENDED);
            Ok(())
        }

        fn post_spawn(&mut self, _command: &mut Command, child: &mut Child, _core: &CommandWrap) -> io::Result<()> {
            self.0.take(child.as_handle()).inspect_err(|_| {
                // It was never let run, and nobody else would end it.
                let _ = child.kill();
            })
        }
    }
}
