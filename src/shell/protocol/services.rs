//! The answers about the services behind POP3 and IMAP4.

use serde::{Deserialize, Serialize};

/// The answer to [`super::Call::GetServices`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServicesAnswer {
    /// The services that are installed, of the four.
    pub services: Vec<ServiceItem>,
}

/// One `Win32_Service`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ServiceItem {
    /// `Name`.
    pub name: Option<String>,
    /// `State`, for example `Running`.
    pub state: Option<String>,
    /// `StartMode`, for example `Auto`.
    pub start_mode: Option<String>,
}

/// The answer to [`super::Call::StartService`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StartServiceAnswer {
    /// `State` when the wait ended: `Running`.
    pub state: Option<String>,
}

/// The answer to [`super::Call::StopService`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct StopServiceAnswer {
    /// `State` when the wait ended: `Stopped`.
    pub state: Option<String>,
}
