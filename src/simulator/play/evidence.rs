//! What the simulated cmdlets tell of why Managed Availability took a component offline.

use crate::domain::Component;
use crate::domain::probe::covers;
use crate::shell::protocol::{
    CertificateItem, CertificatesAnswer, LoggedChangeItem, MonitorItem, ProtocolSettingsAnswer, RecoveryActionItem,
    RecoveryActionsAnswer, ServerHealthAnswer,
};
use crate::simulator::format::{SimulatedChange, SimulatedEvidence, SimulatedLog, SimulatedServer};

use super::answers::iso;

/// Longer than any scenario lasts.
const MANY_YEARS: &str = "2099-12-31T00:00:00Z";

impl SimulatedServer {
    fn told(&self, component: &str) -> SimulatedEvidence {
        let wanted = Component::new(component);
        let found = self.evidence.iter().find(|(name, _)| wanted.is(name));
        found.map(|(_, told)| told.clone()).unwrap_or_default()
    }

    /// `Get-ServerHealth` of one health set: the proxy's own is the one that has anything to say.
    pub(crate) fn health(&self, health_set: &str) -> ServerHealthAnswer {
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
    pub(crate) fn settings(&self, protocol: &str) -> ProtocolSettingsAnswer {
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
    pub(crate) fn certificates(&self) -> CertificatesAnswer {
        let both = [Component::POP_PROXY, Component::IMAP_PROXY].map(|component| self.told(component));
        let item = |told: SimulatedEvidence| match told.certificate_raw_data {
            Some(bytes) => CertificateItem { raw_data: Some(bytes), ..CertificateItem::default() },
            None => CertificateItem {
                names: told.certificate_names.unwrap_or_else(|| vec![told.certificate_name]),
                not_after: Some(told.certificate_ends.map_or_else(|| MANY_YEARS.to_owned(), iso)),
                raw_data: None,
            },
        };
        CertificatesAnswer { certificates: both.into_iter().map(item).collect() }
    }

    /// Whether one of its certificates is for this name, or may be.
    pub(crate) fn has_certificate(&self, name: &str) -> bool {
        let is_for = |it: &CertificateItem| it.raw_data.is_some() || it.names.iter().any(|one| covers(one, name));
        self.certificates().certificates.iter().any(is_for)
    }

    /// What clients of a component are told before they are cut off.
    pub(crate) fn turns_away(&self, component: &str) -> Option<String> {
        self.told(component).turns_away
    }

    /// What a log has of component states between two times, in seconds since 1970.
    pub(crate) fn logged(&self, log: SimulatedLog, since: &str, until: &str) -> Vec<LoggedChangeItem> {
        let [since, until] = [since, until].map(|text| text.parse::<i64>().unwrap_or_default());
        let of_log = self.logged.iter().filter(|it| it.log == log && (since..=until).contains(&it.at.as_second()));
        let item = |change: &SimulatedChange| {
            let told = [&change.component, &change.requester, &change.state].map(Clone::clone);
            let (event, server) = match log {
                SimulatedLog::AdminAudit => (None, Some(self.name.clone())),
                SimulatedLog::Application => (Some(4109), None),
            };
            LoggedChangeItem {
                at: Some(iso(change.at)),
                account: change.account.clone(),
                event,
                values: told.into_iter().chain(server).collect(),
            }
        };
        of_log.map(item).collect()
    }

    /// The events of `TakeComponentOffline`.
    pub(crate) fn recovery_actions(&self) -> RecoveryActionsAnswer {
        let of = |component: &'static str| {
            let told = self.told(component).taken_offline.into_iter();
            told.map(move |takedown| RecoveryActionItem {
                component: Some(component.to_owned()),
                responder: Some(takedown.responder),
                at: Some(iso(takedown.at)),
                state: Some("Finished".to_owned()),
                result: Some("Succeeded".to_owned()),
            })
        };
        RecoveryActionsAnswer { actions: of(Component::POP_PROXY).chain(of(Component::IMAP_PROXY)).collect() }
    }
}
