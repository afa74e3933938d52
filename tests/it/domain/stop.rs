//! Which services that a run started are stopped by its undo, which are left running and why, and in which order.

use relight::domain::*;

use super::fixtures::*;

use AgainstStop::*;
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

fn sent() -> PastOutcome {
    PastOutcome::Ended(Outcome::Done)
}

/// A run that started these, between these looks.
fn run(before: ServerSnapshot, starts: &[(Service, PastOutcome)], after: ServerSnapshot) -> PastServer {
    let starts = starts.iter().map(|(service, outcome)| PastService { service: *service, outcome: outcome.clone() });
    PastServer { starts: starts.collect(), after: Some(after), ..PastServer::looked_at(before) }
}

/// A run that started both.
fn both() -> PastServer {
    run(look("Stopped", "Stopped"), &[(PopBackEnd, sent()), (PopFrontEnd, sent())], look("Running", "Running"))
}

fn planned(run: &PastServer, present: &ServerSnapshot) -> Vec<(Service, Option<AgainstStop>)> {
    let plan = UndoPlan::of(run, present).stopping();
    plan.started.iter().map(|it| (it.service, it.against)).collect()
}

#[test]
fn what_the_run_started_is_stopped_only_when_asked_and_the_front_end_first() {
    let (run, present) = (both(), look("Running", "Running"));
    let unasked = UndoPlan::of(&run, &present);
    assert_eq!((unasked.stops().count(), unasked.changes(), unasked.leaves_services()), (0, 0, false));
    assert!(unasked.confirm_stops(&present).is_empty());
    assert!(unasked.started.iter().all(|it| it.against == Some(NotAsked)));
    let asked = unasked.stopping();
    assert_eq!(asked.stops().collect::<Vec<_>>(), [PopFrontEnd, PopBackEnd]);
    let steps = asked.confirm_stops(&present);
    assert_eq!(steps.iter().map(ConfirmedStop::service).collect::<Vec<_>>(), [PopFrontEnd, PopBackEnd]);
    assert!(steps[0].still_fits(&present.services));
    for other in [look("Stopped", "Running"), look("Stop Pending", "Running"), with(vec![])] {
        assert!(!steps[0].still_fits(&other.services));
    }
    assert!(!steps[0].still_fits(&with(vec![seen(PopFrontEnd, "Running", Manual)]).services));
}

#[test]
fn what_is_no_longer_as_the_run_left_it_is_left_alone() {
    let (stopped, running) = (look("Stopped", "Stopped"), look("Running", "Running"));
    let one = |before: &ServerSnapshot, after: &ServerSnapshot, present: &ServerSnapshot| {
        planned(&run(before.clone(), &[(PopFrontEnd, sent())], after.clone()), present)[0].1
    };
    assert_eq!(one(&stopped, &running, &running), None);
    assert_eq!(one(&running, &running, &running), Some(RanBefore));
    assert_eq!(one(&stopped, &stopped, &running), Some(NeverStarted));
    assert_eq!(one(&stopped, &look("Start Pending", "Running"), &running), None, "it was on its way");
    assert_eq!(one(&stopped, &running, &stopped), Some(NotRunning));
    assert_eq!(one(&stopped, &running, &with(vec![seen(PopFrontEnd, "Running", Manual)])), Some(ChangedSince));
    assert_eq!(one(&stopped, &running, &with(vec![])), Some(NotSeen));
    let mut blind = running.clone();
    blind.services = Services::Unreadable("no".into());
    assert_eq!(one(&stopped, &running, &blind), Some(NotSeen));
    assert_eq!(one(&stopped, &blind, &running), Some(NotKnown));
}

#[test]
fn a_start_that_was_not_sent_is_nothing_to_undo_and_one_that_was_cut_off_is_settled_first() {
    let (stopped, running) = (look("Stopped", "Stopped"), look("Running", "Running"));
    for outcome in [PastOutcome::NotBegun, PastOutcome::Ended(Outcome::Useless)] {
        assert_eq!(planned(&run(stopped.clone(), &[(PopFrontEnd, outcome)], running.clone()), &running), []);
    }
    let mut open = run(stopped, &[(PopFrontEnd, PastOutcome::Open)], running.clone());
    assert_eq!(planned(&open, &running), [(PopFrontEnd, None)]);
    open.after = None;
    assert_eq!(planned(&open, &running), [(PopFrontEnd, Some(NotKnown))]);
    // What a look said of it stands in the journal even where what it saw does not.
    for (verdict, against) in [("running", None), ("notRunning", Some(NeverStarted)), ("unknown", Some(NotKnown))] {
        open.verdicts = vec![PastVerdict {
            component: Component::new(PopFrontEnd.name()),
            requester: None,
            verdict: verdict.to_owned(),
        }];
        assert_eq!(planned(&open, &running), [(PopFrontEnd, against)], "{verdict}");
    }
}

#[test]
fn a_back_end_is_kept_for_a_front_end_that_runs_on_unless_that_ran_before_too() {
    let running = look("Running", "Running");
    let back = |before: &ServerSnapshot| run(before.clone(), &[(PopBackEnd, sent())], running.clone());
    assert_eq!(planned(&back(&look("Running", "Stopped")), &running), [(PopBackEnd, None)], "as it was before");
    let since = back(&look("Stopped", "Stopped"));
    assert_eq!(planned(&since, &running), [(PopBackEnd, Some(FrontEndStays))], "somebody has started it since");
    assert_eq!(planned(&since, &look("Stopped", "Running")), [(PopBackEnd, None)]);
    let changed = with(vec![seen(PopFrontEnd, "Running", Manual), seen(PopBackEnd, "Running", Automatic)]);
    assert_eq!(planned(&both(), &changed), [(PopFrontEnd, Some(ChangedSince)), (PopBackEnd, Some(FrontEndStays))]);

    let mut plan = UndoPlan::of(&both(), &running).stopping();
    assert!(!plan.leaves_services());
    plan.keep_running(PopFrontEnd);
    assert_eq!((plan.stops().count(), plan.leaves_services()), (0, true));
    let mut plan = UndoPlan::of(&both(), &running).stopping();
    plan.keep_running(PopBackEnd);
    assert_eq!(plan.stops().collect::<Vec<_>>(), [PopFrontEnd]);
}

#[test]
fn a_stop_is_proven_by_the_look_after_it() {
    let (run, present) = (both(), look("Running", "Running"));
    let done = |outcome: Outcome| {
        let steps = UndoPlan::of(&run, &present).stopping().confirm_stops(&present);
        steps.into_iter().map(|step| step.end(outcome.clone())).collect::<Vec<_>>()
    };
    let stopped = |outcomes: &[StopOutcome], after: &Services| {
        judge_stops(outcomes, after).iter().map(|verdict| verdict.stopped).collect::<Vec<_>>()
    };
    let after = look("Stopped", "Stop Pending").services;
    assert_eq!(stopped(&done(Outcome::Done), &after), [Some(true), Some(false)]);
    assert_eq!(stopped(&done(Outcome::Done), &Services::NotAsked), [None, None]);
    assert_eq!(stopped(&done(Outcome::Useless), &after), []);
}
