//! What is said over the pipe, as types: requests to the engine and its answers. docs/PROTOCOL.md describes the same
//! from the other side. Reading is tolerant (unknown fields are ignored, absent ones are `None`); what an answer means is
//! decided by whoever asked.

use std::fmt::{self, Write as _};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::domain::Connection;

mod environment;

pub use environment::{
    EnvironmentAnswer, InstallationItem, PolicyItem, ProblemItem, RoleAnswer, RoleItem, ShellPolicyAnswer,
    ThrottlingPolicyItem,
};

/// One request line: an id that the answer must repeat, an operation and its arguments.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// 1, 2, 3... within a session.
    pub id: u64,
    /// What is asked.
    #[serde(flatten)]
    pub call: Call,
}

impl Request {
    /// The request as it goes over the pipe: JSON in ASCII with an LF at the end. Everything else is written as
    /// `\uXXXX` (a surrogate pair where UTF-16 needs one), because Windows PowerShell decodes stdin with whatever code
    /// page the machine has.
    pub(crate) fn to_line(&self) -> serde_json::Result<String> {
        let json = serde_json::to_string(self)?;
        let mut line = String::with_capacity(json.len() + 1);
        for character in json.chars() {
            if character.is_ascii() {
                line.push(character);
            } else {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a String does not fail.
                    let _ = write!(line, "\\u{unit:04x}");
                }
            }
        }
        line.push('\n');
        Ok(line)
    }
}

/// What can be asked of the engine. Values travel as data into typed parameters, never as code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "op", content = "args", rename_all = "kebab-case", rename_all_fields = "camelCase")]
pub enum Call {
    /// Loads the Exchange cmdlets.
    Connect {
        /// The way to them.
        #[serde(with = "connection")]
        connection: Connection,
        /// The server to open a remote session on; only for `remote`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        connect_to: Option<String>,
    },
    /// `Get-ExchangeServer -Identity`.
    GetExchangeServer {
        /// The server to ask about.
        server: String,
    },
    /// `Get-ExchangeServer`: all servers of the organisation.
    GetExchangeServers {},
    /// `Get-DatabaseAvailabilityGroup`: all of the organisation.
    GetAvailabilityGroups {},
    /// `Get-ServerComponentState -Identity -Component`.
    GetComponentState {
        /// The server to ask about.
        server: String,
        /// One component.
        component: String,
    },
    /// Whether Exchange setup runs on a server.
    GetSetupProcess {
        /// The server to ask about.
        server: String,
    },
    /// What the shell, the machine and the account are; Exchange is not asked.
    GetEnvironment {},
    /// By which roles an account may set component states on a server.
    GetRoleAssignment {
        /// The account, for example `CONTOSO\admin`.
        account: String,
        /// The server to be changed.
        server: String,
    },
    /// How many shells Exchange allows an account.
    GetShellPolicy {
        /// The account, for example `CONTOSO\admin`.
        account: String,
    },
    /// Services of these names (`Win32_Service`).
    GetServices {
        /// The server to ask about.
        server: String,
        /// The names by which Windows knows them.
        #[serde(with = "with_commas")]
        names: Vec<String>,
    },
    /// `Get-ServerHealth -Identity -HealthSet`.
    GetServerHealth {
        /// The server to ask about.
        server: String,
        /// For example `POP.Proxy`.
        health_set: String,
    },
    /// `Get-PopSettings` or `Get-ImapSettings`.
    GetProtocolSettings {
        /// The server to ask about.
        server: String,
        /// `POP3` or `IMAP4`.
        protocol: String,
    },
    /// `Get-ExchangeCertificate -Server`.
    GetCertificates {
        /// The server to ask about.
        server: String,
    },
    /// The events of `TakeComponentOffline`.
    GetRecoveryActions {
        /// The server to ask about.
        server: String,
    },
    /// `Get-ServerMonitoringOverride -Server` and `Get-GlobalMonitoringOverride`.
    GetMonitoringOverrides {
        /// The server to ask about.
        server: String,
    },
    /// `Search-AdminAuditLog -Cmdlets Set-ServerComponentState -StartDate -EndDate`.
    GetAuditEntries {
        /// Seconds since 1970, as text: what looks like a date becomes one on the way.
        since: String,
        /// The same.
        until: String,
    },
    /// The events 4109 and 4110 of MSExchange ADAccess.
    GetStateEvents {
        /// The server to ask about.
        server: String,
        /// Seconds since 1970, as text.
        since: String,
        /// The same.
        until: String,
    },
    /// `Set-ServerComponentState -Identity -Component -Requester -State -Confirm:$false`, and `-LocalOnly`.
    SetComponentState {
        /// The server to change.
        server: String,
        /// The component, spelled as it was read.
        component: String,
        /// The requester, spelled as it was read.
        requester: String,
        /// The state to record.
        state: String,
        /// Whether it is recorded in the registry alone (`-LocalOnly`), rather than in both stores.
        #[serde(default, with = "as_text", skip_serializing_if = "std::ops::Not::not")]
        local_only: bool,
    },
    /// `Invoke-CimMethod -MethodName StartService`, and wait until it runs.
    StartService {
        /// The server to change.
        server: String,
        /// The name by which Windows knows the service.
        service: String,
    },
    /// `Invoke-CimMethod -MethodName StopService`, and wait until it is stopped.
    StopService {
        /// The server to change.
        server: String,
        /// The name by which Windows knows the service.
        service: String,
    },
}

