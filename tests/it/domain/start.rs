//! What can be done about stopped services: who may be started, in which order, and after what.

use relight::domain::*;

use super::fixtures::*;

use Service::{ImapBackEnd, ImapFrontEnd, PopBackEnd, PopFrontEnd};

const BY: &str = "HealthApi";

/// A server whose POP3 services are these (`Stopped Manual`), with PopProxy Inactive by a requester, or Active.
fn pop(front: &str, back: &str, requester: Option<&str>) -> ServerSnapshot {
    let entry_of_it = requester.map(|name| entry(name, State::Inactive, 1));
    let state = if entry_of_it.is_some() { State::Inactive } else { State::Active };
    let entries = entry_of_it.into_iter().collect::<Vec<_>>();
    let mut snapshot = server(vec![
        component("PopProxy", state, &entries, &[]),
        component("ServerWideOffline", State::Active, &[], &[]),
    ]);
    let seen = |service, text: &str| {
        let (state, start) = text.rsplit_once(' ')?;
        Some(ServiceSnapshot { service, state: ServiceState::parse(state), start: StartType::parse(start) })
    };
    snapshot.services =
        Services::Read([seen(PopFrontEnd, front), seen(PopBackEnd, back)].into_iter().flatten().collect());
    snapshot
}

fn policy(start_services: StartServices) -> Policy {
    Policy { start_services, ..Policy::default() }
}

/// What `--yes` starts, and what it says of the rest.
fn unattended(snapshot: &ServerSnapshot, policy: &Policy) -> (Vec<Service>, Vec<Obstacle>) {
    let decision = Plan::of(snapshot, &diagnose(snapshot), policy).decide(|change| policy.objections(change));
    let left = decision.left.into_iter().filter(Left::is_of_services).flat_map(|left| left.obstacles).collect();
    (decision.agreed.iter().filter_map(|agreed| agreed.change.service()).collect(), left)
}

#[test]
fn the_back_end_comes_first_and_only_what_is_allowed_is_started() {
    use Obstacle::{ServiceDisabled as Disabled, ServiceManual as Manual, ServiceNotAllowed as NotAllowed};
    use StartServices::{Automatic, Manual as AlsoManual, None as Nothing};
    type Row<'a> = (&'a str, &'a str, Option<&'a str>, StartServices, &'a [Service], &'a [Obstacle]);
    let both = [PopBackEnd, PopFrontEnd];
    let table: [Row<'_>; 19] = [
        ("Running Auto", "Running Auto", Some(BY), Automatic, &[], &[]),
        ("Stopped Auto", "Stopped Auto", Some(BY), Automatic, &both, &[]),
        ("Stopped Auto", "Stopped Auto", None, Automatic, &both, &[]),
        ("Stopped Auto", "Running Auto", None, Automatic, &[PopFrontEnd], &[]),
        ("Running Auto", "Stopped Auto", None, Automatic, &[PopBackEnd], &[]),
        ("Stopped Auto", "Stopped Auto", Some(BY), Nothing, &[], &[NotAllowed(PopBackEnd), NotAllowed(PopFrontEnd)]),
        // One half that may not be started keeps the other as it is: alone it serves nobody.
        ("Stopped Auto", "Stopped Manual", Some(BY), Automatic, &[], &[Manual(PopBackEnd)]),
        ("Stopped Auto", "Stopped Manual", Some(BY), AlsoManual, &both, &[]),
        ("Running Auto", "Stopped Manual", None, Automatic, &[], &[Manual(PopBackEnd)]),
        ("Running Auto", "Stopped Manual", None, AlsoManual, &[PopBackEnd], &[]),
        ("Stopped Auto", "Stopped Disabled", Some(BY), AlsoManual, &[], &[Disabled(PopBackEnd)]),
        ("Stopped Disabled", "Running Auto", Some(BY), AlsoManual, &[], &[Disabled(PopFrontEnd)]),
        // A protocol that nobody enabled is never started, unless its component is being set Active and Manual ones were asked for.
        ("Stopped Manual", "Stopped Manual", None, AlsoManual, &[], &[]),
        ("Stopped Manual", "Stopped Manual", Some(BY), AlsoManual, &both, &[]),
        ("Stopped Manual", "Stopped Manual", Some(BY), Automatic, &[], &[Manual(PopBackEnd), Manual(PopFrontEnd)]),
        ("Stopped Disabled", "Stopped Disabled", None, AlsoManual, &[], &[]),
        ("Start Pending Auto", "Stopped Auto", None, Automatic, &[PopBackEnd], &[]),
        // Where the component stays Inactive a start is in vain.
        ("Stopped Auto", "Stopped Auto", Some("Maintenance"), Automatic, &[], &[]),
        ("Stopped Auto", "Stopped Auto", Some("JoesScript"), AlsoManual, &[], &[]),
    ];
    for (front, back, requester, allowed, expected, left) in table {
        let seen = unattended(&pop(front, back, requester), &policy(allowed));
        assert_eq!(seen, (expected.to_vec(), left.to_vec()), "{front}, {back}, {requester:?}, {allowed:?}");
    }
}

#[test]
fn only_the_protocols_that_were_asked_about_are_touched() {
    let mut snapshot = pop("Running Auto", "Running Auto", None);
    let stopped = |service| ServiceSnapshot { service, state: ServiceState::Stopped, start: StartType::Automatic };
    snapshot.services = Services::Read(vec![stopped(ImapFrontEnd), stopped(ImapBackEnd)]);
    assert_eq!(unattended(&snapshot, &Policy::default()), (vec![], vec![]));
}

#[test]
fn a_start_fits_only_while_the_service_is_as_it_was() {
    let snapshot = pop("Stopped Auto", "Running Auto", None);
    let policy = Policy::default();
    let consent = Consent::of_policy(&mut ServerRun::of(snapshot, &policy), &policy).expect("the first decision");
    let [start] = &consent.into_steps()[..] else { panic!("one step") };
    for (front, fits) in [
        ("Stopped Auto", true),
        ("Running Auto", false),
        ("Stopped Manual", false),
        ("Stopped Disabled", false),
        ("-", false),
    ] {
        assert_eq!(start.fits_services(&pop(front, "Running Auto", None).services), fits, "{front}");
    }
    assert!(!start.fits_services(&Services::Unreadable("no".into())));
}
