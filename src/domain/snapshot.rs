//! Everything observed at one moment.

use jiff::Timestamp;

use super::{Component, HealthManager, Server, ServiceState, Services, StartType, State, StoreReading, Trouble};

/// One server, as it was seen at one moment, with what could not be seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerSnapshot {
    /// The server as it was asked for (`-Identity`).
    pub server: Server,
    /// When the look began: UTC, by the clock of the machine the Exchange shell runs on.
    pub taken: Timestamp,
    /// Whether the shell runs on this very server, so that Windows there is asked directly, without a name.
    pub runs_shell: bool,
    /// What `Get-ExchangeServer` said, where it could be asked.
    pub exchange: Option<ExchangeServer>,
    /// Whether Exchange setup runs there; asked only where an answer matters.
    pub setup: Setup,
    /// The services behind POP3 and IMAP4. What cannot be read of them is said here and is never a trouble: whether a
    /// component is Inactive does not hang on it.
    pub services: Services,
    /// The Health Manager; `None`: not asked for, not installed, or not to be read.
    pub health_manager: Option<HealthManager>,
    /// The components that could be read, in the order they were asked for.
    pub components: Vec<ComponentSnapshot>,
    /// What could not be read, and why.
    pub troubles: Vec<Trouble>,
}

impl ServerSnapshot {
    /// A look that has seen nothing yet.
    pub fn begun(server: &Server, taken: Timestamp) -> Self {
        Self {
            server: server.clone(),
            taken,
            runs_shell: false,
            exchange: None,
            setup: Setup::NotAsked,
            services: Services::NotAsked,
            health_manager: None,
            components: Vec::new(),
            troubles: Vec::new(),
        }
    }

    /// What was seen of a component.
    pub fn component(&self, component: &Component) -> Option<&ComponentSnapshot> {
        self.components.iter().find(|seen| seen.component == *component)
    }

    /// The Health Manager, where it does not run, or not always.
    pub fn idle_health_manager(&self) -> Option<&HealthManager> {
        let is_idle = |it: &&HealthManager| it.state != ServiceState::Running || it.start != StartType::Automatic;
        self.health_manager.as_ref().filter(is_idle)
    }

    /// Where it stands among the components that were seen, which is the order of every screen; `None`: it was not seen.
    pub fn position(&self, component: &Component) -> Option<usize> {
        self.components.iter().position(|seen| seen.component == *component)
    }

    /// Whether the server is offline server-wide: ServerWideOffline is not Active, or a component says so.
    pub fn is_server_wide_offline(&self) -> bool {
        self.components.iter().any(|seen| {
            seen.server_wide_offline || (seen.component.is_server_wide_offline() && seen.state != State::Active)
        })
    }
}

/// What `Get-ExchangeServer` says of a server. Fields are `None` where the answer lacked them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExchangeServer {
    /// The name in Active Directory.
    pub name: Option<String>,
    /// The fully qualified name.
    pub fqdn: Option<String>,
    /// Major, minor, build, revision, for example 15.1.2375.7.
    pub version: Option<String>,
    /// The roles as Exchange writes them, for example `Mailbox, ClientAccess`.
    pub role: Option<String>,
}

/// The product of a version such as `15.1.2507.6` or `Version 15.1 (Build 32507.6)`: Exchange SE goes on counting where 2019
/// ended, from build 2562.
pub fn product(version: &str) -> Option<&'static str> {
    let parts = version.split(|c: char| !c.is_ascii_digit()).filter(|part| !part.is_empty());
    match parts.map(str::parse::<u32>).collect::<Result<Vec<_>, _>>().ok()?[..] {
        [15, 0, ..] => Some("2013"),
        [15, 1, ..] => Some("2016"),
        [15, 2, build, ..] => Some(if build % 30_000 >= 2562 { "SE" } else { "2019" }),
        _ => None,
    }
}

/// Whether Exchange setup (`ExSetup.exe`) runs on a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Setup {
    /// Nothing depended on it.
    NotAsked,
    /// It runs.
    Running,
    /// It does not run.
    NotRunning,
    /// It could not be told, and why.
    Unknown(String),
}

/// One component as `Get-ServerComponentState` showed it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ComponentSnapshot {
    /// The component, spelled as it was read.
    pub component: Component,
    /// The effective state: what Exchange reports.
    pub state: State,
    /// `ServerWideOfflineIsOffline`.
    pub server_wide_offline: bool,
    /// `LocalStates`: the registry of that server.
    pub local: StoreReading,
    /// `RemoteStates`: Active Directory.
    pub remote: StoreReading,
}
