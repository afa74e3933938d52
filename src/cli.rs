//! What was typed, and what it means: clap's structs stop here, the rest of the program sees [`Config`]. Parsing does
//! nothing: it reads no file, starts nothing and looks at no machine.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::domain::{Component, KnownRequester, Policy, Server};
use crate::host::Link;
use crate::shell::protocol::Connection;
use crate::shell::{Deadlines, Means};

/// What is to be done, and how.
#[derive(Debug)]
pub struct Config {
    /// What to do.
    pub command: Command,
    /// How to print.
    pub output: Output,
}

/// What to do.
#[derive(Debug)]
pub enum Command {
    /// Look, never change.
    Check(Target),
    /// Look, plan, ask, fix, verify.
    Fix(Target, Mode),
    /// List the built-in scenarios.
    Scenarios,
    /// Print a completion script.
    Completions(clap_complete::Shell),
    /// Be the simulated Exchange at the other end of the pipe.
    SimulatedEngine(SimulatedEngine),
}

/// How far `fix` goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// Stop after the plan.
    DryRun,
    /// Ask a person.
    Ask,
    /// Ask nothing; the policy has consented.
    Yes,
}

/// What the hidden `simulated-engine` command plays.
#[derive(Debug)]
pub enum SimulatedEngine {
    /// Exchange, for one session.
    Serve {
        /// A built-in scenario or a file.
        scenario: String,
        /// The nonce of the session.
        nonce: String,
        /// What the session may do.
        means: Means,
    },
    /// A stray process that keeps the standard streams open for so many seconds.
    HoldPipe {
        /// How long.
        seconds: u64,
    },
}

/// Which servers, and the way to them.
#[derive(Debug)]
pub struct Target {
    /// The servers; none means this one.
    pub servers: Vec<Server>,
    /// What is normal and what may be touched.
    pub policy: Policy,
    /// The shell to use.
    pub shell: Shell,
    /// The way to the Exchange cmdlets.
    pub link: Link,
    /// How long to wait for it.
    pub deadlines: Deadlines,
}

/// The shell to use.
#[derive(Debug, PartialEq, Eq)]
pub enum Shell {
    /// PowerShell; a name or path where one was given.
    PowerShell(Option<PathBuf>),
    /// The simulator; a scenario where one was given.
    Simulated(Option<String>),
}

/// How to print.
#[derive(Debug)]
pub struct Output {
    /// Text or JSON.
    pub format: Format,
    /// When to colour.
    pub color: clap::ColorChoice,
    /// How often `-v` was given.
    pub verbose: u8,
    /// Whether to print only the outcome.
    pub quiet: bool,
    /// Where to log everything.
    pub log_file: Option<PathBuf>,
}

/// The format of the result on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For a person.
    Text,
    /// One `relight/report/1.0` document.
    Json,
}

/// Parses a command line.
///
/// # Errors
/// clap's error, which knows how to print itself and which exit code it has (`--help` and `--version` are among them).
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Config, clap::Error> {
    let Typed { output, command } = Typed::try_parse_from(args)?;
    let command = match command {
        TypedCommand::Check { target } => Command::Check(target.meaning(Policy::default())),
        TypedCommand::Fix { target, consent, dry_run } => {
            let mode = match (dry_run, consent.yes) {
                (true, _) => Mode::DryRun,
                (false, true) => Mode::Yes,
                (false, false) => Mode::Ask,
            };
            Command::Fix(target.meaning(consent.policy()), mode)
        }
        TypedCommand::Scenarios => Command::Scenarios,
        TypedCommand::Completions { shell } => Command::Completions(shell),
        TypedCommand::SimulatedEngine(engine) => Command::SimulatedEngine(engine.meaning()),
    };
    let TypedOutput { format, color, verbose, quiet, log_file } = output;
    Ok(Config { command, output: Output { format, color, verbose, quiet, log_file } })
}

/// The definition of the command line, for completion scripts.
pub fn definition() -> clap::Command {
    <Typed as clap::CommandFactory>::command()
}

#[derive(Parser)]
#[command(name = "relight", version, about, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: relight's README lists them. 0 nothing wrong or all fixed, 10 dark and nothing changed, \
                        11 some left,\n12 confirmation needed, 13 not proven, 20-22 no way to Exchange, 30-32 a change did \
                        not work, 41 deadline."
)]
struct Typed {
    #[command(flatten)]
    output: TypedOutput,
    #[command(subcommand)]
    command: TypedCommand,
}

