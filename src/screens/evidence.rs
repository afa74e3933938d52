//! Why Managed Availability probably set a component Inactive: what was found out, and what could not be read.

use jiff::SignedDuration;

use crate::domain::probe::Protocol;
use crate::domain::{
    BindingDeadlock, Block, Clue, Cmdlet, Component, Evidence, HealthManager, ServerRun, ServerSnapshot, Service,
    Takedown, each_once,
};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::{time, words};

use super::Show;
use super::notes::Notes;

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
    page.heading("Why Managed Availability probably set it Inactive");
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

/// What is likely to be the cause, for a screen with little room; with the commands that mend it, where they are wanted.
pub fn causes(notes: &mut Notes<'_>, server: &ServerRun, with_commands: bool, show: &Show) {
    let likely = if server.was_changed() { "Likely cause, still there" } else { "Likely cause" };
    // Said with the monitor that alerts.
    let is_told = |it: &&Evidence| server.monitors.iter().any(|one| one.component == it.component && one.alerts());
    for one in server.evidence.iter().filter(|it| !is_told(it)) {
        for clue in one.clues(server.before.taken).iter().filter(|clue| clue.is_cause()) {
            let (text, mended) = likely_cause(clue, &one.component, &server.before, show);
            notes.push(|page| {
                let mended = mended.filter(|_| with_commands);
                let how = if mended.is_some() { " To mend it:" } else { "" };
                page.styled(CARE, 0, &format!("{likely}: {text}{how}"));
                if let Some((protocol, deadlock)) = mended {
                    mend_bindings(page, 2, &server.before, protocol, deadlock);
                }
            });
        }
    }
}

/// The rest of it: what keeps a component from coming back by itself, and what else is known.
pub fn notes(notes: &mut Notes<'_>, server: &ServerRun, show: &Show) {
    let snapshot = &server.before;
    let found =
        || server.evidence.iter().flat_map(|one| one.clues(snapshot.taken).into_iter().map(move |clue| (one, clue)));
    let overdue = server.evidence.iter().filter_map(|one| Some((one, one.overdue(snapshot)?))).collect::<Vec<_>>();
    let age = |age: &SignedDuration| time::lasting(age.unsigned_abs());
    for (one, since) in &overdue {
        let blocks = one.blocks(snapshot);
        if blocks.is_empty() {
            let text = format!("{} is not back by itself after {}; why was not found.", one.component, age(since));
            notes.push(|page| page.styled(CARE, 0, &text));
        }
        for block in blocks {
            // Said with all that alert, and where the cause is named.
            if !matches!(block, Block::ProbeFails(_) | Block::BindingDeadlock(_)) {
                notes.push(|page| {
                    let (text, commands) = self::block(&block, snapshot);
                    page.styled(CARE, 0, &format!("Not back by itself: {text}"));
                    commands.iter().for_each(|command| page.command(2, command));
                });
            }
        }
    }
    let alerting = each_once(found().filter_map(|(_, clue)| match clue {
        Clue::Unhealthy(monitors) => Some(monitors),
        Clue::NoCertificateName
        | Clue::NoSuchCertificate(_)
        | Clue::CertificateExpired(..)
        | Clue::BindingDeadlock(_)
        | Clue::NoMonitors(_)
        | Clue::TakenDown(_) => None,
    }));
    let alerting = each_once(alerting.into_iter().flatten());
    if !alerting.is_empty() && server.monitors.is_empty() {
        let verb = if alerting.len() == 1 { "alerts" } else { "alert" };
        let text = match overdue.first() {
            Some((_, since)) => {
                format!("Not back by itself after {}: {} still {verb}.", age(since), words::list(&alerting))
            }
            None => format!("{} {verb}.", words::list(&alerting)),
        };
        notes.push(|page| page.styled(CARE, 0, &text));
    }
    for (one, clue) in found() {
        let text = match &clue {
            Clue::NoMonitors(_) => words::capital(&sentence(&clue, &one.component, snapshot, show)),
            Clue::TakenDown(_) => format!("{}: {}", one.component, sentence(&clue, &one.component, snapshot, show)),
            Clue::NoCertificateName
            | Clue::NoSuchCertificate(_)
            | Clue::CertificateExpired(..)
            | Clue::BindingDeadlock(_)
            | Clue::Unhealthy(_) => continue,
        };
        notes.push(|page| page.say(&text));
    }
    if let Some(why) = server.evidence.iter().flat_map(Evidence::unread).next() {
        notes.push(|page| page.say(&format!("Not all that may tell why could be read: {why}")));
    }
}

/// That the Health Manager does not run, so that no monitor tells anything.
pub fn idle_health_manager(notes: &mut Notes<'_>, server: &ServerRun) {
    let Some(manager) = server.idle_health_manager() else { return };
    let (text, commands) = block(&Block::HealthManager(manager.clone()), &server.before);
    notes.push(|page| {
        page.styled(CARE, 0, &words::capital(&text));
        commands.iter().for_each(|command| page.command(2, command));
    });
}

