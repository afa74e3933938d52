//! What is normal and what may be touched, as a value.

use super::{Component, Hold, KnownRequester, Obstacle, StartServices};

/// What is normal, and what may be changed without asking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// The components to look after; ServerWideOffline is always looked at beside them.
    pub components: Vec<Component>,
    /// Requesters whose holds may be lifted without asking.
    pub requesters: Vec<KnownRequester>,
    /// Whether holds of ServerWideOffline may be lifted: that ends maintenance.
    pub include_server_wide_offline: bool,
    /// Which stopped services may be started without asking.
    pub start_services: StartServices,
}

impl Default for Policy {
    /// PopProxy and ImapProxy; only HealthApi holds may be lifted, and only Automatic services started, without asking.
    fn default() -> Self {
        Self {
            components: vec![Component::new(Component::POP_PROXY), Component::new(Component::IMAP_PROXY)],
            requesters: vec![KnownRequester::HealthApi],
            include_server_wide_offline: false,
            start_services: StartServices::Automatic,
        }
    }
}

impl Policy {
    /// Components that are Inactive by default on premises (seen in exports of Exchange 2013 and 2016): no fault.
    const INACTIVE_BY_DEFAULT: [&'static str; 2] = ["ForwardSyncDaemon", "ProvisioningRps"];

    /// Whether being Inactive is the normal state of this component.
    pub fn is_normally_inactive(component: &Component) -> bool {
        Self::INACTIVE_BY_DEFAULT.iter().any(|name| component.is(name))
    }

    /// What this policy has against lifting a hold without asking; nothing: it may be lifted.
    pub fn objections(&self, hold: &Hold) -> Vec<Obstacle> {
        let mut objections = Vec::new();
        if hold.component.is_server_wide_offline() && !self.include_server_wide_offline {
            objections.push(Obstacle::ServerWideOfflineLeftAlone(hold.clone()));
        }
        if hold.requester.known().is_some_and(|known| !self.requesters.contains(&known)) {
            objections.push(Obstacle::NotAllowed(hold.clone()));
        }
        objections
    }

    /// What to look at on a server: the components and ServerWideOffline.
    pub fn looked_at(&self) -> Vec<Component> {
        let mut all = self.components.clone();
        let server_wide = Component::server_wide_offline();
        if !all.contains(&server_wide) {
            all.push(server_wide);
        }
        all
    }
}
