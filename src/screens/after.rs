//! What a fix came to on one screen: the state of each component now, where it is confirmed, what clients meet; and what of
//! it is not confirmed, with what mends that.

use crate::domain::{
    Cmdlet, Component, HealthManager, NoCopy, Note, Outcome, Reason, ServerRun, StepOutcome, Stores, Subject,
    VerdictKind, alike, each_once,
};
use crate::screens::kit::page::{BAD, CARE, Page};
use crate::screens::kit::{table, time, words};

use super::notes::Notes;
use super::{Show, clients, verdicts};

/// The components that a step was about or was for, of these servers.
pub fn table(page: &mut Page, servers: &[&ServerRun], several: bool) {
    let mut rows = Vec::new();
    for server in servers {
        for (at, row) in components(server).into_iter().map(|it| row(server, it)).enumerate() {
            let name = if at == 0 { server.server().to_string() } else { String::new() };
            rows.push(if several { [name].into_iter().chain(row).collect() } else { row.to_vec() });
        }
    }
    if rows.is_empty() {
        return;
    }
    page.gap();
    let header = ["Server", "Component", "Before", "Now", "Confirmed in", "Clients"];
    table::table(page, if several { &header } else { &header[1..] }, &rows);
}

/// The same rows of one server.
pub(super) fn rows(server: &ServerRun) -> Vec<[String; 5]> {
    components(server).into_iter().map(|it| row(server, it)).collect()
}

fn components(server: &ServerRun) -> Vec<&Component> {
    let of_entries = server.entry_steps().flat_map(|(entry, step)| step.components.iter().chain([&entry.component]));
    let of_services = server.clients.iter().map(|clients| &clients.component);
    let mut all = each_once(of_entries.chain(of_services));
    all.sort_by_key(|component| component.is_server_wide_offline());
    all
}

fn row(server: &ServerRun, component: &Component) -> [String; 5] {
    let seen = |snapshot: Option<&crate::domain::ServerSnapshot>| {
        let seen = snapshot.and_then(|snapshot| snapshot.component(component));
        seen.map_or_else(|| "not read".to_owned(), |seen| seen.state.to_string())
    };
    let subject = Subject::Component(component.clone());
    let notes = server.notes(&subject);
    let own = || server.entry_steps().filter(|(entry, _)| entry.component == *component).map(|(_, step)| step);
    let confirmed = match server.verdict(&subject) {
        // What was set was ServerWideOffline.
        Some(VerdictKind::Confirmed) if own().next().is_none() => "server-wide",
        Some(VerdictKind::Confirmed) if notes.iter().any(|it| matches!(it, Note::NotInDirectory(_))) => "registry",
        Some(VerdictKind::Confirmed) => "both stores",
        Some(VerdictKind::NotConfirmed(_)) => "not confirmed",
        Some(VerdictKind::Unknown(_)) => "not known",
        None if component.is_server_wide_offline() => where_shown(server, own()),
        None => "",
    };
    let clients = clients::in_a_table(server, component);
    [component.to_string(), seen(Some(&server.before)), seen(server.after()), confirmed.to_owned(), clients]
}

/// Where the last look shows all of these entries set.
fn where_shown<'a>(server: &ServerRun, mut steps: impl Iterator<Item = &'a StepOutcome>) -> &'static str {
    let first = steps.next().and_then(|step| server.shown_in(step));
    match first.filter(|stores| steps.all(|step| server.shown_in(step) == Some(*stores))) {
        Some(Stores::Both) => "both stores",
        Some(Stores::Local) => "registry",
        Some(Stores::Remote) | None => "not confirmed",
    }
}

/// Why components are not confirmed: those of the same reason together, with what mends it.
pub fn not_confirmed(notes: &mut Notes<'_>, server: &ServerRun, show: &Show) {
    let reasons = server.component_verdicts().filter_map(|(component, kind)| match kind {
        VerdictKind::NotConfirmed(reasons) => Some(reasons.iter().map(move |reason| (component, reason))),
        VerdictKind::Confirmed | VerdictKind::Unknown(_) => None,
    });
    let reasons = reasons.flatten().filter(|(_, reason)| !is_of_an_ill_step(server, reason));
    let told = reasons.map(|(component, reason)| {
        let (subject, text) = self::reason(component, reason, server, show);
        (text, (subject, reason))
    });
    for (text, same) in alike(told) {
        let pending = same.iter().any(|(_, reason)| matches!(reason, Reason::RegistryPending(_)));
        let (subjects, reasons) = same.into_iter().unzip::<_, _, Vec<_>, Vec<_>>();
        notes.push(|page| {
            let style = if pending { CARE } else { BAD };
            page.styled(style, 0, &format!("{}: {text}", words::names_on(&subjects)));
            for reason in reasons {
                if let Reason::RegistryPending(entry) | Reason::RegistryWriteLost(entry, _) = reason {
                    page.command(2, &Cmdlet::set_active_in_registry(server.server(), entry));
                }
            }
        });
    }
}

