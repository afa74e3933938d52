//! What was seen of a server: which one, the table of components, and what is to be said of it.

use crate::domain::{
    Author, Authors, Cause, ChangeLog, Cmdlet, Component, Diagnosis, Finding, InactiveEntry, Run, Server, ServerRun,
    ServerSnapshot, Store, StoreReading, each_once,
};
use crate::screens::kit::page::{BAD, CARE, HEADING, PLAIN, Page};
use crate::screens::kit::{table as ascii, time, words};

use super::notes::Notes;
use super::{Show, evidence, headline, many, services};

/// Which server, which Exchange, when.
pub fn header(page: &mut Page, server: &ServerRun) {
    let snapshot = &server.before;
    let exchange = snapshot.exchange.as_ref().and_then(words::exchange);
    let name = [Some(snapshot.server.to_string()), exchange].into_iter().flatten().collect::<Vec<_>>().join("  ");
    let verb = if snapshot.components.is_empty() { "as of" } else { "looked at" };
    let taken = server.after().unwrap_or(snapshot).taken;
    page.apart(HEADING, &name, &format!("{verb} {} UTC", time::utc(taken)));
}

/// Whether something is to be seen in the table that the headline does not say.
pub fn is_worth_a_table(server: &ServerRun) -> bool {
    server.diagnoses.iter().any(|it| it.finding.is_some())
}

/// The components of these servers, with a column for their names where the run has several: the state, and for each inactive entry who, since when and where. Of several servers
/// only what is not as it should be.
pub fn table(page: &mut Page, servers: &[&ServerRun], several: bool) {
    if servers.iter().all(|server| server.diagnoses.is_empty()) {
        return;
    }
    page.gap();
    let mut rows = Vec::new();
    for server in servers {
        let diagnoses = server.diagnoses.iter().filter(|it| !several || it.finding.is_some());
        for (at, row) in diagnoses.flat_map(|it| rows_of(&server.before, it, several)).enumerate() {
            let name = if at == 0 { server.server().to_string() } else { String::new() };
            rows.push(if several { [name].into_iter().chain(row).collect() } else { row });
        }
    }
    if several {
        ascii::table(page, &["Server", "Component", "State", "Requester", "Since (UTC)", "For"], &rows);
    } else {
        ascii::table(page, &["Component", "State", "Requester", "Since (UTC)", "For", "Stored in"], &rows);
    }
}

/// The same rows of one server.
pub(super) fn rows(server: &ServerRun) -> Vec<Vec<String>> {
    server.diagnoses.iter().flat_map(|it| rows_of(&server.before, it, false)).collect()
}

fn rows_of(snapshot: &ServerSnapshot, diagnosis: &Diagnosis, several: bool) -> Vec<Vec<String>> {
    let mut label = [diagnosis.component.to_string(), diagnosis.state.to_string()];
    if diagnosis.entries.is_empty() {
        return vec![label.into_iter().chain([no_entry(diagnosis).to_owned()]).collect()];
    }
    let row = |entry: &InactiveEntry| {
        let [component, state] = std::mem::take(&mut label);
        let since = time::in_a_table(&entry.since, several);
        let lasting = entry.since.utc().map(|at| time::so_long(at, snapshot.taken)).unwrap_or_default();
        let mut row = vec![component, state, entry.requester.to_string(), since, lasting];
        row.extend((!several).then(|| words::stores_short(entry.stores).to_owned()));
        row
    };
    diagnosis.entries.iter().map(row).collect()
}

fn no_entry(diagnosis: &Diagnosis) -> &'static str {
    match diagnosis.finding {
        Some(Finding::Inactive(Cause::ServerWideOffline)) => "server-wide",
        Some(Finding::Inactive(Cause::Unknowable) | Finding::NotKnown) => "not known",
        Some(Finding::Inactive(Cause::Unexplained)) => "none",
        Some(Finding::Inactive(Cause::Entries) | Finding::Draining) | None => "",
    }
}

