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
    _job: std::sync::Arc<windows_job::Job>,
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
        let job = windows_job::wrap(&mut command)?;
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
mod windows_job {
    //! The job that ends with us.

    use std::{
        io, mem,
        os::windows::{
            io::{AsRawHandle, FromRawHandle, OwnedHandle},
            process::CommandExt,
        },
        process::{Child, Command},
        ptr,
        sync::Arc,
    };

    use process_wrap::std::{CommandWrap, CommandWrapper, JobObject};
    use windows_sys::Win32::System::{
        JobObjects::{
            AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
            JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
        },
        Threading::{CREATE_NO_WINDOW, CREATE_SUSPENDED},
    };

    /// A job object whose processes end when its last handle closes. The handle is not inherited, so it is ours alone.
    #[derive(Debug)]
    pub struct Job(OwnedHandle);

    /// Puts the process into both jobs before it runs its first instruction.
    pub fn wrap(command: &mut CommandWrap) -> io::Result<Arc<Job>> {
        let job = Arc::new(Job::new()?);
        // The order counts: ours is the last word on the flags, and its hook runs while the process is suspended, which
        // JobObject ends when it has made its own job inside of ours.
        command.wrap(JobObject).wrap(EndWithUs(Arc::clone(&job)));
        Ok(job)
    }

    impl Job {
        fn new() -> io::Result<Self> {
            // SAFETY: no attributes and no name; the handle is checked before it is owned.
            let job = unsafe {
                let job = CreateJobObjectW(ptr::null(), ptr::null());
                if job.is_null() {
                    return Err(io::Error::last_os_error());
                }
                Self(OwnedHandle::from_raw_handle(job))
            };
            let mut limits = JOBOBJECT_EXTENDED_LIMIT_INFORMATION::default();
            limits.BasicLimitInformation.LimitFlags = JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE;
            // SAFETY: the class says that this structure is meant, and the size is its own.
            let set = unsafe {
                SetInformationJobObject(
                    job.0.as_raw_handle(),
                    JobObjectExtendedLimitInformation,
                    ptr::from_ref(&limits).cast(),
                    mem::size_of_val(&limits) as u32,
                )
            };
            if set == 0 { Err(io::Error::last_os_error()) } else { Ok(job) }
        }
    }

    #[derive(Debug)]
    struct EndWithUs(Arc<Job>);

    impl CommandWrapper for EndWithUs {
        fn pre_spawn(&mut self, command: &mut Command, _core: &CommandWrap) -> io::Result<()> {
            command.creation_flags(CREATE_NO_WINDOW | CREATE_SUSPENDED);
            Ok(())
        }

        fn post_spawn(&mut self, _command: &mut Command, child: &mut Child, _core: &CommandWrap) -> io::Result<()> {
            // SAFETY: both handles are open.
            if unsafe { AssignProcessToJobObject(self.0.0.as_raw_handle(), child.as_raw_handle()) } == 0 {
                let error = io::Error::last_os_error();
                // It was never let run, and nobody else would end it.
                let _ = child.kill();
                return Err(error);
            }
            Ok(())
        }
    }
}
