//! The answer about one component.

use serde::{Deserialize, Serialize};

/// The answer to [`super::Call::GetComponentState`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ComponentStateAnswer {
    /// When it was read: ISO 8601 in UTC, by the clock of the machine the shell runs on.
    pub at: Option<String>,
    /// What the cmdlet returned: one object where all is well.
    pub objects: Vec<ComponentStateObject>,
}

/// One object of `Get-ServerComponentState`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ComponentStateObject {
    /// `ServerFqdn`.
    pub server: Option<String>,
    /// `Component`.
    pub component: Option<String>,
    /// `State` as text.
    pub state: Option<String>,
    /// `ServerWideOfflineIsOffline`.
    pub server_wide_offline: Option<bool>,
    /// `LocalStates`; `None`: it was `$null`.
    pub local: Option<Vec<EntryItem>>,
    /// `RemoteStates`; `None`: it was `$null`.
    pub remote: Option<Vec<EntryItem>>,
}

/// One item of `LocalStates` or `RemoteStates`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct EntryItem {
    /// `Requester`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub requester: Option<String>,
    /// `State` as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// `Timestamp`: ISO 8601 in UTC where it was a date, else its text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timestamp: Option<String>,
    /// The whole item, where it arrived as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
