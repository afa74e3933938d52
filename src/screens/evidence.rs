//! Why Managed Availability probably took a component down: what was found out, and what could not be read.

use crate::domain::probe::Protocol;
use crate::domain::{
    Block, Clue, Cmdlet, Component, Evidence, HealthManager, ServerRun, ServerSnapshot, Service, Takedown, each_once,
};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::{time, words};

use super::Show;

/// What was found out, component by component; nothing where nothing was.
pub fn evidence(page: &mut Page, server: &ServerRun, show: &Show) {
    let (snapshot, all) = (&server.before, &server.evidence);
    // After a change Managed Availability is asked about what it sees then.
    let is_overdue = |one: &&Evidence| match server.was_changed() {
        true => !one.blocks(snapshot).is_empty(),
        false => one.overdue(snapshot).is_some(),
    };
    let telling =
        all.iter().any(|one| !one.clues(snapshot.taken).is_empty() || is_overdue(&one) || !one.unread().is_empty());
    if !telling {
        return;
    }
    page.heading("Why Managed Availability probably took it down");
    for one in all {
        for clue in one.clues(snapshot.taken) {
            whole(page, &clue, &one.component, snapshot, show);
        }
    }
    all.iter().filter(is_overdue).for_each(|one| way_back(page, one, snapshot));
    let unread = each_once(all.iter().flat_map(Evidence::unread));
    if !unread.is_empty() {
        page.say("Not all of it could be read; that changes nothing else:");
        unread.iter().for_each(|why| page.quote(2, why));
    }
}

/// Why a component has not come back by itself, where it should have, with the command for each reason.
fn way_back(page: &mut Page, one: &Evidence, snapshot: &ServerSnapshot) {
    let Some(age) = one.overdue(snapshot) else { return };
    let (component, server) = (&one.component, &snapshot.server);
    let age = time::lasting(age.unsigned_abs());
    let blocks = one.blocks(snapshot);
    if blocks.is_empty() {
        page.item(CARE, 0, &format!("{component} has not come back by itself for {age}; why was not found."));
        return;
    }
    page.item(CARE, 0, &format!("{component} has not come back by itself for {age}, because:"));
    for block in blocks {
        match block {
            Block::ProbeFails(monitor) => {
                page.item(CARE, 2, &format!("the probe still fails: {monitor} alerts. Its cause has to be mended."));
            }
            Block::BindingDeadlock(it) => {
                let text = format!("the first SSL binding is {}, a specific address: see above.", it.first);
                page.item(CARE, 2, &text);
            }
            Block::HealthManager(HealthManager { state, start }) => {
                let name = HealthManager::NAME;
                page.item(CARE, 2, &format!("{name} is {} and {}; it has to run, always:", state.name(), start.name()));
                page.command(6, &Cmdlet::set_service(server, name, true));
            }
            Block::FrontEnd(service, start) => {
                let text = format!(
                    "{} is {}: Managed Availability makes no monitors for it. If the protocol is in use:",
                    service.name(),
                    start.name()
                );
                page.item(CARE, 2, &text);
                page.command(6, &Cmdlet::set_service(server, service.name(), false));
                page.command(6, &Cmdlet::restart_service(server, HealthManager::NAME));
            }
            Block::Override(it) => {
                let whose = if it.is_global { "the organisation" } else { "this server" };
                let text = format!(
                    "an override of {whose} sets {} of the {} {} to {}. If it is no longer meant:",
                    it.property,
                    it.item_type.to_lowercase(),
                    it.identity,
                    it.value
                );
                page.item(CARE, 2, &text);
                page.command(6, &Cmdlet::remove_override(server, &it));
            }
            Block::Guard(guard) => {
                let text = format!(
                    "{} is {}: Managed Availability brings nothing back on this server. When that may end:",
                    guard.component, guard.state
                );
                page.item(CARE, 2, &text);
                let known = guard.entries.iter().filter(|entry| entry.requester.known().is_some());
                known.for_each(|entry| page.command(6, &Cmdlet::set_active(server, entry)));
            }
        }
    }
}

/// What was seen of one component that is likely to be the cause, in a sentence each: what mends it stands above.
pub fn causes(page: &mut Page, snapshot: &ServerSnapshot, all: &[Evidence], component: &Component, show: &Show) {
    let clues = all.iter().filter(|one| one.component == *component).flat_map(|one| one.clues(snapshot.taken));
    clues.filter(Clue::is_cause).for_each(|clue| {
        page.item(CARE, 2, &sentence(&clue, component, snapshot, show));
    });
}

/// A clue, with what mends it.
fn whole(page: &mut Page, clue: &Clue, component: &Component, snapshot: &ServerSnapshot, show: &Show) {
    let mends = mends(clue, component).map(|mends| format!(" {mends}")).unwrap_or_default();
    page.item(CARE, 0, &format!("{component}: {}{mends}", sentence(clue, component, snapshot, show)));
    if let (Clue::BindingDeadlock(deadlock), Some(protocol)) = (clue, Protocol::of(component)) {
        let server = &snapshot.server;
        page.command(4, &Cmdlet::set_ssl_bindings(server, protocol, &deadlock.mended));
        let halves = Service::of(protocol).into_iter().filter(|half| snapshot.services.may_have(*half));
        page.command(4, &Cmdlet::restart(server, &halves.collect::<Vec<_>>()));
        page.command(4, &Cmdlet::ssl_bindings(server, protocol));
    }
}

