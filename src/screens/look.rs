//! What was seen of a server: the header, the table of components, and for each that is not as it should be, why.

use crate::domain::{
    Author, Authors, Cause, ChangeLog, Cmdlet, Component, Diagnosis, Finding, InactiveEntry, Server, ServerRun,
    ServerSnapshot, State, StepOutcome, Store, StoreReading,
};
use crate::screens::kit::page::{BAD, CARE, HEADING, Page};
use crate::screens::kit::{table as ascii, time, words};

use super::{Show, evidence, plan, verdicts};

/// Which server, which Exchange, when.
pub fn header(page: &mut Page, snapshot: &ServerSnapshot, was_changed: bool, show: &Show) {
    let mut name = snapshot.server.to_string();
    if let Some(fqdn) = words::fqdn(snapshot) {
        name.push_str(&format!(" ({fqdn})"));
    }
    if let Some(exchange) = snapshot.exchange.as_ref().and_then(words::exchange) {
        name.push_str(&format!(", {exchange}"));
    }
    page.styled(HEADING, 0, &name);
    let verb = if snapshot.components.is_empty() { "As of" } else { "Looked at" };
    let before = if was_changed { ", before the change" } else { "" };
    page.say(&format!("{verb} {}{before}.", time::with_local(snapshot.taken, &show.tz)));
}

/// The components: state, and for each inactive entry who, where and since when.
pub fn table(page: &mut Page, snapshot: &ServerSnapshot, diagnoses: &[Diagnosis]) {
    page.gap();
    if diagnoses.is_empty() {
        page.styled(BAD, 0, "No component could be read.");
        return;
    }
    let mut rows = Vec::new();
    for diagnosis in diagnoses {
        let mut label = [diagnosis.component.to_string(), diagnosis.state.to_string()];
        if diagnosis.entries.is_empty() {
            let [component, state] = label;
            rows.push(vec![component, state, no_entry(diagnosis).to_owned(), "-".to_owned(), "-".to_owned()]);
            continue;
        }
        for entry in &diagnosis.entries {
            let [component, state] = std::mem::take(&mut label);
            let since = match entry.since.utc() {
                Some(at) => time::utc(at),
                None => time::short(&entry.since, snapshot.taken),
            };
            let requester = entry.requester.to_string();
            rows.push(vec![component, state, requester, words::stores_short(entry.stores).to_owned(), since]);
        }
    }
    ascii::table(page, &["Component", "State", "Held by", "Recorded in", "Since (UTC)"], &rows);
}

fn no_entry(diagnosis: &Diagnosis) -> &'static str {
    match diagnosis.finding {
        Some(Finding::Inactive(Cause::ServerWideOffline)) => "(server-wide)",
        Some(Finding::Inactive(Cause::Unknowable) | Finding::NotKnown) => "(not known)",
        Some(Finding::Inactive(Cause::Unexplained)) => "(unexplained)",
        Some(Finding::Inactive(Cause::Entries) | Finding::Draining) | None => "-",
    }
}

/// The header, the table and one sentence for each component that is not as it should be, with its clues and its stopped
/// services in short: what a wizard begins with.
pub fn overview(page: &mut Page, server: &ServerRun, show: &Show) {
    let snapshot = &server.before;
    header(page, snapshot, false, show);
    table(page, snapshot, &server.diagnoses);
    page.gap();
    for diagnosis in &server.diagnoses {
        if let Some(finding) = &diagnosis.finding {
            let (style, text) = headline(snapshot, diagnosis, finding);
            page.styled(style, 0, &text);
        }
        let evidence = server.evidence.iter().find(|one| one.component == diagnosis.component);
        if let Some(clues) = evidence.and_then(|one| evidence::in_short(one, snapshot)) {
            page.inset(2, &clues);
        }
        // What the sentence above has named already is not said again.
        let said = snapshot.services.stopped_front_end(&diagnosis.component).filter(|_| diagnosis.is_inactive());
        for proposal in server.plan.of_services().filter(|proposal| proposal.is_for(&diagnosis.component)) {
            let more = proposal.services().into_iter().filter(|service| Some(*service) != said).collect::<Vec<_>>();
            let indent = if diagnosis.finding.is_some() { 2 } else { 0 };
            if !more.is_empty() {
                let are = words::is_or_are(more.len());
                page.styled(CARE, indent, &format!("{} {are} Stopped.", words::services(&more)));
            }
        }
    }
    for proposal in server.plan.of_components().filter(|proposal| !proposal.is_possible()) {
        plan::ruled_out(page, proposal);
    }
}

