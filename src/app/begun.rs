//! A run before it has looked at anything.

use jiff::Timestamp;

use crate::cli::Config;
use crate::domain::{AgreedBy, Command, Run, RunId};

/// A run that begins now.
pub(super) fn run(command: Command, agreed_by: AgreedBy, undoes: Option<RunId>, config: &Config) -> Run {
    Run {
        id: None,
        command,
        agreed_by,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        arguments: config.journal.arguments.clone(),
        connection: config.journal.way().into_iter().collect(),
        who: None,
        begun: Timestamp::now(),
        ended: None,
        interrupted: false,
        resumed: false,
        simulated: None,
        undoes,
        illegible: 0,
        servers: Vec::new(),
    }
}
