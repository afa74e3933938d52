//! Why a component has not come back by itself. A responder of Managed Availability sets it Active within about 5 minutes
//! once its monitors are Healthy; an entry of HealthApi that is older than that and a little more says that the way back is
//! blocked.

use super::{Asked, BindingDeadlock, Component, Diagnosis, HealthManager, Service, StartType};

/// An override of Managed Availability.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Override {
    /// Whether it is one for the whole organisation.
    pub is_global: bool,
    /// `Identity`, for example `POP.Proxy\PopProxyTestMonitor`.
    pub identity: String,
    /// `ItemType`: `Probe`, `Monitor`, `Responder` or `Maintenance`.
    pub item_type: String,
    /// `PropertyName`, for example `Enabled`.
    pub property: String,
    /// `PropertyValue`.
    pub value: String,
}

/// What Managed Availability needs on a server to bring a component back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WayBack {
    /// The overrides.
    pub overrides: Asked<Vec<Override>>,
    /// The components `Monitoring` and `RecoveryActionsEnabled`.
    pub guards: Asked<Vec<Diagnosis>>,
}

/// Something that blocks the way back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Block {
    /// The probe still fails: this monitor alerts.
    ProbeFails(&'static str),
    /// A specific address is the first SSL binding, where an Inactive front end lets no probe in.
    BindingDeadlock(BindingDeadlock),
    /// The Health Manager does not run, or does not start with Windows.
    HealthManager(HealthManager),
    /// No monitors are made for a front end service that does not start with Windows.
    FrontEnd(Service, StartType),
    /// An override is about the health set of the proxy.
    Override(Override),
    /// `Monitoring` or `RecoveryActionsEnabled` is not Active.
    Guard(Diagnosis),
}

impl WayBack {
    /// The components without which Managed Availability does nothing on a server.
    pub fn guards() -> [Component; 2] {
        ["Monitoring", "RecoveryActionsEnabled"].map(Component::new)
    }
}
