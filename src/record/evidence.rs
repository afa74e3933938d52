//! Why Managed Availability took a component down, in documents.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{self, BindingDeadlock};

use super::text::Text;

/// What was found out about a component that HealthApi set Inactive.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The component.
    pub component: Text<domain::Component>,
    /// What may well be the cause, the likeliest first. bindingDeadlock: a specific address is the first
    /// of the SSL bindings, which is the one that the probe connects to.
    pub clues: Vec<ClueKind>,
    /// The monitors of its health sets that are not healthy; null where they could not be read.
    pub unhealthy: Option<Vec<String>>,
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
    /// When it was taken offline of late, the last first; null where that could not be read.
    pub takedowns: Option<Vec<Takedown>>,
    /// Why something could not be read, as it came, each reason once.
    pub unread: Vec<String>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum ClueKind {
    NoCertificateName,
    NoSuchCertificate,
    CertificateExpired,
    BindingDeadlock,
    Unhealthy,
    TakenDown,
}

/// A certificate, as far as it matters here.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct CertificateSeen {
    /// The names it is for.
    pub names: Vec<String>,
    /// When it ends, UTC; null where that is not known.
    pub not_after: Option<Text<Timestamp>>,
}

/// One time that Managed Availability took the component offline.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Takedown {
    /// The responder that did it; null where that is not known.
    pub responder: Option<String>,
    /// When, UTC; null where that is not known.
    pub at: Option<Text<Timestamp>>,
}

impl Evidence {
    /// `taken`: the time of the look.
    pub fn of(evidence: &domain::Evidence, taken: Timestamp) -> Self {
        let settings = evidence.settings.as_ref().ok();
        let certificate = |seen: &domain::CertificateSeen| CertificateSeen {
            names: seen.names.clone(),
            not_after: seen.not_after.map(Text),
        };
        let takedown = |one: &domain::Takedown| Takedown { responder: one.responder.clone(), at: one.at.map(Text) };
        Self {
            component: (&evidence.component).into(),
            clues: evidence.clues(taken).iter().map(ClueKind::from).collect(),
            unhealthy: evidence.unhealthy.clone().ok(),
            certificate_name: settings.map(|it| it.certificate_name.clone()),
            plain_bindings: settings.map(|it| it.plain_bindings.clone()),
            tls_bindings: settings.map(|it| it.tls_bindings.clone()),
            tls_bindings_mended: settings.and_then(|it| BindingDeadlock::of(&it.tls_bindings)).map(|it| it.mended),
            certificates: evidence.certificates.as_ref().ok().map(|all| all.iter().map(certificate).collect()),
            takedowns: evidence.takedowns.as_ref().ok().map(|all| all.iter().map(takedown).collect()),
            unread: evidence.unread().into_iter().map(str::to_owned).collect(),
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
            domain::Clue::TakenDown(_) => Self::TakenDown,
        }
    }
}