/// As a log tells of it: `set-component-state server=EX01 component=PopProxy ...`.
impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let call = serde_json::to_value(self).map_err(|_| fmt::Error)?;
        f.write_str(call["op"].as_str().unwrap_or_default())?;
        for (name, value) in call["args"].as_object().into_iter().flatten() {
            match value.as_str() {
                Some(text) => write!(f, " {name}={text}")?,
                None => write!(f, " {name}={value}")?,
            }
        }
        Ok(())
    }
}

/// As a log tells of it.
impl fmt::Display for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Hello(_) => f.write_str("a hello"),
            Self::Result { data } => write!(f, "{data}"),
            Self::Error { error } => write!(f, "an error: {error}"),
            Self::Progress { text } => f.write_str(text),
        }
    }
}

impl Call {
    /// Whether the call changes a server, so that it may be sent at most once.
    pub(crate) fn is_write(&self) -> bool {
        match self {
            Self::SetComponentState { .. } | Self::StartService { .. } | Self::StopService { .. } => true,
            Self::Connect { .. }
            | Self::GetExchangeServer { .. }
            | Self::GetExchangeServers {}
            | Self::GetAvailabilityGroups {}
            | Self::GetComponentState { .. }
            | Self::GetSetupProcess { .. }
            | Self::GetEnvironment {}
            | Self::GetRoleAssignment { .. }
            | Self::GetShellPolicy { .. }
            | Self::GetServices { .. }
            | Self::GetServerHealth { .. }
            | Self::GetProtocolSettings { .. }
            | Self::GetCertificates { .. }
            | Self::GetRecoveryActions { .. }
            | Self::GetMonitoringOverrides { .. }
            | Self::GetAuditEntries { .. }
            | Self::GetStateEvents { .. } => false,
        }
    }
}

/// The body of one frame.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Body {
    /// The engine is up; always the first frame, with id 0.
    Hello(Hello),
    /// The answer to a call.
    Result {
        /// Its shape depends on the call; null and absent are the same.
        #[serde(default)]
        data: Value,
    },
    /// The call failed.
    Error {
        /// What PowerShell reported.
        error: CallError,
    },
    /// The call goes on; this is what it does.
    Progress {
        /// One line for a person.
        text: String,
    },
}

impl Body {
    /// Reads the decoded bytes of a frame: UTF-8 JSON.
    pub fn parse(bytes: &[u8]) -> serde_json::Result<Self> {
        serde_json::from_slice(bytes)
    }
}

