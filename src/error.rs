//! What ends a run before there is anything to report: each error names the object, and says separately what to do.

use std::io;
use std::path::PathBuf;
use std::time::Duration;

use crate::domain::{Exit, SelectionError, Trouble};
use crate::exchange::ConnectError;
use crate::exchange::event_log::EventSourceError;
use crate::journal::{self, JournalError};
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
    /// This machine has no name to probe, and no host was named.
    #[error("this machine's name could not be told")]
    NoOwnName,
    /// A list of servers cannot be read.
    #[error("the list of servers {file}: {why}")]
    ServerList {
        /// The file as it was named.
        file: String,
        /// What is wrong with it.
        why: String,
    },
    /// What an instance of the DSC resource says makes no sense.
    #[error("the instance on stdin: {0}")]
    Instance(String),
    /// The account is the one that Exchange knows as a computer.
    #[error("SYSTEM has no Exchange role, so nothing can be seen or set under it")]
    IsSystem,
    /// The servers that were named are none.
    #[error(transparent)]
    Selection(#[from] SelectionError),
    /// Exchange does not tell which servers there are.
    #[error("the servers of the organisation could not be listed: {}", .0.message)]
    NoServerList(Trouble),
    /// There is no journal to write or to read.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// relight cannot be made known to the Application log.
    #[error(transparent)]
    EventSource(#[from] EventSourceError),
    /// The log file cannot be written.
    #[error("cannot write the log file {}: {cause}", path.display())]
    LogFile {
        /// The file as it was named.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The transcript cannot be written.
    #[error("cannot write the transcript {}: {cause}", path.display())]
    Transcript {
        /// The file as it was named.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The page cannot be written.
    #[error("cannot write the page {}: {cause}", path.display())]
    Page {
        /// The file as it was named.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The file for metrics cannot be written.
    #[error("cannot write the metrics to {}: {cause}", path.display())]
    Metrics {
        /// The file as it was named.
        path: PathBuf,
        /// What the system says.
        cause: io::Error,
    },
    /// The run was to be over within this time, and had not begun to look.
    #[error("{}", LossReason::OutOfTime(*.0))]
    OutOfTime(Duration),
    /// relight failed in a way that it does not know.
    #[error("relight failed; what it printed on stderr tells where")]
    Panicked,
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
            Self::Scenario(_)
            | Self::NoOwnName
            | Self::LogFile { .. }
            | Self::Transcript { .. }
            | Self::Page { .. }
            | Self::Metrics { .. }
            | Self::ServerList { .. }
            | Self::Instance(_)
            | Self::Selection(_) => Exit::Usage,
            Self::IsSystem => Exit::AccessDenied,
            Self::NoServerList(trouble) => Exit::of_trouble(trouble.kind),
            Self::Connect(error) => of_connect(error),
            Self::Journal(error) => of_journal(error),
            Self::EventSource(EventSourceError::NotWindows) => Exit::Usage,
            Self::EventSource(EventSourceError::Denied) => Exit::AccessDenied,
            Self::EventSource(EventSourceError::Refused(_)) => Exit::Bug,
            Self::OutOfTime(_) => Exit::Deadline,
            Self::Panicked | Self::System { .. } | Self::Output(_) => Exit::Bug,
        }
    }

    /// What the shell printed last, where that may tell why.
    pub fn tail(&self) -> Option<&str> {
        match self {
            Self::Connect(error) => error.tail(),
            Self::Scenario(_)
            | Self::Journal(_)
            | Self::NoOwnName
            | Self::ServerList { .. }
            | Self::Instance(_)
            | Self::IsSystem
            | Self::Selection(_)
            | Self::NoServerList(_)
            | Self::EventSource(_)
            | Self::LogFile { .. }
            | Self::Transcript { .. }
            | Self::Page { .. }
            | Self::Metrics { .. }
            | Self::OutOfTime(_)
            | Self::Panicked
            | Self::System { .. }
            | Self::Output(_) => None,
        }
    }

    /// What to do about it, one sentence each.
    pub fn hints(&self) -> Vec<String> {
        match self {
            Self::Scenario(error) => vec![error.hint()],
            Self::Connect(error) => connect_hints(error),
            Self::NoOwnName => vec!["Name the host: relight probe EX01".into()],
            Self::ServerList { .. } => {
                vec!["One name a line, such as EX01 or an FQDN; # begins a comment. UTF-8 or UTF-16.".into()]
            }
            Self::Instance(_) => vec!["relight dsc schema prints what an instance may have.".into()],
            Self::IsSystem => {
                vec!["Run dsc under an account in the role group Organization Management or Server Management.".into()]
            }
            Self::Selection(error) => vec![error.hint().into()],
            Self::NoServerList(_) => vec!["Nothing was changed. Name the servers: relight check EX01 EX02".into()],
            Self::Journal(error) => vec![journal_hint(error).to_owned()],
            Self::EventSource(EventSourceError::Denied) => {
                vec!["Run it once in a PowerShell that was started with \"Run as administrator\".".into()]
            }
            Self::LogFile { .. } | Self::Transcript { .. } | Self::Page { .. } | Self::Metrics { .. } => {
                vec!["Name a file in a folder that exists and that you may write to.".into()]
            }
            Self::OutOfTime(_) => vec![MORE_TIME.into()],
            Self::EventSource(_) | Self::Panicked | Self::System { .. } | Self::Output(_) => Vec::new(),
        }
    }
}

/// What to do where a run ends by its own deadline.
const MORE_TIME: &str = "Give the run more time with --deadline.";

fn of_connect(error: &ConnectError) -> Exit {
    match error {
        ConnectError::Lost(Loss { reason: LossReason::Deadline(_) | LossReason::OutOfTime(_), .. }) => Exit::Deadline,
        ConnectError::Start(StartError::TooFewBits(_)) => Exit::NotSupported,
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
        JournalError::Unwritable { .. }
        | JournalError::Foreign { .. }
        | JournalError::Open(_)
        | JournalError::NoFolder
        | JournalError::NoLock { .. } => Exit::NoJournal,
        JournalError::Interrupted => Exit::Interrupted,
        JournalError::Locked(_) | JournalError::GoingOn(_) => Exit::Locked,
        JournalError::Unreadable { .. }
        | JournalError::NoSuchRun(_)
        | JournalError::NotLookedAt(..)
        | JournalError::NothingChanged(..)
        | JournalError::NoneInterrupted(..)
        | JournalError::SeveralInterrupted(_)
        | JournalError::IsUndo(_)
        | JournalError::Closed(_)
        | JournalError::Illegible(_)
        | JournalError::Misplaced(_)
        | JournalError::Incomplete(..)
        | JournalError::InTheFuture(_)
        | JournalError::OtherKind { .. } => Exit::Usage,
    }
}

fn journal_hint(error: &JournalError) -> &'static str {
    match error {
        JournalError::Unwritable { .. } => {
            "Nothing was changed, because nothing could be recorded. Name a folder that this account may write to with \
             --journal-dir, or make room on the disk."
        }
        JournalError::Foreign { .. } => journal::FOREIGN,
        JournalError::Open(_) => {
            "Name a folder of relight's own with --journal-dir, or take from others the right to write to that one."
        }
        JournalError::NoFolder => "Name a folder with --journal-dir.",
        JournalError::Unreadable { .. } => {
            "Use an account that may read it, or name another folder with --journal-dir."
        }
        JournalError::NoLock { .. } => {
            "Nothing was changed, because another run might be under way. Let whoever owns that file remove it, or an \
             administrator."
        }
        JournalError::Interrupted => "Nothing was changed.",
        JournalError::Locked(_) => "Wait for it to end, or let relight wait: --lock-timeout 10m",
        JournalError::GoingOn(_) => "Wait for it to end.",
        JournalError::NotLookedAt(..) => "relight history with the run alone shows which servers it looked at.",
        JournalError::NoSuchRun(_) | JournalError::NothingChanged(_, true) => {
            "See the runs with relight history; --journal-dir names another folder."
        }
        JournalError::NothingChanged(_, false) => {
            "See the runs with relight history; --journal-dir names another folder. A simulated run is undone with \
             --simulate and its scenario file."
        }
        JournalError::NoneInterrupted(_, true) => {
            "See the runs with relight history; --journal-dir names another folder."
        }
        JournalError::NoneInterrupted(_, false) => {
            "See the runs with relight history; --journal-dir names another folder. A simulated run is settled with \
             --simulate and its scenario file."
        }
        JournalError::SeveralInterrupted(_) => "Name the one to settle, each in its turn: relight resume RUN",
        JournalError::IsUndo(_) => {
            "To set the components Active again use relight fix; to undo an earlier run, name it."
        }
        JournalError::Closed(_) => "relight history shows how it ended.",
        JournalError::Illegible(_) | JournalError::Misplaced(_) | JournalError::Incomplete(..) => {
            "What the servers record now is shown by relight check. To undo another run, name it."
        }
        JournalError::InTheFuture(_) => {
            "See it with relight history and its name. If it is the one you mean, undo it by that name."
        }
        JournalError::OtherKind { .. } => {
            "A simulated run is undone and settled with --simulate and its scenario, any other without."
        }
    }
}

fn connect_hints(error: &ConnectError) -> Vec<String> {
    let hints: &[&str] = match error {
        ConnectError::Start(StartError::NotFound { .. }) => &["Name the PowerShell to use with --powershell PATH."],
        ConnectError::Start(StartError::TooFewBits(_)) => &["Use the 64-bit relight."],
        ConnectError::Start(StartError::LanguageMode(_)) => &[
            "AppLocker or WDAC keeps PowerShell in a constrained language mode for this account or folder; run relight \
             with an account or from a folder that the policy trusts.",
        ],
        ConnectError::Start(StartError::ScriptsRefused { refused, .. }) => &[refused.advice()],
        ConnectError::Start(StartError::Engine { .. }) => &[
            "Make room there, or name a folder of which nobody else can change the files: in TMPDIR, on Windows in TMP.",
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
        ConnectError::Lost(Loss { reason: LossReason::OutOfTime(_), .. }) => &[MORE_TIME],
        ConnectError::Lost(_) => &[],
        ConnectError::Interrupted => &[],
        ConnectError::NoComputerName => &["Name the server, for example: relight check EX01"],
    };
    let mut hints: Vec<_> = hints.iter().map(|hint| (*hint).to_owned()).collect();
    if matches!(error, ConnectError::Cmdlets { .. }) {
        hints.extend(this_machine());
    }
    hints
}

/// What this machine itself says of Exchange, independent of any shell.
fn this_machine() -> Option<String> {
    #[cfg(windows)]
    {
        use crate::windows::machine;
        let name = machine::full_name()?;
        Some(match machine::exchange_install_path() {
            Some(path) => format!("According to its registry, this machine, {name}, has Exchange in {path}."),
            None => format!("According to its registry, this machine, {name}, has no Exchange 2013 or later."),
        })
    }
    #[cfg(not(windows))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_source_without_the_right_to_it_is_access_denied_and_says_what_to_do() {
        let error = Error::from(EventSourceError::Denied);
        assert_eq!(error.exit(), Exit::AccessDenied);
        assert!(error.to_string().contains(r"HKLM\SYSTEM\"), "{error}");
        assert!(error.hints()[0].contains("Run as administrator"));
        assert_eq!(Error::from(EventSourceError::NotWindows).exit(), Exit::Usage);
    }
}
