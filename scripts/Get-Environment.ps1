<#
.SYNOPSIS
Tells what this PowerShell, this machine and this account are, without asking Exchange anything.

.DESCRIPTION
Every question stands alone: one that fails leaves null, and its reason among the problems. What only Windows has is null
elsewhere.

.EXAMPLE
.\Get-Environment.ps1 | ConvertTo-Json -Depth 8
#>
[CmdletBinding()]
param()

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$problems = New-Object System.Collections.ArrayList
$isWindowsHere = [Environment]::OSVersion.Platform -eq [System.PlatformID]::Win32NT

function Read-Fact {
    # What one question says, or null and a problem. The null is put out, because an empty pipeline is not null to the JSON
    # of Windows PowerShell but an empty object.
    [CmdletBinding()]
    param([string] $Name, [scriptblock] $Question)

    $fact = $null
    try { $fact = & $Question }
    catch { $null = $problems.Add([pscustomobject] @{ question = $Name; message = "$_" }) }
    if ($null -eq $fact) { return $null }
    $fact
}

function Get-SetupKey {
    # The setup key and the keys of the roles; a 32-bit process does not see them.
    [CmdletBinding()]
    param([string] $Name)

    $path = 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15'
    if ($Name) { $path = "$path\$Name" }
    if ($isWindowsHere -and (Test-Path -LiteralPath $path)) { Get-Item -LiteralPath $path }
}

function Get-Installation {
    # One place where Exchange may be installed, and whether its shell is there.
    [CmdletBinding()]
    param([string] $Source, [string] $Folder)

    if (-not $Folder) { return }
    $script = [System.IO.Path]::Combine($Folder, 'bin', 'RemoteExchange.ps1')
    [pscustomobject] @{
        source   = $Source
        path     = $Folder
        hasShell = [bool] (Test-Path -LiteralPath $script -PathType Leaf)
    }
}

$installations = @(
    Read-Fact 'installations' { Get-Installation 'environment' $env:ExchangeInstallPath }
    Read-Fact 'installations' {
        $setup = Get-SetupKey 'Setup'
        if ($setup) { Get-Installation 'registry' ([string] $setup.GetValue('MsiInstallPath')) }
    }
)

$version = Read-Fact 'exchangeVersion' {
    $setup = Get-SetupKey 'Setup'
    if ($setup -and $null -ne $setup.GetValue('MsiProductMajor')) {
        @('MsiProductMajor', 'MsiProductMinor', 'MsiBuildMajor', 'MsiBuildMinor' | ForEach-Object {
                [string] $setup.GetValue($_)
            }) -join '.'
    }
}

$roles = @(
    Read-Fact 'roles' {
        $key = Get-SetupKey ''
        if ($key) { $key.GetSubKeyNames() | Where-Object { $_ -eq 'AdminTools' -or $_ -like '*Role' } }
    }
)

# On other systems every scope says the same, which means nothing.
$policies = $null
if ($isWindowsHere) {
    $policies = [object[]] @(
        Read-Fact 'executionPolicies' {
            foreach ($line in @(Get-ExecutionPolicy -List)) {
                [pscustomobject] @{ scope = "$($line.Scope)"; policy = "$($line.ExecutionPolicy)" }
            }
        } | Where-Object { $null -ne $_ }
    )
}

$account = Read-Fact 'account' {
    $name = [Environment]::UserName
    if ($isWindowsHere) { $name = [System.Security.Principal.WindowsIdentity]::GetCurrent().Name }
    [string] $name
}

$identity = @{ sid = $null; elevated = $null; interactive = $null; session = $null }
if ($isWindowsHere) {
    $identity.sid = Read-Fact 'sid' { [string] [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value }
    $identity.elevated = Read-Fact 'elevated' {
        $current = [System.Security.Principal.WindowsIdentity]::GetCurrent()
        $principal = New-Object System.Security.Principal.WindowsPrincipal $current
        [bool] $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
    }
    $identity.interactive = Read-Fact 'interactive' { [bool] [Environment]::UserInteractive }
    $identity.session = Read-Fact 'session' { [int] (Get-Process -Id $PID).SessionId }
}

$zone = Read-Fact 'timeZone' { [string] [System.TimeZoneInfo]::Local.Id }
$offset = Read-Fact 'utcOffset' {
    [int] [System.TimeZoneInfo]::Local.GetUtcOffset([System.DateTime]::UtcNow).TotalMinutes
}

[pscustomobject] @{
    PSTypeName        = 'Relight.Answer'
    at                = [System.DateTime]::UtcNow.ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
    timeZone          = $zone
    utcOffsetMinutes  = $offset
    computer          = Read-Fact 'computer' { [string] [Environment]::MachineName }
    isWindows         = $isWindowsHere
    system            = Read-Fact 'system' { [string] [Environment]::OSVersion.VersionString }
    executionPolicies = $policies
    account           = $account
    sid               = $identity.sid
    elevated          = $identity.elevated
    interactive       = $identity.interactive
    session           = $identity.session
    installations     = [object[]] @($installations | Where-Object { $null -ne $_ })
    exchangeVersion   = $version
    roles             = [object[]] @($roles | Where-Object { $null -ne $_ } | ForEach-Object { [string] $_ })
    problems          = [object[]] @($problems)
}
