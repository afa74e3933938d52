//! What a second look proves.

use relight::domain::*;

use super::fixtures::*;

use State::{Active, Inactive};

fn judged(before: &ServerSnapshot, after: &ServerSnapshot) -> VerdictKind {
    let plan = Plan::of(before, &diagnose(before), &Policy::default());
    let (steps, _) = plan.confirm(before, |_| vec![]).into_parts();
    let outcomes = steps.into_iter().map(|step| step.end(Outcome::Done)).collect::<Vec<_>>();
    let mut verdicts = judge(before, &outcomes, after);
    assert_eq!(verdicts.len(), 1);
    verdicts.remove(0).kind
}

fn before() -> ServerSnapshot {
    dark_pop(&[entry("HealthApi", Inactive, 10)], &[])
}

fn after(state: State, local: &[Entry], remote: &[Entry]) -> ServerSnapshot {
    server(vec![component("PopProxy", state, local, remote), component("ServerWideOffline", Active, &[], &[])])
}

#[test]
fn lit_means_active_with_a_newer_time_in_both_stores() {
    let new = [entry("HealthApi", Active, 60)];
    assert_eq!(judged(&before(), &after(Active, &new, &new)), VerdictKind::Lit);
}

#[test]
fn a_silent_set_proves_nothing() {
    let old = [entry("HealthApi", Inactive, 10)];
    let new = [entry("HealthApi", Active, 60)];
    let dark = |kind: VerdictKind| match kind {
        VerdictKind::StillDark(reasons) => reasons,
        other => panic!("expected still dark, got {other:?}"),
    };
    assert!(matches!(&dark(judged(&before(), &after(Inactive, &old, &[])))[..], [Dark::NotWritten(_), ..]));
    assert!(matches!(&dark(judged(&before(), &after(Active, &old, &new)))[..], [Dark::RegistryWriteLost(_), ..]));
    assert!(matches!(&dark(judged(&before(), &after(Active, &new, &[])))[..], [Dark::DirectoryWriteLost(_), ..]));
    assert!(matches!(&dark(judged(&before(), &after(Inactive, &new, &new)))[..], [Dark::StateDoesNotFollow(_)]));
    let same_time = [entry("HealthApi", Active, 10)];
    assert!(matches!(&dark(judged(&before(), &after(Active, &same_time, &same_time)))[..], [Dark::NotWritten(_)]));
}

#[test]
fn a_hold_that_came_back_is_told_from_one_that_never_left() {
    let again = [entry("HealthApi", Inactive, 61)];
    let VerdictKind::StillDark(reasons) =
        judged(&before(), &after(Inactive, &again, &[entry("HealthApi", Active, 60)]))
    else {
        panic!("expected still dark")
    };
    assert!(matches!(&reasons[..], [Dark::HeldAgain(hold)] if hold.since.utc() == Some(minute(61))));
}

#[test]
fn another_holder_or_server_wide_offline_keeps_a_component_dark() {
    let new = entry("HealthApi", Active, 60);
    let other = [new.clone(), entry("Maintenance", Inactive, 61)];
    let VerdictKind::StillDark(reasons) = judged(&before(), &after(Inactive, &other, std::slice::from_ref(&new)))
    else {
        panic!("expected still dark")
    };
    assert!(matches!(&reasons[..], [Dark::AnotherHolder(hold)] if hold.requester.as_str() == "Maintenance"));

    let pop = component("PopProxy", Inactive, std::slice::from_ref(&new), std::slice::from_ref(&new));
    let down = offline(vec![pop], Inactive, &[entry("Maintenance", Inactive, 61)]);
    assert_eq!(judged(&before(), &down), VerdictKind::StillDark(vec![Dark::ServerWideOffline]));
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
fn times_that_came_as_text_prove_a_change_by_differing_from_the_first_look() {
    let at = |state, text: &str| Entry { time: EntryTime::Text(text.into()), ..undated("HealthApi", state) };
    let before = dark_pop(&[at(Inactive, "2:10 AM")], &[]);
    let new = [at(Active, "3:00 AM")];
    assert_eq!(judged(&before, &after(Active, &new, &new)), VerdictKind::Lit);
    let lost = after(Active, &[at(Inactive, "2:10 AM")], &new);
    assert!(
        matches!(judged(&before, &lost), VerdictKind::Unknown(gaps) if gaps.len() == 1),
        "which counts is not known"
    );
    let again = after(Inactive, &[at(Inactive, "3:01 AM")], &[]);
    assert!(
        matches!(judged(&before, &again), VerdictKind::StillDark(reasons) if matches!(reasons[0], Dark::HeldAgain(_)))
    );
}

#[test]
fn every_component_that_a_step_was_to_light_is_judged() {
    let own = [entry("Maintenance", Inactive, 1)];
    let before = offline(
        vec![component("PopProxy", Inactive, &[], &[]), component("ImapProxy", Inactive, &[], &[])],
        Inactive,
        &own,
    );
    let plan = Plan::of(&before, &diagnose(&before), &Policy::default());
    let (steps, _) = plan.confirm(&before, |_| vec![]).into_parts();
    let outcomes = steps.into_iter().map(|step| step.end(Outcome::Done)).collect::<Vec<_>>();
    let new = [entry("Maintenance", Active, 60)];
    let after = server(vec![
        component("PopProxy", Active, &[], &[]),
        component("ImapProxy", Active, &[], &[]),
        component("ServerWideOffline", Active, &new, &new),
    ]);
    let verdicts = judge(&before, &outcomes, &after);
    assert_eq!(verdicts.iter().map(|v| v.kind.clone()).collect::<Vec<_>>(), [VerdictKind::Lit, VerdictKind::Lit]);
}
