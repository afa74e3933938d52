//! From what is recorded to what the shell would be given: objects, or items flattened to text on the way.

use jiff::Timestamp;

use crate::shell::protocol::{
    AvailabilityGroupItem, AvailabilityGroupsAnswer, ComponentStateAnswer, ComponentStateObject, EntryItem,
    ExchangeServersAnswer, ListedServerItem,
};
use crate::simulator::format::{Scenario, Shape, SimulatedEntry, SimulatedServer};

use super::exchange::Reading;

/// What an item of Exchange 2013 becomes.
const TYPE_NAME: &str =
    "Microsoft.Exchange.Data.Directory.Management.ServerComponentStatePresentationObject+RequesterDetails";

/// ISO 8601 in UTC with seven digits, as .NET writes it.
pub(crate) fn iso(at: Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S%.7fZ").to_string()
}

/// The list of all servers. An Edge server is in no site.
pub(crate) fn servers(scenario: &Scenario) -> ExchangeServersAnswer {
    const FIRST_SITE: &str = "Default-First-Site-Name";
    let item = |server: &SimulatedServer| {
        let site = server.site.clone().unwrap_or_else(|| FIRST_SITE.to_owned());
        ListedServerItem {
            name: Some(server.name.clone()),
            fqdn: Some(server.fqdn()),
            site: (server.role != "Edge").then(|| format!("contoso.local/Configuration/Sites/{site}")),
            version: Some(server.version.clone()),
            role: Some(server.role.clone()),
            edition: Some("Standard".to_owned()),
        }
    };
    ExchangeServersAnswer { servers: scenario.servers.iter().map(item).collect() }
}

/// The list of all database availability groups.
pub(crate) fn groups(scenario: &Scenario) -> AvailabilityGroupsAnswer {
    let mut groups: Vec<AvailabilityGroupItem> = Vec::new();
    for server in &scenario.servers {
        let Some(dag) = &server.dag else { continue };
        match groups.iter_mut().find(|group| group.name.as_ref() == Some(dag)) {
            Some(group) => group.members.push(server.name.clone()),
            None => {
                let members = vec![server.name.clone()];
                groups.push(AvailabilityGroupItem { name: Some(dag.clone()), members });
            }
        }
    }
    AvailabilityGroupsAnswer { groups }
}

/// The answer to a read.
pub(crate) fn component_state(reading: Reading, shape: Shape, at: Timestamp) -> ComponentStateAnswer {
    let items = |entries: Vec<SimulatedEntry>| entries.iter().map(|entry| item(entry, shape)).collect();
    let object = ComponentStateObject {
        server: Some(reading.fqdn),
        component: Some(reading.component),
        state: Some(reading.state.name().to_owned()),
        server_wide_offline: Some(reading.server_wide_offline),
        local: reading.local.map(items),
        remote: reading.remote.map(items),
    };
    ComponentStateAnswer { at: Some(iso(at)), objects: vec![object] }
}

fn item(entry: &SimulatedEntry, shape: Shape) -> EntryItem {
    let text = |text| EntryItem { text: Some(text), ..EntryItem::default() };
    match shape {
        Shape::Objects => EntryItem {
            requester: Some(entry.requester.clone()),
            state: Some(entry.state.clone()),
            timestamp: Some(iso(entry.timestamp)),
            text: None,
        },
        Shape::Flattened => {
            let time = entry.timestamp.strftime("%-m/%-d/%Y %-I:%M:%S %p");
            text(format!("Requestor:{}; State:{}; Timestamp:{time}", entry.requester, entry.state))
        }
        Shape::Flattened2013 => text(TYPE_NAME.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_takes_the_shape_of_its_way() {
        let entry = SimulatedEntry {
            requester: "HealthApi".to_owned(),
            state: "Inactive".to_owned(),
            timestamp: "2026-03-14T02:31:52.5Z".parse().expect("a time"),
        };
        let shaped = |shape| serde_json::to_string(&item(&entry, shape)).expect("JSON");
        assert_eq!(
            shaped(Shape::Objects),
            r#"{"requester":"HealthApi","state":"Inactive","timestamp":"2026-03-14T02:31:52.5000000Z"}"#
        );
        assert_eq!(
            shaped(Shape::Flattened),
            r#"{"text":"Requestor:HealthApi; State:Inactive; Timestamp:3/14/2026 2:31:52 AM"}"#
        );
        assert_eq!(shaped(Shape::Flattened2013), format!("{{\"text\":\"{TYPE_NAME}\"}}"));
    }
}
