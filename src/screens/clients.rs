//! What clients meet, beside what Exchange says.

use crate::domain::probe::{Attempt, Banner, ProbeOutcome, ProbeResult, Protocol, Reach, Standing, plain_beside};
use crate::domain::{Clients, Component, ServerRun, Service, ServiceFinding, Subject, VerdictKind, alike};
use crate::screens::kit::page::{BAD, CARE, GOOD, PLAIN, Page};
use crate::screens::kit::time;
use crate::screens::kit::words::list;

use super::notes::Notes;
use super::probe::{came, outcome, sentence, unresolved};

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
            port(page, clients, result);
        }
        back_end(page, clients);
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
            Standing::NotServed => (BAD, format!("clients are turned away{}.", where_alone(clients))),
            Standing::NotKnown => (CARE, "it is not confirmed that clients are served.".to_owned()),
        };
    };
    let (good, exchange) = match server.verdict(&Subject::Component(component.clone())) {
        Some(VerdictKind::Confirmed) => (true, "Active in Exchange, "),
        Some(VerdictKind::NotConfirmed(_) | VerdictKind::Unknown(_)) => (false, "not confirmed Active in Exchange, "),
        // Only its services were started.
        None => (true, ""),
    };
    let when = match after.as_secs() {
        0 => "at once".to_owned(),
        _ => format!("after {}", time::lasting(after)),
    };
    match standing {
        Standing::Served => (if good { GOOD } else { CARE }, format!("{exchange}clients confirmed {when}.")),
        Standing::NotServed => {
            (BAD, format!("{exchange}clients still turned away{} {}.", where_alone(clients), not_yet(after)))
        }
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

/// Which ports turn clients away, where another one serves them.
fn where_alone(clients: &Clients) -> String {
    let with = |wanted| clients.results.iter().filter(move |result| result.standing() == wanted);
    let closed = with(Standing::NotServed).map(|result| result.endpoint.port.to_string()).collect::<Vec<_>>();
    if with(Standing::Served).next().is_some() { format!(" at port {}", list(&closed)) } else { String::new() }
}

/// What clients of a component met, for a table: the port that let them in, and how it greeted them.
pub fn in_a_table(server: &ServerRun, component: &Component) -> String {
    let Some(clients) = server.clients.iter().find(|clients| clients.component == *component) else {
        return String::new();
    };
    let name = clients.protocol.name();
    let banner = |result: &ProbeResult| {
        let greeted = result.attempts().iter().find_map(|attempt| match &attempt.outcome {
            ProbeOutcome::Banner(banner) => greeting(banner),
            ProbeOutcome::TurnedAway(_)
            | ProbeOutcome::Closed
            | ProbeOutcome::Silent { .. }
            | ProbeOutcome::Refused
            | ProbeOutcome::Unreachable(_)
            | ProbeOutcome::TlsFailed(_)
            | ProbeOutcome::Foreign(..) => None,
        })?;
        Some(format!("{name} port {}: {greeted}", result.endpoint.port))
    };
    match clients.standing() {
        Standing::Served => clients.results.iter().find_map(banner).unwrap_or_else(|| format!("{name}: served")),
        Standing::NotServed => format!("{name}: turned away"),
        Standing::NotKnown if is_never_enabled(server, clients) => format!("{name}: not enabled"),
        Standing::NotKnown => format!("{name}: not confirmed"),
    }
}

/// How a banner begins: `+OK`, `* OK`.
fn greeting(banner: &Banner) -> Option<&str> {
    ["+OK", "* OK", "* PREAUTH"].into_iter().find(|greeting| banner.text.starts_with(greeting))
}

/// Whether a client looked where Exchange says that it is Inactive.
pub fn are_met(server: &ServerRun) -> bool {
    server.steps.is_empty() && server.clients.iter().any(|clients| reads_inactive(server, clients))
}

/// What a client met where Exchange says that it is Inactive, for one line.
pub fn seen(notes: &mut Notes<'_>, server: &ServerRun) {
    let inactive = server.clients.iter().filter(|clients| reads_inactive(server, clients));
    let met = alike(inactive.map(|clients| (met_in_short(server, clients), clients.protocol.name())));
    let met = met.into_iter().map(|(what, protocols)| format!("{}: {what}", list(&protocols))).collect::<Vec<_>>();
    if !met.is_empty() {
        notes.push(|page| page.say(&format!("What a client met: {}.", met.join("; "))));
    }
}

/// Whether the first look found the component that serves these clients Inactive.
fn reads_inactive(server: &ServerRun, clients: &Clients) -> bool {
    server.diagnoses.iter().any(|it| it.component == clients.component && it.is_inactive())
}

/// What the first port came to that stands for all of them.
fn met_in_short(server: &ServerRun, clients: &Clients) -> &'static str {
    let standing = clients.standing();
    if standing == Standing::NotKnown && is_never_enabled(server, clients) {
        return "not enabled";
    }
    let results = || clients.results.iter();
    let telling = results().find(|it| it.standing() == standing).or_else(|| results().next());
    let Some((result, attempt)) = telling.and_then(|it| Some((it, it.attempts().first()?))) else {
        return "not confirmed";
    };
    let is_greeted = matches!(attempt.outcome, ProbeOutcome::Banner(_));
    if is_greeted && result.endpoint.is_short_cut(attempt.address) {
        "a banner, but over loopback"
    } else {
        outcome(&attempt.outcome)
    }
}

