//! What was seen of a server at one moment.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::{self, EntryTime, Requester, ServiceState, StartType, State, StoreReading, TroubleKind};

use super::text::Text;

/// A look at a server.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Look {
    /// The server as it was asked for.
    pub server: Text<domain::Server>,
    /// When the look began: UTC, by the clock of the machine the Exchange shell runs on.
    pub taken: Text<Timestamp>,
    /// Whether the shell runs on this very server, so that Windows there is asked and told directly, without -ComputerName.
    #[serde(default)]
    pub runs_shell: bool,
    /// What Get-ExchangeServer said; null where it could not be asked.
    pub exchange: Option<Exchange>,
    /// Whether Exchange setup runs there.
    pub setup: Setup,
    /// The services behind POP3 and IMAP4 that are installed; null where they were not asked for, or could not be read.
    pub services: Option<Vec<Service>>,
    /// Why the services could not be read, as it came; null where they could, or were not asked for.
    pub services_unreadable: Option<String>,
    /// The Health Manager (MSExchangeHM); null where it was not asked for, is not installed, or could not be read.
    pub health_manager: Option<HealthManager>,
    /// The components that could be read, in the order they were asked for.
    pub components: Vec<Component>,
    /// What could not be read, and why.
    pub troubles: Vec<Trouble>,
}

/// What Get-ExchangeServer says of a server.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Exchange {
    /// The name in Active Directory.
    pub name: Option<String>,
    /// The fully qualified name.
    pub fqdn: Option<String>,
    /// Major, minor, build, revision.
    pub version: Option<String>,
    /// The roles as Exchange writes them.
    pub role: Option<String>,
}

/// Whether Exchange setup (ExSetup.exe) runs on the server.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Setup {
    /// What is known of it. It is asked only where an answer matters.
    pub kind: SetupKind,
    /// Why it is not known, as it came.
    pub message: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum SetupKind {
    NotAsked,
    Running,
    NotRunning,
    Unknown,
}

/// A Windows service.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// The name by which Windows knows it.
    pub service: Text<domain::Service>,
    /// Running, Stopped, or anything between as Windows names it.
    pub state: Text<ServiceState>,
    /// What starts it: Automatic, Manual, Disabled, or as Windows names it.
    pub startup_type: Text<StartType>,
}

/// The service that runs Managed Availability and copies newer Active entries from Active Directory into the registry.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct HealthManager {
    /// Running, Stopped, or anything between as Windows names it.
    pub state: Text<ServiceState>,
    /// What starts it: Automatic, Manual, Disabled, or as Windows names it.
    pub startup_type: Text<StartType>,
}

/// A component as Get-ServerComponentState shows it.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// The component, spelled as it was read.
    pub component: Text<domain::Component>,
    /// The effective state: Active, Inactive, Draining, or as Exchange names it.
    pub state: Text<State>,
    /// ServerWideOfflineIsOffline.
    pub server_wide_offline: bool,
    /// LocalStates, the registry of that server; null where it could not be read.
    pub registry: Option<Store>,
    /// RemoteStates, Active Directory; null where it could not be read.
    pub active_directory: Option<Store>,
}

/// What one store has for a component.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Store {
    /// The entries, in the order they came.
    pub entries: Vec<Entry>,
    /// Items that came as text from which nothing can be told.
    pub illegible: Vec<String>,
}

/// One requester's recorded state and time.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Entry {
    /// On whose behalf, spelled as it was read.
    pub requester: Text<Requester>,
    /// The recorded state.
    pub state: Text<State>,
    #[serde(flatten)]
    pub time: Time,
}

/// When an entry was recorded.
#[derive(Debug, Default, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Time {
    /// When it was recorded, UTC; null where the time came as text.
    pub timestamp: Option<Text<Timestamp>>,
    /// The time as text in the culture of some other machine, as it came; null where it did not.
    pub timestamp_text: Option<String>,
}

/// Something that could not be done.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Trouble {
    /// What kind of trouble.
    pub kind: Text<TroubleKind>,
    /// The component it concerns; null: the whole server.
    pub component: Option<Text<domain::Component>>,
    /// What the shell said, as it came, in its language.
    pub message: String,
}

impl From<&domain::ServerSnapshot> for Look {
    fn from(seen: &domain::ServerSnapshot) -> Self {
        let (services, services_unreadable) = match &seen.services {
            domain::Services::NotAsked => (None, None),
            domain::Services::Unreadable(why) => (None, Some(why.clone())),
            domain::Services::Read(all) => (Some(all.iter().map(Service::from).collect()), None),
        };
        Self {
            server: (&seen.server).into(),
            taken: Text(seen.taken),
            runs_shell: seen.runs_shell,
            exchange: seen.exchange.as_ref().map(Exchange::from),
            setup: (&seen.setup).into(),
            services,
            services_unreadable,
            health_manager: seen.health_manager.as_ref().map(HealthManager::from),
            components: seen.components.iter().map(Component::from).collect(),
            troubles: seen.troubles.iter().map(Trouble::from).collect(),
        }
    }
}

