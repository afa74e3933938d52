//! What is normal and what may be touched, as a value.

use jiff::SignedDuration;

use super::{Change, Component, KnownRequester, Obstacle, StartType, each_once};

/// What is normal, and what may be changed without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The components to look after; ServerWideOffline is always looked at beside them.
    pub components: Vec<Component>,
    /// Requesters whose entries may be set Active without asking.
    pub requesters: Vec<KnownRequester>,
    /// Requesters whose entries are passed over: what they alone keep Inactive counts for nothing.
    pub ignored: Vec<KnownRequester>,
    /// How old an entry of Maintenance may be and still count as planned; `None`: as old as it likes.
    pub maintenance_max: Option<SignedDuration>,
    /// Whether ServerWideOffline may be set: Active, which ends maintenance, or back in an undo.
    pub include_server_wide_offline: bool,
    /// Which stopped services may be started without asking.
    pub start_services: StartServices,
    /// Whether an undo may stop the services that its run started.
    pub stop_services: bool,
}

/// Which stopped services may be started without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StartServices {
    /// Those that start with Windows.
    #[default]
    Automatic,
    /// The Manual ones too, where their protocol is in use or its component is being set Active.
    Manual,
    /// None.
    None,
}

impl StartServices {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Automatic, Self::Manual, Self::None];

    /// The word that is typed, and that stands in documents.
    pub fn name(self) -> &'static str {
        match self {
            Self::Automatic => "automatic",
            Self::Manual => "manual",
            Self::None => "none",
        }
    }
}

impl Default for Policy {
    /// PopProxy and ImapProxy; only HealthApi's entries may be set, and only Automatic services started, without asking.
    fn default() -> Self {
        Self {
            components: vec![Component::new(Component::POP_PROXY), Component::new(Component::IMAP_PROXY)],
            requesters: vec![KnownRequester::HealthApi],
            ignored: Vec::new(),
            maintenance_max: None,
            include_server_wide_offline: false,
            start_services: StartServices::Automatic,
            stop_services: false,
        }
    }
}

impl Policy {
    /// What this policy has against a change without asking; nothing: it may be made.
    pub fn objections(&self, change: &Change) -> Vec<Obstacle> {
        let mut objections = Vec::new();
        match change {
            Change::SetState { entry, .. } => {
                if change.is_server_wide() && !self.include_server_wide_offline {
                    objections.push(Obstacle::OwnConsent(entry.clone()));
                }
                let known = entry.requester.known();
                if change.brings_back() && known.is_some_and(|known| !self.requesters.contains(&known)) {
                    objections.push(Obstacle::RequesterNotAllowed(entry.clone()));
                }
            }
            Change::SetService { service, startup, .. } if change.brings_back() => {
                objections.extend(match (self.start_services, startup) {
                    (StartServices::None, _) => Some(Obstacle::ServiceNotAllowed(*service)),
                    (StartServices::Automatic, StartType::Manual | StartType::Other(_)) => {
                        Some(Obstacle::ServiceManual(*service))
                    }
                    (StartServices::Automatic, StartType::Automatic | StartType::Disabled)
                    | (StartServices::Manual, _) => None,
                });
            }
            Change::SetService { service, .. } => {
                objections.extend((!self.stop_services).then_some(Obstacle::StopNotAsked(*service)));
            }
        }
        objections
    }

    /// What to look at on a server: the components and ServerWideOffline.
    pub fn looked_at(&self) -> Vec<Component> {
        each_once(self.components.iter().cloned().chain([Component::server_wide_offline()]))
    }
}
