//! What is wrong with a component, and why: every row of "who holds it", and the states that are no fault.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Draining, Inactive};

#[test]
fn a_component_without_entries_or_with_local_ones_only_is_normal() {
    for local in [vec![], vec![entry("HealthApi", Active, 1)]] {
        let found = diagnosis_of(&server(vec![component("PopProxy", Active, &local, &[])]), "PopProxy");
        assert_eq!(found.finding, None);
        assert!(found.holds.is_empty());
    }
}

#[test]
fn each_requester_that_holds_a_component_is_named() {
    for requester in ["HealthApi", "Maintenance", "Functional", "Sidelined", "Deployment", "JoesScript"] {
        let found = diagnosis_of(&dark_pop(&[entry(requester, Inactive, 1)], &[]), "PopProxy");
        assert_eq!(found.finding, Some(Finding::Dark(Cause::Held)));
        assert_eq!(found.holds.len(), 1);
        assert_eq!(found.holds[0].requester, Requester::new(requester));
        assert_eq!(found.holds[0].stores, Stores::Local);
    }
}

#[test]
fn every_holder_counts_not_the_newest_alone_and_not_the_registry_alone() {
    let snapshot = dark_pop(&[entry("HealthApi", Inactive, 9)], &[entry("Maintenance", Inactive, 1)]);
    let found = diagnosis_of(&snapshot, "PopProxy");
    assert_eq!(
        found.holds.iter().map(|hold| hold.requester.as_str()).collect::<Vec<_>>(),
        ["HealthApi", "Maintenance"]
    );
    assert_eq!(found.holds[1].stores, Stores::Remote);
}

#[test]
fn inactive_without_a_holder_is_unexplained() {
    let found = diagnosis_of(&dark_pop(&[], &[]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Dark(Cause::Unexplained)));
    let found = diagnosis_of(&dark_pop(&[entry("HealthApi", Active, 1)], &[]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Dark(Cause::Unexplained)));
}

#[test]
fn server_wide_offline_is_named_as_the_cause_and_draining_counts() {
    for state in [Inactive, Draining] {
        let holder = [entry("Maintenance", state.clone(), 1)];
        let snapshot = offline(vec![component("PopProxy", Inactive, &[], &[])], state, &holder);
        let found = diagnosis_of(&snapshot, "PopProxy");
        assert_eq!(found.finding, Some(Finding::Dark(Cause::ServerWideOffline)));
        assert!(found.holds.is_empty(), "its own list is empty and that is normal");
        let server_wide = diagnosis_of(&snapshot, "ServerWideOffline");
        assert_eq!(server_wide.finding, Some(Finding::Dark(Cause::Held)));
        assert_eq!(server_wide.holds[0].requester, Requester::new("Maintenance"));
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
    assert_eq!(found.finding, Some(Finding::Unproven));
    assert_eq!(found.gaps, [Gap::Unreadable(Store::Local)]);
}

#[test]
fn inactive_with_an_unreadable_registry_is_dark_but_its_holders_are_not_known() {
    let mut pop = component("PopProxy", Inactive, &[], &[entry("HealthApi", Inactive, 1)]);
    pop.local = StoreReading::Unreadable;
    let found = diagnosis_of(&server(vec![pop]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Dark(Cause::Unknowable)));
}

#[test]
fn entries_that_say_inactive_under_an_active_state_contradict_it() {
    let snapshot = server(vec![component("PopProxy", Active, &[entry("HealthApi", Inactive, 1)], &[])]);
    let found = diagnosis_of(&snapshot, "PopProxy");
    assert_eq!(found.gaps, [Gap::Contradiction(Inactive)]);
    assert_eq!(found.finding, Some(Finding::Unproven));
}

#[test]
fn flattened_lists_give_the_same_finding_where_order_in_time_does_not_matter() {
    let found = diagnosis_of(&dark_pop(&[undated("HealthApi", Inactive)], &[]), "PopProxy");
    assert_eq!(found.finding, Some(Finding::Dark(Cause::Held)));
    let contested = dark_pop(&[undated("HealthApi", Active)], &[undated("HealthApi", Inactive)]);
    let found = diagnosis_of(&contested, "PopProxy");
    assert_eq!(found.finding, Some(Finding::Dark(Cause::Unknowable)));
    assert_eq!(found.gaps, [Gap::Contested(Requester::new("HealthApi"))]);
}
