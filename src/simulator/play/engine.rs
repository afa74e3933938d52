//! The other end of the pipe: reads requests, answers in frames, and goes wrong where the scenario says so. It stands
//! in for the PowerShell engine, byte for byte on the wire, so that everything above the pipe is the real thing.

use std::io::{self, BufRead, Write};
use std::thread;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::shell::Capabilities;
use crate::shell::protocol::{Body, Call, CallError, Hello, Request};
use crate::simulator::format::{Effect, Fault, Kept, Live, Source};

use super::cmdlets::Shell;
use super::exchange::Exchange;
use super::faults::{Faults, Subject};
use super::refusals;

/// What an engine is started with.
#[derive(Debug)]
pub struct EngineArgs {
    /// 32 hex digits that every frame carries.
    pub nonce: String,
    /// Whether it may change anything, in the scenario and in its file.
    pub capabilities: Capabilities,
    /// What it plays.
    pub source: Source,
}

/// How a session ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// In good order: the requests ended, or the scenario says so.
    Finished,
    /// As if the process had crashed.
    Crashed,
    /// Not at all: the process is to stay without a word.
    Hung,
    /// The other end was gone.
    Gone,
}

/// Answers requests until they end or a fault ends it.
pub fn serve(args: &EngineArgs, input: impl BufRead, output: impl Write, errors: impl Write) -> Ending {
    let scenario = args.source.scenario();
    let live = args.source.live(args.capabilities.may_change());
    let mut shell = Shell::new(Exchange::new(scenario.clone()), args.capabilities);
    if let Some(file) = live.file() {
        shell.follow(file);
    }
    let mut engine = Engine { args, live, shell, faults: Faults::new(&scenario.faults), output, errors };
    engine.serve(input).unwrap_or(Ending::Gone)
}

struct Engine<'a, W, E> {
    args: &'a EngineArgs,
    live: Live,
    shell: Shell,
    faults: Faults,
    output: W,
    errors: E,
}

