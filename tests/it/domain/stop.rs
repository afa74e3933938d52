//! Which services that a run started are stopped by its undo, which are left running and why, and in which order.

use relight::domain::*;

use super::fixtures::*;

use Obstacle::{ChangedSince, FrontEndStays, LeftUnknown, NeverTookEffect, NotRunning, NotSeen, RanBefore};
use Service::{PopBackEnd, PopFrontEnd};
use StartType::{Automatic, Manual};

fn seen(service: Service, state: &str, start: StartType) -> ServiceSnapshot {
    ServiceSnapshot { service, state: ServiceState::parse(state), start }
}

/// A look that shows both POP3 services in these states.
fn look(front: &str, back: &str) -> ServerSnapshot {
    with(vec![seen(PopFrontEnd, front, Automatic), seen(PopBackEnd, back, Automatic)])
}

fn with(services: Vec<ServiceSnapshot>) -> ServerSnapshot {
    let mut snapshot = server(vec![component("PopProxy", State::Active, &[], &[])]);
    snapshot.services = Services::Read(services);
    snapshot
}

/// A run that started these, between these looks.
fn run(before: ServerSnapshot, starts: &[(Service, Outcome)], after: ServerSnapshot) -> ServerRun {
    let mut run = ServerRun::of(before, &Policy::default());
    let start = |(service, outcome): &(Service, Outcome)| StepOutcome {
        change: Change::SetService { service: *service, startup: Automatic, to: ServiceState::Running },
        components: vec![service.component()],
        outcome: outcome.clone(),
        intended: None,
    };
    run.steps = starts.iter().map(start).collect();
    run.looked_again(after, None);
    run
}

/// A run that started both.
fn both() -> ServerRun {
    let starts = [(PopBackEnd, Outcome::Done), (PopFrontEnd, Outcome::Done)];
    run(look("Stopped", "Stopped"), &starts, look("Running", "Running"))
}

fn stopping() -> Policy {
    Policy { stop_services: true, ..Policy::default() }
}

fn planned(run: &ServerRun, present: &ServerSnapshot) -> Vec<(Service, Option<Obstacle>)> {
    let plan = Plan::undoing(run, present, &stopping());
    plan.proposals.iter().map(|it| (it.services()[0], it.obstacles.first().cloned())).collect()
}

/// What is stopped where these were answered with no.
fn agreed(run: &ServerRun, present: &ServerSnapshot, kept: &[Service]) -> (Vec<Service>, usize) {
    let against = |change: &Change| match change.service() {
        Some(service) if kept.contains(&service) => vec![Obstacle::Declined(change.clone())],
        Some(_) | None => Vec::new(),
    };
    let decision = Plan::undoing(run, present, &stopping()).decide(against);
    (decision.agreed.iter().filter_map(|agreed| agreed.change.service()).collect(), decision.left.len())
}

#[test]
fn what_the_run_started_is_stopped_only_when_asked_and_the_front_end_first() {
    let (run, present) = (both(), look("Running", "Running"));
    let unasked = Plan::undoing(&run, &present, &Policy::default());
    assert!(unasked.decide(|change| Policy::default().objections(change)).agreed.is_empty());
    let asked = |it: &Proposal| matches!(&it.objections[..], [Obstacle::StopNotAsked(_)]) && it.obstacles.is_empty();
    assert!(unasked.proposals.iter().all(asked));
    assert_eq!(agreed(&run, &present, &[]), (vec![PopFrontEnd, PopBackEnd], 0));
    let mut undo = ServerRun::undoing(&run, present.clone(), &stopping());
    let steps = Consent::of_policy(&mut undo, &stopping()).expect("the first decision").into_steps();
    assert!(steps[0].fits_services(&present.services));
    for other in [look("Stopped", "Running"), look("Stop Pending", "Running"), with(vec![])] {
        assert!(!steps[0].fits_services(&other.services));
    }
    assert!(!steps[0].fits_services(&with(vec![seen(PopFrontEnd, "Running", Manual)]).services));
}