/// A cause in a sentence, with what mends it where words say that, or else the bindings that are to be mended.
fn likely_cause<'a>(
    clue: &'a Clue,
    component: &Component,
    snapshot: &ServerSnapshot,
    show: &Show,
) -> (String, Option<(Protocol, &'a BindingDeadlock)>) {
    match clue {
        Clue::BindingDeadlock(it) => {
            let text = format!(
                "the first SSL binding is {}, where the probe of Managed Availability cannot \
                 get through any more.",
                it.first
            );
            (text, Protocol::of(component).map(|protocol| (protocol, it)))
        }
        Clue::NoCertificateName
        | Clue::NoSuchCertificate(_)
        | Clue::CertificateExpired(..)
        | Clue::Unhealthy(_)
        | Clue::NoMonitors(_)
        | Clue::TakenDown(_) => {
            let mends = mends(clue, component).map(|mends| format!(" {mends}")).unwrap_or_default();
            (format!("{}{mends}", sentence(clue, component, snapshot, show)), None)
        }
    }
}

/// What mends the bindings, restarts what reads them, and reads them back.
fn mend_bindings(page: &mut Page, indent: usize, snapshot: &ServerSnapshot, protocol: Protocol, it: &BindingDeadlock) {
    let server = &snapshot.server;
    page.command(indent, &Cmdlet::set_ssl_bindings(server, protocol, &it.mended));
    let halves = Service::of(protocol).into_iter().filter(|half| snapshot.services.may_have(*half));
    page.command(indent, &Cmdlet::restart(snapshot, &halves.collect::<Vec<_>>()));
    page.command(indent, &Cmdlet::ssl_bindings(server, protocol));
}

/// Why a component has not come back by itself, where it should have, with the command for each reason.
fn way_back(page: &mut Page, one: &Evidence, snapshot: &ServerSnapshot) {
    let Some(age) = one.overdue(snapshot) else { return };
    let component = &one.component;
    let age = time::lasting(age.unsigned_abs());
    let blocks = one.blocks(snapshot);
    if blocks.is_empty() {
        page.item(CARE, 0, &format!("{component} has not come back by itself for {age}; why was not found."));
        return;
    }
    page.item(CARE, 0, &format!("{component} has not come back by itself for {age}, because:"));
    for block in &blocks {
        let (text, commands) = self::block(block, snapshot);
        page.item(CARE, 2, &text);
        commands.iter().for_each(|command| page.command(6, command));
    }
}

/// One thing that blocks the way back, with the commands that mend it.
fn block(block: &Block, snapshot: &ServerSnapshot) -> (String, Vec<Cmdlet>) {
    let server = &snapshot.server;
    match block {
        Block::ProbeFails(monitor) => {
            (format!("the probe still fails: {monitor} alerts. Its cause has to be mended."), Vec::new())
        }
        Block::BindingDeadlock(it) => {
            (format!("the first SSL binding is {}, a specific address: see above.", it.first), Vec::new())
        }
        Block::HealthManager(HealthManager { state, start }) => {
            let name = HealthManager::NAME;
            (
                format!("{name} is {} and {}; it has to run, always:", state.name(), start.name()),
                vec![Cmdlet::set_service(snapshot, name, true)],
            )
        }
        Block::FrontEnd(service, start) => (
            format!(
                "{} is {}: Managed Availability makes no monitors for it. If the protocol is in use:",
                service.name(),
                start.name()
            ),
            vec![
                Cmdlet::set_service(snapshot, service.name(), false),
                Cmdlet::restart_service(snapshot, HealthManager::NAME),
            ],
        ),
        Block::Override(it) => {
            let whose = if it.is_global { "the organisation" } else { "this server" };
            let text = format!(
                "an override of {whose} sets {} of the {} {} to {}. If it is no longer meant:",
                it.property,
                it.item_type.to_lowercase(),
                it.identity,
                it.value
            );
            (text, vec![Cmdlet::remove_override(server, it)])
        }
        Block::Guard(guard) => {
            let known = guard.entries.iter().filter(|entry| entry.requester.known().is_some());
            (
                format!(
                    "{} is {}: Managed Availability brings nothing back on this server. When that may end:",
                    guard.component, guard.state
                ),
                known.map(|entry| Cmdlet::set_active(server, entry)).collect(),
            )
        }
    }
}

/// What was seen of one component that is likely to be the cause, in a sentence each.
pub fn causes_of(page: &mut Page, snapshot: &ServerSnapshot, all: &[Evidence], component: &Component, show: &Show) {
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
        mend_bindings(page, 4, snapshot, protocol, deadlock);
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
            format!("{who} {} Inactive, {when}.", took(takedown, component, snapshot))
        }
    }
}

const NAMELESS: &str = "a responder without a name";

/// An event says that a responder tried; that it did, the time of the entry.
fn took(takedown: &Takedown, component: &Component, snapshot: &ServerSnapshot) -> &'static str {
    let did = snapshot.component(component).is_some_and(|seen| takedown.was_done(seen));
    if did { "set it" } else { "tried to set it" }
}
