//! Which calls a fault applies to.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// Selects calls. What is not given matches everything.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct When {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) op: Option<Op>,
    /// The server, by name or FQDN, or several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server: Option<Names>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) component: Option<String>,
    /// The requester of a change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) requester: Option<String>,
    /// Only this one of the calls that match the rest, counted from 1 within one session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) nth: Option<NonZeroU32>,
}

/// A server, or a list of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged, expecting = "the name of a server, or a list of names")]
pub(crate) enum Names {
    One(String),
    Several(Vec<String>),
}

impl Names {
    /// Each of them.
    pub(crate) fn all(&self) -> &[String] {
        match self {
            Self::One(name) => std::slice::from_ref(name),
            Self::Several(names) => names,
        }
    }
}

impl When {
    /// Whether it selects every call.
    pub(crate) fn is_always(&self) -> bool {
        *self == Self::default()
    }
}

/// What the engine is asked, and its greeting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Op {
    /// The greeting, which nobody asks for.
    Hello,
    Connect,
    GetExchangeServer,
    /// The list of all servers.
    GetExchangeServers,
    /// The list of all database availability groups.
    GetAvailabilityGroups,
    GetComponentState,
    /// The look for a running setup.
    GetSetupProcess,
    /// What the shell, the machine and the account are.
    GetEnvironment,
    /// The roles of the account.
    GetRoleAssignment,
    /// How many shells the account is allowed.
    GetShellPolicy,
    /// The look at the services.
    GetServices,
    GetServerHealth,
    GetProtocolSettings,
    GetCertificates,
    /// The events of `TakeComponentOffline`.
    GetRecoveryActions,
    GetMonitoringOverrides,
    /// The search of the admin audit log.
    GetAuditEntries,
    /// The events of recorded states.
    GetStateEvents,
    SetComponentState,
    StartService,
    StopService,
}

impl Op {
    /// All of them, the greeting first.
    pub(crate) const ALL: [Self; 21] = [
        Self::Hello,
        Self::Connect,
        Self::GetExchangeServer,
        Self::GetExchangeServers,
        Self::GetAvailabilityGroups,
        Self::GetComponentState,
        Self::GetSetupProcess,
        Self::GetEnvironment,
        Self::GetRoleAssignment,
        Self::GetShellPolicy,
        Self::GetServices,
        Self::GetServerHealth,
        Self::GetProtocolSettings,
        Self::GetCertificates,
        Self::GetRecoveryActions,
        Self::GetMonitoringOverrides,
        Self::GetAuditEntries,
        Self::GetStateEvents,
        Self::SetComponentState,
        Self::StartService,
        Self::StopService,
    ];
    /// What is asked for.
    pub(crate) const CALLS: &'static [Self] = Self::ALL.split_at(1).1;

    /// Whether it is about one server; loading is where a server to connect to was named.
    pub(crate) fn has_server(self) -> bool {
        !matches!(
            self,
            Self::Hello
                | Self::GetExchangeServers
                | Self::GetAvailabilityGroups
                | Self::GetEnvironment
                | Self::GetShellPolicy
                | Self::GetAuditEntries
        )
    }

    /// Whether it is about one component.
    pub(crate) fn has_component(self) -> bool {
        matches!(self, Self::GetComponentState | Self::SetComponentState)
    }

    /// Whether it is on behalf of a requester.
    pub(crate) fn has_requester(self) -> bool {
        matches!(self, Self::SetComponentState)
    }
}
