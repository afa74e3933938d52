//! `undo`: what a run changed is put back through the same plan, consent, journal and proof as a fix.

use std::io;

use crate::cli::{Config, Format, Mode, Output, Shell, Target};
use crate::domain::{
    Component, Consent, Event, Outcome, PastRun, PastServer, UndoPlan, UndoReport, UndoServer, judge_put_back,
    judge_stops,
};
use crate::error::Error;
use crate::exchange::{Observer, Writer};
use crate::exit::Exit;
use crate::journal::{Begin, Folder, Journal, JournalError};
use crate::record;
use crate::screens;
use crate::screens::wizard::{self, Ended};
use crate::shell::{Capabilities, Interrupt};
use crate::terminal::{Console, Progress, Prompts};

use super::{Prepared, in_json, recording, show};

/// Undoes a run: the one that was named, or the last that changed something and is not undone yet.
pub(super) fn undo(
    run: Option<&str>,
    target: &Target,
    mode: Mode,
    stop_services: bool,
    config: &Config,
    console: &mut Console,
) -> Result<Exit, Error> {
    let folder = Folder::new(config.journal.folder.as_deref())?;
    let (past, live) = match run {
        Some(name) => folder.run(name)?,
        None => folder.last_to_undo(recording::scenario(&target.shell).as_deref(), stop_services)?,
    };
    if live {
        return Err(JournalError::GoingOn(past.id.to_string()).into());
    }
    if past.undoes.is_some() {
        return Err(JournalError::IsUndo(past.id.to_string()).into());
    }
    let shell = shell_of(&past, &target.shell)?;
    let consent = match mode {
        Mode::DryRun => Consent::DryRun,
        Mode::Yes => Consent::Yes,
        Mode::Ask if console.can_ask() => Consent::Asked,
        Mode::Ask => Consent::Unconfirmed,
    };
    let report = match consent {
        _ if !past.may_have_changed() => report_of(&past, consent, Vec::new()),
        Consent::DryRun | Consent::Unconfirmed | Consent::Declined | Consent::Resumed => {
            let run = Prepared::of(target, shell.as_ref(), Capabilities::Look)?;
            look_only(&past, consent, stop_services, target, run, console)?
        }
        Consent::Asked | Consent::Yes => {
            let capabilities = if stop_services { Capabilities::Stop } else { Capabilities::Change };
            let begun = Prepared::of(target, shell.as_ref(), capabilities).and_then(|run| {
                let begin = Begin {
                    command: if consent == Consent::Asked { "undoAsked" } else { "undoYes" },
                    arguments: config.journal.arguments.clone(),
                    capabilities,
                    interactive: console.can_ask(),
                    simulated: run.scenario.clone(),
                    undoes: Some(past.id.clone()),
                    patience: config.journal.patience,
                };
                Ok((Journal::begin(&folder, begin)?, run))
            });
            let (journal, run) = recording::begun(begun, shell.as_ref().unwrap_or(&target.shell))?;
            recording::keep(journal, console, |journal, console| {
                put_back(&past, consent, target, run, journal, console)
            })?
        }
    };
    say(&report, &config.output, console)
}

/// The report, on stdout.
pub(super) fn say(report: &UndoReport, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    let exit = Exit::of_undo(report);
    let text = match output.format {
        Format::Json => record::undo(report, in_json(exit)).map_err(|error| Error::Output(io::Error::other(error)))?,
        Format::Text => {
            let (width, terminal) = (console.result_width(), console.result_is_terminal());
            screens::undo(report, &show(width, terminal, output.verbose))
        }
    };
    console.result(&text).map_err(Error::Output)?;
    Ok(exit)
}

/// The shell that leads to the servers of the run, where that is not the one that was typed.
pub(super) fn shell_of(past: &PastRun, typed: &Shell) -> Result<Option<Shell>, JournalError> {
    match (&past.simulated, typed) {
        (None, Shell::PowerShell(_)) => Ok(None),
        (Some(scenario), Shell::PowerShell(None)) => Ok(Some(Shell::Simulated(Some(scenario.clone())))),
        (Some(scenario), Shell::Simulated(_)) if recording::scenario(typed).as_ref() == Some(scenario) => Ok(None),
        (simulated, _) => Err(JournalError::OtherKind { run: past.id.to_string(), simulated: simulated.clone() }),
    }
}

/// The servers on which a run may have changed something.
pub(super) fn changed(past: &PastRun) -> impl Iterator<Item = &PastServer> {
    past.servers.iter().filter(|server| server.may_have_changed())
}

