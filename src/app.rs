//! The story: look, diagnose, plan, agree, carry out, look again, judge, report.

use std::ffi::OsString;
use std::io;
use std::process::ExitCode;

use jiff::tz::TimeZone;

use crate::cli::{self, Command, Config, Format, Mode, Output, Shell, SimulatedEngine, Target};
use crate::domain::{
    ConfirmedPlan, Event, Hold, Obstacle, Plan, Policy, Report, Run, RunCommand, Server, ServerReport, ServerSnapshot,
    Setup, Trouble, TroubleKind, diagnose, judge,
};
use crate::error::Error;
use crate::exit::Exit;
use crate::host::{ConnectError, Observer, Writer};
use crate::log;
use crate::shell::{Interrupt, Launch, Means, Program, locate};
use crate::signals;
use crate::simulator::{self, EngineArgs};
use crate::ui::wizard::{self, Answers, Ended, Subject, Terminal};
use crate::ui::{self, Console, Failure, Progress, Show, json, text};

/// Everything, from the words of the command line to the way the process ends.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let Config { command, output } = match cli::parse(args) {
        Ok(config) => config,
        Err(error) => return Console::usage(&error),
    };
    if let Command::SimulatedEngine(engine) = command {
        return simulated_engine(engine);
    }
    let mut console = Console::new(output.color, output.quiet);
    let ended = log::start(output.verbose, output.log_file.as_deref())
        .and_then(|()| run(&command, &output, &mut console))
        .unwrap_or_else(|error| fail(&error, &output, &mut console));
    ExitCode::from(ended.code())
}

fn run(command: &Command, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    match command {
        Command::Check(target) => check(target, output, console),
        Command::Fix(target, mode) => fix(target, *mode, output, console),
        Command::Scenarios => {
            let known = simulator::scenarios().iter().map(|scenario| (scenario.name, scenario.summary));
            say(console, &ui::scenarios(known, console.result_width()))
        }
        Command::Completions(shell) => say(console, &completions(*shell)),
        Command::SimulatedEngine(_) => Ok(Exit::Fine),
    }
}

/// `check`: look, and say what is there.
fn check(target: &Target, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    let servers = look_only(target, console)?;
    conclude(RunCommand::Check, servers, output, console)
}

/// `fix`: with nobody to ask and no `--yes` it is a dry run that ends with another exit code.
fn fix(target: &Target, mode: Mode, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    let command = match mode {
        Mode::DryRun => RunCommand::DryRun,
        Mode::Yes => RunCommand::FixYes,
        Mode::Ask if console.can_ask() => RunCommand::FixAsked,
        Mode::Ask => RunCommand::FixUnconfirmed,
    };
    let servers = match command {
        RunCommand::Check | RunCommand::DryRun | RunCommand::FixUnconfirmed => look_only(target, console)?,
        RunCommand::FixAsked | RunCommand::FixYes => look_and_fix(target, command, console)?,
    };
    conclude(command, servers, output, console)
}

/// The first half of the story, by somebody who could not change anything.
fn look_only(target: &Target, console: &mut Console) -> Result<Seen, Error> {
    let run = Prepared::of(target, Means::Look)?;
    let mut progress = Progress::new();
    let mut observer = Observer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let servers = look(&mut observer, target, &run.interrupt, &mut |e| progress.show(&e, console))?;
    console.stop();
    observer.close();
    Ok(Seen { servers, scenario: run.scenario, interrupted: run.interrupt.count() > 0 })
}

