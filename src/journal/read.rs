//! A journal, read: the whole run, or its first and last line where a list is all that is wanted. A last line that was
//! torn, when the machine stopped or the disk was full, is no reason to disbelieve the others: an intent is on disk whole
//! before the change is sent, so a torn one was not sent. What makes no sense is not guessed at: the line is illegible.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::domain::{
    Command, Component, Outcome, Policy, Run, Server, ServerRun, ServerSnapshot, ShellProcess, StepOutcome, Subject,
};
use crate::record::{self, Line};

/// The run that these lines tell of; `None` where not even the first makes sense.
pub fn run(text: &[u8]) -> Option<Run> {
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let Line::Begin(begin) = parse(lines.next()?)? else { return None };
    if !is_known(&begin.schema) {
        return None;
    }
    let run = Run {
        id: Some(begin.run.0),
        arguments: begin.arguments,
        who: Some(begin.who.read()),
        simulated: begin.simulated,
        undoes: begin.undoes.map(|undone| undone.0),
        ..Run::begun(begin.command.0, begin.agreed_by.0, &begin.version, begin.at.0)
    };
    let mut reader = Reader { run, servers: HashMap::new(), sent: None };
    for line in lines {
        if parse(line).and_then(|line| reader.take(line)).is_none() {
            reader.run.flaws.illegible += 1;
        }
    }
    let Reader { mut run, sent, .. } = reader;
    // Lines are missing, or were written by somebody else.
    if sent.is_some_and(|sent| sent != run.sums().sent) {
        run.flaws.illegible += 1;
    }
    Some(run)
}

/// More changes than a run can make on one server, and more of which nothing is known than are worth telling: a journal that
/// has more was not written by relight, and must not cost whoever reads it the square of its lines.
const MOST_CHANGES: usize = 100;

/// A run that is being read, and where in it each server is.
struct Reader {
    run: Run,
    servers: HashMap<String, usize>,
    /// How many changes were sent, as its last end has it.
    sent: Option<usize>,
}

/// Whether a journal is one that this version can read: of major version 1.
pub(super) fn is_known(schema: &str) -> bool {
    let minor = schema.strip_prefix("relight/journal/1.");
    minor.is_some_and(|minor| !minor.is_empty() && minor.bytes().all(|byte| byte.is_ascii_digit()))
}

fn parse(line: &[u8]) -> Option<Line> {
    serde_json::from_slice(line).ok()
}

impl Reader {
    /// `None`: the line makes no sense here.
    fn take(&mut self, line: Line) -> Option<()> {
        match line {
            Line::Begin(_) => return None,
            Line::Resumed(_) => self.run.resumed = true,
            Line::Before(look) => {
                let look = look.read()?;
                // Nobody is looked at for the first time twice, nor decided on twice.
                if self.server(&look.server).is_some() {
                    return None;
                }
                self.servers.insert(key(&look.server), self.run.servers.len());
                self.run.servers.push(looked_at(look, self.run.command));
            }
            Line::Decision(decided) => {
                let decision = decided.decision.read()?;
                if decision.agreed.len() > MOST_CHANGES || decision.left.len() > MOST_CHANGES {
                    return None;
                }
                let server = self.server(&decided.server.0).filter(|server| server.decision.is_none())?;
                server.steps = decision.not_begun();
                server.decision = Some(decision);
            }
            Line::Shell(shell) => self.run.shells.push(ShellProcess { id: shell.process, started: shell.started }),
            Line::Intent(intent) => {
                let subject = intent.subject.read()?;
                let planned = self.step(&intent.server.0, &subject).filter(|step| step.change.target() == intent.to);
                if let Some(step) = planned {
                    step.outcome = Outcome::Open;
                    step.intended = Some(intent.at.0);
                } else if self.run.flaws.unplanned.len() < MOST_CHANGES {
                    // Something was sent that nothing planned, or the line of the plan is lost.
                    self.run.flaws.unplanned.push((intent.server.0, subject));
                } else {
                    return None;
                }
            }
            Line::Outcome(ended) => {
                let outcome = ended.outcome.read()?;
                let unplanned = (ended.server.0, ended.subject.read()?);
                let at = self.run.flaws.unplanned.iter().position(|it| *it == unplanned);
                match (at, self.step(&unplanned.0, &unplanned.1)) {
                    (Some(_), _) if outcome.was_sent() => {}
                    (Some(at), _) => drop(self.run.flaws.unplanned.remove(at)),
                    (None, Some(step)) => step.outcome = outcome,
                    (None, None) => return None,
                }
            }
            Line::After(after) => {
                let look = after.read()?;
                if look.verdicts.len() > MOST_CHANGES {
                    return None;
                }
                self.server(&look.snapshot.server)?.looks.push(look);
            }
            Line::Clients(met) => {
                let clients = met.clients.into_iter().map(record::Clients::read).collect::<Option<_>>()?;
                self.server(&met.server.0)?.clients = clients;
            }
            Line::Monitors(monitored) => {
                let monitors =
                    monitored.monitors.into_iter().map(record::MonitorVerdict::read).collect::<Option<_>>()?;
                self.server(&monitored.server.0)?.monitors = monitors;
            }
            Line::End(end) => {
                self.run.interrupted = end.interrupted;
                self.run.ended = Some(crate::domain::End { at: end.at.0, code: end.exit_code, name: end.exit });
                self.sent = Some(end.sums.sent);
            }
        }
        Some(())
    }

