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
    assert_eq!(why(&blind, &present), None, "what is there now settles it");
    assert_eq!(why(&blind, &inactive_pop(&old, &[])), Some(Obstacle::LeftUnknown), "it may still be carried out");
    blind.steps[0].outcome = Outcome::Done;
    assert_eq!(why(&blind, &present), Some(Obstacle::LeftUnknown));
    assert_eq!(why(&fixed(&old, &[], &Outcome::Open), &inactive_pop(&old, &[])), Some(Obstacle::NeverTookEffect));
}

#[test]
fn a_change_of_unknown_outcome_is_judged_by_what_is_there_now() {
    let (ours, old) = ([entry("HealthApi", Active, 10)], [entry("HealthApi", Inactive, 1)]);
    let present = |local: &[Entry], remote: &[Entry]| server(vec![component("PopProxy", Active, local, remote)]);
    let why_of = |outcome: Outcome, left: (&[Entry], &[Entry]), now: (&[Entry], &[Entry])| {
        why(&fixed(left.0, left.1, &outcome), &present(now.0, now.1))
    };
    let lost = || Outcome::Unknown(Trouble { kind: TroubleKind::Deadline, component: None, message: String::new() });
    let nothing = (&old[..], &[][..]);
    let all = (&ours[..], &ours[..]);
    let later = [entry("HealthApi", Active, 30)];
    for (outcome, left, now, expected) in [
        (lost(), nothing, all, None),
        (lost(), nothing, (&old[..], &ours[..]), None),
        (lost(), (&old[..], &ours[..]), all, None),
        (lost(), nothing, nothing, Some(Obstacle::NeverTookEffect)),
        (lost(), all, all, None),
        (lost(), all, (&later[..], &later[..]), Some(Obstacle::ChangedSince)),
        (Outcome::NotCarriedOut, nothing, all, Some(Obstacle::NeverTookEffect)),
        (Outcome::Done, nothing, all, Some(Obstacle::NeverTookEffect)),
    ] {
        assert_eq!(why_of(outcome.clone(), left, now), expected, "{outcome:?} {left:?} {now:?}");
    }
}

#[test]
fn a_run_is_settled_once_a_look_shows_what_it_sent_or_came_long_after_it() {
    let (ours, old) = ([entry("HealthApi", Active, 10)], [entry("HealthApi", Inactive, 1)]);
    let lost = || Outcome::Unknown(Trouble { kind: TroubleKind::Deadline, component: None, message: String::new() });
    assert!(fixed(&ours, &ours, &lost()).is_settled());
    assert!(fixed(&old, &[], &Outcome::Done).is_settled(), "it is known that it was carried out");
    let mut run = fixed(&old, &[], &lost());
    run.steps[0].intended = Some(minute(60));
    assert!(!run.is_settled());
    assert!(run.close_open(minute(69)).is_empty() && !run.is_settled());
    assert_eq!(run.close_open(minute(70)).len(), 1);
    assert_eq!((&run.steps[0].outcome, run.is_settled()), (&Outcome::NotCarriedOut, true));
    let mut shown = fixed(&ours, &[], &lost());
    shown.steps[0].intended = Some(minute(60));
    assert!(shown.close_open(minute(999)).is_empty(), "what a look shows was carried out");
    let mut unseen = fixed(&old, &[], &lost());
    unseen.steps[0].intended = Some(minute(60));
    unseen.looked_again(server(vec![]), None);
    assert!(unseen.close_open(minute(999)).is_empty() && !unseen.is_settled(), "nothing was seen");
}

/// An undo of a run, carried out, and what it wrote to.
fn undone(entries: (&[Entry], &[Entry]), left: (&[Entry], &[Entry])) -> (ServerRun, Stores) {
    let mut run = ServerRun::of(inactive_pop(entries.0, entries.1), &Policy::default());
    carried_out(&mut run, &Policy::default(), &Outcome::Done);
    let present = server(vec![component("PopProxy", Active, left.0, left.1)]);
    run.looked_again(present.clone(), None);
    let mut undo = ServerRun::undoing(&run, present, &Policy::default());
    let steps = carried_out(&mut undo, &Policy::default(), &Outcome::Done);
    let Change::SetState { stores, .. } = steps[0].change else { panic!("an entry") };
    (undo, stores)
}

#[test]
fn what_stood_in_the_registry_alone_is_put_back_and_judged_there_alone() {
    let (ours, old) = ([entry("HealthApi", Active, 10)], [entry("HealthApi", Inactive, 1)]);
    let (mut undo, stores) = undone((&old, &[]), (&ours, &ours));
    assert_eq!(stores, Stores::Local);
    let mut judged = |state: State, local: &[Entry], remote: &[Entry]| {
        undo.looked_again(server(vec![component("PopProxy", state, local, remote)]), None);
        (undo.verdicts()[0].kind.clone(), undo.verdicts()[0].notes.len())
    };
    let (back, early) = ([entry("HealthApi", Inactive, 20)], [entry("HealthApi", Inactive, 9)]);
    let not = |reason| (VerdictKind::NotConfirmed(vec![reason]), 0);
    assert_eq!(judged(Inactive, &back, &ours), (VerdictKind::Confirmed, 1), "the Active entry that stays is named");
    assert_eq!(judged(Inactive, &back, &[]), (VerdictKind::Confirmed, 0));
    assert_eq!(judged(Active, &ours, &ours), not(Reason::NotPutBack(Store::Local)));
    assert_eq!(judged(Active, &early, &ours), not(Reason::DirectoryIsLater));
    let text = [Entry { time: EntryTime::Text("3:00 AM".into()), ..back[0].clone() }];
    assert_eq!(judged(Inactive, &text, &ours), (VerdictKind::Confirmed, 1), "the state has followed");
    assert_eq!(judged(Active, &text, &ours).0, VerdictKind::Unknown(vec![Gap::Contested(Requester::new("HealthApi"))]));

    assert_eq!(undone((&old, &old), (&ours, &ours)).1, Stores::Both);
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
    let old = [entry("HealthApi", Inactive, 1)];
    let (mut undo, _) = undone((&old, &old), (&ours, &ours));
    let back = [entry("HealthApi", Inactive, 20)];
    let mut judged = |local: &[Entry], remote: &[Entry]| {
        undo.looked_again(server(vec![component("PopProxy", Inactive, local, remote)]), None);
        undo.verdicts()[0].kind.clone()
    };
    let missing =
        |stores: &[Store]| VerdictKind::NotConfirmed(stores.iter().map(|store| Reason::NotPutBack(*store)).collect());
    assert_eq!(judged(&back, &back), VerdictKind::Confirmed);
    assert_eq!(judged(&ours, &back), missing(&[Store::Local]));
    assert_eq!(judged(&back, &[]), missing(&[Store::Remote]));
    assert_eq!(judged(&ours, &ours), missing(&[Store::Local, Store::Remote]));
    assert_eq!(judged(&old, &old), VerdictKind::Confirmed, "another entry than before, by a clock that runs behind");
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
