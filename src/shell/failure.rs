//! How a session fails. Two facts are kept apart because their consequences differ: a call that was *refused* has an
//! answer and the session goes on; a session that is *lost* has none, so what became of a change in it is unknown. The
//! texts are fragments without advice; what a person should do about one is said where it is shown.

use std::{io, path::PathBuf, time::Duration};

use super::protocol::CallError;
use crate::domain::{ScriptsRefused, Trouble};

/// Why there is no session.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// There is no such program.
    #[error("cannot find {looked_for}")]
    NotFound {
        /// What was looked for, and where.
        looked_for: String,
    },
    /// This program has so many bits, which are too few: it would find a PowerShell that cannot load Exchange.
    #[error("this is a {0}-bit program, and Exchange can be reached from a 64-bit one only")]
    TooFewBits(u32),
    /// The program is there and cannot be started.
    #[error("cannot start {}: {source}", program.display())]
    Spawn {
        /// What was to be started.
        program: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// The engine cannot be put where PowerShell can read it, or a scenario where it can be played.
    #[error("cannot write to {}, where temporary files go: {source}", folder.display())]
    Engine {
        /// The folder for temporary files.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// PowerShell runs in a language mode in which scripts cannot do the work, by a policy of the machine.
    #[error("PowerShell runs in language mode {0}")]
    LanguageMode(String),
    /// A policy of the machine keeps PowerShell from running scripts, or those of this build.
    #[error("{refused}")]
    ScriptsRefused {
        /// Which.
        refused: ScriptsRefused,
        /// The last that PowerShell printed, as in a [`Loss`].
        tail: String,
    },
    /// The shell was started and did not say hello.
    #[error("the shell did not come up: {}", .0.reason)]
    Lost(Loss),
}

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CallFailure {
    /// PowerShell answered with an error. The session goes on.
    #[error(transparent)]
    Refused(CallError),
    /// There is no answer and there will be none: the session is over and its processes are ended. Whether a change took
    /// place is unknown.
    #[error("the shell was lost: {}", .0.reason)]
    Lost(Loss),
}

/// A session that is over before it was closed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// Why.
    pub reason: LossReason,
    /// Whether the call had gone out, so that it may have been carried out.
    pub asked: bool,
    /// The last the shell printed, for a person; at most 64 KiB, without control characters.
    pub tail: String,
}

/// Why a session is over.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LossReason {
    /// It did not answer in time.
    #[error("no answer within {} s", .0.as_secs_f64())]
    Deadline(Duration),
    /// The process ended by itself, with this exit code if it has one.
    #[error("the process ended{}", .0.map(|code| format!(" with exit code {code}")).unwrap_or_default())]
    Ended(Option<i32>),
    /// It answered with something that is no answer.
    #[error("the answer cannot be read: {0}")]
    Garbled(String),
    /// The person at the keyboard wanted an end.
    #[error("interrupted")]
    Interrupted,
    /// The run was to be over within this time.
    #[error("the run's --deadline of {} s passed", .0.as_secs_f64())]
    OutOfTime(Duration),
    /// The shell is there, but its remote session to Exchange is not: what PowerShell said of it.
    #[error("the remote session to Exchange broke: {0}")]
    Session(String),
    /// It was lost before, and no other could be opened, or one more than is opened would be needed.
    #[error("there is no session any more: {}", .0.message)]
    NotReplaced(Trouble),
}

impl LossReason {
    /// Whether something broke, so that the same question may well be answered in another session.
    pub fn is_break(&self) -> bool {
        match self {
            Self::Ended(_) | Self::Garbled(_) | Self::Session(_) => true,
            Self::Deadline(_) | Self::Interrupted | Self::OutOfTime(_) | Self::NotReplaced(_) => false,
        }
    }
}
