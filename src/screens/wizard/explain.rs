//! Everything there is to say about one hold: what would be done, since when it holds, why it matters, the exact
//! command, how to undo it, and what a no means.

use crate::domain::{Hold, KnownRequester, Setup};
use crate::screens::Show;
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{CARE, PLAIN, Page};
use crate::screens::kit::{time, words};

use super::flow::Subject;

/// The long text about a hold.
pub fn explain(page: &mut Page, subject: &Subject<'_>, hold: &Hold, simulated: bool, show: &Show) {
    let server = &subject.snapshot.server;
    let Hold { component, requester, .. } = hold;
    page.gap();
    page.item(
        PLAIN,
        0,
        &format!("What: it sets {component} on {server} Active on behalf of {requester}, in both stores. No more."),
    );
    page.item(
        PLAIN,
        0,
        &format!(
            "Since: {}, recorded in {}.",
            time::entry(&hold.since, subject.snapshot.taken, &show.tz),
            words::stores(hold.stores)
        ),
    );
    let matters = format!(
        "Why it matters: while {component} is {}, {}",
        hold.state,
        words::consequence(component, &subject.snapshot.services)
    );
    page.item(PLAIN, 0, &format!("{matters} {}", words::who(requester, &subject.snapshot.setup)));
    if let Some(care) = care(subject, hold) {
        page.item(CARE, 0, &format!("Care: {care}"));
    }
    page.item(PLAIN, 0, "The command:");
    page.command(4, &Cmdlet::lift(server, hold));
    // A built-in scenario begins anew with each run.
    page.item(PLAIN, 0, if simulated { "To undo it:" } else { "To undo it: relight undo, or" });
    page.command(4, &Cmdlet::put_back(server, hold));
    let darkened = darkened(subject, hold);
    page.item(
        PLAIN,
        0,
        &format!(
            "If you say no: {} {} left alone entirely, other holds and all, because lifting some of them changes \
             nothing for a client.",
            words::list(&darkened),
            if darkened.len() == 1 { "is" } else { "are" }
        ),
    );
}

fn care(subject: &Subject<'_>, hold: &Hold) -> Option<String> {
    if hold.component.is_server_wide_offline() {
        return Some(words::BRINGS_ONLINE.to_owned());
    }
    match hold.requester.known() {
        Some(KnownRequester::HealthApi) => Some(words::COMES_BACK.to_owned()),
        Some(KnownRequester::Functional) => Some(match &subject.snapshot.setup {
            Setup::NotRunning => "Exchange setup does not run on this server now.".to_owned(),
            Setup::Running => "Exchange setup runs on this server now.".to_owned(),
            Setup::NotAsked | Setup::Unknown(_) => {
                "whether Exchange setup runs on this server is not known.".to_owned()
            }
        }),
        Some(KnownRequester::Maintenance | KnownRequester::Sidelined | KnownRequester::Deployment) | None => None,
    }
}

/// The components that a hold keeps dark, of those that can be lit.
pub fn darkened(subject: &Subject<'_>, hold: &Hold) -> Vec<String> {
    let proposals = subject.plan.possible().filter(|proposal| proposal.holds.contains(hold));
    proposals.map(|proposal| proposal.component.to_string()).collect()
}
