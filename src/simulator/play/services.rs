//! The services of a simulated server, as Windows shows and changes them.

use crate::domain::{HealthManager, Service, ServiceState, StartType};
use crate::shell::protocol::{CallError, ServiceItem};
use crate::simulator::format::{ServicesField, SimulatedServer, SimulatedService};

use super::refusals;

impl SimulatedServer {
    /// What `Win32_Service` shows of the four and the Health Manager; `None`: it cannot be read.
    pub(crate) fn services(&self) -> Option<Vec<ServiceItem>> {
        let given = self.given_services()?;
        let item = |name: &str, seen: SimulatedService| {
            // Win32_Service writes Auto where the console writes Automatic.
            let mode = match StartType::parse(&seen.start_type) {
                StartType::Automatic => "Auto".to_owned(),
                other @ (StartType::Manual | StartType::Disabled | StartType::Other(_)) => other.name().to_owned(),
            };
            let item = ServiceItem { name: Some(name.to_owned()), state: Some(seen.state), start_mode: Some(mode) };
            seen.installed.then_some(item)
        };
        let of = |service: Service| {
            let seen = given.iter().find(|(name, _)| *name == service).map(|(_, seen)| seen.clone());
            item(service.name(), seen.unwrap_or_default())
        };
        let health_manager = item(HealthManager::NAME, self.health_manager.clone());
        Some(Service::ALL.into_iter().filter_map(of).chain(health_manager).collect())
    }

    /// Starts or stops a service; what it returns is its state then.
    pub(crate) fn set_service(&mut self, service: Service, to: &ServiceState) -> Result<String, CallError> {
        let mut given = self.given_services().ok_or_else(|| refusals::no_services(&self.name))?.to_vec();
        let place = given.iter().position(|(name, _)| *name == service);
        // One that the file does not mention runs.
        let mut seen = place.map_or_else(SimulatedService::default, |place| given.remove(place).1);
        if !seen.installed {
            return Err(refusals::service(service, to, "there is no such service"));
        }
        if *to == ServiceState::Running && StartType::parse(&seen.start_type) == StartType::Disabled {
            return Err(refusals::service(service, to, "StartService returned 14"));
        }
        if seen.state != to.name() {
            to.name().clone_into(&mut seen.state);
            given.insert(place.unwrap_or(given.len()), (service, seen));
            self.services = ServicesField::Given(given);
        }
        Ok(to.name().to_owned())
    }

    /// The services that the file mentions; `None`: none can be read.
    fn given_services(&self) -> Option<&[(Service, SimulatedService)]> {
        match &self.services {
            ServicesField::Unreadable => None,
            ServicesField::LeftOut => Some(&[]),
            ServicesField::Given(given) => Some(given),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::simulator::format::parse;

    fn server(services: &Value) -> SimulatedServer {
        let servers = json!([{"name": "EX01", "services": services}]);
        let scenario = json!({"scenario": "relight/scenario/1.0", "servers": servers}).to_string();
        parse(&scenario, "a test").expect("a scenario").servers.remove(0)
    }

    #[test]
    fn services_run_unless_the_scenario_says_otherwise() {
        let shown = |services: &Value| {
            let server = server(services);
            let items = server.services().unwrap_or_default();
            let text = |text: &Option<String>| text.clone().unwrap_or_default();
            items.iter().map(|it| format!("{} {} {}", text(&it.name), text(&it.state), text(&it.start_mode))).collect()
        };
        let seen: Vec<String> = shown(&json!({
            "msexchangepop3": {"state": "stopped", "startType": "Manual"},
            "MSExchangeIMAP4BE": {"installed": false},
        }));
        assert_eq!(
            seen,
            [
                "MSExchangePop3 Stopped Manual",
                "MSExchangePOP3BE Running Auto",
                "MSExchangeImap4 Running Auto",
                "MSExchangeHM Running Auto"
            ]
        );
        assert_eq!(server(&Value::Null).services(), None);
    }
}
