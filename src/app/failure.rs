//! What is said where a run ended before there was anything to report.

use std::io;

use crate::cli::{Command, Config, Format, Target};
use crate::domain::Exit;
use crate::domain::{self, AgreedBy, Run};
use crate::error::Error;
use crate::record;
use crate::screens::{self, Failure};
use crate::terminal::Console;

use super::output::in_json;
use super::{agreed_by, begun, monitored};

/// Says why on stderr; in JSON stdout gets a document all the same.
pub(super) fn fail(error: &Error, config: &Config, console: &mut Console) -> Exit {
    let output = &config.output;
    let (exit, message, hints) = (error.exit(), error.to_string(), error.hints());
    let failure = Failure { message: &message, hints: &hints, tail: error.tail() };
    console.stop();
    if let Some(monitoring) = &config.monitoring {
        monitored::fail(&failure, exit, monitoring, config, console);
        return exit;
    }
    if output.messages {
        console.complain(&[&[message.clone()][..], &hints].concat().join("\n"));
        return exit;
    }
    console.complain(&screens::failure(&failure, console.talk_width(), output.verbose > 0));
    let document = match output.format {
        Format::Text => return exit,
        Format::Json => record::failure,
        Format::Ndjson => record::streamed_failure,
    };
    let failed = |command, by, target: &Target| Run {
        simulated: target.shell.scenario(),
        interrupted: exit == Exit::Interrupted,
        ..begun::run(command, by, None, config)
    };
    let run = match &config.command {
        Command::Check(target) => failed(domain::Command::Check, AgreedBy::Nobody, target),
        Command::Fix(target, mode) => failed(domain::Command::Fix, agreed_by(*mode, target, config, console), target),
        Command::Undo { target, mode, .. } => {
            failed(domain::Command::Undo, agreed_by(*mode, target, config, console), target)
        }
        Command::Resume { target, .. } => {
            Run { resumed: true, ..failed(domain::Command::Fix, AgreedBy::Nobody, target) }
        }
        Command::Doctor(target) => {
            write(record::checkup_failure(target.shell.scenario(), in_json(exit), &message, &hints), console);
            return exit;
        }
        Command::History { .. } => {
            write(record::history_failure(in_json(exit), &message, &hints), console);
            return exit;
        }
        Command::Probe(_)
        | Command::Dsc(_)
        | Command::Scenarios
        | Command::Completions(_)
        | Command::SimulatedEngine(_)
        | Command::RegisterEventSource => return exit,
    };
    write(document(&run, in_json(exit), &message, &hints), console);
    exit
}

/// stderr has the error already; where stdout is gone too there is nobody left to tell.
fn write(document: io::Result<String>, console: &mut Console) {
    let _gone = document.and_then(|document| console.result(&document));
}