#[derive(Subcommand)]
enum TypedCommand {
    /// Look, never change: what is inactive, who holds it since when, what a fix would do
    Check {
        #[command(flatten)]
        target: TypedTarget,
    },
    /// Look, show the plan, ask, fix, and look again to prove it
    Fix {
        #[command(flatten)]
        target: TypedTarget,
        #[command(flatten)]
        consent: TypedConsent,
        /// Stop after the plan; change nothing
        #[arg(long, conflicts_with = "yes")]
        dry_run: bool,
    },
    /// List the built-in scenarios that --simulate can play
    Scenarios,
    /// Print a completion script for a shell
    Completions {
        /// The shell to print it for
        shell: clap_complete::Shell,
    },
    #[command(hide = true)]
    SimulatedEngine(TypedEngine),
}

#[derive(Args)]
struct TypedEngine {
    #[arg(long, required_unless_present = "hold_pipe")]
    scenario: Option<String>,
    #[arg(long, required_unless_present = "hold_pipe")]
    nonce: Option<String>,
    #[arg(long, value_parser = means, required_unless_present = "hold_pipe")]
    means: Option<Means>,
    #[arg(long)]
    hold_pipe: Option<u64>,
}

#[derive(Args)]
struct TypedTarget {
    /// The server to look at; repeat it or separate with commas [default: this server]
    #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
    servers: Vec<Server>,
    /// Look after these components only
    #[arg(long = "component", value_name = "NAME", value_delimiter = ',', value_parser = component,
          default_value = "PopProxy,ImapProxy")]
    components: Vec<Component>,
    /// Play a simulated Exchange instead of PowerShell: a built-in scenario (see `relight scenarios`) or a JSON file
    #[arg(long, value_name = "SCENARIO", num_args = 0..=1, require_equals = false)]
    simulate: Option<Option<String>>,
    /// The way to the Exchange cmdlets
    #[arg(long, value_enum, default_value_t = TypedConnection::Ems, conflicts_with = "simulate")]
    connection: TypedConnection,
    /// The server to open the remote session on
    #[arg(long, value_name = "FQDN", value_parser = server, required_if_eq("connection", "remote"), conflicts_with = "simulate")]
    connect_to: Option<Server>,
    /// The PowerShell to use, a name on PATH or a path [default: Windows PowerShell]
    #[arg(long, value_name = "PATH", conflicts_with = "simulate")]
    powershell: Option<PathBuf>,
    /// How long PowerShell may take to start (seconds, or like 3m)
    #[arg(long, value_name = "TIME", default_value = "30s", value_parser = duration)]
    start_timeout: Duration,
    /// How long loading Exchange may take
    #[arg(long, value_name = "TIME", default_value = "180s", value_parser = duration)]
    connect_timeout: Duration,
    /// How long one call to Exchange may take; a dead remote registry takes 120 s
    #[arg(long, value_name = "TIME", default_value = "150s", value_parser = duration)]
    call_timeout: Duration,
}

#[derive(Args)]
struct TypedConsent {
    /// Ask nothing: lift the holds that --requester allows
    #[arg(long, short = 'y')]
    yes: bool,
    /// Requesters whose holds may be lifted without asking; `any` means the five known ones
    #[arg(long = "requester", value_name = "NAME", value_delimiter = ',', value_parser = requester, default_value = "HealthApi")]
    requesters: Vec<Requesters>,
    /// Allow lifting ServerWideOffline too; it ends maintenance on that server
    #[arg(long)]
    include_server_wide_offline: bool,
}

