//! How a run that may write keeps its journal: begun before anything is started, closed with the exit code whatever
//! happens in between; and the runs that did not live to close theirs.

use std::path::Path;

use crate::cli::{Command, Config, Shell};
use crate::domain::{
    Agreed, LoggedEvent, Outcome, Report, RunCommand, RunId, Server, ServerReport, ServerSnapshot, Services, Tidings,
    UndoReport, UndoServer,
};
use crate::error::Error;
use crate::exchange::event_log;
use crate::exit::Exit;
use crate::journal::{Begin, Folder, Journal};
use crate::screens;
use crate::screens::event_log::Closing;
use crate::shell::Capabilities;
use crate::terminal::Console;
use crate::{record, simulator};

use super::Prepared;

/// Takes the lock and begins the journal of a `fix`.
pub(super) fn begin(config: &Config, run: &Prepared, command: RunCommand, console: &Console) -> Result<Journal, Error> {
    let folder = Folder::new(config.journal.folder.as_deref())?;
    let begin = Begin {
        command: record::command(command),
        arguments: config.journal.arguments.clone(),
        capabilities: Capabilities::Change,
        interactive: console.can_ask(),
        simulated: run.scenario.clone(),
        undoes: None,
        patience: config.journal.patience,
    };
    Ok(Journal::begin(&folder, begin)?)
}

/// Runs a story and closes its journal with the exit code that it comes to.
pub(super) fn keep<R: Told>(
    mut journal: Journal,
    console: &mut Console,
    story: impl FnOnce(&mut Journal, &mut Console) -> Result<R, Error>,
) -> Result<R, Error> {
    let result = story(&mut journal, console);
    let exit = match &result {
        Ok(report) => report.exit(),
        Err(error) => error.exit(),
    };
    let run = journal.id().clone();
    let (path, broke) = journal.end(exit.code(), exit.name());
    if let Some(error) = broke {
        console.eprint_always(&screens::journal_broke(&run, &error, console.talk_width()));
    }
    log_event(&result, Some((&run, &path)));
    result
}

/// What a run that may write comes to before it has a journal: where it fails, the Application log hears of that too.
pub(super) fn begun<T>(begun: Result<T, Error>, shell: &Shell) -> Result<T, Error> {
    if let (Err(error), Shell::PowerShell(_)) = (&begun, shell) {
        log_failure(error, None);
    }
    begun
}

/// Tells the Application log of Windows what became of a run: that it changed something, or failed. A rehearsal on
/// simulated servers is nobody's business there.
fn log_event<R: Told>(result: &Result<R, Error>, journal: Option<(&RunId, &Path)>) {
    match result {
        Ok(report) if report.is_simulated() => {}
        Ok(report) => {
            let exit = report.exit();
            if let Some(tidings) = tidings(exit, report.sent()) {
                event_log::write(&report.event(&closing(tidings, exit, journal)));
            }
        }
        Err(error) => log_failure(error, journal),
    }
}

fn log_failure(error: &Error, journal: Option<(&RunId, &Path)>) {
    let exit = error.exit();
    if let Some(tidings) = tidings(exit, false) {
        let closing = closing(tidings, exit, journal);
        event_log::write(&screens::event_log::error(&error.to_string(), &error.hints(), &closing));
    }
}

fn closing<'a>(tidings: Tidings, exit: Exit, journal: Option<(&'a RunId, &'a Path)>) -> Closing<'a> {
    Closing { tidings, exit: (exit.code(), exit.name()), journal }
}

/// What the Application log is told of such an end; `sent`: a change was sent.
fn tidings(exit: Exit, sent: bool) -> Option<Tidings> {
    match exit {
        Exit::Interrupted => Some(Tidings::Interrupted),
        Exit::Fine | Exit::SomeLeft => sent.then_some(Tidings::Proven),
        Exit::Dark | Exit::Unconfirmed | Exit::Unproven | Exit::Usage => sent.then_some(Tidings::NotProven),
        Exit::NoShell
        | Exit::AccessDenied
        | Exit::NotSupported
        | Exit::ChangeFailed
        | Exit::StateUnknown
        | Exit::NotConfirmed
        | Exit::Locked
        | Exit::Deadline
        | Exit::NoJournal
        | Exit::Bug => Some(if sent { Tidings::NotProven } else { Tidings::Failed }),
    }
}

/// What is learnt in a run that has a journal.
pub(super) trait Told {
    /// Whether every server could be looked at again.
    fn is_seen(&self) -> bool;
    /// How it ended.
    fn exit(&self) -> Exit;
    /// Whether no Exchange server was involved.
    fn is_simulated(&self) -> bool;
    /// Whether a change was sent.
    fn sent(&self) -> bool;
    /// What the Application log is told of it.
    fn event(&self, closing: &Closing<'_>) -> LoggedEvent;
}

/// `services`: whether something was done to them, so that a look that cannot read them settles nothing.
fn was_seen(after: Option<&ServerSnapshot>, services: bool) -> bool {
    let read = |after: &ServerSnapshot| matches!(after.services, Services::Read(_));
    after.is_some_and(|after| !after.components.is_empty() && (!services || read(after)))
}

impl Told for Report {
    fn is_seen(&self) -> bool {
        self.servers.iter().all(|server| was_seen(server.after.as_ref(), !server.start_verdicts.is_empty()))
    }

