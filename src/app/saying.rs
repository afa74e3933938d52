//! What is said at the end of a run, on the two streams and as the exit code.

use std::io;

use jiff::tz::TimeZone;

use crate::cli::{Command, Config, Format};
use crate::domain::{Report, Run, RunCommand};
use crate::error::Error;
use crate::exit::Exit;
use crate::record;
use crate::screens;
use crate::screens::{Failure, Show};
use crate::terminal::Console;

use super::{doctor, fix_command};

/// The report, on stdout.
pub(super) fn say_report(mut report: Report, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    // What is typed next goes on in the same journal.
    report.run.way.extend(config.journal.way());
    let (report, output) = (&report, &config.output);
    let command = report.run.command;
    let exit = Exit::of(report);
    let text = match output.format {
        Format::Json => record::report(report, in_json(exit), |server| in_json(Exit::of_server(server, command)))
            .map_err(|error| Error::Output(io::Error::other(error)))?,
        Format::Text if output.quiet => screens::summary(report),
        Format::Text => {
            screens::report(report, &show(console.result_width(), console.result_is_terminal(), output.verbose))
        }
    };
    console.result(&text).map_err(Error::Output)?;
    Ok(exit)
}

pub(super) fn show(width: usize, is_terminal: bool, verbose: u8) -> Show {
    Show { width, whole_commands: !is_terminal, tz: TimeZone::system(), verbose: verbose > 0 }
}

pub(super) fn in_json(exit: Exit) -> record::Exit {
    record::Exit { code: exit.code(), name: exit.name() }
}

pub(super) fn say(console: &mut Console, text: &str) -> Result<Exit, Error> {
    console.result(text).map_err(Error::Output)?;
    Ok(Exit::Fine)
}

/// The run ended before there was anything to report.
pub(super) fn fail(error: &Error, config: &Config, console: &mut Console) -> Exit {
    let output = &config.output;
    let (exit, message, hints) = (error.exit(), error.to_string(), error.hints());
    let failure = Failure { message: &message, hints: &hints, tail: error.tail() };
    console.stop();
    console.eprint_always(&screens::failure(&failure, console.talk_width(), output.verbose > 0));
    let (command, simulated) = match &config.command {
        Command::Check(target) => (RunCommand::Check, target.shell.scenario()),
        Command::Fix(target, mode) => (fix_command(*mode, console), target.shell.scenario()),
        Command::Doctor(target) => return doctor::failed(error, target, output, console),
        Command::Resume { target, .. } => (RunCommand::Resume, target.shell.scenario()),
        Command::History { .. } | Command::Undo { .. } => return past_failed(error, config, console),
        Command::Probe(_) | Command::Scenarios | Command::Completions(_) | Command::SimulatedEngine(_) => return exit,
        Command::RegisterEventSource => return exit,
    };
    if output.format == Format::Json {
        let run = Run { command, simulated, way: Vec::new(), interrupted: exit == Exit::Interrupted };
        let written = record::failure(&run, in_json(exit), &message, &hints).map_err(io::Error::other);
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
        let written = record::past_failure(undo, in_json(exit), &error.to_string(), &error.hints());
        let _gone = written.map_err(io::Error::other).and_then(|document| console.result(&document));
    }
    exit
}
