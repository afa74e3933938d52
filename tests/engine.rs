//! The engine in a real PowerShell, spoken to in raw frames: that it answers everything, survives everything, and lets
//! nothing of what Exchange prints, asks or defines get into an answer.

#[path = "support/join.rs"]
mod join;
#[path = "support/shell.rs"]
mod shell;

use std::process::Stdio;

use relight::shell::protocol::{
    Call, ComponentStateAnswer, Connected, Connection, ExchangeServerAnswer, SetupProcessAnswer,
};
use serde_json::{Value, json};
use shell::{Session, Setup};

fn full_engine() -> String {
    join::join(&join::engine(), &join::operations())
}

/// One server whose PopProxy HealthApi holds down, in the registry only.
fn dark() -> Value {
    json!({"servers": [{"name": "EX01", "fqdn": "EX01.contoso.test", "components": {"PopProxy": {
        "local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2014-12-05T15:52:52.1234567Z"}],
        "remote": [],
    }}}]})
}

/// The same with something more said about it.
fn dark_with(key: &str, value: Value) -> Value {
    let mut state = dark();
    state[key] = value;
    state
}

fn ems() -> Call {
    Call::Connect { connection: Connection::Ems, connect_to: None }
}

fn read(server: &str, component: &str) -> Call {
    Call::GetComponentState { server: server.into(), component: component.into() }
}

fn set(server: &str, component: &str, requester: &str) -> Call {
    Call::SetComponentState {
        server: server.into(),
        component: component.into(),
        requester: requester.into(),
        state: "Active".into(),
    }
}

fn connected(setup: &Setup) -> Session {
    let mut session = setup.start(&full_engine());
    session.call(ems()).unwrap();
    session
}

#[test]
fn every_operation_answers_from_one_process_and_one_load() {
    let Some(setup) = Setup::new(&dark()) else { return };
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

    let before: ComponentStateAnswer = serde_json::from_value(session.call(read("EX01", "popproxy")).unwrap()).unwrap();
    assert_eq!(before.objects.len(), 1);
    assert_eq!(before.objects[0].component.as_deref(), Some("PopProxy"));
    assert_eq!(before.objects[0].state.as_deref(), Some("Inactive"));

    assert_eq!(session.call(set("EX01", "PopProxy", "HealthApi")).unwrap(), json!({}));
    let after: ComponentStateAnswer = serde_json::from_value(session.call(read("EX01", "PopProxy")).unwrap()).unwrap();
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

#[test]
fn noise_never_gets_into_an_answer() {
    let noisy = dark_with("load", json!(["noise", "typesMissing", "break"]));
    let Some(setup) = Setup::new(&noisy) else { return };
    let mut quiet = connected(&setup);
    let expected = [
        quiet.call(read("EX01", "PopProxy")).unwrap()["objects"].clone(),
        quiet.call(Call::GetExchangeServer { server: "EX01".into() }).unwrap(),
    ];
    quiet.finish();

    let mut everything = noisy;
    everything["faults"] = json!([{"kind": "noise"}]);
    setup.set_state(&everything);
    let mut session = connected(&setup);
    assert_eq!(session.call(read("EX01", "PopProxy")).unwrap()["objects"], expected[0]);
    assert_eq!(session.call(Call::GetExchangeServer { server: "EX01".into() }).unwrap(), expected[1]);
    assert_eq!(session.call(set("EX01", "PopProxy", "HealthApi")).unwrap(), json!({}));
    let (status, noise, stderr) = session.finish();
    assert_eq!(status.code(), Some(0));
    assert!(noise.iter().all(|line| line.contains("a program past all of PowerShell")), "{noise:?}");
    assert!(!noise.is_empty(), "a program can still write past the engine, as the marker allows for");
    for said in ["Welcome to the Exchange", "a warning", "verbose text", "debug text", "information", "Connecting to"] {
        assert!(stderr.contains(said), "{said:?} is in the log");
    }
}

#[test]
fn a_prompt_becomes_an_error() {
    let Some(setup) = Setup::new(&dark_with("load", json!(["prompt"]))) else { return };
    let mut session = setup.start(&full_engine());
    let error = session.call(ems()).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeNotLoaded"));
    assert_eq!(error.category.as_deref(), Some("ResourceUnavailable"));
    assert!(error.message.contains("NonInteractive"), "{}", error.message);
    // The session lives: the next attempt finds a shell that loads.
    setup.set_state(&dark_with("faults", json!([{"kind": "prompt", "on": "get"}])));
    session.call(ems()).unwrap();
    let error = session.call(read("EX01", "PopProxy")).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("InvalidOperation,Microsoft.PowerShell.Commands.ReadHostCommand"));
    assert_eq!(session.finish().0.code(), Some(0));
}

