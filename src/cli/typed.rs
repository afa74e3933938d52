//! What was typed, as clap sees it, and what it means.

use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};

use crate::domain::probe::{Endpoint, Host};
use crate::domain::{Component, KnownRequester, Policy, Server, each_once};
use crate::shell::{Capabilities, TimeLimit};

use super::connection::TypedConnection;
use super::dsc::TypedDsc;
use super::examples;
use super::fixing::{TypedConsent, TypedRollout, TypedStaying};
use super::monitoring::{TypedFormat, TypedMonitoring};
use super::past::{TypedHistory, TypedPatience, TypedResume, TypedTranscript, TypedUndo};
use super::selecting::{self, TypedSelection};
use super::values::{Ports, capabilities, components, duration, named_requester, ports, server};
use super::{Command, Config, JournalAt, Mode, Output, Probing, SimulatedEngine, Staying, Target};

#[derive(Parser)]
#[command(name = "relight", version, about, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = examples::RELIGHT)]
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
    /// What it means; an error where it contradicts itself.
    pub(super) fn meaning(self) -> Result<Config, clap::Error> {
        let Parts { is_run, way, monitoring, patience, transcript, html } = self.command.parts();
        if way.is_some_and(TypedConnection::connects_to_nowhere) {
            let text = "the argument '--connect-to <FQDN>' needs '--connection remote'";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        if let Some((kind, text)) = self.command.contradiction() {
            return Err(Self::command().error(kind, text));
        }
        let messages = matches!(self.command, TypedCommand::Dsc(_));
        if messages && self.output.format != TypedFormat::Text {
            let text = "'--format' is not for dsc, which has a format of its own";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        if self.output.format == TypedFormat::Ndjson && !is_run {
            let text = "'--format ndjson' is for check, fix, undo and resume; '--format json' is one document";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        let is_check = monitoring.is_some();
        let (metrics, limit) = monitoring.map_or((None, None), TypedMonitoring::meaning);
        if let Some(text) = self.output.is_not_for(is_check, metrics.is_some()) {
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        if self.output.driven
            && let Some(text) = self.not_driven()
        {
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        let files = [
            ("--transcript <FILE>", transcript.clone()),
            ("--output <FILE>", metrics.clone()),
            ("--html <FILE>", html.clone()),
            ("--log-file", self.output.log_file.clone()),
            ("--simulate", way.and_then(TypedConnection::scenario).map(PathBuf::from)),
        ];
        if let Some((option, other)) = same_file(&files) {
            let text = format!("the file of '{option}' is that of '{other}' already");
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        let TypedOutput { format, color, verbose, quiet, log_file, driven } = self.output;
        let monitoring = format.monitoring(metrics);
        // An agent may take what stands on stderr for a part of the result.
        let quiet = quiet || (monitoring.is_some() && verbose == 0);
        let (format, limit) = (format.meaning(), limit.map(TimeLimit::begin));
        let journal = JournalAt { folder: self.journal_dir, patience, arguments: Vec::new() };
        let output = Output { format, color, verbose, quiet, log_file, transcript, html, messages, driven };
        Ok(Config { command: self.command.meaning(), output, monitoring, limit, journal })
    }

    /// Why no program can show this, where none can.
    fn not_driven(&self) -> Option<&'static str> {
        let selection = match &self.command {
            _ if self.output.format != TypedFormat::Ndjson => return Some("'--driven' needs '--format ndjson'"),
            TypedCommand::Check { target, .. } | TypedCommand::Fix { target, .. } => target.selection.meaning(),
            TypedCommand::Undo(undo) => undo.limit.meaning().1,
            TypedCommand::Doctor { .. }
            | TypedCommand::Probe { .. }
            | TypedCommand::History(_)
            | TypedCommand::Resume(_)
            | TypedCommand::Dsc(_)
            | TypedCommand::Scenarios
            | TypedCommand::Completions { .. }
            | TypedCommand::SimulatedEngine(_) => return Some("'--driven' is for check, fix and undo"),
        };
        let both = "with '--driven' stdin has the answer, and no list of servers";
        selection.reads_stdin().then_some(both)
    }
}

#[derive(Subcommand)]
enum TypedCommand {
    /// Look, never change: what is Inactive, since when, for which requester, and what a fix would do
    #[command(after_help = examples::CHECK)]
    Check {
        #[command(flatten)]
        target: TypedTarget,
        /// Also connect to the ports as a client would
        #[arg(long)]
        probe: bool,
        /// For monitoring: pass over what it alone keeps
        #[arg(long = "ignore-requester", value_name = "NAME", value_delimiter = ',', value_parser = named_requester(),
              hide_possible_values = true)]
        ignored: Vec<KnownRequester>,
        /// Older Maintenance counts as 10, not as 14
        #[arg(long, value_name = "TIME", value_parser = duration)]
        maintenance_max: Option<Duration>,
        #[command(flatten)]
        monitoring: TypedMonitoring,
        #[command(flatten)]
        connection: TypedConnection,
        #[command(flatten)]
        transcript: TypedTranscript,
    },
    /// Look, show the plan, ask, set Active what is Inactive, and look again
    #[command(after_help = examples::FIX)]
    Fix {
        #[command(flatten)]
        target: TypedTarget,
        #[command(flatten)]
        consent: TypedConsent,
        #[command(flatten)]
        patience: TypedPatience,
        #[command(flatten)]
        rollout: TypedRollout,
        #[command(flatten)]
        staying: TypedStaying,
        #[command(flatten)]
        connection: TypedConnection,
        #[command(flatten)]
        transcript: TypedTranscript,
        /// Write the run as a page for a ticket to this file
        #[arg(long, value_name = "FILE", help_heading = "Output")]
        html: Option<PathBuf>,
    },
    /// Is everything ready? PowerShell, Exchange tools, account, rights, registry; changes nothing
    #[command(after_help = examples::DOCTOR)]
    Doctor {
        #[command(flatten)]
        target: TypedTarget,
        /// Only register relight in the Application log
        #[arg(long, conflicts_with_all = ["servers", "more_servers", "all_servers", "dags", "sites", "files", "except", "components", "simulate", "connection", "connect_to",
              "powershell"])]
        register_event_source: bool,
        #[command(flatten)]
        connection: TypedConnection,
    },
    /// Connect to POP3 and IMAP4 ports as a client would, and say what a user meets there
    #[command(after_help = examples::PROBE)]
    Probe {
        /// Hosts by name or address: without a port, 110, 995, 143 and 993; IPv6 in brackets before a port. On any other
        /// port the banner tells the protocol: half of the time is for listening, the rest for TLS [default: this machine]
        #[arg(value_name = "HOST[:PORT]", value_parser = ports)]
        places: Vec<Ports>,
        /// More servers to probe on the four usual ports; repeat it or separate with commas
        #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
        servers: Vec<Server>,
        #[command(flatten)]
        selection: TypedSelection,
        #[command(flatten)]
        connection: TypedConnection,
        /// How long each host may take, its name and all of its ports
        #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
        timeout: Duration,
    },
    /// List the runs that could change something, or show one: before, steps, after
    #[command(after_help = examples::HISTORY)]
    History(TypedHistory),
    /// Put back what a run changed, where it is still as the run left it
    #[command(after_help = examples::UNDO)]
    Undo(TypedUndo),
    /// Look at what an interrupted run left, and close its record; changes nothing
    #[command(after_help = examples::RESUME)]
    Resume(TypedResume),
    /// The DSC resource Relight/ProtocolState: run by dsc, or by hand with an instance on stdin
    #[command(after_help = examples::DSC)]
    Dsc(TypedDsc),
    /// List the built-in scenarios that --simulate can play
    #[command(after_help = examples::SCENARIOS)]
    Scenarios,
    /// Print a completion script for a shell
    #[command(after_help = examples::COMPLETIONS)]
    Completions {
        /// The shell to print it for
        shell: clap_complete::Shell,
    },
    #[command(hide = true)]
    SimulatedEngine(TypedEngine),
}