/// What could not be read after the change.
pub fn unknown(notes: &mut Notes<'_>, server: &ServerRun) {
    let unknown = server.component_verdicts().filter_map(|(component, kind)| match kind {
        VerdictKind::Unknown(gaps) => Some((gaps, component.clone())),
        VerdictKind::Confirmed | VerdictKind::NotConfirmed(_) => None,
    });
    for (gaps, components) in alike(unknown) {
        let whys = gaps.iter().map(|gap| format!("{}. {}", words::gap(gap), words::gap_advice(gap)));
        let why = whys.collect::<Vec<_>>().join(" ");
        let why = if why.is_empty() { "not read after the change." } else { &why };
        let components = words::components(&components);
        notes.push(|page| page.styled(BAD, 0, &format!("{components}: {why}")));
    }
    if server.was_changed() && server.after().is_none() {
        notes.push(|page| page.styled(BAD, 0, "There was no look after the change: what is there now is not known."));
    }
}

/// What is worth knowing of what is confirmed, of services, and of a watch.
pub fn notes(notes: &mut Notes<'_>, server: &ServerRun) {
    let of = |(component, _): (&Component, _)| server.notes(&Subject::Component(component.clone()));
    let beside = server.component_verdicts().flat_map(of).filter_map(|note| match note {
        Note::NotInDirectory(entry) => Some(words::entry_name(entry)),
        Note::ActiveStays(_) => None,
    });
    let beside = beside.collect::<Vec<_>>();
    if !beside.is_empty() {
        let names = words::names_on(&beside);
        notes.push(|page| page.styled(CARE, 0, &format!("{names}: {}", verdicts::NOT_IN_DIRECTORY)));
    }
    for (service, kind) in server.service_verdicts() {
        let what = match kind {
            // The headline says so.
            VerdictKind::Confirmed => continue,
            VerdictKind::NotConfirmed(_) => "does not run: see the event log of the server.",
            VerdictKind::Unknown(_) => "could not be read again.",
        };
        notes.push(|page| page.styled(BAD, 0, &format!("{} {what}", service.name())));
    }
    notes.push(|page| verdicts::watched(page, server));
}

/// That neither store shows it says nothing more of a step that did not go well.
fn is_of_an_ill_step(server: &ServerRun, reason: &Reason) -> bool {
    matches!(reason, Reason::NotWritten(entry)
        if server.entry_steps().any(|(other, step)| other == entry && step.outcome != Outcome::Done))
}

/// What is not confirmed, and why; what mends it follows where the text ends with a colon.
fn reason(component: &Component, reason: &Reason, server: &ServerRun, show: &Show) -> (String, String) {
    let seen = server.after().unwrap_or(&server.before).taken;
    let since = |time| time::entry(time, seen, &show.tz);
    let of = words::entry_name;
    match reason {
        Reason::NotWritten(entry) => (of(entry), "neither store shows a newer Active entry.".to_owned()),
        Reason::RegistryPending(entry) => (
            of(entry),
            format!(
                "Active Directory shows it, the registry not yet; {} copies it within about 300 s. To set it now, best on \
                 that server:",
                HealthManager::NAME
            ),
        ),
        Reason::RegistryWriteLost(entry, why) => {
            let why = match why {
                NoCopy::NotRunning => format!("{}, which would copy it, does not run", HealthManager::NAME),
                NoCopy::NotKnown => format!("whether {} runs, which would copy it, is not known", HealthManager::NAME),
                NoCopy::RegistryIsLater => "its entry is the later one: the clocks differ".to_owned(),
            };
            (
                of(entry),
                format!(
                    "Active Directory shows it, the registry does not ({why}). See that its Remote Registry service answers, \
                     then, best on that server:"
                ),
            )
        }
        Reason::DirectoryWriteLost(entry) => (
            of(entry),
            "the registry shows it, but Active Directory has the old entry, and it is the later one. Replication may be \
             behind."
                .to_owned(),
        ),
        Reason::SetAgain(entry) => (of(entry), format!("set {} again, {}.", entry.state, since(&entry.since))),
        Reason::AnotherEntry(entry) => (
            of(entry),
            format!("set {} too, {}; that was not part of the plan.", entry.state, since(&entry.since)),
        ),
        Reason::ServerWideOffline => {
            let last = server.last_diagnoses().into_iter().filter(|it| it.component.is_server_wide_offline());
            let by = last.flat_map(|it| &it.entries).map(|it| format!(" {} set it so {}.", it.requester, since(&it.since)));
            let by = by.collect::<String>();
            (component.to_string(), format!("the server is offline server-wide.{by}"))
        }
        Reason::StateDoesNotFollow(state) => (
            component.to_string(),
            format!("its entries read Active, but Exchange still reports {state}. That can take a minute."),
        ),
        Reason::NotPutBack(store) => (component.to_string(), format!("not put back in {}.", words::store(*store))),
        Reason::DirectoryIsLater => {
            (component.to_string(), "the Active entry in Active Directory is the later one, and decides.".to_owned())
        }
        Reason::ServiceIs(state) => (component.to_string(), format!("{}.", state.name())),
    }
}
