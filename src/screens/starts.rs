//! The starts of services: what could be done, what was done, and what the last look says of it.

use crate::domain::{
    Outcome, RunCommand, Server, ServerReport, Service, StartLeft, StartObstacle, StartProposal, StartVerdict,
};
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{BAD, CARE, GOOD, PLAIN, Page};
use crate::screens::kit::words;

use super::done::ended;

/// What a fix would do about stopped services, where nothing was decided on.
pub fn undecided(page: &mut Page, command: RunCommand, server: &ServerReport) {
    page.heading("What relight fix would do about services");
    for proposal in &server.plan.starts {
        let names = names(&proposal.services);
        let after = after(server, proposal);
        let it = it(&proposal.services);
        if !proposal.is_possible() {
            page.item(CARE, 0, &format!("{names}: relight cannot start {it}. {}", sentences(&proposal.obstacles)));
        } else if proposal.objections.is_empty() {
            page.item(PLAIN, 0, &format!("{names}: --yes starts {it}{after}."));
        } else {
            page.item(CARE, 0, &format!("{names}: --yes leaves {it} alone. {}", sentences(&proposal.objections)));
        }
    }
    let listed = match command {
        RunCommand::DryRun | RunCommand::FixUnconfirmed => true,
        RunCommand::Check | RunCommand::FixAsked | RunCommand::FixYes | RunCommand::Resume => false,
    };
    let runs = |it: &&StartProposal| it.is_possible() && it.objections.is_empty();
    let services = server.plan.starts.iter().filter(runs).flat_map(|proposal| &proposal.services).collect::<Vec<_>>();
    if listed && !services.is_empty() {
        page.heading("The commands for that, in this order");
        for service in services {
            page.command(2, &Cmdlet::start(&server.before.server, *service));
        }
    }
}

fn after(server: &ServerReport, proposal: &StartProposal) -> String {
    let dark = server.plan.proposals.iter().any(|other| other.component == proposal.component);
    if dark { format!(", once {} is Active", proposal.component) } else { String::new() }
}

/// The word for these services.
pub fn it(services: &[Service]) -> &'static str {
    if services.len() == 1 { "it" } else { "them" }
}

/// Names of services in a list.
pub fn names(services: &[Service]) -> String {
    words::list(&services.iter().map(|service| service.name()).collect::<Vec<_>>())
}

fn sentences(obstacles: &[StartObstacle]) -> String {
    obstacles.iter().map(|one| obstacle(*one)).collect::<Vec<_>>().join(" ")
}

/// What stands in the way of a start, in a sentence.
pub fn obstacle(obstacle: StartObstacle) -> String {
    match obstacle {
        StartObstacle::Disabled(service) => {
            format!("{} is Disabled, and relight never changes a start type.", service.name())
        }
        StartObstacle::Manual(service) => {
            format!("{} is Manual; --start-services manual would start it.", service.name())
        }
        StartObstacle::NotAllowed(service) => {
            format!("{} is to be left alone (--start-services none).", service.name())
        }
        StartObstacle::Declined(service) => format!("Starting {} was not agreed to.", service.name()),
    }
}

/// The starts and what became of each.
pub fn outcomes(page: &mut Page, server: &ServerReport) {
    if server.starts.is_empty() {
        return;
    }
    page.heading("Services that were to be started");
    for step in &server.starts {
        ended(page, &Cmdlet::start(&step.server, step.service), &step.outcome, outcome(&step.outcome));
    }
}

/// What became of a start, in a few words.
pub fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "sent; Windows says that it runs.",
        Outcome::Failed(_) => "sent; it was refused, or does not run.",
        Outcome::Unknown(why) => words::not_known(why.kind),
        Outcome::ChangedSincePlan => "not sent: the service is no longer as it was when this was planned.",
        Outcome::NotSeen(_) => "not sent: the look right before it failed.",
        Outcome::Useless => "not sent: an earlier step did not work, so this one cannot help.",
        Outcome::ShellLost => "not sent: the shell was lost during an earlier step.",
        Outcome::Interrupted => "not sent: the run was interrupted.",
        Outcome::NotRecorded => "not sent: the journal could not take down that it was about to be.",
    }
}

/// What the last look says of each service that was asked to start.
pub fn verdicts(page: &mut Page, server: &ServerReport) {
    if !server.start_verdicts.is_empty() {
        page.heading("The services, looked at again");
    }
    for StartVerdict { service, runs } in &server.start_verdicts {
        let name = service.name();
        match runs {
            Some(true) => page.item(GOOD, 0, &format!("{name} runs.")),
            Some(false) => page.item(BAD, 0, &format!("{name} still does not run: see the event log of the server.")),
            None => page.item(BAD, 0, &format!("{name}: unknown, it could not be read again.")),
        }
    }
}

/// The protocols whose services were left as they are, and why.
pub fn left(page: &mut Page, server: &ServerReport) {
    if server.starts_left.is_empty() {
        return;
    }
    page.heading("Services left alone");
    for StartLeft { component, obstacles } in &server.starts_left {
        let of = server.plan.starts.iter().find(|proposal| proposal.component == *component);
        let names = of.map_or_else(|| component.to_string(), |proposal| names(&proposal.services));
        page.item(CARE, 0, &format!("{names}: {}", sentences(obstacles)));
    }
}

/// The question whether Manual services are to be started.
pub fn question(page: &mut Page, server: &Server, proposal: &StartProposal) {
    let Some(first) = proposal.services.first() else { return };
    let protocol = first.protocol().name();
    page.gap();
    let (names, it) = (names(&proposal.services), it(&proposal.services));
    let (are, they) = if proposal.services.len() == 1 { ("is", "it is") } else { ("are", "they are") };
    page.styled(CARE, 0, &format!("{protocol} on {server}: {names} {are} Stopped."));
    page.inset(
        2,
        &format!(
            "Somebody chose, or left, the start type Manual: {protocol} may not be in use there. relight can start {it} \
             now; the start type stays, so that {they} Stopped again after a restart of the server."
        ),
    );
    for service in &proposal.services {
        page.command(4, &Cmdlet::start(server, *service));
    }
}