/// The whole story.
fn look_and_fix(target: &Target, command: RunCommand, console: &mut Console) -> Result<Seen, Error> {
    let run = Prepared::of(target, Means::Change)?;
    let mut progress = Progress::new();
    let mut writer = Writer::connect(run.launch.clone(), target.link.clone(), &mut |e| progress.show(&e, console))?;
    let mut servers = look(writer.observer(), target, &run.interrupt, &mut |e| progress.show(&e, console))?;
    console.stop();
    if run.interrupt.count() == 0 {
        let plans = agree(&servers, command, &target.policy, &run, console);
        let _guard = console.without_stops();
        progress.expect(plans.iter().map(|plan| plan.steps().len()).sum());
        for (server, plan) in servers.iter_mut().zip(plans) {
            apply_and_prove(server, plan, &mut writer, &mut |e| progress.show(&e, console));
        }
    }
    console.stop();
    writer.close();
    Ok(Seen { servers, scenario: run.scenario, interrupted: run.interrupt.count() > 0 })
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
            on_event(Event::Looked(server));
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
        RunCommand::Check | RunCommand::DryRun | RunCommand::FixUnconfirmed => Vec::new(),
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
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let (steps, left) = plan.into_parts();
    server.left = left;
    server.outcomes = writer.apply(steps, on_event);
    if !server.outcomes.is_empty() {
        let components = server.before.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
        let after = writer.observer().look(&server.before.server, &components, on_event);
        server.verdicts = judge(&server.before, &server.outcomes, &after);
        server.after = Some(after);
    }
}

/// What was learnt, before it is a report.
struct Seen {
    servers: Vec<ServerReport>,
    scenario: Option<String>,
    interrupted: bool,
}

/// The report, on stdout, and the exit code.
fn conclude(command: RunCommand, seen: Seen, output: &Output, console: &mut Console) -> Result<Exit, Error> {
    let Seen { servers, scenario, interrupted } = seen;
    let report = Report { run: Run { command, simulated: scenario, interrupted }, servers };
    let exit = Exit::of(&report);
    let text = match output.format {
        Format::Json => json::report(&report, in_json(exit), |server| in_json(Exit::of_server(server, command)))
            .map_err(|error| Error::Output(io::Error::other(error)))?,
        Format::Text if output.quiet => text::summary(&report),
        Format::Text => {
            text::report(&report, &show(console.result_width(), console.result_is_terminal(), output.verbose))
        }
    };
    console.result(&text).map_err(Error::Output)?;
    Ok(exit)
}

fn show(width: usize, is_terminal: bool, verbose: u8) -> Show {
    Show { width, whole_commands: !is_terminal, tz: TimeZone::system(), verbose: verbose > 0 }
}

fn in_json(exit: Exit) -> json::Exit {
    json::Exit { number: exit.code(), name: exit.name().to_owned() }
}

/// What a run needs before it can start anything.
struct Prepared {
    launch: Launch,
    interrupt: Interrupt,
    scenario: Option<String>,
}

impl Prepared {
    fn of(target: &Target, means: Means) -> Result<Self, Error> {
        let (program, scenario) = match &target.shell {
            Shell::PowerShell(asked) => {
                let path = locate::find(asked.as_deref().map(|path| path.as_os_str())).map_err(ConnectError::Start)?;
                (Program::PowerShell { path }, None)
            }
            Shell::Simulated(scenario) => {
                let source = simulator::resolve(scenario.as_deref())?;
                let path = std::env::current_exe()
                    .map_err(|cause| Error::System { what: "cannot tell where this program is", cause })?;
                let args = vec!["--scenario".into(), source.name().into()];
                (Program::Simulator { path, args }, Some(source.name()))
            }
        };
        let interrupt = signals::listen()?;
        let launch = Launch { program, means, deadlines: target.deadlines, interrupt: interrupt.clone() };
        Ok(Self { launch, interrupt, scenario })
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

fn say(console: &mut Console, text: &str) -> Result<Exit, Error> {
    console.result(text).map_err(Error::Output)?;
    Ok(Exit::Fine)
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

/// The run ended before there was anything to report.
fn fail(error: &Error, output: &Output, console: &mut Console) -> Exit {
    let failure = Failure { message: &error.to_string(), hints: &error.hints(), tail: error.tail() };
    console.stop();
    console.insist(&ui::failure(&failure, console.talk_width(), output.verbose > 0));
    error.exit()
}
