//! The other ways to the cmdlets: a remote session, and the snap-in when it is named. Neither exists here, so that a few
//! functions stand in for them; a small program starts them before the engine.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::{Value, json};

use super::exchange::kb_server;
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    over_a_remote_session_texts_are_enough_and_the_session_is_closed,
    the_snap_in_is_used_when_it_is_named_and_never_instead,
];

const STAND_INS: &str = r#"param($Engine, $Nonce)
function Note($What, $With) {
    Add-Content -LiteralPath $env:EXCHANGE_DOUBLE_LOG (ConvertTo-Json -Compress @{ pid = $PID; what = $What; args = "$With" })
}
function Import-Double($Names) { Import-Module "$env:ExchangeInstallPath/bin/ExchangeDouble.psm1" -Function $Names -Global }
function New-PSSession {
    param($ConfigurationName, $ConnectionUri, $Authentication)
    Note 'open' "$ConfigurationName $ConnectionUri $Authentication"
    if ("$ConnectionUri" -match 'denied') { Write-Error 'Zugriff verweigert' -Category OpenError -ErrorId 'AccessDenied,PSSessionOpenFailed' }
    if ("$ConnectionUri" -match 'bare.*Full') { Write-Error 'no such parameter' -ErrorId 'InvalidResourceUri,PSSessionOpenFailed' }
    $state = [System.Management.Automation.Runspaces.InitialSessionState]::CreateDefault()
    $state.ImportPSModule("$env:ExchangeInstallPath/bin/ExchangeDouble.psm1")
    $runspace = [runspacefactory]::CreateRunspace($state)
    $runspace.Open()
    $name = @{ ConfigurationName = $ConfigurationName; ComputerName = "$($ConnectionUri.Host)" }
    New-Object psobject -Property ($name + @{ Id = 7; State = 'Opened'; Runspace = $runspace })
}
function Get-PSSession { [pscustomobject] @{ Id = 7; ConfigurationName = 'Microsoft.Exchange'; ComputerName = 'x' } }
function Remove-PSSession { param([Parameter(ValueFromPipeline = $true)] $It, $Session) process { Note 'close' $It.Id } }
function Add-PSSnapin { param($Name) Note 'snapin' $Name; Import-Double '*' }
. $Engine -Nonce $Nonce
"#;

/// A setup, and the program that starts PowerShell with the stand-ins.
fn stand_ins(state: &Value) -> (Setup, PathBuf) {
    let setup = Setup::new(state);
    let (stand_ins, program) = (setup.path("stand-ins.ps1"), setup.path("shell"));
    fs::write(&stand_ins, STAND_INS).unwrap();
    let line = format!(
        "#!/bin/sh\nexec '{}' -NoLogo -NoProfile -NonInteractive -File '{}' \"$7\" \"$9\"\n",
        setup.shell().display(),
        stand_ins.display()
    );
    fs::write(&program, line).unwrap();
    fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
    (setup, program)
}

fn over_a_remote_session_texts_are_enough_and_the_session_is_closed() {
    let (setup, program) = stand_ins(&with(kb_server(), "shape", json!("flattened")));
    let remote = ["--connection", "remote", "--connect-to", "EX02.contoso.test"];
    let ended =
        setup.clean(setup.through(&program, &[&["fix", "--yes", "--server", "EX01"][..], &remote].concat()).run());
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.has("ACTIVE: PopProxy and ImapProxy are Active again.") && ended.has("both stores"), "{ended:?}");
    assert_eq!(setup.sets().len(), 2);
    let full = "?serializationLevel=Full;ExchClientVer=15.0.0.0;clientApplication=ManagementShell;TargetServer=";
    let address = |name: &str, query: &str| format!("Microsoft.Exchange http://{name}/PowerShell/{query} Kerberos");
    let typed = |name: &str| address(name, &format!("{full}{name}"));
    // The change goes over a session on the server itself.
    let own = typed("ex01.contoso.test").replace("=ex01", "=EX01");
    assert_eq!(setup.calls("open"), [typed("ex02.contoso.test").replace("=ex02", "=EX02"), own]);
    assert_eq!((setup.calls("close"), setup.calls("load").len()), (vec![json!("7")], 0));

    let bare = ["check", "--server", "EX01", "--connection", "remote", "--connect-to", "bare.contoso.test"];
    setup.clean(setup.through(&program, &bare).run()).ends(0);
    let opened = setup.calls("open").split_off(2);
    assert_eq!(opened, [typed("bare.contoso.test"), address("bare.contoso.test", "")], "the form that all know");

    let denied = ["check", "--server", "EX01", "--connection", "remote", "--connect-to", "denied.contoso.test"];
    let ended = setup.clean(setup.through(&program, &denied).run()).ends(21);
    assert!(ended.has("Zugriff verweigert") && ended.has("Organization Management"), "{ended:?}");
}

fn the_snap_in_is_used_when_it_is_named_and_never_instead() {
    let (setup, program) = stand_ins(&with(kb_server(), "load", json!(["fail"])));
    let ended = setup.clean(setup.through(&program, &["check", "--server", "EX01"]).run());
    assert_eq!((ended.code, setup.calls("snapin").len()), (20, 0), "{ended:?}");
    setup.clean(setup.through(&program, &["check", "--server", "EX01", "--connection", "snapin"]).run()).ends(10);
    assert_eq!(setup.calls("snapin"), ["Microsoft.Exchange.Management.PowerShell.SnapIn"]);
}
