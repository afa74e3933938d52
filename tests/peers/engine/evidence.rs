//! What tells why a component was taken down: monitors, settings, certificates and events, as they are and as texts.

use relight::shell::protocol::Call;
use serde_json::{Value, json};

use super::fixture::{connected, servers};
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    the_warning_of_a_silent_health_manager_is_told,
    overrides_of_the_server_and_of_the_organisation_are_told_apart,
    all_is_told_as_it_is,
    nothing_to_tell_is_an_answer_and_no_right_is_an_error,
    the_logs_are_asked_for_their_time_and_tell_what_was_recorded_then,
];

fn name() -> String {
    "EX01".to_owned()
}

fn health(set: &str) -> Call {
    Call::GetServerHealth { server: name(), health_set: set.to_owned() }
}

fn settings(protocol: &str) -> Call {
    Call::GetProtocolSettings { server: name(), protocol: protocol.to_owned() }
}

/// EX01 with everything out of order.
fn telling() -> Value {
    let mut state = servers(json!({}));
    let server = &mut state["servers"][0];
    server["health"] = json!([{
        "Name": "PopProxyTestMonitor", "HealthSetName": "POP.Proxy", "AlertValue": "Unhealthy", "IsStale": true,
        "LastTransitionTime": "2026-03-14T02:31:40Z",
    }]);
    server["settings"] = json!({"POP3": {"certificate": "", "plain": ["192.168.1.5:110"], "tls": []}});
    let whole = json!({"domains": ["old.contoso.test", "a"], "notAfter": "2020-01-02T03:04:05Z"});
    server["certificates"] = json!([whole, {"rawData": "MIIB"}]);
    let event = |id: &str| json!({"Id": id, "ResourceName": "PopProxy", "RequestorName": "PopProxyTestCafeOffline", "StartTime": "2026-03-14T02:31:50.1234567Z", "State": "Finished", "Result": "Succeeded"});
    server["events"] = json!([event("RestartService"), event("TakeComponentOffline")]);
    state
}

fn all_is_told_as_it_is() {
    let setup = Setup::new(&telling());
    let mut session = connected(&setup);
    let seen = session.call(health("POP.Proxy")).unwrap();
    assert_eq!(seen["monitors"][0]["alert"], "Healthy");
    let expected = json!({
        "name": "PopProxyTestMonitor", "healthSet": "POP.Proxy", "alert": "Unhealthy", "stale": true,
        "executed": null, "turned": "2026-03-14T02:31:40.0000000Z",
    });
    assert_eq!((&seen["monitors"][1], &seen["warnings"]), (&expected, &json!([])));
    assert!(seen["at"].as_str().is_some_and(|at| at.ends_with('Z')), "{seen}");
    assert_eq!(session.call(health("IMAP.Proxy")).unwrap()["monitors"].as_array().map(Vec::len), Some(1));
    let expected = json!({"certificateName": "", "plainBindings": ["192.168.1.5:110"], "tlsBindings": []});
    assert_eq!(session.call(settings("POP3")).unwrap(), expected);
    assert_eq!(session.call(settings("IMAP4")).unwrap()["tlsBindings"], json!(["[::]:993", "0.0.0.0:993"]));
    session.call(settings("SMTP")).unwrap_err();
    let seen = session.call(Call::GetCertificates { server: name() }).unwrap();
    let names = json!(["old.contoso.test", "a", "old.contoso.test"]);
    let whole = json!({"names": names, "notAfter": "2020-01-02T03:04:05.0000000Z", "rawData": null});
    let bytes = json!({"names": [], "notAfter": "", "rawData": "MIIB"});
    assert_eq!(seen, json!({"certificates": [whole, bytes]}));
    let seen = session.call(Call::GetRecoveryActions { server: name() }).unwrap();
    assert_eq!(seen["actions"].as_array().map(Vec::len), Some(1), "only what took a component offline: {seen}");
    assert_eq!(seen["actions"][0]["responder"], "PopProxyTestCafeOffline");
    assert!(seen["actions"][0]["at"].as_str().is_some_and(|at| at.starts_with("2026-03-14T02:31:50")), "{seen}");
    session.finish();
}

