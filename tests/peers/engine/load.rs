//! Loading Exchange: what it prints stays out of the answers, what it asks becomes an error, what it defines stays, and what
//! was opened is closed.

use std::fs;

use relight::domain::Connection;
use relight::shell::protocol::Call;
use serde_json::json;

use super::fixture::{connected, ems, full_engine, one_local, set, state_of};
use crate::support::double::{Setup, with};
use crate::support::join;

crate::trials![Pwsh =>
    noise_never_gets_into_an_answer,
    a_prompt_becomes_an_error,
    a_failed_load_says_what_the_load_said,
    the_warnings_of_a_load_that_failed_come_first,
    without_connect_exchange_server_the_load_says_so_by_name,
    missing_tools_have_an_error_of_their_own,
    what_the_shell_defines_is_there_for_later_calls_and_runs_as_at_a_prompt,
    what_exchange_defines_under_our_names_does_not_take_their_place,
    a_remote_session_is_opened_with_kerberos_and_removed_at_the_end,
    without_a_server_to_connect_to_there_is_no_remote_session,
];

fn noise_never_gets_into_an_answer() {
    let noisy = with(one_local("Inactive"), "load", json!(["noise", "typesMissing", "break"]));
    let setup = Setup::new(&noisy);
    let mut quiet = connected(&setup);
    let expected = [
        quiet.call(state_of("EX01", "PopProxy")).unwrap()["objects"].clone(),
        quiet.call(Call::GetExchangeServer { server: "EX01".into() }).unwrap(),
    ];
    quiet.finish();

    let mut everything = noisy;
    everything["faults"] = json!([{"kind": "noise"}]);
    setup.set_state(&everything);
    let mut session = connected(&setup);
    assert_eq!(session.call(state_of("EX01", "PopProxy")).unwrap()["objects"], expected[0]);
    assert_eq!(session.call(Call::GetExchangeServer { server: "EX01".into() }).unwrap(), expected[1]);
    assert_eq!(session.call(set("EX01", "PopProxy", "HealthApi", "Active")).unwrap(), json!({}));
    let (status, noise, stderr) = session.finish();
    assert_eq!(status.code(), Some(0));
    assert!(noise.iter().all(|line| line.contains("a program past all of PowerShell")), "{noise:?}");
    assert!(!noise.is_empty(), "a program can still write past the engine, as the marker allows for");
    for said in ["Welcome to the Exchange", "a warning", "verbose text", "debug text", "information", "Connecting to"] {
        assert!(stderr.contains(said), "{said:?} is in the log");
    }
}

fn a_prompt_becomes_an_error() {
    let setup = Setup::new(&with(one_local("Inactive"), "load", json!(["prompt"])));
    let mut session = setup.start(&full_engine());
    let error = session.call(ems()).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeNotLoaded"));
    assert_eq!(error.category.as_deref(), Some("ResourceUnavailable"));
    assert!(error.message.contains("NonInteractive"), "{}", error.message);
    // The session lives: the next attempt finds a shell that loads.
    setup.set_state(&with(one_local("Inactive"), "faults", json!([{"kind": "prompt", "on": "get"}])));
    session.call(ems()).unwrap();
    let error = session.call(state_of("EX01", "PopProxy")).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("InvalidOperation,Microsoft.PowerShell.Commands.ReadHostCommand"));
    assert_eq!(session.finish().0.code(), Some(0));
}

fn a_failed_load_says_what_the_load_said() {
    let setup = Setup::new(&with(one_local("Inactive"), "load", json!(["fail"])));
    let mut session = setup.start(&full_engine());
    let error = session.call(ems()).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeNotLoaded"));
    assert!(error.message.contains("the client cannot connect"), "{}", error.message);
    // Without a connection the cmdlets are simply not there.
    let error = session.call(state_of("EX01", "PopProxy")).unwrap_err();
    assert_eq!(error.kind.as_deref(), Some("System.Management.Automation.CommandNotFoundException"));
    assert!(error.stack.is_some_and(|stack| stack.contains("Get-ComponentState")));
    assert_eq!(session.finish().0.code(), Some(0));
}

fn the_warnings_of_a_load_that_failed_come_first() {
    let setup = Setup::new(&with(one_local("Inactive"), "load", json!(["w3svcStopped"])));
    let mut session = setup.start(&full_engine());
    let error = session.call(ems()).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeNotLoaded"));
    let at = |text: &str| error.message.find(text).unwrap_or_else(|| panic!("no {text:?} in {}", error.message));
    assert!(at("(w3svc) is stopped.") < at("NonInteractive"), "{}", error.message);
    let (status, _, stderr) = session.finish();
    assert!(status.success() && stderr.contains("(w3svc) is stopped."), "as it came, for a load that hangs: {stderr}");
}

fn without_connect_exchange_server_the_load_says_so_by_name() {
    let setup = Setup::new(&with(one_local("Inactive"), "load", json!(["noConnect"])));
    let mut session = setup.start(&full_engine());
    let error = session.call(ems()).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeNotLoaded"));
    assert!(error.message.contains("no Connect-ExchangeServer"), "{}", error.message);
    session.finish();
}

