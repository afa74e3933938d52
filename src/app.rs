//! The story: look, diagnose, plan, agree, carry out, look again, judge, report.

mod begun;
mod change;
mod clients;
mod consents;
mod doctor;
mod driven;
mod failure;
mod history;
mod look;
mod monitors;
mod output;
mod pace;
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
    // A panic ends in the code that says so, and on its way it ends the shell.
    catch_unwind(AssertUnwindSafe(|| parse_and_run(args))).unwrap_or_else(|_| ExitCode::from(Exit::Bug.code()))
}

fn parse_and_run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let mut config = match cli::parse(args) {
        Ok(config) => config,
        Err(error) => return Console::usage(&error),
    };
    if let Command::SimulatedEngine(engine) = config.command {
        return simulated_engine(engine);
    }
    let output = config.output.clone();
    let mut console = Console::new(output.color, output.quiet, output.driven);
    // The transcript first, so that it has what keeps the log from being written.
    let ended = output
        .transcript
        .as_deref()
        .map_or(Ok(()), transcript::start)
        .and_then(|()| log::start(output.verbose, output.log_file.as_deref()))
        .and_then(|()| servers::read_lists(&mut config))
        .and_then(|()| run(&config, &mut console))
        .unwrap_or_else(|error| fail(&error, &config, &mut console));
    if let Some((path, cause)) = transcript::broke() {
        console.eprint_always(&screens::transcript_broke(&path, &cause, console.talk_width()));
    }
    tracing::debug!(code = ended.code(), name = ended.name(), "relight ends");
    ExitCode::from(ended.code())
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
