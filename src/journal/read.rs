//! A journal, read: the whole run, or its first and last line where a list is all that is wanted. A last line that was
//! torn, when the machine stopped or the disk was full, is no reason to disbelieve the others: an intent is on disk whole
//! before the change is sent, so a torn one was not sent.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};

use crate::domain::{Ended, PastOutcome, PastRun, PastServer, PastService, PastStep, RunId, Service};

use super::record::{self, Record};
use super::{decode, names};

/// The run that these lines tell of; `None` where not even the first makes sense.
pub fn run(text: &[u8]) -> Option<PastRun> {
    let mut lines = text.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
    let Record::Begin(begin) = parse(lines.next()?)? else { return None };
    let mut run = PastRun {
        id: RunId::parse(&begin.run)?,
        begun: decode::utc(&begin.at)?,
        command: begin.command,
        who: decode::who(begin.who),
        version: begin.version,
        arguments: begin.arguments,
        simulated: begin.simulated,
        undoes: begin.undoes.as_deref().and_then(RunId::parse),
        servers: Vec::new(),
        ended: None,
        illegible: 0,
    };
    let mut resumed = false;
    for line in lines {
        let taken = parse(line).and_then(|record| {
            resumed |= matches!(record, Record::Resumed(_));
            take(&mut run, record, resumed)
        });
        if taken.is_none() {
            run.illegible += 1;
        }
    }
    Some(run)
}

fn parse(line: &[u8]) -> Option<Record> {
    serde_json::from_slice(line).ok()
}

fn take(run: &mut PastRun, record: Record, resumed: bool) -> Option<()> {
    match record {
        Record::Begin(_) => return None,
        Record::Resumed(_) => {}
        Record::Before(look) => {
            run.servers.push(PastServer::looked_at(decode::look(look)?));
        }
        Record::Plan(plan) => {
            let steps = plan.steps.into_iter().map(decode::step).collect::<Option<Vec<_>>>()?;
            let services = |names: &[String]| {
                let known = names.iter().filter_map(|name| Service::parse(name));
                known.map(|service| PastService { service, outcome: PastOutcome::NotBegun }).collect()
            };
            let server = server(run, &plan.server)?;
            server.steps = steps;
            (server.starts, server.stops) = (services(&plan.starts), services(&plan.stops));
        }
        Record::Intent(intent) => {
            step(run, &intent.server, &intent.component, &intent.requester)?.outcome = PastOutcome::Open;
        }
        Record::Outcome(outcome) => {
            let ended = names::of_outcome(&outcome.outcome, outcome.trouble.map(decode::trouble))?;
            step(run, &outcome.server, &outcome.component, &outcome.requester)?.outcome = PastOutcome::Ended(ended);
        }
        Record::StartIntent(it) => of(&mut server(run, &it.server)?.starts, &it.service)?.outcome = PastOutcome::Open,
        Record::StopIntent(it) => of(&mut server(run, &it.server)?.stops, &it.service)?.outcome = PastOutcome::Open,
        Record::StartOutcome(outcome) => {
            let ended = names::of_outcome(&outcome.outcome, outcome.trouble.map(decode::trouble))?;
            of(&mut server(run, &outcome.server)?.starts, &outcome.service)?.outcome = PastOutcome::Ended(ended);
        }
        Record::StopOutcome(outcome) => {
            let ended = names::of_outcome(&outcome.outcome, outcome.trouble.map(decode::trouble))?;
            of(&mut server(run, &outcome.server)?.stops, &outcome.service)?.outcome = PastOutcome::Ended(ended);
        }
        Record::After(look) => {
            let after = decode::look(look)?;
            let server = run.servers.iter_mut().find(|server| server.before.server == after.server)?;
            server.after = Some(after);
        }
        Record::Verdicts(verdicts) => {
            server(run, &verdicts.server)?.verdicts = verdicts.verdicts.into_iter().map(decode::verdict).collect();
        }
        Record::End(end) => run.ended = Some(ended(end, resumed)?),
    }
    Some(())
}

fn ended(end: record::End, resumed: bool) -> Option<Ended> {
    Some(Ended { at: decode::utc(&end.at)?, code: end.exit_code, name: end.exit, resumed })
}

fn server<'a>(run: &'a mut PastRun, name: &str) -> Option<&'a mut PastServer> {
    run.servers.iter_mut().find(|server| server.before.server.is(name))
}

fn step<'a>(run: &'a mut PastRun, on: &str, component: &str, requester: &str) -> Option<&'a mut PastStep> {
    let of = |step: &&mut PastStep| step.hold.component.is(component) && step.hold.requester.is(requester);
    server(run, on)?.steps.iter_mut().find(of)
}

fn of<'a>(services: &'a mut [PastService], name: &str) -> Option<&'a mut PastService> {
    let service = Service::parse(name)?;
    services.iter_mut().find(|it| it.service == service)
}

/// The first and the last line of a journal.
pub fn ends(file: &mut File) -> io::Result<(Option<record::Begin>, Option<record::End>)> {
    /// A first line is rarely longer; a last line never.
    const PIECE: usize = 2048;
    let mut head = vec![0; PIECE];
    let mut filled = 0;
    let line = loop {
        let read = file.read(&mut head[filled..])?;
        filled += read;
        if let Some(end) = memchr::memchr(b'\n', &head[..filled]) {
            break Some(end);
        }
        if read == 0 {
            break None;
        }
        if filled == head.len() {
            head.resize(head.len() * 2, 0);
        }
    };
    let begin = match line.and_then(|end| parse(&head[..end])) {
        Some(Record::Begin(begin)) => Some(begin),
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
        Some(Record::End(end)) => Some(end),
        Some(_) | None => None,
    };
    Ok((begin, end))
}
