//! The shape of each line. Written in full, null where nothing is known; read with tolerance for fields that a later
//! 1.x adds.

use serde::{Deserialize, Serialize};

/// The schema that the first line names.
pub const SCHEMA: &str = "relight/journal/1.0";

#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "camelCase")]
pub enum Record {
    Begin(Begin),
    Before(Look),
    Plan(Plan),
    Intent(Intent),
    Outcome(Outcome),
    StartIntent(ServiceIntent),
    StartOutcome(ServiceOutcome),
    StopIntent(ServiceIntent),
    StopOutcome(ServiceOutcome),
    Resumed(Resumed),
    After(Look),
    Verdicts(Verdicts),
    End(End),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Begin {
    pub schema: String,
    pub run: String,
    pub at: String,
    pub command: String,
    pub version: String,
    /// SHA-256 of the script that the shell is given, in hex.
    pub script_sha256: String,
    pub arguments: Vec<String>,
    pub who: Who,
    pub simulated: Option<String>,
    pub undoes: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Who {
    pub user: String,
    pub elevated: Option<bool>,
    pub host: String,
    pub interactive: bool,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Look {
    pub server: String,
    pub taken: String,
    pub exchange: Option<Exchange>,
    pub setup: Setup,
    /// `None`: not asked for, or not kept by the version that wrote it.
    #[serde(default)]
    pub services: Option<Services>,
    pub components: Vec<Component>,
    pub troubles: Vec<Trouble>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Services {
    /// Why they could not be read.
    pub unreadable: Option<String>,
    pub seen: Vec<Service>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    pub service: String,
    pub state: String,
    pub start_type: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Exchange {
    pub name: Option<String>,
    pub fqdn: Option<String>,
    pub version: Option<String>,
    pub role: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Setup {
    pub kind: String,
    pub message: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    pub component: String,
    pub state: String,
    pub server_wide_offline: bool,
    /// `None`: the store could not be read.
    pub local: Option<Store>,
    pub remote: Option<Store>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Store {
    pub entries: Vec<Entry>,
    pub illegible: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    pub requester: String,
    pub state: String,
    pub time: Time,
}

/// An instant in UTC, or text from a machine of another culture.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Time {
    Utc(String),
    Text(String),
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Plan {
    pub server: String,
    pub at: String,
    pub consent: Consent,
    pub steps: Vec<Step>,
    /// The services to start, by name.
    #[serde(default)]
    pub starts: Vec<String>,
    /// The services to stop, by name.
    #[serde(default)]
    pub stops: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Consent {
    pub by: String,
    pub how: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    pub action: String,
    pub component: String,
    pub requester: String,
    /// The state of the hold and since when: what a Set overwrites.
    pub hold_state: String,
    pub hold_since: Time,
    pub stores: Vec<String>,
    /// The state that the requester is set to.
    pub target: String,
    pub lights: Vec<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Intent {
    pub server: String,
    pub component: String,
    pub requester: String,
    pub target: String,
    pub at: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Outcome {
    pub server: String,
    pub component: String,
    pub requester: String,
    pub at: String,
    pub outcome: String,
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceIntent {
    pub server: String,
    pub service: String,
    pub at: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceOutcome {
    pub server: String,
    pub service: String,
    pub at: String,
    pub outcome: String,
    pub trouble: Option<Trouble>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Trouble {
    pub kind: String,
    pub component: Option<String>,
    pub message: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resumed {
    pub at: String,
    pub version: String,
    pub who: Who,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdicts {
    pub server: String,
    pub at: String,
    pub verdicts: Vec<Verdict>,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Verdict {
    pub component: String,
    pub requester: Option<String>,
    pub verdict: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct End {
    pub at: String,
    pub exit_code: u8,
    pub exit: String,
    /// In short, so that a list needs no more than the first and the last line: changes that were sent.
    pub sent: usize,
    /// How many of them started or stopped a service.
    #[serde(default)]
    pub services: usize,
    /// Whether a look proved each of them.
    pub verified: bool,
}
