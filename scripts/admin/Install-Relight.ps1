<#
.SYNOPSIS
Installs relight: copies the program, puts it on PATH and, where asked, adds an event source and a scheduled task.

.DESCRIPTION
Run it from the unpacked package. Each step puts out one object: what, where, and Done, Unchanged (it was right already) or
NotDone (-WhatIf, or a no to -Confirm). Running it again repairs what is missing and changes nothing else.

Where a file SHA256SUMS lies beside the program, nothing is installed that it does not vouch for.

.PARAMETER Path
Where to install: %ProgramFiles%\relight by default.

.PARAMETER Source
The program to install: relight.exe beside this script by default.

.PARAMETER PathScope
Whose PATH gets the folder: Machine, User, Process (this shell only) or None. New windows see it.

.PARAMETER RegisterEventSource
Adds the source "relight" to the Application log, with Windows' own EventCreate.exe for its texts (event ids 1 to 1000), as
"relight doctor --register-event-source" does. Runs that change something or fail write there then, and maintenance scripts
can: eventcreate /L APPLICATION /SO relight ...

.PARAMETER RegisterTask
Adds the scheduled task "relight", which runs "relight check" or "relight fix --yes" again and again. Its last result is
relight's exit code.

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
    # Whether a list of checksums vouches for a file that lies beside it. No line for it is as bad as a wrong one.
    [CmdletBinding()]
    param([string] $List, [string] $File)

    $name = Split-Path -Leaf $File
    foreach ($line in Get-Content -LiteralPath $List) {
        if ($line -match '^([0-9a-f]{64}) [ *](.+)$' -and $Matches[2] -eq $name) {
            return $Matches[1] -eq (Get-Sha256 $File)
        }
    }
    $false
}

function Get-SearchPath {
    # As it is stored: expanded and written back, %SystemRoot% and its like would be lost for good.
    [CmdletBinding()]
    param([string] $Scope)

    if ($Scope -eq 'Process') { return "$env:PATH" }
    "$((Get-Item -LiteralPath $environmentKeys[$Scope]).GetValue('Path', '', 'DoNotExpandEnvironmentNames'))"
}

function Set-SearchPath {
    # Whoever calls it has asked for leave.
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    [CmdletBinding()]
    param([string] $Scope, [string] $Text)

    if ($Scope -eq 'Process') { $env:PATH = $Text; return }
    Set-ItemProperty -LiteralPath $environmentKeys[$Scope] -Name 'Path' -Value $Text -Type ExpandString
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
if ($needs.Count -gt 0 -and -not (Test-Administrator)) {
    $message = "administrator rights are needed for $($needs -join ', '): start PowerShell with 'Run as administrator'"
    if (-not $WhatIfPreference) { throw $message }
    Write-Warning $message
}

# The files: the program, and the way back.
$files = @($Source)
$uninstall = Join-Path $PSScriptRoot 'Uninstall-Relight.ps1'
if (Test-Path -LiteralPath $uninstall -PathType Leaf) { $files += $uninstall }

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

foreach ($file in $files) {
    $target = Join-Path $Path (Split-Path -Leaf $file)
    if ($file -eq $Source) { $target = Join-Path $Path 'relight.exe' }
    if ((Test-Path -LiteralPath $target -PathType Leaf) -and (Get-Sha256 $target) -eq (Get-Sha256 $file)) {
        Write-Step 'Copy' $target 'Unchanged'
    }
    elseif ($PSCmdlet.ShouldProcess($target, "Copy $file")) {
        if (-not (Test-Path -LiteralPath $Path -PathType Container)) {
            $null = New-Item -ItemType Directory -Path $Path
        }
        try { Copy-Item -LiteralPath $file -Destination $target -Force }
        catch { throw "$target cannot be written; is relight running, or are rights missing? $_" }
        Write-Step 'Copy' $target 'Done'
    }
    else { Write-Step 'Copy' $target 'NotDone' }
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
    $arguments = if ($RegisterTask -eq 'fix') { 'fix --yes' } else { 'check' }
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
