//! Why Exchange cannot be reached at all: the errors that end a run before anything was looked at.

use std::time::Duration;

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
    },
    /// The account may not use the Exchange cmdlets.
    #[error("Exchange refused the connection: {0}")]
    AccessDenied(String),
    /// The account may look, but not change component states: RBAC hides the cmdlet from it.
    #[error("this account has no Set-ServerComponentState cmdlet, so it may not change component states")]
    MayNotChange,
    /// The shell ended while it loaded Exchange.
    #[error("PowerShell ended while it loaded the Exchange cmdlets ({0})")]
    Ended(String),
    /// A deadline passed, in seconds.
    #[error("PowerShell did not load the Exchange cmdlets within {} s", .0.as_secs_f64())]
    Deadline(Duration),
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
            StartError::Lost(loss) => Self::from_loss(&loss),
            other => Self::Start(other),
        }
    }

    pub(super) fn from_call(failure: CallFailure) -> Self {
        match failure {
            CallFailure::Lost(loss) => Self::from_loss(&loss),
            CallFailure::Refused(error) if refusal::kind(&error) == TroubleKind::AccessDenied => {
                Self::AccessDenied(error.message)
            }
            CallFailure::Refused(error) => Self::Cmdlets {
                no_tools: error.id.as_deref().is_some_and(|id| id.starts_with(Self::NO_TOOLS)),
                message: error.message,
            },
        }
    }

    fn from_loss(loss: &Loss) -> Self {
        match &loss.reason {
            LossReason::Deadline(after) => Self::Deadline(*after),
            LossReason::Interrupted => Self::Interrupted,
            LossReason::Ended(_) | LossReason::Garbled(_) => Self::Ended(loss.to_string()),
        }
    }
}
