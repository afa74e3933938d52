//! What tells why a component was taken down: monitors, settings, certificates and events, as they are and as texts.

use relight::shell::protocol::Call;
use serde_json::{Value, json};

use super::fixture::{connected, servers};
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    all_is_told_as_it_is,
    nothing_to_tell_is_an_answer_and_no_right_is_an_error,
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
    server["health"] =
        json!([{"Name": "PopProxyTestMonitor", "HealthSetName": "POP.Proxy", "AlertValue": "Unhealthy"}]);
    server["settings"] = json!({"POP3": {"certificate": "", "plain": ["192.168.1.5:110"], "tls": []}});
    let whole = json!({"domains": ["old.contoso.test", "a"], "notAfter": "2020-01-02T03:04:05Z"});
    server["certificates"] = json!([whole, {"rawData": "MIIB"}]);
    let event = |id: &str| json!({"Id": id, "ResourceName": "PopProxy", "RequestorName": "PopProxyOfflineResponder", "StartTime": "2026-03-14T02:31:50.1234567Z", "State": "Finished", "Result": "Succeeded"});
    server["events"] = json!([event("RestartService"), event("TakeComponentOffline")]);
    state
}

fn all_is_told_as_it_is() {
    let setup = Setup::new(&telling());
    let mut session = connected(&setup);
    let seen = session.call(health("POP.Proxy")).unwrap();
    assert_eq!(seen["monitors"][0]["alert"], "Healthy");
    let expected = json!({"name": "PopProxyTestMonitor", "healthSet": "POP.Proxy", "alert": "Unhealthy"});
    assert_eq!(seen["monitors"][1], expected);
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
    assert_eq!(seen["actions"][0]["responder"], "PopProxyOfflineResponder");
    assert!(seen["actions"][0]["at"].as_str().is_some_and(|at| at.starts_with("2026-03-14T02:31:50")), "{seen}");
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