#[derive(Args)]
struct TypedOutput {
    /// The format of the result on stdout
    #[arg(long, value_enum, default_value_t = Format::Text, global = true)]
    format: Format,
    /// When to colour
    #[arg(long, value_enum, default_value_t = clap::ColorChoice::Auto, global = true)]
    color: clap::ColorChoice,
    /// Say more on stderr; -vv says everything
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// Print the outcome only, one line per server
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Write a log of everything to this file
    #[arg(long, value_name = "PATH", global = true)]
    log_file: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum TypedConnection {
    /// The Exchange Management Shell of this machine
    Ems,
    /// A remote session on another Exchange server
    Remote,
    /// The snap-in, which bypasses RBAC and is unsupported for daily use
    Snapin,
}

#[derive(Debug, Clone, Copy)]
enum Requesters {
    One(KnownRequester),
    Any,
}

impl TypedTarget {
    fn meaning(self, policy: Policy) -> Target {
        let connection = match self.connection {
            TypedConnection::Ems => Connection::Ems,
            TypedConnection::Remote => Connection::Remote,
            TypedConnection::Snapin => Connection::Snapin,
        };
        Target {
            servers: each_once(self.servers),
            policy: Policy { components: each_once(self.components), ..policy },
            shell: match self.simulate {
                Some(scenario) => Shell::Simulated(scenario),
                None => Shell::PowerShell(self.powershell),
            },
            link: Link { connection, connect_to: self.connect_to.map(|server| server.to_string()) },
            deadlines: Deadlines { hello: self.start_timeout, connect: self.connect_timeout, call: self.call_timeout },
        }
    }
}

impl TypedEngine {
    fn meaning(self) -> SimulatedEngine {
        match (self.hold_pipe, self.scenario, self.nonce, self.means) {
            (None, Some(scenario), Some(nonce), Some(means)) => SimulatedEngine::Serve { scenario, nonce, means },
            (seconds, ..) => SimulatedEngine::HoldPipe { seconds: seconds.unwrap_or_default() },
        }
    }
}

impl TypedConsent {
    fn policy(&self) -> Policy {
        let requesters = self.requesters.iter().flat_map(|requesters| match requesters {
            Requesters::One(known) => vec![*known],
            Requesters::Any => KnownRequester::ALL.to_vec(),
        });
        Policy {
            requesters: each_once(requesters.collect()),
            include_server_wide_offline: self.include_server_wide_offline,
            ..Policy::default()
        }
    }
}

fn each_once<T: PartialEq>(all: Vec<T>) -> Vec<T> {
    let mut once = Vec::with_capacity(all.len());
    for item in all {
        if !once.contains(&item) {
            once.push(item);
        }
    }
    once
}

fn server(typed: &str) -> Result<Server, String> {
    Server::parse(typed).map_err(|error| format!("{error}; give a host name like EX01 or an FQDN"))
}

fn component(typed: &str) -> Result<Component, String> {
    let known = [Component::POP_PROXY, Component::IMAP_PROXY];
    if let Some(name) = known.iter().find(|name| name.eq_ignore_ascii_case(typed)) {
        return Ok(Component::new(*name));
    }
    if typed.eq_ignore_ascii_case(Component::SERVER_WIDE_OFFLINE) {
        return Err(
            "ServerWideOffline is always looked at; to lift it use fix with --include-server-wide-offline".into()
        );
    }
    Err(format!("relight looks after {}{}", known.join(" and "), suggestion(typed, &known)))
}

fn requester(typed: &str) -> Result<Requesters, String> {
    if typed.eq_ignore_ascii_case("any") {
        return Ok(Requesters::Any);
    }
    if let Some(known) = KnownRequester::ALL.into_iter().find(|known| known.name().eq_ignore_ascii_case(typed)) {
        return Ok(Requesters::One(known));
    }
    if typed.parse::<i64>().is_ok() {
        return Err("a requester is a name, not a number: Exchange would record an entry that nothing can lift".into());
    }
    let names = KnownRequester::ALL.map(KnownRequester::name);
    Err(format!("Exchange knows {} (or say any){}", names.join(", "), suggestion(typed, &names)))
}

fn means(typed: &str) -> Result<Means, String> {
    [Means::Look, Means::Change].into_iter().find(|means| means.word() == typed).ok_or_else(|| "look or change".into())
}

fn suggestion(typed: &str, known: &[&str]) -> String {
    let distance = |name: &str| strsim::jaro_winkler(&name.to_ascii_lowercase(), &typed.to_ascii_lowercase());
    known
        .iter()
        .max_by(|a, b| distance(a).total_cmp(&distance(b)))
        .filter(|name| distance(name) > 0.75)
        .map(|name| format!("; did you mean {name}?"))
        .unwrap_or_default()
}

/// Whole seconds, or a time with units such as `90s`, `3m` or `1m 30s`.
fn duration(typed: &str) -> Result<Duration, String> {
    let parsed = match typed.parse::<u64>() {
        Ok(seconds) => Duration::from_secs(seconds),
        Err(_) => typed
            .parse::<jiff::SignedDuration>()
            .ok()
            .and_then(|duration| Duration::try_from(duration).ok())
            .ok_or("give seconds, or a time like 90s or 3m")?,
    };
    if parsed.is_zero() { Err("the time must be longer than zero".into()) } else { Ok(parsed) }
}
