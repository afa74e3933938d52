//! What the simulator plays, as a file: servers with their components and entries, and what goes wrong. Reading is
//! strict, because a misspelt field would make a rehearsal show something else than what was meant.
//! docs/SCENARIOS.md describes the format.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::components::Components;
use super::evidence::{SimulatedChange, SimulatedEvidence, SimulatedOverride};
use super::fault::Fault;
use super::machine::SimulatedMachine;
use super::services::{ServicesField, SimulatedService};
use super::value;

/// Everything the simulator plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Scenario {
    /// [`value::FORMAT`].
    #[serde(rename = "scenario", deserialize_with = "value::format")]
    pub(crate) format: String,
    /// One line for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) description: String,
    /// The machine the shell runs on; by default the first server.
    #[serde(default, deserialize_with = "value::some_server_name", skip_serializing_if = "Option::is_none")]
    pub(crate) computer: Option<String>,
    /// Where the simulated clock stands, in UTC; without it the real clock is used.
    #[serde(default, with = "value::optional_utc", skip_serializing_if = "Option::is_none")]
    pub(crate) now: Option<Timestamp>,
    /// How component states reach the shell.
    #[serde(default, skip_serializing_if = "Shape::is_objects")]
    pub(crate) shape: Shape,
    /// The machine and the account the shell runs on; by default an admin at an Exchange server.
    #[serde(default, skip_serializing_if = "SimulatedMachine::is_default")]
    pub(crate) machine: SimulatedMachine,
    /// The servers of the organisation; at least one.
    pub(crate) servers: Vec<SimulatedServer>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) faults: Vec<Fault>,
    /// Changes that were sent and are still to be made; the simulator writes them here.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) on_their_way: Vec<LateChange>,
}

/// A change that is made later than it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LateChange {
    /// When, by the clock of the scenario.
    #[serde(with = "value::utc")]
    pub(crate) at: Timestamp,
    pub(crate) server: String,
    pub(crate) component: String,
    pub(crate) requester: String,
    pub(crate) state: String,
    #[serde(default)]
    pub(crate) local_only: bool,
}

impl Scenario {
    /// The name of the machine the shell runs on.
    pub(crate) fn computer(&self) -> &str {
        let first = || self.servers.first().map_or("EX01", |server| server.name.as_str());
        self.computer.as_deref().unwrap_or_else(first)
    }

    /// The server of this name or FQDN, whatever the case.
    pub(crate) fn server(&self, identity: &str) -> Option<&SimulatedServer> {
        self.servers.iter().find(|server| server.is(identity))
    }

    /// The server on the machine of this name, which Windows knows and not Exchange: `localhost` is the one that the shell
    /// runs on.
    pub(crate) fn machine(&self, name: &str) -> Option<&SimulatedServer> {
        self.server(if name.eq_ignore_ascii_case("localhost") { self.computer() } else { name })
    }
}

/// How the entries of a component reach the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Shape {
    /// As objects, live or deserialised.
    #[default]
    Objects,
    /// As text with the values in it: a plain remote session to Exchange 2016 and later.
    Flattened,
    /// As the name of a type, without any value: a plain remote session to Exchange 2013.
    Flattened2013,
}

impl Shape {
    fn is_objects(&self) -> bool {
        *self == Self::Objects
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct SimulatedServer {
    /// The name in Active Directory.
    #[serde(deserialize_with = "value::server_name")]
    pub(crate) name: String,
    /// The fully qualified name; by default the name in `contoso.local`.
    #[serde(default, deserialize_with = "value::some_server_name", skip_serializing_if = "Option::is_none")]
    pub(crate) fqdn: Option<String>,
    /// `AdminDisplayVersion`, for example `Version 15.2 (Build 1118.7)`; by default an Exchange 2016.
    #[serde(default = "default_version", deserialize_with = "value::version")]
    pub(crate) version: String,
    /// `ServerRole`, for example `Edge`.
    #[serde(default = "default_role")]
    pub(crate) role: String,
    /// The site in Active Directory; by default that of the first installation, `Default-First-Site-Name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) site: Option<String>,
    /// The database availability group that it is a member of; by default none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) dag: Option<String>,
    /// Whether Exchange setup runs there.
    #[serde(default)]
    pub(crate) setup_running: bool,
    /// The services behind POP3 and IMAP4, by name; null: they cannot be read; by default all run.
    #[serde(default, skip_serializing_if = "ServicesField::is_left_out")]
    pub(crate) services: ServicesField,
    /// The Health Manager, `MSExchangeHM`; by default it runs.
    #[serde(default, skip_serializing_if = "SimulatedService::is_default")]
    pub(crate) health_manager: SimulatedService,
    /// What tells why HealthApi recorded Inactive, by component.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) evidence: BTreeMap<String, SimulatedEvidence>,
    /// Overrides of Managed Availability.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) overrides: Vec<SimulatedOverride>,
    /// What the logs have of component states.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) logged: Vec<SimulatedChange>,
    /// What is recorded; a component that is not named has no entries and its default state.
    #[serde(default)]
    pub(crate) components: Components,
}

fn default_version() -> String {
    "Version 15.1 (Build 2375.7)".to_owned()
}

fn default_role() -> String {
    "Mailbox, ClientAccess".to_owned()
}

impl SimulatedServer {
    /// The fully qualified name.
    pub(crate) fn fqdn(&self) -> String {
        self.fqdn.clone().unwrap_or_else(|| format!("{}.contoso.local", self.name))
    }

    /// Whether this text names the server, whatever the case.
    pub(crate) fn is(&self, identity: &str) -> bool {
        self.name.eq_ignore_ascii_case(identity) || self.fqdn().eq_ignore_ascii_case(identity)
    }
}
