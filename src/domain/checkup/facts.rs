//! What a checkup found out, before it is judged: the shell, the machine and the account it runs on, the way to Exchange,
//! and each server that was asked about. Nothing here is required: what could not be told says why.

use std::time::Duration;

use jiff::Timestamp;

use super::shell_policy::ShellPolicy;
use crate::domain::{Connection, ExchangeServer, LeftOut, ScriptsRefused, Server, StoreReading, Trouble};

/// Everything that was found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    /// The way to the Exchange cmdlets that was asked for.
    pub(crate) connection: Connection,
    pub(crate) shell: ShellFacts,
    /// The machine and the account.
    pub(crate) machine: Answer<Machine>,
    /// Whether a run that may write could keep its journal.
    pub(crate) journal: JournalFacts,
    pub(crate) exchange: ExchangeFacts,
    /// The servers, in the order they were asked for.
    pub(crate) servers: Vec<ServerFacts>,
    /// Found by Exchange and not asked about.
    pub(crate) left_out: Vec<LeftOut>,
}

impl Facts {
    /// What the shell printed last, where it failed or did not load Exchange.
    pub(crate) fn tail(&self) -> &str {
        match (&self.shell, &self.exchange) {
            (ShellFacts::Failed { tail, .. }, _) | (_, ExchangeFacts::Failed { tail, .. }) => tail,
            (ShellFacts::NotFound { .. } | ShellFacts::Up(_), ExchangeFacts::NotTried | ExchangeFacts::Loaded(_)) => "",
        }
    }
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Answer<T> {
    Known(T),
    /// It could not be told, and why.
    Unknown(String),
    /// It could not be asked, because of something before it.
    NotAsked,
}

/// Whether a run that may write could keep its journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum JournalFacts {
    /// It was not looked at.
    NotAsked,
    /// It could, in this folder.
    Free(String),
    /// Not before another run ends: that one, as far as it told.
    Locked(Option<OtherRun>),
    /// It could not, and why.
    Unusable(String),
    /// Somebody else could have made up what is in it: why, and what to do.
    NotTrusted(String, &'static str),
}

/// A run that may change servers and is under way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct OtherRun {
    pub(crate) run: String,
    pub(crate) user: String,
    pub(crate) host: String,
    /// Since when, UTC.
    pub(crate) since: String,
}

/// How far the shell came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShellFacts {
    NotFound {
        /// What was looked for, and where.
        looked_for: String,
    },
    /// It is there, and did not come up.
    Failed {
        path: String,
        why: ShellFailure,
        /// What it printed last.
        tail: String,
    },
    Up(Shell),
}

/// Why a shell did not come up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ShellFailure {
    /// The system does not start it.
    NotStarted(String),
    /// It was not even tried: relight is a program of too few bits to reach Exchange.
    TooFewBits(String),
    /// The scripts cannot be put where it reads them.
    NoScripts(String),
    /// A policy confines it to this language mode.
    Confined(String),
    /// A policy keeps it from running scripts.
    ScriptsRefused(ScriptsRefused),
    /// It ended, or said something else, before its first answer.
    Ended(String),
    /// It did not answer in time.
    Silent(String),
    /// The run was interrupted.
    Interrupted,
}

/// A shell that answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Shell {
    pub(crate) path: String,
    /// For example `5.1.17763.5458`.
    pub(crate) version: Option<String>,
    /// For example `FullLanguage`.
    pub(crate) language_mode: Option<String>,
    /// Whether it is a 64-bit process.
    pub(crate) is_64: Option<bool>,
    /// Whether the scripts that it was given are signed; `None`: it was given none.
    pub(crate) has_signed_scripts: Option<bool>,
    /// How long it took to come up.
    pub(crate) took: Duration,
}

