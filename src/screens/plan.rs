//! What could be done: what `--yes` would run, what stands in the way, and what would lift that.

use crate::domain::{Component, Hold, KnownRequester, Left, Obstacle, Proposal, RunCommand, ServerReport};
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{CARE, PLAIN, Page};
use crate::screens::kit::words;

/// The holds that `fix --yes`, as typed, would lift, in order.
pub fn steps(server: &ServerReport) -> Vec<Hold> {
    let objections = |hold: &Hold| {
        let of_proposals = server.plan.proposals.iter().flat_map(|proposal| &proposal.objections);
        of_proposals.filter(|obstacle| obstacle_hold(obstacle) == Some(hold)).cloned().collect()
    };
    let confirmed = server.plan.confirm(&server.before, objections);
    confirmed.steps().iter().map(|step| step.hold().clone()).collect()
}

/// What a fix would do, where none was decided on.
pub fn undecided(page: &mut Page, command: RunCommand, server: &ServerReport, steps: &[Hold]) {
    page.heading("What relight fix would do");
    for proposal in &server.plan.proposals {
        if !proposal.obstacles.is_empty() {
            ruled_out(page, proposal);
        } else if proposal.objections.is_empty() {
            let text = format!("{}: {} runs {}.", proposal.component, with_yes(proposal), commands(proposal));
            page.item(PLAIN, 0, &text);
        } else {
            let text = format!(
                "{}: --yes leaves it alone. {} What would lift it: {} ({}).",
                proposal.component,
                sentences(&proposal.component, &proposal.objections),
                with_yes(proposal),
                commands(proposal)
            );
            page.item(CARE, 0, &text);
        }
    }
    if steps.iter().any(|hold| hold.requester.known() == Some(KnownRequester::HealthApi)) {
        page.say(words::COMES_BACK);
    }
    let listed = match command {
        RunCommand::DryRun | RunCommand::FixUnconfirmed => !steps.is_empty(),
        RunCommand::Check | RunCommand::FixAsked | RunCommand::FixYes | RunCommand::Resume => false,
    };
    if listed {
        page.heading("The commands, in this order");
        for hold in steps {
            page.command(2, &Cmdlet::lift(&server.before.server, hold));
        }
    }
}

fn commands(proposal: &Proposal) -> String {
    words::count(proposal.holds.len(), "command")
}

fn with_yes(proposal: &Proposal) -> String {
    std::iter::once("--yes".to_owned()).chain(flags(&[proposal])).collect::<Vec<_>>().join(" ")
}

/// The flags with which `--yes` may lift all holds of these proposals.
pub fn flags(proposals: &[&Proposal]) -> Vec<String> {
    let holds = || proposals.iter().flat_map(|proposal| &proposal.holds);
    let needed =
        KnownRequester::ALL.into_iter().filter(|known| holds().any(|hold| hold.requester.known() == Some(*known)));
    let needed = needed.collect::<Vec<_>>();
    let mut flags = Vec::new();
    if needed.iter().any(|known| *known != KnownRequester::HealthApi) {
        let names = needed.iter().map(|known| known.name()).collect::<Vec<_>>();
        flags.push(format!("--requester {}", names.join(",")));
    }
    if holds().any(|hold| hold.component.is_server_wide_offline()) {
        flags.push("--include-server-wide-offline".to_owned());
    }
    flags
}

/// A proposal that nothing the admin says can bring about, and why.
pub fn ruled_out(page: &mut Page, proposal: &Proposal) {
    let why = sentences(&proposal.component, &proposal.obstacles);
    page.item(CARE, 0, &format!("{}: relight cannot light it. {why}", proposal.component));
}