/// What mends a clue that is a cause; `None`: it is a sign of one.
fn mends(clue: &Clue, component: &Component) -> Option<String> {
    let (cmdlet, service) = match Protocol::of(component)? {
        Protocol::Pop3 => ("Set-PopSettings", "MSExchangePop3"),
        Protocol::Imap4 => ("Set-ImapSettings", "MSExchangeImap4"),
    };
    let what = match clue {
        Clue::BindingDeadlock(_) => {
            return Some(
                "This mends it, in this order; the last command shows whether Active Directory kept the order:"
                    .to_owned(),
            );
        }
        Clue::NoCertificateName => format!("{cmdlet} -X509CertificateName sets it"),
        Clue::NoSuchCertificate(_) => format!("Install one, or set another name with {cmdlet}"),
        Clue::CertificateExpired(..) => "Install a new one".to_owned(),
        Clue::Unhealthy(_) | Clue::NoMonitors(_) | Clue::TakenDown(_) => return None,
    };
    Some(format!("{what}; restart {service} after it."))
}

/// The two likeliest clues of one component, for a screen that has not room for more; `None` where there is none.
pub fn in_short(evidence: &Evidence, snapshot: &ServerSnapshot) -> Option<String> {
    let clues = evidence.clues(snapshot.taken);
    let telling = clues.iter().any(|clue| !matches!(clue, Clue::TakenDown(_)));
    // That it was taken down is no news where there is more to say.
    let clues = clues.iter().filter(|clue| !telling || !matches!(clue, Clue::TakenDown(_)));
    let clues = clues.take(2).map(|clue| few_words(clue, &evidence.component, snapshot)).collect::<Vec<_>>();
    (!clues.is_empty()).then(|| format!("Clues: {}.", clues.join("; ")))
}

fn few_words(clue: &Clue, component: &Component, snapshot: &ServerSnapshot) -> String {
    match clue {
        Clue::NoCertificateName => "no X509CertificateName is set".to_owned(),
        Clue::NoSuchCertificate(name) => format!("there is no certificate for {name}"),
        Clue::CertificateExpired(name, end) => format!("the certificate for {name} expired {} UTC", time::utc(*end)),
        Clue::BindingDeadlock(it) => format!("the first SSL binding is {}, which cuts the probe off", it.first),
        Clue::Unhealthy(monitors) => match &monitors[..] {
            [one] => format!("{one} is not healthy"),
            more => format!("{} are not healthy", words::count(more.len(), "monitor")),
        },
        Clue::NoMonitors(_) => "no monitors are seen".to_owned(),
        Clue::TakenDown(takedown) => {
            let who = takedown.responder.as_deref().unwrap_or(NAMELESS);
            format!("{who} {} offline", took(takedown, component, snapshot))
        }
    }
}

/// One clue in a sentence.
pub fn sentence(clue: &Clue, component: &Component, snapshot: &ServerSnapshot, show: &Show) -> String {
    let at = |at| time::with_local(at, &show.tz);
    match clue {
        Clue::NoCertificateName => "no X509CertificateName is set, so that TLS cannot work.".to_owned(),
        Clue::NoSuchCertificate(name) => {
            format!("X509CertificateName is {name}, and no certificate of Exchange on {} is for it.", snapshot.server)
        }
        Clue::CertificateExpired(name, end) => format!("the certificate for {name} expired {}.", at(*end)),
        Clue::BindingDeadlock(it) => format!(
            "the first SSL binding is {}, a specific address. The probe connects there, and an Inactive front end lets \
             only loopback in: Managed Availability cannot set it Active again by itself.",
            it.first
        ),
        Clue::Unhealthy(monitors) => format!("not healthy: {}.", words::list(monitors)),
        Clue::NoMonitors(warnings) => {
            let said = warnings.first().map(|it| format!(" Exchange says: {it}")).unwrap_or_default();
            format!("no monitors are seen: what Managed Availability thinks of it is not known.{said}")
        }
        Clue::TakenDown(takedown) => {
            let who = takedown.responder.as_deref().unwrap_or(NAMELESS);
            let when = takedown.at.map_or_else(|| "at a time not known".to_owned(), at);
            format!("{who} {} offline, {when}.", took(takedown, component, snapshot))
        }
    }
}

const NAMELESS: &str = "a responder without a name";

/// An event says that a responder tried; that it did, the time of the entry.
fn took(takedown: &Takedown, component: &Component, snapshot: &ServerSnapshot) -> &'static str {
    let did = snapshot.component(component).is_some_and(|seen| takedown.was_done(seen));
    if did { "took it" } else { "tried to take it" }
}
