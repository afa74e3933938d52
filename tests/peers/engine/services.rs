//! The services behind POP3 and IMAP4, as Win32_Service shows them: read, missing, refused, and where there is no way to ask.

use relight::shell::protocol::{Call, ServiceItem, ServicesAnswer};
use serde_json::{Value, json};

use super::fixture::{connected, servers};
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    services_come_with_state_and_start_type_and_the_missing_ones_do_not,
    a_name_that_looks_like_code_or_like_a_filter_is_only_a_name,
    #[cfg(not(windows))]
    where_there_is_no_way_to_ask_the_error_says_so,
    a_service_is_started_once_and_the_answer_comes_when_it_runs,
    a_service_is_stopped_once_and_the_answer_comes_when_it_is,
];

/// The four, and the Health Manager where it is asked for.
fn ask(server: &str) -> Call {
    ask_for(server, &["MSExchangePop3", "MSExchangePOP3BE", "MSExchangeImap4", "MSExchangeIMAP4BE"])
}

fn ask_for(server: &str, names: &[&str]) -> Call {
    Call::GetServices { server: server.into(), names: names.iter().map(|name| (*name).to_owned()).collect() }
}

/// EX01 with these services.
fn with_services(services: Value) -> Value {
    let mut state = servers(json!({}));
    state["servers"][0]["services"] = services;
    state
}

fn item(name: &str, state: &str, start_mode: &str) -> ServiceItem {
    ServiceItem { name: Some(name.into()), state: Some(state.into()), start_mode: Some(start_mode.into()) }
}

fn services_come_with_state_and_start_type_and_the_missing_ones_do_not() {
    let state = with_services(json!({
        "MSExchangePop3": {"state": "Stopped", "startMode": "Manual"},
        "MSExchangePOP3BE": {"state": "Start Pending"},
        "MSExchangeIMAP4BE": null,
    }));
    let setup = Setup::new(&state);
    let mut session = connected(&setup);
    for name in ["EX01", "ex01.contoso.test"] {
        let answer: ServicesAnswer = serde_json::from_value(session.call(ask(name)).unwrap()).unwrap();
        let expected = [
            item("MSExchangePop3", "Stopped", "Manual"),
            item("MSExchangePOP3BE", "Start Pending", "Auto"),
            item("MSExchangeImap4", "Running", "Auto"),
        ];
        assert_eq!(answer.services, expected, "{name}");
    }
    let answer: ServicesAnswer =
        serde_json::from_value(session.call(ask_for("EX01", &["MSExchangeHM", "MSExchangePop3"])).unwrap()).unwrap();
    assert_eq!(answer.services, [item("MSExchangePop3", "Stopped", "Manual"), item("MSExchangeHM", "Running", "Auto")]);
    for odd in [&["MSExchangeHM' OR Name LIKE '%"][..], &["MSExchangeHM", ""], &[""]] {
        assert!(session.call(ask_for("EX01", odd)).is_err(), "{odd:?} is no name of a service");
    }
    let none =
        json!({"MSExchangePop3": null, "MSExchangePOP3BE": null, "MSExchangeImap4": null, "MSExchangeIMAP4BE": null});
    setup.set_state(&with_services(none));
    assert_eq!(session.call(ask("EX01")).unwrap(), json!({"services": []}), "none is a list, not nothing");

    setup.set_state(&with(servers(json!({})), "faults", json!([{"kind": "accessDenied", "on": "services"}])));
    assert_eq!(session.call(ask("EX01")).unwrap_err().category.as_deref(), Some("PermissionDenied"));
    setup.set_state(&servers(json!({})));
    assert_eq!(session.call(ask("nowhere")).unwrap_err().category.as_deref(), Some("ConnectionError"));
    assert_eq!(session.finish().0.code(), Some(0));
}

fn a_name_that_looks_like_code_or_like_a_filter_is_only_a_name() {
    let setup = Setup::new(&servers(json!({})));
    let mut session = connected(&setup);
    for name in ["' OR 1=1 --", "$(New-Item pwned)", "-ClassName", "a'b"] {
        let error = session.call(ask(name)).unwrap_err();
        assert!(error.message.contains(name), "{name:?}: {}", error.message);
    }
    assert!(!setup.path("pwned").exists());
    session.finish();
}