fn overrides_of_the_server_and_of_the_organisation_are_told_apart() {
    let one =
        |identity: &str| json!([{"identity": identity, "itemType": "Monitor", "property": "Enabled", "value": "0"}]);
    let mut state = with(servers(json!({})), "globalOverrides", one("POP\\B"));
    state["servers"][0]["overrides"] = one("POP.Proxy\\A");
    let setup = Setup::new(&state);
    let mut session = connected(&setup);
    let told = |scope: &str, identity: &str| json!({"scope": scope, "identity": identity, "itemType": "Monitor", "property": "Enabled", "value": "0"});
    let seen = session.call(Call::GetMonitoringOverrides { server: name() }).unwrap();
    assert_eq!(seen, json!({"overrides": [told("server", "POP.Proxy\\A"), told("global", "POP\\B")]}));
    session.finish();
}

fn the_warning_of_a_silent_health_manager_is_told() {
    let mut silent = servers(json!({}));
    silent["servers"][0]["healthSilent"] = json!(true);
    let setup = Setup::new(&silent);
    let mut session = connected(&setup);
    let seen = session.call(health("POP.Proxy")).unwrap();
    let warning = "The Health Manager of EX01 returned no results for POP.Proxy.";
    assert_eq!((&seen["monitors"], &seen["warnings"]), (&json!([]), &json!([warning])));
    session.finish();
}

fn nothing_to_tell_is_an_answer_and_no_right_is_an_error() {
    let setup = Setup::new(&servers(json!({})));
    let mut session = connected(&setup);
    assert_eq!(session.call(Call::GetRecoveryActions { server: name() }).unwrap(), json!({"actions": []}));
    for (on, calls) in [
        ("events", vec![Call::GetRecoveryActions { server: name() }]),
        ("health", vec![health("POP"), settings("POP3"), Call::GetCertificates { server: name() }]),
    ] {
        setup.set_state(&with(servers(json!({})), "faults", json!([{"kind": "accessDenied", "on": on}])));
        for call in calls {
            assert_eq!(
                session.call(call.clone()).unwrap_err().category.as_deref(),
                Some("PermissionDenied"),
                "{call:?}"
            );
        }
    }
    session.finish();
}

fn the_logs_are_asked_for_their_time_and_tell_what_was_recorded_then() {
    let entry = |time: &str| {
        let parameters =
            json!({"Identity": "EX01", "Component": "PopProxy", "Requester": "Maintenance", "State": "Inactive"});
        json!({"cmdlet": "Set-ServerComponentState", "caller": "contoso.test/Users/ada", "runDate": time, "object": "EX01", "parameters": parameters})
    };
    let event = |id: u32| json!({"id": id, "at": "2026-03-13T22:05:12Z", "values": ["w3wp", "4711", "PopProxy", "Maintenance", "Inactive"]});
    let mut state =
        with(servers(json!({})), "audit", json!([entry("2026-03-13T22:05:11Z"), entry("2026-03-13T21:05:11Z")]));
    state["servers"][0]["stateEvents"] = json!([event(4109), event(4110), event(4111)]);
    let setup = Setup::new(&state);
    let mut session = connected(&setup);
    let (since, until) = ("1773439451".to_owned(), "1773439571".to_owned());
    let seen = session.call(Call::GetAuditEntries { since: since.clone(), until: until.clone() }).unwrap();
    let change = &seen["changes"][0];
    assert_eq!(seen["changes"].as_array().map(Vec::len), Some(1), "{seen}");
    let found = (change["at"].as_str(), change["account"].as_str());
    assert_eq!(found, (Some("2026-03-13T22:05:11.0000000Z"), Some("contoso.test/Users/ada")));
    assert_eq!(change["values"], json!(["PopProxy", "EX01", "Maintenance", "Inactive", "EX01"]));
    let asked = &setup.calls("Search-AdminAuditLog")[0];
    assert_eq!(
        (&asked["StartDate"], &asked["EndDate"]),
        (&json!("2026-03-13T22:04:11Z"), &json!("2026-03-13T22:06:11Z"))
    );
    let call = Call::GetStateEvents { server: name(), since, until };
    let seen = session.call(call.clone()).unwrap();
    let told = seen["changes"].as_array().expect("a list").iter().map(|it| it["event"].clone()).collect::<Vec<_>>();
    assert_eq!(told, [json!(4109), json!(4110)]);
    let change = &seen["changes"][0];
    assert_eq!(change["values"], json!(["w3wp", "4711", "PopProxy", "Maintenance", "Inactive"]));
    assert_eq!((change["at"].as_str(), change["account"].as_str()), (Some("2026-03-13T22:05:12.0000000Z"), Some("")));
    setup.set_state(&servers(json!({})));
    assert_eq!(session.call(call).unwrap(), json!({"changes": []}));
    session.finish();
}
