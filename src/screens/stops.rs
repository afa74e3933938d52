//! Services that a run started, in its undo: which are left running and why, which are stopped, and the proof.

use crate::domain::{
    AgainstStop, Outcome, RunId, ServerSnapshot, Service, StartedService, StopOutcome, StopVerdict, UndoServer,
};
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{BAD, CARE, GOOD, PLAIN, Page};
use crate::screens::kit::words;

use super::done::ended;

/// The services that would be stopped.
pub fn plan(page: &mut Page, server: &UndoServer) {
    let present = &server.present;
    for service in server.plan.stops() {
        page.item(PLAIN, 0, &format!("{}, which the run started, still runs.", service.name()));
        page.command(4, &Cmdlet::stop(&present.server, service));
        let start = start_type(present, service);
        page.styled(CARE, 4, &format!("That cuts its clients off. Its start type {start}stays."));
    }
}

fn start_type(present: &ServerSnapshot, service: Service) -> String {
    present.services.of(service).map(|seen| format!("{} ", seen.start.name())).unwrap_or_default()
}

/// The services that are left running, and why.
pub fn kept(page: &mut Page, run: &RunId, server: &UndoServer) {
    for StartedService { service, against } in &server.plan.started {
        let Some(against) = against else { continue };
        let name = service.name();
        match against {
            AgainstStop::NotAsked => {
                page.item(PLAIN, 0, &format!("{name}, which the run started, is left running. To stop it:"));
                page.command(4, &Cmdlet::relight(&format!("undo {run}"), ["--stop-services".to_owned()]));
                page.inset(2, "or");
                page.command(4, &Cmdlet::stop(&server.present.server, *service));
            }
            AgainstStop::NotRunning => {
                page.item(PLAIN, 0, &format!("{name}, which the run started, does not run now: nothing to stop."));
            }
            AgainstStop::Declined
            | AgainstStop::FrontEndStays
            | AgainstStop::RanBefore
            | AgainstStop::NotKnown
            | AgainstStop::NeverStarted
            | AgainstStop::ChangedSince
            | AgainstStop::NotSeen => {
                page.item(CARE, 0, &format!("{name} is left as it is: {}", because(*against, *service)));
            }
        }
    }
}

fn because(against: AgainstStop, service: Service) -> String {
    match against {
        AgainstStop::FrontEndStays => {
            format!("its front end {} goes on running and needs it.", service.other_half().name())
        }
        AgainstStop::NotAsked => "nobody asked for it to be stopped.".to_owned(),
        AgainstStop::Declined => "stopping it was not agreed to.".to_owned(),
        AgainstStop::RanBefore => "it ran before the run.".to_owned(),
        AgainstStop::NotKnown => {
            "it is not known whether the run started it; relight resume settles that where the run was cut off."
                .to_owned()
        }
        AgainstStop::NeverStarted => "it did not run at the end of the run.".to_owned(),
        AgainstStop::ChangedSince => "its start type has changed since the run.".to_owned(),
        AgainstStop::NotRunning => "it does not run now.".to_owned(),
        AgainstStop::NotSeen => "the services could not be read now.".to_owned(),
    }
}

/// The stops and what became of each.
pub fn outcomes(page: &mut Page, stops: &[StopOutcome]) {
    for step in stops {
        ended(page, &Cmdlet::stop(&step.server, step.service), &step.outcome, outcome(&step.outcome));
    }
}

/// What became of a stop, in a few words.
pub fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "sent; Windows says that it is stopped.",
        Outcome::Failed(_) => "sent; it was refused, or is not stopped.",
        Outcome::Unknown(why) => words::not_known(why.kind),
        Outcome::ChangedSincePlan => "not sent: the service is no longer as it was when this was planned.",
        Outcome::NotSeen(_) => "not sent: the look right before it failed.",
        Outcome::Useless => "not sent: its front end goes on running and needs it.",
        Outcome::ShellLost => "not sent: the shell was lost during an earlier step.",
        Outcome::Interrupted => "not sent: the run was interrupted.",
        Outcome::NotRecorded => "not sent: the journal could not take down that it was about to be.",
    }
}

/// What the last look says of each service that was asked to stop.
pub fn verdicts(page: &mut Page, verdicts: &[StopVerdict]) {
    for StopVerdict { service, stopped } in verdicts {
        let name = service.name();
        match stopped {
            Some(true) => page.item(GOOD, 0, &format!("{name} is stopped, as before the run.")),
            Some(false) => page.item(BAD, 0, &format!("{name} is not stopped: see the event log of the server.")),
            None => page.item(BAD, 0, &format!("{name}: unknown, it could not be read again.")),
        }
    }
}