/// What a wizard begins with: the server, the headline, the table, and why.
pub fn overview(page: &mut Page, run: &Run, server: &ServerRun, show: &Show) {
    /// Lines that leave room for the first question on the same screen.
    const ROOM: usize = 5;
    header(page, server);
    headline::say(page, run, server, None);
    table(page, &[server], false);
    let mut notes = Notes::new(page);
    evidence::causes(&mut notes, server, false, show);
    services::notes(&mut notes, server);
    requesters(&mut notes, server);
    evidence::notes(&mut notes, server, show);
    let notes = notes.finish();
    super::notes::say(page, &[(None, notes)], ROOM, "in relight check -v");
}

/// The same for several servers: those that are asked about in one table, or all of many.
pub fn overview_of_several(page: &mut Page, run: &Run, asked: &[&ServerRun]) {
    if many::is_many(run.servers.len()) {
        return many::say(page, run, &run.servers);
    }
    for server in asked {
        headline::say(page, run, server, Some(server.server().as_str()));
    }
    table(page, asked, true);
}

/// Who stands behind each requester that keeps a component Inactive.
pub fn requesters(notes: &mut Notes<'_>, server: &ServerRun) {
    let inactive = || server.diagnoses.iter().filter(|it| it.finding.is_some());
    for requester in each_once(inactive().flat_map(|it| &it.entries).map(|it| &it.requester)) {
        let of_it = inactive().filter(|it| it.entries.iter().any(|entry| entry.requester == *requester));
        let components = of_it.map(|it| it.component.clone()).collect::<Vec<_>>();
        let who = words::who_in_short(requester, &components, &server.before.setup);
        notes.push(|page| page.say(&who));
    }
}

/// What is Inactive without an entry that says so, and what of the entries is not known.
pub fn notes(notes: &mut Notes<'_>, server: &ServerRun) {
    let with = |wanted: &Finding| {
        let found = server.diagnoses.iter().filter(|it| it.finding.as_ref() == Some(wanted));
        found.map(|it| it.component.clone()).collect::<Vec<_>>()
    };
    let unexplained = with(&Finding::Inactive(Cause::Unexplained));
    if !unexplained.is_empty() {
        let text = format!(
            "Nothing recorded says why {} {} Inactive: no requester has an Inactive entry, and the server is not offline \
             server-wide. relight changes nothing here.",
            words::components(&unexplained),
            words::is_or_are(unexplained.len()),
        );
        notes.push(|page| page.styled(CARE, 0, &text));
    }
    for gap in each_once(server.diagnoses.iter().flat_map(|it| &it.gaps)) {
        let of_it = server.diagnoses.iter().filter(|it| it.gaps.contains(gap)).map(|it| it.component.clone());
        let text = format!(
            "{}: {}. {}",
            words::components(&of_it.collect::<Vec<_>>()),
            words::gap(gap),
            words::gap_advice(gap)
        );
        notes.push(|page| page.styled(CARE, 0, &text));
    }
    let by_hand = [Finding::Inactive(Cause::Unexplained), Finding::Inactive(Cause::Unknowable), Finding::NotKnown];
    if let Some(component) = by_hand.iter().flat_map(with).next() {
        let command = Cmdlet::look(server.server(), &component);
        notes.push(|page| page.lead(PLAIN, 0, "To look by hand:", &command));
    }
}

