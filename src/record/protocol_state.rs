//! The instances of the DSC resource `Relight/ProtocolState`: what one asks for, as it is read, and its state, as it is
//! written. One schema describes both, because DSC checks both against one.

use std::io;

use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::domain::{
    self, Cmdlet, Component, Diagnosis, KnownRequester, Policy, Server, ServerSnapshot, Services, StartServices, State,
    diagnose, each_once, service_findings,
};

use super::change::InactiveEntry;
use super::document::{Exit, ascii};
use super::run::ServiceFinding;
use super::text::Text;

/// The schema of an instance.
pub const INSTANCE_SCHEMA: &str = include_str!("../../docs/schema/protocol-state-1.0.json");

/// One Exchange server on which PopProxy and ImapProxy are to be Active. No property has to be given.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProtocolState {
    /// The name of the instance in a configuration document: that of the server. Only an export says so.
    #[serde(rename = "_name", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("readOnly" = true)))]
    pub name: Option<Text<Server>>,
    /// The server, by host name or FQDN: the key. By default the server that relight runs on.
    pub server: Text<Server>,
    /// The components to look after.
    #[cfg_attr(test, schemars(extend("default" = ["PopProxy", "ImapProxy"], "minItems" = 1)))]
    pub components: Vec<Proxy>,
    /// The state of the components together. Active is all that can be asked for.
    #[cfg_attr(test, schemars(extend("default" = "Active")))]
    pub state: StateOfAll,
    /// The requesters whose entries may be set Active: these, and no others.
    #[cfg_attr(test, schemars(extend("default" = ["HealthApi"])))]
    pub requesters: Vec<Text<KnownRequester>>,
    /// Whether ServerWideOffline may be set Active too, which ends maintenance.
    #[cfg_attr(test, schemars(extend("default" = false)))]
    pub include_server_wide_offline: bool,
    /// Which stopped services may be started: automatic: those that start with Windows. manual: the Manual ones too.
    #[cfg_attr(test, schemars(extend("default" = "automatic")))]
    pub start_services: Text<StartServices>,
    /// The Exchange server, by FQDN, to open a remote session on. By default the Exchange Management Shell of this machine.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connect_to: Option<String>,
    /// What was read of each component, and of ServerWideOffline.
    #[cfg_attr(test, schemars(extend("readOnly" = true)))]
    pub component_states: Vec<ComponentState>,
    /// What is wrong with the services behind them; not where they could not be read.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("readOnly" = true)))]
    pub service_findings: Option<Vec<ServiceFinding>>,
    /// What relight check would end with, or the set ended with; not in a what-if, which saw nothing of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("readOnly" = true)))]
    pub exit_code: Option<u8>,
    /// The name of that exit code.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("readOnly" = true)))]
    pub exit: Option<&'static str>,
    /// Whether everything is as it should be; only a test says so.
    #[serde(rename = "_inDesiredState", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("readOnly" = true)))]
    pub in_desired_state: Option<bool>,
    /// What a what-if has to say beside the state.
    #[serde(rename = "_metadata", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(test, schemars(extend("readOnly" = true)))]
    pub metadata: Option<Metadata>,
}

/// A component that relight looks after.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub enum Proxy {
    PopProxy,
    ImapProxy,
}

/// The state of several components: the first of these that is that of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
pub enum StateOfAll {
    /// One of them serves nobody.
    Inactive,
    /// One of them takes nothing new.
    Draining,
    /// Of one of them that is not known.
    Unknown,
    /// All of them are.
    Active,
}

/// What was read of a component.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ComponentState {
    /// The component, spelled as it was read.
    pub component: Text<Component>,
    /// The effective state: Active, Inactive, Draining, or as Exchange names it.
    pub state: Text<State>,
    /// The entries that count and are not Active.
    pub inactive_entries: Vec<InactiveEntry>,
}

/// What a what-if has to say beside the state.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Metadata {
    /// The commands that a set would run, as they would be typed, in order.
    pub what_if: Vec<String>,
}

/// What an instance asks for.
#[derive(Debug)]
pub struct Desired {
    /// The server; `None`: the one that relight runs on.
    pub server: Option<Server>,
    /// What is to be looked after, and what may be touched.
    pub policy: Policy,
    /// The server to open a remote session on.
    pub connect_to: Option<Server>,
    /// The state that was asked for, where one was.
    pub state: Option<StateOfAll>,
}

/// What an instance may have. What a state has beside that is read over, so that one that was exported can be set.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Asked {
    server: Option<String>,
    components: Option<Vec<Proxy>>,
    state: Option<StateOfAll>,
    requesters: Option<Vec<Text<KnownRequester>>>,
    include_server_wide_offline: Option<bool>,
    start_services: Option<Text<StartServices>>,
    connect_to: Option<String>,
    #[serde(rename = "_name")]
    _name: Option<IgnoredAny>,
    #[serde(rename = "componentStates")]
    _component_states: Option<IgnoredAny>,
    #[serde(rename = "serviceFindings")]
    _service_findings: Option<IgnoredAny>,
    #[serde(rename = "exitCode")]
    _exit_code: Option<IgnoredAny>,
    #[serde(rename = "exit")]
    _exit: Option<IgnoredAny>,
    #[serde(rename = "_inDesiredState")]
    _in_desired_state: Option<IgnoredAny>,
    #[serde(rename = "_metadata")]
    _metadata: Option<IgnoredAny>,
}

