//! Why Managed Availability took a component down: what counts as a clue, and what does not.

use relight::domain::*;

use super::fixtures::*;

fn evidence(certificate: &str, plain: &[&str], tls: &[&str]) -> Evidence {
    let list = |all: &[&str]| all.iter().map(ToString::to_string).collect();
    Evidence {
        component: Component::new("PopProxy"),
        monitors: monitors(&[("PopProxyTestMonitor", Alert::Healthy)]),
        settings: Ok(ProtocolSettings {
            certificate_name: certificate.to_owned(),
            plain_bindings: list(plain),
            tls_bindings: list(tls),
        }),
        certificates: Ok(vec![
            CertificateSeen { names: vec!["mail.contoso.com".into()], not_after: Some(minute(90)) },
            CertificateSeen { names: vec!["old.contoso.com".into()], not_after: Some(minute(0)) },
            CertificateSeen { names: vec!["*.fabrikam.com".into()], not_after: Some(minute(90)) },
            CertificateSeen { names: vec!["undated.contoso.com".into()], not_after: None },
        ]),
        way_back: WayBack { overrides: Ok(vec![]), guards: Ok(vec![]) },
        takedowns: Ok(vec![]),
    }
}

#[test]
fn a_specific_address_as_the_first_ssl_binding_is_a_clue_and_plain_bindings_are_none() {
    let all = ["0.0.0.0:995"];
    for (plain, tls, expected) in [
        (&["0.0.0.0:110"][..], &all[..], None),
        // Plain bindings are not probed.
        (&["192.168.1.5:110"], &all, None),
        (&["192.168.1.5:110"], &[], None),
        (&["0.0.0.0:110"], &["0.0.0.0:995", "192.168.1.5:995"], None),
        (&["0.0.0.0:110"], &["192.168.1.5:995"], Some(["127.0.0.1:995", "192.168.1.5:995"])),
        (&["0.0.0.0:110"], &["192.168.1.5:995", "[::]:995"], Some(["[::]:995", "192.168.1.5:995"])),
    ] {
        let clues = evidence("mail.contoso.com", plain, tls).clues(minute(60));
        let mended = expected.map(|all| all.map(str::to_owned).to_vec());
        let clue = mended.map(|mended| Clue::BindingDeadlock(BindingDeadlock { first: tls[0].to_owned(), mended }));
        assert_eq!(clues, clue.into_iter().collect::<Vec<_>>(), "{plain:?} {tls:?}");
    }
}

#[test]
fn a_certificate_that_is_missing_or_has_ended_is_a_clue() {
    for (name, expected) in [
        ("MAIL.contoso.com", None),
        ("pop.fabrikam.com", None),
        ("undated.contoso.com", None),
        ("", Some(Clue::NoCertificateName)),
        ("old.contoso.com", Some(Clue::CertificateExpired("old.contoso.com".into(), minute(0)))),
        ("pop.contoso.com", Some(Clue::NoSuchCertificate("pop.contoso.com".into()))),
        ("a.b.fabrikam.com", Some(Clue::NoSuchCertificate("a.b.fabrikam.com".into()))),
    ] {
        let clues = evidence(name, &["0.0.0.0:110"], &["0.0.0.0:995"]).clues(minute(60));
        assert_eq!(clues.first(), expected.as_ref(), "{name}");
        assert!(clues.len() <= 1);
    }
}

#[test]
fn monitors_and_the_last_takedown_are_told_and_nothing_is_made_of_what_was_not_read() {
    let takedown = |minutes| Takedown { responder: Some("R".into()), at: Some(minute(minutes)) };
    let mut all = evidence("mail.contoso.com", &[], &[]);
    all.monitors = monitors(&[("PopProxyTestMonitor", Alert::Unhealthy), ("Other", Alert::Unknown)]);
    all.takedowns = Ok(vec![takedown(31), takedown(10)]);
    let expected = [Clue::Unhealthy(vec!["PopProxyTestMonitor".into()]), Clue::TakenDown(takedown(31))];
    assert_eq!(all.clues(minute(60)), expected);
    let no = || "no right".to_owned();
    let nothing = Evidence {
        component: Component::new("PopProxy"),
        monitors: Err(no()),
        settings: Err(no()),
        certificates: Err(no()),
        way_back: WayBack { overrides: Err(no()), guards: Err(no()) },
        takedowns: Err("no log".into()),
    };
    assert_eq!((nothing.clues(minute(60)), nothing.unread()), (vec![], vec!["no right", "no log"]));
}

#[test]
fn no_monitor_at_all_is_no_good_news() {
    let mut all = evidence("mail.contoso.com", &[], &[]);
    all.monitors = Ok(Monitors { all: Vec::new(), warnings: vec!["the Health Manager is silent".to_owned()] });
    assert_eq!(all.clues(minute(60)), [Clue::NoMonitors(vec!["the Health Manager is silent".to_owned()])]);
    all.monitors = monitors(&[("A", Alert::Unknown), ("B", Alert::Disabled), ("C", Alert::Healthy)]);
    assert_eq!(all.clues(minute(60)), []);
}

#[test]
fn a_takedown_was_tried_and_it_was_done_only_where_the_entry_is_of_that_minute() {
    let takedown = |at| Takedown { responder: Some("PopProxyTestCafeOffline".into()), at };
    let inactive = |name: &str| entry(name, State::Inactive, 31);
    let active = entry("HealthApi", State::Active, 31);
    for (at, entries, did) in [
        (Some(minute(31)), vec![inactive("HealthApi")], true),
        (Some(minute(30)), vec![inactive("healthapi")], true),
        (Some(minute(32)), vec![inactive("HealthApi")], true),
        (Some(minute(29)), vec![inactive("HealthApi")], false),
        (Some(minute(31)), vec![inactive("Maintenance")], false),
        (Some(minute(31)), vec![active], false),
        (Some(minute(31)), vec![undated("HealthApi", State::Inactive)], false),
        (None, vec![inactive("HealthApi")], false),
    ] {
        let seen = component("PopProxy", State::Inactive, &entries, &[]);
        assert_eq!(takedown(at).was_done(&seen), did, "{at:?} {entries:?}");
    }
}

#[test]
fn who_did_it_is_asked_where_a_person_or_a_script_did() {
    for (requester, state, wanted) in [
        ("Maintenance", State::Inactive, 1),
        ("sidelined", State::Inactive, 1),
        ("Deployment", State::Draining, 1),
        ("Functional", State::Inactive, 1),
        ("HealthApi", State::Inactive, 0),
        ("ContosoScript", State::Inactive, 0),
        ("Maintenance", State::Active, 0),
    ] {
        let diagnoses = diagnose(&inactive_pop(&[entry(requester, state, 1)], &[]));
        assert_eq!(Authors::wanted(&diagnoses).len(), wanted, "{requester}");
    }
}

#[test]
fn it_is_asked_only_where_health_api_set_a_component_inactive() {
    for (requester, state, wanted) in [
        ("HealthApi", State::Inactive, 1),
        ("healthapi", State::Inactive, 1),
        ("Maintenance", State::Inactive, 0),
        ("HealthApi", State::Active, 0),
    ] {
        let diagnoses = diagnose(&inactive_pop(&[entry(requester, state, 1)], &[]));
        assert_eq!(Evidence::wanted(&diagnoses).len(), wanted, "{requester}");
    }
}
