//! The services of a simulated server. Left out, all four run and start with Windows, as on a server whose POP3 and IMAP4
//! are in use: that is the server one runs relight on, although the default of the product is Manual and Stopped.

use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::domain::{Service, ServiceState, StartType};

/// `services` of a server in a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) enum ServicesField {
    /// All four run.
    #[default]
    LeftOut,
    /// `null`: they cannot be read.
    Unreadable,
    /// Those that are named, in the order of the file; the others run.
    Given(Vec<(Service, SimulatedService)>),
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub(crate) struct SimulatedService {
    /// `Running`, `Stopped`, or a state between such as `Start Pending`.
    #[serde(deserialize_with = "known_state")]
    pub(crate) state: String,
    /// `Automatic`, `Manual` or `Disabled`.
    #[serde(deserialize_with = "known_start_type")]
    pub(crate) start_type: String,
    /// Whether it is there at all.
    #[serde(skip_serializing_if = "is_yes")]
    pub(crate) installed: bool,
}

impl Default for SimulatedService {
    fn default() -> Self {
        Self {
            state: ServiceState::Running.name().to_owned(),
            start_type: StartType::Automatic.name().to_owned(),
            installed: true,
        }
    }
}

impl SimulatedService {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_yes(installed: &bool) -> bool {
    *installed
}

/// The states that Windows knows.
const STATES: [&str; 7] =
    ["Running", "Stopped", "Start Pending", "Stop Pending", "Continue Pending", "Pause Pending", "Paused"];

fn known_state<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    one_of(&STATES, from)
}

fn known_start_type<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    one_of(&["Automatic", "Manual", "Disabled"], from)
}

fn one_of<'de, D: Deserializer<'de>>(known: &[&str], from: D) -> Result<String, D::Error> {
    let text = String::deserialize(from)?;
    let known_as = known.iter().find(|known| known.eq_ignore_ascii_case(&text));
    known_as
        .map(|known| (*known).to_owned())
        .ok_or_else(|| de::Error::custom(format!("{text:?} is none of {}", known.join(", "))))
}

impl ServicesField {
    /// Whether the file does not mention services.
    pub(crate) fn is_left_out(&self) -> bool {
        *self == Self::LeftOut
    }
}

impl Serialize for ServicesField {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::LeftOut | Self::Unreadable => serializer.serialize_none(),
            Self::Given(given) => {
                let mut map = serializer.serialize_map(Some(given.len()))?;
                for (service, seen) in given {
                    map.serialize_entry(service.name(), seen)?;
                }
                map.end()
            }
        }
    }
}

impl<'de> Deserialize<'de> for ServicesField {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ServicesVisitor)
    }
}

/// A map of services by name, or null.
struct ServicesVisitor;

impl<'de> Visitor<'de> for ServicesVisitor {
    type Value = ServicesField;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("services by name, for example {\"MSExchangePop3\": {\"state\": \"Stopped\"}}, or null")
    }

    fn visit_unit<E>(self) -> Result<ServicesField, E> {
        Ok(ServicesField::Unreadable)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<ServicesField, A::Error> {
        let mut given: Vec<(Service, SimulatedService)> = Vec::new();
        while let Some(name) = map.next_key::<String>()? {
            let Some(service) = Service::parse(&name) else {
                let names = Service::ALL.map(Service::name).join(", ");
                return Err(de::Error::custom(format!("`{name}` is none of {names}")));
            };
            if given.iter().any(|(known, _)| *known == service) {
                return Err(de::Error::custom(format!("`{name}` is there twice")));
            }
            given.push((service, map.next_value()?));
        }
        Ok(ServicesField::Given(given))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::super::parse::parse;
    use super::super::scenario::SimulatedServer;

    fn server(services: &Value) -> Result<SimulatedServer, String> {
        let scenario = json!({"scenario": "relight/scenario/1.0", "servers": [{"name": "EX01", "services": services}]})
            .to_string();
        parse(&scenario, "a test").map(|mut it| it.servers.remove(0)).map_err(|error| error.to_string())
    }

    #[test]
    fn a_misspelt_service_or_state_is_refused() {
        for (services, said) in [
            (json!({"MSExchangePop": {}}), "none of MSExchangePop3"),
            (json!({"MSExchangePop3": {"state": "Stoped"}}), "none of Running"),
            (json!({"MSExchangePop3": {"startType": "Auto"}}), "none of Automatic"),
            (json!({"MSExchangePop3": {"start": "Manual"}}), "unknown field"),
            (json!({"MSExchangePop3": {}, "msexchangepop3": {}}), "twice"),
            (json!(["MSExchangePop3"]), "services by name"),
        ] {
            let error = server(&services).expect_err("refused");
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn what_was_given_is_kept_and_what_was_left_out_stays_out() {
        for services in [json!(null), json!({"MSExchangePop3": {"state": "Stopped", "startType": "Manual"}})] {
            let kept = serde_json::to_value(server(&services).expect("valid")).expect("JSON");
            assert_eq!(kept["services"], services);
        }
        let plain = super::super::source::resolve(None).expect("a scenario");
        assert!(!serde_json::to_string(plain.scenario()).expect("JSON").contains("services"));
    }
}
