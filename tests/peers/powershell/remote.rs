//! Over a real remote session, as the Exchange Management Shell has one: the cmdlets run in another process, answers arrive
//! as text, and the session can break at any call.

use std::fs;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::exchange::{kb_server, text};
use crate::support::double::with;
use crate::support::remote::Remote;

crate::trials![Pwsh =>
    check_and_fix_work_over_a_remote_session_and_close_it: Sshd,
    without_the_exchange_tools_the_session_is_opened_and_closed_by_relight: Sshd,
    cmdlets_that_were_not_imported_are_called_in_the_open_session: Sshd,
    the_far_end_runs_no_code_answers_in_texts_and_can_be_called_directly: Sshd,
    a_session_that_breaks_at_a_write_is_gone_and_the_write_was_sent_once: Sshd,
    a_session_that_is_ended_from_outside_while_a_write_hangs_is_noticed: Sshd,
];

/// What a component has recorded in a store, as requester and state.
fn recorded(remote: &Remote, component: &str, store: &str) -> Vec<(String, String)> {
    let state = remote.seen();
    let entries = state["servers"][0]["components"][component][store].as_array().unwrap().clone();
    entries.iter().map(|entry| (text(&entry["requester"]), text(&entry["state"]))).collect()
}

/// The same for both stores, the registry first.
fn stores(remote: &Remote, component: &str) -> [Vec<(String, String)>; 2] {
    ["local", "remote"].map(|store| recorded(remote, component, store))
}

fn health_api(state: &str) -> Vec<(String, String)> {
    vec![("HealthApi".into(), state.into())]
}

fn check_and_fix_work_over_a_remote_session_and_close_it() {
    let remote = Remote::new(&kb_server());
    let before = remote.state();
    let ended = remote.run(&["check", "--format", "json", "--server", "EX01"]);
    assert_eq!((ended.code, remote.sets().len()), (10, 0), "{ended:?}");
    assert_eq!(remote.state(), before);
    let finding = &ended.server("EX01")["findings"][0];
    let entry = &finding["inactiveEntries"][0];
    assert_eq!((&entry["requester"], &finding["state"]), (&json!("HealthApi"), &json!("Inactive")));
    assert_eq!((&entry["timestampText"], &entry["timestamp"]), (&json!("12/5/2014 3:52:52 PM"), &Value::Null));
    remote.wait_for_far_ends();

    let ended = remote.run(&["fix", "--yes", "--server", "EX01"]);
    assert_eq!(ended.code, 0, "{ended:?}");
    assert_eq!(remote.sets(), [["EX01", "PopProxy", "HealthApi"], ["EX01", "ImapProxy", "HealthApi"]]);
    for component in ["PopProxy", "ImapProxy"] {
        assert_eq!(stores(&remote, component), [health_api("Active"), health_api("Active")]);
    }
    remote.wait_for_far_ends();

    // Exchange's cmdlets run over there, what Windows itself answers here.
    let (near, far) = (remote.shells(), remote.far_ends());
    assert_eq!((near.len(), far.len()), (2, 2), "one session for each run");
    for entry in remote.log() {
        let (what, process) = (text(&entry["what"]), entry["pid"].as_u64().unwrap());
        let is_far = far.iter().any(|it| u64::from(*it) == process);
        let exchange = ["Get-Server", "Get-Global", "Set-Server", "Get-Exchange", "Get-Pop", "Get-Imap"];
        assert_eq!(is_far, exchange.iter().any(|start| what.starts_with(start)), "{entry}");
        assert!(is_far || near.contains(&process), "{entry}");
    }
}

fn without_the_exchange_tools_the_session_is_opened_and_closed_by_relight() {
    let remote = Remote::new(&kb_server());
    let connection = ["--connection", "remote", "--connect-to", "ex01.contoso.test"];
    let ended =
        remote.through(&remote.endpoint(), &[&["fix", "--yes", "--server", "EX01"][..], &connection].concat()).run();
    assert_eq!((ended.code, remote.sets().len()), (0, 2), "{ended:?}");
    let query = "serializationLevel=Full;ExchClientVer=15.0.0.0;clientApplication=ManagementShell;TargetServer=ex01.contoso.test";
    let address = format!("Microsoft.Exchange http://ex01.contoso.test/PowerShell/?{query} Kerberos");
    assert_eq!(remote.calls("open"), [address]);
    assert_eq!((remote.far_ends().len(), remote.shells().len()), (1, 0));
    remote.wait_for_far_ends();
}

