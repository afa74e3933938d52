//! What was typed, and what it means: clap's structs stop here, the rest of the program sees [`Config`]. Parsing does
//! nothing: it reads no file, starts nothing and looks at no machine.

use std::ffi::OsString;
use std::path::PathBuf;
use std::time::Duration;

use clap::error::ErrorKind;
use clap::{CommandFactory, Parser};

use crate::domain::probe::Endpoint;
use crate::domain::{Batches, Connection, Policy, Selection, Server, option_with_path};
use crate::exchange::{Jobs, Link};
use crate::shell::{Capabilities, Deadlines, TimeLimit};

mod completions;
mod connection;
mod dsc;
mod examples;
mod fixing;
mod monitoring;
mod past;
mod selecting;
mod started_by;
mod typed;
mod values;
mod what_if;

pub use completions::completions;
pub use started_by::{is_for_dsc, is_for_nagios};
use typed::Typed;

/// What is to be done, and how.
#[derive(Debug)]
pub struct Config {
    /// What to do.
    pub command: Command,
    /// How to print.
    pub output: Output,
    /// Who is told of a check, where that is no person and no script.
    pub monitoring: Option<Monitoring>,
    /// When a check is to be over; it began when the words were parsed.
    pub limit: Option<TimeLimit>,
    /// Where the journal is.
    pub journal: JournalAt,
}

/// Where the journal is, and how to get at it.
#[derive(Debug)]
pub struct JournalAt {
    /// The folder, where one was named.
    pub folder: Option<PathBuf>,
    /// How long to wait for another writer.
    pub patience: Duration,
    /// What was typed, for the record.
    pub arguments: Vec<String>,
}

impl JournalAt {
    /// The option that leads to the same folder again, as it would be typed.
    pub fn way(&self) -> Option<String> {
        self.folder.as_ref().map(|folder| option_with_path("journal-dir", folder.display()))
    }
}

/// What to do.
#[derive(Debug)]
pub enum Command {
    /// Look, never change.
    Check(Target),
    /// Look, plan, ask, fix, verify.
    Fix(Target, Mode),
    /// Tell whether everything is ready; change nothing.
    Doctor(Target),
    /// Make relight known to the Application log of Windows.
    RegisterEventSource,
    /// Look at the ports as a client would.
    Probe(Probing),
    /// List the runs of the past, or show one.
    History {
        /// The run to show.
        run: Option<String>,
        /// How many to list.
        most: usize,
        /// Only those that looked at one of these; none: whatever they looked at.
        servers: Vec<Server>,
        /// And of these.
        selection: Selection,
    },
    /// Put back what a run changed.
    Undo {
        /// The run; none means the last that changed something and is not undone yet.
        run: Option<String>,
        /// The way to the servers, which the run names.
        target: Target,
        /// How far to go.
        mode: Mode,
    },
    /// Look at what an interrupted run left, and close its record.
    Resume {
        /// The run; none means the only one that was interrupted.
        run: Option<String>,
        /// The way to the servers, which the run names.
        target: Target,
    },
    /// Be the DSC resource Relight/ProtocolState.
    Dsc(Dsc),
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

impl Mode {
    fn of(dry_run: bool, yes: bool) -> Self {
        match (dry_run, yes) {
            (true, _) => Self::DryRun,
            (false, true) => Self::Yes,
            (false, false) => Self::Ask,
        }
    }
}

/// What DSC asks of its resource. What an instance on stdin says comes to its target later.
#[derive(Debug)]
pub enum Dsc {
    /// What the state is.
    Get(Target),
    /// Whether it is the one that is wanted.
    Test(Target),
    /// Bring it about, or with [`Mode::DryRun`] say what it would be.
    Set(Target, Mode),
    /// The state of every server.
    Export(Target),
    /// The schema of an instance.
    Schema,
}

impl Dsc {
    /// Which servers, and the way to them; `None`: no server is asked.
    pub fn target(&self) -> Option<&Target> {
        match self {
            Self::Get(target) | Self::Test(target) | Self::Set(target, _) | Self::Export(target) => Some(target),
            Self::Schema => None,
        }
    }
}

/// What the hidden `simulated-engine` command plays.
#[derive(Debug)]
pub struct SimulatedEngine {
    /// A built-in scenario or a file.
    pub scenario: String,
    /// The nonce of the session.
    pub nonce: String,
    /// What the session may do.
    pub capabilities: Capabilities,
}

/// Which ports to look at, and for how long.
#[derive(Debug)]
pub struct Probing {
    /// The ports; none means the usual ones of this machine.
    pub endpoints: Vec<Endpoint>,
    /// How long each host may take.
    pub deadline: Duration,
    /// More of them, on their usual ports, and the way to Exchange, where only it can tell which.
    pub target: Target,
}

/// How far a run follows what it sees and does.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Staying {
    /// Whether to look at the ports of servers as clients would, changed or not.
    pub probe_first: bool,
    /// Whether to do so after a change.
    pub probe: bool,
    /// How long to wait after a change until clients are served.
    pub wait: Duration,
    /// How long to stay after that, and look whether it is taken back.
    pub watch: Option<Duration>,
}