impl<W: Write, E: Write> Engine<'_, W, E> {
    fn serve(&mut self, mut input: impl BufRead) -> io::Result<Ending> {
        if let Some(ending) = self.greet()? {
            return Ok(ending);
        }
        let mut line = Vec::new();
        loop {
            line.clear();
            if input.read_until(b'\n', &mut line)? == 0 {
                return Ok(Ending::Finished);
            }
            if line.trim_ascii().is_empty() {
                continue;
            }
            let ending = match serde_json::from_slice::<Request>(&line) {
                Ok(request) => self.answer(&request)?,
                Err(error) => {
                    let (id, error) = misunderstood(&line, &error);
                    self.send(id, &Body::Error { error })?;
                    None
                }
            };
            if let Some(ending) = ending {
                return Ok(ending);
            }
        }
    }

    fn greet(&mut self) -> io::Result<Option<Ending>> {
        let faults = self.faults.of(Subject::HELLO, |_, _| false);
        if let Some(ending) = self.loses_the_shell(&faults, Effect::Before)? {
            return Ok(Some(ending));
        }
        let has = |wanted: &Fault| self.args.source.scenario().faults.contains(wanted);
        let constrained = has(&Fault::ConstrainedLanguage {});
        let hello = Hello {
            ps_version: Some(self.args.source.scenario().machine.power_shell.clone()),
            language_mode: Some(if constrained { "ConstrainedLanguage" } else { "FullLanguage" }.to_owned()),
            is64: Some(!has(&Fault::Bits32 {})),
            process_id: Some(std::process::id()),
        };
        if let Some(ending) = self.loses_the_shell(&faults, Effect::After)? {
            return Ok(Some(ending));
        }
        self.send(0, &Body::Hello(hello))?;
        Ok(constrained.then_some(Ending::Finished))
    }

    fn answer(&mut self, request: &Request) -> io::Result<Option<Ending>> {
        if let Err(error) = self.read_anew() {
            self.send(request.id, &Body::Error { error })?;
            return Ok(None);
        }
        let scenario = self.shell.exchange.scenario();
        let same_server = |a: &str, b: &str| scenario.machine(a).is_some_and(|server| server.is(b));
        let faults = self.faults.of(Subject::of(&request.call), same_server);
        // Services and evidence are not asked of Exchange, and the times of a run stay as they were before they were asked.
        if !is_aside(&request.call) {
            self.shell.exchange.clock.call();
        }
        if let Some(ending) = self.loses_the_shell(&faults, Effect::Before)? {
            return Ok(Some(ending));
        }
        for fault in &faults {
            if let Fault::SlowCall { milliseconds, .. } = fault {
                thread::sleep(Duration::from_millis(*milliseconds));
            }
        }
        if let Call::Connect { .. } = request.call {
            self.load(request.id)?;
        }
        let body = match self.carry_out(&request.call, &faults) {
            Ok(data) => Body::Result { data },
            Err(error) => Body::Error { error },
        };
        if let Some(ending) = self.loses_the_shell(&faults, Effect::After)? {
            return Ok(Some(ending));
        }
        self.send(request.id, &body)?;
        Ok(None)
    }

    /// What loading Exchange looks like from outside: a word of progress, and time.
    fn load(&mut self, id: u64) -> io::Result<()> {
        let text = "loading the Exchange Management Shell (simulated)".to_owned();
        self.send(id, &Body::Progress { text })?;
        for fault in &self.shell.exchange.scenario().faults {
            if let Fault::SlowLoad { milliseconds } = fault {
                thread::sleep(Duration::from_millis(*milliseconds));
            }
        }
        Ok(())
    }

    /// What others have changed in the scenario meanwhile.
    fn read_anew(&mut self) -> Result<(), CallError> {
        let changed = self.live.changed().map_err(|error| refusals::not_read(&error.to_string()))?;
        if let Some(scenario) = changed {
            self.faults.adopt(&scenario.faults);
            self.shell.adopt(scenario);
        }
        Ok(())
    }

    /// Carries a call out and keeps what it changed, of what the scenario is at that moment. What cannot be kept has not
    /// happened.
    fn carry_out(&mut self, call: &Call, faults: &[Fault]) -> Result<serde_json::Value, CallError> {
        let turn = self.live.turn();
        loop {
            self.read_anew()?;
            let memory = self.shell.memory();
            let answer = self.shell.answer(call, faults);
            let (before, now) = (self.live.known(), self.shell.exchange.scenario());
            let changed = (&before.servers, &before.on_their_way) != (&now.servers, &now.on_their_way);
            if changed && self.args.capabilities.may_change() {
                let kept = self.live.keep(&turn, self.shell.exchange.to_scenario());
                if !matches!(kept, Ok(Kept::Is)) {
                    self.shell.go_back(memory, self.live.known());
                }
                match kept {
                    Ok(Kept::Is) => {}
                    Ok(Kept::Not) => continue,
                    Err(error) => return Err(refusals::not_kept(&error.to_string())),
                }
            }
            self.shell.update_ports();
            return answer;
        }
    }

    /// Whether one of these faults ends the session now.
    fn loses_the_shell(&mut self, faults: &[Fault], now: Effect) -> io::Result<Option<Ending>> {
        for fault in faults {
            if let Fault::Crash { effect, .. } = fault
                && *effect == now
            {
                self.errors.write_all(b"Unhandled exception. System.AccessViolationException (simulated).\r\n")?;
                self.errors.flush()?;
                return Ok(Some(Ending::Crashed));
            }
            if let Fault::Hang { effect, .. } = fault
                && *effect == now
            {
                return Ok(Some(Ending::Hung));
            }
            if matches!(fault, Fault::LateWrite { .. }) && now == Effect::After {
                return Ok(Some(Ending::Hung));
            }
            if matches!(fault, Fault::EarlyEnd { .. }) && now == Effect::Before {
                return Ok(Some(Ending::Finished));
            }
        }
        Ok(None)
    }

    /// Writes one frame.
    fn send(&mut self, id: u64, body: &Body) -> io::Result<()> {
        let payload = STANDARD.encode(serde_json::to_vec(body)?);
        self.output.write_all(format!("@RL1 {} {id} {payload}\n", self.args.nonce).as_bytes())?;
        self.output.flush()
    }
}

/// Whether a call is about what stands beside the components and their server.
fn is_aside(call: &Call) -> bool {
    matches!(
        call,
        Call::GetServices { .. }
            | Call::GetServerHealth { .. }
            | Call::GetProtocolSettings { .. }
            | Call::GetCertificates { .. }
            | Call::GetRecoveryActions { .. }
            | Call::GetMonitoringOverrides { .. }
            | Call::GetAuditEntries { .. }
            | Call::GetStateEvents { .. }
            | Call::GetExchangeServers {}
            | Call::GetShellPolicy { .. }
            | Call::GetAvailabilityGroups {}
    )
}

/// What is answered to a line that is no request this engine knows.
fn misunderstood(line: &[u8], error: &serde_json::Error) -> (u64, CallError) {
    let json = serde_json::from_slice::<serde_json::Value>(line).unwrap_or_default();
    let id = json.get("id").and_then(serde_json::Value::as_u64).unwrap_or(0);
    let op = json.get("op").and_then(serde_json::Value::as_str);
    let unknown = op.filter(|_| error.to_string().starts_with("unknown variant"));
    (id, unknown.map_or_else(|| refusals::not_a_request(&error.to_string()), refusals::unknown_operation))
}

#[cfg(test)]
#[path = "engine_tests.rs"]
mod tests;
