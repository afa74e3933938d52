//! The Windows services behind POP3 and IMAP4: a front end that clients reach and a back end that it hands them to. Where
//! they are not both there and running, a component that is Active serves nobody.

use super::Component;
use super::probe::Protocol;

/// One of the four services.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Service {
    /// What POP3 clients reach.
    PopFrontEnd,
    /// What it hands them to.
    PopBackEnd,
    /// What IMAP4 clients reach.
    ImapFrontEnd,
    /// What it hands them to.
    ImapBackEnd,
}

impl Service {
    /// All of them, the front end of each protocol first.
    pub const ALL: [Self; 4] = [Self::PopFrontEnd, Self::PopBackEnd, Self::ImapFrontEnd, Self::ImapBackEnd];

    /// The name by which Windows knows it.
    pub fn name(self) -> &'static str {
        match self {
            Self::PopFrontEnd => "MSExchangePop3",
            Self::PopBackEnd => "MSExchangePOP3BE",
            Self::ImapFrontEnd => "MSExchangeImap4",
            Self::ImapBackEnd => "MSExchangeIMAP4BE",
        }
    }

    /// Both halves of a protocol, the back end first: the order in which they are started.
    pub fn of(protocol: Protocol) -> [Self; 2] {
        match protocol {
            Protocol::Pop3 => [Self::PopBackEnd, Self::PopFrontEnd],
            Protocol::Imap4 => [Self::ImapBackEnd, Self::ImapFrontEnd],
        }
    }

    /// The service of this name, whatever its case.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|service| service.name().eq_ignore_ascii_case(name))
    }

    /// The component without which it serves nobody.
    pub fn component(self) -> Component {
        Component::new(match self {
            Self::PopFrontEnd | Self::PopBackEnd => Component::POP_PROXY,
            Self::ImapFrontEnd | Self::ImapBackEnd => Component::IMAP_PROXY,
        })
    }

    /// The protocol that it serves a half of.
    pub fn protocol(self) -> Protocol {
        match self {
            Self::PopFrontEnd | Self::PopBackEnd => Protocol::Pop3,
            Self::ImapFrontEnd | Self::ImapBackEnd => Protocol::Imap4,
        }
    }

    /// Whether it is the half that clients reach.
    pub fn is_front_end(self) -> bool {
        match self {
            Self::PopFrontEnd | Self::ImapFrontEnd => true,
            Self::PopBackEnd | Self::ImapBackEnd => false,
        }
    }

    /// The other half of its protocol.
    pub fn other_half(self) -> Self {
        match self {
            Self::PopFrontEnd => Self::PopBackEnd,
            Self::PopBackEnd => Self::PopFrontEnd,
            Self::ImapFrontEnd => Self::ImapBackEnd,
            Self::ImapBackEnd => Self::ImapFrontEnd,
        }
    }
}

/// What is known of the services of a server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Services {
    /// Nothing else could be seen, so they were not asked for.
    NotAsked,
    /// They could not be read, and why.
    Unreadable(String),
    /// Those that are installed: an Exchange 2013 server may have the front ends or the back ends alone.
    Read(Vec<ServiceSnapshot>),
}

/// One service as it was seen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceSnapshot {
    /// Which one.
    pub service: Service,
    /// Whether it runs.
    pub state: ServiceState,
    /// What starts it.
    pub start: StartType,
}

/// The Health Manager (`MSExchangeHM`) as it was seen. It runs Managed Availability and, about every 300 s, copies an Active
/// entry that is newer in Active Directory into the registry. It is none of the services that relight starts or stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HealthManager {
    /// Whether it runs.
    pub state: ServiceState,
    /// What starts it.
    pub start: StartType,
}

impl HealthManager {
    /// The name by which Windows knows it.
    pub const NAME: &'static str = "MSExchangeHM";
}

/// Whether a service runs (`Win32_Service.State`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServiceState {
    /// It runs.
    Running,
    /// It does not.
    Stopped,
    /// Anything between, such as `Start Pending`, as it was read.
    Other(String),
}

/// What starts a service (`Win32_Service.StartMode`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StartType {
    /// Windows does, at its own start.
    Automatic,
    /// Somebody has to: the default of these services, which leaves POP3 and IMAP4 off.
    Manual,
    /// Nobody can.
    Disabled,
    /// A name this version of relight does not know, as it was read.
    Other(String),
}

impl Services {
    /// What was seen of a service; `None`: not installed, or not known.
    pub fn of(&self, service: Service) -> Option<&ServiceSnapshot> {
        match self {
            Self::NotAsked | Self::Unreadable(_) => None,
            Self::Read(all) => all.iter().find(|seen| seen.service == service),
        }
    }

    /// Whether a service may be installed: it was seen, or nothing is known.
    pub fn may_have(&self, service: Service) -> bool {
        match self {
            Self::NotAsked | Self::Unreadable(_) => true,
            Self::Read(_) => self.of(service).is_some(),
        }
    }

    /// The front end of a component, where it is seen to be Stopped: clients of it are refused, whatever the component is.
    pub fn stopped_front_end(&self, component: &Component) -> Option<Service> {
        let front = Service::ALL.into_iter().find(|it| it.is_front_end() && it.component() == *component)?;
        self.of(front).filter(|seen| seen.state == ServiceState::Stopped).map(|seen| seen.service)
    }
}

impl ServiceState {
    /// The state of this name, whatever its case.
    pub fn parse(name: &str) -> Self {
        match name {
            _ if name.eq_ignore_ascii_case("Running") => Self::Running,
            _ if name.eq_ignore_ascii_case("Stopped") => Self::Stopped,
            _ => Self::Other(name.to_owned()),
        }
    }

    /// The name as Windows writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Running => "Running",
            Self::Stopped => "Stopped",
            Self::Other(name) => name,
        }
    }
}

impl StartType {
    /// The start type of this name: `Auto` and `Automatic` are the same, whatever their case.
    pub fn parse(name: &str) -> Self {
        match name {
            _ if name.eq_ignore_ascii_case("Auto") || name.eq_ignore_ascii_case("Automatic") => Self::Automatic,
            _ if name.eq_ignore_ascii_case("Manual") => Self::Manual,
            _ if name.eq_ignore_ascii_case("Disabled") => Self::Disabled,
            _ => Self::Other(name.to_owned()),
        }
    }

    /// The name as the services console writes it.
    pub fn name(&self) -> &str {
        match self {
            Self::Automatic => "Automatic",
            Self::Manual => "Manual",
            Self::Disabled => "Disabled",
            Self::Other(name) => name,
        }
    }
}
