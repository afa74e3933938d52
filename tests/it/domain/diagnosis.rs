//! What is wrong with a component, and why: every row of "who set it", and the states that are no fault.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Draining, Inactive};

#[test]
fn a_component_without_entries_or_with_local_ones_only_is_normal() {
    for local in [vec![], vec![entry("HealthApi", Active, 1)]] {
        let found = diagnosis_of(&server(vec![component("PopProxy", Active, &local, &[])]), "PopProxy");
        assert_eq!(found.finding, None);
        assert!(found.entries.is_empty());
    }
}

#[test]
fn each_requester_that_sets_a_component_inactive_is_named() {
    for requester in ["HealthApi", "Maintenance", "Functional", "Sidelined", "Deployment", "JoesScript"] {
        let found = diagnosis_of(&inactive_pop(&[entry(requester, Inactive, 1)], &[]), "PopProxy");
        assert_eq!(found.finding, Some(Finding::Inactive(Cause::Entries)));
        assert_eq!(found.entries.len(), 1);
        assert_eq!(found.entries[0].requester, Requester::new(requester));
        assert_eq!(found.entries[0].stores, Stores::Local);
    }
}

#[test]
fn every_requester_counts_not_the_newest_alone_and_not_the_registry_alone() {
    let snapshot = inactive_pop(&[entry("HealthApi", Inactive, 9)], &[entry("Maintenance", Inactive, 1)]);
    let found = diagnosis_of(&snapshot, "PopProxy");
    assert_eq!(
        found.entries.iter().map(|entry| entry.requester.as_str()).collect::<Vec<_>>(),
        ["HealthApi", "Maintenance"]
    );
    assert_eq!(found.entries[1].stores, Stores::Remote);
}

#[test]
fn inactive_without_an_inactive_entry_is_unexplained() {
    let found = diagnosis_of(&inactive_pop(&[], &[]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Inactive(Cause::Unexplained)));
    let found = diagnosis_of(&inactive_pop(&[entry("HealthApi", Active, 1)], &[]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Inactive(Cause::Unexplained)));
}

#[test]
fn server_wide_offline_is_named_as_the_cause_and_draining_counts() {
    for state in [Inactive, Draining] {
        let own = [entry("Maintenance", state.clone(), 1)];
        let snapshot = offline(vec![component("PopProxy", Inactive, &[], &[])], state, &own);
        let found = diagnosis_of(&snapshot, "PopProxy");
        assert_eq!(found.finding, Some(Finding::Inactive(Cause::ServerWideOffline)));
        assert!(found.entries.is_empty(), "its own list is empty and that is normal");
        let server_wide = diagnosis_of(&snapshot, "ServerWideOffline");
        assert_eq!(server_wide.finding, Some(Finding::Inactive(Cause::Entries)));
        assert_eq!(server_wide.entries[0].requester, Requester::new("Maintenance"));
    }
}

#[test]
fn components_that_are_inactive_by_default_are_left_alone() {
    for name in ["ForwardSyncDaemon", "provisioningrps"] {
        let found = diagnosis_of(&server(vec![component(name, Inactive, &[], &[])]), name);
        assert_eq!(found.finding, None, "{name}");
    }
}

#[test]
fn draining_is_an_oddity_and_not_the_fault() {
    let snapshot = server(vec![component("PopProxy", Draining, &[entry("Maintenance", Draining, 1)], &[])]);
    assert_eq!(diagnosis_of(&snapshot, "PopProxy").finding, Some(Finding::Draining));
}

#[test]
fn active_with_an_unreadable_registry_is_not_proven_healthy() {
    let mut pop = component("PopProxy", Active, &[], &[]);
    pop.local = StoreReading::Unreadable;
    let found = diagnosis_of(&server(vec![pop]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::NotKnown));
    assert_eq!(found.gaps, [Gap::Unreadable(Store::Local)]);
}

#[test]
fn inactive_with_an_unreadable_registry_stays_inactive_but_by_whom_is_not_known() {
    let mut pop = component("PopProxy", Inactive, &[], &[entry("HealthApi", Inactive, 1)]);
    pop.local = StoreReading::Unreadable;
    let found = diagnosis_of(&server(vec![pop]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Inactive(Cause::Unknowable)));
}

#[test]
fn entries_that_say_inactive_under_an_active_state_contradict_it() {
    let snapshot = server(vec![component("PopProxy", Active, &[entry("HealthApi", Inactive, 1)], &[])]);
    let found = diagnosis_of(&snapshot, "PopProxy");
    assert_eq!(found.gaps, [Gap::Contradiction(Inactive)]);
    assert_eq!(found.finding, Some(Finding::NotKnown));
}

#[test]
fn flattened_lists_give_the_same_finding_where_order_in_time_does_not_matter() {
    let found = diagnosis_of(&inactive_pop(&[undated("HealthApi", Inactive)], &[]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Inactive(Cause::Entries)));
    let contested = inactive_pop(&[undated("HealthApi", Active)], &[undated("HealthApi", Inactive)]);
    let found = diagnosis_of(&contested, "PopProxy");
    assert_eq!(found.finding, Some(Finding::Inactive(Cause::Unknowable)));
    assert_eq!(found.gaps, [Gap::Contested(Requester::new("HealthApi"))]);
}
