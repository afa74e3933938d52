//! Everything there is to say about a question: what would be done, since when it is so, why it matters, how to undo it,
//! and what a no means. The commands stand above the question.

use crate::domain::{Change, Cmdlet, InactiveEntry, KnownRequester, Requester, ServerRun, Setup, each_once};
use crate::screens::Show;
use crate::screens::kit::page::{CARE, PLAIN, Page};
use crate::screens::kit::{time, words};

use super::group::About;
use super::question::Question;

/// The long text about a question.
pub fn explain(page: &mut Page, question: Question<'_>, simulated: bool, show: &Show) {
    let server = question.server();
    let entries = question.changes().filter_map(Change::entry).collect::<Vec<_>>();
    page.gap();
    page.item(PLAIN, 0, &what(question, &entries));
    for entry in &entries {
        let InactiveEntry { component, requester, since, stores, .. } = entry;
        let since = time::entry(since, server.before.taken, &show.tz);
        let text = format!("{component}, {requester}: since {since}, recorded in {}.", words::stores(*stores));
        page.item(PLAIN, 0, &text);
    }
    for component in each_once(entries.iter().map(|entry| &entry.component)) {
        let consequence = words::consequences(std::slice::from_ref(component), &server.before.services);
        page.item(PLAIN, 0, &format!("While {component} is Inactive: {consequence}"));
    }
    for requester in each_once(entries.iter().map(|entry| &entry.requester)) {
        page.item(PLAIN, 0, &format!("{requester}: {}", words::who(requester, &server.before.setup)));
    }
    let is_server_wide = |entry: &&InactiveEntry| entry.component.is_server_wide_offline();
    let requesters = each_once(entries.iter().filter(|entry| !is_server_wide(entry)).map(|entry| &entry.requester));
    for care in requesters.into_iter().filter_map(|requester| care(server, requester)) {
        page.item(CARE, 0, &format!("Care: {care}"));
    }
    // A built-in scenario begins anew with each run.
    page.item(PLAIN, 0, if simulated { "To undo it:" } else { "To undo it: relight undo, or" });
    for change in question.changes() {
        page.command(4, &Cmdlet::change(&server.before, &change.opposite()));
    }
    page.item(PLAIN, 0, &format!("If you say no: {}", no(question, &entries)));
}

fn what(question: Question<'_>, entries: &[&InactiveEntry]) -> String {
    let (server, services) = (question.server().server(), words::services(&question.services()));
    let requesters = each_once(entries.iter().map(|entry| entry.requester.as_str()));
    let set = format!(
        "{} on {server} Active on behalf of {}, in both stores",
        words::components(&question.components()),
        words::list(&requesters),
    );
    match (entries.is_empty(), services.is_empty()) {
        (true, _) => format!("What: it starts {services} on {server}. The startup type stays as it is."),
        (false, true) => format!("What: it sets {set}. No more."),
        (false, false) => format!("What: it sets {set}, and starts {services}. No more."),
    }
}

fn no(question: Question<'_>, entries: &[&InactiveEntry]) -> String {
    let (components, offline) = (question.components(), question.offline());
    match question.group.about {
        About::Services | About::ManualServices => "nothing is started.".to_owned(),
        About::ServerWide(_) if !offline.is_empty() => {
            let stay = if offline.len() == 1 { "stays" } else { "stay" };
            format!("{} {stay} Inactive, whatever else is set Active.", words::components(&offline))
        }
        About::ServerWide(_) | About::Components(_) => {
            let because = ", because setting some of the entries Active changes nothing for a client";
            let because = if entries.len() > components.len() { because } else { "" };
            let are = words::is_or_are(components.len());
            format!("{} {are} left alone entirely{because}.", words::components(&components))
        }
    }
}

fn care(server: &ServerRun, requester: &Requester) -> Option<String> {
    match requester.known() {
        Some(KnownRequester::HealthApi) => Some(words::MENDS_NO_CAUSE.to_owned()),
        Some(KnownRequester::Functional) => Some(match &server.before.setup {
            Setup::NotRunning => "Exchange setup does not run on this server now.".to_owned(),
            Setup::Running => "Exchange setup runs on this server now.".to_owned(),
            Setup::NotAsked | Setup::Unknown(_) => {
                "whether Exchange setup runs on this server is not known.".to_owned()
            }
        }),
        Some(KnownRequester::Maintenance | KnownRequester::Sidelined | KnownRequester::Deployment) | None => None,
    }
}
