//! What was typed, as clap sees it, and what it means.

use std::path::PathBuf;
use std::time::Duration;

use clap::{ArgAction, Args, Parser, Subcommand};

use crate::domain::{Component, KnownRequester, Policy, Server};
use crate::shell::Means;

use super::past::{TypedHistory, TypedPatience, TypedResume, TypedUndo};
use super::values::{Requesters, TypedStart, component, duration, means, requester, server};
use super::way::TypedWay;
use super::{Command, Config, Format, JournalAt, LogFormat, Mode, Output, SimulatedEngine, Target};

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
    /// Keep and look for journals in this folder
    #[arg(long, value_name = "FOLDER", global = true)]
    journal_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: TypedCommand,
}

impl Typed {
    /// What it means.
    pub(super) fn meaning(self) -> Config {
        let TypedOutput { format, color, verbose, quiet, log_file, log_format } = self.output;
        let journal = JournalAt { folder: self.journal_dir, patience: self.command.patience(), arguments: Vec::new() };
        let output = Output { format, color, verbose, quiet, log_file, log_format };
        Config { command: self.command.meaning(), output, journal }
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
        #[command(flatten)]
        patience: TypedPatience,
    },
    /// List the runs that could change something, or show one: before, steps, after
    History(TypedHistory),
    /// Put back what a run changed, where it is still as the run left it
    Undo(TypedUndo),
    /// Look at what an interrupted run left, and close its record; changes nothing
    Resume(TypedResume),
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
    #[command(flatten)]
    way: TypedWay,
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
    /// Which stopped services of POP3 and IMAP4 may be started, where the component is Active or is lit first
    #[arg(long, value_enum, value_name = "WHICH", default_value_t = TypedStart::Automatic)]
    start_services: TypedStart,
    /// Stay so long after the change and look every 30 s whether it is taken down again (seconds, or like 6m)
    #[arg(long, value_name = "TIME", value_parser = duration)]
    watch: Option<Duration>,
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
    /// The format of that log
    #[arg(long, value_enum, default_value_t = LogFormat::Text, global = true, requires = "log_file")]
    log_format: LogFormat,
}

impl TypedCommand {
    /// How long to wait for another writer.
    fn patience(&self) -> std::time::Duration {
        match self {
            Self::Fix { patience, .. } => patience.lock_timeout,
            Self::Undo(undo) => undo.patience.lock_timeout,
            Self::Resume(resume) => resume.patience.lock_timeout,
            Self::Check { .. }
            | Self::History(_)
            | Self::Scenarios
            | Self::Completions { .. }
            | Self::SimulatedEngine(_) => std::time::Duration::ZERO,
        }
    }

    fn meaning(self) -> Command {
        match self {
            Self::Check { target } => Command::Check(target.meaning(Policy::default())),
            Self::Fix { target, consent, dry_run, .. } => {
                let watch = consent.watch;
                let target = target.meaning(consent.policy());
                Command::Fix(Target { watch, ..target }, Mode::of(dry_run, consent.yes))
            }
            Self::History(history) => history.meaning(),
            Self::Undo(undo) => undo.meaning(),
            Self::Resume(resume) => resume.meaning(),
            Self::Scenarios => Command::Scenarios,
            Self::Completions { shell } => Command::Completions(shell),
            Self::SimulatedEngine(engine) => Command::SimulatedEngine(engine.meaning()),
        }
    }
}

impl TypedTarget {
    fn meaning(self, policy: Policy) -> Target {
        let policy = Policy { components: each_once(self.components), ..policy };
        self.way.meaning(each_once(self.servers), policy)
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
            start_services: self.start_services.meaning(),
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
