# What the tests of the module share: the module, the program that they test with on PATH, and journals of their own.
$Root = Split-Path -Parent (Split-Path -Parent $PSScriptRoot)
$Module = [System.IO.Path]::Combine($Root, 'scripts', 'module', 'Relight')
$OnWindows = [Environment]::OSVersion.Platform -eq 'Win32NT'
$State = Join-Path ([System.IO.Path]::GetTempPath()) "relight-module-$([guid]::NewGuid().ToString('N'))"
$null = New-Item -ItemType Directory -Path $State

$separator = [System.IO.Path]::PathSeparator
$folder = Split-Path -Parent $env:RELIGHT_TEST_PROGRAM
if (-not "$env:PATH".StartsWith("$folder$separator")) { $env:PATH = "$folder$separator$env:PATH" }
foreach ($variable in 'XDG_STATE_HOME', 'RELIGHT_TEST_LOCKS') { Set-Item -Path "env:$variable" -Value $State }
if ($OnWindows) { $env:ProgramData = $State }
$env:TZ = 'UTC0'
# The module sees the preferences of the session.
$global:ProgressPreference = 'SilentlyContinue'

Remove-Module Relight -ErrorAction SilentlyContinue
Import-Module ([System.IO.Path]::Combine($Module, 'Relight.psd1'))

function New-Scenario {
    # A scenario file with these servers, on which both components are Inactive, and these faults.
    param([string[]] $Server = @('EX01'), [object[]] $Faults = @(), [string] $Requester = 'HealthApi')

    $entry = { param($at) @{ local = @(@{ requester = $Requester; state = 'Inactive'; timestamp = "2026-03-14T02:31:${at}Z" }) } }
    $servers = @(foreach ($name in $Server) {
            @{ name = $name; components = @{ PopProxy = & $entry 52; ImapProxy = & $entry 53 } }
        })
    $file = Join-Path $State "$([guid]::NewGuid().ToString('N')).json"
    $text = ConvertTo-Json -Depth 8 @{ scenario = 'relight/scenario/1.0'; now = '2026-03-14T02:47:10Z'; servers = $servers; faults = $Faults }
    [System.IO.File]::WriteAllText($file, $text)
    $file
}

function Get-Inactive {
    # The components of a scenario file that have an entry which is not Active.
    param([string] $File)

    $scenario = [System.IO.File]::ReadAllText($File) | ConvertFrom-Json
    foreach ($server in $scenario.servers) {
        foreach ($component in $server.components.PSObject.Properties) {
            $stores = 'local', 'remote' | ForEach-Object { $component.Value.PSObject.Properties[$_] } | Where-Object { $null -ne $_ }
            $left = @($stores | ForEach-Object { $_.Value } | Where-Object { $null -ne $_ -and $_.state -ne 'Active' })
            if ($left.Count -gt 0) { "$($server.name) $($component.Name)" }
        }
    }
}

function Get-Shared {
    # The text of a file that somebody writes to.
    param([string] $File)

    $stream = New-Object System.IO.FileStream $File, 'Open', 'Read', 'ReadWrite, Delete'
    try { (New-Object System.IO.StreamReader $stream).ReadToEnd() } finally { $stream.Dispose() }
}

function Get-Printed {
    # What a screen of 100 columns shows, without blanks at the ends of lines and without empty lines at both ends.
    param([Parameter(ValueFromPipeline = $true)] [object] $Value)

    begin { $all = @() }
    process { $all += , $Value }
    end {
        $text = ($all | Out-String -Width 100) -replace "\r", '' -replace "$([char] 27)\[[0-9;]*m", ''
        (($text -split "`n" | ForEach-Object { $_.TrimEnd() }) -join "`n").Trim("`n")
    }
}
