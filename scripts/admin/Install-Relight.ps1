<#
.SYNOPSIS
Installs relight: copies program, PowerShell module and DSC manifest, puts it on PATH and, where asked, adds an event source
and a task.

.DESCRIPTION
Run it from the unpacked package. Each step puts out one object: what, where, and Done, Unchanged (it was right already) or
NotDone (-WhatIf, or a no to -Confirm). Running it again repairs what is missing and changes nothing else.

Where a file SHA256SUMS lies beside the program, nothing is installed that it does not vouch for.

An installation for the machine or the user (-PathScope) can be removed in Settings, Apps, as well.

.PARAMETER Path
Where to install: %ProgramFiles%\relight by default.

.PARAMETER Source
The program to install: relight.exe beside this script by default.

.PARAMETER PathScope
Whose PATH gets the folder: Machine, User, Process (this shell only) or None. New windows see it. dsc finds the resource
Relight/ProtocolState there; where DSC_RESOURCE_PATH is set for the same, that gets the folder too, because dsc then looks
nowhere else.

.PARAMETER ModulePath
The folder of PowerShell modules that gets the module Relight, where that lies beside this script: by default with -PathScope
Machine %ProgramFiles%\WindowsPowerShell\Modules, where Windows PowerShell and PowerShell 7 look, else none.

.PARAMETER RegisterEventSource
Adds the source "relight" to the Application log, with Windows' own EventCreate.exe for its texts (event ids 1 to 1000), as
"relight doctor --register-event-source" does. Runs that change something or fail write there then, and maintenance scripts
can: eventcreate /L APPLICATION /SO relight ...

.PARAMETER RegisterTask
Adds the scheduled task "relight", which runs "relight check" or "relight fix --yes" again and again. Its last result is
relight's exit code, its log %ProgramData%\relight\log\relight.log, and a fix waits ten minutes for another run that may
change something. The task has all rights of its account. So a folder, or one above it, in which others than administrators
may replace the program is refused, and one that is made here is made for administrators alone. The account is let write
below %ProgramData%\relight, where the journals are, and is recorded in HKLM\SOFTWARE\relight as one of those that may.

.PARAMETER TaskUser
The account of the task: one that may use the Exchange cmdlets. SYSTEM may not. A group managed service account (its name
ends in $) needs no password.

.PARAMETER TaskPassword
The password of any other account.

.PARAMETER TaskMinutes
The minutes from one run of the task to the next: 60 by default.

.EXAMPLE
.\Install-Relight.ps1 -WhatIf

.EXAMPLE
.\Install-Relight.ps1 -RegisterEventSource -RegisterTask check -TaskUser 'CONTOSO\relight$' -TaskMinutes 15

.EXAMPLE
.\Install-Relight.ps1 -Path "$env:LOCALAPPDATA\relight" -PathScope User
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string] $Path,
    [string] $Source,
    [ValidateSet('Machine', 'User', 'Process', 'None')][string] $PathScope = 'Machine',
    [string] $ModulePath,
    [switch] $RegisterEventSource,
    [ValidateSet('check', 'fix')][string] $RegisterTask,
    [string] $TaskUser,
    [System.Security.SecureString] $TaskPassword,
    [ValidateRange(5, 1440)][int] $TaskMinutes = 60
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
# With -Confirm each step asks for itself; the cmdlets it is made of need not ask again.
$ConfirmPreference = 'None'

$environmentKeys = @{
    Machine = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
    User    = 'HKCU:\Environment'
}
$eventKey = 'HKLM:\SYSTEM\CurrentControlSet\Services\EventLog\Application\relight'
$ownKey = 'HKLM:\SOFTWARE\relight'