/// A server as it is shown in a state, whether it was read or is foreseen.
#[derive(Debug)]
pub struct Instance<'a> {
    /// What was seen of it, or would be.
    pub seen: &'a ServerSnapshot,
    /// What relight ended with; `None`: it is foreseen.
    pub exit: Option<Exit>,
    /// Whether it is one of many, which have to be told apart.
    pub is_exported: bool,
    /// Whether that is what was asked for, where somebody wants to know.
    pub is_desired: Option<bool>,
    /// What a set would run, where it is foreseen.
    pub what_if: Vec<Cmdlet>,
}

/// Reads an instance; `None`: there is none.
///
/// # Errors
/// What is wrong with it, and where.
pub fn desired(text: &str) -> Result<Option<Desired>, String> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    // An array would do for its properties in their order.
    if !text.trim_start().starts_with('{') {
        return Err("it is no JSON object".to_owned());
    }
    let mut json = serde_json::Deserializer::from_str(text);
    let asked: Asked = serde_path_to_error::deserialize(&mut json).map_err(|error| error.to_string())?;
    json.end().map_err(|error| error.to_string())?;
    let server = |property: &str, name: Option<String>| {
        let parsed = name.map(|name| Server::parse(&name)).transpose();
        parsed.map_err(|error| format!("{property}: {error}; give a host name like EX01 or an FQDN"))
    };
    let usual = Policy::default();
    let components = match asked.components {
        Some(all) if all.is_empty() => return Err("components: name at least one".to_owned()),
        Some(all) => each_once(all.into_iter().map(Component::from)),
        None => usual.components.clone(),
    };
    Ok(Some(Desired {
        server: server("server", asked.server)?,
        connect_to: server("connectTo", asked.connect_to)?,
        state: asked.state,
        policy: Policy {
            components,
            requesters: asked
                .requesters
                .map_or(usual.requesters.clone(), |all| each_once(all.into_iter().map(|it| it.0))),
            include_server_wide_offline: asked.include_server_wide_offline.unwrap_or_default(),
            start_services: asked.start_services.map_or(usual.start_services, |it| it.0),
            ..usual
        },
    }))
}

/// The state of an instance as one line.
///
/// # Errors
/// When serialising fails, which no state is known to bring about.
pub fn protocol_state(instance: &Instance<'_>, policy: &Policy, connect_to: Option<&str>) -> io::Result<String> {
    let (seen, exit) = (instance.seen, instance.exit);
    let diagnoses = diagnose(seen);
    let component = |seen: &Diagnosis| ComponentState {
        component: (&seen.component).into(),
        state: (&seen.state).into(),
        inactive_entries: seen.entries.iter().map(InactiveEntry::from).collect(),
    };
    let services = match &seen.services {
        Services::Read(_) => Some(service_findings(&seen.services, &diagnoses)),
        Services::NotAsked | Services::Unreadable(_) => None,
    };
    let faults = |all: Vec<domain::ServiceFinding>| all.iter().filter(|it| it.is_fault()).map(Into::into).collect();
    let what_if = instance.what_if.iter().map(Cmdlet::to_string).collect::<Vec<_>>();
    let state = ProtocolState {
        name: instance.is_exported.then(|| (&seen.server).into()),
        server: (&seen.server).into(),
        components: policy.components.iter().filter_map(Proxy::of).collect(),
        state: StateOfAll::of(&policy.components, seen),
        requesters: policy.requesters.iter().map(Text::from).collect(),
        include_server_wide_offline: policy.include_server_wide_offline,
        start_services: Text(policy.start_services),
        connect_to: connect_to.map(str::to_owned),
        component_states: diagnoses.iter().map(component).collect(),
        service_findings: services.map(faults),
        exit_code: exit.map(|exit| exit.code),
        exit: exit.map(|exit| exit.name),
        in_desired_state: instance.is_desired,
        metadata: (!what_if.is_empty()).then_some(Metadata { what_if }),
    };
    Ok(ascii(&serde_json::to_string(&state).map_err(io::Error::other)?))
}

impl Proxy {
    fn of(component: &Component) -> Option<Self> {
        [Self::PopProxy, Self::ImapProxy].into_iter().find(|proxy| Component::from(*proxy) == *component)
    }
}

impl From<Proxy> for Component {
    fn from(proxy: Proxy) -> Self {
        Self::new(match proxy {
            Proxy::PopProxy => Self::POP_PROXY,
            Proxy::ImapProxy => Self::IMAP_PROXY,
        })
    }
}

impl StateOfAll {
    /// That of these components.
    pub fn of(components: &[Component], seen: &ServerSnapshot) -> Self {
        let one = |component: &Component| match seen.component(component).map(|it| &it.state) {
            Some(State::Active) => Self::Active,
            Some(State::Inactive) => Self::Inactive,
            Some(State::Draining) => Self::Draining,
            Some(State::Unknown(_)) | None => Self::Unknown,
        };
        components.iter().map(one).min().unwrap_or(Self::Unknown)
    }
}
