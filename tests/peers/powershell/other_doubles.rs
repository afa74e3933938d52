//! Stand-ins that somebody else might have written from the same documentation: other ways to define the cmdlets, other
//! types for the same values, other noise. relight must not depend on how ours happens to be made.

use std::fs;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::double::Setup;

crate::trials![Pwsh =>
    plain_functions_in_the_script_itself_are_found_and_understood,
    a_module_that_the_connection_imports_is_found_and_understood,
    talk_in_the_middle_of_a_call_and_numbers_for_states_are_understood,
];

/// What all of them have: a way to note what happens, as the double of this repository does.
const NOTE: &str = r#"
function global:Note($What, $With) {
    $line = ConvertTo-Json -Compress @{ pid = $PID; what = $What; args = $With }
    [System.IO.File]::AppendAllText($env:EXCHANGE_DOUBLE_LOG, "$line`n")
}
Note 'load' @{}
"#;

/// Plain functions in the script itself, not written for strict mode; the state in memory; no Get-ExchangeServer; text states,
/// ArrayLists, short names, times that do not say what they are. It answers for this machine only.
const PLAIN: &str = r#"
if (-not (Test-Path -LiteralPath $MyInvocation.MyCommand.Path)) { throw 'where am I?' }
[Console]::WriteLine('Welcome'); [Console]::Out.Write('no line end: ')
if ($never_set.anything) { throw 'not reached' }
$Stored = @{}
foreach ($name in 'PopProxy', 'ImapProxy') {
    $Stored[$name] = New-Object System.Collections.ArrayList
    [void] $Stored[$name].Add([pscustomobject] @{ Requester = 'HealthApi'; State = 'Inactive'; Timestamp = [datetime] '2014-12-05T15:52:52'; Component = $name })
}
function Connect-ExchangeServer { param([switch] $auto, $ClientApplication) Note 'connect' @{}; 'VERBOSE: Connecting to here.' }
function Get-ServerComponentState {
    param($Identity, $Component)
    if ($Identity -ne [Environment]::MachineName) { throw "no such server: $Identity" }
    if ($never_set.anything -or (Get-Date).NoSuchProperty) { throw 'not reached' }
    $list = $Stored[$Component]
    if ($null -eq $list) { $list = New-Object System.Collections.ArrayList }
    $state = 'Active'
    if (@($list | Where-Object { $_.State -eq 'Inactive' }).Count) { $state = 'Inactive' }
    $remote = New-Object System.Collections.ArrayList
    if ($state -eq 'Active') { $remote = $list }
    $object = New-Object PSObject -Property @{ ServerFqdn = $Identity; Component = $Component; State = $state; ServerWideOfflineIsOffline = $false; LocalStates = $list; RemoteStates = $remote; Identity = $Identity }
    "here it comes"
    $object
}
function Set-ServerComponentState {
    param($Identity, $Component, $Requester, $State, $Confirm)
    Note 'Set-ServerComponentState' @{ Identity = $Identity; Component = $Component; Requester = $Requester; State = $State }
    if ($Requester.Nothing) { throw 'not reached' }
    $new = [pscustomobject] @{ Requester = $Requester; State = $State; Timestamp = [datetime]::SpecifyKind([datetime]::UtcNow, 'Unspecified'); Component = $Component }
    $Stored[$Component].Clear(); [void] $Stored[$Component].Add($new)
    'OK'
}
"#;