fn cmdlets_that_were_not_imported_are_called_in_the_open_session() {
    let faults = json!([{"kind": "accessDenied", "on": "set", "server": "DENIED"}]);
    let mut state = with(with(kb_server(), "load", json!(["noImport"])), "faults", faults);
    let servers = state["servers"].as_array_mut().unwrap();
    servers.push(with(with(servers[0].clone(), "name", json!("DENIED")), "fqdn", json!("DENIED.contoso.test")));
    let remote = Remote::new(&state);
    let ended = remote.run(&["fix", "--yes", "--format", "json", "--server", "EX01,DENIED"]);
    assert_eq!(ended.code, 21, "{ended:?}");
    let steps = |at: usize| ended.json()["servers"][at]["steps"].clone();
    assert_eq!((&steps(0)[0]["outcome"], &steps(0)[1]["outcome"]), (&json!("done"), &json!("done")));
    assert_eq!((&steps(1)[0]["outcome"], &steps(1)[0]["trouble"]["kind"]), (&json!("failed"), &json!("accessDenied")));
    assert_eq!((remote.far_ends().len(), remote.shells().len()), (1, 1));
    remote.wait_for_far_ends();

    remote.set_state(&with(
        with(kb_server(), "missing", json!(["Set-ServerComponentState"])),
        "load",
        json!(["noImport"]),
    ));
    let ended = remote.run(&["fix", "--yes", "--server", "EX01"]);
    assert_eq!((ended.code, remote.sets().len()), (21, 4), "the account has what its roles bring: {ended:?}");
}

/// What the session is like, looked at from a plain PowerShell: one JSON object.
const LOOK: &str = r#"
. (Join-Path $env:ExchangeInstallPath 'bin/RemoteExchange.ps1') *>$null
Connect-ExchangeServer -auto *>$null
function Invoke-Direct($Session, $Name, $Parameters) {
    $shell = [powershell]::Create()
    try {
        $shell.Runspace = $Session.Runspace
        $null = $shell.AddCommand($Name).AddParameters($Parameters)
        @{ Output = @($shell.Invoke()); Errors = @($shell.Streams.Error) }
    }
    catch { @{ Thrown = $_.Exception } }
    finally { $shell.Dispose() }
}
$pop = @{ Identity = 'EX01'; Component = 'PopProxy' }
$code = [powershell]::Create()
$code.Runspace = $remoteSession.Runspace
try { $refused = ''; $null = $code.AddScript('$x = 1; $x').Invoke() } catch { $refused = "$($_.Exception.InnerException.ErrorRecord.FullyQualifiedErrorId)" }
$proxied = Get-ServerComponentState @pop
$direct = Invoke-Direct $remoteSession 'Get-ServerComponentState' $pop
$set = Invoke-Direct $remoteSession 'Set-ServerComponentState' ($pop + @{ Requester = 'HealthApi'; State = 'Active'; Confirm = $false })
$denied = Invoke-Direct $remoteSession 'Get-ServerComponentState' @{ Identity = 'DENIED'; Component = 'PopProxy' }
$stopped = Invoke-Direct $remoteSession 'Get-ServerComponentState' @{ Identity = 'DENIED'; Component = 'PopProxy'; ErrorAction = 'Stop' }
function Get-Facts($It) {
    @{
        state = $It.State; stateType = $It.State.GetType().Name; offline = $It.ServerWideOfflineIsOffline
        items = @($It.LocalStates); itemType = $It.LocalStates[0].GetType().Name; empty = @($It.RemoteStates).Count
    }
}
$error0 = $denied.Errors[0]
ConvertTo-Json -Compress -Depth 4 @{
    session = "$($remoteSession.State)"; refused = $refused
    proxied = Get-Facts $proxied; direct = Get-Facts $direct.Output[0]
    imported = "$((Get-Command Get-ServerComponentState).CommandType)"
    after = "$((Get-ServerComponentState @pop).State)"; setErrors = $set.Errors.Count
    denied = @{ category = "$($error0.CategoryInfo.Category)"; type = $error0.Exception.SerializedRemoteException.PSObject.TypeNames[0] }
    stopped = $stopped.Thrown.InnerException.GetType().Name
}
"#;

