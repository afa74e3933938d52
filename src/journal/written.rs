//! What a journal of a run that is known as a value would say: for tests that read it back.

use jiff::Timestamp;

use crate::domain::{Outcome, Run, Server, StepOutcome};
use crate::record::{self, JOURNAL, Line, Text};

/// The journal of this run, as text; `None`: it has no name, or nobody ran it.
pub fn written(run: &Run) -> Option<Vec<u8>> {
    let texts = lines(run)?.iter().map(Line::to_text).collect::<Result<Vec<_>, _>>().ok()?;
    Some(texts.into_iter().flat_map(|text| text.into_bytes()).collect())
}

/// Its lines.
pub(super) fn lines(run: &Run) -> Option<Vec<Line>> {
    let (at, who) = (run.begun, run.who.as_ref()?);
    let mut lines = vec![Line::Begin(record::Begin {
        schema: JOURNAL.to_owned(),
        run: run.id.as_ref()?.into(),
        at: Text(at),
        command: Text(run.command),
        agreed_by: Text(run.agreed_by),
        version: run.version.clone(),
        script_sha256: String::new(),
        arguments: run.arguments.clone(),
        who: who.into(),
        simulated: run.simulated.clone(),
        undoes: run.undoes.as_ref().map(Text::from),
    })];
    lines.extend(run.shells.iter().map(|shell| {
        let (process, started) = (shell.id, shell.started.clone());
        Line::Shell(record::Shell { process, started })
    }));
    for server in &run.servers {
        let name = || Text::from(server.server());
        lines.push(Line::Before((&server.before).into()));
        lines.extend(server.decision.as_ref().map(|decision| {
            let (server, decision) = (name(), decision.into());
            Line::Decision(record::Decided { server, at: Text(at), by: who.user.clone(), decision })
        }));
        lines.extend(server.steps.iter().flat_map(|step| of_step(server.server(), step, at)));
        lines.extend(server.looks.iter().map(|look| Line::After(look.into())));
        let clients = server.clients.iter().map(|clients| record::Clients::of(clients, at)).collect();
        lines.push(Line::Clients(record::Met { server: name(), at: Text(at), clients }));
        let monitors = server.monitors.iter().map(record::MonitorVerdict::from).collect();
        lines.push(Line::Monitors(record::Monitored { server: name(), at: Text(at), monitors }));
    }
    lines.extend(run.resumed.then(|| {
        let (version, who) = (run.version.clone(), who.into());
        Line::Resumed(record::Resumed { at: Text(at), version, who })
    }));
    lines.extend(run.ended.as_ref().map(|end| {
        let (exit_code, exit, interrupted) = (end.code, end.name.clone(), run.interrupted);
        Line::End(record::End { at: Text(end.at), exit_code, exit, interrupted, sums: run.sums().into() })
    }));
    Some(lines)
}

/// What was about to be done, and what became of it, as far as it goes beyond that.
fn of_step(server: &Server, step: &StepOutcome, at: Timestamp) -> Vec<Line> {
    let subject = || (&step.change.subject()).into();
    let intent = step.intended.map(|at| {
        let to = step.change.target().to_owned();
        Line::Intent(record::Intent { server: server.into(), subject: subject(), to, at: Text(at) })
    });
    let known = if intent.is_some() { Outcome::Open } else { Outcome::NotBegun };
    let outcome = (step.outcome != known).then(|| {
        let outcome = (&step.outcome).into();
        Line::Outcome(record::Ended { server: server.into(), subject: subject(), at: Text(at), outcome })
    });
    intent.into_iter().chain(outcome).collect()
}
