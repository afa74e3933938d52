//! What the shell answers to a call: the rules of the organisation, bent by the faults that apply.

use std::time::Duration;

use jiff::SignedDuration;
use serde::Serialize;
use serde_json::Value;

use crate::domain::probe::Protocol;
use crate::domain::{Component, Connection, Service, ServiceState};
use crate::shell::Capabilities;
use crate::shell::protocol::{
    Call, CallError, ComponentStateAnswer, ComponentStateObject, Connected, ExchangeServerAnswer, LoggedChangesAnswer,
    ServicesAnswer, SetComponentStateAnswer, SetupProcessAnswer, StartServiceAnswer, StopServiceAnswer,
};
use crate::simulator::format::{
    Fault, LateChange, Malformed, Names, Op, Scenario, ScenarioFile, SimulatedLog, SimulatedServer,
};

use super::clock::Clock;
use super::concurrent_changes::ConcurrentChanges;
use super::exchange::{Exchange, Stores};
use super::faults::Subject;
use super::ports::Ports;
use super::{answers, machine, refusals};

/// The cmdlets that relight uses.
const CMDLETS: [&str; 3] = ["Get-ExchangeServer", "Get-ServerComponentState", "Set-ServerComponentState"];

/// A shell with or without the Exchange cmdlets in it.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) exchange: Exchange,
    capabilities: Capabilities,
    loaded: bool,
    concurrent: ConcurrentChanges,
    ports: Ports,
}

/// What a shell knows beside the scenario that it plays.
#[derive(Debug)]
pub(crate) struct Memory {
    clock: Clock,
    concurrent: ConcurrentChanges,
}

impl Shell {
    pub(crate) fn new(exchange: Exchange, capabilities: Capabilities) -> Self {
        let ports = Ports::new(delay(exchange.scenario()));
        Self { exchange, capabilities, loaded: false, concurrent: ConcurrentChanges::default(), ports }
    }

    /// Plays what the scenario has become meanwhile.
    pub(crate) fn adopt(&mut self, scenario: Scenario) {
        if scenario.faults != self.exchange.scenario().faults {
            self.concurrent.forget_faults();
            self.ports.set_delay(delay(&scenario));
        }
        self.exchange.adopt(scenario);
    }

    /// What a call changes beside the scenario.
    pub(crate) fn memory(&self) -> Memory {
        Memory { clock: self.exchange.clock, concurrent: self.concurrent.clone() }
    }

    /// As it was before a call that has not happened.
    pub(crate) fn go_back(&mut self, memory: Memory, scenario: &Scenario) {
        self.exchange.adopt(scenario.clone());
        self.exchange.clock = memory.clock;
        self.concurrent = memory.concurrent;
    }

    /// Lets clients meet, too, what others change in this file.
    pub(crate) fn follow(&mut self, file: ScenarioFile) {
        self.ports.follow(file);
    }

