//! What clients meet, beside what Exchange says.

use crate::domain::probe::{Attempt, ProbeOutcome, ProbeResult, Reach, Standing};
use crate::domain::{Clients, ServerRun, ServiceFinding, Subject, VerdictKind};
use crate::screens::kit::page::{BAD, CARE, GOOD, PLAIN, Page};
use crate::screens::kit::time;

use super::probe::{sentence, unresolved};

/// Each protocol that was probed, and its ports.
pub fn clients(page: &mut Page, server: &ServerRun) {
    if server.clients.is_empty() {
        return;
    }
    page.heading("What clients meet, from this machine");
    for clients in &server.clients {
        let (style, text) = judgement(server, clients);
        page.item(style, 0, &format!("{}: {text}", clients.protocol.name()));
        for result in &clients.results {
            port(page, result);
        }
    }
}

fn judgement(server: &ServerRun, clients: &Clients) -> (anstyle::Style, String) {
    let component = &clients.component;
    let standing = clients.standing();
    if standing == Standing::NotKnown && is_never_enabled(server, clients) {
        return (PLAIN, "not enabled on this server, so that nobody is to be served.".to_owned());
    }
    let Some(after) = clients.after else {
        return match standing {
            Standing::Served => (GOOD, "clients get a banner.".to_owned()),
            Standing::NotServed => (BAD, "clients are cut off.".to_owned()),
            Standing::NotKnown => (CARE, "it is not proven that clients are served.".to_owned()),
        };
    };
    let (good, exchange) = match server.verdict(&Subject::Component(component.clone())) {
        Some(VerdictKind::Confirmed) => (true, "lit in Exchange, "),
        Some(VerdictKind::NotConfirmed(_) | VerdictKind::Unknown(_)) => (false, "not proven lit in Exchange, "),
        // Only its services were started.
        None => (true, ""),
    };
    let when = match after.as_secs() {
        0 => "at once".to_owned(),
        _ => format!("after {}", time::lasting(after)),
    };
    match standing {
        Standing::Served => (if good { GOOD } else { CARE }, format!("{exchange}clients confirmed {when}.")),
        Standing::NotServed => (BAD, format!("{exchange}clients still cut off {}.", not_yet(after))),
        Standing::NotKnown => (CARE, format!("{exchange}clients not confirmed {}.", not_yet(after))),
    }
}

/// Whether nobody ever enabled the protocol on this server.
fn is_never_enabled(server: &ServerRun, clients: &Clients) -> bool {
    let of_it = |finding: &ServiceFinding| match finding {
        ServiceFinding::NeverEnabled(service) => service.component() == clients.component,
        ServiceFinding::Stopped(_)
        | ServiceFinding::Disabled(_)
        | ServiceFinding::WithoutBackEnd(_)
        | ServiceFinding::LeftOut(_) => false,
    };
    server.service_findings().iter().any(of_it)
}

fn not_yet(after: std::time::Duration) -> String {
    match after.as_secs() {
        0 => "right after the change".to_owned(),
        _ => format!("{} after the change", time::lasting(after)),
    }
}

fn port(page: &mut Page, result: &ProbeResult) {
    let number = result.endpoint.port;
    if let Reach::Unresolved(why) = &result.reach {
        page.inset(2, &format!("Port {number}: {}", unresolved(&result.endpoint.host, why)));
    }
    let several = result.attempts().len() > 1;
    for attempt in result.attempts() {
        let place = if several { format!("Port {number} at {}", attempt.address) } else { format!("Port {number}") };
        page.inset(2, &format!("{place}: {}", met(result, attempt)));
        if let ProbeOutcome::Banner(banner) = &attempt.outcome {
            page.quote(2, &banner.text);
        }
    }
}

/// How long a banner took says nothing here.
fn met(result: &ProbeResult, attempt: &Attempt) -> String {
    match &attempt.outcome {
        ProbeOutcome::Banner(_) if result.endpoint.is_short_cut(attempt.address) => {
            "a banner, but over loopback, where an Inactive proxy answers too: that proves nothing.".to_owned()
        }
        ProbeOutcome::Banner(_) => "a banner.".to_owned(),
        ProbeOutcome::Closed => "closed without a banner, the blank screen in telnet.".to_owned(),
        ProbeOutcome::TurnedAway(_)
        | ProbeOutcome::Silent { .. }
        | ProbeOutcome::Refused
        | ProbeOutcome::Unreachable(_)
        | ProbeOutcome::TlsFailed(_)
        | ProbeOutcome::Foreign(..) => sentence(&result.endpoint, attempt),
    }
}

/// The same in a few words, for one line; `None`: nobody looked.
pub fn in_short(server: &ServerRun) -> Option<String> {
    let with = |wanted: Standing| {
        let of = server.clients.iter().filter(|clients| clients.standing() == wanted);
        // That nobody answers for a protocol that nobody enabled is as it should be.
        let of = of.filter(|clients| wanted != Standing::NotKnown || !is_never_enabled(server, clients));
        of.map(|clients| clients.protocol.name().to_owned()).collect::<Vec<_>>()
    };
    let all = [
        (with(Standing::Served), "clients confirmed"),
        (with(Standing::NotServed), "clients cut off"),
        (with(Standing::NotKnown), "clients not confirmed"),
    ];
    let parts = all.into_iter().filter(|(protocols, _)| !protocols.is_empty());
    let parts = parts.map(|(protocols, what)| format!("{} {what}", crate::screens::kit::words::list(&protocols)));
    let parts = parts.collect::<Vec<_>>();
    (!parts.is_empty()).then(|| parts.join(", "))
}
