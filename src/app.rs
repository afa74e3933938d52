//! The story: look, diagnose, plan, agree, carry out, look again, judge, report.

mod begun;
mod change;
mod clients;
mod consents;
mod doctor;
mod driven;
mod dsc;
mod failure;
mod history;
mod look;
mod monitored;
mod monitors;
mod output;
mod pace;
mod page;
mod prepared;
mod probe;
mod recording;
mod resume;
mod servers;
mod shown;
mod story;
mod undo;
mod wait;
mod watch;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::cli::{self, Command, Config, Format, Mode, SimulatedEngine, Target};
use crate::domain::AgreedBy;
use crate::domain::Exit;
use crate::error::Error;
use crate::log;
use crate::record;
use crate::screens;
use crate::simulator::{self, EngineArgs};
use crate::terminal::Console;
use crate::transcript;

use failure::fail;
use output::print;
use prepared::Prepared;

/// Everything, from the words of the command line to the way the process ends.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words = args.into_iter().collect::<Vec<_>>();
    let mut config = match cli::parse(words.clone()) {
        Ok(config) => config,
        Err(error) if cli::is_for_nagios(&words) => return monitored::usage(&error),
        Err(error) => return Console::usage(&error, cli::is_for_dsc(&words)),
    };
    if let Command::SimulatedEngine(engine) = config.command {
        return simulated_engine(engine);
    }
    ExitCode::from(ended(&mut config, walk))
}

/// The code that the process ends with. A panic ends in the one that says so, and on its way it ends the shell.
fn ended(config: &mut Config, walk: impl FnOnce(&mut Config, &mut Console) -> Exit) -> u8 {
    let mut console = Console::new(config.output.color, config.output.quiet, config.output.driven);
    if config.output.messages {
        console.begin_messages();
    }
    let ended = catch_unwind(AssertUnwindSafe(|| walk(config, &mut console)));
    let ended = ended.unwrap_or_else(|_| fail(&Error::Panicked, config, &mut console));
    if let Some((path, cause)) = transcript::broke() {
        console.eprint_always(&screens::transcript_broke(&path, &cause, console.talk_width()));
    }
    tracing::debug!(code = ended.code(), name = ended.name(), "relight ends");
    monitored::code(ended, config)
}

/// From the first thing that is written to the end of the run.
fn walk(config: &mut Config, console: &mut Console) -> Exit {
    let output = config.output.clone();
    // The transcript first, so that it has what keeps the log from being written.
    let ended = output
        .transcript
        .as_deref()
        .map_or(Ok(()), transcript::start)
        .and_then(|()| log::start(output.verbose, output.log_file.as_deref(), output.messages))
        .and_then(|()| monitored::check_file(config))
        .and_then(|()| page::check_place(config))
        .and_then(|()| servers::read_lists(config))
        .and_then(|()| dsc::read_instance(config))
        .and_then(|()| run(config, console));
    ended.unwrap_or_else(|error| fail(&error, config, console))
}

fn run(config: &Config, console: &mut Console) -> Result<Exit, Error> {
    #[cfg(windows)]
    crate::windows::load_from_the_system_alone()
        .map_err(|cause| Error::System { what: "cannot keep to the libraries of the system directory", cause })?;
    tracing::debug!(
        version = env!("CARGO_PKG_VERSION"),
        arguments = config.journal.arguments.join(" "),
        "relight starts"
    );
    recording::warn_interrupted_runs(config, console);
    match &config.command {
        Command::Check(target) => story::check(target, config, console),
        Command::Fix(target, mode) => story::fix(agreed_by(*mode, target, config, console), target, config, console),
        Command::Doctor(target) => doctor::doctor(target, config, console),
        Command::RegisterEventSource => doctor::register_event_source(console),
        Command::Probe(probing) => probe::probe(probing, &config.output, console),
        Command::History { run, most, servers, selection } => {
            let only = servers::named(servers, selection);
            history::history(run.as_deref(), *most, &only, config, console)
        }
        Command::Undo { run, target, mode } => {
            undo::undo(run.as_deref(), agreed_by(*mode, target, config, console), target, config, console)
        }
        Command::Resume { run, target } => resume::resume(run.as_deref(), target, config, console),
        Command::Dsc(operation) => dsc::run(operation, config, console),
        Command::Scenarios => {
            let known = simulator::scenarios().iter().map(|scenario| (scenario.name, scenario.summary));
            let text = match config.output.format {
                Format::Json | Format::Ndjson => {
                    record::scenarios(known, output::in_json(Exit::Fine)).map_err(Error::Output)?
                }
                Format::Text => screens::scenarios(known, console.result_width()),
            };
            print(console, &text)
        }
        Command::Completions(shell) => {
            let scenarios = simulator::scenarios().iter().map(|scenario| scenario.name).collect::<Vec<_>>();
            print(console, &cli::completions(*shell, &scenarios))
        }
        Command::SimulatedEngine(_) => Ok(Exit::Fine),
    }
}

/// Who gives the consent: with nobody to ask and no `--yes` it only looks and plans.
fn agreed_by(mode: Mode, target: &Target, config: &Config, console: &Console) -> AgreedBy {
    match mode {
        Mode::DryRun => AgreedBy::Nobody,
        Mode::Yes => AgreedBy::Yes,
        // Whoever is shown the plan by a program answers through it.
        Mode::Ask if config.output.driven => AgreedBy::Person,
        // Who gives the names on stdin cannot answer there.
        Mode::Ask if console.can_ask() && !target.selection.reads_stdin() => AgreedBy::Person,
        Mode::Ask => AgreedBy::NobodyToAsk,
    }
}

/// The other end of the pipe, when Exchange is simulated.
fn simulated_engine(engine: SimulatedEngine) -> ExitCode {
    let SimulatedEngine { scenario, nonce, capabilities } = engine;
    match simulator::resolve(Some(&scenario)) {
        Ok(source) => simulator::run(&EngineArgs { nonce, capabilities, source }),
        Err(_) => ExitCode::FAILURE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_told_in_the_words_and_by_the_code_of_whoever_asked() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("relight.prom");
        let metrics = format!("--format=prometheus --output={}", file.display());
        for (words, code) in [("--format=text", 70), ("--format=nagios", 3), (metrics.as_str(), 70)] {
            let words = ["relight", "check"].into_iter().chain(words.split(' ')).map(OsString::from);
            let mut config = cli::parse(words).expect("words that are one");
            assert_eq!(ended(&mut config, |_, _| panic!("a test")), code);
        }
        let metrics = std::fs::read_to_string(file).expect("metrics");
        assert!(metrics.contains("\nrelight_check_success 0\n"), "{metrics}");
    }
}
