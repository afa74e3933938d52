//! An undo on one screen: each entry as it was before the run and as it is now, where that is confirmed, what is left as it
//! is, and why.

use crate::domain::{
    Change, Cmdlet, InactiveEntry, Note, Obstacle, Proposal, Run, RunId, ServerRun, ServerSnapshot, Stores, Subject,
    VerdictKind, alike, each_once, reconcile,
};
use crate::screens::kit::page::{BAD, CARE, HEADING, PLAIN, Page};
use crate::screens::kit::{table, time, words};

use super::notes::Notes;
use super::obstacle::sentence;
use super::report::{heads, nothing_changed, simulated, was_interrupted};
use super::{Show, flaws, headline, look, many, next, services, steps, trouble, verdicts};

/// What would be put back, before anybody says yes to it.
pub fn undo_plan(run: &Run, show: &Show) -> String {
    let mut page = begin(run, show);
    match &run.servers[..] {
        [server] => look::header(&mut page, server),
        servers => page.styled(HEADING, 0, &words::count(servers.len(), "server")),
    }
    table(&mut page, run);
    commands(&mut page, run);
    by_server(&mut page, run, |page, server| {
        consequences(page, server);
        left(page, server);
    });
    page.say("Nothing has been changed yet.");
    page.finish()
}

/// The whole report.
pub fn undo(run: &Run, show: &Show) -> String {
    let mut page = begin(run, show);
    if run.servers.is_empty() {
        page.say(if run.undone_flaws.is_none() {
            "That run changed nothing: there is nothing to put back."
        } else {
            "What else the record tells of changed nothing: nothing is put back."
        });
        return page.finish();
    }
    flaws::say(&mut page, &run.flaws, &run.way());
    let is_many = many::is_many(run.servers.len()) && !show.verbose;
    match &run.servers[..] {
        [server] => {
            look::header(&mut page, server);
            headline::say(&mut page, run, server, None);
        }
        servers if is_many => many::say(&mut page, run, servers),
        servers => heads(&mut page, run, servers),
    }
    if !is_many {
        table(&mut page, run);
    }
    let is_preview = !run.agreed_by.may_change();
    if is_preview {
        commands(&mut page, run);
    }
    by_server(&mut page, run, |page, server| {
        if is_preview {
            consequences(page, server);
        }
        below(page, run, server, show);
    });
    if show.verbose {
        run.servers.iter().for_each(|server| details(&mut page, server, show));
    }
    page.gap();
    was_interrupted(&mut page, run);
    next::say(&mut page, &run.next());
    nothing_changed(&mut page, run);
    page.finish()
}

fn begin(run: &Run, show: &Show) -> Page {
    let mut page = Page::new(show.width).with_whole_commands(show.whole_commands);
    run.simulated.iter().for_each(|scenario| simulated(&mut page, scenario));
    let undone = run.undoes.as_ref().map_or("", RunId::as_str);
    page.styled(HEADING, 0, &format!("Undo of run {undone}"));
    flaws::say(&mut page, &run.undone_flaws, &run.way());
    page
}

/// What there is to say of each server: below its name where there are several, those of which the same is said together.
fn by_server(page: &mut Page, run: &Run, write: impl Fn(&mut Page, &ServerRun)) {
    let parts = run.servers.iter().map(|server| (page.part(|page| write(page, server)), server.server().to_string()));
    let parts = alike(parts.filter(|(text, _)| !text.is_empty()).collect::<Vec<_>>());
    for (text, servers) in parts {
        if run.servers.len() > 1 {
            page.heading(&format!("{}:", words::list(&servers)));
        } else {
            page.gap();
        }
        page.append(&text);
    }
}

/// Each change of the plan, and what keeps it from being made; `None`: nothing does.
fn changes(server: &ServerRun) -> impl Iterator<Item = (&Proposal, &Change, Option<&Obstacle>)> {
    server.plan.proposals.iter().flat_map(move |proposal| {
        let not_asked = proposal.objections.iter().filter(|it| matches!(it, Obstacle::StopNotAsked(_)));
        let left = server.decision.iter().flat_map(|decision| &decision.left);
        let left = left.filter(|left| left.changes == proposal.changes).flat_map(|left| &left.obstacles);
        let against = proposal.obstacles.iter().chain(not_asked).chain(left).next();
        proposal.changes.iter().map(move |change| (proposal, change, against))
    })
}