/// The components that were left alone, why, and what would lift that.
pub fn left(page: &mut Page, server: &ServerReport) {
    if server.left.is_empty() {
        return;
    }
    page.heading("Left alone");
    for Left { component, obstacles } in &server.left {
        let mut text = format!("{component}: {}", sentences(component, obstacles));
        let proposal = server.plan.possible().find(|proposal| proposal.component == *component);
        if let Some(proposal) = proposal.filter(|_| obstacles.iter().any(a_flag_lifts)) {
            text.push_str(&format!(" What would lift it: {}.", with_yes(proposal)));
        }
        page.item(CARE, 0, &text);
    }
}

fn a_flag_lifts(obstacle: &Obstacle) -> bool {
    match obstacle {
        Obstacle::NotAllowed(_) | Obstacle::ServerWideOfflineLeftAlone(_) => true,
        Obstacle::Declined(_)
        | Obstacle::UnknownRequester(_)
        | Obstacle::SetupRunning(_)
        | Obstacle::SetupUnknown(..)
        | Obstacle::NothingToLift(_)
        | Obstacle::Unknowable(..) => false,
    }
}

fn sentences(component: &Component, obstacles: &[Obstacle]) -> String {
    let mut all: Vec<String> = Vec::new();
    let ruled_out = obstacles.iter().any(|it| !a_flag_lifts(it) && !matches!(it, Obstacle::Declined(_)));
    for obstacle in obstacles {
        // Nobody was asked about what something else rules out.
        if ruled_out && matches!(obstacle, Obstacle::Declined(_)) {
            continue;
        }
        if let Obstacle::NotAllowed(hold) = obstacle
            && obstacles.contains(&Obstacle::ServerWideOfflineLeftAlone(hold.clone()))
        {
            continue;
        }
        let sentence = self::obstacle(component, obstacle);
        if !all.contains(&sentence) {
            all.push(sentence);
        }
    }
    all.join(" ")
}

/// What stands in the way of lighting a component, in a sentence.
pub fn obstacle(component: &Component, obstacle: &Obstacle) -> String {
    let what = |other: &Component| if other == component { "it".to_owned() } else { other.to_string() };
    match obstacle {
        Obstacle::NotAllowed(hold) => {
            format!("{} holds {}, and --requester does not name it.", hold.requester, what(&hold.component))
        }
        Obstacle::ServerWideOfflineLeftAlone(hold) => {
            format!("{} holds ServerWideOffline, which takes a consent of its own.", hold.requester)
        }
        Obstacle::Declined(hold) => {
            format!("Lifting {} from {} was not agreed to.", hold.requester, what(&hold.component))
        }
        Obstacle::UnknownRequester(hold) => format!(
            "An unknown requester, \"{}\", holds {}: Set-ServerComponentState would refuse the name.",
            hold.requester,
            what(&hold.component)
        ),
        Obstacle::SetupRunning(hold) => format!(
            "{} holds {}, and Exchange setup is running on the server: let it end, then look again.",
            hold.requester,
            what(&hold.component)
        ),
        Obstacle::SetupUnknown(hold, why) => format!(
            "{} holds {}, and whether Exchange setup is running could not be told ({}).",
            hold.requester,
            what(&hold.component),
            why.trim_end_matches('.'),
        ),
        Obstacle::NothingToLift(held) => format!("Nothing recorded holds {}, so there is nothing to lift.", what(held)),
        Obstacle::Unknowable(held, gaps) => {
            let gaps = gaps.iter().map(words::gap).collect::<Vec<_>>();
            let detail = if gaps.is_empty() { "it could not be read".to_owned() } else { gaps.join("; ") };
            format!("What holds {} is not known: {detail}.", what(held))
        }
    }
}

fn obstacle_hold(obstacle: &Obstacle) -> Option<&Hold> {
    match obstacle {
        Obstacle::NotAllowed(hold)
        | Obstacle::ServerWideOfflineLeftAlone(hold)
        | Obstacle::Declined(hold)
        | Obstacle::UnknownRequester(hold)
        | Obstacle::SetupRunning(hold)
        | Obstacle::SetupUnknown(hold, _) => Some(hold),
        Obstacle::NothingToLift(_) | Obstacle::Unknowable(..) => None,
    }
}
