//! How a run that may write keeps its journal: begun before anything is started, closed with the exit code whatever
//! happens in between; and the runs that did not live to close theirs.

use std::mem;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use crate::cli::{Command, Config, Dsc, Shell};
use crate::domain::Exit;
use crate::domain::{End, LogEntryKind, Run, RunId};
use crate::error::Error;
use crate::exchange::event_log;
use crate::journal::{Folder, Journal, Owner, Waiting};
use crate::screens;
use crate::screens::event_log::Closing;
use crate::shell::{Interrupt, left};
use crate::simulator;
use crate::terminal::Console;

/// Says of which folders others could have used the journals until now.
pub(super) fn say_narrowed(journal: &Journal, console: &mut Console) {
    for folder in journal.narrowed() {
        console.eprint_always(&screens::narrowed(folder, console.talk_width()));
    }
}

/// Runs a story and closes its journal with the exit code that it comes to.
pub(super) fn with_journal(
    journal: Journal,
    mut run: Run,
    console: &mut Console,
    story: impl FnOnce(&mut Run, &Journal, &mut Console) -> Result<(), Error>,
) -> Result<Run, Error> {
    let told = story(&mut run, &journal, console);
    close(journal, run, told, console)
}

/// The same for a run of the past: where it could not be looked at, its journal stays open.
pub(super) fn with_journal_if_seen(
    journal: Journal,
    mut run: Run,
    console: &mut Console,
    story: impl FnOnce(&mut Run, &Journal, &mut Console) -> Result<(), Error>,
) -> Result<Run, Error> {
    story(&mut run, &journal, console)?;
    if run.is_seen() { close(journal, run, Ok(()), console) } else { Ok(run) }
}

fn close(journal: Journal, mut run: Run, told: Result<(), Error>, console: &mut Console) -> Result<Run, Error> {
    let exit = told.as_ref().map_or_else(Error::exit, |()| Exit::of(&run));
    let id = journal.id().clone();
    let (path, broke) = journal.end(exit.code(), exit.name(), &run);
    if let Some(error) = broke {
        let folder = run.connection.iter().find(|option| option.starts_with("--journal-dir")).cloned();
        console.eprint_always(&screens::journal_broke(&id, folder, &error, console.talk_width()));
        // The code stays what the changes came to.
        run.flaws.incomplete = Some(error.to_string());
    }
    match told {
        Ok(()) => {
            run.ended = Some(End { at: Timestamp::now(), code: exit.code(), name: exit.name().to_owned() });
            log_run(&run, exit, &id, &path);
            Ok(run)
        }
        Err(error) => {
            log_failure(&error, Some((&id, &path)));
            Err(error)
        }
    }
}

/// What a run that may write comes to before it has a journal: where it fails, the Application log hears of that too.
pub(super) fn log_start_failure<T>(begun: Result<T, Error>, shell: &Shell) -> Result<T, Error> {
    if let (Err(error), Shell::PowerShell(_)) = (&begun, shell) {
        log_failure(error, None);
    }
    begun
}

/// Tells the Application log of Windows what became of a run: that it changed something, or failed. A rehearsal on
/// simulated servers is nobody's business there.
fn log_run(run: &Run, exit: Exit, id: &RunId, path: &Path) {
    if let Some(kind) = kind(exit, run.was_changed()).filter(|_| run.simulated.is_none()) {
        event_log::write(&screens::event_log::entry(run, &closing(kind, exit, Some((id, path)))));
    }
}

fn log_failure(error: &Error, journal: Option<(&RunId, &Path)>) {
    let exit = error.exit();
    if let Some(kind) = kind(exit, false) {
        let closing = closing(kind, exit, journal);
        event_log::write(&screens::event_log::error(&error.to_string(), &error.hints(), &closing));
    }
}

fn closing<'a>(kind: LogEntryKind, exit: Exit, journal: Option<(&'a RunId, &'a Path)>) -> Closing<'a> {
    Closing { kind, exit: (exit.code(), exit.name()), journal }
}

