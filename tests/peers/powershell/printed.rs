//! Every command of Exchange and of Windows that a screen prints, over all scenarios: PowerShell reads it, each cmdlet takes its
//! parameters, and what the stand-in Exchange can play runs.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::double::Setup;
use crate::support::run::relight;

crate::trials![Pwsh => every_printed_cmdlet_is_read_bound_and_run];

/// What each command comes to: `error` where it does not parse, takes no such parameter, or fails; `unknown` has the cmdlets that
/// this PowerShell does not know, `ran` whether it was run.
const SCRIPT: &str = r#"
$ErrorActionPreference = 'Stop'
# Whoever types a command is asked, and says yes.
$ConfirmPreference = 'None'
foreach ($name in 'ExchangeDouble', 'HealthDouble', 'WindowsDouble') {
    Import-Module (Join-Path $env:ExchangeInstallPath "bin/$name.psm1") -WarningAction SilentlyContinue
}
$all = Get-Content -Raw -LiteralPath $args[0] | ConvertFrom-Json
$results = foreach ($text in $all) {
    $result = [ordered] @{ text = $text; error = $null; unknown = @(); ran = $false }
    $tokens = $errors = $null
    $ast = [System.Management.Automation.Language.Parser]::ParseInput($text, [ref] $tokens, [ref] $errors)
    if ($errors) { $result.error = "$($errors[0])" }
    $names = @()
    foreach ($one in $ast.FindAll({ $args[0] -is [System.Management.Automation.Language.CommandAst] }, $true)) {
        $name = $one.GetCommandName()
        $names += $name
        if (-not (Get-Command $name -ErrorAction SilentlyContinue)) { $result.unknown += $name; continue }
        $bound = [System.Management.Automation.Language.StaticParameterBinder]::BindCommand($one)
        foreach ($key in $bound.BindingExceptions.Keys) { $result.error = "$name $key`: $($bound.BindingExceptions[$key].BindingException)" }
    }
    $played = 'Get-ServerComponentState', 'Set-ServerComponentState', 'Get-ServerHealth', 'Get-ExchangeServer', 'Select-Object'
    if (-not $result.error -and -not ($names | Where-Object { $played -notcontains $_ })) {
        try { $null = Invoke-Expression $text; $result.ran = $true } catch { $result.error = "$_" }
    }
    $result
}
ConvertTo-Json @($results) -Depth 4 | Set-Content -LiteralPath $args[1] -Encoding UTF8
"#;

/// What only Exchange, or only Windows, has.
const ELSEWHERE: [&str; 9] = [
    "Set-PopSettings",
    "Set-ImapSettings",
    "Remove-ServerMonitoringOverride",
    "Remove-GlobalMonitoringOverride",
    "Get-Service",
    "Restart-Service",
    "Set-Service",
    "Get-CimInstance",
    "Invoke-CimMethod",
];

/// The commands on a screen: a line that begins with a cmdlet, and those that it goes on in.
fn commands(screen: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut lines = screen.lines().map(str::trim);
    while let Some(line) = lines.next() {
        let is_cmdlet = |word: &str| {
            let (verb, noun) = word.split_once('-').unwrap_or_default();
            ["Get", "Set", "Remove", "Restart"].contains(&verb) && noun.starts_with(char::is_uppercase)
        };
        if !line.split(' ').next().is_some_and(is_cmdlet) {
            continue;
        }
        let mut whole = line.to_owned();
        while whole.ends_with('`') {
            whole = format!("{} {}", whole.trim_end_matches('`').trim_end(), lines.next().expect("it goes on"));
        }
        found.push(whole);
    }
    found
}

fn every_printed_cmdlet_is_read_bound_and_run() {
    let listed: Value = relight("scenarios --format json").run().ends(0).json();
    let mut printed = BTreeSet::new();
    for scenario in listed["scenarios"].as_array().expect("a list") {
        let name = scenario["name"].as_str().expect("a name");
        for words in ["check -v", "fix --dry-run -v --requester any --include-server-wide-offline"] {
            let deadlines = "--call-timeout 1s --connect-timeout 1s";
            let ran = relight(&format!("{words} {deadlines} --simulate {name}")).run();
            printed.extend(commands(&ran.stdout));
        }
    }
    // In a sentence, a cmdlet is followed by words; on a line of its own it has at least one parameter, or stands alone.
    printed.retain(|line| line.contains(" -") || !line.contains(' '));
    assert!(printed.len() > 20, "{printed:#?}");

    let servers = ["EX01", "EX02", "EX03", "EX10", "EX11", "EX12", "EX13", "EX14", "EX17", "EX22"];
    let setup = Setup::new(&json!({"servers": servers.map(|name| json!({"name": name}))}));
    let [script, given, came] = ["printed.ps1", "commands.json", "results.json"].map(|name| setup.path(name));
    fs::write(&script, SCRIPT).expect("written");
    fs::write(&given, json!(printed).to_string()).expect("written");
    let mut command = Command::new(setup.shell());
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000);
    let output = command
        .args(["-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"])
        .args([&script, &given, &came].map(|path: &std::path::PathBuf| path as &Path))
        .envs(setup.environment())
        .output()
        .expect("it runs");
    assert!(output.status.success(), "{output:?}");
    let text = fs::read_to_string(&came).expect("results");
    let results: Vec<Value> = serde_json::from_str(text.trim_start_matches('\u{feff}')).expect("JSON");
    assert_eq!(results.len(), printed.len());
    for result in &results {
        assert!(result["error"].is_null(), "{result:#}");
        let unknown = result["unknown"].as_array().expect("a list");
        let expected = |name: &Value| ELSEWHERE.contains(&name.as_str().expect("a name"));
        assert!(unknown.iter().all(expected), "{result:#}");
    }
    let ran = results.iter().filter(|result| result["ran"] == true).count();
    assert!(ran > 12, "{ran} of {} ran", results.len());
}
