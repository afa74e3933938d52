//! One shell, from its hello to its end. A call is a line out and a frame back, with a deadline and an eye on Ctrl-C; the
//! session owns what is needed for that and nothing of what the calls mean. Waiting is a receive with a short timeout:
//! every reason to stop waiting (answer, deadline, interrupt, end of the process) is looked at in one place, in one loop.
//! Whatever breaks the order of question and answer ends the session with all its processes; there is no way back from
//! there but a new session, because an answer that comes too late must never be taken for that to another question.

use std::{
    sync::mpsc::RecvTimeoutError,
    thread,
    time::{Duration, Instant},
};

use serde::de::DeserializeOwned;

use super::{
    CallFailure, Deadlines, Interrupt, Launch, Loss, LossReason, Program, StartError,
    engine::{self, EngineFile},
    launch,
    pipes::{Event, Stream, Wire},
    process::{GOODBYE, Tree},
    protocol::{Body, Call, Hello, Request, read_data},
};
use crate::domain::{ScriptsRefused, ShellProcess};

/// How long a wait may pass without a look at the clock, the process and the interrupt.
const TICK: Duration = Duration::from_millis(25);
/// How long a process without streams is left alone before it is looked at again.
const MOMENT: Duration = Duration::from_millis(1);
/// How long streams are read after the process has ended: a grandchild may hold them open for ever.
const DRAIN: Duration = Duration::from_millis(500);
/// How long nothing may come once a deadline has passed. A process that was stopped (Ctrl-Z) or had no turn for a while
/// finds its time over before it has read what came in time.
const ARREARS: Duration = Duration::from_millis(100);
/// The language mode the engine needs.
const FULL_LANGUAGE: &str = "FullLanguage";

/// A shell that has said hello. Dropping it ends all its processes.
#[derive(Debug)]
pub struct Session {
    // Dropped in this order: the processes end before the file that they run from is removed.
    tree: Tree,
    wire: Wire,
    _engine: Option<EngineFile>,
    hello: Hello,
    deadlines: Deadlines,
    interrupt: Interrupt,
    /// Whether looks go on through the first Ctrl-C of the run, as writes do.
    goes_through: bool,
    last_id: u64,
    closed: [bool; 3],
    lost: Option<LossReason>,
}

impl Session {
    /// Starts the program and waits for its hello.
    pub fn start(launch: &Launch) -> Result<Self, StartError> {
        let began = Instant::now();
        let limit = launch.interrupt.limit(launch.goes_through);
        let nonce = launch::nonce().map_err(|source| launch.spawn_error(source))?;
        let engine = match launch.program {
            Program::PowerShell { .. } => Some(EngineFile::write(launch.capabilities)?),
            Program::Simulator { .. } => None,
        };
        let arguments = launch.arguments(engine.as_ref(), &nonce);
        let program = std::path::absolute(launch.program()).map_err(|source| launch.spawn_error(source))?;
        if !program.is_file() {
            return Err(StartError::NotFound { looked_for: program.display().to_string() });
        }
        tracing::debug!(program = %program.display(), capabilities = launch.capabilities.word(), "starting the shell");
        let (tree, pipes) = Tree::spawn(&program, &arguments).map_err(|source| launch.spawn_error(source))?;
        let wire = Wire::open(pipes, &nonce).map_err(|source| launch.spawn_error(source))?;
        let mut session = Self {
            tree,
            wire,
            _engine: engine,
            hello: Hello::default(),
            deadlines: launch.deadlines,
            interrupt: launch.interrupt.clone(),
            goes_through: launch.goes_through,
            last_id: 0,
            closed: [false; 3],
            lost: None,
        };
        session.hello = match session.wait(0, began, launch.deadlines.hello, limit, &mut |_| {}) {
            Ok(Body::Hello(hello)) => hello,
            Ok(_) => {
                let reason = LossReason::Garbled("something else came in place of a hello".to_owned());
                return Err(StartError::Lost(session.lose(reason, false)));
            }
            Err(reason) => {
                let loss = session.lose(reason, false);
                return Err(refused(&launch.program, &loss).unwrap_or(StartError::Lost(loss)));
            }
        };
        let Hello { ps_version, language_mode, is64, process_id } = &session.hello;
        let (version, mode) = (ps_version.as_deref(), language_mode.as_deref());
        tracing::debug!(version, mode, is64, process_id, took_ms = began.elapsed().as_millis(), "the shell is up");
        match &session.hello.language_mode {
            // The engine exits after such a hello. Compared without case, as PowerShell compares names.
            Some(mode) if !mode.eq_ignore_ascii_case(FULL_LANGUAGE) => Err(StartError::LanguageMode(mode.clone())),
            Some(_) | None => Ok(session),
        }
    }