/// One component that is not as it should be: what that means, whose entries make it so, what does not
/// count, what is not known. `commands` tells for which entries the command is shown.
pub fn finding(
    page: &mut Page,
    server: &ServerRun,
    diagnosis: &Diagnosis,
    commands: &dyn Fn(&InactiveEntry) -> bool,
    show: &Show,
) {
    let snapshot = &server.before;
    page.gap();
    if let Some(finding) = &diagnosis.finding {
        let (style, text) = headline(snapshot, diagnosis, finding);
        page.styled(style, 0, &text);
        explain(page, diagnosis, finding);
    } else if !diagnosis.stale.is_empty() {
        page.say(&format!("{} is {}.", diagnosis.component, diagnosis.state));
    }
    let is_inactive = diagnosis.is_inactive();
    if diagnosis.finding.is_some() {
        for entry in &diagnosis.entries {
            let first = is_inactive && first_mention(server, diagnosis, entry);
            inactive_entry(page, snapshot, entry, first, show);
            for author in server.authors.of_entry(entry) {
                page.inset(2, &recorded_by(author, &snapshot.server, show));
            }
            if is_inactive && entry.requester.known().is_some() && commands(entry) {
                page.command(4, &Cmdlet::set_active(&snapshot.server, entry));
            }
        }
    }
    for stale in &diagnosis.stale {
        let entry = &stale.entry;
        page.inset(
            2,
            &format!(
                "Holds nothing: {} {} in {} from {}, because {} has a newer entry.",
                entry.requester,
                entry.state,
                words::store(stale.store),
                time::entry(&entry.time, snapshot.taken, &show.tz),
                entry.requester,
            ),
        );
    }
    for gap in &diagnosis.gaps {
        page.styled(CARE, 2, &format!("Not known: {}. {}", words::gap(gap), words::gap_advice(gap)));
    }
    if is_inactive && diagnosis.component.is_server_wide_offline() {
        page.styled(CARE, 2, words::BRINGS_ONLINE);
    }
    if matches!(diagnosis.finding, Some(Finding::Inactive(Cause::Unexplained | Cause::Unknowable) | Finding::NotKnown))
    {
        by_hand(page, &snapshot.server, &diagnosis.component);
    }
}

fn headline(snapshot: &ServerSnapshot, diagnosis: &Diagnosis, finding: &Finding) -> (anstyle::Style, String) {
    let Diagnosis { component, state, .. } = diagnosis;
    match finding {
        Finding::Inactive(_) => {
            (BAD, format!("{component} is {state}: {}", words::consequence(component, &snapshot.services)))
        }
        Finding::Draining => (
            CARE,
            format!(
                "{component} is {state}: it takes no new clients. Odd for a proxy, but not the fault relight lifts."
            ),
        ),
        Finding::NotKnown => (CARE, format!("{component} reads {state}, but that is not proven.")),
    }
}

fn explain(page: &mut Page, diagnosis: &Diagnosis, finding: &Finding) {
    let component = &diagnosis.component;
    match finding {
        Finding::Inactive(Cause::ServerWideOffline) => page.inset(
            2,
            &format!(
                "The server is offline server-wide, which takes {component} down with it. Setting {component} Active \
                 cannot help while that lasts."
            ),
        ),
        Finding::Inactive(Cause::Unexplained) => page.inset(
            2,
            "Nothing recorded explains it: both stores were read, no requester holds it, and the server is not \
             offline server-wide. relight changes nothing here.",
        ),
        Finding::Inactive(Cause::Unknowable) => {
            page.inset(2, "What holds it is not known for certain, so relight changes nothing here.");
        }
        Finding::Inactive(Cause::Entries) | Finding::Draining | Finding::NotKnown => {}
    }
}

