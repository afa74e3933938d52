//! What the entries of a component amount to.

use proptest::prelude::*;
use relight::domain::*;

use super::fixtures::{entry, minute, store, undated};

use State::{Active, Draining, Inactive};

fn state_of(local: &[Entry], remote: &[Entry]) -> Reconciled {
    reconcile(&store(local), &store(remote)).state
}

#[test]
fn the_newest_entry_of_each_requester_counts_and_any_inactive_wins() {
    let h = |state, at| entry("HealthApi", state, at);
    let m = |state, at| entry("Maintenance", state, at);
    for (name, local, remote, expected) in [
        ("no entries: the default", vec![], vec![], Reconciled::Default),
        ("local only", vec![h(Inactive, 1)], vec![], Reconciled::State(Inactive)),
        ("remote only", vec![], vec![h(Inactive, 1)], Reconciled::State(Inactive)),
        ("the newer local overrides", vec![h(Active, 2)], vec![h(Inactive, 1)], Reconciled::State(Active)),
        ("the newer remote overrides", vec![h(Active, 1)], vec![h(Inactive, 2)], Reconciled::State(Inactive)),
        ("a tie: local", vec![h(Active, 1)], vec![h(Inactive, 1)], Reconciled::State(Active)),
        ("a tie the other way: local", vec![h(Inactive, 1)], vec![h(Active, 1)], Reconciled::State(Inactive)),
        ("any Inactive, not the newest entry", vec![h(Inactive, 1), m(Active, 9)], vec![], Reconciled::State(Inactive)),
        ("Inactive before Draining", vec![h(Draining, 1), m(Inactive, 1)], vec![], Reconciled::State(Inactive)),
        ("Draining before Active", vec![h(Active, 1), m(Draining, 1)], vec![], Reconciled::State(Draining)),
        ("all Active", vec![h(Active, 1)], vec![m(Active, 1)], Reconciled::State(Active)),
        (
            "names compare without case",
            vec![entry("HEALTHAPI", Active, 2)],
            vec![h(Inactive, 1)],
            Reconciled::State(Active),
        ),
        ("an unknown state", vec![h(State::Unknown("Paused".into()), 1)], vec![], Reconciled::Unknown),
        (
            "an undated pair that agrees",
            vec![undated("HealthApi", Inactive)],
            vec![h(Inactive, 1)],
            Reconciled::State(Inactive),
        ),
        (
            "an undated pair that does not",
            vec![undated("HealthApi", Active)],
            vec![h(Inactive, 1)],
            Reconciled::Unknown,
        ),
        (
            "undated beside a certain entry",
            vec![undated("HealthApi", Active), m(Inactive, 1)],
            vec![h(Inactive, 1)],
            Reconciled::State(Inactive),
        ),
    ] {
        assert_eq!(state_of(&local, &remote), expected, "{name}");
    }
}

#[test]
fn nothing_is_claimed_of_a_store_that_was_not_read() {
    let remote = store(&[entry("HealthApi", Inactive, 1)]);
    let opaque = StoreReading::Read { entries: vec![], opaque: vec!["RequesterDetails".into()] };
    assert_eq!(reconcile(&StoreReading::Unreadable, &remote).state, Reconciled::Unknown);
    assert_eq!(reconcile(&opaque, &remote).state, Reconciled::Unknown);
    assert_eq!(reconcile(&StoreReading::Unreadable, &remote).deciding.len(), 1, "what was read is still shown");
}

#[test]
fn a_stale_remote_entry_counts_for_nothing() {
    let found = reconcile(&store(&[entry("HealthApi", Active, 2)]), &store(&[entry("HealthApi", Inactive, 1)]));
    assert_eq!(found.stale, [Stale { store: Store::Remote, entry: entry("HealthApi", Inactive, 1) }]);
    assert_eq!(found.deciding[0].state, Active);
    assert_eq!(found.deciding[0].stores, Stores::Local);
}

#[test]
fn a_deciding_entry_keeps_the_spelling_the_time_and_the_stores_it_was_read_with() {
    let found = reconcile(&store(&[entry("HealthAPI", Inactive, 2)]), &store(&[entry("HealthApi", Inactive, 1)]));
    assert_eq!(found.deciding.len(), 1);
    assert_eq!(found.deciding[0].requester.as_str(), "HealthAPI");
    assert_eq!(found.deciding[0].since, EntryTime::Utc(minute(2)));
    assert_eq!(found.deciding[0].stores, Stores::Both);
    assert!(found.stale.is_empty(), "an older entry that agrees is not stale");
}

prop_compose! {
    fn any_entry()(
        requester in prop::sample::select(vec!["HealthApi", "healthapi", "Maintenance", "Functional", "Sidelined", "JoesScript"]),
        state in prop::sample::select(vec![Active, Inactive, Draining]),
        minutes in 0..6_i64,
    ) -> Entry {
        entry(requester, state, minutes)
    }
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    prop::collection::vec(any_entry(), 0..6)
}

/// What is left when these requesters have been set Active, in both stores, after everything else.
fn set_active(entries: &[Entry], requesters: &[Requester]) -> Vec<Entry> {
    let mut after = entries.iter().filter(|entry| !requesters.contains(&entry.requester)).cloned().collect::<Vec<_>>();
    after.extend(requesters.iter().map(|requester| entry(requester.as_str(), Active, 100)));
    after
}

proptest! {
    #[test]
    fn the_order_of_entries_never_matters(
        (local, shuffled) in entries().prop_flat_map(|all| (Just(all.clone()), Just(all).prop_shuffle())),
        remote in entries(),
    ) {
        let (a, b) = (reconcile(&store(&local), &store(&remote)), reconcile(&store(&shuffled), &store(&remote)));
        prop_assert_eq!(a.deciding, b.deciding);
        prop_assert_eq!(a.state, b.state);
    }

    #[test]
    fn every_requester_has_one_deciding_entry_and_it_is_one_of_its_newest_entries(local in entries(), remote in entries()) {
        let found = reconcile(&store(&local), &store(&remote));
        for deciding in &found.deciding {
            let newest = local.iter().chain(&remote).filter(|entry| entry.requester == deciding.requester)
                .filter_map(|entry| entry.time.utc()).max();
            prop_assert_eq!(deciding.since.utc(), newest);
        }
        let mut requesters = local.iter().chain(&remote).map(|entry| entry.requester.clone()).collect::<Vec<_>>();
        requesters.sort();
        requesters.dedup();
        prop_assert_eq!(found.deciding.len(), requesters.len());
    }

    #[test]
    fn setting_exactly_the_inactive_entries_helps_and_setting_fewer_never_does(
        local in entries(), remote in entries(), without in any::<prop::sample::Index>(),
    ) {
        let found = reconcile(&store(&local), &store(&remote));
        let inactive = found.deciding.iter().filter(|entry| entry.state != Active)
            .map(|entry| entry.requester.clone()).collect::<Vec<_>>();
        let after = |set: &[Requester]| reconcile(&store(&set_active(&local, set)), &store(&set_active(&remote, set))).state;
        if inactive.is_empty() {
            prop_assert_ne!(found.state, Reconciled::State(Inactive));
        } else {
            prop_assert_eq!(after(&inactive), Reconciled::State(Active));
            let mut fewer = inactive;
            fewer.remove(without.index(fewer.len()));
            prop_assert_ne!(after(&fewer), Reconciled::State(Active));
        }
    }
}