function ConvertTo-Argument {
    [CmdletBinding()]
    param([string] $Text)

    # As cmd.exe and PowerShell both read it. A backslash before the second quote would be taken for its own.
    if ($Text.EndsWith('\')) { $Text += '.' }
    '"' + $Text + '"'
}

function Write-Step {
    [CmdletBinding()]
    param([string] $Step, [string] $Target, [string] $Result)

    [pscustomobject] @{ Step = $Step; Target = $Target; Result = $Result }
}

function Test-Administrator {
    [CmdletBinding()]
    param()

    if ([Environment]::OSVersion.Platform -ne 'Win32NT') { return "$(id -u)" -eq '0' }
    $identity = [System.Security.Principal.WindowsIdentity]::GetCurrent()
    $principal = New-Object System.Security.Principal.WindowsPrincipal $identity
    $principal.IsInRole([System.Security.Principal.WindowsBuiltInRole]::Administrator)
}

function Get-Sha256 {
    [CmdletBinding()]
    param([string] $File)

    (Get-FileHash -LiteralPath $File -Algorithm SHA256).Hash
}

function Test-Checksum {
    # Whether a list of checksums vouches for a file that lies beside it, or in a folder there. No line for it is as bad as a
    # wrong one.
    [CmdletBinding()]
    param([string] $List, [string] $File, [string] $Folder = '')

    $name = $Folder + (Split-Path -Leaf $File)
    foreach ($line in Get-Content -LiteralPath $List) {
        if ($line -match '^([0-9a-f]{64}) [ *](.+)$' -and $Matches[2] -eq $name) {
            return $Matches[1] -eq (Get-Sha256 $File)
        }
    }
    $false
}

function Get-Intruder {
    # Who may put something else in the place of what lies in a folder, by the folder's security descriptor: all but these,
    # administrators and the system. Of a folder above it, who may move it away. In SIDs, or in the two letters for one.
    [CmdletBinding()]
    param([string] $Sddl, [string[]] $Trusted = @(), [switch] $Above, [switch] $Root)

    # BA and SY are the local administrators and the system, LA, DA and EA administrators too, the long one is Windows' own
    # installer. CO and OW are whoever made or owns a thing: the owner is looked at by himself.
    $known = @(
        'BA', 'S-1-5-32-544', 'SY', 'S-1-5-18', 'LA', 'DA', 'EA'
        'S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464'
        'CO', 'S-1-3-0', 'OW', 'S-1-3-4'
    ) + $Trusted
    # All, to change its rights or owner, to delete what is in it; to delete it, but for the root of a drive; to write to it.
    $bad = 0x100c0040
    if (-not $Root) { $bad = $bad -bor 0x10000 }
    if (-not $Above) { $bad = $bad -bor 0x40000006 }
    $letters = @{
        GA = 0x10000000; GW = 0x40000000; FA = 0x1f01ff; FW = 0x120116
        WD = 0x40000; WO = 0x80000; SD = 0x10000; DT = 0x40; DC = 2; LC = 4
    }
    foreach ($pair in 'CC', 'SW', 'RP', 'WP', 'LO', 'CR', 'RC', 'GR', 'GX', 'FR', 'FX') { $letters[$pair] = 0 }

    $owner = if ($Sddl -cmatch '^O:(S(?:-[0-9]+)+|[A-Z]{2})') { $Matches[1] } else { 'nobody' }
    if ($known -notcontains $owner -or $owner -eq 'CO' -or $owner -eq 'OW') { $owner }
    # Without a list everybody may do everything.
    if ($Sddl -cnotmatch 'D:(?!NO_ACCESS_CONTROL)(.*)$') { 'WD'; return }
    $entry = '\((?<type>\w*);(?<flags>\w*);(?<rights>\w*);[^;]*;[^;]*;(?<who>[^;)]+)'
    foreach ($found in [regex]::Matches($Matches[1], $entry)) {
        $part = @{}
        foreach ($name in 'type', 'flags', 'rights', 'who') { $part[$name] = $found.Groups[$name].Value }
        # What is watched or refused lets nobody in.
        if ($part.type -notmatch 'A$' -or $known -contains $part.who) { continue }
        # What only what is made below will have.
        if ($Above -and $part.flags -cmatch '^(..)*IO') { continue }
        $mask = 0
        if ($part.rights -like '0x*') { $mask = [Convert]::ToInt64($part.rights, 16) }
        else {
            foreach ($pair in [regex]::Matches($part.rights, '..')) {
                # What is not known may be everything.
                $mask = $mask -bor $(if ($letters.ContainsKey($pair.Value)) { $letters[$pair.Value] } else { $bad })
            }
        }
        if ($mask -band $bad) { $part.who }
    }
}

function Get-AccountName {
    # The name of an account that a security descriptor has.
    [CmdletBinding()]
    param([string] $Sid)

    $account = [System.Security.Principal.NTAccount]
    try { "$((New-Object System.Security.Principal.SecurityIdentifier $Sid).Translate($account))" }
    catch { $Sid }
}

function Get-OwnSid {
    [CmdletBinding()]
    param()

    if ([Environment]::OSVersion.Platform -ne 'Win32NT') { return "$(id -u)" }
    [System.Security.Principal.WindowsIdentity]::GetCurrent().User.Value
}

function Assert-Guarded {
    # Stops where others could put something of theirs in the place of a folder, of what lies in it, or of a file.
    [CmdletBinding()]
    param([string] $Place, [string[]] $Trusted = @(), [string] $Advice = '', [string] $Readers = '')

    $linked = [System.IO.FileAttributes]::ReparsePoint -bor [System.IO.FileAttributes]::Directory
    for ($at = $Place; $at; $at = Split-Path -Parent $at) {
        # What is not there yet is made for administrators alone.
        if (-not (Test-Path -LiteralPath $at)) { continue }
        if (([System.IO.File]::GetAttributes($at) -band $linked) -eq $linked) {
            throw "$at leads to another folder: name that one"
        }
        $descriptor = (Get-Acl -LiteralPath $at).Sddl
        $isRoot = -not (Split-Path -Parent $at)
        $intruders = @(Get-Intruder $descriptor -Trusted (@(Get-OwnSid) + $Trusted) -Above:($at -ne $Place) -Root:$isRoot)
        if ($intruders.Count -eq 0) { continue }
        $names = @($intruders | Select-Object -Unique | ForEach-Object { Get-AccountName $_ })
        $folder = ConvertTo-Argument $at
        $removed = @($names | ForEach-Object { "`"$_`"" }) -join ' '
        throw ("$($names -join ', ') could replace what lies in $Place, because of the rights of $at`: ${Advice}take these rights " +
            "away with icacls $folder /setowner `"*S-1-5-32-544`" and then icacls $folder /inheritance:r " +
            "/grant:r `"*S-1-5-32-544:(OI)(CI)F`" `"*S-1-5-18:(OI)(CI)F`"$Readers /remove:g $removed")
    }
}

function New-GuardedFolder {
    # Makes a folder with its rights in one call: administrators and the system do everything, these others what is said.
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseCompatibleTypes', '')]
    [CmdletBinding()]
    param([string] $Folder, [string] $Others)

    if ([Environment]::OSVersion.Platform -ne 'Win32NT') { $null = New-Item -ItemType Directory -Path $Folder; return }
    $security = New-Object System.Security.AccessControl.DirectorySecurity
    $security.SetSecurityDescriptorSddlForm("O:BAD:P(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)$Others")
    if ($PSVersionTable.PSVersion.Major -lt 6) { $null = [System.IO.Directory]::CreateDirectory($Folder, $security) }
    else { $null = [System.IO.FileSystemAclExtensions]::CreateDirectory($security, $Folder) }
}

function Get-SearchPath {
    # As it is stored: expanded and written back, %SystemRoot% and its like would be lost for good.
    [CmdletBinding()]
    param([string] $Scope, [string] $Name = 'Path')

    if ($Scope -eq 'Process') { return "$([Environment]::GetEnvironmentVariable($Name.ToUpperInvariant()))" }
    "$((Get-Item -LiteralPath $environmentKeys[$Scope]).GetValue($Name, '', 'DoNotExpandEnvironmentNames'))"
}

function Set-SearchPath {
    # Whoever calls it has asked for leave.
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    [CmdletBinding()]
    param([string] $Scope, [string] $Text, [string] $Name = 'Path')

    if ($Scope -eq 'Process') { [Environment]::SetEnvironmentVariable($Name.ToUpperInvariant(), $Text); return }
    Set-ItemProperty -LiteralPath $environmentKeys[$Scope] -Name $Name -Value $Text -Type ExpandString
    # Removing a variable that is not there does one thing: Windows tells every running program to look again.
    [Environment]::SetEnvironmentVariable('RELIGHT_INSTALLED', [NullString]::Value, $Scope)
}

function Join-SearchFolder {
    # A PATH with the folder at its end; the same PATH where it has the folder already, in whatever spelling.
    [CmdletBinding()]
    param([string] $Text, [string] $Folder)

    $separator = [System.IO.Path]::PathSeparator
    foreach ($entry in $Text.Split($separator)) {
        $expanded = [Environment]::ExpandEnvironmentVariables($entry).Trim().Trim('"')
        if ($expanded.TrimEnd('\', '/') -eq $Folder.TrimEnd('\', '/')) { return $Text }
    }
    if ($Text.Length -eq 0) { return $Folder }
    $Text.TrimEnd($separator) + $separator + $Folder
}

# What was asked for, made exact, and everything that can be seen to be wrong, before anything is changed.
$needs = @()
if (-not $Path) {
    # A 32-bit shell has another ProgramFiles.
    $programFiles = if ($env:ProgramW6432) { $env:ProgramW6432 } else { $env:ProgramFiles }
    if (-not $programFiles) { throw 'there is no Program Files folder here: say with -Path where to install' }
    $Path = Join-Path $programFiles 'relight'
    $needs += "the folder $Path"
}
$Path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
# A command line with the folder in quotes would take a backslash before the second one for its own.
if (Split-Path -Parent $Path) { $Path = $Path.TrimEnd('\', '/') }
if ($PathScope -ne 'None' -and $Path.Contains([string] [System.IO.Path]::PathSeparator)) {
    throw "the folder $Path cannot be on PATH, which separates folders with that very character"
}
if (-not $Source) { $Source = Join-Path $PSScriptRoot 'relight.exe' }
if (-not (Test-Path -LiteralPath $Source -PathType Leaf)) {
    throw "there is no $Source; unpack the whole package, or say with -Source where the program is"
}
if ($PathScope -eq 'Machine') { $needs += 'the PATH of the machine (or use -PathScope User)' }
if ($RegisterEventSource) { $needs += 'an event source' }
if ($RegisterTask) {
    $needs += 'a scheduled task'
    if (-not $TaskUser) { throw 'say with -TaskUser which account the task runs under' }
    if (-not $TaskUser.EndsWith('$') -and $null -eq $TaskPassword) {
        throw "the account $TaskUser needs -TaskPassword, like (Read-Host -AsSecureString); only a group managed service " +
            'account, whose name ends in $, does without'
    }
}
# What lies where everybody who works on this machine meets it is made for administrators alone.
$isGuarded = $RegisterTask -or $PathScope -eq 'Machine'
$appKey = switch ($PathScope) {
    'Machine' { 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight' }
    'User' { 'HKCU:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight' }
    default { '' }
}
if ($needs.Count -gt 0 -and -not (Test-Administrator)) {
    $message = "administrator rights are needed for $($needs -join ', '): start PowerShell with 'Run as administrator'"
    if (-not $WhatIfPreference) { throw $message }
    Write-Warning $message
}

# The account of the task, and those that may write journals.
$accounts = @()
if ($RegisterTask) {
    if (-not $env:ProgramData) { throw 'there is no ProgramData folder here, where the journals would be' }
    $data = Join-Path $env:ProgramData 'relight'
    $log = Join-Path (Join-Path $data 'log') 'relight.log'
    try {
        $account = New-Object System.Security.Principal.NTAccount $TaskUser
        $taskSid = $account.Translate([System.Security.Principal.SecurityIdentifier]).Value
    }
    catch { throw "there is no account $TaskUser`: $_" }
    if (Test-Path -LiteralPath $ownKey) {
        $accounts = @((Get-Item -LiteralPath $ownKey).GetValue('JournalAccounts', @(), 'DoNotExpandEnvironmentNames'))
    }
    $program = @{ Advice = 'use a folder below Program Files, or '; Readers = ' "*S-1-5-32-545:(OI)(CI)RX"' }
    Assert-Guarded $Path @program
    foreach ($name in 'relight.exe', 'Uninstall-Relight.ps1', 'relight.dsc.resource.json') {
        $file = Join-Path $Path $name
        if (Test-Path -LiteralPath $file) { Assert-Guarded $file @program }
    }
    foreach ($folder in $data, (Join-Path $data 'journal'), (Join-Path $data 'log')) {
        if (Test-Path -LiteralPath $folder) { Assert-Guarded $folder -Trusted (@($accounts) + $taskSid) }
    }
}

# The files: the program, the way back, and what tells dsc how to run the program.
$files = @($Source)
foreach ($name in 'Uninstall-Relight.ps1', 'relight.dsc.resource.json') {
    $file = Join-Path $PSScriptRoot $name
    if (Test-Path -LiteralPath $file -PathType Leaf) { $files += $file }
}

# The module, which finds the program by the entry in Settings, Apps, or on PATH.
$module = Join-Path $PSScriptRoot 'Relight'
$moduleFiles = @()
$givenModulePath = $ModulePath
if (-not $ModulePath -and $PathScope -eq 'Machine') {
    $programFiles = if ($env:ProgramW6432) { $env:ProgramW6432 } else { $env:ProgramFiles }
    if ($programFiles) { $ModulePath = Join-Path $programFiles 'WindowsPowerShell\Modules' }
}
if ($ModulePath -and (Test-Path -LiteralPath $module -PathType Container)) {
    $ModulePath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($ModulePath)
    $moduleFiles = @(Get-ChildItem -LiteralPath $module | Where-Object { -not $_.PSIsContainer } | ForEach-Object { $_.FullName })
}

foreach ($file in $files) {
    $list = Join-Path (Split-Path -Parent $file) 'SHA256SUMS'
    if (-not (Test-Path -LiteralPath $list -PathType Leaf)) {
        Write-Verbose "nothing vouches for $file`: there is no SHA256SUMS beside it"
    }
    elseif (-not (Test-Checksum $list $file)) {
        throw "$file is not the file that $list vouches for: get the package again"
    }
    else { Write-Step 'Verify' $file 'Done' }
}

$list = Join-Path $PSScriptRoot 'SHA256SUMS'
if ($moduleFiles.Count -gt 0 -and (Test-Path -LiteralPath $list -PathType Leaf)) {
    foreach ($file in $moduleFiles) {
        if (-not (Test-Checksum $list $file -Folder 'Relight/')) {
            throw "$file is not the file that $list vouches for: get the package again"
        }
    }
    Write-Step 'Verify' $module 'Done'
}

foreach ($file in $files) {
    $target = Join-Path $Path (Split-Path -Leaf $file)
    if ($file -eq $Source) { $target = Join-Path $Path 'relight.exe' }
    if ((Test-Path -LiteralPath $target -PathType Leaf) -and (Get-Sha256 $target) -eq (Get-Sha256 $file)) {
        Write-Step 'Copy' $target 'Unchanged'
    }
    elseif ($PSCmdlet.ShouldProcess($target, "Copy $file")) {
        if (-not (Test-Path -LiteralPath $Path -PathType Container)) {
            if ($isGuarded) { New-GuardedFolder $Path '(A;OICI;0x1200a9;;;BU)' }
            else { $null = New-Item -ItemType Directory -Path $Path }
            # Nobody was quicker.
            if ($RegisterTask) { Assert-Guarded $Path @program }
        }
        try { Copy-Item -LiteralPath $file -Destination $target -Force }
        catch { throw "$target cannot be written; is relight running, or are rights missing? $_" }
        Write-Step 'Copy' $target 'Done'
    }
    else { Write-Step 'Copy' $target 'NotDone' }
}

if ($moduleFiles.Count -gt 0) {
    $target = Join-Path $ModulePath 'Relight'
    $different = @(foreach ($file in $moduleFiles) {
            $installed = Join-Path $target (Split-Path -Leaf $file)
            if (-not (Test-Path -LiteralPath $installed -PathType Leaf) -or (Get-Sha256 $installed) -ne (Get-Sha256 $file)) { $file }
        })
    if ($different.Count -eq 0) { Write-Step 'Module' $target 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess($target, 'Copy the module Relight')) {
        if (-not (Test-Path -LiteralPath $target -PathType Container)) {
            if ($isGuarded) { New-GuardedFolder $target '(A;OICI;0x1200a9;;;BU)' }
            else { $null = New-Item -ItemType Directory -Path $target }
        }
        foreach ($file in $different) { Copy-Item -LiteralPath $file -Destination $target -Force }
        Write-Step 'Module' $target 'Done'
    }
    else { Write-Step 'Module' $target 'NotDone' }
}

if ($PathScope -ne 'None') {
    $before = Get-SearchPath $PathScope
    $after = Join-SearchFolder $before $Path
    if ($after -ceq $before) { Write-Step "Path$PathScope" $Path 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess("PATH ($PathScope)", "Add $Path")) {
        Set-SearchPath $PathScope $after
        Write-Step "Path$PathScope" $Path 'Done'
    }
    else { Write-Step "Path$PathScope" $Path 'NotDone' }

    $before = Get-SearchPath $PathScope -Name 'DSC_RESOURCE_PATH'
    $after = Join-SearchFolder $before $Path
    if (-not $before) { Write-Verbose 'dsc looks for resources on PATH' }
    elseif ($after -ceq $before) { Write-Step "DscPath$PathScope" $Path 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess("DSC_RESOURCE_PATH ($PathScope)", "Add $Path")) {
        Set-SearchPath $PathScope $after -Name 'DSC_RESOURCE_PATH'
        Write-Step "DscPath$PathScope" $Path 'Done'
    }
    else { Write-Step "DscPath$PathScope" $Path 'NotDone' }

    # Of this variable the user's stands in the place of the machine's.
    $other = @{ Machine = 'User'; User = 'Machine' }[$PathScope]
    if ($other) {
        $elsewhere = Get-SearchPath $other -Name 'DSC_RESOURCE_PATH'
        $counts = $elsewhere -and ($other -eq 'User' -or -not $before)
        if ($counts -and (Join-SearchFolder $elsewhere $Path) -cne $elsewhere) {
            Write-Warning "DSC_RESOURCE_PATH ($other) does not have $Path`: there dsc will not find Relight/ProtocolState"
        }
    }
}

$uninstall = Join-Path $Path 'Uninstall-Relight.ps1'
if ($appKey -and (Test-Path -LiteralPath $uninstall -PathType Leaf)) {
    $exe = Join-Path $Path 'relight.exe'
    $command = "powershell.exe -NoProfile -ExecutionPolicy Bypass -File $(ConvertTo-Argument $uninstall) " +
        "-Path $(ConvertTo-Argument $Path) -PathScope $PathScope"
    if ($givenModulePath) { $command += " -ModulePath $(ConvertTo-Argument $ModulePath)" }
    $values = [ordered] @{
        DisplayName          = 'relight'
        DisplayVersion       = "$([System.Diagnostics.FileVersionInfo]::GetVersionInfo($exe).ProductVersion)"
        Publisher            = 'The relight authors'
        DisplayIcon          = $exe
        InstallLocation      = $Path
        UninstallString      = "$command -Elevate"
        QuietUninstallString = $command
        EstimatedSize        = [int] [Math]::Ceiling((New-Object System.IO.FileInfo $exe).Length / 1024)
        NoModify             = 1
        NoRepair             = 1
    }
    $isThere = Test-Path -LiteralPath $appKey
    $different = @($values.Keys)
    if ($isThere) {
        $key = Get-Item -LiteralPath $appKey
        $different = @($values.Keys | Where-Object { $values[$_] -cne $key.GetValue($_, $null, 'DoNotExpandEnvironmentNames') })
    }
    if ($different.Count -eq 0) { Write-Step 'App' 'relight' 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess('Settings, Apps', 'Add relight')) {
        if (-not $isThere) { $null = New-Item -Path $appKey }
        foreach ($name in $different) {
            $type = if ($values[$name] -is [int]) { 'DWord' } else { 'String' }
            Set-ItemProperty -LiteralPath $appKey -Name $name -Value $values[$name] -Type $type
        }
        Write-Step 'App' 'relight' 'Done'
    }
    else { Write-Step 'App' 'relight' 'NotDone' }
}

if ($RegisterEventSource) {
    if (Test-Path -LiteralPath $eventKey) { Write-Step 'EventSource' 'relight' 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess('Application log', 'Add the event source relight')) {
        $null = New-Item -Path $eventKey
        $messages = '%SystemRoot%\System32\EventCreate.exe'
        Set-ItemProperty -LiteralPath $eventKey -Name 'EventMessageFile' -Value $messages -Type ExpandString
        # Errors, warnings and information.
        Set-ItemProperty -LiteralPath $eventKey -Name 'TypesSupported' -Value 7 -Type DWord
        # Without it eventcreate refuses a source that it did not make.
        Set-ItemProperty -LiteralPath $eventKey -Name 'CustomSource' -Value 1 -Type DWord
        Write-Step 'EventSource' 'relight' 'Done'
    }
    else { Write-Step 'EventSource' 'relight' 'NotDone' }
}

if ($RegisterTask) {
    if ($PSCmdlet.ShouldProcess($data, "Let $TaskUser write the journals and the log")) {
        foreach ($folder in $data, (Join-Path $data 'journal'), (Join-Path $data 'log')) {
            # In the first lies the lock, which every account takes, and so has to see.
            $others = '(A;OICI;FA;;;OW)'
            if ($folder -eq $data) { $others += '(A;OINP;0x1200a9;;;AU)' }
            if (-not (Test-Path -LiteralPath $folder)) { New-GuardedFolder $folder $others }
            $said = & icacls.exe $folder /grant "*${taskSid}:(OI)(CI)M"
            if ($LASTEXITCODE -ne 0) { throw "the rights of $folder cannot be changed: $said" }
        }
        if (-not (Test-Path -LiteralPath $ownKey)) { $null = New-Item -Path $ownKey }
        if ($accounts -notcontains $taskSid) {
            $accounts = [string[]] (@($accounts) + $taskSid)
            Set-ItemProperty -LiteralPath $ownKey -Name 'JournalAccounts' -Value $accounts -Type MultiString
        }
        Write-Step 'Journal' $data 'Done'
    }
    else { Write-Step 'Journal' $data 'NotDone' }

    $arguments = if ($RegisterTask -eq 'fix') { 'fix --yes --lock-timeout 10m' } else { 'check' }
    $arguments += " --log-file `"$log`""
    $what = "Run relight $arguments every $TaskMinutes minutes as $TaskUser"
    if ($PSCmdlet.ShouldProcess('Scheduled task relight', $what)) {
        # A daily trigger that borrows the repetition of another: the one spelling that means "for ever" on every Windows.
        $repeated = New-ScheduledTaskTrigger -Once -At '00:00' -RepetitionInterval (New-TimeSpan -Minutes $TaskMinutes) `
            -RepetitionDuration (New-TimeSpan -Days 1)
        $trigger = New-ScheduledTaskTrigger -Daily -At '00:00'
        $trigger.Repetition = $repeated.Repetition
        $task = @{
            TaskName    = 'relight'
            Description = 'Looks after the POP3 and IMAP4 proxy components of Exchange Server'
            Action      = New-ScheduledTaskAction -Execute (Join-Path $Path 'relight.exe') -Argument $arguments
            Trigger     = $trigger
            Settings    = New-ScheduledTaskSettingsSet -MultipleInstances IgnoreNew -StartWhenAvailable `
                -ExecutionTimeLimit (New-TimeSpan -Hours 1)
            Force       = $true
        }
        if ($null -eq $TaskPassword) {
            $task.Principal = New-ScheduledTaskPrincipal -UserId $TaskUser -LogonType Password -RunLevel Highest
        }
        else {
            $credential = New-Object System.Management.Automation.PSCredential $TaskUser, $TaskPassword
            $task.User = $TaskUser
            $task.Password = $credential.GetNetworkCredential().Password
            $task.RunLevel = 'Highest'
        }
        $null = Register-ScheduledTask @task
        Write-Step 'Task' $what 'Done'
    }
    else { Write-Step 'Task' $what 'NotDone' }
}