fn missing_tools_have_an_error_of_their_own() {
    let setup = Setup::new(&one_local("Inactive"));
    let script = setup.path("probe.ps1");
    let connect = join::scripts_dir().join("Connect-Exchange.ps1");
    fs::write(
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

/// An engine in which one question is replaced by a look around, and more functions stand in the way of built-in ones.
fn engine_with(replaced: &str, body: &str, functions: &[(&str, &str)]) -> String {
    let mut scripts = join::operations();
    for script in &mut scripts {
        if script.name == replaced {
            script.text = format!("param([string] $Server)\n{body}\n");
        }
    }
    let functions = functions.iter().map(|(name, text)| format!("function {name} {{\n{text}}}\n")).collect::<String>();
    join::join(&join::engine().replace("# <operations>\n", &format!("{functions}# <operations>\n")), &scripts)
}

fn what_the_shell_defines_is_there_for_later_calls_and_runs_as_at_a_prompt() {
    let setup = Setup::new(&one_local("Inactive"));
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
            "strict False",
            "stop Continue",
            "connected EX01.contoso.test"
        ])
    );
    session.finish();
}

fn what_exchange_defines_under_our_names_does_not_take_their_place() {
    let setup = Setup::new(&one_local("Inactive"));
    let theirs = "function global:Get-ComponentState { 'not ours' }\nfunction global:Set-ComponentState { 'nor this' }\n\
                  $global:WhatIfPreference = $true\n";
    let connect = join::operations().into_iter().find(|script| script.name == "Connect-Exchange").unwrap().text;
    let mut scripts = join::operations();
    scripts.retain(|script| script.name != "Connect-Exchange");
    scripts.push(join::Script { name: "Connect-Exchange".into(), text: format!("{connect}\n{theirs}") });
    let mut session = setup.start(&join::join(&join::engine(), &scripts));
    session.call(ems()).unwrap();
    let (server, component) = ("EX01".to_owned(), "PopProxy".to_owned());
    let look = Call::GetComponentState { server: server.clone(), component: component.clone() };
    assert_eq!(session.call(look.clone()).unwrap()["objects"][0]["state"], "Inactive");
    let set = Call::SetComponentState {
        server,
        component,
        requester: "HealthApi".into(),
        state: "Active".into(),
        local_only: false,
    };
    session.call(set).unwrap();
    assert_eq!(session.call(look).unwrap()["objects"][0]["state"], "Active");
    session.finish();
}

/// How the endpoint is asked for whole objects, and to be bound to that server.
const ADDRESS: &str = "Microsoft.Exchange http://ex01.contoso.test/PowerShell/?serializationLevel=Full;\
                       ExchClientVer=15.0.0.0;clientApplication=ManagementShell;TargetServer=EX01.contoso.test Kerberos";

fn a_remote_session_is_opened_with_kerberos_and_removed_at_the_end() {
    let setup = Setup::new(&one_local("Inactive"));
    let log = "function Note($what, $with) { Add-Content -LiteralPath $env:EXCHANGE_DOUBLE_LOG \
               (ConvertTo-Json -Compress @{ pid = $PID; what = $what; args = \"$with\" }) }\n";
    let open = format!(
        "param($ConfigurationName, $ConnectionUri, $Authentication)\n{log}\
         Note 'open' \"$ConfigurationName $ConnectionUri $Authentication\"\n\
         $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault()\n\
         $state.ImportPSModule((Join-Path $env:ExchangeInstallPath 'bin/ExchangeDouble.psm1'))\n\
         $runspace = [runspacefactory]::CreateRunspace($state)\n$runspace.Open()\n\
         [pscustomobject] @{{ Id = 7; State = 'Opened'; Runspace = $runspace }}\n"
    );
    let list = "[pscustomobject] @{ Id = 7; ConfigurationName = 'Microsoft.Exchange'; ComputerName = 'x' }\n";
    let remove = format!(
        "param([Parameter(ValueFromPipeline = $true)] $It, $Session)\nprocess {{ {log}\nNote 'close' $It.Id }}\n"
    );
    let engine =
        engine_with("", "", &[("New-PSSession", &open), ("Get-PSSession", list), ("Remove-PSSession", &remove)]);
    let mut session = setup.start(&engine);
    let to = |server: &str| Call::Connect { connection: Connection::Remote, connect_to: Some(server.into()) };
    let answer = session.try_call(to("EX01.contoso.test")).unwrap();
    assert_eq!(answer.progress, ["opening a remote session on EX01.contoso.test"]);
    assert_eq!(answer.outcome.unwrap()["connectedTo"], "EX01.contoso.test");
    assert_eq!(session.call(state_of("EX01", "PopProxy")).unwrap()["objects"][0]["state"], "Inactive");
    assert_eq!(session.finish().0.code(), Some(0));
    assert_eq!(setup.calls("open"), [json!(ADDRESS)]);
    assert_eq!(setup.calls("close"), [json!("7")]);
}

fn without_a_server_to_connect_to_there_is_no_remote_session() {
    let setup = Setup::new(&one_local("Inactive"));
    let mut session = setup.start(&full_engine());
    let nowhere = Call::Connect { connection: Connection::Remote, connect_to: None };
    assert_eq!(session.call(nowhere).unwrap_err().id.as_deref(), Some("Relight.ConnectToMissing"));
    let snapin = Call::Connect { connection: Connection::Snapin, connect_to: None };
    let error = session.call(snapin).unwrap_err();
    assert_eq!(error.id.as_deref(), Some("Relight.ExchangeToolsNotFound"));
    assert_eq!(error.category.as_deref(), Some("NotInstalled"));
    session.finish();
}
