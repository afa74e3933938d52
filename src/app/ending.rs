//! A run that ended before there was anything to report: what is said, and to programs too.

use std::io;

use crate::cli::{Command, Config, Format};
use crate::domain::{Run, RunCommand};
use crate::error::Error;
use crate::exit::Exit;
use crate::ui::{self, Console, Failure, json};

use super::{fix_command, in_json};

/// The run ended before there was anything to report.
pub(super) fn fail(error: &Error, config: &Config, console: &mut Console) -> Exit {
    let output = &config.output;
    let (exit, message, hints) = (error.exit(), error.to_string(), error.hints());
    let failure = Failure { message: &message, hints: &hints, tail: error.tail() };
    console.stop();
    console.insist(&ui::failure(&failure, console.talk_width(), output.verbose > 0));
    let (command, simulated) = match &config.command {
        Command::Check(target) => (RunCommand::Check, target.shell.scenario()),
        Command::Fix(target, mode) => (fix_command(*mode, console), target.shell.scenario()),
        Command::Resume { target, .. } => (RunCommand::Resume, target.shell.scenario()),
        Command::History { .. } | Command::Undo { .. } => return past_failed(error, config, console),
        Command::Scenarios | Command::Completions(_) | Command::SimulatedEngine(_) => return exit,
    };
    if output.format == Format::Json {
        let run = Run { command, simulated, interrupted: exit == Exit::Interrupted };
        let written = json::failure(&run, in_json(exit), &message, &hints).map_err(io::Error::other);
        // stderr has the error already; where stdout is gone too there is nobody left to tell.
        let _gone = written.and_then(|document| console.result(&document));
    }
    exit
}

/// The same for what is asked about runs of the past.
fn past_failed(error: &Error, config: &Config, console: &mut Console) -> Exit {
    let exit = error.exit();
    if config.output.format == Format::Json {
        let undo = matches!(config.command, Command::Undo { .. });
        let written = json::past_failure(undo, in_json(exit), &error.to_string(), &error.hints());
        let _gone = written.map_err(io::Error::other).and_then(|document| console.result(&document));
    }
    exit
}