    /// Carries a call out. `faults` are those that apply to it.
    ///
    /// # Errors
    /// As the cmdlets would.
    pub(crate) fn answer(&mut self, call: &Call, faults: &[Fault]) -> Result<Value, CallError> {
        if !self.capabilities.include(call) {
            let request = serde_json::to_value(call).unwrap_or_default();
            return Err(refusals::unknown_operation(request["op"].as_str().unwrap_or_default()));
        }
        self.needs(call)?;
        refused(call, faults)?;
        if let (true, Some(server)) = (call.is_write(), Subject::of(call).server) {
            self.open_ports(server);
        }
        match call {
            Call::Connect { connection, connect_to } => data(&self.connect(*connection, connect_to.as_deref())?),
            Call::GetExchangeServer { server } => {
                let server = self.exchange.server(server)?;
                data(&ExchangeServerAnswer {
                    name: Some(server.name.clone()),
                    fqdn: Some(server.fqdn()),
                    version: Some(server.version.clone()),
                    role: Some(server.role.clone()),
                })
            }
            Call::GetExchangeServers {} => data(&answers::servers(self.exchange.scenario())),
            Call::GetAvailabilityGroups {} => data(&answers::groups(self.exchange.scenario())),
            Call::GetSetupProcess { server } => {
                let known = self.machine(server)?;
                let processes = if known.setup_running { vec!["ExSetup.exe".to_owned()] } else { Vec::new() };
                data(&SetupProcessAnswer { processes })
            }
            Call::GetEnvironment {} => data(&machine::environment(self.exchange.scenario(), self.exchange.clock.now())),
            Call::GetRoleAssignment { account, server } => {
                let server = self.exchange.server(server)?;
                data(&machine::roles(self.exchange.scenario(), account, server))
            }
            Call::GetShellPolicy { .. } => data(&machine::shell_policy()),
            Call::GetServices { server, names } => {
                let known = self.machine(server)?;
                let mut services = known.services().ok_or_else(|| refusals::no_services(&known.name))?;
                let is_asked = |name: &str| names.iter().any(|asked| asked.eq_ignore_ascii_case(name));
                services.retain(|service| service.name.as_deref().is_some_and(is_asked));
                data(&ServicesAnswer { services })
            }
            Call::GetComponentState { server, component } => data(&self.get(server, component, faults)?),
            Call::GetServerHealth { server, health_set } => {
                let now = self.exchange.clock.now();
                data(&self.reached(server)?.health(health_set, now))
            }
            Call::GetProtocolSettings { server, protocol } => {
                let mut settings = self.reached(server)?.settings(protocol);
                self.ports.open(&self.exchange, server, protocol, &mut settings);
                data(&settings)
            }
            Call::GetCertificates { server } => data(&self.reached(server)?.certificates()),
            Call::GetRecoveryActions { server } => data(&self.machine(server)?.recovery_actions()),
            Call::GetMonitoringOverrides { server } => data(&self.reached(server)?.monitoring_overrides()),
            Call::GetAuditEntries { since, until } => {
                let servers = self.exchange.scenario().servers.iter();
                let audited = servers.flat_map(|server| server.logged(SimulatedLog::AdminAudit, since, until));
                data(&LoggedChangesAnswer { changes: audited.collect() })
            }
            Call::GetStateEvents { server, since, until } => {
                let changes = self.machine(server)?.logged(SimulatedLog::Application, since, until);
                data(&LoggedChangesAnswer { changes })
            }
            Call::StartService { server, service } => {
                let state = self.set_service(server, service, &ServiceState::Running)?;
                data(&StartServiceAnswer { state: Some(state) })
            }
            Call::StopService { server, service } => {
                let state = self.set_service(server, service, &ServiceState::Stopped)?;
                data(&StopServiceAnswer { state: Some(state) })
            }
            Call::SetComponentState { server, component, requester, state, local_only } => {
                let change = LateChange {
                    at: self.exchange.clock.now(),
                    server: server.clone(),
                    component: component.clone(),
                    requester: requester.clone(),
                    state: state.clone(),
                    local_only: *local_only,
                };
                self.set(change, faults)?;
                data(&SetComponentStateAnswer {})
            }
        }
    }

    /// What clients met before a change lasts until the service has followed it, whether or not anybody has looked yet.
    fn open_ports(&mut self, server: &str) {
        let Some(known) = self.exchange.scenario().machine(server) else { return };
        for protocol in [Protocol::Pop3, Protocol::Imap4].map(Protocol::name) {
            self.ports.open(&self.exchange, &known.name, protocol, &mut known.settings(protocol));
        }
    }

    /// Lets clients meet what the organisation has come to.
    pub(crate) fn update_ports(&self) {
        self.ports.update(&self.exchange);
    }