    /// What the shell said of itself.
    pub fn hello(&self) -> &Hello {
        &self.hello
    }

    /// The process, for a later run that finds it still there; `None`: no later run could tell.
    pub fn process(&self) -> Option<&ShellProcess> {
        self.tree.mark()
    }

    /// Whether looks go on through the first Ctrl-C of the run from now on, as writes do.
    pub fn go_through(&mut self, does: bool) {
        self.goes_through = does;
    }

    /// Asks, and waits for the answer. `progress` gets the lines that the engine reports meanwhile; they do not put off
    /// the deadline. A look ends at a Ctrl-C that was not acknowledged before; a write goes on through the first Ctrl-C of the
    /// run and ends at the next. After a [`CallFailure::Lost`] every further call is lost for the same reason, and nothing is
    /// sent.
    pub fn call<A: DeserializeOwned>(&mut self, call: &Call, progress: &mut dyn FnMut(&str)) -> Result<A, CallFailure> {
        if let Some(reason) = self.lost.clone() {
            return Err(CallFailure::Lost(self.loss(reason, false)));
        }
        let began = Instant::now();
        let limit = self.interrupt.limit(call.is_write() || self.goes_through);
        let deadline = match call {
            Call::Connect { .. } => self.deadlines.connect,
            Call::GetExchangeServer { .. }
            | Call::GetExchangeServers {}
            | Call::GetAvailabilityGroups {}
            | Call::GetComponentState { .. }
            | Call::GetSetupProcess { .. }
            | Call::GetEnvironment {}
            | Call::GetRoleAssignment { .. }
            | Call::GetShellPolicy { .. }
            | Call::GetServices { .. }
            | Call::GetServerHealth { .. }
            | Call::GetProtocolSettings { .. }
            | Call::GetCertificates { .. }
            | Call::GetRecoveryActions { .. }
            | Call::GetMonitoringOverrides { .. }
            | Call::GetAuditEntries { .. }
            | Call::GetStateEvents { .. }
            | Call::SetComponentState { .. }
            | Call::StartService { .. }
            | Call::StopService { .. } => self.deadlines.call,
        };
        self.last_id += 1;
        self.wire.awaited.set(self.last_id);
        let request = Request { id: self.last_id, call: call.clone() };
        let _span = tracing::debug_span!("call", id = request.id).entered();
        tracing::debug!("asking call={call}");
        let mut asked = false;
        let answer = if self.interrupt.count() >= limit {
            // Asked to stop between two calls: nothing more is asked, however fast the shell would answer.
            Err(self.interrupt.reason())
        } else if let Some(status) = self.tree.ended() {
            Err(LossReason::Ended(status.code()))
        } else {
            asked = true;
            self.send(&request).and_then(|()| self.wait(request.id, began, deadline, limit, progress))
        };
        let took_ms = began.elapsed().as_millis();
        match &answer {
            Ok(body) => tracing::debug!(took_ms, "answered {body}"),
            Err(reason) => tracing::debug!(took_ms, "no answer: {reason}"),
        }
        let reason = match answer {
            Ok(Body::Result { data }) => match read_data(data) {
                Ok(answer) => return Ok(answer),
                Err(error) => LossReason::Garbled(error.to_string()),
            },
            Ok(Body::Error { error }) => return Err(CallFailure::Refused(error)),
            Ok(Body::Hello(_) | Body::Progress { .. }) => LossReason::Garbled("a second hello".to_owned()),
            Err(reason) => reason,
        };
        Err(CallFailure::Lost(self.lose(reason, asked)))
    }

    /// The last the shell printed, at most 64 KiB, without control characters.
    pub fn shell_tail(&self) -> String {
        self.wire.tail()
    }

    /// Ends the session in order: the engine sees the end of its stdin, closes what it opened and exits. After 5 s, or
    /// at a Ctrl-C, it is ended like everything it left behind; where the time of the run is over, after a moment.
    pub fn close(mut self) {
        let began = Instant::now();
        let limit = self.interrupt.next();
        self.wire.lines = None;
        // Events are still taken, since a shell that cannot write does not end.
        let patience = if self.interrupt.is_over() { DRAIN } else { GOODBYE };
        while self.tree.ended().is_none() && began.elapsed() < patience && self.interrupt.count() < limit {
            self.next_event();
        }
        let ended = self.tree.ended().map(tracing::field::display);
        tracing::debug!(ended, took_ms = began.elapsed().as_millis(), "closing the shell");
    }

