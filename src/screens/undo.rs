//! An undo, where it differs from a fix: what can be put back or stopped, and what is left as it is.

use crate::domain::{Change, Cmdlet, Obstacle, Proposal, Run, RunId, ServerRun, Stores};
use crate::screens::kit::page::{CARE, HEADING, PLAIN, Page};
use crate::screens::kit::{time, words};

use super::obstacle::sentence;
use super::report::{nothing_changed, simulated, was_interrupted};
use super::trouble::trouble;
use super::{Show, flaws, next, steps, verdicts};

/// What would be put back, before anybody says yes to it.
pub fn undo_plan(run: &Run, show: &Show) -> String {
    let mut page = begin(run, show);
    flaws::say(&mut page, &run.undone_flaws);
    run.servers.iter().for_each(|server| plan(&mut page, run, server, show));
    page.say("Nothing has been changed yet.");
    page.finish()
}

/// The whole report.
pub fn undo(run: &Run, show: &Show) -> String {
    let mut page = begin(run, show);
    flaws::say(&mut page, &run.undone_flaws);
    if run.servers.is_empty() {
        page.say(if run.undone_flaws.is_none() {
            "That run changed nothing: there is nothing to put back."
        } else {
            "What else the record tells of changed nothing: nothing is put back."
        });
        return page.finish();
    }
    flaws::say(&mut page, &run.flaws);
    for server in &run.servers {
        if server.steps.is_empty() {
            plan(&mut page, run, server, show);
        } else {
            page.heading(server.server().as_str());
            server.steps.iter().for_each(|step| steps::ended(&mut page, &server.before, step));
            verdicts::of_the_rest(&mut page, server, show);
            left(&mut page, run, server, show);
        }
        server.troubles().for_each(|one| trouble(&mut page, 0, one));
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
    page.styled(HEADING, 0, &format!("Undo of run {}", undone(run)));
    page
}

fn undone(run: &Run) -> &str {
    run.undoes.as_ref().map_or("", RunId::as_str)
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

fn plan(page: &mut Page, run: &Run, server: &ServerRun, show: &Show) {
    page.heading(server.server().as_str());
    for (proposal, change, _) in changes(server).filter(|(.., against)| against.is_none()) {
        let (text, care) = match change {
            Change::SetService { service, .. } => {
                let seen = server.before.services.of(*service);
                let startup = seen.map(|seen| format!("{} ", seen.start.name())).unwrap_or_default();
                (
                    format!("{}, which the run started, still runs.", service.name()),
                    format!("Its clients are refused then. Its startup type {startup}stays."),
                )
            }
            Change::SetState { entry, to, stores } => {
                let since = time::entry(&entry.since, server.before.taken, &show.tz);
                let harm = if change.is_server_wide() {
                    format!("takes all of {} offline again, mail flow included", server.server())
                } else {
                    format!("sets {} Inactive again", words::components(&proposal.components))
                };
                let name = words::entry_name(entry);
                let alone = match stores {
                    Stores::Local => {
                        " It goes to the registry alone, where it stood. The Active entry that the run left in Active \
                         Directory stays: no cmdlet removes one."
                    }
                    Stores::Remote | Stores::Both => "",
                };
                (
                    format!("{name} is as the run left it. Before, it read {to} since {since}."),
                    format!("That {harm}. The time of the entry will be a new one.{alone}"),
                )
            }
        };
        page.item(PLAIN, 0, &text);
        page.command(4, &Cmdlet::change(&server.before, change));
        page.styled(CARE, 4, &care);
    }
    left(page, run, server, show);
}

/// What is left as it is, and why: the entries, then the services. Whoever settles an undo has not planned it.
fn left(page: &mut Page, run: &Run, server: &ServerRun, show: &Show) {
    if run.resumed {
        return;
    }
    let mut left = changes(server).filter_map(|(_, change, against)| Some((change, against?))).collect::<Vec<_>>();
    // What takes a consent of its own is left last.
    left.sort_by_key(|(change, against)| (change.service().is_some(), matches!(against, Obstacle::OwnConsent(_))));
    for (change, against) in left {
        let because = sentence(&[], std::slice::from_ref(change), against);
        match (change, against) {
            (Change::SetState { entry, .. }, _) => {
                let (name, state) = (words::entry_name(entry), &entry.state);
                let since = time::entry(&entry.since, server.before.taken, &show.tz);
                let before = format!("Before the run it read {state} since {since}.");
                page.item(CARE, 0, &format!("{name} is left as it is: {because} {before}"));
            }
            (Change::SetService { service, .. }, Obstacle::StopNotAsked(_)) => {
                let text = format!("{}, which the run started, is left running. To stop it:", service.name());
                page.item(PLAIN, 0, &text);
                let flags = run.connection.iter().cloned().chain(["--stop-services".to_owned()]);
                let again = Cmdlet::relight(&format!("undo {}", undone(run)), flags);
                page.command(4, &again);
                page.inset(2, "or");
                page.command(4, &Cmdlet::change(&server.before, change));
            }
            (Change::SetService { service, .. }, Obstacle::NotRunning) => {
                let text = format!("{}, which the run started, does not run now: nothing to stop.", service.name());
                page.item(PLAIN, 0, &text);
            }
            (Change::SetService { service, .. }, _) => {
                page.item(CARE, 0, &format!("{} is left as it is: {because}", service.name()));
            }
        }
    }
}
