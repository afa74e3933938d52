//! `resume`: looks at what a run left that could not look itself, or did not live to, and closes its record. Nothing is
//! changed.

use crate::cli::{Config, Target};
use crate::domain::{
    Consent, Event, Outcome, PastOutcome, PastRun, PastServer, Policy, RunCommand, ServerReport, ServerSnapshot,
    StartOutcome, StepOutcome, StopOutcome, Trouble, TroubleKind, UndoPlan, UndoReport, UndoServer, judge,
    judge_put_back, judge_starts, judge_stops,
};
use crate::error::Error;
use crate::exchange::Observer;
use crate::exit::Exit;
use crate::journal::{Folder, Journal, JournalError};
use crate::shell::Capabilities;
use crate::terminal::{Console, Progress};

use super::{Prepared, recording, say_report, undo};

/// Settles a run that was interrupted, or ended blind.
pub(super) fn resume(name: &str, target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let folder = Folder::new(config.journal.folder.as_deref())?;
    let (past, live) = folder.run(name)?;
    if live {
        return Err(JournalError::GoingOn(past.id.to_string()).into());
    }
    if past.ended.is_some() && past.is_seen() {
        return Err(JournalError::Closed(past.id.to_string()).into());
    }
    let shell = undo::shell_of(&past, &target.shell)?;
    let run = Prepared::of(target, shell.as_ref(), Capabilities::Look)?;
    let journal = Journal::resume(&folder, &past, console.can_ask(), config.journal.patience)?;
    if past.undoes.is_some() {
        let report = recording::keep_if_seen(journal, console, |journal, console| {
            let looked = look(&past, target, &run, journal, console)?;
            let servers = looked.into_iter().map(|(server, after)| undone(server, after, journal)).collect();
            let interrupted = run.interrupt.count() > 0;
            Ok(UndoReport { interrupted, ..undo::report_of(&past, Consent::Resumed, servers) })
        })?;
        return undo::say(&report, &config.output, console);
    }
    let report = recording::keep_if_seen(journal, console, |journal, console| {
        let looked = look(&past, target, &run, journal, console)?;
        let servers = looked.into_iter().map(|(server, after)| fixed(server, after, journal)).collect();
        Ok(run.report(RunCommand::Resume, servers))
    })?;
    say_report(report, config, console)
}

/// The last look at each server on which the run may have changed something.
fn look<'a>(
    past: &'a PastRun,
    target: &Target,
    run: &Prepared,
    journal: &mut Journal,
    console: &mut Console,
) -> Result<Vec<(&'a PastServer, ServerSnapshot)>, Error> {
    if !past.may_have_changed() {
        return Ok(Vec::new());
    }
    let mut progress = Progress::new();
    let mut observer = Observer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let look = |server: &'a PastServer| {
        let name = &server.before.server;
        let after = observer.look(name, &undo::components(server), &mut |e| progress.show(&e, console));
        progress.show(&Event::Looked(&after), console);
        journal.after(&after);
        (server, after)
    };
    let looked = undo::changed(past).map(look).collect();
    console.stop();
    observer.close();
    Ok(looked)
}

fn fixed(server: &PastServer, after: ServerSnapshot, journal: &mut Journal) -> ServerReport {
    let mut components = undo::components(server);
    components.retain(|component| !component.is_server_wide_offline());
    let mut report = ServerReport::of(server.before.clone(), &Policy { components, ..Policy::default() });
    report.outcomes = outcomes(server);
    report.verdicts = judge(&server.before, &report.outcomes, &after);
    report.starts = starts(server);
    report.start_verdicts = judge_starts(&report.starts, &after.services);
    journal.verdicts(&server.before.server, &report.verdicts, &report.start_verdicts);
    report.after = Some(after);
    report
}

fn undone(server: &PastServer, after: ServerSnapshot, journal: &mut Journal) -> UndoServer {
    let outcomes = outcomes(server);
    let verdicts = judge_put_back(&server.before, &outcomes, &after);
    let stops = stops(server);
    let stop_verdicts = judge_stops(&stops, &after.services);
    journal.undo_verdicts(&server.before.server, &verdicts, &stop_verdicts);
    let plan = UndoPlan::nothing(server.before.server.clone());
    let after = Some(after);
    UndoServer { stops, outcomes, after, verdicts, stop_verdicts, ..UndoServer::of(server.before.clone(), plan) }
}

/// What became of the steps that were begun, as far as the journal tells.
fn outcomes(server: &PastServer) -> Vec<StepOutcome> {
    let steps = server.steps.iter().map(|step| StepOutcome {
        action: step.action,
        server: server.before.server.clone(),
        hold: step.hold.clone(),
        lights: step.lights.clone(),
        outcome: ended(&step.outcome),
    });
    steps.collect()
}

fn starts(server: &PastServer) -> Vec<StartOutcome> {
    let starts = server.starts.iter().map(|start| StartOutcome {
        server: server.before.server.clone(),
        service: start.service,
        outcome: ended(&start.outcome),
    });
    starts.collect()
}

fn stops(server: &PastServer) -> Vec<StopOutcome> {
    let stops = server.stops.iter().map(|stop| StopOutcome {
        server: server.before.server.clone(),
        service: stop.service,
        outcome: ended(&stop.outcome),
    });
    stops.collect()
}

fn ended(outcome: &PastOutcome) -> Outcome {
    match outcome {
        PastOutcome::NotBegun => Outcome::Interrupted,
        PastOutcome::Open => Outcome::Unknown(Trouble {
            kind: TroubleKind::Interrupted,
            component: None,
            message: "relight was ended in the middle of this change".to_owned(),
        }),
        PastOutcome::Ended(outcome) => outcome.clone(),
    }
}