impl Staying {
    /// How long is waited where nothing is typed.
    pub const USUAL: Duration = Duration::from_secs(90);
}

/// Which servers, and the way to them.
#[derive(Debug)]
pub struct Target {
    /// The servers that are named one by one; with no others, none means this one.
    pub servers: Vec<Server>,
    /// The others.
    pub selection: Selection,
    /// What is normal and what may be touched.
    pub policy: Policy,
    /// What is looked at beside components, and how long after a change.
    pub staying: Staying,
    /// The shell to use.
    pub shell: Shell,
    /// The way to the Exchange cmdlets.
    pub link: Link,
    /// How long to wait for it.
    pub deadlines: Deadlines,
    /// How many sessions to open.
    pub jobs: Jobs,
    /// How a change goes out.
    pub rollout: Rollout,
}

impl Target {
    /// The options that lead to the same Exchange again, as they would be typed; those of a scenario are not among them.
    pub fn connection(&self) -> Vec<String> {
        let connection = match self.link.connection {
            Connection::Ems => None,
            other @ (Connection::Remote | Connection::Snapin) => Some(format!("--connection {}", other.name())),
        };
        let connect_to = self.link.connect_to.as_ref().map(|fqdn| format!("--connect-to {fqdn}"));
        let powershell = match &self.shell {
            Shell::PowerShell(Some(path)) => Some(option_with_path("powershell", path.display())),
            Shell::PowerShell(None) | Shell::Simulated(_) => None,
        };
        let usual = Deadlines::default();
        let deadline = |option: &str, asked: Duration, usual: Duration| {
            (asked != usual).then(|| format!("--{option} {}", values::typed_duration(asked)))
        };
        let start = deadline("start-timeout", self.deadlines.hello, usual.hello);
        let connect = deadline("connect-timeout", self.deadlines.connect, usual.connect);
        let call = deadline("call-timeout", self.deadlines.call, usual.call);
        [connection, connect_to, powershell, start, connect, call].into_iter().flatten().collect()
    }
}

/// How a change goes out to several servers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rollout {
    /// How many are changed before they are confirmed and the next begin.
    pub batches: Batches,
    /// How many may fail before no other is begun.
    pub max_failed: usize,
}

/// The shell to use.
#[derive(Debug, PartialEq, Eq)]
pub enum Shell {
    /// PowerShell; a name or path where one was given.
    PowerShell(Option<PathBuf>),
    /// The simulator; a scenario where one was given.
    Simulated(Option<String>),
}

impl Shell {
    /// What is simulated, as it was typed; `None`: nothing is.
    pub fn scenario(&self) -> Option<String> {
        match self {
            Self::PowerShell(_) => None,
            Self::Simulated(scenario) => Some(scenario.clone().unwrap_or_else(|| "default".to_owned())),
        }
    }
}

/// How to print.
#[derive(Debug, Clone)]
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
    /// Where to keep what stands on the screen.
    pub transcript: Option<PathBuf>,
    /// Where to write the run as a page.
    pub html: Option<PathBuf>,
    /// Whether a program reads stderr, and gets each text there as a message: one JSON object a line.
    pub messages: bool,
    /// Whether a program shows the run: it is told of progress and plan in the stream, and answers on stdin.
    pub driven: bool,
}

/// A monitoring system that is told of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Monitoring {
    /// Nagios and whatever else reads its plugins.
    Nagios,
    /// Prometheus, through a textfile collector: by this file, else on stdout.
    Prometheus(Option<PathBuf>),
    /// Zabbix.
    Zabbix,
}

/// The format of the result on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// For a person.
    Text,
    /// One `relight/run/1.0` document; of a probe, `relight/probe/1.0`.
    Json,
    /// Of a run one JSON object a line: each server as soon as it is done, the run last (`relight/stream/1.0`).
    Ndjson,
}

/// Parses a command line.
///
/// # Errors
/// clap's error, which knows how to print itself and which exit code it has (`--help` and `--version` are among them).
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Config, clap::Error> {
    let words = args.into_iter().collect::<Vec<_>>();
    let arguments = words.iter().skip(1).map(|word| word.to_string_lossy().into_owned()).collect();
    let words = what_if::translated(words).map_err(|error| Typed::command().error(ErrorKind::InvalidValue, error))?;
    let mut config = Typed::try_parse_from(words)?.meaning()?;
    config.journal.arguments = arguments;
    Ok(config)
}
