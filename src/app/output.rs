//! What is said at the end of a run, on the two streams and as the exit code.

use jiff::tz::TimeZone;

use crate::cli::{Config, Format, Output};
use crate::domain::Exit;
use crate::domain::{Command, Run, RunId};
use crate::error::Error;
use crate::record;
use crate::screens::{self, Show};
use crate::terminal::Console;

use super::page;

/// The run, on stdout.
pub(super) fn report(run: Run, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let output = &config.output;
    let exit = Exit::of(&run);
    let show = show_result(output, console);
    let text = match (output.format, run.command) {
        (Format::Json, _) => {
            record::run(&run, in_json(exit), |server| in_json(Exit::of_server(server, &run))).map_err(Error::Output)?
        }
        (Format::Ndjson, _) => record::streamed_run(&run, in_json(exit)).map_err(Error::Output)?,
        (Format::Text, _) if output.quiet && !run.servers.is_empty() => screens::summary(&run),
        (Format::Text, command) => screens::stopped(&run, &show).unwrap_or_else(|| match command {
            Command::Check | Command::Fix => screens::report(&run, &show),
            Command::Undo => screens::undo(&run, &show),
        }),
    };
    tell(&text, run.id.as_ref(), config.journal.way(), console);
    // The code is that of the run, which its record tells whatever became of a page.
    if let Err(error) = page::write(&run, config, &show) {
        console.eprint_always(&screens::page_lost(
            &run,
            &error.to_string(),
            config.journal.way(),
            console.talk_width(),
        ));
    }
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

/// How a result is shown on stdout.
pub(super) fn show_result(output: &Output, console: &Console) -> Show {
    show(console.result_width(), console.result_is_terminal(), output.verbose)
}

pub(super) fn in_json(exit: Exit) -> record::Exit {
    record::Exit { code: exit.code(), name: exit.name() }
}

pub(super) fn print(console: &mut Console, text: &str) -> Result<Exit, Error> {
    console.result(text).map_err(Error::Output)?;
    Ok(Exit::Fine)
}
