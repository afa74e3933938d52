//! The checkup: ask everything, judge it, tell it. Only an observer asks, so that nothing can be changed.

use crate::cli::{Config, Format, Target};
use crate::domain::checkup::{Answer, Facts};
use crate::domain::{Chosen, Event, Exit};
use crate::error::Error;
use crate::exchange::{ConnectError, Observer, checkup, event_log};
use crate::journal::readiness;
use crate::record;
use crate::screens;
use crate::screens::doctor as screen;
use crate::shell::Capabilities;
use crate::terminal::{Console, Progress};

use super::output::{in_json, print, show_result, tell};
use super::prepared::Prepared;
use super::servers;

/// `doctor`: the checkup goes to stdout, its first fault is the exit code.
pub(super) fn doctor(target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let output = &config.output;
    let journal = |scenario: Option<&str>| readiness(config.journal.folder.as_deref(), scenario);
    let checkup = match Prepared::of(target, None, Capabilities::Checkup) {
        Ok(run) => {
            let facts = Facts { journal: journal(run.scenario.as_deref()), ..ask(&run, target, console)? };
            screen::judge(facts, run.scenario.clone(), run.is_interrupted())
        }
        // That there is no PowerShell is something to tell, not to fail on.
        Err(Error::Connect(ConnectError::Start(error))) => {
            let facts = checkup::without_shell(&target.link, &target.servers, &error);
            screen::judge(Facts { journal: journal(None), ..facts }, None, false)
        }
        Err(error) => return Err(error),
    };
    let exit = Exit::of_checkup(&checkup);
    let text = match output.format {
        Format::Json | Format::Ndjson => record::checkup(&checkup, in_json(exit)).map_err(Error::Output)?,
        Format::Text if output.quiet => screen::summary(&checkup),
        Format::Text => screen::checkup(&checkup, &show_result(output, console)),
    };
    tell(&text, None, None, console);
    Ok(exit)
}

fn ask(run: &Prepared, target: &Target, console: &mut Console) -> Result<Facts, Error> {
    let mut progress = Progress::new();
    let components = target.policy.looked_at();
    let choose = |observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)| {
        // That this machine has no name for a server is one more thing to tell.
        match servers::chosen(target, observer, on_event) {
            Err(Error::Connect(ConnectError::NoComputerName)) => Ok(Chosen::default()),
            chosen => chosen,
        }
    };
    let Target { servers, link, jobs, .. } = target;
    let examined = checkup::examine(&run.launch, link, servers, &components, *jobs, choose, &mut |event| {
        progress.show(&event, console);
    });
    console.stop();
    let mut facts = examined?;
    if let Answer::Known(machine) = &mut facts.machine {
        machine.nobody_to_ask = console.nobody_to_ask();
    }
    Ok(facts)
}

/// `doctor --register-event-source`: makes relight known to the Application log of Windows.
pub(super) fn register_event_source(console: &mut Console) -> Result<Exit, Error> {
    let settings = event_log::register()?;
    print(console, &screens::event_log::registered(event_log::SOURCE, event_log::KEY, &settings))
}

#[cfg(test)]
mod tests {
    use std::io::{Error as IoError, ErrorKind};

    use super::*;
    use crate::domain::{Connection, ScriptsRefused};
    use crate::exchange::Link;
    use crate::shell::StartError;

    #[test]
    fn where_no_shell_can_be_started_a_checkup_ends_as_a_check_does() {
        let refused = ScriptsRefused { policy: None, signed: false };
        let none = || IoError::from(ErrorKind::NotFound);
        let cases = [
            (StartError::TooFewBits(32), Exit::NotSupported),
            (StartError::NotFound { looked_for: "pwsh".into() }, Exit::NoShell),
            (StartError::Spawn { program: "pwsh".into(), source: none() }, Exit::NoShell),
            (StartError::Engine { folder: "tmp".into(), source: none() }, Exit::NoShell),
            (StartError::LanguageMode("ConstrainedLanguage".into()), Exit::NoShell),
            (StartError::ScriptsRefused { refused, tail: String::new() }, Exit::NoShell),
        ];
        let link = Link { connection: Connection::Ems, connect_to: None };
        for (error, exit) in cases {
            let checkup = screen::judge(checkup::without_shell(&link, &[], &error), None, false);
            assert_eq!(Exit::of_checkup(&checkup), exit, "{error}");
            assert_eq!(Error::from(ConnectError::Start(error)).exit(), exit);
        }
    }
}