/// Which port keeps clients out, or does not tell, and why, where Exchange says that they are served.
pub fn unexpected(notes: &mut Notes<'_>, server: &ServerRun) {
    let others = server.clients.iter().filter(|clients| !reads_inactive(server, clients));
    others.for_each(|clients| note(notes, server, clients));
}

/// Which port keeps clients out, or does not tell, and why.
pub fn notes(notes: &mut Notes<'_>, server: &ServerRun) {
    server.clients.iter().for_each(|clients| note(notes, server, clients));
}

fn note(notes: &mut Notes<'_>, server: &ServerRun, clients: &Clients) {
    let standing = clients.standing();
    if standing == Standing::Served || (standing == Standing::NotKnown && is_never_enabled(server, clients)) {
        return;
    }
    let style = if standing == Standing::NotServed { BAD } else { CARE };
    notes.push(|page| {
        let (_, text) = judgement(server, clients);
        page.styled(style, 0, &format!("{}: {text}", clients.protocol.name()));
        let odd = |it: &&ProbeResult| it.standing() != Standing::Served;
        clients.results.iter().filter(odd).take(2).for_each(|result| port(page, clients, result));
        back_end(page, clients);
    });
}

/// The back end: a good one is news only where the front end serves nobody.
fn back_end(page: &mut Page, clients: &Clients) {
    let Some(result) = &clients.back_end else { return };
    let number = result.endpoint.port;
    let [service, _] = Service::of(clients.protocol);
    for attempt in result.attempts() {
        let what = match &attempt.outcome {
            ProbeOutcome::Banner(_) if clients.standing() == Standing::Served => continue,
            ProbeOutcome::Banner(_) => "a banner, so that the fault is in front of it.".to_owned(),
            ProbeOutcome::Refused => "refused: the front end has nobody to hand its clients to.".to_owned(),
            ProbeOutcome::Closed => "closed without a banner.".to_owned(),
            ProbeOutcome::TurnedAway(_)
            | ProbeOutcome::Silent { .. }
            | ProbeOutcome::Unreachable(_)
            | ProbeOutcome::TlsFailed(_)
            | ProbeOutcome::Foreign(..) => sentence(&result.endpoint, attempt, &[]),
        };
        page.inset(2, &format!("Port {number} of the back end ({}): {what}", service.name()));
        came(&attempt.outcome).into_iter().for_each(|came| page.quote(2, came));
    }
}

