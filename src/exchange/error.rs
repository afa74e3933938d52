//! Why Exchange cannot be reached at all: the errors that end a run before anything was looked at.

use crate::domain::TroubleKind;
use crate::shell::{CallFailure, Loss, LossReason, StartError};

use super::refusal;

/// Why no server could be looked at.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// PowerShell could not be started, or not used.
    #[error(transparent)]
    Start(StartError),
    /// PowerShell runs, but loading the Exchange cmdlets failed.
    #[error("the Exchange cmdlets could not be loaded: {message}")]
    Cmdlets {
        /// What the shell said, as it came.
        message: String,
        /// Whether no Exchange installation was found on this machine.
        no_tools: bool,
        /// What the shell printed last.
        tail: String,
    },
    /// The account may not use the Exchange cmdlets.
    #[error("Exchange refused the connection: {0}")]
    AccessDenied(String),
    /// The account may look, but not change component states: RBAC hides the cmdlet from it.
    #[error("this account has no Set-ServerComponentState cmdlet, so it may not change component states")]
    MayNotChange,
    /// The shell was lost while it started or loaded Exchange.
    #[error("PowerShell did not get as far as the Exchange cmdlets: {}", .0.reason)]
    Lost(Loss),
    /// The run was interrupted.
    #[error("interrupted while PowerShell was loading; nothing was changed")]
    Interrupted,
    /// The machine the shell runs on did not tell its name, and no server was named.
    #[error("this machine's name could not be told")]
    NoComputerName,
}

impl ConnectError {
    /// The error id with which the connect script says that this machine has no Exchange installation.
    const NO_TOOLS: &'static str = "Relight.ExchangeToolsNotFound";

    pub(super) fn from_start(error: StartError) -> Self {
        match error {
            StartError::Lost(loss) => Self::from_loss(loss),
            StartError::NotFound { .. }
            | StartError::TooFewBits(_)
            | StartError::Spawn { .. }
            | StartError::Engine { .. }
            | StartError::LanguageMode(_)
            | StartError::ScriptsRefused { .. } => Self::Start(error),
        }
    }

    pub(super) fn from_call(failure: CallFailure, tail: String) -> Self {
        match failure {
            CallFailure::Lost(loss) => Self::from_loss(loss),
            CallFailure::Refused(error) if refusal::kind(&error) == TroubleKind::AccessDenied => {
                Self::AccessDenied(error.message)
            }
            CallFailure::Refused(error) => Self::Cmdlets {
                no_tools: error.id.as_deref().is_some_and(|id| id.starts_with(Self::NO_TOOLS)),
                message: error.message,
                tail,
            },
        }
    }

    fn from_loss(loss: Loss) -> Self {
        match loss.reason {
            LossReason::Interrupted => Self::Interrupted,
            LossReason::Deadline(_)
            | LossReason::OutOfTime(_)
            | LossReason::Ended(_)
            | LossReason::Garbled(_)
            | LossReason::Session(_)
            | LossReason::NotReplaced(_) => Self::Lost(loss),
        }
    }

    /// What kind of trouble it is for a server, when a new session cannot be had in the middle of a run.
    pub(super) fn trouble_kind(&self) -> TroubleKind {
        match self {
            Self::Lost(Loss { reason: LossReason::Deadline(_) | LossReason::OutOfTime(_), .. }) => {
                TroubleKind::Deadline
            }
            Self::Interrupted => TroubleKind::Interrupted,
            Self::AccessDenied(_) | Self::MayNotChange => TroubleKind::AccessDenied,
            Self::Start(_) | Self::Cmdlets { .. } | Self::Lost(_) | Self::NoComputerName => TroubleKind::ShellLost,
        }
    }

    /// What the shell printed last, where that may tell why.
    pub fn tail(&self) -> Option<&str> {
        match self {
            Self::Cmdlets { tail, .. }
            | Self::Lost(Loss { tail, .. })
            | Self::Start(StartError::ScriptsRefused { tail, .. }) => Some(tail),
            Self::Start(_) | Self::AccessDenied(_) | Self::MayNotChange | Self::Interrupted | Self::NoComputerName => {
                None
            }
        }
    }
}
