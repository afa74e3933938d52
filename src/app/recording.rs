//! How a run that may write keeps its journal: begun before anything is started, closed with the exit code whatever
//! happens in between; and the runs that did not live to close theirs.

use crate::cli::{Command, Config, Shell};
use crate::domain::{Agreed, Report, RunCommand, Server, ServerSnapshot, Services, UndoReport};
use crate::error::Error;
use crate::exit::Exit;
use crate::host::journal::{Begin, Folder, Journal};
use crate::shell::Means;
use crate::ui::{self, Console};
use crate::{simulator, ui::json};

use super::Prepared;

/// Takes the lock and begins the journal of a `fix`.
pub(super) fn begin(config: &Config, run: &Prepared, command: RunCommand, console: &Console) -> Result<Journal, Error> {
    let folder = Folder::new(config.journal.folder.as_deref())?;
    let begin = Begin {
        command: json::command(command),
        arguments: config.journal.arguments.clone(),
        means: Means::Change,
        interactive: console.can_ask(),
        simulated: run.scenario.clone(),
        undoes: None,
        patience: config.journal.patience,
    };
    Ok(Journal::begin(&folder, begin)?)
}

/// Runs a story and closes its journal with the exit code that it comes to.
pub(super) fn keep<R>(
    mut journal: Journal,
    console: &mut Console,
    exit_of: impl Fn(&R) -> Exit,
    story: impl FnOnce(&mut Journal, &mut Console) -> Result<R, Error>,
) -> Result<R, Error> {
    let result = story(&mut journal, console);
    let exit = match &result {
        Ok(report) => exit_of(report),
        Err(error) => error.exit(),
    };
    let run = journal.id().clone();
    if let Some(error) = journal.end(exit.code(), exit.name()) {
        console.insist(&ui::text::journal_broke(&run, &error, console.talk_width()));
    }
    result
}

/// What is learnt about a run of the past.
pub(super) trait Settled {
    /// Whether every server could be looked at.
    fn is_seen(&self) -> bool;
    /// How it ended.
    fn exit(&self) -> Exit;
}

/// `services`: whether something was done to them, so that a look that cannot read them settles nothing.
fn was_seen(after: Option<&ServerSnapshot>, services: bool) -> bool {
    let read = |after: &ServerSnapshot| matches!(after.services, Services::Read(_));
    after.is_some_and(|after| !after.components.is_empty() && (!services || read(after)))
}

impl Settled for Report {
    fn is_seen(&self) -> bool {
        self.servers.iter().all(|server| was_seen(server.after.as_ref(), !server.start_verdicts.is_empty()))
    }

    fn exit(&self) -> Exit {
        Exit::of(self)
    }
}

impl Settled for UndoReport {
    fn is_seen(&self) -> bool {
        self.servers.iter().all(|server| was_seen(server.after.as_ref(), !server.stop_verdicts.is_empty()))
    }

    fn exit(&self) -> Exit {
        Exit::of_undo(self)
    }
}

/// As [`keep`] for a run of the past: where it could not be looked at, its journal stays open.
pub(super) fn keep_if_seen<R: Settled>(
    mut journal: Journal,
    console: &mut Console,
    story: impl FnOnce(&mut Journal, &mut Console) -> Result<R, Error>,
) -> Result<R, Error> {
    let report = story(&mut journal, console)?;
    if report.is_seen() { keep(journal, console, R::exit, |_, _| Ok(report)) } else { Ok(report) }
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
        Command::Resume { .. } | Command::Completions(_) | Command::SimulatedEngine(_) => return,
    };
    let scenario = shell.and_then(scenario);
    if scenario.is_none() && matches!(shell, Some(Shell::Simulated(_))) {
        return;
    }
    let Ok(folder) = Folder::new(config.journal.folder.as_deref()) else { return };
    let named = config.journal.folder.as_ref().map(|_| folder.path());
    for run in folder.interrupted(scenario.as_deref()) {
        console.insist(&ui::text::interrupted_run(&run, named, console.talk_width()));
    }
}