    fn send(&mut self, request: &Request) -> Result<(), LossReason> {
        let line = request.to_line().map_err(|error| LossReason::Garbled(error.to_string()))?;
        // A writer that is gone has said so in an event, and so has the shell by ending: waiting finds out.
        if let Some(lines) = &self.wire.lines {
            let _ = lines.send(line);
        }
        Ok(())
    }

    /// Waits for the frame with this id that is not progress.
    fn wait(
        &mut self,
        id: u64,
        began: Instant,
        deadline: Duration,
        limit: usize,
        progress: &mut dyn FnMut(&str),
    ) -> Result<Body, LossReason> {
        let mut ending: Option<Instant> = None;
        // Since when the deadline is over, and since when nothing has come after that.
        let mut late: Option<(Instant, Instant)> = None;
        loop {
            let event = self.next_event();
            let came = event.is_some();
            match event {
                Some(Event::Frame { id: of, body: Body::Progress { text } }) if of == id => progress(&text),
                Some(Event::Frame { id: of, body }) if of == id => return Ok(body),
                Some(Event::Frame { id: of, .. }) => tracing::debug!(id = of, awaited = id, "a stale frame is dropped"),
                Some(Event::Garbled { id: of, why }) if of.is_none_or(|of| of == id) => {
                    return Err(LossReason::Garbled(why));
                }
                Some(Event::Garbled { id: of, why }) => tracing::debug!(id = of, why, "a stale frame is dropped"),
                Some(Event::Closed(_)) | None => {}
            }
            if self.interrupt.count() >= limit {
                return Err(self.interrupt.reason());
            }
            let ended = self.tree.ended();
            let cut_off = ended.is_some() || self.is_closed(Stream::Stdin) || self.is_closed(Stream::Stdout);
            if cut_off {
                let since = *ending.get_or_insert_with(Instant::now);
                if (ended.is_some() && self.is_closed(Stream::Stdout)) || since.elapsed() >= DRAIN {
                    return Err(LossReason::Ended(ended.and_then(|status| status.code())));
                }
            }
            if began.elapsed() >= deadline {
                let now = Instant::now();
                let (since, quiet) = late.get_or_insert((now, now));
                if came {
                    *quiet = now;
                }
                if quiet.elapsed() >= ARREARS || since.elapsed() >= DRAIN {
                    return Err(LossReason::Deadline(deadline));
                }
            }
        }
    }

    /// The next event, if one comes within a tick.
    fn next_event(&mut self) -> Option<Event> {
        match self.wire.events.recv_timeout(TICK) {
            Ok(event) => {
                if let Event::Closed(stream) = event {
                    self.closed[stream as usize] = true;
                }
                Some(event)
            }
            Err(RecvTimeoutError::Timeout) => None,
            // All streams have ended and only the process is left, for a moment: nothing will wake us when it goes.
            Err(RecvTimeoutError::Disconnected) => {
                thread::sleep(MOMENT);
                None
            }
        }
    }

    fn is_closed(&self, stream: Stream) -> bool {
        self.closed[stream as usize]
    }

    /// Ends the processes, reads what they still had to say, and remembers why.
    fn lose(&mut self, reason: LossReason, asked: bool) -> Loss {
        tracing::debug!(%reason, "the shell is lost");
        self.wire.lines = None;
        self.tree.kill();
        let killed = Instant::now();
        while !(self.is_closed(Stream::Stdout) && self.is_closed(Stream::Stderr)) && killed.elapsed() < DRAIN {
            self.next_event();
        }
        self.lost = Some(reason.clone());
        self.loss(reason, asked)
    }

    fn loss(&self, reason: LossReason, asked: bool) -> Loss {
        Loss { reason, asked, tail: self.wire.tail() }
    }
}

/// Whether PowerShell ended because a policy keeps it from running the engine.
fn refused(program: &Program, loss: &Loss) -> Option<StartError> {
    match (program, &loss.reason) {
        (Program::PowerShell { path }, LossReason::Ended(_)) if ScriptsRefused::is_told_by(&loss.tail) => {
            let refused = ScriptsRefused { policy: policy(path), signed: engine::are_signed() };
            Some(StartError::ScriptsRefused { refused, tail: loss.tail.clone() })
        }
        _ => None,
    }
}

#[cfg(windows)]
fn policy(powershell: &std::path::Path) -> Option<String> {
    let is_core = powershell.file_stem().is_some_and(|name| name.eq_ignore_ascii_case("pwsh"));
    crate::windows::machine::policy_against_scripts(is_core)
}

/// Only Windows has group policy.
#[cfg(not(windows))]
fn policy(_powershell: &std::path::Path) -> Option<String> {
    None
}
