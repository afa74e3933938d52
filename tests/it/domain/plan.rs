//! What can be done, what rules it out, and what a confirmation keeps.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Draining, Inactive};

fn plan(snapshot: &ServerSnapshot, policy: &Policy) -> Plan {
    Plan::of(snapshot, &diagnose(snapshot), policy)
}

fn decided(snapshot: &ServerSnapshot, policy: &Policy) -> Vec<String> {
    let decision = plan(snapshot, policy).decide(|change| policy.objections(change));
    decision.agreed.iter().map(|agreed| agreed.change.subject().to_string()).collect()
}

#[test]
fn unattended_only_health_api_is_set_active_unless_the_policy_is_widened() {
    for known in KnownRequester::ALL {
        let snapshot = inactive_pop(&[entry(known.name(), Inactive, 1)], &[]);
        let expected = if known == KnownRequester::HealthApi { 1 } else { 0 };
        assert_eq!(decided(&snapshot, &Policy::default()).len(), expected, "{known:?}");
        assert_eq!(decided(&snapshot, &allowing(&[known], false)).len(), 1, "{known:?}");
    }
}

#[test]
fn a_component_of_which_one_entry_stays_is_left_alone_entirely() {
    let snapshot = inactive_pop(&[entry("HealthApi", Inactive, 1), entry("Maintenance", Inactive, 2)], &[]);
    let decision = plan(&snapshot, &Policy::default()).decide(|change| Policy::default().objections(change));
    assert!(decision.agreed.is_empty());
    let left = &decision.left[0];
    assert_eq!(left.components, [Component::new("PopProxy")]);
    assert!(matches!(&left.obstacles[..], [Obstacle::RequesterNotAllowed(entry)] if entry.requester.is("Maintenance")));
    let both = allowing(&[KnownRequester::HealthApi, KnownRequester::Maintenance], false);
    assert_eq!(decided(&snapshot, &both), ["HealthApi on PopProxy", "Maintenance on PopProxy"]);
}

#[test]
fn the_requester_is_given_back_as_it_was_read() {
    assert_eq!(
        decided(&inactive_pop(&[entry("HealthAPI", Inactive, 1)], &[]), &Policy::default()),
        ["HealthAPI on PopProxy"]
    );
}

#[test]
fn a_requester_that_set_would_refuse_rules_the_component_out() {
    let snapshot = inactive_pop(&[entry("JoesScript", Inactive, 1), entry("HealthApi", Inactive, 1)], &[]);
    let plan = plan(&snapshot, &allowing(&KnownRequester::ALL, true));
    assert!(matches!(&plan.proposals[0].obstacles[..], [Obstacle::UnknownRequester(_)]));
    assert!(plan.possible().next().is_none(), "nobody is asked about what cannot help");
    assert!(plan.decide(|_| vec![]).agreed.is_empty());
}

#[test]
fn a_functional_entry_is_refused_while_setup_runs_or_may_run() {
    let mut snapshot = inactive_pop(&[entry("Functional", Inactive, 1)], &[]);
    let any = allowing(&KnownRequester::ALL, false);
    for (setup, refused) in
        [(Setup::Running, true), (Setup::Unknown("access denied".into()), true), (Setup::NotRunning, false)]
    {
        snapshot.setup = setup.clone();
        assert_eq!(decided(&snapshot, &any).is_empty(), refused, "{setup:?}");
    }
}

#[test]
fn server_wide_offline_is_set_active_only_with_its_own_flag_and_last() {
    let pop = component("PopProxy", Inactive, &[entry("HealthApi", Inactive, 1)], &[]);
    let imap = component("ImapProxy", Inactive, &[], &[]);
    let snapshot = offline(vec![pop, imap], Inactive, &[entry("Maintenance", Inactive, 1)]);
    assert!(decided(&snapshot, &allowing(&KnownRequester::ALL, false)).is_empty());
    assert!(
        decided(&snapshot, &allowing(&[KnownRequester::HealthApi], true)).is_empty(),
        "Maintenance needs its consent too"
    );
    let all = allowing(&KnownRequester::ALL, true);
    assert_eq!(decided(&snapshot, &all), ["HealthApi on PopProxy", "Maintenance on ServerWideOffline"]);
    let decision = plan(&snapshot, &all).decide(|_| vec![]);
    assert_eq!(decision.agreed[1].components.len(), 2, "one change for both");
}

#[test]
fn server_wide_offline_stays_where_no_component_would_come_back_with_it() {
    let pop = component("PopProxy", Inactive, &[entry("Sidelined", Inactive, 1)], &[]);
    let snapshot = offline(vec![pop], Inactive, &[entry("Maintenance", Inactive, 1)]);
    assert!(decided(&snapshot, &allowing(&[KnownRequester::Maintenance], true)).is_empty());
}