/// The machine and the account. A field is `None` where it could not be told, or where this system has no such thing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Machine {
    /// When it was asked: UTC, by its own clock.
    pub(crate) at: Option<Timestamp>,
    /// The time zone, as the machine calls it.
    pub(crate) time_zone: Option<String>,
    /// Minutes ahead of UTC, now.
    pub(crate) utc_offset: Option<i32>,
    pub(crate) computer: Option<String>,
    /// Whether it is a Windows machine.
    pub(crate) is_windows: Option<bool>,
    /// The execution policies by scope; `None`: there are none.
    pub(crate) execution_policies: Option<Vec<(String, String)>>,
    pub(crate) account: Option<String>,
    /// Its security identifier.
    pub(crate) sid: Option<String>,
    /// Whether it may use its administrative rights.
    pub(crate) elevated: Option<bool>,
    /// Whether a person could see a window of it.
    pub(crate) interactive: Option<bool>,
    /// Why a question of this run would reach nobody all the same: stdin is closed, for example.
    pub(crate) nobody_to_ask: Option<&'static str>,
    /// Where Exchange's tools may be, the one that is used first.
    pub(crate) installations: Vec<Installation>,
    /// The version that setup recorded.
    pub(crate) exchange_version: Option<String>,
    /// The role keys that setup made.
    pub(crate) roles: Vec<String>,
    /// The questions that failed, and why.
    pub(crate) problems: Vec<(String, String)>,
}

impl Machine {
    /// Whether somebody can be asked; `None`: not told.
    pub(crate) fn can_be_asked(&self) -> Option<bool> {
        if self.nobody_to_ask.is_some() { Some(false) } else { self.interactive }
    }

    /// Whether the question about a field failed.
    pub(crate) fn failed(&self, field: &str) -> bool {
        self.problems.iter().any(|(question, _)| question == field)
    }
}

/// A place where Exchange's tools may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Installation {
    /// Who names it: `environment` or `registry`.
    pub(crate) source: String,
    pub(crate) path: String,
    /// Whether the script that loads the Exchange Management Shell is there.
    pub(crate) has_shell: bool,
}

/// How far loading Exchange came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum ExchangeFacts {
    /// There was no shell to load it.
    NotTried,
    /// It was not loaded.
    Failed {
        kind: LoadFailure,
        /// What the shell said.
        message: String,
        /// What it printed last.
        tail: String,
    },
    Loaded(Loaded),
}

/// Why Exchange was not loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoadFailure {
    /// There are no Exchange tools on this machine.
    NoTools,
    /// The account has no Exchange role.
    AccessDenied,
    Deadline,
    /// The run was interrupted.
    Interrupted,
    Refused,
}

/// Exchange in the shell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loaded {
    /// How long loading took.
    pub(crate) took: Duration,
    /// How long it may take.
    pub(crate) deadline: Duration,
    /// The server that a remote session was opened on, where that is known.
    pub(crate) connected_to: Option<String>,
    /// The cmdlets that are there, of those relight uses.
    pub(crate) cmdlets: Vec<String>,
    /// How many shells Exchange allows the account, where that can be read.
    pub(crate) shells: Option<ShellPolicy>,
}

impl Loaded {
    /// Whether a cmdlet is there.
    pub(crate) fn has(&self, cmdlet: &str) -> bool {
        self.cmdlets.iter().any(|there| there.eq_ignore_ascii_case(cmdlet))
    }
}

/// What was found out about one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ServerFacts {
    /// The server as it was asked for.
    pub(crate) server: Server,
    /// What `Get-ExchangeServer` said; `None`: it could not be asked.
    pub(crate) exchange: Option<Result<ExchangeServer, Trouble>>,
    /// One look at its components, as far as it came; `None`: not tried.
    pub(crate) look: Option<Result<Look, Trouble>>,
    /// By which roles the account may change it.
    pub(crate) roles: Answer<Roles>,
}

/// What one look at the components of a server showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Look {
    /// When: UTC, by the clock of the machine the shell runs on.
    pub(crate) taken: Timestamp,
    /// The local and the remote store of each component that was read.
    pub(crate) stores: Vec<(StoreReading, StoreReading)>,
}

/// The roles of an account, as far as Exchange tells.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Roles {
    /// The roles that bring `Set-ServerComponentState`; `None`: cannot be asked.
    pub(crate) needed: Option<Vec<String>>,
    /// The account's roles that reach the server, each with whom it is assigned to; `None`: cannot be asked.
    pub(crate) assigned: Option<Vec<(String, String)>>,
}
