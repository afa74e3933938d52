//! The lines of a journal, `relight/journal/1.0`: a run as it grows, one line for each part as it becomes known.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{self, AgreedBy, Command, RunId, Server};

use super::change::{Outcome, Subject};
use super::clients::Clients;
use super::document::ascii;
use super::look::Look;
use super::monitor::MonitorVerdict;
use super::plan::Decision;
use super::text::Text;
use super::verdict::Verdict;

/// The schema that the first line names.
pub const JOURNAL: &str = "relight/journal/1.0";

/// One line of a journal: a text file in ASCII with one such object per line, only ever appended to. Later 1.x journals may
/// have more fields and records, so readers should ignore what they do not know.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "record", rename_all = "camelCase")]
pub enum Line {
    /// The first line: what the run is.
    Begin(Begin),
    /// The first look at a server.
    Before(Look),
    /// What was decided on a server.
    Decision(Decided),
    /// The shell that changes are sent with from here on: flushed with the first of them.
    Shell(Shell),
    /// A change is about to be sent: flushed to the disk before it is.
    Intent(Intent),
    /// What became of a change.
    Outcome(Ended),
    /// A look after the changes, and what it says of them. The last of a server counts.
    After(After),
    /// What clients of a server meet. The last of a server counts.
    Clients(Met),
    /// What the monitors of a server say after the changes. The last of a server counts.
    Monitors(Monitored),
    /// relight resume goes on with the run.
    Resumed(Resumed),
    /// The last line.
    End(End),
}

impl Line {
    /// The line with its end, in ASCII: whatever reads a journal, nothing in it is hidden or steers a terminal.
    ///
    /// # Errors
    /// When serialising fails, which no line is known to bring about.
    pub fn to_text(&self) -> Result<String, serde_json::Error> {
        Ok(ascii(&serde_json::to_string(self)?))
    }
}

/// What a run is.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Begin {
    /// The schema of this journal.
    #[cfg_attr(test, schemars(extend("const" = JOURNAL)))]
    pub schema: String,
    /// The name of the run.
    pub run: Text<RunId>,
    /// When it began, UTC.
    pub at: Text<Timestamp>,
    /// What is run.
    pub command: Text<Command>,
    /// Who is to give the consent.
    pub agreed_by: Text<AgreedBy>,
    /// The version of relight.
    pub version: String,
    /// SHA-256 of the script that the shell is given, in hex.
    pub script_sha256: String,
    /// The words of the command line.
    pub arguments: Vec<String>,
    /// Who runs it, and where.
    pub who: Who,
    /// The scenario; null where Exchange servers are involved.
    pub simulated: Option<String>,
    /// The run that this one undoes; null: none.
    pub undoes: Option<Text<RunId>>,
}

/// Who runs relight, and where.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Who {
    /// The account; on Windows with its domain.
    pub user: String,
    /// Whether it has the rights of an administrator; null: not known.
    pub elevated: Option<bool>,
    /// The machine.
    pub host: String,
    /// Whether somebody can be asked.
    pub interactive: bool,
}

/// What was decided on a server.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Decided {
    /// The server as it was asked for.
    pub server: Text<Server>,
    /// When, UTC.
    pub at: Text<Timestamp>,
    /// The account that decided.
    pub by: String,
    #[serde(flatten)]
    pub decision: Decision,
}

/// A shell as a process of the machine: a later run that finds it still there ends it before it looks.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Shell {
    /// The number of the process.
    pub process: u32,
    /// When it started, in words of the system: others have had the number, and will.
    pub started: String,
}

/// A change is about to be sent.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Intent {
    /// The server as it was asked for.
    pub server: Text<Server>,
    #[serde(flatten)]
    pub subject: Subject,
    /// The state that the entry is set to, or that the service is to be in.
    pub to: String,
    /// When, UTC.
    pub at: Text<Timestamp>,
}

/// What became of a change.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Ended {
    /// The server as it was asked for.
    pub server: Text<Server>,
    #[serde(flatten)]
    pub subject: Subject,
    /// When, UTC.
    pub at: Text<Timestamp>,
    #[serde(flatten)]
    pub outcome: Outcome,
}

/// A look after the changes.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct After {
    #[serde(flatten)]
    pub look: Look,
    /// What the look says of the changes.
    pub verdicts: Vec<Verdict>,
    /// How long the server was watched before; null: it was not.
    pub watched_seconds: Option<u64>,
}

/// What clients of a server meet.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Met {
    /// The server as it was asked for.
    pub server: Text<Server>,
    /// When, UTC.
    pub at: Text<Timestamp>,
    /// One for each protocol.
    pub clients: Vec<Clients>,
}

/// What the monitors of a server say after the changes.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Monitored {
    /// The server as it was asked for.
    pub server: Text<Server>,
    /// When, UTC.
    pub at: Text<Timestamp>,
    /// One for each component of which an entry of HealthApi was set Active.
    pub monitors: Vec<MonitorVerdict>,
}

/// relight resume goes on with the run.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Resumed {
    /// When, UTC.
    pub at: Text<Timestamp>,
    /// The version of relight.
    pub version: String,
    /// Who does that, and where.
    pub who: Who,
}

/// How a run ended.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct End {
    /// When, UTC.
    pub at: Text<Timestamp>,
    /// The exit code.
    pub exit_code: u8,
    /// Its name.
    pub exit: String,
    /// Whether it was interrupted.
    pub interrupted: bool,
    #[serde(flatten)]
    pub sums: Sums,
}

/// What a run came to, in numbers: so that a list needs no more than the first and the last line of each journal.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Sums {
    /// Changes that were confirmed.
    #[serde(default)]
    pub agreed: usize,
    /// Changes that were, or may have been, sent.
    pub sent: usize,
    /// How many of these started or stopped a service.
    pub services: usize,
    /// How many of those sent the last look confirms.
    #[serde(default)]
    pub confirmed: usize,
    /// Whether a look confirms each of them.
    pub verified: bool,
}

impl From<domain::Sums> for Sums {
    fn from(sums: domain::Sums) -> Self {
        let domain::Sums { agreed, sent, services, confirmed, verified } = sums;
        Self { agreed, sent, services, confirmed, verified }
    }
}

impl Sums {
    pub fn read(self) -> domain::Sums {
        let Self { agreed, sent, services, confirmed, verified } = self;
        domain::Sums { agreed, sent, services, confirmed, verified }
    }
}

impl From<&domain::Who> for Who {
    fn from(who: &domain::Who) -> Self {
        let domain::Who { user, elevated, host, interactive } = who.clone();
        Self { user, elevated, host, interactive }
    }
}

impl Who {
    pub fn read(self) -> domain::Who {
        let Self { user, elevated, host, interactive } = self;
        domain::Who { user, elevated, host, interactive }
    }
}

impl From<&domain::Look> for After {
    fn from(look: &domain::Look) -> Self {
        Self {
            look: (&look.snapshot).into(),
            verdicts: look.verdicts.iter().map(Verdict::from).collect(),
            watched_seconds: look.watched.map(|watched| watched.as_secs()),
        }
    }
}

impl After {
    pub fn read(self) -> Option<domain::Look> {
        let verdicts = self.verdicts.into_iter().map(Verdict::read).collect::<Option<_>>()?;
        let watched = self.watched_seconds.map(std::time::Duration::from_secs);
        Some(domain::Look::of(self.look.read()?, verdicts, watched))
    }
}
