//! What could be done: what `--yes` would run, what stands in the way, and what would take that out of the way; and what
//! was left alone.

use crate::domain::{
    AgreedBy, Change, Cmdlet, Command, KnownRequester, Left, Obstacle, Proposal, Run, ServerRun, each_once,
};
use crate::screens::kit::page::{CARE, PLAIN, Page};
use crate::screens::kit::words;

use super::obstacle::sentences;

/// Whether a run was to change something and was not allowed to, so that the plan shows its commands.
pub fn shows_commands(run: &Run) -> bool {
    run.command == Command::Fix && matches!(run.agreed_by, AgreedBy::Nobody | AgreedBy::NobodyToAsk)
}

/// The changes of components that `fix --yes`, as typed, would make, in order.
pub fn unasked(server: &ServerRun) -> Vec<&Change> {
    let allowed = server.plan.of_components().filter(|proposal| proposal.is_allowed());
    let mut changes = each_once(allowed.flat_map(|proposal| &proposal.changes));
    changes.sort_by_key(|change| change.is_server_wide());
    changes
}

/// What a fix would do, where none was decided on.
pub fn undecided(page: &mut Page, run: &Run, server: &ServerRun) {
    if server.plan.of_components().next().is_some() {
        page.heading("What relight fix would do");
        server.plan.of_components().for_each(|proposal| of_component(page, proposal));
        let changes = unasked(server);
        let is_of_healthapi = |change: &&Change| change.entry().is_some_and(words::is_of_healthapi);
        if changes.iter().any(is_of_healthapi) {
            page.say(words::MENDS_NO_CAUSE);
        }
        commands(page, "The commands, in this order", run, server, &changes);
    }
    if server.plan.of_services().next().is_some() {
        page.heading("What relight fix would do about services");
        server.plan.of_services().for_each(|proposal| of_services(page, proposal));
        let allowed = server.plan.of_services().filter(|proposal| proposal.is_allowed());
        let changes = allowed.flat_map(|proposal| &proposal.changes).collect::<Vec<_>>();
        commands(page, "The commands for that, in this order", run, server, &changes);
    }
}

fn of_component(page: &mut Page, proposal: &Proposal) {
    let components = words::components(&proposal.components);
    let commands = words::count(proposal.changes.len(), "command");
    if !proposal.is_possible() {
        ruled_out(page, proposal);
    } else if proposal.is_allowed() {
        let text = format!("{components}: {} runs {commands}, for {}.", with_yes(proposal), requesters(proposal));
        page.item(PLAIN, 0, &text);
    } else {
        let text = format!(
            "{components}: --yes leaves it alone. {} What would lift it: {} ({commands}, for {}).",
            sentences(&proposal.components, &proposal.changes, &proposal.objections),
            with_yes(proposal),
            requesters(proposal),
        );
        page.item(CARE, 0, &text);
    }
}

fn of_services(page: &mut Page, proposal: &Proposal) {
    let Proposal { components, changes, needs, obstacles, objections } = proposal;
    let (names, it) = (words::services(&proposal.services()), words::pronoun(changes.len()));
    if !proposal.is_possible() {
        let why = sentences(components, changes, obstacles);
        page.item(CARE, 0, &format!("{names}: relight cannot start {it}. {why}"));
    } else if proposal.is_allowed() {
        let once = format!(", once {} is Active", words::components(components));
        let after = if needs.is_some() { once } else { String::new() };
        page.item(PLAIN, 0, &format!("{names}: --yes starts {it}{after}."));
    } else {
        let why = sentences(components, changes, objections);
        page.item(CARE, 0, &format!("{names}: --yes leaves {it} alone. {why}"));
    }
}

fn commands(page: &mut Page, heading: &str, run: &Run, server: &ServerRun, changes: &[&Change]) {
    if !shows_commands(run) || changes.is_empty() {
        return;
    }
    page.heading(heading);
    for change in changes {
        page.command(2, &Cmdlet::change(server.server(), change));
    }
}

/// The requesters under which the entries are set, each once.
fn requesters(proposal: &Proposal) -> String {
    words::list(&each_once(proposal.entries().map(|entry| entry.requester.as_str())))
}

fn with_yes(proposal: &Proposal) -> String {
    std::iter::once("--yes".to_owned()).chain(flags(&[proposal])).collect::<Vec<_>>().join(" ")
}

/// The flags with which `--yes` may set all entries of these proposals.
pub fn flags(proposals: &[&Proposal]) -> Vec<String> {
    let entries = || proposals.iter().flat_map(|proposal| proposal.entries());
    let needed =
        KnownRequester::ALL.into_iter().filter(|known| entries().any(|entry| entry.requester.known() == Some(*known)));
    let mut flags = Vec::new();
    // HealthApi is always among those that may be set.
    let named = needed.filter(|known| *known != KnownRequester::HealthApi);
    let names = named.map(KnownRequester::name).collect::<Vec<_>>();
    if !names.is_empty() {
        flags.push(format!("--requester {}", names.join(",")));
    }
    if entries().any(|entry| entry.component.is_server_wide_offline()) {
        flags.push("--include-server-wide-offline".to_owned());
    }
    flags
}

/// A proposal that nothing the admin says can bring about, and why.
pub fn ruled_out(page: &mut Page, proposal: &Proposal) {
    let components = words::components(&proposal.components);
    let why = sentences(&proposal.components, &proposal.changes, &proposal.obstacles);
    page.item(CARE, 0, &format!("{components}: relight cannot light it. {why}"));
}

/// What a run decided to leave alone. One that is settled afterwards decides nothing.
pub fn left_by<'a>(run: &Run, server: &'a ServerRun) -> &'a [Left] {
    server.decision.as_ref().filter(|_| !run.resumed).map_or(&[], |decision| &decision.left)
}

/// What was left alone, why, and what would take that out of the way.
pub fn left(page: &mut Page, run: &Run, server: &ServerRun) {
    for (heading, of_services) in [("Left alone", false), ("Services left alone", true)] {
        let left = || left_by(run, server).iter().filter(|left| left.is_of_services() == of_services);
        if left().next().is_some() {
            page.heading(heading);
        }
        for Left { components, changes, obstacles } in left() {
            let services = changes.iter().filter_map(Change::service).collect::<Vec<_>>();
            let what = if of_services { words::services(&services) } else { words::components(components) };
            let mut text = format!("{what}: {}", sentences(components, changes, obstacles));
            let proposal = server.plan.possible().find(|proposal| proposal.components == *components);
            let proposal = proposal.filter(|_| !of_services && obstacles.iter().any(Obstacle::is_policy));
            if let Some(proposal) = proposal {
                text.push_str(&format!(" What would lift it: {}.", with_yes(proposal)));
            }
            page.item(CARE, 0, &text);
        }
    }
}