/// What the Application log is told of such an end; `sent`: a change was sent.
fn kind(exit: Exit, sent: bool) -> Option<LogEntryKind> {
    match exit {
        Exit::Interrupted => Some(LogEntryKind::Interrupted),
        Exit::Fine | Exit::SomeLeft | Exit::Planned => sent.then_some(LogEntryKind::Confirmed),
        Exit::Inactive | Exit::Unconfirmed | Exit::NotKnown | Exit::Usage => sent.then_some(LogEntryKind::NotConfirmed),
        Exit::NoShell
        | Exit::AccessDenied
        | Exit::Unreachable
        | Exit::NotSupported
        | Exit::ChangeFailed
        | Exit::StateUnknown
        | Exit::Stopped
        | Exit::NotConfirmed
        | Exit::Locked
        | Exit::Deadline
        | Exit::NoJournal
        | Exit::Bug => Some(if sent { LogEntryKind::NotConfirmed } else { LogEntryKind::Failed }),
    }
}

/// Waits for another writer, in sight of whoever started this one, who ends that at any time.
pub(super) fn in_turn<T>(
    patience: Duration,
    interrupt: &Interrupt,
    console: &mut Console,
    begin: impl FnOnce(&mut Waiting<'_>) -> T,
) -> T {
    let mut told = false;
    let mut goes_on = |owner: Option<&Owner>, waited: Duration| {
        let by = owner.map(ToString::to_string);
        let doing = screens::waiting_for_another(by.as_deref(), waited, patience);
        if console.shows_progress() {
            console.spin(&doing, false);
        } else if !mem::replace(&mut told, true) {
            console.say_wait(&doing);
        }
        interrupt.count() == 0
    };
    let begun = begin(&mut Waiting { patience, goes_on: &mut goes_on });
    console.stop();
    begun
}

/// The scenario that a shell plays, as journals name it; `None`: nothing is simulated, or there is no such scenario.
pub(super) fn scenario(shell: &Shell) -> Option<String> {
    match shell {
        Shell::PowerShell(_) => None,
        Shell::Simulated(scenario) => simulator::resolve(scenario.as_deref()).ok().map(|source| source.name()),
    }
}

/// Says which runs of the same kind did not live to close their journal, what is unknown, and what settles it.
pub(super) fn warn_interrupted_runs(config: &Config, console: &mut Console) {
    let shell = match &config.command {
        Command::Check(target) | Command::Fix(target, _) | Command::Doctor(target) | Command::Undo { target, .. } => {
            Some(&target.shell)
        }
        Command::Dsc(Dsc::Schema) => return,
        Command::Dsc(operation) => operation.target().map(|target| &target.shell),
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
        // Nobody reads it there, and an agent might take it for a part of the result.
        if config.monitoring.is_some() {
            run.shells.iter().for_each(|shell| drop(left::end(shell)));
            continue;
        }
        end_shells_of(&run, console);
        console.eprint_always(&screens::interrupted_run(&run, config.journal.way(), console.talk_width()));
    }
}

/// The shells of a run that was killed may still be at work: before anything is looked at, they end.
pub(super) fn end_shells_of(run: &Run, console: &mut Console) {
    for shell in &run.shells {
        let ended = left::end(shell);
        tracing::debug!(run = run.name(), ?shell, ?ended, "a shell of a run that was killed");
        if !matches!(ended, Ok(false)) {
            console.eprint_always(&screens::left_shell(run, shell, &ended, console.talk_width()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_application_log_hears_of_changes_and_of_failures() {
        let cases = [
            (Exit::Fine, true, Some(LogEntryKind::Confirmed)),
            (Exit::SomeLeft, true, Some(LogEntryKind::Confirmed)),
            (Exit::NotConfirmed, true, Some(LogEntryKind::NotConfirmed)),
            (Exit::StateUnknown, true, Some(LogEntryKind::NotConfirmed)),
            (Exit::NoJournal, true, Some(LogEntryKind::NotConfirmed)),
            (Exit::NotKnown, true, Some(LogEntryKind::NotConfirmed)),
            (Exit::Interrupted, true, Some(LogEntryKind::Interrupted)),
            (Exit::Interrupted, false, Some(LogEntryKind::Interrupted)),
            (Exit::NoShell, false, Some(LogEntryKind::Failed)),
            (Exit::Locked, false, Some(LogEntryKind::Failed)),
            (Exit::Fine, false, None),
            (Exit::Inactive, false, None),
            (Exit::Unconfirmed, false, None),
            (Exit::Usage, false, None),
        ];
        for (exit, sent, told) in cases {
            assert_eq!(kind(exit, sent), told, "{exit:?}, sent: {sent}");
        }
    }
}
