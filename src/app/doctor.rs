//! The checkup: ask everything, judge it, tell it. Only an observer asks, so that nothing can be changed.

use std::io;

use crate::cli::{Format, Output, Target};
use crate::domain::checkup::{Checkup, Facts};
use crate::error::Error;
use crate::exit::Exit;
use crate::host::{ConnectError, checkup};
use crate::shell::Means;
use crate::ui::{Console, Progress, doctor as text, json};

use super::prepared::Prepared;
use super::{in_json, show};

/// `doctor`: the checkup goes to stdout, its first fault is the exit code.
pub(super) fn doctor(target: &Target, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    let checkup = match Prepared::of(target, None, Means::Checkup) {
        Ok(run) => {
            let facts = ask(&run, target, console);
            Checkup::of(facts, run.scenario.clone(), run.interrupt.count() > 0)
        }
        // That there is no PowerShell is something to tell, not to fail on.
        Err(Error::Connect(ConnectError::Start(error))) => {
            Checkup::of(checkup::without_shell(&target.link, &target.servers, &error), None, false)
        }
        Err(error) => return Err(error),
    };
    let exit = Exit::of_checkup(&checkup);
    let text = match output.format {
        Format::Json => {
            json::checkup(&checkup, in_json(exit)).map_err(|error| Error::Output(io::Error::other(error)))?
        }
        Format::Text if output.quiet => text::summary(&checkup),
        Format::Text => {
            text::checkup(&checkup, &show(console.result_width(), console.result_is_terminal(), output.verbose))
        }
    };
    console.result(&text).map_err(Error::Output)?;
    Ok(exit)
}

fn ask(run: &Prepared, target: &Target, console: &mut Console) -> Facts {
    let mut progress = Progress::new();
    let components = target.policy.looked_at();
    let facts = checkup::examine(&run.launch, &target.link, &target.servers, &components, &mut |event| {
        progress.show(&event, console);
    });
    console.stop();
    facts
}

/// The checkup could not even begin, for a reason that stderr has already: in JSON stdout gets a document all the same.
pub(super) fn failed(error: &Error, target: &Target, output: &Output, console: &mut Console) -> Exit {
    let exit = error.exit();
    if output.format == Format::Json {
        let scenario = target.shell.scenario();
        let written = json::checkup_failure(scenario, in_json(exit), &error.to_string(), &error.hints());
        let _gone = written.map_err(io::Error::other).and_then(|document| console.result(&document));
    }
    exit
}
