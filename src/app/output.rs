//! What is said at the end of a run, on the two streams and as the exit code.

use std::io;

use jiff::tz::TimeZone;

use crate::cli::{Config, Format};
use crate::domain::{Command, Run, RunId};
use crate::error::Error;
use crate::exit::Exit;
use crate::record;
use crate::screens::{self, Show};
use crate::terminal::Console;

/// The run, on stdout.
pub(super) fn report(run: Run, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let output = &config.output;
    let exit = Exit::of(&run);
    let show = show(console.result_width(), console.result_is_terminal(), output.verbose);
    let text = match (output.format, run.command) {
        (Format::Json, _) => record::run(&run, in_json(exit), |server| in_json(Exit::of_server(server, &run)))
            .map_err(|error| Error::Output(io::Error::other(error)))?,
        (Format::Text, Command::Undo) => screens::undo(&run, &show),
        (Format::Text, Command::Check | Command::Fix) if output.quiet => screens::summary(&run),
        (Format::Text, Command::Check | Command::Fix) => screens::report(&run, &show),
    };
    tell(&text, run.id.as_ref(), config.journal.way(), console);
    Ok(exit)
}

/// Writes what came of a run. That is told by its code as well, and by its journal, whether or not somebody can read it here.
pub(super) fn tell(text: &str, run: Option<&RunId>, folder: Option<String>, console: &mut Console) {
    if let Err(error) = console.result(text) {
        console.eprint_always(&screens::report_lost(run, folder, &error, console.talk_width()));
    }
}

pub(super) fn show(width: usize, is_terminal: bool, verbose: u8) -> Show {
    Show { width, whole_commands: !is_terminal, tz: TimeZone::system(), verbose: verbose > 0 }
}

pub(super) fn in_json(exit: Exit) -> record::Exit {
    record::Exit { code: exit.code(), name: exit.name() }
}

pub(super) fn print(console: &mut Console, text: &str) -> Result<Exit, Error> {
    console.result(text).map_err(Error::Output)?;
    Ok(Exit::Fine)
}
