//! The story: look, diagnose, plan, agree, carry out, look again, judge, report.

mod doctor;
mod history;
mod prepared;
mod probe;
mod recording;
mod resume;
mod saying;
mod undo;

use std::ffi::OsString;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::process::ExitCode;

use crate::cli::{self, Command, Config, Mode, SimulatedEngine, Target};
use crate::domain::{
    ConfirmedPlan, Event, Hold, Obstacle, Outcome, Plan, Policy, Report, RunCommand, Server, ServerReport,
    ServerSnapshot, Setup, StepOutcome, Trouble, TroubleKind, diagnose, judge,
};
use crate::error::Error;
use crate::exit::Exit;
use crate::host::journal::Journal;
use crate::host::{Observer, Writer};
use crate::log;
use crate::shell::{Interrupt, Means};
use crate::simulator::{self, EngineArgs};
use crate::ui::wizard::{self, Answers, Ended, Subject, Terminal};
use crate::ui::{self, Console, Progress};

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
    let ended = log::start(output.verbose, output.log_file.as_deref().map(|path| (path, output.log_format)))
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
        Command::Doctor(target) => doctor::doctor(target, &config.output, console),
        Command::RegisterEventSource => doctor::register_event_source(console),
        Command::Probe(probing) => probe::probe(probing, &config.output, console),
        Command::History { run, most } => history::history(run.as_deref(), *most, config, console),
        Command::Undo { run, target, mode } => undo::undo(run.as_deref(), target, *mode, config, console),
        Command::Resume { run, target } => resume::resume(run, target, config, console),
        Command::Scenarios => {
            let known = simulator::scenarios().iter().map(|scenario| (scenario.name, scenario.summary));
            say(console, &ui::scenarios(known, console.result_width()))
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
            let begun = Prepared::of(target, None, Means::Change)
                .and_then(|run| Ok((recording::begin(config, &run, command, console)?, run)));
            let (journal, run) = recording::begun(begun, &target.shell)?;
            recording::keep(journal, console, |journal, console| look_and_fix(command, target, run, journal, console))?
        }
    };
    say_report(&report, &config.output, console)
}

/// The first half of the story, by somebody who could not change anything.
fn look_only(command: RunCommand, target: &Target, console: &mut Console) -> Result<Report, Error> {
    let run = Prepared::of(target, None, Means::Look)?;
    let mut progress = Progress::new();
    let mut observer = Observer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let servers = look(&mut observer, target, &run.interrupt, &mut |e| progress.show(&e, console))?;
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
    console.stop();
    recording::looks(journal, servers.iter().map(|server| &server.before))?;
    if run.interrupt.count() == 0 {
        let plans = agree(&servers, command, &target.policy, &run, console);
        let _guard = console.without_stops();
        progress.expect(plans.iter().map(|plan| plan.steps().len()).sum());
        recording::plans(journal, command, servers.iter().map(|server| &server.before.server).zip(&plans));
        for (server, plan) in servers.iter_mut().zip(plans) {
            apply_and_prove(server, plan, &mut writer, journal, &run.interrupt, &mut |e| progress.show(&e, console));
        }
    }
    console.stop();
    writer.close();
    Ok(run.report(command, servers))
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
    Ok(servers
        .iter()
        .map(|server| {
            if interrupt.count() > 0 {
                return understand(not_looked_at(server), &target.policy);
            }
            let snapshot = observer.look(server, &components, on_event);
            on_event(Event::Looked(&snapshot));
            understand(snapshot, &target.policy)
        })
        .collect())
}

fn understand(before: ServerSnapshot, policy: &Policy) -> ServerReport {
    let diagnoses = diagnose(&before);
    let plan = Plan::of(&before, &diagnoses, policy);
    ServerReport { before, diagnoses, plan, left: Vec::new(), outcomes: Vec::new(), after: None, verdicts: Vec::new() }
}

/// The consent: the policy's, or a person's.
fn agree(
    servers: &[ServerReport],
    command: RunCommand,
    policy: &Policy,
    run: &Prepared,
    console: &mut Console,
) -> Vec<ConfirmedPlan> {
    let confirm = |against: &dyn Fn(&Server, &Hold) -> Vec<Obstacle>| {
        servers.iter().map(|it| it.plan.confirm(&it.before, |hold| against(&it.before.server, hold))).collect()
    };
    match command {
        RunCommand::FixAsked => {
            let answers = ask(servers, run, console);
            confirm(&|server, hold| answers.against(server, hold))
        }
        RunCommand::FixYes => confirm(&|_, hold| policy.objections(hold)),
        RunCommand::Check | RunCommand::DryRun | RunCommand::FixUnconfirmed | RunCommand::Resume => Vec::new(),
    }
}

fn ask(servers: &[ServerReport], run: &Prepared, console: &mut Console) -> Answers {
    let show = show(console.talk_width(), true, 0);
    let subjects = servers
        .iter()
        .map(|it| Subject { snapshot: &it.before, diagnoses: &it.diagnoses, plan: &it.plan })
        .collect::<Vec<_>>();
    let interrupted = || run.interrupt.count() > 0;
    let answers = wizard::ask(&subjects, run.scenario.as_deref(), &show, &mut Terminal::new(console, &interrupted));
    if answers.ended() == Ended::Interrupted && !interrupted() {
        run.interrupt.raise();
    }
    answers
}

/// Outcomes, the second look, and the verdicts.
fn apply_and_prove(
    server: &mut ServerReport,
    plan: ConfirmedPlan,
    writer: &mut Writer,
    journal: &mut Journal,
    interrupt: &Interrupt,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let (steps, left) = plan.into_parts();
    server.left = left;
    server.outcomes = writer.apply(steps, journal, on_event);
    let interrupted = |step: &StepOutcome| step.outcome == Outcome::Interrupted;
    if !server.outcomes.iter().all(interrupted) {
        let components = server.before.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
        // Whoever stopped the run still wants to know what it has done.
        interrupt.heed();
        let after = writer.observer().look(&server.before.server, &components, on_event);
        server.verdicts = judge(&server.before, &server.outcomes, &after);
        journal.after(&after);
        journal.verdicts(&server.before.server, &server.verdicts);
        server.after = Some(after);
    }
}

/// A server that was not looked at, because the run was interrupted before.
fn not_looked_at(server: &Server) -> ServerSnapshot {
    ServerSnapshot {
        server: server.clone(),
        taken: jiff::Timestamp::now(),
        exchange: None,
        setup: Setup::NotAsked,
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
        SimulatedEngine::Serve { scenario, nonce, means } => match simulator::resolve(Some(&scenario)) {
            Ok(source) => simulator::run(&EngineArgs { nonce, means, source }),
            Err(_) => ExitCode::FAILURE,
        },
    }
}
