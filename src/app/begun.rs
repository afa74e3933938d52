//! A run before it has looked at anything.

use jiff::Timestamp;

use crate::cli::Config;
use crate::domain::{AgreedBy, Command, Run, RunId};

/// A run that begins now.
pub(super) fn run(command: Command, agreed_by: AgreedBy, undoes: Option<RunId>, config: &Config) -> Run {
    Run {
        arguments: config.journal.arguments.clone(),
        connection: config.journal.way().into_iter().collect(),
        undoes,
        ..Run::begun(command, agreed_by, env!("CARGO_PKG_VERSION"), Timestamp::now())
    }
}