#[test]
fn what_is_no_longer_as_the_run_left_it_is_left_alone() {
    let (stopped, running) = (look("Stopped", "Stopped"), look("Running", "Running"));
    let one = |before: &ServerSnapshot, after: &ServerSnapshot, present: &ServerSnapshot| {
        planned(&run(before.clone(), &[(PopFrontEnd, Outcome::Done)], after.clone()), present)[0].1.clone()
    };
    assert_eq!(one(&stopped, &running, &running), None);
    assert_eq!(one(&running, &running, &running), Some(RanBefore));
    assert_eq!(one(&stopped, &stopped, &running), Some(NeverTookEffect));
    assert_eq!(one(&stopped, &look("Start Pending", "Running"), &running), None, "it was on its way");
    assert_eq!(one(&stopped, &running, &stopped), Some(NotRunning));
    assert_eq!(one(&stopped, &running, &with(vec![seen(PopFrontEnd, "Running", Manual)])), Some(ChangedSince));
    assert_eq!(one(&stopped, &running, &with(vec![])), Some(NotSeen));
    let mut blind = running.clone();
    blind.services = Services::Unreadable("no".into());
    assert_eq!(one(&stopped, &running, &blind), Some(NotSeen));
    assert_eq!(one(&stopped, &blind, &running), Some(LeftUnknown));
}

#[test]
fn a_start_that_was_not_sent_is_nothing_to_undo_and_one_that_was_cut_off_is_settled_first() {
    let (stopped, running) = (look("Stopped", "Stopped"), look("Running", "Running"));
    for outcome in [Outcome::NotBegun, Outcome::NotSent(NotSent::Useless)] {
        assert_eq!(planned(&run(stopped.clone(), &[(PopFrontEnd, outcome)], running.clone()), &running), []);
    }
    let mut open = run(stopped, &[(PopFrontEnd, Outcome::Open)], running.clone());
    assert_eq!(planned(&open, &running), [(PopFrontEnd, None)]);
    open.looks.clear();
    assert_eq!(planned(&open, &running), [(PopFrontEnd, Some(LeftUnknown))]);
}

#[test]
fn a_back_end_is_kept_for_a_front_end_that_runs_on_unless_that_ran_before_too() {
    let running = look("Running", "Running");
    let back = |before: &ServerSnapshot| run(before.clone(), &[(PopBackEnd, Outcome::Done)], running.clone());
    assert_eq!(planned(&back(&look("Running", "Stopped")), &running), [(PopBackEnd, None)], "as it was before");
    let since = back(&look("Stopped", "Stopped"));
    let stays = || Some(FrontEndStays(PopFrontEnd));
    assert_eq!(planned(&since, &running), [(PopBackEnd, stays())], "somebody has started it since");
    assert_eq!(planned(&since, &look("Stopped", "Running")), [(PopBackEnd, None)]);
    let changed = with(vec![seen(PopFrontEnd, "Running", Manual), seen(PopBackEnd, "Running", Automatic)]);
    assert_eq!(planned(&both(), &changed), [(PopFrontEnd, Some(ChangedSince)), (PopBackEnd, stays())]);

    assert_eq!(agreed(&both(), &running, &[PopFrontEnd]), (vec![], 2));
    assert_eq!(agreed(&both(), &running, &[PopBackEnd]), (vec![PopFrontEnd], 1));
}

#[test]
fn a_stop_is_confirmed_by_the_look_after_it() {
    let present = look("Running", "Running");
    let judged = |outcome: Outcome, after: &Services| {
        let mut undo = ServerRun::undoing(&both(), present.clone(), &stopping());
        carried_out(&mut undo, &stopping(), &outcome);
        undo.looked_again(ServerSnapshot { services: after.clone(), ..present.clone() }, None);
        undo.verdicts().iter().map(|verdict| verdict.kind.name()).collect::<Vec<_>>()
    };
    let after = look("Stopped", "Stop Pending").services;
    assert_eq!(judged(Outcome::Done, &after), ["confirmed", "notConfirmed"]);
    assert_eq!(judged(Outcome::Done, &Services::NotAsked), ["unknown", "unknown"]);
    assert_eq!(judged(Outcome::NotSent(NotSent::Useless), &after), [""; 0]);
}
