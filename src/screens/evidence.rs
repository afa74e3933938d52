//! Why Managed Availability probably took a component down: what was found out, and what could not be read.

use crate::domain::probe::Protocol;
use crate::domain::{Clue, Cmdlet, Component, Evidence, ServerSnapshot, Service, each_once};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::{time, words};

use super::Show;

/// What was found out, component by component; nothing where nothing was.
pub fn evidence(page: &mut Page, snapshot: &ServerSnapshot, all: &[Evidence], show: &Show) {
    let telling = all.iter().any(|one| !one.clues(snapshot.taken).is_empty() || !one.unread().is_empty());
    if !telling {
        return;
    }
    page.heading("Why Managed Availability probably took it down");
    for one in all {
        for clue in one.clues(snapshot.taken) {
            whole(page, &clue, &one.component, snapshot, show);
        }
    }
    let unread = each_once(all.iter().flat_map(Evidence::unread));
    if !unread.is_empty() {
        page.say("Not all of it could be read; that changes nothing else:");
        unread.iter().for_each(|why| page.quote(2, why));
    }
}

/// That it may be taken down again, with what was seen that is likely to do that.
pub fn comes_back(page: &mut Page, snapshot: &ServerSnapshot, all: &[Evidence], show: &Show) {
    let stands = all.iter().flat_map(|one| {
        let causes = one.clues(snapshot.taken).into_iter().filter(|clue| mends(clue, &one.component).is_some());
        causes.map(|clue| (&one.component, clue))
    });
    let stands = stands.collect::<Vec<_>>();
    if stands.is_empty() {
        page.say(words::COMES_BACK);
        return;
    }
    page.say(words::COMES_BACK_FOR);
    stands.iter().for_each(|(component, cause)| whole(page, cause, component, snapshot, show));
}

/// A clue, with what mends it.
fn whole(page: &mut Page, clue: &Clue, component: &Component, snapshot: &ServerSnapshot, show: &Show) {
    let mends = mends(clue, component).map(|mends| format!(" {mends}")).unwrap_or_default();
    page.item(CARE, 0, &format!("{component}: {}{mends}", sentence(clue, snapshot, show)));
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
        Clue::Unhealthy(_) | Clue::TakenDown(_) => return None,
    };
    Some(format!("{what}; restart {service} after it."))
}

/// The two likeliest clues of one component, for a screen that has not room for more; `None` where there is none.
pub fn in_short(evidence: &Evidence, snapshot: &ServerSnapshot) -> Option<String> {
    let clues = evidence.clues(snapshot.taken);
    let telling = clues.iter().any(|clue| !matches!(clue, Clue::TakenDown(_)));
    // That it was taken down is no news where there is more to say.
    let clues = clues.iter().filter(|clue| !telling || !matches!(clue, Clue::TakenDown(_)));
    let clues = clues.take(2).map(few_words).collect::<Vec<_>>();
    (!clues.is_empty()).then(|| format!("Clues: {}.", clues.join("; ")))
}

fn few_words(clue: &Clue) -> String {
    match clue {
        Clue::NoCertificateName => "no X509CertificateName is set".to_owned(),
        Clue::NoSuchCertificate(name) => format!("there is no certificate for {name}"),
        Clue::CertificateExpired(name, end) => format!("the certificate for {name} expired {} UTC", time::utc(*end)),
        Clue::BindingDeadlock(it) => format!("the first SSL binding is {}, which cuts the probe off", it.first),
        Clue::Unhealthy(monitors) => match &monitors[..] {
            [one] => format!("{one} is not healthy"),
            more => format!("{} are not healthy", words::count(more.len(), "monitor")),
        },
        Clue::TakenDown(takedown) => {
            format!("taken offline by {}", takedown.responder.as_deref().unwrap_or("a responder without a name"))
        }
    }
}

/// One clue in a sentence.
pub fn sentence(clue: &Clue, snapshot: &ServerSnapshot, show: &Show) -> String {
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
        Clue::TakenDown(takedown) => {
            let who = takedown.responder.as_deref().unwrap_or("a responder without a name");
            let when = takedown.at.map_or_else(|| "at a time not known".to_owned(), at);
            format!("taken offline by {who}, {when}.")
        }
    }
}
