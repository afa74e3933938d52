//! Starting relight.exe beside a stand-in for PowerShell, and what the stand-in noted.

use std::ffi::OsStr;
use std::fs;
use std::io::{ErrorKind, Read};
use std::net::TcpListener;
use std::os::windows::io::{AsRawHandle, FromRawHandle, OwnedHandle};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;
use windows_sys::Win32::Foundation::WAIT_OBJECT_0;
use windows_sys::Win32::System::Threading::{OpenProcess, PROCESS_SYNCHRONIZE, WaitForSingleObject};

use crate::double::{NOTES, ROLL, SCENARIO};
use crate::stage::Console;

/// Longer than anything here takes on a machine that is busy with other work.
pub const LONG: Duration = Duration::from_secs(120);

/// One run of the program, in folders of its own.
pub struct Run {
    pub folder: TempDir,
    pub command: Command,
}

impl Run {
    /// A run with these arguments, against a stand-in that plays this scenario.
    pub fn new(scenario: &str, arguments: &[&str]) -> Self {
        Self::of(Path::new(env!("CARGO_BIN_EXE_relight")), scenario, arguments)
    }

    /// The same with another copy of the program.
    pub fn of(program: &Path, scenario: &str, arguments: &[&str]) -> Self {
        let folder = tempfile::Builder::new().prefix("test of relight ").tempdir().unwrap();
        let mut command = Command::new(program);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        for name in ["notes", "temp"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        command.env(NOTES, folder.path().join("notes")).env(SCENARIO, scenario);
        // Where the journal and the lock are: these runs are beside each other, and only one may write.
        command.env("ProgramData", folder.path()).env("RELIGHT_TEST_LOCKS", folder.path());
        let mut run = Self { folder, command };
        run.temp("temp");
        run
    }

    /// Uses another folder, below the run's own, for temporary files.
    pub fn temp(&mut self, name: impl AsRef<OsStr>) -> PathBuf {
        let temp = self.folder.path().join(name.as_ref());
        fs::create_dir_all(&temp).unwrap();
        self.command.env("TEMP", &temp).env("TMP", &temp);
        temp
    }

    /// To the end.
    pub fn output(&mut self) -> Output {
        let child = self.command.spawn().unwrap();
        wait(child)
    }

    /// Starts it, with a roll at which the stand-in and its child call in.
    pub fn start(&mut self) -> (Child, Vec<Called>) {
        self.start_by(|run| run.command.spawn().unwrap())
    }

    /// The same on a console.
    pub fn start_on(&mut self, console: &Console) -> (Child, Vec<Called>) {
        self.start_by(|run| console.start(run))
    }

    fn start_by(&mut self, start: impl FnOnce(&mut Self) -> Child) -> (Child, Vec<Called>) {
        let roll = TcpListener::bind("127.0.0.1:0").unwrap();
        roll.set_nonblocking(true).unwrap();
        self.command.env(ROLL, roll.local_addr().unwrap().to_string());
        let mut child = start(self);
        let family = (0..2).map(|_| Called::take(&roll, &mut child)).collect();
        (child, family)
    }

    /// What the stand-ins noted.
    pub fn notes(&self) -> Vec<Value> {
        let notes = fs::read_dir(self.folder.path().join("notes")).unwrap();
        notes.map(|note| serde_json::from_slice(&fs::read(note.unwrap().path()).unwrap()).unwrap()).collect()
    }

    /// What the only stand-in noted.
    pub fn note(&self) -> Value {
        let [note] = <[Value; 1]>::try_from(self.notes()).unwrap();
        note
    }
}

/// The end of a process, which must come.
pub fn wait(child: Child) -> Output {
    wait_and(child, || ())
}

/// The same, and what is to be done when it has ended, before the end of its streams.
pub fn wait_and(mut child: Child, then: impl FnOnce()) -> Output {
    let pipes = (child.stdout.take(), child.stderr.take());
    let read = |pipe: Option<Box<dyn Read + Send>>| {
        thread::spawn(move || {
            let mut bytes = Vec::new();
            if let Some(mut pipe) = pipe {
                pipe.read_to_end(&mut bytes).unwrap();
            }
            bytes
        })
    };
    let stdout = read(pipes.0.map(|pipe| Box::new(pipe) as Box<_>));
    let stderr = read(pipes.1.map(|pipe| Box::new(pipe) as Box<_>));
    let began = Instant::now();
    let status = loop {
        match child.try_wait().unwrap() {
            Some(status) => break status,
            None if began.elapsed() > LONG => {
                child.kill().unwrap();
                panic!("it does not end");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    then();
    Output { status, stdout: stdout.join().unwrap(), stderr: stderr.join().unwrap() }
}

/// What came on stderr, and how it ended, where a test fails.
pub fn shown(output: &Output) -> String {
    format!("{}: {}", output.status, String::from_utf8_lossy(&output.stderr))
}

/// A process that called in, by a handle: its connection would do on a real Windows, but a wine may keep that of a
/// process that was killed while it sent.
pub struct Called(OwnedHandle, u32);

impl Called {
    fn take(roll: &TcpListener, relight: &mut Child) -> Self {
        let began = Instant::now();
        let mut stream = loop {
            // Asked first: whoever called in before the end is still taken.
            let ended = relight.try_wait().unwrap();
            match roll.accept() {
                Ok((stream, _)) => break stream,
                Err(error) if error.kind() == ErrorKind::WouldBlock => {}
                Err(error) => panic!("{error}"),
            }
            assert_eq!(ended, None, "relight has ended, and not everybody has called in");
            assert!(began.elapsed() < LONG, "nobody calls in");
            thread::sleep(Duration::from_millis(2));
        };
        stream.set_nonblocking(false).unwrap();
        let mut id = [0; 4];
        stream.read_exact(&mut id).unwrap();
        let id = u32::from_le_bytes(id);
        // SAFETY: no pointers; the handle is checked before it is owned.
        let process = unsafe { OpenProcess(PROCESS_SYNCHRONIZE, 0, id) };
        assert!(!process.is_null(), "process {id}: {}", std::io::Error::last_os_error());
        // SAFETY: it was just opened, and nobody else has it.
        Self(unsafe { OwnedHandle::from_raw_handle(process) }, id)
    }

    /// Waits until it is gone.
    pub fn assert_gone(self) {
        // SAFETY: the handle is open.
        let waited = unsafe { WaitForSingleObject(self.0.as_raw_handle(), LONG.as_millis() as u32) };
        assert_eq!(waited, WAIT_OBJECT_0, "process {} lives", self.1);
    }
}

/// The folders that relight left, or has, in a folder for temporary files.
pub fn folders(temp: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(temp).unwrap().map(|entry| entry.unwrap().path());
    all.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with("relight-")).collect()
}
