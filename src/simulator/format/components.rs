//! What is recorded on a server: components with their entries, in the order of the file.

use std::collections::HashMap;
use std::fmt;

use jiff::Timestamp;
use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::value;

/// The components of a server by name, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Components(pub(crate) Vec<(String, SimulatedComponent)>);

impl Components {
    /// The component of this name, whatever the case, with its spelling.
    pub(crate) fn get(&self, name: &str) -> Option<&(String, SimulatedComponent)> {
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
        let mut names = HashMap::new();
        while let Some((name, component)) = map.next_entry::<String, SimulatedComponent>()? {
            if let Some(known) = names.insert(name.to_ascii_lowercase(), name.clone()) {
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
pub(crate) struct SimulatedComponent {
    /// What Exchange reports, whatever the entries add up to; by default it follows from them.
    #[serde(default, deserialize_with = "value::some_state", skip_serializing_if = "Option::is_none")]
    pub(crate) state: Option<String>,
    /// The registry of that server; null: it cannot be read.
    #[serde(default = "nothing_recorded")]
    pub(crate) local: Option<Vec<SimulatedEntry>>,
    /// Active Directory; null: it cannot be read.
    #[serde(default = "nothing_recorded")]
    pub(crate) remote: Option<Vec<SimulatedEntry>>,
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
pub(crate) struct SimulatedEntry {
    /// On whose behalf; any text, because a store may have names that `Set-ServerComponentState` would refuse.
    #[serde(deserialize_with = "value::requester")]
    pub(crate) requester: String,
    /// `Active`, `Inactive`, `Draining`, or a name that relight does not know.
    #[serde(deserialize_with = "value::state")]
    pub(crate) state: String,
    /// When it was recorded, in UTC.
    #[serde(with = "value::utc")]
    pub(crate) timestamp: Timestamp,
}