impl Look {
    pub fn read(self) -> Option<domain::ServerSnapshot> {
        Some(domain::ServerSnapshot {
            server: self.server.0,
            taken: self.taken.0,
            runs_shell: self.runs_shell,
            exchange: self.exchange.map(Exchange::read),
            setup: self.setup.read(),
            services: match (self.services, self.services_unreadable) {
                (Some(all), _) => domain::Services::Read(all.into_iter().map(Service::read).collect()),
                (None, Some(why)) => domain::Services::Unreadable(why),
                (None, None) => domain::Services::NotAsked,
            },
            health_manager: self.health_manager.map(HealthManager::read),
            components: self.components.into_iter().map(Component::read).collect::<Option<_>>()?,
            troubles: self.troubles.into_iter().map(Trouble::read).collect(),
        })
    }
}

impl From<&domain::ExchangeServer> for Exchange {
    fn from(server: &domain::ExchangeServer) -> Self {
        let domain::ExchangeServer { name, fqdn, version, role } = server.clone();
        Self { name, fqdn, version, role }
    }
}

impl Exchange {
    fn read(self) -> domain::ExchangeServer {
        let Self { name, fqdn, version, role } = self;
        domain::ExchangeServer { name, fqdn, version, role }
    }
}

impl From<&domain::Setup> for Setup {
    fn from(setup: &domain::Setup) -> Self {
        let (kind, message) = match setup {
            domain::Setup::NotAsked => (SetupKind::NotAsked, None),
            domain::Setup::Running => (SetupKind::Running, None),
            domain::Setup::NotRunning => (SetupKind::NotRunning, None),
            domain::Setup::Unknown(why) => (SetupKind::Unknown, Some(why.clone())),
        };
        Self { kind, message }
    }
}

impl Setup {
    fn read(self) -> domain::Setup {
        match self.kind {
            SetupKind::NotAsked => domain::Setup::NotAsked,
            SetupKind::Running => domain::Setup::Running,
            SetupKind::NotRunning => domain::Setup::NotRunning,
            SetupKind::Unknown => domain::Setup::Unknown(self.message.unwrap_or_default()),
        }
    }
}

impl From<&domain::ServiceSnapshot> for Service {
    fn from(seen: &domain::ServiceSnapshot) -> Self {
        Self { service: Text(seen.service), state: (&seen.state).into(), startup_type: (&seen.start).into() }
    }
}

impl Service {
    fn read(self) -> domain::ServiceSnapshot {
        domain::ServiceSnapshot { service: self.service.0, state: self.state.0, start: self.startup_type.0 }
    }
}

impl From<&domain::HealthManager> for HealthManager {
    fn from(seen: &domain::HealthManager) -> Self {
        Self { state: (&seen.state).into(), startup_type: (&seen.start).into() }
    }
}

impl HealthManager {
    fn read(self) -> domain::HealthManager {
        domain::HealthManager { state: self.state.0, start: self.startup_type.0 }
    }
}

impl From<&domain::ComponentSnapshot> for Component {
    fn from(seen: &domain::ComponentSnapshot) -> Self {
        let store = |reading: &StoreReading| match reading {
            StoreReading::Unreadable => None,
            StoreReading::Read { entries, opaque } => {
                Some(Store { entries: entries.iter().map(Entry::from).collect(), illegible: opaque.clone() })
            }
        };
        Self {
            component: (&seen.component).into(),
            state: (&seen.state).into(),
            server_wide_offline: seen.server_wide_offline,
            registry: store(&seen.local),
            active_directory: store(&seen.remote),
        }
    }
}

impl Component {
    fn read(self) -> Option<domain::ComponentSnapshot> {
        let reading = |store: Option<Store>| {
            let Some(store) = store else { return Some(StoreReading::Unreadable) };
            let entries = store.entries.into_iter().map(Entry::read).collect::<Option<_>>()?;
            Some(StoreReading::Read { entries, opaque: store.illegible })
        };
        Some(domain::ComponentSnapshot {
            component: self.component.0,
            state: self.state.0,
            server_wide_offline: self.server_wide_offline,
            local: reading(self.registry)?,
            remote: reading(self.active_directory)?,
        })
    }
}

impl From<&domain::Entry> for Entry {
    fn from(entry: &domain::Entry) -> Self {
        Self { requester: (&entry.requester).into(), state: (&entry.state).into(), time: (&entry.time).into() }
    }
}

impl Entry {
    fn read(self) -> Option<domain::Entry> {
        Some(domain::Entry { requester: self.requester.0, state: self.state.0, time: self.time.read()? })
    }
}

impl From<&EntryTime> for Time {
    fn from(time: &EntryTime) -> Self {
        match time {
            EntryTime::Utc(at) => Self { timestamp: Some(Text(*at)), timestamp_text: None },
            EntryTime::Text(text) => Self { timestamp: None, timestamp_text: Some(text.clone()) },
        }
    }
}

impl Time {
    pub fn read(self) -> Option<EntryTime> {
        let instant = self.timestamp.map(|at| EntryTime::Utc(at.0));
        instant.or_else(|| self.timestamp_text.map(EntryTime::Text))
    }
}

impl From<&domain::Trouble> for Trouble {
    fn from(trouble: &domain::Trouble) -> Self {
        Self {
            kind: Text(trouble.kind),
            component: trouble.component.as_ref().map(Text::from),
            message: trouble.message.clone(),
        }
    }
}

impl Trouble {
    pub fn read(self) -> domain::Trouble {
        let component = self.component.map(|component| component.0);
        domain::Trouble { kind: self.kind.0, component, message: self.message }
    }
}