    /// The cmdlet behind a call must be there.
    fn needs(&self, call: &Call) -> Result<(), CallError> {
        let cmdlet = match call {
            Call::Connect { .. }
            | Call::GetSetupProcess { .. }
            | Call::GetEnvironment {}
            | Call::GetRoleAssignment { .. }
            | Call::GetShellPolicy { .. }
            | Call::GetServices { .. }
            | Call::GetRecoveryActions { .. }
            | Call::GetStateEvents { .. }
            | Call::StartService { .. }
            | Call::StopService { .. } => return Ok(()),
            Call::GetExchangeServer { .. } | Call::GetExchangeServers {} => CMDLETS[0],
            Call::GetAvailabilityGroups {} => "Get-DatabaseAvailabilityGroup",
            Call::GetServerHealth { .. } => "Get-ServerHealth",
            Call::GetMonitoringOverrides { .. } => "Get-ServerMonitoringOverride",
            Call::GetProtocolSettings { protocol, .. } if protocol == "POP3" => "Get-PopSettings",
            Call::GetProtocolSettings { .. } => "Get-ImapSettings",
            Call::GetCertificates { .. } => "Get-ExchangeCertificate",
            Call::GetAuditEntries { .. } => "Search-AdminAuditLog",
            Call::GetComponentState { .. } => CMDLETS[1],
            Call::SetComponentState { .. } => CMDLETS[2],
        };
        if self.loaded && !self.is_missing(cmdlet) { Ok(()) } else { Err(refusals::no_such_cmdlet(cmdlet)) }
    }

    /// The server on a machine that answers.
    fn machine(&self, name: &str) -> Result<&SimulatedServer, CallError> {
        let known = self.exchange.scenario().machine(name).ok_or_else(|| refusals::no_connection(name))?;
        if self.is_down(&known.name) { Err(refusals::no_connection(name)) } else { Ok(known) }
    }

    /// A server that answers.
    fn reached(&self, server: &str) -> Result<&SimulatedServer, CallError> {
        if self.is_down(server) { Err(refusals::server_down(server)) } else { self.exchange.server(server) }
    }

    fn connect(&mut self, connection: Connection, connect_to: Option<&str>) -> Result<Connected, CallError> {
        for fault in &self.exchange.scenario().faults {
            if let Fault::FailedLoad {} = fault {
                return Err(refusals::failed_load());
            }
            if let Fault::PromptOnLoad {} = fault {
                return Err(refusals::prompt());
            }
        }
        if connection == Connection::Ems && self.exchange.scenario().machine.tools.is_none() {
            return Err(refusals::no_tools());
        }
        let connected_to = match connection {
            Connection::Remote => connect_to.map(str::to_owned),
            // As Exchange does where it can: a session on the very server.
            Connection::Ems => {
                let scenario = self.exchange.scenario();
                scenario.server(scenario.computer()).map(SimulatedServer::fqdn)
            }
            Connection::Snapin => None,
        };
        if connection == Connection::Remote
            && let Some(server) = &connected_to
            && (self.exchange.scenario().server(server).is_none() || self.is_down(server))
        {
            return Err(refusals::cannot_open(server));
        }
        self.loaded = true;
        let cmdlets = CMDLETS.iter().filter(|name| !self.is_missing(name)).map(|&name| name.to_owned()).collect();
        let computer = self.exchange.scenario().computer().to_owned();
        let at = Some(answers::iso(self.exchange.clock.now()));
        Ok(Connected { computer: Some(computer), cmdlets, connected_to, at, ..Connected::default() })
    }

