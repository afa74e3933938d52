//! Why a journal cannot be kept or read.

use std::io;
use std::path::PathBuf;

use super::Holder;

/// Why there is no journal.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// It cannot be written, so nothing may be changed.
    #[error("the journal in {} cannot be written: {cause}", folder.display())]
    Unwritable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// It cannot be read.
    #[error("the journal in {} cannot be read: {cause}", folder.display())]
    Unreadable {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// No journal folder can be told from the environment.
    #[error("there is no folder for the journal: neither XDG_STATE_HOME nor HOME is set")]
    NoFolder,
    /// Another run that may write is under way.
    #[error("another run that may change servers is under way{}", .0.as_ref().map_or_else(String::new, |holder| format!(": {holder}")))]
    Locked(Option<Holder>),
    /// The lock can be neither taken nor waited for.
    #[error("the lock {} cannot be taken: {cause}", file.display())]
    NoLock {
        /// The file.
        file: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// Somebody did not want to wait for the other run any longer.
    #[error("interrupted while another run was waited for")]
    Interrupted,
    /// No such run.
    #[error("the journal has no run {0}")]
    NoSuchRun(String),
    /// There is no run that the command could be about.
    #[error("the journal in {} has no run that changed something{} and is not undone yet", .0.display(), if *.1 { " on this scenario" } else { "" })]
    NothingChanged(PathBuf, bool),
    /// The run is not one that an undo could be made of.
    #[error("run {0} is itself an undo")]
    IsUndo(String),
    /// The run is closed already.
    #[error("run {0} is closed already: there is nothing to settle")]
    Closed(String),
    /// The run is still going on.
    #[error("run {0} is still going on")]
    GoingOn(String),
    /// What is on disk is not a journal.
    #[error("the journal of run {0} makes no sense: its first line cannot be read, or is that of another version")]
    Illegible(String),
    /// What is on disk is the journal of another run.
    #[error("the journal of run {0} tells of another run: somebody else wrote or moved it")]
    Misplaced(String),
    /// What is on disk is more than is read of a journal.
    #[error("the journal of run {0} cannot be relied on: {1}")]
    Incomplete(String, String),
    /// The newest run is yet to come.
    #[error("the newest run, {0}, is in the future: the clock was set back, or somebody else wrote its journal")]
    InTheFuture(String),
    /// The run was not of the kind that was asked for.
    #[error("run {run} was {}", match simulated { Some(scenario) => format!("simulated (scenario {scenario})"), None => "not simulated".to_owned() })]
    OtherKind {
        /// The run.
        run: String,
        /// What it played.
        simulated: Option<String>,
    },
}