#[test]
fn an_unexplained_component_has_nothing_to_set() {
    let plan = plan(&inactive_pop(&[], &[]), &Policy::default());
    assert!(matches!(&plan.proposals[0].obstacles[..], [Obstacle::NothingToSet(_)]));
}

#[test]
fn what_cannot_be_known_is_not_acted_on() {
    let mut snapshot = inactive_pop(&[], &[entry("HealthApi", Inactive, 1)]);
    snapshot.components[0].local = StoreReading::Unreadable;
    let plan = plan(&snapshot, &Policy::default());
    assert!(matches!(&plan.proposals[0].obstacles[..], [Obstacle::Unknowable(_, gaps)] if gaps.len() == 1));
    assert!(plan.decide(|_| vec![]).agreed.is_empty());
}

#[test]
fn a_draining_entry_of_an_inactive_component_must_be_set_with_the_others() {
    let snapshot = inactive_pop(&[entry("HealthApi", Inactive, 1), entry("Maintenance", Draining, 1)], &[]);
    assert_eq!(plan(&snapshot, &Policy::default()).proposals[0].changes.len(), 2);
}

#[test]
fn nothing_is_planned_for_what_is_not_inactive_or_not_asked_about() {
    let draining = server(vec![component("PopProxy", Draining, &[entry("Maintenance", Draining, 1)], &[])]);
    assert!(plan(&draining, &Policy::default()).proposals.is_empty());
    let owa = server(vec![component("OwaProxy", Inactive, &[entry("HealthApi", Inactive, 1)], &[])]);
    assert!(plan(&owa, &Policy::default()).proposals.is_empty());
}

#[test]
fn a_step_no_longer_fits_when_anything_but_our_own_entries_has_changed() {
    let local = [entry("HealthApi", Inactive, 1), entry("Maintenance", Inactive, 1)];
    let snapshot = inactive_pop(&local, &[]);
    let policy = allowing(&KnownRequester::ALL, false);
    let consent = Consent::of_policy(&mut ServerRun::of(snapshot, &policy), &policy).expect("the first decision");
    let [first, second] = <[Step; 2]>::try_from(consent.into_steps()).expect("two steps");
    let fresh = |local: &[Entry]| component("PopProxy", Inactive, local, &[]);

    assert!(first.fits_component(&fresh(&local), &[]));
    assert!(first.fits_component(&fresh(&[local[1].clone(), local[0].clone()]), &[]), "order is nothing");
    assert!(!first.fits_component(&fresh(&[entry("HealthApi", Inactive, 2), local[1].clone()]), &[]), "set again");
    assert!(!first.fits_component(&fresh(&local[..1]), &[]), "an entry is gone");
    assert!(!first.fits_component(&component("PopProxy", Active, &local, &[]), &[]), "set by somebody else");

    let done = [first.end(Outcome::Done)];
    let ours = [entry("HealthApi", Active, 50), local[1].clone()];
    assert!(second.fits_component(&fresh(&ours), &done), "what this run wrote is expected");
    assert!(!second.fits_component(&fresh(&[ours[0].clone(), entry("Maintenance", Inactive, 9)]), &done));
}

#[test]
fn a_server_is_decided_on_once() {
    let mut run = ServerRun::of(inactive_pop(&[entry("HealthApi", Inactive, 1)], &[]), &Policy::default());
    assert!(Consent::of_policy(&mut run, &Policy::default()).is_some());
    assert!(Consent::of_policy(&mut run, &Policy::default()).is_none());
    assert!(Consent::of_answers(&mut run, &Answers::none(), &Policy::default()).is_none());
}

#[test]
fn only_what_was_answered_with_yes_is_agreed_to() {
    let snapshot = inactive_pop(&[entry("HealthApi", Inactive, 1), entry("Maintenance", Inactive, 1)], &[]);
    let (plan, policy, ex01) = (plan(&snapshot, &Policy::default()), Policy::default(), snapshot.server.clone());
    let answered = |given: [Option<Given>; 2], ended: Ended| {
        let mut answers = Answers::none();
        for (change, given) in plan.proposals.iter().flat_map(|it| &it.changes).zip(given) {
            given.into_iter().for_each(|given| answers.give(&ex01, change.subject(), given));
        }
        let answers = answers.end(ended);
        plan.decide(|change| answers.against(&ex01, change, &policy)).agreed.len()
    };
    let (yes, no, moot) = (Some(Given::Yes), Some(Given::No), Some(Given::NotNeeded));
    for (given, ended, agreed) in [
        ([yes, yes], Ended::Answered, 2),
        ([yes, moot], Ended::Answered, 2),
        ([yes, no], Ended::Answered, 0),
        ([yes, None], Ended::Answered, 0),
        ([yes, yes], Ended::Quit, 0),
        ([yes, yes], Ended::Interrupted, 0),
    ] {
        assert_eq!(answered(given, ended), agreed, "{given:?}, {ended:?}");
    }
}
