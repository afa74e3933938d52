//! Why Managed Availability set a component Inactive, in documents.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{self, BindingDeadlock, ServerSnapshot};

use super::monitor::Monitor;
use super::text::Text;

/// What was found out about a component that HealthApi set Inactive.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The component.
    pub component: Text<domain::Component>,
    /// What may well be the cause, the likeliest first. bindingDeadlock: a specific address is the first
    /// of the SSL bindings, which is the one that the probe connects to.
    pub likely_causes: Vec<ClueKind>,
    /// The monitors of its health sets; null where they could not be read.
    pub monitors: Option<Vec<Monitor>>,
    /// What Exchange warned of when it was asked for them; null where it could not be.
    pub warnings: Option<Vec<String>>,
    /// X509CertificateName of the protocol's settings, empty where none is set; null where they could not be read.
    pub certificate_name: Option<String>,
    /// UnencryptedOrTLSBindings; null where the settings could not be read.
    pub plain_bindings: Option<Vec<String>>,
    /// SSLBindings; null where the settings could not be read.
    pub tls_bindings: Option<Vec<String>>,
    /// The SSL bindings in an order that ends a bindingDeadlock; null where there is none.
    pub tls_bindings_mended: Option<Vec<String>>,
    /// The certificates that Exchange has there; null where they could not be read.
    pub certificates: Option<Vec<CertificateSeen>>,
    /// When it was tried of late to take it offline, the last first; null where that could not be read.
    pub taken_offline: Option<Vec<TakenOffline>>,
    /// How long it has been Inactive, where that is so long that Managed Availability should have set it Active by itself;
    /// null: it is not.
    pub overdue_seconds: Option<u64>,
    /// What blocks that, as far as it was found. probeFails: its monitor alerts. bindingDeadlock: as of likelyCauses. healthManager: MSExchangeHM does not run, or
    /// does not start with Windows. frontEnd: its front end service does not, so that no monitors are made. override: one is
    /// about its health set. guard: Monitoring or RecoveryActionsEnabled is not Active.
    pub blocks: Vec<BlockKind>,
    /// The overrides of Managed Availability; null where they could not be read.
    pub overrides: Option<Vec<Override>>,
    /// Why something could not be read, as it came, each reason once.
    pub unread: Vec<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum ClueKind {
    NoCertificateName,
    NoSuchCertificate,
    CertificateExpired,
    BindingDeadlock,
    Unhealthy,
    NoMonitors,
    TakenOffline,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum BlockKind {
    ProbeFails,
    BindingDeadlock,
    HealthManager,
    FrontEnd,
    Override,
    Guard,
}

/// An override of Managed Availability.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Override {
    /// Whether it is one for the whole organisation.
    pub global: bool,
    /// Identity, for example POP.Proxy\PopProxyTestMonitor.
    pub identity: String,
    /// ItemType, for example Monitor.
    pub item_type: String,
    /// PropertyName, for example Enabled.
    pub property: String,
    /// PropertyValue.
    pub value: String,
}

/// A certificate, as far as it matters here.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CertificateSeen {
    /// The names it is for.
    pub names: Vec<String>,
    /// When it ends, UTC; null where that is not known.
    pub not_after: Option<Text<Timestamp>>,
}

/// One time that Managed Availability tried to take the component offline; whether it did, the entry's time tells.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TakenOffline {
    /// The responder that tried; null where that is not known.
    pub responder: Option<String>,
    /// When, UTC; null where that is not known.
    pub at: Option<Text<Timestamp>>,
}

impl Evidence {
    /// `seen`: the look that it explains.
    pub fn of(evidence: &domain::Evidence, seen: &ServerSnapshot) -> Self {
        let (settings, monitors) = (evidence.settings.as_ref().ok(), evidence.monitors.as_ref().ok());
        let certificate = |seen: &domain::CertificateSeen| CertificateSeen {
            names: seen.names.clone(),
            not_after: seen.not_after.map(Text),
        };
        let taken_offline =
            |one: &domain::Takedown| TakenOffline { responder: one.responder.clone(), at: one.at.map(Text) };
        Self {
            component: (&evidence.component).into(),
            likely_causes: evidence.clues(seen.taken).iter().map(ClueKind::from).collect(),
            monitors: monitors.map(|it| it.all.iter().map(Monitor::from).collect()),
            warnings: monitors.map(|it| it.warnings.clone()),
            certificate_name: settings.map(|it| it.certificate_name.clone()),
            plain_bindings: settings.map(|it| it.plain_bindings.clone()),
            tls_bindings: settings.map(|it| it.tls_bindings.clone()),
            tls_bindings_mended: settings.and_then(|it| BindingDeadlock::of(&it.tls_bindings)).map(|it| it.mended),
            certificates: evidence.certificates.as_ref().ok().map(|all| all.iter().map(certificate).collect()),
            taken_offline: evidence.takedowns.as_ref().ok().map(|all| all.iter().map(taken_offline).collect()),
            overdue_seconds: evidence.overdue(seen).map(|age| age.unsigned_abs().as_secs()),
            blocks: evidence.blocks(seen).iter().map(BlockKind::from).collect(),
            overrides: evidence.way_back.overrides.as_ref().ok().map(|all| all.iter().map(Override::from).collect()),
            unread: evidence.unread().into_iter().map(str::to_owned).collect(),
        }
    }
}

impl From<&domain::Block> for BlockKind {
    fn from(block: &domain::Block) -> Self {
        match block {
            domain::Block::ProbeFails(_) => Self::ProbeFails,
            domain::Block::BindingDeadlock(_) => Self::BindingDeadlock,
            domain::Block::HealthManager(_) => Self::HealthManager,
            domain::Block::FrontEnd(..) => Self::FrontEnd,
            domain::Block::Override(_) => Self::Override,
            domain::Block::Guard(_) => Self::Guard,
        }
    }
}

impl From<&domain::Override> for Override {
    fn from(it: &domain::Override) -> Self {
        Self {
            global: it.is_global,
            identity: it.identity.clone(),
            item_type: it.item_type.clone(),
            property: it.property.clone(),
            value: it.value.clone(),
        }
    }
}

impl From<&domain::Clue> for ClueKind {
    fn from(clue: &domain::Clue) -> Self {
        match clue {
            domain::Clue::NoCertificateName => Self::NoCertificateName,
            domain::Clue::NoSuchCertificate(_) => Self::NoSuchCertificate,
            domain::Clue::CertificateExpired(..) => Self::CertificateExpired,
            domain::Clue::BindingDeadlock(_) => Self::BindingDeadlock,
            domain::Clue::Unhealthy(_) => Self::Unhealthy,
            domain::Clue::NoMonitors(_) => Self::NoMonitors,
            domain::Clue::TakenDown(_) => Self::TakenOffline,
        }
    }
}