    fn get(&mut self, identity: &str, component: &str, faults: &[Fault]) -> Result<ComponentStateAnswer, CallError> {
        let server = self.reached(identity)?.name.clone();
        // Refused reads are no reads: the names are checked before anybody else acts.
        self.exchange.read(&server, component, true)?;
        self.concurrent.before_read(&mut self.exchange, &server, component);
        let readable = !faults.iter().any(|fault| matches!(fault, Fault::UnreadableRegistry { .. }));
        let reading = self.exchange.read(&server, component, readable)?;
        let scenario = self.exchange.scenario();
        let mut answer = answers::component_state(reading, scenario.shape, self.exchange.clock.now());
        for fault in faults {
            if let Fault::MalformedObjects { kind, .. } = fault {
                answer.objects = match kind {
                    Malformed::NoProperties => vec![ComponentStateObject::default()],
                    Malformed::NoObjects => Vec::new(),
                };
            }
            if let Fault::WrongServer { answers, .. } = fault {
                for object in &mut answer.objects {
                    object.server = Some(answers.clone());
                }
            }
        }
        Ok(answer)
    }

    fn set(&mut self, change: LateChange, faults: &[Fault]) -> Result<(), CallError> {
        let server = self.reached(&change.server)?.name.clone();
        for fault in faults {
            if let Fault::LateWrite { seconds, .. } = fault {
                let seconds = SignedDuration::from_secs(i64::from(*seconds));
                let at = change.at.saturating_add(seconds).unwrap_or(change.at);
                self.exchange.put_off(LateChange { at, server, ..change });
                return Ok(());
            }
        }
        let lost = |is: fn(&Fault) -> bool| faults.iter().any(is);
        let fails = lost(|fault| matches!(fault, Fault::RegistryFails { .. }));
        let stores = Stores {
            local: !fails && !lost(|fault| matches!(fault, Fault::LostRegistryWrite { .. })),
            remote: !change.local_only && !lost(|fault| matches!(fault, Fault::LostDirectoryWrite { .. })),
        };
        let LateChange { component, requester, state, .. } = &change;
        if change.local_only && !Component::new(component.as_str()).has_registry_alone() {
            return Err(refusals::not_local_only(component));
        }
        self.exchange.write(&server, component, requester, state, stores)?;
        self.concurrent.after_write(&self.exchange, &server, component, requester, state);
        if fails { Err(refusals::registry_fails(&server)) } else { Ok(()) }
    }

    fn set_service(&mut self, server: &str, service: &str, to: &ServiceState) -> Result<String, CallError> {
        let server = self.machine(server)?.name.clone();
        let service = Service::parse(service).ok_or_else(|| refusals::parameter("Service", service))?;
        self.exchange.set_service(&server, service, to)
    }

    fn is_down(&self, identity: &str) -> bool {
        let scenario = self.exchange.scenario();
        let Some(asked) = scenario.server(identity) else { return false };
        let is_it = |names: &Names| names.all().iter().any(|name| asked.is(name));
        scenario.faults.iter().any(|fault| matches!(fault, Fault::ServerDown { server } if is_it(server)))
    }

    fn is_missing(&self, cmdlet: &str) -> bool {
        let is_it = |name: &str| name.eq_ignore_ascii_case(cmdlet);
        let faults = &self.exchange.scenario().faults;
        faults.iter().any(|fault| matches!(fault, Fault::MissingCmdlet { cmdlet } if is_it(cmdlet)))
    }
}

/// How long a service takes to follow its component.
pub(super) fn delay(scenario: &Scenario) -> Duration {
    let delay = scenario
        .faults
        .iter()
        .find_map(|fault| if let Fault::SlowToFollow { milliseconds } = fault { Some(*milliseconds) } else { None });
    Duration::from_millis(delay.unwrap_or_default())
}

fn refused(call: &Call, faults: &[Fault]) -> Result<(), CallError> {
    for fault in faults {
        if let Fault::AccessDenied { .. } = fault {
            let on_load = Subject::of(call).op == Op::Connect;
            return Err(if on_load { refusals::access_denied_on_load() } else { refusals::access_denied() });
        }
        if let Fault::Refused { message, category, .. } = fault {
            return Err(refusals::refused(message, category));
        }
    }
    Ok(())
}

fn data(answer: &impl Serialize) -> Result<Value, CallError> {
    serde_json::to_value(answer).map_err(|error| refusals::not_a_request(&error.to_string()))
}
