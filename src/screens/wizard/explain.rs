//! Everything there is to say about one entry: what would be done, since when it stands, why it matters, the exact
//! command, how to undo it, and what a no means.

use crate::domain::{Change, Cmdlet, Component, InactiveEntry, KnownRequester, ServerRun, Setup};
use crate::screens::Show;
use crate::screens::kit::page::{CARE, PLAIN, Page};
use crate::screens::kit::{time, words};

/// An entry that is asked about, and its server.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    pub server: &'a ServerRun,
    pub entry: &'a InactiveEntry,
}

impl Question<'_> {
    /// Whether it is about the whole server.
    pub fn is_server_wide(self) -> bool {
        self.entry.component.is_server_wide_offline()
    }
}

/// The long text about an entry.
pub fn explain(page: &mut Page, question: Question<'_>, simulated: bool, show: &Show) {
    let (snapshot, entry) = (&question.server.before, question.entry);
    let server = &snapshot.server;
    let change = Change::set_active(entry.clone());
    let InactiveEntry { component, requester, .. } = entry;
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
            time::entry(&entry.since, snapshot.taken, &show.tz),
            words::stores(entry.stores)
        ),
    );
    let matters = format!(
        "Why it matters: while {component} is {}, {}",
        entry.state,
        words::consequences(std::slice::from_ref(component), &snapshot.services)
    );
    page.item(PLAIN, 0, &format!("{matters} {}", words::who(requester, &snapshot.setup)));
    if let Some(care) = care(question.server, entry) {
        page.item(CARE, 0, &format!("Care: {care}"));
    }
    page.item(PLAIN, 0, "The command:");
    page.command(4, &Cmdlet::change(server, &change));
    // A built-in scenario begins anew with each run.
    page.item(PLAIN, 0, if simulated { "To undo it:" } else { "To undo it: relight undo, or" });
    page.command(4, &Cmdlet::change(server, &change.opposite()));
    let components = is_for(question);
    page.item(
        PLAIN,
        0,
        &format!(
            "If you say no: {} {} left alone entirely, other holds and all, because lifting some of them changes \
             nothing for a client.",
            words::components(&components),
            words::is_or_are(components.len())
        ),
    );
}

fn care(server: &ServerRun, entry: &InactiveEntry) -> Option<String> {
    if entry.component.is_server_wide_offline() {
        return Some(words::BRINGS_ONLINE.to_owned());
    }
    match entry.requester.known() {
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

/// The components that an entry makes Inactive, of those that can be mended.
pub fn is_for(Question { server, entry }: Question<'_>) -> Vec<Component> {
    let proposals = server.plan.possible().filter(|proposal| proposal.entries().any(|it| it == entry));
    proposals.flat_map(|proposal| &proposal.components).cloned().collect()
}