#[derive(Args)]
struct TypedEngine {
    #[arg(long)]
    scenario: String,
    #[arg(long)]
    nonce: String,
    #[arg(long, value_parser = capabilities)]
    capabilities: Capabilities,
}

#[derive(Args)]
struct TypedTarget {
    /// The servers [default: this server]
    #[arg(value_name = "SERVER", value_delimiter = ',', value_parser = server)]
    servers: Vec<Server>,
    /// The same as an option; repeat or use commas
    #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
    more_servers: Vec<Server>,
    #[command(flatten)]
    selection: TypedSelection,
    /// Only these
    #[arg(long = "component", value_name = "NAME", value_delimiter = ',', value_parser = components(),
          hide_possible_values = true, default_value = "PopProxy,ImapProxy")]
    components: Vec<Component>,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
struct TypedOutput {
    /// text|json|ndjson; check: nagios|prometheus|zabbix
    #[arg(long, value_enum, value_name = "FORMAT", hide_possible_values = true, default_value_t = TypedFormat::Text,
          hide_default_value = true, global = true)]
    format: TypedFormat,
    /// Colour: auto, always or never
    #[arg(long, value_enum, value_name = "WHEN", hide_possible_values = true,
          default_value_t = clap::ColorChoice::Auto, global = true)]
    color: clap::ColorChoice,
    /// Details, and a log on stderr; -vv says everything
    #[arg(short, long, action = ArgAction::Count, global = true)]
    verbose: u8,
    /// One line per server; no waiting is shown
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Add a log of everything to this file
    #[arg(long, value_name = "PATH", global = true)]
    log_file: Option<PathBuf>,
    /// A program shows this run: it is told of progress and plan in the stream, answers the plan on stdin in one line, and
    /// stops the run by closing stdin
    #[arg(long, hide = true, global = true)]
    driven: bool,
}