/// Whose entry it is, since when, where; and who that is, unless it was said before.
pub fn inactive_entry(page: &mut Page, snapshot: &ServerSnapshot, entry: &InactiveEntry, say_who: bool, show: &Show) {
    let requester = if entry.requester.known().is_some() {
        entry.requester.to_string()
    } else {
        format!("An unknown requester, \"{}\",", entry.requester)
    };
    let state = if entry.state == State::Inactive { String::new() } else { format!(" {}", entry.state) };
    let who = if say_who { words::who(&entry.requester, &snapshot.setup) } else { "" };
    page.inset(
        2,
        &format!(
            "{requester} holds it{state} since {}, in {}. {who}",
            time::entry(&entry.since, snapshot.taken, &show.tz),
            words::stores(entry.stores),
        ),
    );
}

/// What a log tells of who made an entry.
fn recorded_by(author: &Author, server: &Server, show: &Show) -> String {
    let at = time::with_local(author.at, &show.tz);
    let account = author.account.as_deref();
    match author.log {
        ChangeLog::AdminAudit => {
            format!("The admin audit log: {} did it, {at}.", account.unwrap_or("an account without a name"))
        }
        ChangeLog::Application(event) => {
            let by = account.map(|account| format!(", by {account}")).unwrap_or_default();
            format!("The Application log of {server}: recorded there{by}, {at} (MSExchange ADAccess, event {event}).")
        }
    }
}

/// Why it could not be told who recorded entries, in one line.
pub fn authors_unread(page: &mut Page, authors: &Authors) {
    if !authors.unread.is_empty() {
        page.gap();
        let reasons = authors.unread.join("; ");
        page.say(&format!("Not everything that may tell who recorded these entries could be read: {reasons}"));
    }
}

/// Whether a command was sent that was about this component or for it, so that what is said of that says the rest.
pub fn was_worked_on(server: &ServerRun, component: &Component) -> bool {
    let sent = |step: &StepOutcome| step.outcome.was_sent();
    verdicts::entries(server)
        .any(|(entry, step)| sent(step) && (entry.component == *component || step.is_for(component)))
}

fn first_mention(server: &ServerRun, diagnosis: &Diagnosis, entry: &InactiveEntry) -> bool {
    let earlier = server.diagnoses.iter().take_while(|earlier| earlier.component != diagnosis.component);
    let shown = earlier.filter(|earlier| earlier.is_inactive() && !was_worked_on(server, &earlier.component));
    !shown.flat_map(|earlier| &earlier.entries).any(|earlier| earlier.requester == entry.requester)
}

fn by_hand(page: &mut Page, server: &Server, component: &Component) {
    page.inset(2, "To look by hand:");
    page.command(4, &Cmdlet::look(server, component));
}

/// Every entry as it was read, and the commands that show them.
pub fn entries(page: &mut Page, server: &ServerRun, show: &Show) {
    page.heading("Every entry, as it was read (winning or not)");
    for seen in &server.before.components {
        page.say(&format!("{} {}", seen.component, seen.state));
        for (store, list, reading) in
            [(Store::Local, "LocalStates", &seen.local), (Store::Remote, "RemoteStates", &seen.remote)]
        {
            let name = words::capital(words::store(store));
            match reading {
                StoreReading::Unreadable => page.inset(2, &format!("{name}: could not be read")),
                StoreReading::Read { entries, opaque } if entries.is_empty() && opaque.is_empty() => {
                    page.inset(2, &format!("{name}: no entries"));
                }
                StoreReading::Read { entries, opaque } => {
                    page.inset(2, &format!("{name}:"));
                    for entry in entries {
                        let time = time::entry(&entry.time, server.before.taken, &show.tz);
                        page.inset(4, &format!("{} {} {time}", entry.requester, entry.state));
                    }
                    for item in opaque {
                        page.inset(4, &format!("illegible: {item}"));
                    }
                }
            }
            page.command(4, &Cmdlet::look_at_entries(server.server(), &seen.component, list));
        }
    }
}