    fn server(&mut self, name: &Server) -> Option<&mut ServerRun> {
        let at = *self.servers.get(&key(name))?;
        self.run.servers.get_mut(at)
    }

    fn step(&mut self, on: &Server, subject: &Subject) -> Option<&mut StepOutcome> {
        self.server(on)?.steps.iter_mut().find(|step| step.change.subject() == *subject)
    }
}

/// Names are the same in any case.
fn key(server: &Server) -> String {
    server.as_str().to_ascii_lowercase()
}

/// The policy of the run is not known, and by now means nothing: what could have been done is told by the usual one.
fn looked_at(look: ServerSnapshot, command: Command) -> ServerRun {
    let components = look.components.iter().map(|seen| seen.component.clone());
    let components = components.filter(|component| !Component::is_server_wide_offline(component)).collect();
    let mut server = ServerRun::of(look, &Policy { components, ..Policy::default() });
    if command == Command::Undo {
        server.plan.proposals.clear();
    }
    server
}

/// The first and the last line of a journal.
pub fn ends(file: &mut File) -> io::Result<(Option<record::Begin>, Option<record::End>)> {
    /// A first line is rarely longer; a last line never.
    const PIECE: usize = 2048;
    /// No first line is longer, which has the words of a command line.
    const LONGEST: usize = 1024 * 1024;
    let mut head = vec![0; PIECE];
    let mut filled = 0;
    let first = loop {
        let read = file.read(&mut head[filled..])?;
        filled += read;
        if let Some(end) = memchr::memchr(b'\n', &head[..filled]) {
            break end;
        }
        if read == 0 || filled == LONGEST {
            return Ok((None, None));
        }
        if filled == head.len() {
            head.resize(head.len() * 2, 0);
        }
    };
    let begin = match parse(&head[..first]) {
        Some(Line::Begin(begin)) => Some(begin),
        Some(_) | None => None,
    };
    let length = file.seek(SeekFrom::End(0))?;
    let tail = if length <= filled as u64 {
        &head[..filled]
    } else {
        file.seek(SeekFrom::Start(length.saturating_sub(PIECE as u64 / 2)))?;
        head.clear();
        file.read_to_end(&mut head)?;
        &head[..]
    };
    let last = tail.split(|byte| *byte == b'\n').rfind(|line| !line.is_empty());
    let end = match last.and_then(parse) {
        Some(Line::End(end)) => Some(end),
        Some(_) | None => None,
    };
    Ok((begin, end))
}