fn port(page: &mut Page, clients: &Clients, result: &ProbeResult) {
    let number = result.endpoint.port;
    if let Reach::Unresolved(why) = &result.reach {
        page.inset(2, &format!("Port {number}: {}", unresolved(&result.endpoint.host, why)));
    }
    let several = result.attempts().len() > 1;
    for attempt in result.attempts() {
        let place = if several { format!("Port {number} at {}", attempt.address) } else { format!("Port {number}") };
        page.inset(2, &format!("{place}: {}", met(result, attempt, &clients.results)));
        came(&attempt.outcome).into_iter().for_each(|came| page.quote(2, came));
        if plain_beside(&result.endpoint, attempt, &clients.results).is_some() {
            page.inset(2, &certificate(clients));
        }
    }
}

/// Which certificate it would take.
fn certificate(clients: &Clients) -> String {
    let noun = match clients.protocol {
        Protocol::Pop3 => "Pop",
        Protocol::Imap4 => "Imap",
    };
    let name = match &clients.certificate_name {
        Some(name) => format!("X509CertificateName is {name}: install a certificate for it"),
        None => "no X509CertificateName is known to be set: install a certificate".to_owned(),
    };
    format!("{name}, enable it for the service, or set another name with Set-{noun}Settings.")
}

/// How long a banner took says nothing here.
fn met(result: &ProbeResult, attempt: &Attempt, all: &[ProbeResult]) -> String {
    match &attempt.outcome {
        ProbeOutcome::Banner(_) if result.endpoint.is_short_cut(attempt.address) => {
            "a banner, but over loopback, where an Inactive proxy answers too: that says nothing.".to_owned()
        }
        ProbeOutcome::Banner(_) => "a banner.".to_owned(),
        ProbeOutcome::Closed if plain_beside(&result.endpoint, attempt, all).is_none() => {
            "closed without a banner, the blank screen in telnet.".to_owned()
        }
        ProbeOutcome::Closed
        | ProbeOutcome::TurnedAway(_)
        | ProbeOutcome::Silent { .. }
        | ProbeOutcome::Refused
        | ProbeOutcome::Unreachable(_)
        | ProbeOutcome::TlsFailed(_)
        | ProbeOutcome::Foreign(..) => sentence(&result.endpoint, attempt, all),
    }
}

/// Whether a port answers them with an error, which is not the fault of KB 3025138.
fn gets_an_error(clients: &Clients) -> bool {
    let mut attempts = clients.results.iter().flat_map(ProbeResult::attempts);
    attempts.any(|attempt| matches!(attempt.outcome, ProbeOutcome::TurnedAway(_)))
}

/// The same in a few words, for one line; `None`: nobody looked.
pub fn in_short(server: &ServerRun) -> Option<String> {
    let with = |wanted: Standing| {
        let of = server.clients.iter().filter(|clients| clients.standing() == wanted);
        // That nobody answers for a protocol that nobody enabled is as it should be.
        of.filter(|clients| wanted != Standing::NotKnown || !is_never_enabled(server, clients)).collect::<Vec<_>>()
    };
    let (errors, others) = with(Standing::NotKnown).into_iter().partition::<Vec<_>, _>(|it| gets_an_error(it));
    let all = [
        (with(Standing::Served), " clients are served"),
        (with(Standing::NotServed), " clients are turned away"),
        (errors, " clients get an error"),
        (others, ": not confirmed that clients are served"),
    ];
    let names = |of: &[&Clients]| list(&of.iter().map(|clients| clients.protocol.name()).collect::<Vec<_>>());
    let parts = all.iter().filter(|(of, _)| !of.is_empty());
    let parts = parts.map(|(of, what)| format!("{}{what}", names(of))).collect::<Vec<_>>();
    (!parts.is_empty()).then(|| parts.join(", "))
}
