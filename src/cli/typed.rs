//! What was typed, as clap sees it, and what it means.

use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand};

use crate::domain::probe::{Endpoint, Host};
use crate::domain::{Component, Policy, Server, each_once};
use crate::shell::Capabilities;

use super::connection::TypedConnection;
use super::fixing::{TypedConsent, TypedStaying};
use super::past::{TypedHistory, TypedPatience, TypedResume, TypedUndo};
use super::values::{Ports, capabilities, component, duration, ports, server};
use super::{Command, Config, Format, JournalAt, Mode, Output, Probing, SimulatedEngine, Staying, Target};

/// What a script may want to know without the README at hand.
const EXIT_CODES: &str = "\
Exit codes:
    0  nothing wrong, or all of it fixed      22  no such server, or not supported
    2  wrong usage; nothing was started       30  a change failed
   10  dark, nothing changed                  31  a change with unknown outcome
   11  some fixed, some left                  32  changed, but not confirmed
   12  would ask, but there is no terminal    40  another run holds the lock
   13  could not be read, so not proven       41  a deadline passed
   20  no PowerShell or no Exchange cmdlets   42  no journal, so nothing changed
   21  access denied                          70  a bug    130  interrupted";

#[derive(Parser)]
#[command(name = "relight", version, about, arg_required_else_help = true, max_term_width = 100)]
#[command(after_help = EXIT_CODES)]
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
        if self.command.way().is_some_and(TypedConnection::connects_to_nowhere) {
            let text = "the argument '--connect-to <FQDN>' needs '--connection remote'";
            return Err(Self::command().error(ErrorKind::ArgumentConflict, text));
        }
        let TypedOutput { format, color, verbose, quiet, log_file } = self.output;
        let journal = JournalAt { folder: self.journal_dir, patience: self.command.patience(), arguments: Vec::new() };
        let output = Output { format, color, verbose, quiet, log_file };
        Ok(Config { command: self.command.meaning(), output, journal })
    }
}

/// How a probe ends.
const PROBE_EXITS: &str = "\
Exit codes: 0 every port answered with a banner, 10 a port closes without one (a dark proxy does that), 13 something is \
not proven: silent, refused, unreachable, no TLS, turned away, not a mail protocol, a name without an address, or reached \
over loopback only, where an Inactive proxy still answers. Nothing is sent but CAPA, CAPABILITY, QUIT and LOGOUT.";

#[derive(Subcommand)]
enum TypedCommand {
    /// Look, never change: what is inactive, who holds it since when, what a fix would do
    #[command(after_help = EXIT_CODES)]
    Check {
        #[command(flatten)]
        target: TypedTarget,
        /// Also connect to the ports as a client would, and say what is met there
        #[arg(long)]
        probe: bool,
    },
    /// Look, show the plan, ask, fix, and look again to prove it
    #[command(after_help = EXIT_CODES)]
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
        #[command(flatten)]
        staying: TypedStaying,
    },
    /// Is everything ready? PowerShell, Exchange tools, account, rights, registry, clock; changes nothing
    Doctor {
        #[command(flatten)]
        target: TypedTarget,
        /// Do one thing only, once and as an administrator: register the source relight in the Application log of Windows,
        /// which runs that change something or fail then write to
        #[arg(long, conflicts_with_all = ["servers", "components", "simulate", "connection", "connect_to", "powershell"])]
        register_event_source: bool,
    },
    /// Connect to POP3 and IMAP4 ports as a client would, and say what a user meets there
    #[command(after_help = PROBE_EXITS)]
    Probe {
        /// Hosts by name or address: without a port, 110, 995, 143 and 993; IPv6 in brackets before a port. On any other
        /// port the banner tells the protocol: half of the time is for listening, the rest for TLS [default: this machine]
        #[arg(value_name = "HOST[:PORT]", value_parser = ports)]
        places: Vec<Ports>,
        /// More servers to probe on the four usual ports; repeat it or separate with commas
        #[arg(long = "server", value_name = "NAME", value_delimiter = ',', value_parser = server)]
        servers: Vec<Server>,
        /// How long each host may take, its name and all of its ports
        #[arg(long, value_name = "TIME", default_value = "10s", value_parser = duration)]
        timeout: Duration,
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
    #[arg(long)]
    scenario: String,
    #[arg(long)]
    nonce: String,
    #[arg(long, value_parser = capabilities)]
    capabilities: Capabilities,
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
    connection: TypedConnection,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
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
    /// Write a log of everything to this file; its folder is made
    #[arg(long, value_name = "PATH", global = true)]
    log_file: Option<PathBuf>,
}

impl TypedCommand {
    /// The way that it goes to Exchange, if it goes there.
    fn way(&self) -> Option<&TypedConnection> {
        match self {
            Self::Check { target, .. } | Self::Doctor { target, .. } | Self::Fix { target, .. } => {
                Some(&target.connection)
            }
            Self::Undo(undo) => Some(&undo.connection),
            Self::Resume(resume) => Some(&resume.connection),
            Self::Probe { .. }
            | Self::History(_)
            | Self::Scenarios
            | Self::Completions { .. }
            | Self::SimulatedEngine(_) => None,
        }
    }

    /// How long to wait for another writer.
    fn patience(&self) -> Duration {
        match self {
            Self::Fix { patience, .. } => patience.lock_timeout,
            Self::Undo(undo) => undo.patience.lock_timeout,
            Self::Resume(resume) => resume.patience.lock_timeout,
            Self::Check { .. }
            | Self::Doctor { .. }
            | Self::History(_)
            | Self::Probe { .. }
            | Self::Scenarios
            | Self::Completions { .. }
            | Self::SimulatedEngine(_) => Duration::ZERO,
        }
    }

    fn meaning(self) -> Command {
        match self {
            Self::Check { target, probe } => {
                let staying = Staying { probe_first: probe, ..Staying::default() };
                Command::Check(Target { staying, ..target.meaning(Policy::default()) })
            }
            Self::Fix { target, consent, staying, dry_run, .. } => {
                let target = Target { staying: staying.meaning(), ..target.meaning(consent.policy()) };
                Command::Fix(target, Mode::of(dry_run, consent.yes))
            }
            Self::Doctor { register_event_source: true, .. } => Command::RegisterEventSource,
            Self::Doctor { target, .. } => Command::Doctor(target.meaning(Policy::default())),
            Self::Probe { places, servers, timeout } => {
                let usual = servers.into_iter().map(Host::Name).flat_map(|host| Endpoint::usual(&host));
                let named = places.into_iter().flat_map(|Ports(endpoints)| endpoints);
                Command::Probe(Probing { endpoints: each_once(named.chain(usual)), deadline: timeout })
            }
            Self::History(history) => history.meaning(),
            Self::Undo(undo) => undo.meaning(),
            Self::Resume(resume) => resume.meaning(),
            Self::Scenarios => Command::Scenarios,
            Self::Completions { shell } => Command::Completions(shell),
            Self::SimulatedEngine(TypedEngine { scenario, nonce, capabilities }) => {
                Command::SimulatedEngine(SimulatedEngine { scenario, nonce, capabilities })
            }
        }
    }
}

impl TypedTarget {
    fn meaning(self, policy: Policy) -> Target {
        let policy = Policy { components: each_once(self.components), ..policy };
        self.connection.meaning(each_once(self.servers), policy)
    }
}
