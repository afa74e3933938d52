//! What a second look confirms.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Inactive};

fn judged(before: &ServerSnapshot, after: &ServerSnapshot) -> VerdictKind {
    let outcomes = carried_out(&mut ServerRun::of(before.clone(), &anything()), &anything(), &Outcome::Done);
    let mut verdicts = judge(before, &outcomes, after);
    assert_eq!(verdicts.len(), 1);
    verdicts.remove(0).kind
}

fn before() -> ServerSnapshot {
    inactive_pop(&[entry("HealthApi", Inactive, 10)], &[])
}

fn after(state: State, local: &[Entry], remote: &[Entry]) -> ServerSnapshot {
    server(vec![component("PopProxy", state, local, remote), component("ServerWideOffline", Active, &[], &[])])
}

#[test]
fn confirmed_means_active_with_a_newer_time_in_both_stores() {
    let new = [entry("HealthApi", Active, 60)];
    assert_eq!(judged(&before(), &after(Active, &new, &new)), VerdictKind::Confirmed);
}

#[test]
fn a_silent_set_confirms_nothing() {
    let old = [entry("HealthApi", Inactive, 10)];
    let new = [entry("HealthApi", Active, 60)];
    let reasons = |kind: VerdictKind| match kind {
        VerdictKind::NotConfirmed(reasons) => reasons,
        other => panic!("expected not confirmed, got {other:?}"),
    };
    assert!(matches!(&reasons(judged(&before(), &after(Inactive, &old, &[])))[..], [Reason::NotWritten(_), ..]));
    assert!(matches!(&reasons(judged(&before(), &after(Active, &old, &new)))[..], [Reason::RegistryWriteLost(_), ..]));
    assert!(matches!(&reasons(judged(&before(), &after(Active, &new, &[])))[..], [Reason::DirectoryWriteLost(_), ..]));
    assert!(matches!(&reasons(judged(&before(), &after(Inactive, &new, &new)))[..], [Reason::StateDoesNotFollow(_)]));
    let same_time = [entry("HealthApi", Active, 10)];
    assert!(matches!(&reasons(judged(&before(), &after(Active, &same_time, &same_time)))[..], [Reason::NotWritten(_)]));
}

#[test]
fn an_entry_that_was_set_again_is_told_from_one_that_never_changed() {
    let again = [entry("HealthApi", Inactive, 61)];
    let VerdictKind::NotConfirmed(reasons) =
        judged(&before(), &after(Inactive, &again, &[entry("HealthApi", Active, 60)]))
    else {
        panic!("expected not confirmed")
    };
    assert!(matches!(&reasons[..], [Reason::SetAgain(entry)] if entry.since.utc() == Some(minute(61))));
}

#[test]
fn another_entry_or_server_wide_offline_keeps_a_component_inactive() {
    let new = entry("HealthApi", Active, 60);
    let other = [new.clone(), entry("Maintenance", Inactive, 61)];
    let VerdictKind::NotConfirmed(reasons) = judged(&before(), &after(Inactive, &other, std::slice::from_ref(&new)))
    else {
        panic!("expected not confirmed")
    };
    assert!(matches!(&reasons[..], [Reason::AnotherEntry(entry)] if entry.requester.is("Maintenance")));

    let pop = component("PopProxy", Inactive, std::slice::from_ref(&new), std::slice::from_ref(&new));
    let down = offline(vec![pop], Inactive, &[entry("Maintenance", Inactive, 61)]);
    assert_eq!(judged(&before(), &down), VerdictKind::NotConfirmed(vec![Reason::ServerWideOffline]));
}

#[test]
fn what_was_not_seen_again_is_unknown() {
    assert_eq!(judged(&before(), &server(vec![])), VerdictKind::Unknown(vec![]));
    let mut unread = after(Active, &[], &[entry("HealthApi", Active, 60)]);
    unread.components[0].local = StoreReading::Unreadable;
    assert!(
        matches!(judged(&before(), &unread), VerdictKind::Unknown(gaps) if gaps.contains(&Gap::Unreadable(Store::Local)))
    );
}

#[test]
fn times_that_came_as_text_confirm_a_change_by_differing_from_the_first_look() {
    let at = |state, text: &str| Entry { time: EntryTime::Text(text.into()), ..undated("HealthApi", state) };
    let before = inactive_pop(&[at(Inactive, "2:10 AM")], &[]);
    let new = [at(Active, "3:00 AM")];
    assert_eq!(judged(&before, &after(Active, &new, &new)), VerdictKind::Confirmed);
    let lost = after(Active, &[at(Inactive, "2:10 AM")], &new);
    assert!(
        matches!(judged(&before, &lost), VerdictKind::Unknown(gaps) if gaps.len() == 1),
        "which counts is not known"
    );
    let again = after(Inactive, &[at(Inactive, "3:01 AM")], &[]);
    assert!(
        matches!(judged(&before, &again), VerdictKind::NotConfirmed(reasons) if matches!(reasons[0], Reason::SetAgain(_)))
    );
}

#[test]
fn every_component_that_a_step_was_for_is_judged() {
    let own = [entry("Maintenance", Inactive, 1)];
    let before = offline(
        vec![component("PopProxy", Inactive, &[], &[]), component("ImapProxy", Inactive, &[], &[])],
        Inactive,
        &own,
    );
    let outcomes = carried_out(&mut ServerRun::of(before.clone(), &anything()), &anything(), &Outcome::Done);
    let new = [entry("Maintenance", Active, 60)];
    let after = server(vec![
        component("PopProxy", Active, &[], &[]),
        component("ImapProxy", Active, &[], &[]),
        component("ServerWideOffline", Active, &new, &new),
    ]);
    let verdicts = judge(&before, &outcomes, &after);
    assert_eq!(
        verdicts.iter().map(|v| v.kind.clone()).collect::<Vec<_>>(),
        [VerdictKind::Confirmed, VerdictKind::Confirmed]
    );
}