#[test]
fn a_failed_load_says_what_the_load_said() {
    let Some(setup) = Setup::new(&dark_with("load", json!(["fail"]))) else { return };
    let mut session = setup.start(&full_engine());
    let error = session.call(ems()).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeNotLoaded"));
    assert!(error.message.contains("the client cannot connect"), "{}", error.message);
    // Without a connection the cmdlets are simply not there.
    let error = session.call(read("EX01", "PopProxy")).unwrap_err();
    assert_eq!(error.kind.as_deref(), Some("System.Management.Automation.CommandNotFoundException"));
    assert!(error.stack.is_some_and(|stack| stack.contains("Get-ComponentState")));
    assert_eq!(session.finish().0.code(), Some(0));
}

#[test]
fn missing_tools_have_an_error_of_their_own() {
    let Some(setup) = Setup::new(&dark()) else { return };
    let script = setup.path("probe.ps1");
    let connect = join::scripts_dir().join("Connect-Exchange.ps1");
    std::fs::write(
        &script,
        format!(
            "$env:ExchangeInstallPath = ''\ntry {{ . '{}' -Connection ems }}\n\
             catch {{ \"$($_.FullyQualifiedErrorId) $($_.CategoryInfo.Category)\" }}\n",
            connect.display()
        ),
    )
    .unwrap();
    let output = setup.command(&script).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&output.stdout).trim(), "Relight.ExchangeToolsNotFound NotInstalled");
}

