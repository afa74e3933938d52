//! What is to be said of the services behind POP3 and IMAP4, as a table: state and start type of both halves, and whether
//! their component is inactive.

use relight::domain::Exit;
use relight::domain::*;

use super::fixtures::*;

use ServiceFinding::{Disabled, LeftOut, NeverEnabled, Stopped, WithoutBackEnd};

const FRONT: Service = Service::PopFrontEnd;
const BACK: Service = Service::PopBackEnd;

/// `Running Automatic` and the like; `-`: not installed.
fn seen(service: Service, text: &str) -> Option<ServiceSnapshot> {
    let (state, start) = text.rsplit_once(' ')?;
    Some(ServiceSnapshot { service, state: ServiceState::parse(state), start: StartType::parse(start) })
}

fn services(front: &str, back: &str) -> Services {
    Services::Read([seen(FRONT, front), seen(BACK, back)].into_iter().flatten().collect())
}

fn diagnoses(inactive: bool) -> Vec<Diagnosis> {
    let entries = [entry("HealthApi", if inactive { State::Inactive } else { State::Active }, 1)];
    let state = if inactive { State::Inactive } else { State::Active };
    diagnose(&server(vec![component("PopProxy", state, &entries, &[])]))
}

/// A check as it was begun.
fn checked() -> Run {
    Run::begun(Command::Check, AgreedBy::Nobody, "", minute(0))
}

#[test]
fn each_pair_of_halves_has_its_finding() {
    let table: [(&str, &str, bool, &[ServiceFinding]); 22] = [
        ("Running Auto", "Running Auto", false, &[]),
        ("Running Auto", "Running Auto", true, &[]),
        ("Running Manual", "Running Manual", false, &[]),
        // Nobody enabled it: said once, and no fault even while its component is inactive.
        ("Stopped Manual", "Stopped Manual", false, &[NeverEnabled(FRONT)]),
        ("Stopped Manual", "Stopped Manual", true, &[NeverEnabled(FRONT)]),
        ("Stopped Manual", "-", false, &[NeverEnabled(FRONT)]),
        ("-", "Stopped Manual", false, &[NeverEnabled(BACK)]),
        ("Stopped Manual", "Stopped Disabled", false, &[NeverEnabled(FRONT)]),
        ("Stopped Auto", "Stopped Auto", false, &[Stopped(FRONT), Stopped(BACK)]),
        ("Stopped Auto", "Running Auto", false, &[Stopped(FRONT)]),
        ("Stopped Auto", "Stopped Manual", false, &[Stopped(FRONT), LeftOut(BACK)]),
        ("Stopped Manual", "Running Auto", false, &[LeftOut(FRONT)]),
        ("Stopped Manual", "Stopped Auto", false, &[LeftOut(FRONT), Stopped(BACK)]),
        // The front end runs alone, whatever its back end is: said of the front end.
        ("Running Auto", "Stopped Auto", false, &[WithoutBackEnd(FRONT)]),
        ("Running Auto", "Stopped Manual", false, &[WithoutBackEnd(FRONT)]),
        ("Running Auto", "Stopped Disabled", true, &[WithoutBackEnd(FRONT)]),
        // An Exchange 2013 server may have one half only.
        ("Running Auto", "-", false, &[]),
        ("-", "Running Auto", false, &[]),
        // Disabled is somebody's decision, unless its component is to be set Active.
        ("Stopped Disabled", "Stopped Disabled", false, &[]),
        ("Stopped Disabled", "Stopped Disabled", true, &[Disabled(FRONT), Disabled(BACK)]),
        ("Start Pending Auto", "Start Pending Auto", false, &[]),
        ("-", "-", true, &[]),
    ];
    for (front, back, inactive, expected) in table {
        let found = service_findings(&services(front, back), &diagnoses(inactive));
        assert_eq!(found, expected, "front end {front}, back end {back}, inactive {inactive}");
    }
}

#[test]
fn services_of_a_component_that_was_not_asked_about_are_not_spoken_of() {
    let stopped = |service| seen(service, "Stopped Auto").expect("a service");
    let all = Services::Read(Service::ALL.map(stopped).to_vec());
    assert_eq!(service_findings(&all, &diagnoses(false)), [Stopped(FRONT), Stopped(BACK)]);
}

#[test]
fn what_could_not_be_read_says_nothing() {
    for services in [Services::NotAsked, Services::Unreadable("no".into())] {
        assert_eq!(service_findings(&services, &diagnoses(true)), []);
        assert_eq!(services.of(FRONT), None);
    }
}

#[test]
fn only_a_protocol_that_nobody_enabled_is_no_fault() {
    for finding in [Stopped(FRONT), Disabled(FRONT), WithoutBackEnd(FRONT), LeftOut(FRONT)] {
        assert!(finding.is_fault(), "{finding:?}");
    }
    assert!(!NeverEnabled(FRONT).is_fault());
}

#[test]
fn each_service_has_a_name_a_component_and_another_half() {
    for service in Service::ALL {
        assert_eq!(Service::parse(&service.name().to_uppercase()), Some(service));
        assert_eq!(service.other_half().other_half(), service);
        assert_eq!(service.other_half().component(), service.component());
        assert_ne!(service.other_half().is_front_end(), service.is_front_end());
    }
    assert_eq!(Service::parse("MSExchangeTransport"), None);
}

#[test]
fn a_stopped_service_counts_like_a_inactive_component_and_an_unread_one_for_nothing() {
    let exit = |services: Services| {
        let mut before = server(vec![component("PopProxy", State::Active, &[], &[])]);
        before.services = services;
        Exit::of_server(&ServerRun::of(before, &Policy::default()), &checked())
    };
    for (services, expected) in [
        (services("Running Auto", "Running Auto"), Exit::Fine),
        (services("Stopped Auto", "Running Auto"), Exit::Inactive),
        (services("Running Auto", "Stopped Manual"), Exit::Inactive),
        (services("Stopped Manual", "Stopped Manual"), Exit::Fine),
        (Services::Unreadable("no Get-CimInstance".into()), Exit::Fine),
        (Services::NotAsked, Exit::Fine),
    ] {
        let what = format!("{services:?}");
        assert_eq!(exit(services), expected, "{what}");
    }
}
