//! The session against an engine that misbehaves, across a real process boundary. The engine is this very executable,
//! started again with the arguments a session passes: nothing to find, nothing to build, the same on every system. That
//! needs a `main` that looks at the arguments first, hence libtest-mimic in place of the usual harness.

#[path = "../support/peer.rs"]
#[expect(dead_code, reason = "no test here needs one")]
mod peer;
#[path = "../support/trials.rs"]
mod trials;

mod answers;
mod between;
mod endings;
mod hostile;
mod launching;
mod noise;
mod wire;

use std::{
    env,
    ffi::OsString,
    io::{BufRead, BufReader, Read},
    net::{TcpListener, TcpStream},
    process::ExitCode,
    time::Duration,
};

use relight::shell::{
    CallFailure, Capabilities, Deadlines, Interrupt, Launch, Loss, LossReason, Program, Session, StartError, Turn,
    protocol::Call,
};
use serde_json::Value;
use trials::trials;

/// Set for every process here: a session must not hand it on.
pub const POISON: &str = "PSModulePath";
/// Something that relight would set otherwise, were it not set.
pub const TELEMETRY: (&str, &str) = ("POWERSHELL_TELEMETRY_OPTOUT", "0");

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    match arguments.first().and_then(|first| first.to_str()) {
        Some("simulated-engine") => hostile::play(&arguments[1..]),
        Some("-NoLogo") => hostile::play_powershell(&arguments),
        _ => {}
    }
    // SAFETY: no other thread runs yet.
    unsafe {
        env::set_var(POISON, "/nowhere");
        env::set_var(TELEMETRY.0, TELEMETRY.1);
    }
    trials::run(vec![answers::trials(), between::trials(), endings::trials(), launching::trials(), noise::trials()])
}

/// Long enough for any machine: a test that waits this long has failed.
pub const LONG: Duration = Duration::from_secs(60);
/// A deadline that is meant to pass.
pub const SHORT: Duration = Duration::from_millis(300);

pub fn launch<A: Into<OsString>>(fault: impl IntoIterator<Item = A>) -> Launch {
    Launch {
        program: Program::Simulator {
            path: env::current_exe().unwrap(),
            args: fault.into_iter().map(Into::into).collect(),
        },
        capabilities: Capabilities::Look,
        deadlines: Deadlines { hello: LONG, connect: LONG, call: LONG },
        interrupt: Interrupt::new(),
        turn: Turn::default(),
        goes_through: false,
    }
}

pub fn start(fault: &str) -> Session {
    Session::start(&launch([fault])).unwrap()
}

/// A look at this server.
pub fn look(server: &str) -> Call {
    Call::GetSetupProcess { server: server.to_owned() }
}

pub fn write(server: &str) -> Call {
    let [component, requester, state] = ["PopProxy", "HealthApi", "Active"].map(str::to_owned);
    Call::SetComponentState { server: server.to_owned(), component, requester, state, local_only: false }
}

/// Asks, and expects the engine to repeat the server's name.
pub fn ask(session: &mut Session, server: &str) {
    let answer: Value = session.call(&look(server), &mut |_| {}).unwrap();
    // A text that is empty counts as one that was not given.
    assert_eq!(answer["server"], if server.is_empty() { Value::Null } else { server.into() });
}

/// Asks, and expects the session to be lost.
pub fn lose(session: &mut Session, call: &Call) -> Loss {
    match session.call::<Value>(call, &mut |_| {}) {
        Err(CallFailure::Lost(loss)) => loss,
        other => panic!("not lost: {other:?}"),
    }
}

/// Starts, and expects the session to be lost.
pub fn start_lost(launch: &Launch) -> Loss {
    match Session::start(launch) {
        Err(StartError::Lost(loss)) => loss,
        other => panic!("not lost: {other:?}"),
    }
}

/// Processes that have called in, each by a connection that ends when the process does. Better than a look at process
/// ids: the same on every system, never fooled by a zombie or by a number that is used again.
pub struct Roll(TcpListener);

impl Roll {
    pub fn new() -> (Self, String) {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        (Self(listener), address)
    }

    /// Waits for so many processes to call in; they say their ids.
    pub fn take(&self, count: usize) -> Vec<(TcpStream, u32)> {
        let called = (0..count).map(|_| {
            let (stream, _) = self.0.accept().unwrap();
            stream.set_read_timeout(Some(LONG)).unwrap();
            let mut line = String::new();
            BufReader::with_capacity(1, &stream).read_line(&mut line).unwrap();
            (stream, line.trim().parse().unwrap())
        });
        called.collect()
    }
}

/// Waits until a process that has called in is gone.
pub fn assert_gone((mut stream, id): (TcpStream, u32)) {
    match stream.read(&mut [0]) {
        Ok(0) => {}
        Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => {}
        other => panic!("process {id} lives: {other:?}"),
    }
    // A connection closes a moment before its process is gone. A zombie is a process that nobody has asked about yet; in
    // a container nobody may ever.
    #[cfg(target_os = "linux")]
    for _ in 0..LONG.as_millis() / 10 {
        match std::fs::read_to_string(format!("/proc/{id}/stat")) {
            Ok(stat) if !stat.contains(") Z ") && !stat.contains(") X ") => {
                std::thread::sleep(Duration::from_millis(10));
            }
            Ok(_) | Err(_) => return,
        }
    }
    #[cfg(target_os = "linux")]
    panic!("process {id} lives");
}

pub fn is_deadline(reason: &LossReason) -> bool {
    matches!(reason, LossReason::Deadline(deadline) if *deadline == SHORT)
}