#[test]
fn a_bad_request_is_answered_and_the_next_one_served() {
    let Some(setup) = Setup::new(&dark()) else { return };
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

#[test]
fn the_end_of_stdin_ends_the_engine_with_0() {
    let Some(setup) = Setup::new(&dark()) else { return };
    let (status, noise, stderr) = setup.start(&full_engine()).finish();
    assert_eq!((status.code(), noise.len(), stderr.as_str()), (Some(0), 0, ""));
    assert!(setup.log().is_empty());
}

#[test]
fn an_engine_without_the_write_cannot_write() {
    let Some(setup) = Setup::new(&dark()) else { return };
    let reads: Vec<_> = join::operations().into_iter().filter(|script| script.name != "Set-ComponentState").collect();
    let mut session = setup.start(&join::join(&join::engine(), &reads));
    session.call(ems()).unwrap();
    let error = session.call(set("EX01", "PopProxy", "HealthApi")).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.UnknownOperation"));
    assert_eq!(session.call(read("EX01", "PopProxy")).unwrap()["objects"][0]["state"], "Inactive");
    session.finish();
    assert_eq!(setup.calls("Set-ServerComponentState"), Vec::<Value>::new());
}

#[test]
fn under_a_constrained_language_mode_the_engine_says_so_and_exits() {
    let Some(setup) = Setup::new(&dark()) else { return };
    std::fs::write(setup.path("engine.ps1"), full_engine()).unwrap();
    let script = setup.path("constrain.ps1");
    let body = "$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'\n\
                & (Join-Path $PSScriptRoot 'engine.ps1') -Nonce 0123456789abcdef0123456789abcdef\nexit $LASTEXITCODE\n";
    std::fs::write(&script, body).unwrap();
    let output = setup.command(&script).stdin(Stdio::null()).output().unwrap();
    let base64 = "eyJraW5kIjoiaGVsbG8iLCJsYW5ndWFnZU1vZGUiOiJDb25zdHJhaW5lZExhbmd1YWdlIn0=";
    assert_eq!(
        String::from_utf8_lossy(&output.stdout).trim_end(),
        format!("@RL1 0123456789abcdef0123456789abcdef 0 {base64}")
    );
    assert_eq!(output.status.code(), Some(0));
    use base64::Engine as _;
    let decoded = base64::engine::general_purpose::STANDARD.decode(base64).unwrap();
    assert_eq!(decoded, br#"{"kind":"hello","languageMode":"ConstrainedLanguage"}"#);
}

/// An engine in which one question is replaced by a look around, and more functions stand in the way of built-in ones.
fn engine_with(replaced: &str, body: &str, functions: &[(&str, &str)]) -> String {
    let mut scripts = join::operations();
    for script in &mut scripts {
        if script.name == replaced {
            script.text = format!("param([string] $Server)\n{body}\n");
        }
    }
    scripts.extend(functions.iter().map(|(name, text)| join::Script { name: (*name).into(), text: (*text).into() }));
    join::join(&join::engine(), &scripts)
}

#[test]
fn what_the_shell_defines_is_there_for_later_calls_and_leaves_the_engine_alone() {
    let Some(setup) = Setup::new(&dark()) else { return };
    let look = "$strict = $false\ntry { $null = $neverSet } catch { $strict = $true }\n\
        $names = @(Get-Command Connect-ExchangeServer, get-excommand, list, Get-ServerComponentState | ForEach-Object { $_.Name })\n\
        [pscustomobject] @{ PSTypeName = 'Relight.Answer'; processes = [object[]] ($names + \
        \"strict $strict\" + \"stop $ErrorActionPreference\" + \"connected $connectedFqdn\") }";
    let mut session = setup.start(&engine_with("Get-SetupProcess", look, &[]));
    session.call(ems()).unwrap();
    let seen = session.call(Call::GetSetupProcess { server: "x".into() }).unwrap();
    assert_eq!(
        seen["processes"],
        json!([
            "Connect-ExchangeServer",
            "get-excommand",
            "list",
            "Get-ServerComponentState",
            "strict True",
            "stop Stop",
            "connected EX01.contoso.test"
        ])
    );
    session.finish();
}

#[test]
fn a_remote_session_is_opened_with_kerberos_and_removed_at_the_end() {
    let Some(setup) = Setup::new(&dark()) else { return };
    let log = "function Note($what, $with) { Add-Content -LiteralPath $env:EXCHANGE_DOUBLE_LOG \
               (ConvertTo-Json -Compress @{ pid = $PID; what = $what; args = \"$with\" }) }\n";
    let open = format!(
        "param($ConfigurationName, $ConnectionUri, $Authentication)\n{log}\
         Note 'open' \"$ConfigurationName $ConnectionUri $Authentication\"\n[pscustomobject] @{{ Id = 7 }}\n"
    );
    let import = "param($Session, $CommandName, [switch] $AllowClobber, [switch] $DisableNameChecking, $ErrorAction, \
                  $ErrorVariable)\nImport-Module (Join-Path $env:ExchangeInstallPath 'bin/ExchangeDouble.psm1')\n";
    let list = "[pscustomobject] @{ Id = 7; ConfigurationName = 'Microsoft.Exchange'; ComputerName = 'x' }\n";
    let remove = format!(
        "param([Parameter(ValueFromPipeline = $true)] $It, $Session)\nprocess {{ {log}\nNote 'close' $It.Id }}\n"
    );
    let engine = engine_with(
        "",
        "",
        &[
            ("New-PSSession", &open),
            ("Import-PSSession", import),
            ("Get-PSSession", list),
            ("Remove-PSSession", &remove),
        ],
    );
    let mut session = setup.start(&engine);
    let to = |server: &str| Call::Connect { connection: Connection::Remote, connect_to: Some(server.into()) };
    let answer = session.try_call(to("EX01.contoso.test")).unwrap();
    assert_eq!(answer.progress, ["opening a remote session on EX01.contoso.test"]);
    assert_eq!(answer.outcome.unwrap()["connectedTo"], "EX01.contoso.test");
    assert_eq!(session.call(read("EX01", "PopProxy")).unwrap()["objects"][0]["state"], "Inactive");
    assert_eq!(session.finish().0.code(), Some(0));
    assert_eq!(setup.calls("open"), [json!("Microsoft.Exchange http://ex01.contoso.test/PowerShell/ Kerberos")]);
    assert_eq!(setup.calls("close"), [json!("7")]);
}

#[test]
fn without_a_server_to_connect_to_there_is_no_remote_session() {
    let Some(setup) = Setup::new(&dark()) else { return };
    let mut session = setup.start(&full_engine());
    let nowhere = Call::Connect { connection: Connection::Remote, connect_to: None };
    assert_eq!(session.call(nowhere).unwrap_err().id.as_deref(), Some("Relight.ConnectToMissing"));
    let snapin = Call::Connect { connection: Connection::Snapin, connect_to: None };
    let error = session.call(snapin).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeToolsNotFound"));
    assert_eq!(error.category.as_deref(), Some("NotInstalled"));
    session.finish();
}