/// Each entry that the run set: before the run, now, and where that is confirmed, or is to be set.
fn table(page: &mut Page, run: &Run) {
    let several = run.servers.len() > 1;
    let is_planned = run.servers.iter().all(|server| server.steps.is_empty());
    let mut rows = Vec::new();
    for server in &run.servers {
        let done = server.steps.iter().map(|step| &step.change);
        let mut all = each_once(done.chain(changes(server).map(|(_, change, _)| change)));
        all.sort_by_key(|change| change.entry().map(|entry| server.before.position(&entry.component)));
        let all = all.into_iter().filter_map(|change| row(server, change, is_planned, several));
        for (at, row) in all.enumerate() {
            let name = if at == 0 { server.server().to_string() } else { String::new() };
            rows.push(if several { [name].into_iter().chain(row).collect() } else { row });
        }
    }
    if rows.is_empty() {
        return;
    }
    page.gap();
    let last = if is_planned { "To be set in" } else { "Confirmed in" };
    if several {
        table::table(page, &["Server", "Component", "Requester", "Now", last], &rows);
    } else {
        table::table(page, &["Component", "Requester", "Before the run (UTC)", "Now", last], &rows);
    }
}

/// `None`: it is about a service.
fn row(server: &ServerRun, change: &Change, is_planned: bool, several: bool) -> Option<Vec<String>> {
    let Change::SetState { entry, to, stores } = change else { return None };
    let subject = change.subject();
    let seen = server.after().unwrap_or(&server.before);
    let is_left = changes(server).any(|(_, other, against)| other.subject() == subject && against.is_some());
    let last = match server.verdict(&subject) {
        _ if server.reads_by_an_earlier_clock(&subject).is_some() => "see below",
        Some(VerdictKind::Confirmed) => in_stores(*stores),
        Some(VerdictKind::NotConfirmed(_)) => "not confirmed",
        Some(VerdictKind::Unknown(_)) => "not known",
        None if is_left => "left as it is",
        None if is_planned => in_stores(*stores),
        None => "not known",
    };
    let before = format!("{to} {}", time::in_a_table(&entry.since, true));
    let row = [entry.component.to_string(), entry.requester.to_string()].into_iter();
    let row = row.chain((!several).then_some(before));
    Some(row.chain([now(seen, entry), last.to_owned()]).collect())
}

/// Where an entry is set.
fn in_stores(stores: Stores) -> &'static str {
    match stores {
        Stores::Local => "registry",
        Stores::Remote => "AD",
        Stores::Both => "both stores",
    }
}

/// What the deciding entry of the requester reads; that of the registry, where the order of the two is not known.
fn now(seen: &ServerSnapshot, entry: &InactiveEntry) -> String {
    let Some(component) = seen.component(&entry.component) else { return "not read".to_owned() };
    let (local, remote) = (&component.local, &component.remote);
    if !local.is_complete() || !remote.is_complete() {
        return "not read".to_owned();
    }
    let deciding = reconcile(local, remote).deciding.into_iter().find(|it| it.requester == entry.requester);
    let state = deciding.map(|it| it.state).or_else(|| Some(local.of_requester(&entry.requester)?.state.clone()));
    state.map_or_else(|| "no entry".to_owned(), |state| state.to_string())
}

/// What nothing keeps from being put back.
fn possible(server: &ServerRun) -> impl Iterator<Item = &Change> {
    changes(server).filter(|(.., against)| against.is_none()).map(|(_, change, _)| change)
}

/// The commands that would put it back.
fn commands(page: &mut Page, run: &Run) {
    page.gap();
    for server in &run.servers {
        possible(server).for_each(|change| page.command(2, &Cmdlet::change(&server.before, change)));
    }
}

/// What they come to.
fn consequences(page: &mut Page, server: &ServerRun) {
    let of_entries = possible(server).filter(|it| it.service().is_none());
    let (wide, mut own) = of_entries.partition::<Vec<_>, _>(|change| change.is_server_wide());
    own.sort_by_key(|change| change.entry().map(|entry| server.before.position(&entry.component)));
    for (state, components) in alike(own.iter().filter_map(|it| Some((it.target(), it.entry()?.component.clone())))) {
        let components = each_once(components);
        let what = words::components(&components);
        let consequence = words::consequences(&components, &server.before.services);
        page.styled(CARE, 0, &format!("That sets {what} {state} again: {consequence}"));
    }
    if !wide.is_empty() {
        let text = format!("That takes all of {} offline again, mail flow included.", server.server());
        page.styled(CARE, 0, &text);
    }
    for service in possible(server).filter_map(Change::service) {
        let startup = server.before.services.of(service).map_or("", |seen| seen.start.name());
        let text = format!("That stops {}: its clients are refused. Its startup type {startup} stays.", service.name());
        page.styled(CARE, 0, &text);
    }
    let is_of_registry_alone = |change: &Change| matches!(change, Change::SetState { stores: Stores::Local, .. });
    if own.iter().any(|change| is_of_registry_alone(change)) {
        page.say(
            "The times will be new ones. Where only the registry is set, the Active entry in Active Directory stays: no \
             cmdlet removes one.",
        );
    } else if !own.is_empty() || !wide.is_empty() {
        page.say("The times of the entries will be new ones.");
    }
}

