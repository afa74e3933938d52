//! The story: look, diagnose, plan, agree, carry out, look again, judge, report.

mod change;
mod doctor;
mod history;
mod pace;
mod prepared;
mod probe;
mod recording;
mod resume;
mod saying;
mod undo;
mod wait;
mod watch;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::cli::{self, Command, Config, Mode, SimulatedEngine, Staying, Target};
use crate::domain::{
    Event, Evidence, Report, RunCommand, Server, ServerReport, ServerSnapshot, Services, Setup, Trouble, TroubleKind,
};
use crate::error::Error;
use crate::exchange::{Observer, Writer};
use crate::exit::Exit;
use crate::journal::Journal;
use crate::log;
use crate::screens;
use crate::shell::{Capabilities, Interrupt};
use crate::simulator::{self, EngineArgs};
use crate::terminal::{Console, Progress};

use change::{agree, apply_and_prove};
use pace::Clock;
use prepared::Prepared;
use saying::{fail, in_json, say, say_report, show};

/// Everything, from the words of the command line to the way the process ends.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    // A panic ends in the code that says so, and on its way it ends the shell.
    catch_unwind(AssertUnwindSafe(|| parse_and_run(args))).unwrap_or_else(|_| ExitCode::from(Exit::Bug.code()))
}

fn parse_and_run(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let config = match cli::parse(args) {
        Ok(config) => config,
        Err(error) => return Console::usage(&error),
    };
    if let Command::SimulatedEngine(engine) = config.command {
        return simulated_engine(engine);
    }
    let output = &config.output;
    let mut console = Console::new(output.color, output.quiet);
    let ended = log::start(output.verbose, output.log_file.as_deref())
        .and_then(|()| run(&config, &mut console))
        .unwrap_or_else(|error| fail(&error, &config, &mut console));
    tracing::debug!(code = ended.code(), name = ended.name(), "relight ends");
    ExitCode::from(ended.code())
}

fn run(config: &Config, console: &mut Console) -> Result<Exit, Error> {
    #[cfg(windows)]
    crate::windows::load_from_the_system_alone()
        .map_err(|cause| Error::System { what: "cannot keep to the libraries of the system directory", cause })?;
    tracing::debug!(version = env!("CARGO_PKG_VERSION"), command = ?config.command, "relight starts");
    recording::point_out(config, console);
    match &config.command {
        Command::Check(target) => examine(RunCommand::Check, target, config, console),
        Command::Fix(target, mode) => examine(fix_command(*mode, console), target, config, console),
        Command::Doctor(target) => doctor::doctor(target, config, console),
        Command::RegisterEventSource => doctor::register_event_source(console),
        Command::Probe(probing) => probe::probe(probing, &config.output, console),
        Command::History { run, most } => history::history(run.as_deref(), *most, config, console),
        Command::Undo { run, target, mode, stop_services } => {
            undo::undo(run.as_deref(), target, *mode, *stop_services, config, console)
        }
        Command::Resume { run, target } => resume::resume(run, target, config, console),
        Command::Scenarios => {
            let known = simulator::scenarios().iter().map(|scenario| (scenario.name, scenario.summary));
            say(console, &screens::scenarios(known, console.result_width()))
        }
        Command::Completions(shell) => say(console, &completions(*shell)),
        Command::SimulatedEngine(_) => Ok(Exit::Fine),
    }
}

/// What `fix` comes to: with nobody to ask and no `--yes` it only looks and plans.
fn fix_command(mode: Mode, console: &Console) -> RunCommand {
    match mode {
        Mode::DryRun => RunCommand::DryRun,
        Mode::Yes => RunCommand::FixYes,
        Mode::Ask if console.can_ask() => RunCommand::FixAsked,
        Mode::Ask => RunCommand::FixUnconfirmed,
    }
}

/// `check` and `fix`: the report goes to stdout, how it ended is the exit code.
fn examine(command: RunCommand, target: &Target, config: &Config, console: &mut Console) -> Result<Exit, Error> {
    let report = match command {
        RunCommand::Check | RunCommand::DryRun | RunCommand::FixUnconfirmed | RunCommand::Resume => {
            look_only(command, target, console)?
        }
        RunCommand::FixAsked | RunCommand::FixYes => {
            let begun = Prepared::of(target, None, Capabilities::Change)
                .and_then(|run| Ok((recording::begin(config, &run, command, console)?, run)));
            let (journal, run) = recording::begun(begun, &target.shell)?;
            recording::keep(journal, console, |journal, console| look_and_fix(command, target, run, journal, console))?
        }
    };
    say_report(report, config, console)
}