/// Another file is dot-sourced, by a Windows path; it imports a module when it connects. Enums, a generic list or a single
/// object in its place, hashtables, local times, a server that gives nothing but its name, and a Set that asks unless told not to.
const MODULE: &str = r#"
$global:exbin = "$env:ExchangeInstallPath\Bin\"
. $global:exbin"Common.ps1"
Write-Host 'Tip of the day'
exit_is_not_a_command
"#;
const MODULE_COMMON: &str = r#"
function Connect-ExchangeServer([switch] $Auto, [string] $ClientApplication) {
    Note 'connect' @{ auto = "$Auto" }
    Import-Module -Global -Force (Join-Path $global:exbin 'Cmdlets.psm1')
    Write-Verbose 'Connected.' -Verbose
}
"#;
const MODULE_CMDLETS: &str = r#"
Set-StrictMode -Off
enum ServiceState { Inactive = 0; Active = 1; Draining = 3 }
$Recorded = @{ 'PopProxy|Local' = 'HealthApi|Inactive|2014-12-05T15:52:52Z'; 'ImapProxy|Local' = 'HealthApi|Inactive|2014-12-05T15:52:52Z' }
function Read-Entry($Component, $Store) {
    $text = $Recorded["$Component|$Store"]
    if (-not $text) { return }
    $requester, $state, $time = $text -split '\|'
    [pscustomobject] @{ Requester = $requester; State = [ServiceState] $state; Timestamp = [datetimeoffset]::Parse($time).LocalDateTime; Component = $Component }
}
function Get-ServerComponentState {
    [CmdletBinding()] param([Parameter(Mandatory)] [string] $Identity, [Parameter(Mandatory)] [string] $Component)
    Write-Progress -Activity 'Asking'
    $remote = New-Object 'System.Collections.Generic.List[psobject]'
    foreach ($entry in @(Read-Entry $Component 'Remote')) { if ($entry) { $remote.Add(@{ Requester = $entry.Requester; State = $entry.State; Timestamp = $entry.Timestamp }) } }
    $local = Read-Entry $Component 'Local'
    $state = [ServiceState]::Active
    if ($local -and $local.State -eq 'Inactive') { $state = [ServiceState]::Inactive }
    if (-not $local) { $local = @() }
    [pscustomobject] @{ ServerFqdn = 'EX01.CONTOSO.TEST'; Component = $Component; State = $state; ServerWideOfflineIsOffline = $false; LocalStates = $local; RemoteStates = $remote; IsValid = $true }
}
function Set-ServerComponentState {
    [CmdletBinding(SupportsShouldProcess, ConfirmImpact = 'High')]
    param([Parameter(Mandatory)] [string] $Identity, [Parameter(Mandatory)] [string] $Component,
        [Parameter(Mandatory)] [ValidateSet('HealthApi', 'Maintenance', 'Sidelined', 'Functional', 'Deployment')] [string] $Requester,
        [Parameter(Mandatory)] [ServiceState] $State, [switch] $LocalOnly, [switch] $RemoteOnly)
    if (-not $PSCmdlet.ShouldProcess($Identity)) { return }
    Note 'Set-ServerComponentState' @{ Identity = $Identity; Component = $Component; Requester = $Requester; State = "$State" }
    foreach ($store in 'Local', 'Remote') { $Recorded["$Component|$store"] = "$Requester|$State|$([datetime]::UtcNow.ToString('o'))" }
}
function Get-ExchangeServer { [CmdletBinding()] param([string] $Identity) if ($Identity -eq 'EX01') { [pscustomobject] @{ Name = 'EX01' } } }
"#;

/// No Connect-ExchangeServer at all: the cmdlets come from a module that RemoteExchange.ps1 imports. Numbers for states, arrays,
/// a version object, talk in every way in the middle of every call, and errors that are plain .NET exceptions.
const CHATTY: &str = r#"
Import-Module (Join-Path $PSScriptRoot 'Cmdlets.psm1') -DisableNameChecking
Write-Warning 'The names of some imported commands include unapproved verbs.'
"#;
const CHATTY_CMDLETS: &str = r#"
$Now = @{ PopProxy = 0; ImapProxy = 0; ServerWideOffline = 1 }
$Since = @{ PopProxy = [datetime] '2014-12-05T15:52:52Z'; ImapProxy = [datetime] '2014-12-05T15:52:52Z' }
function Write-Talk {
    [Console]::WriteLine('a line on the console')
    [Console]::Error.WriteLine('a line on the error stream')
    Write-Host 'host' -ForegroundColor Green
    Write-Information 'information'
    Write-Error 'nothing serious' -ErrorAction Continue
    if ($env:OS -eq 'Windows_NT') { cmd.exe /c echo native } else { /bin/echo native }
    $null
    ''
}
function Get-ServerComponentState {
    [CmdletBinding()] param([string] $Identity, [string] $Component)
    Write-Talk
    if ($Identity -notlike 'EX02*') { throw [System.InvalidOperationException] "The server '$Identity' is not known." }
    $entries = @()
    if ($Since[$Component]) { $entries = @(, ([pscustomobject] @{ Requester = 'HealthApi'; State = $Now[$Component]; Timestamp = $Since[$Component]; Component = $Component })) }
    $remote = @()
    if ($Now[$Component] -eq 1) { $remote = $entries }
    [pscustomobject] @{ ServerFqdn = 'EX02.contoso.test'; Component = $Component; State = $Now[$Component]; ServerWideOfflineIsOffline = 'False'; LocalStates = $entries; RemoteStates = $remote }
    Write-Talk
}
function Set-ServerComponentState {
    [CmdletBinding()] param([string] $Identity, [string] $Component, [string] $Requester, [string] $State, [switch] $Confirm)
    Write-Talk
    Note 'Set-ServerComponentState' @{ Identity = $Identity; Component = $Component; Requester = $Requester; State = $State }
    if ($Component -eq 'ImapProxy') { throw [System.UnauthorizedAccessException] 'Requested registry access is not allowed.' }
    $Now[$Component] = 1
    $Since[$Component] = [datetime]::UtcNow
}
function Get-ExchangeServer {
    [CmdletBinding()] param([string] $Identity)
    Write-Talk
    [pscustomobject] @{ Name = 'EX02'; Fqdn = 'EX02.contoso.test'; AdminDisplayVersion = [version] '15.2.1118.7'; ServerRole = @('Mailbox'); Site = $null }
}
"#;