/// What stands below the table.
fn below(page: &mut Page, run: &Run, server: &ServerRun, show: &Show) {
    let mut notes = Notes::new(page);
    not_confirmed(&mut notes, server);
    steps::notes(&mut notes, server);
    trouble::notes(&mut notes, &server.before.troubles);
    trouble::notes(&mut notes, server.after().map_or(&[], |after| &after.troubles[..]));
    if server.was_changed() && server.after().is_none() {
        notes.push(|page| page.styled(BAD, 0, "There was no look after the change: what is there now is not known."));
    }
    if !show.verbose {
        active_stays(&mut notes, server);
    }
    notes.finish().iter().for_each(|note| page.append(note));
    // Whoever settles an undo has not planned it.
    if !run.resumed {
        left(page, server);
    }
}

/// Why an entry or a service is not confirmed to be as it was.
fn not_confirmed(notes: &mut Notes<'_>, server: &ServerRun) {
    let told = server.verdicts().iter().filter_map(|verdict| {
        let subject = verdict.subject.to_string();
        if let Some(doubt) = verdicts::doubt(server, verdict) {
            return Some((doubt, subject));
        }
        match (&verdict.kind, &verdict.subject) {
            (VerdictKind::Confirmed, _) => None,
            (VerdictKind::NotConfirmed(reasons), _) => {
                let whys = reasons.iter().map(headline::reason).collect::<Vec<_>>();
                Some((format!("{}.", words::list(&each_once(whys))), subject))
            }
            (VerdictKind::Unknown(_), Subject::Entry(..)) => {
                Some(("what is recorded could not be read.".to_owned(), subject))
            }
            (VerdictKind::Unknown(_), _) => Some(("it could not be read again.".to_owned(), subject)),
        }
    });
    for (text, subjects) in alike(told.collect::<Vec<_>>()) {
        notes.push(|page| page.styled(BAD, 0, &format!("{}: {text}", words::names_on(&subjects))));
    }
}

/// The Active entries that no cmdlet removes.
fn active_stays(notes: &mut Notes<'_>, server: &ServerRun) {
    let of = server.verdicts().iter().flat_map(|verdict| &verdict.notes).filter_map(|note| match note {
        Note::ActiveStays(entry) => Some(words::entry_name(entry)),
        Note::NotInDirectory(_) => None,
    });
    let names = of.collect::<Vec<_>>();
    if !names.is_empty() {
        let rest = if names.len() == 1 {
            "the Active entry that the run set in Active Directory stays: no cmdlet removes one. It is older, and decides \
             nothing."
        } else {
            "the Active entries that the run set in Active Directory stay: no cmdlet removes one. They are older, and decide \
             nothing."
        };
        let text = format!("{}: {rest}", words::names_on(&names));
        notes.push(|page| page.say(&text));
    }
}

/// What is left as it is, and why: the entries, then the services.
fn left(page: &mut Page, server: &ServerRun) {
    let left = || changes(server).filter_map(|(_, change, against)| Some((change, against?)));
    let entries = left().filter_map(|(change, against)| {
        Some((sentence(&[], std::slice::from_ref(change), against), words::entry_name(change.entry()?)))
    });
    for (why, names) in alike(entries) {
        let are = if names.len() == 1 { "is left as it is" } else { "are left as they are" };
        page.styled(CARE, 0, &format!("{} {are}: {why}", words::names_on(&names)));
    }
    let services = left().filter_map(|(change, against)| {
        let end = if matches!(against, Obstacle::StopNotAsked(_)) {
            (PLAIN, "left running.".to_owned())
        } else if matches!(against, Obstacle::NotRunning) {
            (PLAIN, "not running now: nothing to stop.".to_owned())
        } else {
            (CARE, format!("not stopped: {}", sentence(&[], std::slice::from_ref(change), against)))
        };
        Some((end, change.service()?))
    });
    for ((style, text), services) in alike(services) {
        let are = words::is_or_are(services.len());
        page.styled(style, 0, &format!("{}, which the run started, {are} {text}", words::services(&services)));
    }
}

/// What `-v` adds.
fn details(page: &mut Page, server: &ServerRun, show: &Show) {
    page.gap();
    page.styled(HEADING, 0, &format!("Details of {}", server.server()));
    look::names(page, server, show);
    if !server.steps.is_empty() {
        page.heading("What was done");
        server.steps.iter().for_each(|step| steps::ended(page, &server.before, step));
    }
    if let Some(after) = server.after() {
        verdicts::before_and_after(page, server, after);
        page.heading("Looked at again");
        verdicts::of_the_rest(page, server, show);
    }
    services::table(page, &server.before.services);
    look::entries(page, server, show);
}
