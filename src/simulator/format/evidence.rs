//! What a simulated server tells of why Managed Availability took a component down. Left out, its monitor
//! follows the component, the settings are in order, and no event says anything.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::value;

/// `evidence` of a component in a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct SimulatedEvidence {
    /// Monitors of its health set that are not healthy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) unhealthy: Vec<String>,
    /// `PopProxyTestMonitor` or `ImapProxyTestMonitor`.
    pub(crate) monitor: SimulatedMonitor,
    /// `X509CertificateName`.
    pub(crate) certificate_name: String,
    /// When the certificate for that name ends, in UTC; left out: in many years.
    #[serde(with = "value::optional_utc", skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_ends: Option<Timestamp>,
    /// The names that the certificate has; left out: the one that is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_names: Option<Vec<String>>,
    /// The certificate in base64, where it arrives as nothing but its bytes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) certificate_raw_data: Option<String>,
    /// What clients are told, while the component is Active, before the connection is closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) turns_away: Option<String>,
    /// `UnencryptedOrTLSBindings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) plain_bindings: Option<Vec<String>>,
    /// `SSLBindings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tls_bindings: Option<Vec<String>>,
    /// When it was tried to take it offline, in UTC.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) taken_offline: Vec<SimulatedTakedown>,
}

/// The monitor by which Managed Availability takes a component offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct SimulatedMonitor {
    /// What it says while the component is not Active.
    pub(crate) before: String,
    /// Its results once the component is Active, the earlier first.
    pub(crate) after: Vec<SimulatedResult>,
}

/// What a monitor came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SimulatedResult {
    /// `AlertValue`.
    pub(crate) alert: String,
    /// So many seconds after the component was set Active; negative: a result from before that.
    pub(crate) seconds: i64,
}

impl Default for SimulatedMonitor {
    fn default() -> Self {
        let healthy = SimulatedResult { alert: "Healthy".to_owned(), seconds: 1 };
        Self { before: "Unhealthy".to_owned(), after: vec![healthy] }
    }
}

/// An override of Managed Availability.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SimulatedOverride {
    /// Whether it is one for the whole organisation.
    #[serde(default)]
    pub(crate) global: bool,
    pub(crate) identity: String,
    pub(crate) item_type: String,
    pub(crate) property: String,
    pub(crate) value: String,
}

/// One time that it was tried to take a component offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SimulatedTakedown {
    pub(crate) responder: String,
    #[serde(with = "value::utc")]
    pub(crate) at: Timestamp,
}

/// A state that somebody recorded, as a log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SimulatedChange {
    pub(crate) log: SimulatedLog,
    /// The account; the events of a server may have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) account: Option<String>,
    #[serde(with = "value::utc")]
    pub(crate) at: Timestamp,
    pub(crate) component: String,
    #[serde(deserialize_with = "value::requester")]
    pub(crate) requester: String,
    #[serde(deserialize_with = "value::state")]
    pub(crate) state: String,
}

/// Which log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum SimulatedLog {
    /// The admin audit log.
    AdminAudit,
    /// The Application log of the server.
    Application,
}

impl Default for SimulatedEvidence {
    fn default() -> Self {
        Self {
            unhealthy: Vec::new(),
            monitor: SimulatedMonitor::default(),
            certificate_name: "mail.contoso.local".to_owned(),
            certificate_ends: None,
            certificate_names: None,
            certificate_raw_data: None,
            turns_away: None,
            plain_bindings: None,
            tls_bindings: None,
            taken_offline: Vec::new(),
        }
    }
}
