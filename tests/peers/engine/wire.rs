//! Requests and frames: every operation answers, nothing ends the loop but the end of stdin, and an engine that may not
//! write cannot.

use std::fs;
use std::process::Stdio;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use relight::shell::protocol::{Call, ComponentStateAnswer, Connected, ExchangeServerAnswer, SetupProcessAnswer};
use serde_json::json;

use super::fixture::{connected, ems, full_engine, one_local, set, state_of};
use crate::support::double::Setup;
use crate::support::join;

crate::trials![Pwsh =>
    every_operation_answers_from_one_process_and_one_load,
    a_bad_request_is_answered_and_the_next_one_served,
    the_end_of_stdin_ends_the_engine_with_0,
    an_engine_without_the_write_cannot_write,
    under_a_constrained_language_mode_the_engine_says_so_and_exits,
];

fn every_operation_answers_from_one_process_and_one_load() {
    let setup = Setup::new(&one_local("Inactive"));
    let mut session = setup.start(&full_engine());
    assert_eq!(session.hello.language_mode.as_deref(), Some("FullLanguage"));
    assert!(session.hello.ps_version.is_some() && session.hello.is64.is_some());
    let pid = session.hello.process_id.unwrap();

    let answer = session.try_call(ems()).unwrap();
    assert_eq!(answer.progress, ["loading the Exchange Management Shell"]);
    let connection: Connected = serde_json::from_value(answer.outcome.unwrap()).unwrap();
    assert!(connection.computer.is_some());
    assert_eq!(connection.cmdlets, ["Get-ServerComponentState", "Set-ServerComponentState", "Get-ExchangeServer"]);

    let server = session.call(Call::GetExchangeServer { server: "ex01".into() }).unwrap();
    assert_eq!(
        serde_json::from_value::<ExchangeServerAnswer>(server).unwrap(),
        ExchangeServerAnswer {
            name: Some("EX01".into()),
            fqdn: Some("EX01.contoso.test".into()),
            version: Some("Version 15.1 (Build 2375.7)".into()),
            role: Some("Mailbox".into()),
        }
    );

    let before: ComponentStateAnswer =
        serde_json::from_value(session.call(state_of("EX01", "popproxy")).unwrap()).unwrap();
    assert_eq!(before.objects.len(), 1);
    assert_eq!(before.objects[0].component.as_deref(), Some("PopProxy"));
    assert_eq!(before.objects[0].state.as_deref(), Some("Inactive"));

    assert_eq!(session.call(set("EX01", "PopProxy", "HealthApi", "Active")).unwrap(), json!({}));
    let after: ComponentStateAnswer =
        serde_json::from_value(session.call(state_of("EX01", "PopProxy")).unwrap()).unwrap();
    assert_eq!(after.objects[0].state.as_deref(), Some("Active"));
    for list in [&after.objects[0].local, &after.objects[0].remote] {
        let entries = list.as_ref().unwrap();
        assert_eq!(entries.len(), 1);
        let time = entries[0].timestamp.as_deref().unwrap();
        assert!(before.at.as_deref().unwrap() < time && time < after.at.as_deref().unwrap(), "{time} is between");
    }

    let setup_runs = session.call(Call::GetSetupProcess { server: "localhost".into() }).unwrap();
    assert_eq!(serde_json::from_value::<SetupProcessAnswer>(setup_runs).unwrap().processes, [""; 0]);
    // Where it cannot be known, that is an error and not an empty list.
    let unknown = session.call(Call::GetSetupProcess { server: "no-such-server.invalid".into() }).unwrap_err();
    assert_eq!(unknown.id.as_deref(), Some("Relight.SetupUnknown"));

    let (status, noise, _) = session.finish();
    assert_eq!(status.code(), Some(0));
    assert_eq!(noise, [""; 0]);
    assert_eq!(setup.calls("load").len(), 1);
    assert_eq!(setup.calls("connect"), [json!({"auto": "True", "clientApplication": "ManagementShell"})]);
    assert_eq!(setup.calls("Set-ServerComponentState").len(), 1);
    assert!(setup.log().iter().all(|entry| entry["pid"] == pid));
}

