//! What the simulated cmdlets tell of why Managed Availability took a component offline.

use jiff::{SignedDuration, Timestamp};

use crate::domain::probe::covers;
use crate::domain::{Component, ServiceState, State};
use crate::shell::protocol::{
    CertificateItem, CertificatesAnswer, LoggedChangeItem, MonitorItem, MonitoringOverridesAnswer, OverrideItem,
    ProtocolSettingsAnswer, RecoveryActionItem, RecoveryActionsAnswer, ServerHealthAnswer,
};
use crate::simulator::format::{
    SimulatedChange, SimulatedEvidence, SimulatedLog, SimulatedMonitor, SimulatedOverride, SimulatedServer,
};

use super::answers::iso;
use super::exchange::own_state;

/// Longer than any scenario lasts.
const MANY_YEARS: &str = "2099-12-31T00:00:00Z";

impl SimulatedServer {
    fn told(&self, component: &str) -> SimulatedEvidence {
        let wanted = Component::new(component);
        let found = self.evidence.iter().find(|(name, _)| wanted.is(name));
        found.map(|(_, told)| told.clone()).unwrap_or_default()
    }

    /// `Get-ServerHealth` of one health set: the proxy's own is the one that has anything to say. `now`: the time there.
    pub(crate) fn health(&self, health_set: &str, now: Timestamp) -> ServerHealthAnswer {
        let (component, monitor) = match health_set {
            "POP.Proxy" => (Component::POP_PROXY, "PopProxyTestMonitor"),
            "IMAP.Proxy" => (Component::IMAP_PROXY, "ImapProxyTestMonitor"),
            _ => return ServerHealthAnswer { at: Some(iso(now)), ..ServerHealthAnswer::default() },
        };
        if !self.health_manager_runs() {
            let warning = format!("The Health Manager on server '{}' gave no result.", self.name);
            return ServerHealthAnswer { at: Some(iso(now)), warnings: vec![warning], monitors: Vec::new() };
        }
        let told = self.told(component);
        let item = |name: &str, alert: &str, executed: Timestamp| MonitorItem {
            name: Some(name.to_owned()),
            health_set: Some(health_set.to_owned()),
            alert: Some(alert.to_owned()),
            executed: Some(iso(executed)),
            ..MonitorItem::default()
        };
        let (alert, executed) = self.result(component, &told.monitor, now);
        let mut monitors = vec![item(monitor, &alert, executed)];
        let others = told.unhealthy.iter().filter(|name| **name != monitor);
        monitors.extend(others.map(|name| item(name, "Unhealthy", now)));
        ServerHealthAnswer { monitors, warnings: Vec::new(), at: Some(iso(now.max(executed))) }
    }

    /// What the monitor of a component says last, and since when. A scenario whose clock stands still is asked when its first
    /// result has come.
    fn result(&self, component: &str, monitor: &SimulatedMonitor, now: Timestamp) -> (String, Timestamp) {
        let name = Component::new(component);
        let stored = self.components.get(component).map(|(_, stored)| stored.clone()).unwrap_or_default();
        if own_state(&name, &stored) != State::Active {
            return (monitor.before.clone(), now);
        }
        let entries = stored.local.iter().flatten().chain(stored.remote.iter().flatten());
        let Some(changed) = entries.map(|entry| entry.timestamp).max() else { return ("Healthy".to_owned(), now) };
        let results = monitor.after.iter().map(|result| {
            (result.alert.clone(), changed.saturating_add(SignedDuration::from_secs(result.seconds)).unwrap_or(now))
        });
        let results = results.collect::<Vec<_>>();
        let last = results.iter().rev().find(|(_, at)| *at <= now).or(results.first());
        last.cloned().unwrap_or_else(|| (monitor.before.clone(), now))
    }

    /// Whether the Health Manager is there and runs.
    pub(crate) fn health_manager_runs(&self) -> bool {
        self.health_manager.installed && self.health_manager.state == ServiceState::Running.name()
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

    /// `Get-ServerMonitoringOverride` and `Get-GlobalMonitoringOverride`.
    pub(crate) fn monitoring_overrides(&self) -> MonitoringOverridesAnswer {
        let item = |it: &SimulatedOverride| OverrideItem {
            scope: Some(if it.global { "global" } else { "server" }.to_owned()),
            identity: Some(it.identity.clone()),
            item_type: Some(it.item_type.clone()),
            property: Some(it.property.clone()),
            value: Some(it.value.clone()),
        };
        MonitoringOverridesAnswer { overrides: self.overrides.iter().map(item).collect() }
    }

    /// Whether one of its certificates is for this name, or may be.
    pub(crate) fn has_certificate(&self, name: &str) -> bool {
        let is_for = |it: &CertificateItem| it.raw_data.is_some() || it.names.iter().any(|one| covers(one, name));
        self.certificates().certificates.iter().any(is_for)
    }

    /// What clients of a component are told before the connection is closed.
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
