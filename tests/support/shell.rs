//! A real PowerShell that runs the engine, spoken to in raw frames: just enough of a session for tests, sharing nothing with
//! the one relight uses.

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread::{self, JoinHandle};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use relight::shell::protocol::{Body, Call, CallError, Hello, Request};
use serde_json::Value;

use super::PATIENCE;
use super::double::Setup;

const NONCE: &str = "0123456789abcdef0123456789abcdef";

impl Setup {
    /// A command that runs a script file as relight would.
    pub fn command(&self, script: &Path) -> Command {
        let mut command = Command::new(self.shell());
        command
            .args(["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"])
            .arg(script)
            .current_dir(self.path(""))
            .envs(self.environment());
        // As relight starts it: with a console that nobody sees. Without any, PowerShell 7 says nothing under wine.
        #[cfg(windows)]
        std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000);
        command
    }

    /// Starts an engine and reads its hello.
    pub fn start(&self, engine: &str) -> Session {
        let script = self.path("engine.ps1");
        fs::write(&script, engine).unwrap();
        let mut command = self.command(&script);
        command.args(["-Nonce", NONCE]).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        Session::open(command)
    }
}

/// The answer to one call, and what came before it.
#[derive(Debug)]
pub struct Answer {
    pub id: u64,
    pub outcome: Result<Value, CallError>,
    pub progress: Vec<String>,
}

/// An engine that runs.
pub struct Session {
    child: Child,
    stdin: Option<ChildStdin>,
    lines: Receiver<String>,
    stderr: JoinHandle<String>,
    next: u64,
    pub hello: Hello,
    pub noise: Vec<String>,
}

impl Session {
    fn open(mut command: Command) -> Self {
        let mut child = command.spawn().unwrap();
        let stdout = child.stdout.take().unwrap();
        let (sender, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).split(b'\n') {
                if sender.send(String::from_utf8_lossy(&line.unwrap()).into_owned()).is_err() {
                    break;
                }
            }
        });
        let mut errors = child.stderr.take().unwrap();
        let stderr = thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = errors.read_to_end(&mut bytes);
            String::from_utf8_lossy(&bytes).into_owned()
        });
        let stdin = child.stdin.take();
        let mut session = Self { child, stdin, lines, stderr, next: 1, hello: Hello::default(), noise: Vec::new() };
        match session.frame() {
            Some((0, Body::Hello(hello))) => session.hello = hello,
            other => panic!("no hello but {other:?}"),
        }
        session
    }

    /// The next frame, over any noise; `None`: stdout ended.
    fn frame(&mut self) -> Option<(u64, Body)> {
        loop {
            let line = match self.lines.recv_timeout(PATIENCE) {
                Ok(line) => line,
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {
                    self.child.kill().unwrap();
                    panic!("no frame in {PATIENCE:?}");
                }
            };
            let marker = format!("@RL1 {NONCE} ");
            let Some(at) = line.find(&marker) else {
                self.noise.push(line);
                continue;
            };
            let (id, body) = line[at + marker.len()..].trim_end().split_once(' ').unwrap();
            let json = STANDARD.decode(body).unwrap();
            return Some((id.parse().unwrap(), serde_json::from_slice(&json).unwrap()));
        }
    }

    /// Writes one line as it is.
    pub fn send(&mut self, line: &str) {
        let stdin = self.stdin.as_mut().unwrap();
        stdin.write_all(format!("{line}\n").as_bytes()).unwrap();
        stdin.flush().unwrap();
    }

    /// The next answer; `None`: the engine is gone.
    pub fn answer(&mut self) -> Option<Answer> {
        let mut progress = Vec::new();
        loop {
            let (id, outcome) = match self.frame()? {
                (_, Body::Progress { text }) => {
                    progress.push(text);
                    continue;
                }
                (id, Body::Result { data }) => (id, Ok(data)),
                (id, Body::Error { error }) => (id, Err(error)),
                (id, Body::Hello(_)) => panic!("a second hello, with id {id}"),
            };
            return Some(Answer { id, outcome, progress });
        }
    }

    /// Asks, and takes the answer with the right id.
    pub fn try_call(&mut self, call: Call) -> Option<Answer> {
        let id = self.next;
        self.next += 1;
        let json = serde_json::to_string(&Request { id, call }).unwrap();
        self.send(&ascii(&json));
        let answer = self.answer()?;
        assert_eq!(answer.id, id);
        Some(answer)
    }

    pub fn call(&mut self, call: Call) -> Result<Value, CallError> {
        self.try_call(call).expect("an answer").outcome
    }

    /// Ends it in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Closes stdin and waits for the end; what was printed beside the frames, and how it ended.
    pub fn finish(mut self) -> (ExitStatus, Vec<String>, String) {
        drop(self.stdin.take());
        assert!(self.frame().is_none(), "a frame after the end of stdin");
        let status = self.child.wait().unwrap();
        (status, self.noise, self.stderr.join().unwrap())
    }
}

/// JSON in ASCII: everything else as `\uXXXX`.
fn ascii(json: &str) -> String {
    let mut line = String::new();
    for unit in json.encode_utf16() {
        match u8::try_from(unit) {
            Ok(byte) if byte.is_ascii() => line.push(char::from(byte)),
            _ => line.push_str(&format!("\\u{unit:04x}")),
        }
    }
    line
}