/// A setup, and an Exchange installation with these files in its bin folder.
fn installation(files: &[(&str, &str)]) -> (Setup, PathBuf) {
    let setup = Setup::new(&json!({}));
    let exchange = setup.path("exchange");
    // As setup names it; elsewhere in these tests it is bin.
    let bin = exchange.join("Bin");
    fs::create_dir_all(&bin).unwrap();
    for (name, text) in files {
        let note = if *name == "RemoteExchange.ps1" { NOTE } else { "" };
        fs::write(bin.join(name), format!("{note}{text}")).unwrap();
    }
    (setup, exchange)
}

const FIX: [&str; 4] = ["fix", "--yes", "--format", "json"];

fn plain_functions_in_the_script_itself_are_found_and_understood() {
    let (setup, exchange) = installation(&[("RemoteExchange.ps1", PLAIN)]);
    // No server is named: it is this machine, by a name that does not come from the environment.
    let ended = setup.clean(setup.relight(&FIX).env("ExchangeInstallPath", &exchange).run()).ends(0);
    let report = ended.document();
    let entry = &report["servers"][0]["findings"][0]["inactiveEntries"][0];
    assert_eq!(entry["timestamp"], "2014-12-05T15:52:52Z", "Exchange records UTC: {ended:?}");
    assert_eq!((setup.sets().len(), setup.shells().len()), (2, 1));
}

fn a_module_that_the_connection_imports_is_found_and_understood() {
    let files = [("RemoteExchange.ps1", MODULE), ("Common.ps1", MODULE_COMMON), ("Cmdlets.psm1", MODULE_CMDLETS)];
    let (setup, exchange) = installation(&files);
    let ended = setup.clean(
        setup.relight(&[&FIX[..], &["--server", "EX01,EX99"]].concat()).env("ExchangeInstallPath", &exchange).run(),
    );
    assert_eq!(ended.exits(), [("EX01".to_owned(), 0), ("EX99".to_owned(), 22)], "{ended:?}");
    assert_eq!(ended.server("EX01")["findings"][0]["inactiveEntries"][0]["timestamp"], "2014-12-05T15:52:52Z");
    assert_eq!(setup.calls("connect"), [json!({"auto": "True"})]);
    assert_eq!(setup.sets().len(), 2);
}

fn talk_in_the_middle_of_a_call_and_numbers_for_states_are_understood() {
    let files = [("RemoteExchange.ps1", CHATTY), ("Cmdlets.psm1", CHATTY_CMDLETS)];
    let (setup, exchange) = installation(&files);
    let ended = setup
        .clean(setup.relight(&[&FIX[..], &["--server", "EX02"]].concat()).env("ExchangeInstallPath", &exchange).run());
    assert_eq!(ended.code, 21, "{ended:?}");
    let server = ended.server("EX02");
    let seen = |field: &str| server[field].clone();
    assert_eq!((seen("version"), seen("role")), (json!("15.2.1118.7"), json!("Mailbox")));
    let verdicts: Vec<Value> = server["verdicts"].as_array().unwrap().iter().map(|it| it["verdict"].clone()).collect();
    assert_eq!(verdicts, ["confirmed", "notConfirmed"], "{ended:?}");
    assert_eq!(server["steps"][1]["trouble"]["kind"], "accessDenied");
    assert_eq!(setup.sets().len(), 2);
}
