//! What was typed, as clap sees it, and what it means.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::domain::{Component, KnownRequester, Policy, Server};
use crate::host::Link;
use crate::shell::protocol::Connection;
use crate::shell::{Deadlines, Means};

use super::values::{Requesters, component, duration, means, requester, server};
use super::{Command, Config, Format, Mode, Output, Shell, SimulatedEngine, Target};

#[derive(Parser)]
#[command(name = "relight", version, about, arg_required_else_help = true, max_term_width = 100)]
#[command(
    after_help = "Exit codes: relight's README lists them. 0 nothing wrong or all fixed, 10 dark and nothing changed, \
                        11 some left,\n12 confirmation needed, 13 not proven, 20-22 no way to Exchange, 30-32 a change did \
                        not work, 41 deadline."
)]
pub(super) struct Typed {
    #[command(flatten)]
    output: TypedOutput,
    #[command(subcommand)]
    command: TypedCommand,
}

impl Typed {
    /// What it means.
    pub(super) fn meaning(self) -> Config {
        let TypedOutput { format, color, verbose, quiet, log_file } = self.output;
        Config { command: self.command.meaning(), output: Output { format, color, verbose, quiet, log_file } }
    }
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
    /// Is everything ready? PowerShell, Exchange tools, account, rights, registry, clock; changes nothing
    Doctor {
        #[command(flatten)]
        target: TypedTarget,
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

impl TypedCommand {
    fn meaning(self) -> Command {
        match self {
            Self::Check { target } => Command::Check(target.meaning(Policy::default())),
            Self::Fix { target, consent, dry_run } => {
                let mode = match (dry_run, consent.yes) {
                    (true, _) => Mode::DryRun,
                    (false, true) => Mode::Yes,
                    (false, false) => Mode::Ask,
                };
                Command::Fix(target.meaning(consent.policy()), mode)
            }
            Self::Doctor { target } => Command::Doctor(target.meaning(Policy::default())),
            Self::Scenarios => Command::Scenarios,
            Self::Completions { shell } => Command::Completions(shell),
            Self::SimulatedEngine(engine) => Command::SimulatedEngine(engine.meaning()),
        }
    }
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