/// The first half of the story, by somebody who could not change anything.
fn look_only(command: RunCommand, target: &Target, console: &mut Console) -> Result<Report, Error> {
    let run = Prepared::of(target, None, Capabilities::Look)?;
    let mut progress = Progress::new();
    let mut observer = Observer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let mut servers = look(&mut observer, target, &run.interrupt, &mut |e| progress.show(&e, console))?;
    if run.interrupt.count() == 0 {
        investigate(&mut servers, &mut observer, &mut |e| progress.show(&e, console));
    }
    if run.interrupt.count() == 0 && target.staying.probe_first {
        wait::look(&mut servers, &mut observer, &mut |e| progress.show(&e, console));
    }
    console.stop();
    observer.close();
    Ok(run.report(command, servers))
}

/// The whole story.
fn look_and_fix(
    command: RunCommand,
    target: &Target,
    run: Prepared,
    journal: &mut Journal,
    console: &mut Console,
) -> Result<Report, Error> {
    let mut progress = Progress::new();
    let mut writer = Writer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let mut servers = look(writer.observer(), target, &run.interrupt, &mut |e| progress.show(&e, console))?;
    // Why it went dark helps a person to decide. Where nobody is asked, clients come first.
    let asked = command == RunCommand::FixAsked;
    if run.interrupt.count() == 0 && asked {
        investigate(&mut servers, writer.observer(), &mut |e| progress.show(&e, console));
    }
    console.stop();
    recording::looks(journal, servers.iter().map(|server| &server.before))?;
    if run.interrupt.count() == 0 {
        let plans = agree(&servers, command, &target.policy, &run, console);
        let _guard = console.quick_edit_guard();
        progress.expect(plans.iter().map(|(plan, starts)| plan.steps().len() + starts.steps.len()).sum());
        recording::plans(journal, command, servers.iter().map(|server| &server.before.server).zip(&plans));
        for (server, agreed) in servers.iter_mut().zip(plans) {
            apply_and_prove(server, agreed, &mut writer, journal, &run.interrupt, &mut |e| progress.show(&e, console));
        }
        if run.interrupt.count() == 0 && !asked {
            investigate(&mut servers, writer.observer(), &mut |e| progress.show(&e, console));
        }
    }
    if run.interrupt.count() == 0 && servers.iter().any(ServerReport::was_changed) {
        stay(&mut servers, &target.staying, &run.interrupt, &mut writer, journal, &mut progress, console);
    }
    console.stop();
    writer.close();
    Ok(run.report(command, servers))
}

/// Until clients are served, and as long as it was asked for after that.
fn stay(
    servers: &mut [ServerReport],
    staying: &Staying,
    interrupt: &Interrupt,
    writer: &mut Writer,
    journal: &mut Journal,
    progress: &mut Progress,
    console: &mut Console,
) {
    let clock = &mut Clock::starting(interrupt, console.keys());
    if wait::wait(servers, staying, clock, writer, journal, &mut |e| progress.show(&e, console))
        && let Some(time) = staying.watch
        && servers.iter().any(watch::is_worth_watching)
    {
        clock.restart();
        watch::watch(servers, time, clock, writer, journal, &mut |e| progress.show(&e, console));
    }
}

/// Snapshot, diagnoses and plan of every server. One that cannot be reached never stops the others.
fn look(
    observer: &mut Observer,
    target: &Target,
    interrupt: &Interrupt,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Result<Vec<ServerReport>, Error> {
    let servers = match &target.servers[..] {
        [] => vec![observer.this_server()?],
        named => named.to_vec(),
    };
    let components = target.policy.looked_at();
    let seen = servers.iter().map(|server| {
        if interrupt.count() > 0 {
            return not_looked_at(server);
        }
        let snapshot = observer.look(server, &components, on_event);
        on_event(Event::Looked(&snapshot));
        snapshot
    });
    Ok(seen.map(|snapshot| ServerReport::of(snapshot, &target.policy)).collect())
}

/// Why Managed Availability took down what it holds, on every server.
fn investigate(servers: &mut [ServerReport], observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)) {
    for server in servers {
        let wanted = Evidence::wanted(&server.diagnoses);
        server.evidence = observer.evidence(&server.before.server, &wanted, on_event);
    }
}

/// A server that was not looked at, because the run was interrupted before.
fn not_looked_at(server: &Server) -> ServerSnapshot {
    ServerSnapshot {
        server: server.clone(),
        taken: jiff::Timestamp::now(),
        exchange: None,
        setup: Setup::NotAsked,
        services: Services::NotAsked,
        components: Vec::new(),
        troubles: vec![Trouble {
            kind: TroubleKind::Interrupted,
            component: None,
            message: "the run was interrupted before this server was looked at".to_owned(),
        }],
    }
}

fn completions(shell: clap_complete::Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::definition(), "relight", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

/// The other end of the pipe, when Exchange is simulated.
fn simulated_engine(engine: SimulatedEngine) -> ExitCode {
    match engine {
        SimulatedEngine::HoldPipe { seconds } => simulator::hold_pipe(seconds),
        SimulatedEngine::Serve { scenario, nonce, capabilities } => match simulator::resolve(Some(&scenario)) {
            Ok(source) => simulator::run(&EngineArgs { nonce, capabilities, source }),
            Err(_) => ExitCode::FAILURE,
        },
    }
}
