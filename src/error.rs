//! What ends a run before there is anything to report: each error names the object, and says separately what to do.

use std::io;
use std::path::PathBuf;

use crate::exit::Exit;
use crate::host::ConnectError;
use crate::host::journal::JournalError;
use crate::shell::{Loss, LossReason, StartError};
use crate::simulator::ScenarioError;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The scenario that was named cannot be played.
    #[error(transparent)]
    Scenario(#[from] ScenarioError),
    /// No server can be looked at.
    #[error(transparent)]
    Connect(#[from] ConnectError),
    /// There is no journal to write or to read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The log file cannot be written.
    #[error("cannot write the log file {}: {cause}", path.display())]
    LogFile {
        /// The file as it was named.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The system does not let relight do something that should always work.
    #[error("{what}: {cause}")]
    System {
        /// What was to be done.
        what: &'static str,
        /// What the system says.
        cause: io::Error,
    },
    /// The result cannot be written to stdout.
    #[error("cannot write the result to stdout: {0}")]
    Output(io::Error),
}

impl Error {
    /// How the process ends.
    pub fn exit(&self) -> Exit {
        match self {
            Self::Scenario(_) | Self::LogFile { .. } => Exit::Usage,
            Self::Connect(error) => of_connect(error),
            Self::Journal(error) => of_journal(error),
            Self::System { .. } | Self::Output(_) => Exit::Bug,
        }
    }

    /// What the shell printed last, where that may tell why.
    pub fn tail(&self) -> Option<&str> {
        match self {
            Self::Connect(error) => error.tail(),
            Self::Scenario(_) | Self::Journal(_) | Self::LogFile { .. } | Self::System { .. } | Self::Output(_) => None,
        }
    }

    /// What to do about it, one sentence each.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Scenario(error) => vec![error.hint()],
            Self::Connect(error) => connect_hints(error),
            Self::Journal(error) => vec![journal_hint(error).to_owned()],
            Self::LogFile { .. } => vec!["Name a file in a folder that exists and that you may write to.".into()],
            Self::System { .. } | Self::Output(_) => Vec::new(),
        }
    }
}

fn of_connect(error: &ConnectError) -> Exit {
    match error {
        ConnectError::Lost(Loss { reason: LossReason::Deadline(_), .. }) => Exit::Deadline,
        ConnectError::Start(_)
        | ConnectError::Cmdlets { .. }
        | ConnectError::Lost(_)
        | ConnectError::NoComputerName => Exit::NoShell,
        ConnectError::AccessDenied(_) | ConnectError::MayNotChange => Exit::AccessDenied,
        ConnectError::Interrupted => Exit::Interrupted,
    }
}

fn of_journal(error: &JournalError) -> Exit {
    match error {
        JournalError::Unwritable { .. } | JournalError::NoFolder => Exit::NoJournal,
        JournalError::Locked(_) | JournalError::GoingOn(_) => Exit::Locked,
        JournalError::Unreadable { .. }
        | JournalError::NoSuchRun(_)
        | JournalError::NothingChanged(..)
        | JournalError::IsUndo(_)
        | JournalError::Closed(_)
        | JournalError::Illegible(_)
        | JournalError::OtherKind { .. } => Exit::Usage,
    }
}

fn journal_hint(error: &JournalError) -> &'static str {
    match error {
        JournalError::Unwritable { .. } => {
            "Nothing was changed, because nothing could be recorded. Name a folder that this account may write to with \
             --journal-dir, or make room on the disk."
        }
        JournalError::NoFolder => "Name a folder with --journal-dir.",
        JournalError::Unreadable { .. } => {
            "Use an account that may read it, or name another folder with --journal-dir."
        }
        JournalError::Locked(_) => "Wait for it to end, or let relight wait: --lock-timeout 10m",
        JournalError::GoingOn(_) => "Wait for it to end.",
        JournalError::NoSuchRun(_) | JournalError::NothingChanged(..) => {
            "relight history lists the runs; --journal-dir names another folder."
        }
        JournalError::IsUndo(_) => "To light the components again use relight fix; to undo an earlier run, name it.",
        JournalError::Closed(_) => "relight history shows how it ended.",
        JournalError::Illegible(_) => "What the servers record now is shown by relight check.",
        JournalError::OtherKind { .. } => {
            "A simulated run is undone and settled with --simulate and its scenario, any other without."
        }
    }
}

fn connect_hints(error: &ConnectError) -> Vec<String> {
    let hints: &[&str] = match error {
        ConnectError::Start(StartError::NotFound { .. }) => &["Name the PowerShell to use with --powershell PATH."],
        ConnectError::Start(StartError::LanguageMode(_)) => &[
            "AppLocker or WDAC keeps PowerShell in a constrained language mode for this account or folder; run relight \
             with an account or from a folder that the policy trusts.",
        ],
        ConnectError::Start(_) => &["Try to start the same PowerShell by hand."],
        ConnectError::Cmdlets { no_tools: true, .. } => &[
            "Run relight on an Exchange server or a machine with the Exchange management tools,",
            "or open a session on a server: --connection remote --connect-to ex01.contoso.local",
        ],
        ConnectError::Cmdlets { no_tools: false, .. } => &[
            "Open the Exchange Management Shell by hand: if that fails too, the reason shown there is the one to mend.",
        ],
        ConnectError::AccessDenied(_) | ConnectError::MayNotChange => {
            &["Use an account in the role group Organization Management or Server Management."]
        }
        ConnectError::Lost(Loss { reason: LossReason::Deadline(_), .. }) => {
            &["Give it more time with --start-timeout or --connect-timeout."]
        }
        ConnectError::Lost(_) => &[],
        ConnectError::Interrupted => &[],
        ConnectError::NoComputerName => &["Name the server: --server EX01"],
    };
    hints.iter().map(|hint| (*hint).to_owned()).collect()
}