#[cfg(not(windows))]
fn where_there_is_no_way_to_ask_the_error_says_so() {
    let setup = Setup::new(&servers(json!({})));
    // Exchange is not loaded, so that nothing stands in for what this PowerShell lacks.
    let mut session = setup.start(&super::fixture::full_engine());
    let error = session.call(ask("EX01")).unwrap_err();
    assert_eq!(error.category.as_deref(), Some("NotInstalled"));
    assert!(error.id.is_some_and(|id| id.starts_with("Relight.ServicesUnknown")));
    assert!(error.message.contains("no Get-CimInstance"), "{}", error.message);
    session.finish();
}

fn start(server: &str, service: &str) -> Call {
    Call::StartService { server: server.into(), service: service.into() }
}

fn a_service_is_started_once_and_the_answer_comes_when_it_runs() {
    let stopped = json!({
        "MSExchangePOP3BE": {"state": "Stopped", "startMode": "Manual"},
        "MSExchangePop3": {"state": "Stopped", "startMode": "Disabled"},
    });
    let setup = Setup::new(&with_services(stopped.clone()));
    let mut session = connected(&setup);
    assert_eq!(session.call(start("EX01", "MSExchangePOP3BE")).unwrap(), json!({"state": "Running"}));
    let sent = setup.calls("Invoke-CimMethod");
    assert_eq!(sent, [json!({"Name": "MSExchangePOP3BE", "MethodName": "StartService"})]);
    let seen: ServicesAnswer = serde_json::from_value(session.call(ask("EX01")).unwrap()).unwrap();
    assert!(seen.services.contains(&item("MSExchangePOP3BE", "Running", "Manual")), "the start type stays: {seen:?}");
    // What runs is not asked again.
    session.call(start("EX01", "MSExchangePOP3BE")).unwrap();
    assert_eq!(setup.calls("Invoke-CimMethod").len(), 1);

    let refused = session.call(start("EX01", "MSExchangePop3")).unwrap_err();
    assert!(refused.id.is_some_and(|id| id.starts_with("Relight.NotStarted")));
    assert!(refused.message.contains("returned 14"), "{}", refused.message);
    setup.set_state(&with(with_services(stopped), "faults", json!([{"kind": "accessDenied", "on": "start"}])));
    let denied = session.call(start("EX01", "MSExchangePOP3BE")).unwrap_err();
    assert_eq!(denied.category.as_deref(), Some("PermissionDenied"));
    for other in ["MSExchangeTransport", "MSExchangePop3' OR Name = 'x", "*"] {
        session.call(start("EX01", other)).unwrap_err();
    }
    assert_eq!(setup.calls("Invoke-CimMethod").len(), 3, "no other service is ever asked to start");
    assert_eq!(session.finish().0.code(), Some(0));
}

fn a_service_is_stopped_once_and_the_answer_comes_when_it_is() {
    let services = json!({
        "MSExchangePop3": {"state": "Running", "startMode": "Manual"},
        "MSExchangePOP3BE": {"state": "Start Pending", "startMode": "Auto"},
    });
    let setup = Setup::new(&with_services(services.clone()));
    let mut session = connected(&setup);
    let stop = |server: &str, service: &str| Call::StopService { server: server.into(), service: service.into() };
    assert_eq!(session.call(stop("EX01", "MSExchangePop3")).unwrap(), json!({"state": "Stopped"}));
    let sent = setup.calls("Invoke-CimMethod");
    assert_eq!(sent, [json!({"Name": "MSExchangePop3", "MethodName": "StopService"})]);
    let seen: ServicesAnswer = serde_json::from_value(session.call(ask("EX01")).unwrap()).unwrap();
    assert!(seen.services.contains(&item("MSExchangePop3", "Stopped", "Manual")), "the start type stays: {seen:?}");
    // What is stopped is not asked again.
    session.call(stop("EX01", "MSExchangePop3")).unwrap();
    assert_eq!(setup.calls("Invoke-CimMethod").len(), 1);

    let refused = session.call(stop("EX01", "MSExchangePOP3BE")).unwrap_err();
    assert!(refused.id.is_some_and(|id| id.starts_with("Relight.NotStopped")));
    assert!(refused.message.contains("returned 5"), "{}", refused.message);
    setup.set_state(&with(with_services(services), "faults", json!([{"kind": "accessDenied", "on": "stop"}])));
    let denied = session.call(stop("EX01", "MSExchangePop3")).unwrap_err();
    assert_eq!(denied.category.as_deref(), Some("PermissionDenied"));
    for other in ["MSExchangeTransport", "MSExchangePop3' OR Name = 'x", "*"] {
        session.call(stop("EX01", other)).unwrap_err();
    }
    assert_eq!(setup.calls("Invoke-CimMethod").len(), 3, "no other service is ever asked to stop");
    assert_eq!(session.finish().0.code(), Some(0));
}