impl TypedOutput {
    /// What is wrong with the format for this command, a check or another; `metrics`: a file was named for them.
    fn is_not_for(&self, is_check: bool, metrics: bool) -> Option<String> {
        match self.format.of_monitoring() {
            Some(format) if !is_check => Some(format!("'--format {format}' is for check")),
            Some(_) | None if metrics && self.format != TypedFormat::Prometheus => {
                Some("'--output <FILE>' is for '--format prometheus'".to_owned())
            }
            Some(_) | None => None,
        }
    }
}

/// Two options that name the same file, which one of them would write over.
fn same_file<'a>(files: &'a [(&'static str, Option<PathBuf>)]) -> Option<(&'a str, &'a str)> {
    let one = |at: usize| {
        let (option, file) = &files[at];
        let same = files[at + 1..].iter().find(|(_, other)| file.is_some() && other == file);
        same.map(|(other, _)| (*option, *other))
    };
    (0..files.len()).find_map(one)
}

/// What several commands have, and others do not.
#[derive(Default)]
struct Parts<'a> {
    /// Whether it looks at the components of servers, and may change them.
    is_run: bool,
    /// The way that it goes to Exchange.
    way: Option<&'a TypedConnection>,
    /// What only a check has, which monitoring systems run.
    monitoring: Option<&'a TypedMonitoring>,
    /// How long to wait for another writer.
    patience: Duration,
    /// Where to keep what stands on the screen.
    transcript: Option<PathBuf>,
    /// Where to write the run as a page.
    html: Option<PathBuf>,
}

