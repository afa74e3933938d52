//! Why a journal cannot be kept or read.

use std::io;
use std::path::PathBuf;

use crate::domain::Server;

use super::Owner;

/// What to do with a folder of journals that belongs to somebody else.
pub const FOREIGN: &str = if cfg!(windows) {
    "Look at what is in it. If nobody here made it, remove it: relight makes it anew, with its rights. If somebody did, let an \
     administrator take it over (takeown /A /R /F with its path), or record the account: Install-Relight.ps1 does so for that \
     of its task."
} else {
    "Look at what is in it. If nobody here made it, remove it: relight makes it anew, with its rights. If somebody did, use \
     relight as that account, or give it to yours (chown)."
};

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
    /// It belongs to somebody who could have made up what is in it.
    #[error("{} belongs to {owner}, who could have made up what is in it", folder.display())]
    Foreign {
        /// The folder.
        folder: PathBuf,
        /// The account.
        owner: String,
    },
    /// Others may write to it, and it is not relight's alone, so that this is not changed.
    #[error("everybody, or others, may write to {}, where other things than journals are", .0.display())]
    Open(PathBuf),
    /// No journal folder can be told from the environment.
    #[error("there is no folder for the journal: neither XDG_STATE_HOME nor HOME is set")]
    NoFolder,
    /// Another run that may write is under way.
    #[error("another run has the lock{}", .0.as_ref().map_or_else(String::new, |owner| format!(": {owner}")))]
    Locked(Option<Owner>),
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
    /// The run did not look at this server.
    #[error("run {0} did not look at {1}")]
    NotLookedAt(String, Server),
    /// There is no run that the command could be about.
    #[error("the journal in {} has no run that changed something{} and is not undone yet", .0.display(), if *.1 { " on this scenario" } else { "" })]
    NothingChanged(PathBuf, bool),
    /// No run was interrupted.
    #[error("the journal in {} has no run{} that was interrupted", .0.display(), if *.1 { " on this scenario" } else { "" })]
    NoneInterrupted(PathBuf, bool),
    /// More than one was, and none was named. The newest first.
    #[error("{} runs were interrupted: {}", .0.len(), .0.join(", "))]
    SeveralInterrupted(Vec<String>),
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
