//! What can be done, what rules it out, and what a confirmation keeps.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Draining, Inactive};

fn plan(snapshot: &ServerSnapshot, policy: &Policy) -> Plan {
    Plan::of(snapshot, &diagnose(snapshot), policy)
}

fn allowing(requesters: &[KnownRequester], include_server_wide_offline: bool) -> Policy {
    Policy { requesters: requesters.to_vec(), include_server_wide_offline, ..Policy::default() }
}

fn steps(snapshot: &ServerSnapshot, policy: &Policy) -> Vec<String> {
    let confirmed = plan(snapshot, policy).confirm(snapshot, |hold| policy.objections(hold));
    confirmed.steps().iter().map(|step| format!("{}/{}", step.hold().component, step.hold().requester)).collect()
}

#[test]
fn unattended_only_health_api_is_lifted_unless_the_policy_is_widened() {
    for known in KnownRequester::ALL {
        let snapshot = dark_pop(&[entry(known.name(), Inactive, 1)], &[]);
        let expected = if known == KnownRequester::HealthApi { 1 } else { 0 };
        assert_eq!(steps(&snapshot, &Policy::default()).len(), expected, "{known:?}");
        assert_eq!(steps(&snapshot, &allowing(&[known], false)).len(), 1, "{known:?}");
    }
}

#[test]
fn a_component_of_which_one_hold_stays_is_left_alone_entirely() {
    let snapshot = dark_pop(&[entry("HealthApi", Inactive, 1), entry("Maintenance", Inactive, 2)], &[]);
    let confirmed = plan(&snapshot, &Policy::default()).confirm(&snapshot, |hold| Policy::default().objections(hold));
    assert!(confirmed.is_empty());
    let left = &confirmed.left()[0];
    assert_eq!(left.component, Component::new("PopProxy"));
    assert!(matches!(&left.obstacles[..], [Obstacle::NotAllowed(hold)] if hold.requester.as_str() == "Maintenance"));
    let both = allowing(&[KnownRequester::HealthApi, KnownRequester::Maintenance], false);
    assert_eq!(steps(&snapshot, &both), ["PopProxy/HealthApi", "PopProxy/Maintenance"]);
}

#[test]
fn the_requester_is_given_back_as_it_was_read() {
    assert_eq!(steps(&dark_pop(&[entry("HealthAPI", Inactive, 1)], &[]), &Policy::default()), ["PopProxy/HealthAPI"]);
}

#[test]
fn a_requester_that_set_would_refuse_rules_the_component_out() {
    let snapshot = dark_pop(&[entry("JoesScript", Inactive, 1), entry("HealthApi", Inactive, 1)], &[]);
    let plan = plan(&snapshot, &allowing(&KnownRequester::ALL, true));
    assert!(matches!(&plan.proposals[0].obstacles[..], [Obstacle::UnknownRequester(_)]));
    assert!(plan.questions().is_empty(), "nobody is asked about what cannot help");
    assert!(plan.confirm(&snapshot, |_| vec![]).is_empty());
}

#[test]
fn a_functional_hold_is_refused_while_setup_runs_or_may_run() {
    let mut snapshot = dark_pop(&[entry("Functional", Inactive, 1)], &[]);
    let any = allowing(&KnownRequester::ALL, false);
    for (setup, refused) in
        [(Setup::Running, true), (Setup::Unknown("access denied".into()), true), (Setup::NotRunning, false)]
    {
        snapshot.setup = setup.clone();
        assert_eq!(steps(&snapshot, &any).is_empty(), refused, "{setup:?}");
    }
}

