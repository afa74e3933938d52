//! What can be put back of a run, what cannot and why, and what confirms it.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Draining, Inactive};

/// A run that set HealthApi Active on PopProxy and left these entries.
fn fixed(local: &[Entry], remote: &[Entry], outcome: &Outcome) -> ServerRun {
    let before = inactive_pop(&[entry("HealthApi", Inactive, 1)], &[]);
    let mut run = ServerRun::of(before, &Policy::default());
    carried_out(&mut run, &Policy::default(), outcome);
    run.looked_again(server(vec![component("PopProxy", Active, local, remote)]), None);
    run
}

fn why(run: &ServerRun, present: &ServerSnapshot) -> Option<Obstacle> {
    Plan::undoing(run, present, &Policy::default()).proposals[0].obstacles.first().cloned()
}

#[test]
fn an_entry_is_put_back_only_where_its_entries_are_as_the_run_left_them() {
    let ours = [entry("HealthApi", Active, 10)];
    let run = fixed(&ours, &ours, &Outcome::Done);
    let present = |local: &[Entry], remote: &[Entry]| server(vec![component("PopProxy", Active, local, remote)]);
    assert_eq!(why(&run, &present(&ours, &ours)), None);
    let others = [ours[0].clone(), entry("Maintenance", Inactive, 20)];
    assert_eq!(why(&run, &present(&others, &ours)), None, "what other requesters did is nothing to it");
    for (local, remote) in [
        (vec![entry("HealthApi", Active, 11)], ours.to_vec()),
        (vec![entry("HealthApi", Inactive, 11)], ours.to_vec()),
        (ours.to_vec(), vec![]),
    ] {
        assert_eq!(why(&run, &present(&local, &remote)), Some(Obstacle::ChangedSince));
    }
    let mut unreadable = present(&ours, &ours);
    unreadable.components[0].local = StoreReading::Unreadable;
    assert_eq!(why(&run, &unreadable), Some(Obstacle::NotSeen));
    assert_eq!(why(&run, &server(vec![])), Some(Obstacle::NotSeen));
}

#[test]
fn what_was_not_sent_not_seen_or_took_no_effect_is_not_put_back() {
    let (ours, old) = ([entry("HealthApi", Active, 10)], [entry("HealthApi", Inactive, 1)]);
    let present = server(vec![component("PopProxy", Active, &ours, &ours)]);
    for outcome in [Outcome::NotBegun, Outcome::NotSent(NotSent::Interrupted)] {
        assert_eq!(why(&fixed(&ours, &ours, &outcome), &present), Some(Obstacle::NeverSent));
    }
    let mut blind = fixed(&ours, &ours, &Outcome::Open);
    assert_eq!(why(&blind, &present), None, "a look has settled it");
    blind.looks.clear();
    assert_eq!(why(&blind, &present), Some(Obstacle::LeftUnknown));
    assert_eq!(why(&fixed(&old, &[], &Outcome::Open), &inactive_pop(&old, &[])), Some(Obstacle::NeverTookEffect));
}

#[test]
fn a_step_of_an_undo_sets_the_state_that_was_there() {
    let ours = [entry("HealthApi", Active, 10)];
    let present = server(vec![component("PopProxy", Active, &ours, &ours)]);
    let mut run = fixed(&ours, &ours, &Outcome::Done);
    for state in [Inactive, Draining] {
        let Change::SetState { entry, .. } = &mut run.steps[0].change else { panic!("a state") };
        entry.state = state.clone();
        let mut undo = ServerRun::undoing(&run, present.clone(), &Policy::default());
        let steps = Consent::of_policy(&mut undo, &Policy::default()).expect("the first decision").into_steps();
        assert!(matches!(steps[0].change(), Change::SetState { to, .. } if *to == state));
        assert!(steps[0].fits_component(&present.components[0], &[]));
    }
}

#[test]
fn a_server_is_taken_offline_again_only_with_a_consent_of_its_own() {
    let ours = [entry("Maintenance", Active, 10)];
    let own = [entry("Maintenance", Inactive, 1)];
    let mut run = ServerRun::of(offline(vec![component("PopProxy", Inactive, &[], &[])], Inactive, &own), &anything());
    carried_out(&mut run, &anything(), &Outcome::Done);
    let after = || {
        let offline = component("ServerWideOffline", Active, &ours, &ours);
        server(vec![component("PopProxy", Active, &[], &[]), offline])
    };
    run.looked_again(after(), None);
    let undo = |policy: &Policy| Plan::undoing(&run, &after(), policy).decide(|change| policy.objections(change));
    let left = undo(&Policy::default()).left;
    assert!(matches!(&left[0].obstacles[..], [Obstacle::OwnConsent(_)]), "{left:?}");
    assert_eq!(undo(&allowing(&[], true)).agreed[0].components, [Component::new("PopProxy")]);
}

#[test]
fn a_put_back_is_confirmed_by_a_newer_entry_in_both_stores() {
    let ours = [entry("HealthApi", Active, 10)];
    let present = server(vec![component("PopProxy", Active, &ours, &ours)]);
    let mut undo = ServerRun::undoing(&fixed(&ours, &ours, &Outcome::Done), present, &Policy::default());
    carried_out(&mut undo, &Policy::default(), &Outcome::Done);
    let back = [entry("HealthApi", Inactive, 20)];
    let stale = [entry("HealthApi", Inactive, 1)];
    let mut judged = |local: &[Entry], remote: &[Entry]| {
        undo.looked_again(server(vec![component("PopProxy", Inactive, local, remote)]), None);
        undo.verdicts()[0].kind.clone()
    };
    let missing =
        |stores: &[Store]| VerdictKind::NotConfirmed(stores.iter().map(|store| Reason::NotPutBack(*store)).collect());
    assert_eq!(judged(&back, &back), VerdictKind::Confirmed);
    assert_eq!(judged(&ours, &back), missing(&[Store::Local]));
    assert_eq!(judged(&back, &[]), missing(&[Store::Remote]));
    assert_eq!(judged(&stale, &stale), missing(&[Store::Local, Store::Remote]));
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