pub(super) fn report_of(past: &PastRun, consent: Consent, servers: Vec<UndoServer>) -> UndoReport {
    UndoReport { undoes: past.id.clone(), simulated: past.simulated.clone(), consent, interrupted: false, servers }
}

fn look_only(
    past: &PastRun,
    consent: Consent,
    stop_services: bool,
    target: &Target,
    run: Prepared,
    console: &mut Console,
) -> Result<UndoReport, Error> {
    let mut progress = Progress::new();
    let mut observer = Observer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let servers = look(past, stop_services, &mut observer, &mut |e| progress.show(&e, console));
    console.stop();
    observer.close();
    Ok(UndoReport { interrupted: run.interrupt.count() > 0, ..report_of(past, consent, servers) })
}

fn put_back(
    past: &PastRun,
    consent: Consent,
    target: &Target,
    run: Prepared,
    journal: &mut Journal,
    console: &mut Console,
) -> Result<UndoReport, Error> {
    let mut progress = Progress::new();
    let mut writer = Writer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let stop_services = run.launch.capabilities == Capabilities::Stop;
    let servers = look(past, stop_services, writer.observer(), &mut |e| progress.show(&e, console));
    console.stop();
    recording::looks(journal, servers.iter().map(|server| &server.present))?;
    let mut report = report_of(past, consent, servers);
    if consent == Consent::Yes && !target.policy.include_server_wide_offline {
        report.servers.iter_mut().for_each(|server| server.plan.leave_server_online());
    }
    let changes = |report: &UndoReport| report.servers.iter().map(|server| server.plan.changes()).sum::<usize>();
    if consent == Consent::Asked && changes(&report) > 0 && !agreed(&mut report, &run, console) {
        report.consent = Consent::Declined;
    }
    if report.consent != Consent::Declined && run.interrupt.count() == 0 {
        let _guard = console.quick_edit_guard();
        progress.expect(changes(&report));
        let how = if consent == Consent::Asked { "asked" } else { "yes" };
        let confirmed =
            |server: &UndoServer| (server.plan.confirm_stops(&server.present), server.plan.confirm(&server.present));
        let plans = report.servers.iter().map(confirmed).collect::<Vec<_>>();
        for (server, (stops, plan)) in report.servers.iter().zip(&plans) {
            journal.undo_plan(&server.present.server, plan, stops, how);
        }
        for (server, (stops, plan)) in report.servers.iter_mut().zip(plans) {
            let (steps, _) = plan.into_parts();
            (server.stops, server.outcomes) = writer.undo(stops, steps, journal, &mut |e| progress.show(&e, console));
            prove(server, &mut writer, journal, &run.interrupt, &mut |e| progress.show(&e, console));
        }
    }
    console.stop();
    writer.close();
    report.interrupted = run.interrupt.count() > 0;
    Ok(report)
}

fn look(
    past: &PastRun,
    stop_services: bool,
    observer: &mut Observer,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Vec<UndoServer> {
    changed(past)
        .map(|server| {
            let present = observer.look(&server.before.server, &components(server), on_event);
            on_event(Event::Looked(&present));
            let plan = UndoPlan::of(server, &present);
            let plan = if stop_services { plan.stopping() } else { plan };
            UndoServer::of(present, plan)
        })
        .collect()
}

/// What the run looked at on a server.
pub(super) fn components(server: &PastServer) -> Vec<Component> {
    server.before.components.iter().map(|seen| seen.component.clone()).collect()
}

fn agreed(report: &mut UndoReport, run: &Prepared, console: &mut Console) -> bool {
    let interrupted = || run.interrupt.count() > 0;
    let plan = screens::undo_plan(report, &show(console.talk_width(), true, 0));
    let ended = wizard::agree_to_undo(report, &plan, &mut Prompts::new(console, &interrupted));
    if ended == Ended::Interrupted && !interrupted() {
        run.interrupt.raise();
    }
    ended == Ended::Answered && !interrupted()
}

/// The second look, where something may have changed.
fn prove(
    server: &mut UndoServer,
    writer: &mut Writer,
    journal: &mut Journal,
    interrupt: &Interrupt,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    if server.ended().all(|outcome| *outcome == Outcome::Interrupted) {
        return;
    }
    let components = server.present.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
    // Whoever stopped the undo still wants to know what it has done.
    interrupt.acknowledge();
    let after = writer.observer().look(&server.present.server, &components, on_event);
    server.verdicts = judge_put_back(&server.present, &server.outcomes, &after);
    server.stop_verdicts = judge_stops(&server.stops, &after.services);
    journal.after(&after);
    journal.undo_verdicts(&server.present.server, &server.verdicts, &server.stop_verdicts);
    server.after = Some(after);
}
