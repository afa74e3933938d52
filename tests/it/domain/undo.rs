//! What can be put back of a run, what cannot and why, and what proves it.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Draining, Inactive};

/// A run that lifted HealthApi from PopProxy and left these entries.
fn lifted(local: &[Entry], remote: &[Entry], outcome: PastOutcome) -> PastServer {
    let before = dark_pop(&[entry("HealthApi", Inactive, 1)], &[]);
    let hold = Plan::of(&before, &diagnose(&before), &Policy::default()).questions()[0].clone();
    let step = PastStep { action: Action::Lift, lights: vec![hold.component.clone()], hold, outcome };
    let after = server(vec![component("PopProxy", Active, local, remote)]);
    PastServer { steps: vec![step], after: Some(after), ..PastServer::looked_at(before) }
}

fn done() -> PastOutcome {
    PastOutcome::Ended(Outcome::Done)
}

fn why(run: &PastServer, present: &ServerSnapshot) -> Option<Why> {
    UndoPlan::of(run, present).skipped.first().map(|skipped| skipped.why.clone())
}

#[test]
fn a_hold_is_put_back_only_where_its_entries_are_as_the_run_left_them() {
    let ours = [entry("HealthApi", Active, 10)];
    let run = lifted(&ours, &ours, done());
    let present = |local: &[Entry], remote: &[Entry]| server(vec![component("PopProxy", Active, local, remote)]);
    assert_eq!(why(&run, &present(&ours, &ours)), None);
    let others = [ours[0].clone(), entry("Maintenance", Inactive, 20)];
    assert_eq!(why(&run, &present(&others, &ours)), None, "what other requesters did is nothing to it");
    for (local, remote) in [
        (vec![entry("HealthApi", Active, 11)], ours.to_vec()),
        (vec![entry("HealthApi", Inactive, 11)], ours.to_vec()),
        (ours.to_vec(), vec![]),
    ] {
        assert_eq!(why(&run, &present(&local, &remote)), Some(Why::ChangedSince));
    }
    let mut unreadable = present(&ours, &ours);
    unreadable.components[0].local = StoreReading::Unreadable;
    assert_eq!(why(&run, &unreadable), Some(Why::NotSeen));
    assert_eq!(why(&run, &server(vec![])), Some(Why::NotSeen));
}

#[test]
fn what_was_not_sent_not_seen_or_not_lifted_is_not_put_back() {
    let (ours, old) = ([entry("HealthApi", Active, 10)], [entry("HealthApi", Inactive, 1)]);
    let present = server(vec![component("PopProxy", Active, &ours, &ours)]);
    for outcome in [PastOutcome::NotBegun, PastOutcome::Ended(Outcome::Interrupted)] {
        assert_eq!(why(&lifted(&ours, &ours, outcome), &present), Some(Why::NotSent));
    }
    let mut blind = lifted(&ours, &ours, PastOutcome::Open);
    assert_eq!(why(&blind, &present), None, "a look has settled it");
    blind.after = None;
    assert_eq!(why(&blind, &present), Some(Why::NotKnown));
    assert_eq!(why(&lifted(&old, &[], PastOutcome::Open), &dark_pop(&old, &[])), Some(Why::NeverLifted));
}

#[test]
fn a_step_of_an_undo_sets_the_state_that_was_there() {
    let ours = [entry("HealthApi", Active, 10)];
    let present = server(vec![component("PopProxy", Active, &ours, &ours)]);
    let mut run = lifted(&ours, &ours, done());
    for state in [Inactive, Draining] {
        run.steps[0].hold.state = state.clone();
        let confirmed = UndoPlan::of(&run, &present).confirm(&present);
        let step = &confirmed.steps()[0];
        assert_eq!((step.action(), step.target()), (Action::PutBack, &state));
        assert!(step.still_fits(&present.components[0], &[]));
    }
}

#[test]
fn a_put_back_is_proven_by_a_newer_entry_in_both_stores() {
    let ours = [entry("HealthApi", Active, 10)];
    let present = server(vec![component("PopProxy", Active, &ours, &ours)]);
    let run = lifted(&ours, &ours, done());
    let (steps, _) = UndoPlan::of(&run, &present).confirm(&present).into_parts();
    let outcomes = steps.into_iter().map(|step| step.end(Outcome::Done)).collect::<Vec<_>>();
    let back = [entry("HealthApi", Inactive, 20)];
    let stale = [entry("HealthApi", Inactive, 1)];
    let judged = |local: &[Entry], remote: &[Entry]| {
        let after = server(vec![component("PopProxy", Inactive, local, remote)]);
        judge_put_back(&present, &outcomes, &after)[0].kind.clone()
    };
    assert_eq!(judged(&back, &back), UndoVerdictKind::PutBack);
    assert_eq!(judged(&ours, &back), UndoVerdictKind::NotPutBack(vec![Store::Local]));
    assert_eq!(judged(&back, &[]), UndoVerdictKind::NotPutBack(vec![Store::Remote]));
    assert_eq!(judged(&stale, &stale), UndoVerdictKind::NotPutBack(vec![Store::Local, Store::Remote]));
}

#[test]
fn a_run_is_named_by_the_moment_it_began() {
    let begun: jiff::Timestamp = "2026-03-14T02:47:10.1239Z".parse().expect("an instant");
    assert_eq!(RunId::at(begun).as_str(), "20260314-024710-123");
    assert!(RunId::parse("20260314-024710-123").is_some());
    for odd in ["", "20260314", "20260314-024710-12x", "../../../etc/passwd", "20260314-024710-1234"] {
        assert_eq!(RunId::parse(odd), None, "{odd}");
    }
}