impl TypedCommand {
    /// What it has of what several have.
    fn parts(&self) -> Parts<'_> {
        let none = Parts::default();
        match self {
            Self::Check { connection, monitoring, transcript, .. } => Parts {
                is_run: true,
                way: Some(connection),
                monitoring: Some(monitoring),
                transcript: transcript.file(),
                ..none
            },
            Self::Fix { connection, patience, transcript, html, .. } => Parts {
                is_run: true,
                way: Some(connection),
                patience: patience.lock_timeout,
                transcript: transcript.file(),
                html: html.clone(),
                ..none
            },
            Self::Undo(TypedUndo { connection, patience, transcript, .. })
            | Self::Resume(TypedResume { connection, patience, transcript, .. }) => Parts {
                is_run: true,
                way: Some(connection),
                patience: patience.lock_timeout,
                transcript: transcript.file(),
                ..none
            },
            Self::Doctor { connection, .. } | Self::Probe { connection, .. } => Parts { way: Some(connection), ..none },
            Self::Dsc(dsc) => Parts { way: dsc.way(), patience: dsc.patience(), ..none },
            Self::History(history) => Parts { html: history.html.clone(), ..none },
            Self::Scenarios | Self::Completions { .. } | Self::SimulatedEngine(_) => none,
        }
    }

    /// What contradicts itself in the servers that are named.
    fn contradiction(&self) -> Option<(ErrorKind, String)> {
        let of = |target: &TypedTarget, policy: &Policy, yes| {
            let named = [&target.servers[..], &target.more_servers].concat();
            selecting::contradiction(&named, &target.selection.meaning(), policy, yes)
        };
        match self {
            Self::Check { target, .. } | Self::Doctor { target, .. } => of(target, &Policy::default(), false),
            Self::Fix { target, consent, .. } => of(target, &consent.policy(), consent.mode() == Mode::Yes),
            Self::Undo(undo) => undo.contradiction(),
            Self::Probe { .. }
            | Self::History(_)
            | Self::Resume(_)
            | Self::Dsc(_)
            | Self::Scenarios
            | Self::Completions { .. }
            | Self::SimulatedEngine(_) => None,
        }
    }

    fn meaning(self) -> Command {
        match self {
            Self::Check { target, probe, ignored, maintenance_max, connection, .. } => {
                let staying = Staying { probe_first: probe, ..Staying::default() };
                let maintenance_max = maintenance_max.and_then(|it| it.try_into().ok());
                let policy = Policy { ignored: each_once(ignored), maintenance_max, ..Policy::default() };
                Command::Check(Target { staying, ..target.meaning(connection, policy) })
            }
            Self::Fix { target, consent, rollout, staying, connection, .. } => {
                let mode = consent.mode();
                let (staying, rollout) = (staying.meaning(), rollout.meaning());
                let target = Target { staying, rollout, ..target.meaning(connection, consent.policy()) };
                Command::Fix(target, mode)
            }
            Self::Doctor { register_event_source: true, .. } => Command::RegisterEventSource,
            Self::Doctor { target, connection, .. } => Command::Doctor(target.meaning(connection, Policy::default())),
            Self::Probe { places, servers, selection, connection, timeout } => {
                let usual = servers.into_iter().map(Host::Name).flat_map(|host| Endpoint::usual(&host));
                let named = places.into_iter().flat_map(|Ports(endpoints)| endpoints);
                let target = connection.meaning(Vec::new(), selection.meaning(), Policy::default());
                Command::Probe(Probing { endpoints: each_once(named.chain(usual)), deadline: timeout, target })
            }
            Self::History(history) => history.meaning(),
            Self::Undo(undo) => undo.meaning(),
            Self::Resume(resume) => resume.meaning(),
            Self::Dsc(dsc) => Command::Dsc(dsc.meaning()),
            Self::Scenarios => Command::Scenarios,
            Self::Completions { shell } => Command::Completions(shell),
            Self::SimulatedEngine(TypedEngine { scenario, nonce, capabilities }) => {
                Command::SimulatedEngine(SimulatedEngine { scenario, nonce, capabilities })
            }
        }
    }
}

impl TypedTarget {
    fn meaning(self, connection: TypedConnection, policy: Policy) -> Target {
        let policy = Policy { components: each_once(self.components), ..policy };
        let selection = self.selection.meaning();
        connection.meaning(each_once(self.servers.into_iter().chain(self.more_servers)), selection, policy)
    }
}
