//! The shape of the document, field by field as docs/schema/report-1.0.json describes it. Every field is always there, null
//! where nothing is known, so that a script in strict mode can ask for it.

use serde::Serialize;

use super::clients::ClientsDocument;
use super::services::{ServiceDocument, ServiceFindingDocument};

/// An exit code with its name.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Exit {
    /// The number that the process ends with.
    #[serde(rename = "exitCode")]
    pub code: u8,
    /// Its name.
    #[serde(rename = "exit")]
    pub name: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub schema: &'static str,
    pub version: &'static str,
    pub command: &'static str,
    pub simulated: Option<String>,
    pub interrupted: bool,
    #[serde(flatten)]
    pub exit: Exit,
    pub error: Option<ErrorDocument>,
    pub servers: Vec<ServerDocument>,
}

#[derive(Debug, Serialize)]
pub struct ErrorDocument {
    pub message: String,
    pub hints: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServerDocument {
    pub server: String,
    pub fqdn: Option<String>,
    pub version: Option<String>,
    pub product: Option<&'static str>,
    pub role: Option<String>,
    pub taken_utc: String,
    #[serde(flatten)]
    pub exit: Exit,
    pub server_wide_offline: bool,
    pub setup: &'static str,
    pub services: Option<Vec<ServiceDocument>>,
    pub services_unreadable: Option<String>,
    pub service_findings: Vec<ServiceFindingDocument>,
    pub components: Vec<ComponentDocument>,
    pub evidence: Vec<EvidenceDocument>,
    pub plan: Vec<ProposalDocument>,
    pub left: Vec<LeftDocument>,
    pub steps: Vec<StepDocument>,
    pub start_plan: Vec<StartProposalDocument>,
    pub starts_left: Vec<StartLeftDocument>,
    pub starts: Vec<StartDocument>,
    pub verdicts: Vec<VerdictDocument>,
    pub watched_seconds: Option<u64>,
    pub after: Option<AfterDocument>,
    pub clients: Vec<ClientsDocument>,
    pub troubles: Vec<TroubleDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ComponentDocument {
    pub component: String,
    pub state: String,
    pub server_wide_offline: bool,
    pub finding: Option<&'static str>,
    pub cause: Option<&'static str>,
    pub holders: Vec<HolderDocument>,
    pub stale: Vec<StaleDocument>,
    pub gaps: Vec<GapDocument>,
    pub entries: EntriesDocument,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HolderDocument {
    pub requester: String,
    pub known: bool,
    pub state: String,
    pub stores: Vec<&'static str>,
    pub since_utc: Option<String>,
    pub since_text: Option<String>,
    pub age_seconds: Option<i64>,
    pub command: Option<String>,
    pub undo_command: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct StaleDocument {
    pub store: &'static str,
    #[serde(flatten)]
    pub entry: EntryDocument,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EntryDocument {
    pub requester: String,
    pub state: String,
    pub time_utc: Option<String>,
    pub time_text: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct EntriesDocument {
    pub local: Option<StoreDocument>,
    pub remote: Option<StoreDocument>,
}

#[derive(Debug, Serialize)]
pub struct StoreDocument {
    pub entries: Vec<EntryDocument>,
    pub illegible: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct GapDocument {
    pub kind: &'static str,
    pub store: Option<&'static str>,
    pub count: Option<usize>,
    pub requester: Option<String>,
    pub state: Option<String>,
    pub text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ProposalDocument {
    pub component: String,
    pub with_yes: bool,
    pub flags: Vec<String>,
    pub holds: Vec<HoldDocument>,
    pub obstacles: Vec<ObstacleDocument>,
    pub objections: Vec<ObstacleDocument>,
}

#[derive(Debug, Serialize)]
pub struct HoldDocument {
    pub component: String,
    pub requester: String,
    pub command: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct ObstacleDocument {
    pub kind: &'static str,
    pub component: String,
    pub requester: Option<String>,
    pub flag: Option<&'static str>,
    pub detail: Option<String>,
    pub gaps: Vec<GapDocument>,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct LeftDocument {
    pub component: String,
    pub obstacles: Vec<ObstacleDocument>,
    pub flags: Vec<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepDocument {
    pub component: String,
    pub requester: String,
    pub lights: Vec<String>,
    pub command: String,
    pub undo_command: String,
    pub outcome: &'static str,
    pub sent: bool,
    pub trouble: Option<TroubleDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EvidenceDocument {
    pub component: String,
    pub clues: Vec<ClueDocument>,
    pub unhealthy: Option<Vec<String>>,
    pub certificate_name: Option<String>,
    pub plain_bindings: Option<Vec<String>>,
    pub tls_bindings: Option<Vec<String>>,
    pub takedowns: Option<Vec<TakedownDocument>>,
    pub unread: Vec<String>,
}

#[derive(Debug, Serialize)]
pub struct ClueDocument {
    pub kind: &'static str,
    pub text: String,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TakedownDocument {
    pub responder: Option<String>,
    pub at_utc: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StartProposalDocument {
    pub component: String,
    pub services: Vec<&'static str>,
    pub with_yes: bool,
    pub obstacles: Vec<StartObstacleDocument>,
    pub objections: Vec<StartObstacleDocument>,
}

#[derive(Debug, Serialize)]
pub struct StartObstacleDocument {
    pub kind: &'static str,
    pub service: &'static str,
    pub text: String,
}

#[derive(Debug, Serialize)]
pub struct StartLeftDocument {
    pub component: String,
    pub obstacles: Vec<StartObstacleDocument>,
}

#[derive(Debug, Serialize)]
pub struct StartDocument {
    pub service: &'static str,
    pub command: String,
    pub outcome: &'static str,
    pub sent: bool,
    pub runs: Option<bool>,
    pub trouble: Option<TroubleDocument>,
}

#[derive(Debug, Serialize)]
pub struct VerdictDocument {
    pub component: String,
    pub verdict: &'static str,
    pub reasons: Vec<ReasonDocument>,
    pub gaps: Vec<GapDocument>,
}

#[derive(Debug, Serialize)]
pub struct ReasonDocument {
    pub kind: &'static str,
    pub component: Option<String>,
    pub requester: Option<String>,
    pub state: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AfterDocument {
    pub taken_utc: String,
    pub server_wide_offline: bool,
    pub services: Option<Vec<ServiceDocument>>,
    pub components: Vec<SeenDocument>,
    pub troubles: Vec<TroubleDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SeenDocument {
    pub component: String,
    pub state: String,
    pub server_wide_offline: bool,
    pub entries: EntriesDocument,
}

#[derive(Debug, Serialize)]
pub struct TroubleDocument {
    pub kind: &'static str,
    pub component: Option<String>,
    pub message: String,
    pub advice: &'static str,
}
