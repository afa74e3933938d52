//! What a simulated server tells of why Managed Availability took a component down. Left out, there is nothing to tell: no
//! monitor is unhealthy, the settings are in order, and no event says anything.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::Component;
use crate::shell::protocol::{
    CertificateItem, CertificatesAnswer, MonitorItem, ProtocolSettingsAnswer, RecoveryActionItem,
    RecoveryActionsAnswer, ServerHealthAnswer,
};

use super::scenario::SimulatedServer;
use super::{answer, value};

/// `evidence` of a component in a scenario.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SimulatedEvidence {
    /// Monitors of its health set that are not healthy.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unhealthy: Vec<String>,
    /// `X509CertificateName`.
    pub certificate_name: String,
    /// When the certificate for that name ends, in UTC; left out: in many years.
    #[serde(with = "value::optional_utc", skip_serializing_if = "Option::is_none")]
    pub certificate_ends: Option<Timestamp>,
    /// `UnencryptedOrTLSBindings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plain_bindings: Option<Vec<String>>,
    /// `SSLBindings`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tls_bindings: Option<Vec<String>>,
    /// When it was taken offline, in UTC.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub taken_offline: Vec<SimulatedTakedown>,
}

/// One time that a component was taken offline.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SimulatedTakedown {
    /// The responder.
    pub responder: String,
    /// When, in UTC.
    #[serde(with = "value::utc")]
    pub at: Timestamp,
}

impl Default for SimulatedEvidence {
    fn default() -> Self {
        Self {
            unhealthy: Vec::new(),
            certificate_name: "mail.contoso.local".to_owned(),
            certificate_ends: None,
            plain_bindings: None,
            tls_bindings: None,
            taken_offline: Vec::new(),
        }
    }
}

/// Longer than any scenario lasts.
const MANY_YEARS: &str = "2099-12-31T00:00:00Z";

impl SimulatedServer {
    fn told(&self, component: &str) -> SimulatedEvidence {
        let wanted = Component::new(component);
        let found = self.evidence.iter().find(|(name, _)| wanted.is(name));
        found.map(|(_, told)| told.clone()).unwrap_or_default()
    }

    /// `Get-ServerHealth` of one health set: the proxy's own is the one that has anything to say.
    pub fn health(&self, health_set: &str) -> ServerHealthAnswer {
        let component = match health_set {
            "POP.Proxy" => Component::POP_PROXY,
            "IMAP.Proxy" => Component::IMAP_PROXY,
            _ => return ServerHealthAnswer::default(),
        };
        let item = |name: &str, alert: &str| MonitorItem {
            name: Some(name.to_owned()),
            health_set: Some(health_set.to_owned()),
            alert: Some(alert.to_owned()),
        };
        let mut monitors = vec![item("EscalationMonitor", "Healthy")];
        monitors.extend(self.told(component).unhealthy.iter().map(|name| item(name, "Unhealthy")));
        ServerHealthAnswer { monitors }
    }

    /// `Get-PopSettings` or `Get-ImapSettings`.
    pub fn settings(&self, protocol: &str) -> ProtocolSettingsAnswer {
        let (component, plain, tls) =
            if protocol == "POP3" { (Component::POP_PROXY, 110, 995) } else { (Component::IMAP_PROXY, 143, 993) };
        let told = self.told(component);
        let everywhere = |port: u16| vec![format!("[::]:{port}"), format!("0.0.0.0:{port}")];
        ProtocolSettingsAnswer {
            certificate_name: Some(told.certificate_name),
            plain_bindings: told.plain_bindings.unwrap_or_else(|| everywhere(plain)),
            tls_bindings: told.tls_bindings.unwrap_or_else(|| everywhere(tls)),
            simulated_ports: Vec::new(),
        }
    }

    /// `Get-ExchangeCertificate`.
    pub fn certificates(&self) -> CertificatesAnswer {
        let both = [Component::POP_PROXY, Component::IMAP_PROXY].map(|component| self.told(component));
        let item = |told: SimulatedEvidence| CertificateItem {
            names: vec![told.certificate_name],
            not_after: Some(told.certificate_ends.map_or_else(|| MANY_YEARS.to_owned(), answer::iso)),
        };
        CertificatesAnswer { certificates: both.into_iter().map(item).collect() }
    }

    /// The events of `TakeComponentOffline`.
    pub fn recovery_actions(&self) -> RecoveryActionsAnswer {
        let of = |component: &'static str| {
            let told = self.told(component).taken_offline.into_iter();
            told.map(move |takedown| RecoveryActionItem {
                component: Some(component.to_owned()),
                responder: Some(takedown.responder),
                at: Some(answer::iso(takedown.at)),
                state: Some("Finished".to_owned()),
                result: Some("Succeeded".to_owned()),
            })
        };
        RecoveryActionsAnswer { actions: of(Component::POP_PROXY).chain(of(Component::IMAP_PROXY)).collect() }
    }
}
