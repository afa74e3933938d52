//! A job object: the processes in it, and all they start, are ended as one, and end when its last handle closes. The
//! handle is not inherited, so it is ours alone: however this process ends, they end with it.

use std::os::windows::io::{AsHandle, AsRawHandle, BorrowedHandle, FromRawHandle, OwnedHandle};
use std::os::windows::process::CommandExt;
use std::process::{Child, Command};
use std::{io, mem, ptr};

use windows_sys::Win32::Foundation::INVALID_HANDLE_VALUE;
use windows_sys::Win32::System::Diagnostics::ToolHelp::{
    CreateToolhelp32Snapshot, TH32CS_SNAPTHREAD, THREADENTRY32, Thread32First, Thread32Next,
};
use windows_sys::Win32::System::JobObjects::{
    AssignProcessToJobObject, CreateJobObjectW, JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE,
    JOBOBJECT_EXTENDED_LIMIT_INFORMATION, JobObjectExtendedLimitInformation, SetInformationJobObject,
    TerminateJobObject,
};
use windows_sys::Win32::System::Threading::{
    CREATE_SUSPENDED, OpenThread, PROCESS_CREATION_FLAGS, ResumeThread, THREAD_SUSPEND_RESUME,
};

/// The job.
#[derive(Debug)]
pub struct Job(OwnedHandle);

impl Job {
    /// A job without processes.
    ///
    /// # Errors
    /// What Windows says.
    #[expect(unsafe_code, reason = "calls into Windows")]
    pub fn new() -> io::Result<Self> {
        // SAFETY: no attributes and no name.
        let job = unsafe { CreateJobObjectW(ptr::null(), ptr::null()) };
        if job.is_null() {
            return Err(io::Error::last_os_error());
        }
        // SAFETY: the handle was just made, and nobody else has it.
        let job = Self(unsafe { OwnedHandle::from_raw_handle(job) });
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

    /// Starts a process that is in the job before it runs its first instruction. `flags` replace those of the command.
    ///
    /// # Errors
    /// What Windows says; nothing runs then.
    pub fn spawn(&self, command: &mut Command, flags: PROCESS_CREATION_FLAGS) -> io::Result<Child> {
        let mut child = command.creation_flags(flags | CREATE_SUSPENDED).spawn()?;
        self.take(child.as_handle()).and_then(|()| resume(child.id())).inspect_err(|_| {
            // It was never let run, and it may be in no job that would end it.
            let _gone = child.kill();
        })?;
        Ok(child)
    }

    /// Takes a process in; what it starts from now on is in as well.
    ///
    /// # Errors
    /// What Windows says.
    #[expect(unsafe_code, reason = "a call into Windows")]
    pub fn take(&self, process: BorrowedHandle<'_>) -> io::Result<()> {
        // SAFETY: both handles are open for as long as they are borrowed.
        let taken = unsafe { AssignProcessToJobObject(self.0.as_raw_handle(), process.as_raw_handle()) };
        if taken == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }

    /// Ends all that is in it, with exit code 1.
    ///
    /// # Errors
    /// What Windows says.
    #[expect(unsafe_code, reason = "a call into Windows")]
    pub fn end(&self) -> io::Result<()> {
        // SAFETY: the handle is open.
        let ended = unsafe { TerminateJobObject(self.0.as_raw_handle(), 1) };
        if ended == 0 { Err(io::Error::last_os_error()) } else { Ok(()) }
    }
}

/// Lets a process run that was started suspended. The standard library keeps the handle of its thread to itself; so it is
/// looked for among the threads of the machine. Whatever else was put into the process may run too.
#[expect(unsafe_code, reason = "calls into Windows")]
fn resume(process: u32) -> io::Result<()> {
    // SAFETY: no pointers.
    let all = unsafe { CreateToolhelp32Snapshot(TH32CS_SNAPTHREAD, 0) };
    if all == INVALID_HANDLE_VALUE {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was just made, and nobody else has it.
    let all = unsafe { OwnedHandle::from_raw_handle(all) };
    let mut thread = THREADENTRY32 { dwSize: mem::size_of::<THREADENTRY32>() as u32, ..Default::default() };
    let mut found = false;
    // SAFETY: the snapshot is open, and the structure says how large it is.
    let mut told = unsafe { Thread32First(all.as_raw_handle(), &raw mut thread) };
    while told != 0 {
        if thread.th32OwnerProcessID == process {
            resume_thread(thread.th32ThreadID)?;
            found = true;
        }
        // SAFETY: as above.
        told = unsafe { Thread32Next(all.as_raw_handle(), &raw mut thread) };
    }
    if found { Ok(()) } else { Err(io::Error::other("the process that was started has no thread")) }
}

#[expect(unsafe_code, reason = "calls into Windows")]
fn resume_thread(id: u32) -> io::Result<()> {
    // SAFETY: no pointers.
    let thread = unsafe { OpenThread(THREAD_SUSPEND_RESUME, 0, id) };
    if thread.is_null() {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: it was just opened, and nobody else has it.
    let thread = unsafe { OwnedHandle::from_raw_handle(thread) };
    // SAFETY: the handle is open.
    let times = unsafe { ResumeThread(thread.as_raw_handle()) };
    if times == u32::MAX { Err(io::Error::last_os_error()) } else { Ok(()) }
}
