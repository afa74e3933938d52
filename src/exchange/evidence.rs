//! Asking why Managed Availability took a component down. Nothing here can fail a run: what cannot be read becomes a text,
//! and for it alone no session is opened.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::domain::probe::Protocol;
use crate::domain::{
    Asked, CertificateSeen, Component, Event, Evidence, ProtocolSettings, Server, Takedown, each_once,
};
use crate::probe::exchange_names;
use crate::shell::CallFailure;
use crate::shell::protocol::{
    Call, CertificateItem, CertificatesAnswer, ProtocolSettingsAnswer, RecoveryActionsAnswer, ServerHealthAnswer,
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
        let actions = Call::GetRecoveryActions { server: self.machine(server) };
        let actions = self.ask::<RecoveryActionsAnswer>(&actions, on_event);
        let evidence = components.iter().filter_map(|component| {
            let protocol = Protocol::of(component)?;
            let set = match protocol {
                Protocol::Pop3 => "POP",
                Protocol::Imap4 => "IMAP",
            };
            let call = Call::GetProtocolSettings { server: name(), protocol: protocol.name().to_owned() };
            Some(Evidence {
                component: component.clone(),
                settings: self.ask(&call, on_event).map(settings),
                unhealthy: self.unhealthy(server, set, on_event),
                certificates: certificates.clone(),
                takedowns: actions.clone().map(|actions| takedowns(actions, component)),
            })
        });
        evidence.collect()
    }

    fn unhealthy(&mut self, server: &Server, set: &str, on_event: &mut dyn FnMut(Event<'_>)) -> Asked<Vec<String>> {
        let mut all = Vec::new();
        for health_set in [set.to_owned(), format!("{set}.Protocol"), format!("{set}.Proxy")] {
            let call = Call::GetServerHealth { server: server.as_str().to_owned(), health_set };
            let answer: ServerHealthAnswer = self.ask(&call, on_event)?;
            let unhealthy = answer.monitors.into_iter().filter(|monitor| {
                monitor.alert.as_deref().is_some_and(|alert| !["Healthy", "Disabled"].contains(&alert))
            });
            all.extend(unhealthy.filter_map(|monitor| monitor.name));
        }
        all.dedup();
        Ok(all)
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
