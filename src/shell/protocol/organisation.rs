//! The answers about the organisation: its servers and its database availability groups.

use serde::{Deserialize, Serialize};

/// The answer to [`Call::GetExchangeServers`](super::Call::GetExchangeServers).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExchangeServersAnswer {
    /// All of them, of every role and version.
    pub servers: Vec<ListedServerItem>,
}

/// A server of the list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ListedServerItem {
    /// `Name`.
    pub name: Option<String>,
    /// `Fqdn`.
    pub fqdn: Option<String>,
    /// `Site` as text: a name, or the path to it in Active Directory.
    pub site: Option<String>,
    /// `AdminDisplayVersion` as text.
    pub version: Option<String>,
    /// `ServerRole` as text.
    pub role: Option<String>,
    /// `Edition` as text.
    pub edition: Option<String>,
}

/// The answer to [`Call::GetAvailabilityGroups`](super::Call::GetAvailabilityGroups).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AvailabilityGroupsAnswer {
    /// All of them.
    pub groups: Vec<AvailabilityGroupItem>,
}

/// A database availability group.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct AvailabilityGroupItem {
    /// `Name`.
    pub name: Option<String>,
    /// `Servers`, each as text: a name, or the path to it in Active Directory.
    pub members: Vec<String>,
}