/// What a script prints, run by the PowerShell of this setup.
fn printed(remote: &Remote, script: &str) -> String {
    let file = remote.path("look.ps1");
    fs::write(&file, script).unwrap();
    let mut command = Command::new(remote.shell());
    command.args(["-NoLogo", "-NoProfile", "-NonInteractive", "-File"]).arg(file).envs(remote.run_environment());
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

fn the_far_end_runs_no_code_answers_in_texts_and_can_be_called_directly() {
    let faults = json!([{"kind": "accessDenied", "on": "get", "server": "DENIED"}]);
    let remote = Remote::new(&with(kb_server(), "faults", faults));
    let printed = printed(&remote, LOOK);
    let seen: Value = serde_json::from_str(&printed).unwrap_or_else(|_| panic!("{printed}"));
    let texts = json!({
        "state": "Inactive", "stateType": "String", "offline": false,
        "items": ["Requestor:HealthApi; State:Inactive; Timestamp:12/5/2014 3:52:52 PM"], "itemType": "String", "empty": 0,
    });
    let denied = json!({
        "category": "PermissionDenied",
        "type": "Deserialized.Microsoft.Exchange.Data.Directory.ADOperationException",
    });
    let expected = json!({
        "session": "Opened", "refused": "ScriptsNotAllowed", "imported": "Function",
        "proxied": texts, "direct": texts,
        "after": "Active", "setErrors": 0, "denied": denied, "stopped": "RemoteException",
    });
    assert_eq!(seen, expected);
    remote.wait_for_far_ends();
    assert_eq!(remote.far_ends().len(), 1);
}

fn a_session_that_breaks_at_a_write_is_gone_and_the_write_was_sent_once() {
    let (old, new) = (health_api("Inactive"), health_api("Active"));
    for (when, pop) in [
        ("before", [old.clone(), vec![]]),
        ("during", [old, new.clone()]),
        ("after", [new.clone(), new.clone()]),
        ("answered", [new.clone(), new]),
    ] {
        let faults = json!([{"kind": "killSession", "on": "set", "nth": 1, "when": when}]);
        let remote = Remote::new(&with(kb_server(), "faults", faults));
        let ended = remote.run(&["fix", "--yes", "--server", "EX01"]);
        // That no write was sent twice is looked at after every run.
        assert_eq!(remote.sets()[0], ["EX01", "PopProxy", "HealthApi"], "{when}: {ended:?}");
        assert_eq!(stores(&remote, "PopProxy"), pop, "{when}: {ended:?}");
        let first = u64::from(remote.far_ends()[0]);
        let last = remote.log().into_iter().rfind(|entry| entry["pid"] == first).unwrap();
        assert_eq!(last["what"], "Set-ServerComponentState", "{when}: the session broke there: {ended:?}");
        if ["before", "during"].contains(&when) {
            assert_ne!(ended.code, 0, "{when}: {ended:?}");
        }
        remote.wait_for_far_ends();
    }
}

fn a_session_that_is_ended_from_outside_while_a_write_hangs_is_noticed() {
    let faults = json!([{"kind": "hang", "on": "set"}]);
    let remote = Remote::new(&with(kb_server(), "faults", faults));
    let begun = Instant::now();
    let run = remote.start_until("Set-ServerComponentState", &["fix", "--yes", "--server", "EX01"]);
    // The next write, should there be one, is let through.
    remote.set_state(&kb_server());
    remote.end_far_ends();
    let ended = remote.clean(run.end());
    assert_ne!(ended.code, 0, "{ended:?}");
    assert!(begun.elapsed() < Duration::from_secs(150), "the deadline of the call was not waited for");
    remote.wait_for_far_ends();
}
