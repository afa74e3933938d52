//! What is said where a run ended before there was anything to report.

use std::io;

use crate::cli::{Command, Config, Format, Target};
use crate::domain::{self, AgreedBy, Aim, Cmdlet, Exit, Next, Run, option_with_path};
use crate::error::Error;
use crate::exchange::ConnectError;
use crate::record;
use crate::screens::{self, Failure};
use crate::terminal::Console;

use super::output::in_json;
use super::{agreed_by, begun, monitored};

/// What finds out why there is no session with Exchange.
fn to_find_out(error: &Error, config: &Config) -> Option<Next> {
    let (Command::Check(target) | Command::Fix(target, _) | Command::Undo { target, .. }) = &config.command else {
        return None;
    };
    let is_lost = matches!(error, Error::Connect(why) if !matches!(why, ConnectError::Interrupted));
    let scenario = target.shell.scenario().map(|scenario| option_with_path("simulate", scenario));
    let servers = target.servers.iter().map(ToString::to_string);
    let words = servers.chain(scenario).chain(target.connection());
    is_lost.then(|| Next { aim: Aim::FindOut, command: Cmdlet::relight("doctor", words) })
}

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
    let text = if output.quiet {
        screens::failure_in_short(&failure)
    } else {
        let next = to_find_out(error, config);
        screens::failure(&failure, next.as_ref(), console.talk_width(), output.verbose > 0)
    };
    console.complain(&text);
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
