//! `undo`: what a run changed is put back, on the same line as a fix.

use crate::cli::{Config, Shell, Target};
use crate::domain::Exit;
use crate::domain::{AgreedBy, Command, Run};
use crate::error::Error;
use crate::journal::{Folder, JournalError};
use crate::terminal::Console;

use super::look::Goal;
use super::output::report;
use super::{begun, recording, story};

/// Undoes a run: the one that was named, or the last that changed something and is not undone yet.
pub(super) fn undo(
    name: Option<&str>,
    by: AgreedBy,
    target: &Target,
    config: &Config,
    console: &mut Console,
) -> Result<Exit, Error> {
    let folder = Folder::new(config.journal.folder.as_deref())?;
    let (undone, live) = match name {
        Some(name) => folder.run(name)?,
        None => folder.last_to_undo(recording::scenario(&target.shell).as_deref(), target.policy.stop_services)?,
    };
    if live {
        return Err(JournalError::GoingOn(undone.name().to_owned()).into());
    }
    if undone.command == Command::Undo {
        return Err(JournalError::IsUndo(undone.name().to_owned()).into());
    }
    is_read_whole(&undone)?;
    if undone.ended.is_none() {
        recording::end_shells_of(&undone, console);
    }
    let shell = shell_of(&undone, &target.shell)?;
    let goal = Goal::Undo(&undone);
    let run = if undone.was_changed() {
        story::walk(goal, by, target, shell.as_ref(), config, console)?
    } else {
        let run = begun::run(Command::Undo, by, goal.undoes(), config);
        Run { simulated: undone.simulated.clone(), undone_flaws: undone.flaws.clone(), ..run }
    };
    report(run, config, console)
}

/// Of a run of which only the beginning is known nothing is undone, and nothing settled.
pub(super) fn is_read_whole(run: &Run) -> Result<(), JournalError> {
    let why = run.flaws.incomplete.clone();
    why.map_or(Ok(()), |why| Err(JournalError::Incomplete(run.name().to_owned(), why)))
}

/// The shell that leads to the servers of the run, where that is not the one that was typed.
pub(super) fn shell_of(run: &Run, typed: &Shell) -> Result<Option<Shell>, JournalError> {
    match (&run.simulated, typed) {
        (None, Shell::PowerShell(_)) => Ok(None),
        (Some(scenario), Shell::PowerShell(None)) => Ok(Some(Shell::Simulated(Some(scenario.clone())))),
        (Some(scenario), Shell::Simulated(_)) if recording::scenario(typed).as_ref() == Some(scenario) => Ok(None),
        (simulated, _) => Err(JournalError::OtherKind { run: run.name().to_owned(), simulated: simulated.clone() }),
    }
}
