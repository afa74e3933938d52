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

/// The same, with the Health Manager in this state at the second look.
fn judged_with(before: &ServerSnapshot, after: &ServerSnapshot, state: Option<ServiceState>) -> VerdictKind {
    let health_manager = state.map(|state| HealthManager { state, start: StartType::Automatic });
    judged(before, &ServerSnapshot { health_manager, ..after.clone() })
}

fn reasons(kind: VerdictKind) -> Vec<Reason> {
    match kind {
        VerdictKind::NotConfirmed(reasons) => reasons,
        other => panic!("expected not confirmed, got {other:?}"),
    }
}

#[test]
fn confirmed_means_that_the_entry_that_decides_is_a_new_one_that_reads_active() {
    let new = |minutes| [entry("HealthApi", Active, minutes)];
    let old = [entry("HealthApi", Inactive, 10)];
    let in_both = inactive_pop(&old, &old);
    for (before, local, remote, in_directory) in [
        (before(), &new(60)[..], &new(60)[..], true),
        // Exchange goes by the newest entry, wherever it stands.
        (before(), &new(60), &[], false),
        (in_both.clone(), &new(60), &old, false),
        // The clock of the machine that took it down runs ahead: another entry than before is newer, whatever its time says.
        (before(), &new(10), &new(10), true),
        (before(), &new(5), &[], false),
        (in_both.clone(), &new(5), &new(5), true),
        // The registry had an Active entry already, which is the later one.
        (inactive_pop(&new(5), &old), &new(5), &new(3), true),
    ] {
        let outcomes = carried_out(&mut ServerRun::of(before.clone(), &anything()), &anything(), &Outcome::Done);
        let verdict = judge(&before, &outcomes, &after(Active, local, remote)).remove(0);
        assert_eq!(verdict.kind, VerdictKind::Confirmed, "{local:?} {remote:?}");
        let noted = matches!(&verdict.notes[..], [Note::NotInDirectory(entry)] if entry.requester.is("HealthApi"));
        assert_eq!(noted, !in_directory, "{local:?} {remote:?}");
        assert!(noted || verdict.notes.is_empty());
    }
}

#[test]
fn a_silent_set_confirms_nothing() {
    let old = [entry("HealthApi", Inactive, 10)];
    let new = [entry("HealthApi", Active, 60)];
    assert!(matches!(&reasons(judged(&before(), &after(Inactive, &old, &[])))[..], [Reason::NotWritten(_), ..]));
    assert!(matches!(&reasons(judged(&before(), &after(Inactive, &new, &new)))[..], [Reason::StateDoesNotFollow(_)]));
    // The old entry in Active Directory is the later one, and decides.
    let both = inactive_pop(&old, &old);
    let kind = judged(&both, &after(Inactive, &[entry("HealthApi", Active, 5)], &old));
    assert!(matches!(&reasons(kind)[..], [Reason::DirectoryWriteLost(_), ..]));
}

#[test]
fn what_active_directory_alone_shows_is_pending_only_while_the_health_manager_can_copy_it() {
    let old = [entry("HealthApi", Inactive, 10)];
    let new = [entry("HealthApi", Active, 60)];
    let in_directory = inactive_pop(&[], &old);
    let running = || Some(ServiceState::Running);
    let stopped = || Some(ServiceState::Stopped);
    let starting = || Some(ServiceState::Other("Start Pending".to_owned()));
    let late = [entry("HealthApi", Inactive, 70)];
    let ahead = inactive_pop(&late, &[]);
    for (before, local, state, expected) in [
        (&before(), &old[..], running(), None),
        (&in_directory, &[], running(), None),
        (&before(), &old, stopped(), Some(NoCopy::NotRunning)),
        (&before(), &old, starting(), Some(NoCopy::NotRunning)),
        (&before(), &old, None, Some(NoCopy::NotKnown)),
        (&ahead, &late, running(), Some(NoCopy::RegistryIsLater)),
    ] {
        let kind = judged_with(before, &after(Active, local, &new), state.clone());
        assert_eq!((kind.is_pending(), kind.may_follow()), (expected.is_none(), false), "{kind:?}");
        match (&reasons(kind)[..], expected) {
            ([Reason::RegistryPending(entry)], None) => assert!(entry.requester.is("HealthApi")),
            ([Reason::RegistryWriteLost(_, why), ..], Some(expected)) => assert_eq!(*why, expected),
            (other, _) => panic!("{other:?} with {state:?}"),
        }
    }
}

#[test]
fn a_copy_is_not_waited_for_where_something_else_is_wrong_too() {
    let old = entry("HealthApi", Inactive, 10);
    let new = [entry("HealthApi", Active, 60)];
    let held = [old, entry("Maintenance", Inactive, 61)];
    let kind = judged_with(&before(), &after(Inactive, &held, &new), Some(ServiceState::Running));
    assert!(!kind.is_pending(), "{kind:?}");
    assert!(matches!(&reasons(kind)[..], [Reason::RegistryPending(_), Reason::AnotherEntry(_)]));
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
