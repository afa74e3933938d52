//! Looking at a server as its clients do: which ports, Exchange tells; what is met there, the probe.

use std::time::Duration;

use crate::domain::probe::{Endpoint, Host, Protocol, Security};
use crate::domain::{Clients, Component, Event, Server, ServerSnapshot};
use crate::shell::Program;
use crate::shell::protocol::{Call, ProtocolSettingsAnswer, SimulatedPort};

use super::{Observer, evidence};
use crate::probe::probe_all;

/// How long a host may take within a run; a server that answers at all does so at once.
const DEADLINE: Duration = Duration::from_secs(10);

impl Observer {
    /// The ports at which clients of these components reach a server: those that Exchange has bound, else the usual ones. A
    /// component without a protocol has none.
    pub fn ports(
        &mut self,
        seen: &ServerSnapshot,
        components: &[Component],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<Ports> {
        self.turn_to(&seen.server);
        let fqdn = seen.exchange.as_ref().and_then(|exchange| exchange.fqdn.as_deref());
        let host = Host::Name(fqdn.and_then(|name| Server::parse(name).ok()).unwrap_or_else(|| seen.server.clone()));
        let of = |component: &Component| {
            let protocol = Protocol::of(component)?;
            let call = Call::GetProtocolSettings {
                server: seen.server.as_str().to_owned(),
                protocol: protocol.name().to_owned(),
            };
            let settings = self.ask::<ProtocolSettingsAnswer>(&call, on_event);
            Some(Ports { component: component.clone(), protocol, endpoints: self.endpoints(&host, protocol, settings) })
        };
        components.iter().filter_map(of).collect()
    }

    fn endpoints(
        &self,
        host: &Host,
        protocol: Protocol,
        settings: Result<ProtocolSettingsAnswer, String>,
    ) -> Vec<Endpoint> {
        let usual = || Endpoint::usual(host).into_iter().filter(|it| it.protocol == Some(protocol)).collect::<Vec<_>>();
        let is_simulated = match self.program() {
            Program::PowerShell { .. } => false,
            Program::Simulator { .. } => true,
        };
        match settings {
            // The name of a simulated server means nothing outside of the simulation: only what stands in for it is looked at.
            Ok(answer) if is_simulated => {
                let stands_in = |port: &SimulatedPort| Endpoint {
                    simulated: Some(port.at),
                    ..Endpoint::known(host.clone(), port.port, protocol, Security::Plain)
                };
                answer.simulated_ports.iter().map(stands_in).collect()
            }
            Err(_) if is_simulated => Vec::new(),
            Ok(answer) => {
                let bound = Endpoint::bound(host, protocol, &evidence::settings(answer));
                if bound.is_empty() { usual() } else { bound }
            }
            Err(why) => {
                tracing::info!(why, "the bindings cannot be read; the usual ports are probed");
                usual()
            }
        }
    }
}

/// Where clients of a component reach a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports {
    component: Component,
    protocol: Protocol,
    endpoints: Vec<Endpoint>,
}

impl Ports {
    /// Looks at those of all servers at once, and tells for each server what clients meet. `after`: how long after the
    /// change, where there was one. A component without any port says nothing.
    pub fn probe(servers: &[&[Self]], after: Option<Duration>) -> Vec<Vec<Clients>> {
        let all = servers.iter().copied().flatten();
        let endpoints = all.flat_map(|ports| ports.endpoints.iter().cloned()).collect::<Vec<_>>();
        let mut results = probe_all(&endpoints, DEADLINE).into_iter();
        let mut clients = |ports: &Self| Clients {
            component: ports.component.clone(),
            protocol: ports.protocol,
            results: results.by_ref().take(ports.endpoints.len()).collect(),
            after,
        };
        let mut of_server = |server: &&[Self]| {
            let all = server.iter().map(&mut clients);
            all.filter(|clients| !clients.results.is_empty()).collect()
        };
        servers.iter().map(&mut of_server).collect()
    }
}