    fn exit(&self) -> Exit {
        Exit::of(self)
    }

    fn is_simulated(&self) -> bool {
        self.run.simulated.is_some()
    }

    fn sent(&self) -> bool {
        self.servers.iter().any(ServerReport::was_changed)
    }

    fn event(&self, closing: &Closing<'_>) -> LoggedEvent {
        screens::event_log::fix(self, closing)
    }
}

impl Told for UndoReport {
    fn is_seen(&self) -> bool {
        self.servers.iter().all(|server| was_seen(server.after.as_ref(), !server.stop_verdicts.is_empty()))
    }

    fn exit(&self) -> Exit {
        Exit::of_undo(self)
    }

    fn is_simulated(&self) -> bool {
        self.simulated.is_some()
    }

    fn sent(&self) -> bool {
        self.servers.iter().flat_map(UndoServer::ended).any(Outcome::was_sent)
    }

    fn event(&self, closing: &Closing<'_>) -> LoggedEvent {
        screens::event_log::undo(self, closing)
    }
}

/// As [`keep`] for a run of the past: where it could not be looked at, its journal stays open.
pub(super) fn keep_if_seen<R: Told>(
    mut journal: Journal,
    console: &mut Console,
    story: impl FnOnce(&mut Journal, &mut Console) -> Result<R, Error>,
) -> Result<R, Error> {
    let report = story(&mut journal, console)?;
    if report.is_seen() { keep(journal, console, |_, _| Ok(report)) } else { Ok(report) }
}

/// The first looks. A journal that cannot take them down will not take an intent either: better to end here, before
/// anybody is asked.
pub(super) fn looks<'a>(
    journal: &mut Journal,
    snapshots: impl Iterator<Item = &'a ServerSnapshot>,
) -> Result<(), Error> {
    snapshots.for_each(|snapshot| journal.before(snapshot));
    Ok(journal.check()?)
}

/// What was agreed to.
pub(super) fn plans<'a>(
    journal: &mut Journal,
    command: RunCommand,
    plans: impl Iterator<Item = (&'a Server, &'a Agreed)>,
) {
    let how = if command == RunCommand::FixAsked { "asked" } else { "yes" };
    plans.for_each(|(server, (plan, starts))| journal.plan(server, plan, starts, how));
}

/// The scenario that a shell plays, as journals name it; `None`: nothing is simulated, or there is no such scenario.
pub(super) fn scenario(shell: &Shell) -> Option<String> {
    match shell {
        Shell::PowerShell(_) => None,
        Shell::Simulated(scenario) => simulator::resolve(scenario.as_deref()).ok().map(|source| source.name()),
    }
}

/// Says which runs of the same kind did not live to close their journal, what is unknown, and what settles it.
pub(super) fn point_out(config: &Config, console: &mut Console) {
    let shell = match &config.command {
        Command::Check(target) | Command::Fix(target, _) | Command::Doctor(target) | Command::Undo { target, .. } => {
            Some(&target.shell)
        }
        Command::History { .. } | Command::Probe(_) | Command::Scenarios => None,
        Command::Resume { .. }
        | Command::Completions(_)
        | Command::RegisterEventSource
        | Command::SimulatedEngine(_) => return,
    };
    let scenario = shell.and_then(scenario);
    if scenario.is_none() && matches!(shell, Some(Shell::Simulated(_))) {
        return;
    }
    let Ok(folder) = Folder::new(config.journal.folder.as_deref()) else { return };
    for run in folder.interrupted(scenario.as_deref()) {
        console.eprint_always(&screens::interrupted_run(&run, config.journal.way(), console.talk_width()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_log_hears_of_changes_and_of_failures() {
        let cases = [
            (Exit::Fine, true, Some(Tidings::Proven)),
            (Exit::SomeLeft, true, Some(Tidings::Proven)),
            (Exit::NotConfirmed, true, Some(Tidings::NotProven)),
            (Exit::StateUnknown, true, Some(Tidings::NotProven)),
            (Exit::NoJournal, true, Some(Tidings::NotProven)),
            (Exit::Unproven, true, Some(Tidings::NotProven)),
            (Exit::Interrupted, true, Some(Tidings::Interrupted)),
            (Exit::Interrupted, false, Some(Tidings::Interrupted)),
            (Exit::NoShell, false, Some(Tidings::Failed)),
            (Exit::Locked, false, Some(Tidings::Failed)),
            (Exit::Fine, false, None),
            (Exit::Dark, false, None),
            (Exit::Unconfirmed, false, None),
            (Exit::Usage, false, None),
        ];
        for (exit, sent, told) in cases {
            assert_eq!(tidings(exit, sent), told, "{exit:?}, sent: {sent}");
        }
    }
}
