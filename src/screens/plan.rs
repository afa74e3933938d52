//! What could be done: what `--yes` would run, what stands in the way, and what would take that out of the way; and what
//! was left alone.

use anstyle::Style;

use crate::domain::{
    AgreedBy, Change, Cmdlet, Command, Left, Obstacle, Proposal, Run, ServerRun, alike, each_once, flags,
};
use crate::screens::kit::page::{CARE, PLAIN, Page};
use crate::screens::kit::words;

use super::notes::Notes;
use super::obstacle::{is_in_the_table, sentences};

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
pub fn undecided(page: &mut Page, server: &ServerRun) {
    if server.plan.of_components().next().is_some() {
        page.heading("What relight fix would do");
        of_components(page, server.plan.of_components());
        if unasked(server).iter().filter_map(|change| change.entry()).any(words::is_of_healthapi) {
            page.say(words::MENDS_NO_CAUSE);
        }
    }
    if server.plan.of_services().next().is_some() {
        page.heading("What relight fix would do about services");
        server.plan.of_services().for_each(|proposal| of_services(page, proposal));
    }
}

/// What `--yes` would run, server by server, of a run that was to change something and was not allowed to; and what it
/// leaves alone.
pub fn commands(page: &mut Page, run: &Run) {
    let allowed = |server: &ServerRun| {
        let services = server.plan.of_services().filter(|proposal| proposal.is_allowed());
        let services = services.flat_map(|proposal| &proposal.changes).cloned();
        unasked(server).into_iter().cloned().chain(services).collect::<Vec<_>>()
    };
    if run.servers.iter().any(|server| !allowed(server).is_empty()) {
        page.heading("With these options --yes runs, in this order:");
        for server in &run.servers {
            allowed(server).iter().for_each(|change| page.command(2, &Cmdlet::change(&server.before, change)));
        }
    }
    for server in &run.servers {
        of_components(page, server.plan.possible().filter(|proposal| !proposal.is_allowed()));
    }
}

/// What a fix would do about these components, or why not: those of which the same is to be said together.
fn of_components<'a>(page: &mut Page, proposals: impl Iterator<Item = &'a Proposal>) {
    for ((style, text), components) in alike(proposals.map(|it| (of_component(it), &it.components))) {
        let components = components.into_iter().flatten().cloned().collect::<Vec<_>>();
        page.item(style, 0, &format!("{}: {text}", words::components(&components)));
    }
}

fn of_component(proposal: &Proposal) -> (Style, String) {
    let Proposal { components, changes, obstacles, objections, .. } = proposal;
    let commands = words::count(changes.len(), "command");
    if !proposal.is_possible() {
        (CARE, format!("cannot be set Active by relight. {}", sentences(components, changes, obstacles)))
    } else if proposal.is_allowed() {
        (PLAIN, format!("{} runs {commands}, for {}.", with_yes(proposal), requesters(proposal)))
    } else {
        let text = format!(
            "left alone by --yes. {} It takes {} ({commands}, for {}).",
            words::capital(&sentences(components, changes, objections)),
            with_yes(proposal),
            requesters(proposal),
        );
        (CARE, text)
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

/// The requesters under which the entries are set, each once.
fn requesters(proposal: &Proposal) -> String {
    words::list(&each_once(proposal.entries().map(|entry| entry.requester.as_str())))
}

fn with_yes(proposal: &Proposal) -> String {
    std::iter::once("--yes".to_owned()).chain(flags(&[proposal])).collect::<Vec<_>>().join(" ")
}

/// What was left alone, why, and what would take that out of the way; `is_told`: as far as the table, and what is said of
/// requesters and gaps beside it, does not tell why.
pub fn left(notes: &mut Notes<'_>, run: &Run, server: &ServerRun, is_told: bool) {
    let lefts = run.left_on(server).iter();
    let lefts = lefts.filter(|left| !is_told || !left.obstacles.iter().any(is_in_the_table)).map(|left| {
        let Left { components, changes, obstacles } = left;
        let services = changes.iter().filter_map(Change::service).collect::<Vec<_>>();
        let what = if left.is_of_services() { words::services(&services) } else { words::components(components) };
        let mut text = sentences(components, changes, obstacles);
        let proposal = server.plan.possible().find(|proposal| proposal.components == *components);
        let by_policy = obstacles.iter().any(Obstacle::is_policy);
        if let Some(proposal) = proposal.filter(|_| !left.is_of_services() && by_policy) {
            text.push_str(&format!(" It takes {}.", with_yes(proposal)));
        }
        (text, what)
    });
    for (text, whats) in alike(lefts) {
        notes.push(|page| page.styled(CARE, 0, &format!("{} left alone: {text}", words::list(&whats))));
    }
}