#[test]
fn server_wide_offline_is_lifted_only_with_its_own_flag_and_last() {
    let pop = component("PopProxy", Inactive, &[entry("HealthApi", Inactive, 1)], &[]);
    let imap = component("ImapProxy", Inactive, &[], &[]);
    let snapshot = offline(vec![pop, imap], Inactive, &[entry("Maintenance", Inactive, 1)]);
    assert!(steps(&snapshot, &allowing(&KnownRequester::ALL, false)).is_empty());
    assert!(
        steps(&snapshot, &allowing(&[KnownRequester::HealthApi], true)).is_empty(),
        "Maintenance needs its consent too"
    );
    let all = allowing(&KnownRequester::ALL, true);
    assert_eq!(steps(&snapshot, &all), ["PopProxy/HealthApi", "ServerWideOffline/Maintenance"]);
    let confirmed = plan(&snapshot, &all).confirm(&snapshot, |_| vec![]);
    assert_eq!(confirmed.steps()[1].lights().len(), 2, "one change for both");
}

#[test]
fn server_wide_offline_stays_where_no_component_would_be_lit_by_lifting_it() {
    let pop = component("PopProxy", Inactive, &[entry("Sidelined", Inactive, 1)], &[]);
    let snapshot = offline(vec![pop], Inactive, &[entry("Maintenance", Inactive, 1)]);
    assert!(steps(&snapshot, &allowing(&[KnownRequester::Maintenance], true)).is_empty());
}

#[test]
fn an_unexplained_component_has_nothing_to_lift() {
    let plan = plan(&dark_pop(&[], &[]), &Policy::default());
    assert!(matches!(&plan.proposals[0].obstacles[..], [Obstacle::NothingToLift(_)]));
}

#[test]
fn what_cannot_be_known_is_not_acted_on() {
    let mut snapshot = dark_pop(&[], &[entry("HealthApi", Inactive, 1)]);
    snapshot.components[0].local = StoreReading::Unreadable;
    let plan = plan(&snapshot, &Policy::default());
    assert!(matches!(&plan.proposals[0].obstacles[..], [Obstacle::Unknowable(_, gaps)] if gaps.len() == 1));
    assert!(plan.confirm(&snapshot, |_| vec![]).is_empty());
}

#[test]
fn a_draining_hold_of_a_dark_component_must_be_lifted_with_the_others() {
    let snapshot = dark_pop(&[entry("HealthApi", Inactive, 1), entry("Maintenance", Draining, 1)], &[]);
    assert_eq!(plan(&snapshot, &Policy::default()).questions().len(), 2);
}

#[test]
fn nothing_is_planned_for_what_is_not_dark_or_not_asked_about() {
    let draining = server(vec![component("PopProxy", Draining, &[entry("Maintenance", Draining, 1)], &[])]);
    assert!(plan(&draining, &Policy::default()).is_empty());
    let owa = server(vec![component("OwaProxy", Inactive, &[entry("HealthApi", Inactive, 1)], &[])]);
    assert!(plan(&owa, &Policy::default()).is_empty());
}

#[test]
fn a_step_no_longer_fits_when_anything_but_our_own_entries_has_changed() {
    let local = [entry("HealthApi", Inactive, 1), entry("Maintenance", Inactive, 1)];
    let snapshot = dark_pop(&local, &[]);
    let policy = allowing(&KnownRequester::ALL, false);
    let (steps, _) = plan(&snapshot, &policy).confirm(&snapshot, |_| vec![]).into_parts();
    let [first, second] = <[ConfirmedStep; 2]>::try_from(steps).expect("two steps");
    let fresh = |local: &[Entry]| component("PopProxy", Inactive, local, &[]);

    assert!(first.still_fits(&fresh(&local), &[]));
    assert!(first.still_fits(&fresh(&[local[1].clone(), local[0].clone()]), &[]), "order is nothing");
    assert!(!first.still_fits(&fresh(&[entry("HealthApi", Inactive, 2), local[1].clone()]), &[]), "set again");
    assert!(!first.still_fits(&fresh(&local[..1]), &[]), "an entry is gone");
    assert!(!first.still_fits(&component("PopProxy", Active, &local, &[]), &[]), "lit by somebody else");

    let done = [first.end(Outcome::Done)];
    let ours = [entry("HealthApi", Active, 50), local[1].clone()];
    assert!(second.still_fits(&fresh(&ours), &done), "what this run wrote is expected");
    assert!(!second.still_fits(&fresh(&[ours[0].clone(), entry("Maintenance", Inactive, 9)]), &done));
}
