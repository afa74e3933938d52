//! Looking at a server as its clients do: which ports, Exchange tells; what is met there, the probe.

use std::time::Duration;

use crate::domain::probe::{Endpoint, Host, Protocol, Security};
use crate::domain::{Clients, Component, Event, Server, ServerSnapshot, Service};
use crate::shell::Program;
use crate::shell::protocol::{Call, ProtocolSettingsAnswer, SimulatedPort};

use super::observer::LOCAL_HOST;
use super::{Observer, evidence};
use crate::probe::probe_all;

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
            let name = settings.as_ref().ok().and_then(|settings| settings.certificate_name.clone());
            let back_end = self.back_end(seen, &host, protocol, settings.as_ref().ok());
            let endpoints = self.endpoints(&host, protocol, settings);
            Some(Ports { component: component.clone(), protocol, certificate_name: name, endpoints, back_end })
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
        match settings {
            // The name of a simulated server means nothing outside of the simulation: only what stands in for it is looked at.
            Ok(answer) if self.is_simulated() => {
                let ports = answer.simulated_ports.iter().filter(|port| !port.back_end);
                ports.map(|port| stands_in(port, host, protocol)).collect()
            }
            Err(_) if self.is_simulated() => Vec::new(),
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

    /// The port of the back end, where this machine is that server: elsewhere a firewall may stand in between, and a client
    /// never goes there. A server may have no back end.
    fn back_end(
        &self,
        seen: &ServerSnapshot,
        host: &Host,
        protocol: Protocol,
        settings: Option<&ProtocolSettingsAnswer>,
    ) -> Option<Endpoint> {
        let [back_end, _] = Service::of(protocol);
        if !seen.services.may_have(back_end) || self.machine(&seen.server) != LOCAL_HOST {
            None
        } else if self.is_simulated() {
            let port = settings?.simulated_ports.iter().find(|port| port.back_end)?;
            Some(stands_in(port, host, protocol))
        } else {
            Some(Endpoint::back_end(host.clone(), protocol))
        }
    }

    fn is_simulated(&self) -> bool {
        match self.program() {
            Program::PowerShell { .. } => false,
            Program::Simulator { .. } => true,
        }
    }
}

/// A port of this machine in the place of one of a simulated server.
fn stands_in(port: &SimulatedPort, host: &Host, protocol: Protocol) -> Endpoint {
    let security = if port.tls { Security::Tls } else { Security::Plain };
    Endpoint { simulated: Some(port.at), ..Endpoint::known(host.clone(), port.port, protocol, security) }
}

/// Where clients of a component reach a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ports {
    component: Component,
    protocol: Protocol,
    certificate_name: Option<String>,
    endpoints: Vec<Endpoint>,
    back_end: Option<Endpoint>,
}

impl Ports {
    /// How long a host usually may take within a run; a server that answers at all does so at once.
    pub const DEADLINE: Duration = Duration::from_secs(10);

    /// Looks at those of all servers at once, each host within `deadline`, and tells for each server what clients meet.
    /// `after`: how long after the change, where there was one. A component without any port says nothing.
    pub fn probe(servers: &[&[Self]], after: Option<Duration>, deadline: Duration) -> Vec<Vec<Clients>> {
        let all = servers.iter().copied().flatten();
        let endpoints =
            all.flat_map(|ports| ports.endpoints.iter().chain(&ports.back_end).cloned()).collect::<Vec<_>>();
        let mut results = probe_all(&endpoints, deadline).into_iter();
        let mut clients = |ports: &Self| Clients {
            component: ports.component.clone(),
            protocol: ports.protocol,
            certificate_name: ports.certificate_name.clone(),
            results: results.by_ref().take(ports.endpoints.len()).collect(),
            back_end: ports.back_end.as_ref().and_then(|_| results.next()),
            after,
        };
        let mut of_server = |server: &&[Self]| {
            let all = server.iter().map(&mut clients);
            all.filter(|clients| !clients.results.is_empty()).collect()
        };
        servers.iter().map(&mut of_server).collect()
    }
}
