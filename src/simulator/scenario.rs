//! What the simulator plays, as a file: servers with their components and entries, and what goes wrong. Reading is
//! strict, because a misspelt field would make a rehearsal prove something else than what was meant.
//! docs/SCENARIOS.md describes the format.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Fault;
use super::evidence::SimulatedEvidence;
use super::machine::SimulatedMachine;
use super::services::ServicesField;
use super::value;

/// The only format there is; the first field of every scenario.
pub const FORMAT: &str = "relight/scenario/1.0";

/// Everything the simulator plays.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// [`FORMAT`].
    #[serde(rename = "scenario", deserialize_with = "value::format")]
    pub format: String,
    /// One line for a person.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// The machine the shell runs on; by default the first server.
    #[serde(default, deserialize_with = "value::some_server_name", skip_serializing_if = "Option::is_none")]
    pub computer: Option<String>,
    /// Where the simulated clock stands, in UTC; without it the real clock is used.
    #[serde(default, with = "value::optional_utc", skip_serializing_if = "Option::is_none")]
    pub now: Option<Timestamp>,
    /// How component states reach the shell.
    #[serde(default, skip_serializing_if = "Shape::is_objects")]
    pub shape: Shape,
    /// The machine and the account the shell runs on; by default an admin at an Exchange server.
    #[serde(default, skip_serializing_if = "SimulatedMachine::is_default")]
    pub machine: SimulatedMachine,
    /// The servers of the organisation; at least one.
    pub servers: Vec<SimulatedServer>,
    /// What goes wrong.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
}

impl Scenario {
    /// The name of the machine the shell runs on.
    pub fn computer(&self) -> &str {
        let first = || self.servers.first().map_or("EX01", |server| server.name.as_str());
        self.computer.as_deref().unwrap_or_else(first)
    }

    /// The server of this name or FQDN, whatever the case.
    pub fn server(&self, identity: &str) -> Option<&SimulatedServer> {
        self.servers.iter().find(|server| server.is(identity))
    }

    /// The server on the machine of this name, which Windows knows and not Exchange: `localhost` is the one that the shell
    /// runs on.
    pub fn machine(&self, name: &str) -> Option<&SimulatedServer> {
        self.server(if name.eq_ignore_ascii_case("localhost") { self.computer() } else { name })
    }
}

/// How the entries of a component reach the shell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Shape {
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

/// One server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SimulatedServer {
    /// The name in Active Directory.
    #[serde(deserialize_with = "value::server_name")]
    pub name: String,
    /// The fully qualified name; by default the name in `contoso.local`.
    #[serde(default, deserialize_with = "value::some_server_name", skip_serializing_if = "Option::is_none")]
    pub fqdn: Option<String>,
    /// `AdminDisplayVersion`, for example `Version 15.2 (Build 1118.7)`; by default an Exchange 2016.
    #[serde(default = "default_version", deserialize_with = "value::version")]
    pub version: String,
    /// `ServerRole`, for example `Edge`.
    #[serde(default = "default_role")]
    pub role: String,
    /// Whether Exchange setup runs there.
    #[serde(default)]
    pub setup_running: bool,
    /// The services behind POP3 and IMAP4, by name; null: they cannot be read; by default all run.
    #[serde(default, skip_serializing_if = "ServicesField::is_left_out")]
    pub services: ServicesField,
    /// What tells why HealthApi holds a component, by component.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub evidence: BTreeMap<String, SimulatedEvidence>,
    /// What is recorded; a component that is not named has no entries and its default state.
    #[serde(default)]
    pub components: Components,
}

fn default_version() -> String {
    "Version 15.1 (Build 2375.7)".to_owned()
}

fn default_role() -> String {
    "Mailbox, ClientAccess".to_owned()
}

impl SimulatedServer {
    /// The fully qualified name.
    pub fn fqdn(&self) -> String {
        self.fqdn.clone().unwrap_or_else(|| format!("{}.contoso.local", self.name))
    }

    /// Whether this text names the server, whatever the case.
    pub fn is(&self, identity: &str) -> bool {
        self.name.eq_ignore_ascii_case(identity) || self.fqdn().eq_ignore_ascii_case(identity)
    }
}

/// The components of a server by name, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Components(pub Vec<(String, SimulatedComponent)>);

impl Components {
    /// The component of this name, whatever the case, with its spelling.
    pub fn get(&self, name: &str) -> Option<&(String, SimulatedComponent)> {
        self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(name))
    }
}

impl Serialize for Components {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, component) in &self.0 {
            map.serialize_entry(name, component)?;
        }
        map.end()
    }
}

impl<'de> Deserialize<'de> for Components {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(ComponentsVisitor)
    }
}

/// A map that keeps its order and refuses a second component of one name, which a plain map would swallow.
struct ComponentsVisitor;

impl<'de> Visitor<'de> for ComponentsVisitor {
    type Value = Components;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("components by name, for example {\"PopProxy\": {\"local\": []}}")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Components, A::Error> {
        let mut components = Components::default();
        while let Some((name, component)) = map.next_entry::<String, SimulatedComponent>()? {
            if let Some((known, _)) = components.get(&name) {
                return Err(de::Error::custom(format!(
                    "`{name}` is there twice (as `{known}` before; case does not matter); put all entries into one"
                )));
            }
            components.0.push((name, component));
        }
        Ok(components)
    }
}

/// What is recorded about one component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedComponent {
    /// What Exchange reports, whatever the entries add up to; by default it follows from them.
    #[serde(default, deserialize_with = "value::some_state", skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// The registry of that server; null: it cannot be read.
    #[serde(default = "nothing_recorded")]
    pub local: Option<Vec<SimulatedEntry>>,
    /// Active Directory; null: it cannot be read.
    #[serde(default = "nothing_recorded")]
    pub remote: Option<Vec<SimulatedEntry>>,
}

impl Default for SimulatedComponent {
    fn default() -> Self {
        Self { state: None, local: nothing_recorded(), remote: nothing_recorded() }
    }
}

#[expect(clippy::unnecessary_wraps, reason = "serde wants the type of the field: null is another fact than empty")]
fn nothing_recorded() -> Option<Vec<SimulatedEntry>> {
    Some(Vec::new())
}

/// One requester's recorded state and time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedEntry {
    /// On whose behalf; any text, because a store may hold names that `Set-ServerComponentState` would refuse.
    #[serde(deserialize_with = "value::requester")]
    pub requester: String,
    /// `Active`, `Inactive`, `Draining`, or a name that relight does not know.
    #[serde(deserialize_with = "value::state")]
    pub state: String,
    /// When it was recorded, in UTC.
    #[serde(with = "value::utc")]
    pub timestamp: Timestamp,
}
