//! Asking why Managed Availability took a component down. Nothing here can fail a run: what cannot be read becomes a text,
//! and for it alone no session is opened.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::domain::probe::Protocol;
use crate::domain::{
    Alert, Asked, CertificateSeen, Component, Event, Evidence, Monitor, Monitors, Override, ProtocolSettings, Server,
    ServerSnapshot, Takedown, WayBack, diagnose, each_once,
};
use crate::probe::exchange_names;
use crate::shell::CallFailure;
use crate::shell::protocol::{
    Call, CertificateItem, CertificatesAnswer, MonitorItem, MonitoringOverridesAnswer, ProtocolSettingsAnswer,
    RecoveryActionsAnswer, ServerHealthAnswer,
};

use super::{Observer, refusal};

impl Observer {
    /// What can be found out about these components of a server.
    pub fn evidence(
        &mut self,
        server: &Server,
        components: &[Component],
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Vec<Evidence> {
        if components.is_empty() {
            return Vec::new();
        }
        self.turn_to(server);
        on_event(Event::Investigating(server));
        let name = || server.as_str().to_owned();
        let certificates = self.ask(&Call::GetCertificates { server: name() }, on_event).and_then(certificates);
        let way_back = self.way_back(server, on_event);
        let actions = Call::GetRecoveryActions { server: self.machine(server) };
        let actions = self.ask::<RecoveryActionsAnswer>(&actions, on_event);
        let evidence = components.iter().filter_map(|component| {
            let protocol = Protocol::of(component)?;
            let call = Call::GetProtocolSettings { server: name(), protocol: protocol.name().to_owned() };
            Some(Evidence {
                component: component.clone(),
                settings: self.ask(&call, on_event).map(settings),
                monitors: self.monitors(server, protocol, on_event),
                certificates: certificates.clone(),
                way_back: way_back.clone(),
                takedowns: actions.clone().map(|actions| takedowns(actions, component)),
            })
        });
        evidence.collect()
    }

    /// What Managed Availability needs on a server to bring a component back.
    fn way_back(&mut self, server: &Server, on_event: &mut dyn FnMut(Event<'_>)) -> WayBack {
        let call = Call::GetMonitoringOverrides { server: server.as_str().to_owned() };
        let overrides = self.ask(&call, on_event).map(overrides);
        let mut seen = ServerSnapshot::begun(server, Timestamp::now());
        let guards = WayBack::guards().into_iter().try_for_each(|component| {
            if let Some(why) = self.lost() {
                return Err(why.message.clone());
            }
            let (component, _) = self.look_at(server, &component, on_event).map_err(|trouble| trouble.message)?;
            seen.components.push(component);
            Ok(())
        });
        WayBack { overrides, guards: guards.map(|()| diagnose(&seen)) }
    }

    /// What the monitor that decides about this component says, and the time of the answer by the clock of the machine the
    /// shell runs on.
    pub fn monitor(
        &mut self,
        server: &Server,
        component: &Component,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> (Asked<Monitors>, Option<Timestamp>) {
        let Some(protocol) = Protocol::of(component) else { return (Ok(Monitors::default()), None) };
        self.turn_to(server);
        let (mut monitors, mut at) = (Monitors::default(), None);
        let asked = self.health(server, protocol.proxy_health_set(), &mut monitors, &mut at, on_event);
        (asked.map(|()| monitors), at)
    }

    fn monitors(
        &mut self,
        server: &Server,
        protocol: Protocol,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Asked<Monitors> {
        let mut monitors = Monitors::default();
        for set in protocol.health_sets() {
            self.health(server, set, &mut monitors, &mut None, on_event)?;
        }
        Ok(Monitors { warnings: each_once(monitors.warnings), ..monitors })
    }

    /// Adds what one health set says.
    fn health(
        &mut self,
        server: &Server,
        set: &str,
        monitors: &mut Monitors,
        at: &mut Option<Timestamp>,
        on_event: &mut dyn FnMut(Event<'_>),
    ) -> Asked<()> {
        let call = Call::GetServerHealth { server: server.as_str().to_owned(), health_set: set.to_owned() };
        let answer: ServerHealthAnswer = self.ask(&call, on_event)?;
        *at = self::at(answer.at.as_deref());
        monitors.all.extend(answer.monitors.into_iter().filter_map(monitor));
        monitors.warnings.extend(answer.warnings);
        Ok(())
    }

    /// A question that a run can do without: where the session was given up, it is not asked.
    pub(super) fn ask<A: DeserializeOwned>(&mut self, call: &Call, on_event: &mut dyn FnMut(Event<'_>)) -> Asked<A> {
        if let Some(why) = self.lost() {
            return Err(why.message.clone());
        }
        self.call(call, on_event).map_err(|failure| match failure {
            CallFailure::Refused(error) => error.message,
            lost @ CallFailure::Lost(_) => refusal::trouble(lost, None).message,
        })
    }
}

/// `None`: it has no name.
fn monitor(item: MonitorItem) -> Option<Monitor> {
    Some(Monitor {
        name: item.name.filter(|name| !name.is_empty())?,
        alert: Alert::parse(item.alert.as_deref().unwrap_or_default()),
        at: at(item.executed.as_deref()).max(at(item.turned.as_deref())),
        is_stale: item.stale,
    })
}

pub(super) fn settings(answer: ProtocolSettingsAnswer) -> ProtocolSettings {
    ProtocolSettings {
        certificate_name: answer.certificate_name.unwrap_or_default(),
        plain_bindings: answer.plain_bindings,
        tls_bindings: answer.tls_bindings,
    }
}

/// All of them or none: one whose names are not known may be for any name.
fn certificates(answer: CertificatesAnswer) -> Asked<Vec<CertificateSeen>> {
    answer.certificates.into_iter().map(certificate).collect()
}

/// A certificate that arrived without its properties is read from its bytes.
fn certificate(item: CertificateItem) -> Asked<CertificateSeen> {
    let not_after = item.not_after.as_deref().and_then(|at| at.parse().ok());
    if !item.names.is_empty() {
        return Ok(CertificateSeen { names: item.names, not_after });
    }
    let nameless = |why: &str| format!("Get-ExchangeCertificate gave a certificate without names: {why}");
    let raw_data = item.raw_data.ok_or_else(|| nameless("it has no RawData either"))?;
    let bytes = STANDARD.decode(raw_data).map_err(|error| nameless(&error.to_string()))?;
    let (names, end) = exchange_names(&bytes).map_err(|why| nameless(&why))?;
    if names.is_empty() {
        return Err(nameless("its RawData has none either"));
    }
    Ok(CertificateSeen { names, not_after: not_after.or(Some(end)) })
}

fn overrides(answer: MonitoringOverridesAnswer) -> Vec<Override> {
    let all = answer.overrides.into_iter().map(|item| Override {
        is_global: item.scope.as_deref() == Some("global"),
        identity: item.identity.unwrap_or_default(),
        item_type: item.item_type.unwrap_or_default(),
        property: item.property.unwrap_or_default(),
        value: item.value.unwrap_or_default(),
    });
    all.filter(|it| !it.identity.is_empty()).collect()
}

fn takedowns(answer: RecoveryActionsAnswer, component: &Component) -> Vec<Takedown> {
    let of_it =
        answer.actions.into_iter().filter(|action| action.component.as_deref().is_some_and(|name| component.is(name)));
    let all = of_it.map(|action| Takedown { responder: action.responder, at: at(action.at.as_deref()) });
    // Each is written down twice, when it begins and when it has ended.
    let mut takedowns = each_once(all);
    takedowns.sort_by_key(|takedown| std::cmp::Reverse(takedown.at));
    takedowns
}

/// Times of events are in UTC; where one does not say so it is taken to be.
fn at(text: Option<&str>) -> Option<Timestamp> {
    let text = text?;
    text.parse().or_else(|_| format!("{text}Z").parse()).ok()
}