fn a_bad_request_is_answered_and_the_next_one_served() {
    let setup = Setup::new(&one_local("Inactive"));
    let mut session = connected(&setup);
    for (line, id, reason) in [
        ("not json", 0, "Relight.BadRequest"),
        ("{", 0, "Relight.BadRequest"),
        ("null", 0, "Relight.BadRequest"),
        ("7", 0, "Relight.BadRequest"),
        ("[{\"id\":3}]", 0, "Relight.BadRequest"),
        ("{\"op\":\"connect\"}", 0, "Relight.BadRequest"),
        ("{\"id\":\"7\",\"op\":\"connect\"}", 0, "Relight.BadRequest"),
        ("{\"id\":-7,\"op\":\"connect\"}", 0, "Relight.BadRequest"),
        ("{\"id\":1.5,\"op\":\"connect\"}", 0, "Relight.BadRequest"),
        ("{\"id\":90}", 90, "Relight.BadRequest"),
        ("{\"id\":91,\"op\":7}", 91, "Relight.BadRequest"),
        ("{\"id\":92,\"op\":\"get-component-state\",\"args\":\"x\"}", 92, "Relight.BadRequest"),
        ("{\"id\":93,\"op\":\"get-exchange-server\",\"args\":{\"server\":7}}", 93, "Relight.BadRequest"),
        ("{\"id\":94,\"op\":\"get-exchange-server\",\"args\":{\"server\":\"2020-01-01T00:00:00Z\"}}", 94, "Relight."),
        ("{\"id\":95,\"op\":\"Remove-Item\",\"args\":{}}", 95, "Relight.UnknownOperation"),
        ("{\"id\":96,\"op\":\"connect; exit 5\",\"args\":{}}", 96, "Relight.UnknownOperation"),
        ("{\"id\":97,\"op\":\"get-exchange-server\"}", 97, "MissingMandatoryParameter"),
        ("{\"id\":98,\"op\":\"get-exchange-server\",\"args\":{\"server\":\"\"}}", 98, "ParameterArgument"),
        (
            "{\"id\":99,\"op\":\"get-exchange-server\",\"args\":{\"server\":\"x\",\"other\":\"y\"}}",
            99,
            "NamedParameterNotF",
        ),
        ("\u{0}\u{1}\u{7f}", 0, "Relight.BadRequest"),
    ] {
        session.send(line);
        let answer = session.answer().unwrap();
        let error = answer.outcome.unwrap_err();
        assert_eq!(answer.id, id, "{line}");
        assert!(error.id.as_deref().unwrap().starts_with(reason), "{line}: {error:?}");
    }
    // Blank lines, carriage returns and a megabyte of junk are nothing.
    session.send("\r\n\n   ");
    session.send(&"x".repeat(1 << 20));
    assert_eq!(session.answer().unwrap().id, 0);
    session.send("{\"id\":100,\"op\":\"get-exchange-server\",\"args\":{\"server\":\"EX01\",\"other\":null}}\r");
    let answer = session.answer().unwrap();
    assert_eq!((answer.id, answer.outcome.unwrap()["name"].clone()), (100, json!("EX01")));
    assert_eq!(session.finish().0.code(), Some(0));
}

fn the_end_of_stdin_ends_the_engine_with_0() {
    let setup = Setup::new(&one_local("Inactive"));
    let (status, noise, stderr) = setup.start(&full_engine()).finish();
    assert_eq!((status.code(), noise.len(), stderr.as_str()), (Some(0), 0, ""));
    assert!(setup.log().is_empty());
}

fn an_engine_without_the_write_cannot_write() {
    let setup = Setup::new(&one_local("Inactive"));
    let reads: Vec<_> = join::operations().into_iter().filter(|script| script.name != "Set-ComponentState").collect();
    let mut session = setup.start(&join::join(&join::engine(), &reads));
    session.call(ems()).unwrap();
    let error = session.call(set("EX01", "PopProxy", "HealthApi", "Active")).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.UnknownOperation"));
    assert_eq!(session.call(state_of("EX01", "PopProxy")).unwrap()["objects"][0]["state"], "Inactive");
    session.finish();
    assert!(setup.calls("Set-ServerComponentState").is_empty());
}

fn under_a_constrained_language_mode_the_engine_says_so_and_exits() {
    let setup = Setup::new(&one_local("Inactive"));
    fs::write(setup.path("engine.ps1"), full_engine()).unwrap();
    let script = setup.path("constrain.ps1");
    let body = "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'\n\
                & (Join-Path $PSScriptRoot 'engine.ps1') -Nonce 0123456789abcdef0123456789abcdef\nexit $LASTEXITCODE\n";
    fs::write(&script, body).unwrap();
    let output = setup.command(&script).stdin(Stdio::null()).output().unwrap();
    let base64 = "eyJraW5kIjoiaGVsbG8iLCJsYW5ndWFnZU1vZGUiOiJDb25zdHJhaW5lZExhbmd1YWdlIn0=";
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim_end(),
        format!("@RL1 0123456789abcdef0123456789abcdef 0 {base64}")
    );
    assert_eq!(output.status.code(), Some(0));
    let decoded = STANDARD.decode(base64).unwrap();
    assert_eq!(decoded, br#"{"kind":"hello","languageMode":"ConstrainedLanguage"}"#);
}