/// Who recorded the entries, as far as a log names the account.
pub fn authors(notes: &mut Notes<'_>, server: &ServerRun, show: &Show) {
    let entries = server.diagnoses.iter().filter(|it| it.is_inactive()).flat_map(|it| &it.entries);
    for entry in entries {
        for author in server.authors.of_entry(entry) {
            let text = format!("{}: {}", entry.requester, recorded_by(author, server.server(), show));
            notes.push(|page| page.say(&text));
        }
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
        let (style, text) = sentence(snapshot, diagnosis, finding);
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
                let by = recorded_by(author, &snapshot.server, show);
                page.inset(2, &format!("{}: {by}", entry.requester));
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
                "Decides nothing: {} {} in {} from {}, because {} has a newer entry.",
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

fn sentence(snapshot: &ServerSnapshot, diagnosis: &Diagnosis, finding: &Finding) -> (anstyle::Style, String) {
    let Diagnosis { component, state, .. } = diagnosis;
    match finding {
        Finding::Inactive(_) => {
            let consequence = words::consequences(std::slice::from_ref(component), &snapshot.services);
            (BAD, format!("{component} is {state}: {consequence}"))
        }
        Finding::Draining => (
            CARE,
            format!("{component} is {state}: it still serves clients. Odd for a proxy, and not what relight changes."),
        ),
        Finding::NotKnown => (CARE, format!("{component} reads {state}, but that is not confirmed.")),
    }
}

fn explain(page: &mut Page, diagnosis: &Diagnosis, finding: &Finding) {
    let component = &diagnosis.component;
    match finding {
        Finding::Inactive(Cause::ServerWideOffline) => page.inset(
            2,
            &format!(
                "The server is offline server-wide, which makes {component} Inactive. Setting {component} Active cannot \
                 help while that lasts."
            ),
        ),
        Finding::Inactive(Cause::Unexplained) => page.inset(
            2,
            "Nothing recorded explains it: both stores were read, no requester has an Inactive entry, and the server is not \
             offline server-wide. relight changes nothing here.",
        ),
        Finding::Inactive(Cause::Unknowable) => {
            page.inset(2, "Who set it is not known for certain, so relight changes nothing here.");
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
    let state = format!(" {}", entry.state);
    let who = if say_who { words::who(&entry.requester, &snapshot.setup) } else { "" };
    page.inset(
        2,
        &format!(
            "{requester} set it{state} {}, in {}. {who}",
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
            format!("set by {} at {at}, says the admin audit log.", account.unwrap_or("an account without a name"))
        }
        ChangeLog::Application(event) => {
            let by = account.map(|account| format!(", by {account}")).unwrap_or_default();
            format!(
                "recorded on {server}{by} at {at}, says its Application log (event {event} of MSExchange ADAccess)."
            )
        }
    }
}

/// The whole name, and when it was looked at, by the clock of the reader too.
pub fn names(page: &mut Page, server: &ServerRun, show: &Show) {
    let snapshot = &server.before;
    if let Some(fqdn) = words::fqdn(snapshot) {
        page.say(&format!("Name: {fqdn}."));
    }
    let first = time::with_local(snapshot.taken, &show.tz);
    match server.after() {
        // Nobody told the time either.
        Some(after) if after.components.is_empty() => {
            page.say(&format!("Looked at {first}; after that nothing could be seen."))
        }
        Some(after) => {
            page.say(&format!("Looked at {first} and again at {}.", time::with_local(after.taken, &show.tz)))
        }
        None => page.say(&format!("Looked at {first}.")),
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

fn first_mention(server: &ServerRun, diagnosis: &Diagnosis, entry: &InactiveEntry) -> bool {
    let earlier = server.diagnoses.iter().take_while(|earlier| earlier.component != diagnosis.component);
    let shown = earlier.filter(|earlier| earlier.is_inactive() && !server.is_worked_on(&earlier.component));
    !shown.flat_map(|earlier| &earlier.entries).any(|earlier| earlier.requester == entry.requester)
}

fn by_hand(page: &mut Page, server: &Server, component: &Component) {
    page.inset(2, "To look by hand:");
    page.command(4, &Cmdlet::look(server, component));
}

/// Every entry as it was read, and the commands that show them.
pub fn entries(page: &mut Page, server: &ServerRun, show: &Show) {
    if server.before.components.is_empty() {
        return;
    }
    page.heading("Every entry, as it was read");
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