/// What the engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Hello {
    /// `$PSVersionTable.PSVersion`.
    pub ps_version: Option<String>,
    /// `FullLanguage`, or a mode in which the engine cannot work.
    pub language_mode: Option<String>,
    /// Whether the process is a 64-bit one.
    pub is64: Option<bool>,
    /// The process id.
    pub process_id: Option<u32>,
}

/// An `ErrorRecord`, projected.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
#[serde(rename_all = "camelCase", default)]
pub struct CallError {
    /// Localised text for a person; never matched on.
    pub message: String,
    /// The .NET type of the exception.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// `CategoryInfo.Category`, for example `PermissionDenied`.
    pub category: Option<String>,
    /// `FullyQualifiedErrorId`.
    pub id: Option<String>,
    /// `ScriptStackTrace`.
    pub stack: Option<Box<str>>,
    /// Where it is no error of the cmdlet: the remote session to Exchange was lost.
    pub lost: Option<LostAt>,
}

/// When the remote session to Exchange was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LostAt {
    /// Before the call went over it.
    Before,
    /// After that: the call may have been carried out.
    During,
}

/// The answer to [`Call::Connect`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Connected {
    /// The name of the machine the shell runs on.
    pub computer: Option<String>,
    /// The same in DNS. Windows cuts the other one at 15 characters, and this one not.
    pub host_name: Option<String>,
    /// The Exchange cmdlets that are there, of those relight uses.
    pub cmdlets: Vec<String>,
    /// The server that a remote session was opened on.
    pub connected_to: Option<String>,
    /// When, UTC by the clock of that machine, in ISO 8601.
    pub at: Option<String>,
}

/// The answer to [`Call::GetExchangeServer`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ExchangeServerAnswer {
    /// `Name`.
    pub name: Option<String>,
    /// `Fqdn`.
    pub fqdn: Option<String>,
    /// `AdminDisplayVersion` as text, for example `Version 15.1 (Build 2375.7)`.
    pub version: Option<String>,
    /// `ServerRole` as text, for example `Mailbox, ClientAccess` or `Edge`.
    pub role: Option<String>,
}

/// The answer to [`Call::GetSetupProcess`].
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct SetupProcessAnswer {
    /// The names of the setup processes that run.
    pub processes: Vec<String>,
}

/// The answer to [`Call::SetComponentState`]: nothing. That it came tells nothing either.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct SetComponentStateAnswer {}

mod component;
mod data;
mod evidence;
mod organisation;
mod services;

pub use component::{ComponentStateAnswer, ComponentStateObject, EntryItem};
pub use data::read_data;
pub use evidence::{
    CertificateItem, CertificatesAnswer, LoggedChangeItem, LoggedChangesAnswer, MonitorItem, MonitoringOverridesAnswer,
    OverrideItem, ProtocolSettingsAnswer, RecoveryActionItem, RecoveryActionsAnswer, ServerHealthAnswer, SimulatedPort,
};
pub use organisation::{AvailabilityGroupItem, AvailabilityGroupsAnswer, ExchangeServersAnswer, ListedServerItem};
pub use services::{ServiceItem, ServicesAnswer, StartServiceAnswer, StopServiceAnswer};

#[cfg(test)]
mod tests;

/// Names as one text: arguments are texts.
mod with_commas {
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(names: &[String], to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&names.join(","))
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
        Ok(String::deserialize(from)?.split(',').map(str::to_owned).collect())
    }
}

/// Yes as a text, and no as none: arguments are texts.
mod as_text {
    use serde::{Deserialize, Deserializer, Serializer};

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
    pub fn serialize<S: Serializer>(yes: &bool, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(if *yes { "true" } else { "false" })
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
        Ok(String::deserialize(from)? == "true")
    }
}

/// How a connection is named on the wire.
mod connection {
    use serde::de::Error;
    use serde::{Deserialize, Deserializer, Serializer};

    use crate::domain::Connection;

    pub fn serialize<S: Serializer>(connection: &Connection, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(connection.name())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Connection, D::Error> {
        let name = String::deserialize(from)?;
        Connection::parse(&name).ok_or_else(|| D::Error::custom(format_args!("no such connection: {name}")))
    }
}
