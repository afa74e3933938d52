//! The answers that tell why Managed Availability may have taken a component down, and who else recorded a state.

use std::net::SocketAddr;
use std::ops::Not;

use serde::{Deserialize, Serialize};

/// The answer to [`super::Call::GetServerHealth`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServerHealthAnswer {
    /// The monitors of the health set.
    pub monitors: Vec<MonitorItem>,
    /// What the cmdlet warned of.
    pub warnings: Vec<String>,
    /// When it was asked: ISO 8601 in UTC, by the clock of the machine the shell runs on.
    pub at: Option<String>,
}

/// One monitor of `Get-ServerHealth`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MonitorItem {
    /// `Name`.
    pub name: Option<String>,
    /// `HealthSetName`.
    pub health_set: Option<String>,
    /// `AlertValue`, for example `Unhealthy`.
    pub alert: Option<String>,
    /// `LastExecutionTime`: ISO 8601 in UTC; null where the object has none.
    pub executed: Option<String>,
    /// `LastTransitionTime`, likewise.
    pub turned: Option<String>,
    /// `IsStale`.
    pub stale: bool,
}

/// The answer to [`super::Call::GetMonitoringOverrides`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MonitoringOverridesAnswer {
    /// Those of the server, and those of the organisation.
    pub overrides: Vec<OverrideItem>,
}

/// One override.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct OverrideItem {
    /// `server` or `global`.
    pub scope: Option<String>,
    /// `Identity`, for example `POP.Proxy\PopProxyTestMonitor`.
    pub identity: Option<String>,
    /// `ItemType`, for example `Monitor`.
    pub item_type: Option<String>,
    /// `PropertyName`, for example `Enabled`.
    pub property: Option<String>,
    /// `PropertyValue`.
    pub value: Option<String>,
}

/// The answer to [`super::Call::GetProtocolSettings`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ProtocolSettingsAnswer {
    /// `X509CertificateName`.
    pub certificate_name: Option<String>,
    /// `UnencryptedOrTLSBindings`.
    pub plain_bindings: Vec<String>,
    /// `SSLBindings`.
    pub tls_bindings: Vec<String>,
    /// From a simulated engine only: the ports of this machine that stand in for those of the server.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub simulated_ports: Vec<SimulatedPort>,
}

/// A port of this machine in place of one of a simulated server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SimulatedPort {
    /// The port that the server would have.
    pub port: u16,
    /// Where it is, on loopback.
    pub at: SocketAddr,
    /// Whether a client begins with TLS there.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub tls: bool,
    /// Whether it is one of the back end.
    #[serde(default, skip_serializing_if = "Not::not")]
    pub back_end: bool,
}

/// The answer to [`super::Call::GetCertificates`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CertificatesAnswer {
    /// The certificates that Exchange has on the server.
    pub certificates: Vec<CertificateItem>,
}

/// One certificate.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct CertificateItem {
    /// `CertificateDomains`, and the common name.
    pub names: Vec<String>,
    /// `NotAfter`: ISO 8601 in UTC.
    pub not_after: Option<String>,
    /// `RawData` in base64, where the certificate came without its names.
    pub raw_data: Option<String>,
}

/// The answer to [`super::Call::GetRecoveryActions`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecoveryActionsAnswer {
    /// What is in the event log, the newest first.
    pub actions: Vec<RecoveryActionItem>,
}

/// One `TakeComponentOffline`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct RecoveryActionItem {
    /// The component.
    pub component: Option<String>,
    /// The responder that asked for it.
    pub responder: Option<String>,
    /// When it began: ISO 8601, or as the event has it.
    pub at: Option<String>,
    /// `Started` or `Finished`.
    pub state: Option<String>,
    /// `Succeeded`, or another result.
    pub result: Option<String>,
}

/// The answer to [`super::Call::GetAuditEntries`] and to [`super::Call::GetStateEvents`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoggedChangesAnswer {
    /// What the log has of that time.
    pub changes: Vec<LoggedChangeItem>,
}

/// One `Set-ServerComponentState`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct LoggedChangeItem {
    /// When: ISO 8601 in UTC.
    pub at: Option<String>,
    /// The account.
    pub account: Option<String>,
    /// The number of the event; none in the audit log.
    pub event: Option<u32>,
    /// The values of the cmdlet's parameters and what it changed, or those of the event.
    pub values: Vec<String>,
}
