<#
.SYNOPSIS
Removes what Install-Relight.ps1 installed: task, event source, PATH entry, entry in Settings, Apps, module, DSC manifest and
program.

.DESCRIPTION
Each step puts out one object: what, where, and Done, Unchanged (there was nothing to remove) or NotDone (-WhatIf, or a no to
-Confirm). The journals, from which "relight undo" knows what was changed, stay unless -RemoveJournal is given.

.PARAMETER Path
Where relight is installed: %ProgramFiles%\relight by default. Only the files that were installed are removed from it, and the
folder itself once it is empty.

.PARAMETER PathScope
Whose PATH has the folder: Machine, User, Process (this shell only) or None.

.PARAMETER ModulePath
The folder of PowerShell modules that has the module Relight: by default with -PathScope Machine
%ProgramFiles%\WindowsPowerShell\Modules.

.PARAMETER RemoveJournal
Removes the journals too, the log of the task, and the record of the accounts that may write there. What relight changed can
then no longer be undone by relight.

.PARAMETER JournalPath
The folder to remove then: %ProgramData%\relight by default.

.PARAMETER Elevate
Asks Windows for administrator rights where they are missing, in a window of its own. Settings, Apps, starts it so.

.EXAMPLE
.\Uninstall-Relight.ps1 -WhatIf
#>
[CmdletBinding(SupportsShouldProcess = $true)]
param(
    [string] $Path,
    [ValidateSet('Machine', 'User', 'Process', 'None')][string] $PathScope = 'Machine',
    [string] $ModulePath,
    [switch] $RemoveJournal,
    [string] $JournalPath,
    [switch] $Elevate
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

function Get-SearchPath {
    # As it is stored: expanded and written back, %SystemRoot% and its like would be lost for good.
    [CmdletBinding()]
    param([string] $Scope, [string] $Name = 'Path')

    if ($Scope -eq 'None') { return '' }
    if ($Scope -eq 'Process') { return "$([Environment]::GetEnvironmentVariable($Name.ToUpperInvariant()))" }
    "$((Get-Item -LiteralPath $environmentKeys[$Scope]).GetValue($Name, '', 'DoNotExpandEnvironmentNames'))"
}

function Set-SearchPath {
    # Whoever calls it has asked for leave.
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSUseShouldProcessForStateChangingFunctions', '')]
    [CmdletBinding()]
    param([string] $Scope, [string] $Text, [string] $Name = 'Path')

    if ($Scope -eq 'Process') { [Environment]::SetEnvironmentVariable($Name.ToUpperInvariant(), $Text); return }
    # One that is set and empty is no longer one that is not set.
    if (-not $Text -and $Name -ne 'Path') { Remove-ItemProperty -LiteralPath $environmentKeys[$Scope] -Name $Name }
    else { Set-ItemProperty -LiteralPath $environmentKeys[$Scope] -Name $Name -Value $Text -Type ExpandString }
    # Removing a variable that is not there does one thing: Windows tells every running program to look again.
    [Environment]::SetEnvironmentVariable('RELIGHT_INSTALLED', [NullString]::Value, $Scope)
}

function Skip-SearchFolder {
    # A PATH without the folder, in whatever spelling; the same PATH where it has none.
    [CmdletBinding()]
    param([string] $Text, [string] $Folder)

    $separator = [System.IO.Path]::PathSeparator
    $kept = @(foreach ($entry in $Text.Split($separator)) {
            $expanded = [Environment]::ExpandEnvironmentVariables($entry).Trim().Trim('"')
            if ($expanded.TrimEnd('\', '/') -ne $Folder.TrimEnd('\', '/')) { $entry }
        })
    $kept -join $separator
}

# What there is, and everything that can be seen to be wrong, before anything is changed.
$needs = @()
if (-not $Path) {
    # A 32-bit shell has another ProgramFiles.
    $programFiles = if ($env:ProgramW6432) { $env:ProgramW6432 } else { $env:ProgramFiles }
    if (-not $programFiles) { throw 'there is no Program Files folder here: say with -Path where relight is' }
    $Path = Join-Path $programFiles 'relight'
    if (Test-Path -LiteralPath $Path) { $needs += "the folder $Path" }
}
$Path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($Path)
if (Split-Path -Parent $Path) { $Path = $Path.TrimEnd('\', '/') }
if ($RemoveJournal -and -not $JournalPath) {
    if (-not $env:ProgramData) { throw 'there is no ProgramData folder here: say with -JournalPath where the journals are' }
    $JournalPath = Join-Path $env:ProgramData 'relight'
    $needs += "the folder $JournalPath"
}
if (-not $ModulePath -and $PathScope -eq 'Machine') {
    $programFiles = if ($env:ProgramW6432) { $env:ProgramW6432 } else { $env:ProgramFiles }
    if ($programFiles) { $ModulePath = Join-Path $programFiles 'WindowsPowerShell\Modules' }
}
$module = ''
if ($ModulePath) {
    $ModulePath = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($ModulePath)
    $module = Join-Path $ModulePath 'Relight'
    # Another module may have that name.
    if (-not (Test-Path -LiteralPath (Join-Path $module 'Relight.psd1') -PathType Leaf)) { $module = '' }
}
$searchPath = Get-SearchPath $PathScope
$searchPathWithout = Skip-SearchFolder $searchPath $Path
$resourcePath = Get-SearchPath $PathScope -Name 'DSC_RESOURCE_PATH'
$resourcePathWithout = Skip-SearchFolder $resourcePath $Path
$hasTask = $null -ne (Get-ScheduledTask -TaskName 'relight' -TaskPath '\' -ErrorAction SilentlyContinue)
$hasEventSource = Test-Path -LiteralPath $eventKey
$appKey = switch ($PathScope) {
    'Machine' { 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight' }
    'User' { 'HKCU:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight' }
    default { '' }
}
$hasApp = $appKey -and (Test-Path -LiteralPath $appKey)
$hasAccounts = $RemoveJournal -and (Test-Path -LiteralPath $ownKey)
if ($PathScope -eq 'Machine' -and $searchPathWithout -cne $searchPath) { $needs += 'the PATH of the machine' }
if ($PathScope -eq 'Machine' -and $resourcePathWithout -cne $resourcePath) { $needs += 'the DSC_RESOURCE_PATH of the machine' }
if ($module -and $PathScope -eq 'Machine') { $needs += "the folder $module" }
if ($hasTask) { $needs += 'the scheduled task' }
if ($hasEventSource) { $needs += 'the event source' }
if ($hasAccounts) { $needs += 'the record of accounts' }
if ($hasApp -and $PathScope -eq 'Machine') { $needs += 'the entry in Settings, Apps' }
if ($needs.Count -gt 0 -and -not (Test-Administrator)) {
    # Nothing is elevated to see what would be done, nor would Start-Process on Windows PowerShell 5.1 be told.
    if ($Elevate -and -not $WhatIfPreference) {
        $arguments = "-NoProfile -ExecutionPolicy Bypass -File $(ConvertTo-Argument $PSCommandPath) " +
            "-Path $(ConvertTo-Argument $Path) -PathScope $PathScope"
        if ($ModulePath) { $arguments += " -ModulePath $(ConvertTo-Argument $ModulePath)" }
        if ($RemoveJournal) { $arguments += ' -RemoveJournal' }
        if ($JournalPath) { $arguments += " -JournalPath $(ConvertTo-Argument $JournalPath)" }
        Start-Process -FilePath 'powershell.exe' -ArgumentList $arguments -Verb RunAs -Wait
        return
    }
    $message = "administrator rights are needed for $($needs -join ', '): start PowerShell with 'Run as administrator'"
    if (-not $WhatIfPreference) { throw $message }
    Write-Warning $message
}

# First what would start the program, then the program.
if (-not $hasTask) { Write-Step 'Task' 'relight' 'Unchanged' }
elseif ($PSCmdlet.ShouldProcess('Scheduled task relight', 'Remove')) {
    Unregister-ScheduledTask -TaskName 'relight' -TaskPath '\' -Confirm:$false
    Write-Step 'Task' 'relight' 'Done'
}
else { Write-Step 'Task' 'relight' 'NotDone' }

if (-not $hasEventSource) { Write-Step 'EventSource' 'relight' 'Unchanged' }
elseif ($PSCmdlet.ShouldProcess('Application log', 'Remove the event source relight')) {
    Remove-Item -LiteralPath $eventKey
    Write-Step 'EventSource' 'relight' 'Done'
}
else { Write-Step 'EventSource' 'relight' 'NotDone' }

if ($PathScope -ne 'None') {
    if ($searchPathWithout -ceq $searchPath) { Write-Step "Path$PathScope" $Path 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess("PATH ($PathScope)", "Remove $Path")) {
        Set-SearchPath $PathScope $searchPathWithout
        Write-Step "Path$PathScope" $Path 'Done'
    }
    else { Write-Step "Path$PathScope" $Path 'NotDone' }

    if ($resourcePathWithout -cne $resourcePath) {
        if ($PSCmdlet.ShouldProcess("DSC_RESOURCE_PATH ($PathScope)", "Remove $Path")) {
            Set-SearchPath $PathScope $resourcePathWithout -Name 'DSC_RESOURCE_PATH'
            Write-Step "DscPath$PathScope" $Path 'Done'
        }
        else { Write-Step "DscPath$PathScope" $Path 'NotDone' }
    }
}

if ($hasApp) {
    if ($PSCmdlet.ShouldProcess('Settings, Apps', 'Remove relight')) {
        Remove-Item -LiteralPath $appKey
        Write-Step 'App' 'relight' 'Done'
    }
    else { Write-Step 'App' 'relight' 'NotDone' }
}
elseif ($appKey) { Write-Step 'App' 'relight' 'Unchanged' }

if ($module) {
    if ($PSCmdlet.ShouldProcess($module, 'Remove the module Relight')) {
        foreach ($name in 'Relight.psd1', 'Relight.psm1', 'Relight.format.ps1xml', 'Program.ps1', 'Run.ps1', 'Objects.ps1') {
            $target = Join-Path $module $name
            if (Test-Path -LiteralPath $target -PathType Leaf) { Remove-Item -LiteralPath $target -Force }
        }
        if (-not (Get-ChildItem -LiteralPath $module -Force)) { Remove-Item -LiteralPath $module }
        Write-Step 'Module' $module 'Done'
    }
    else { Write-Step 'Module' $module 'NotDone' }
}

# Windows removes no folder that a program works in, and this shell is one.
if (-not $WhatIfPreference) {
    $inside = "$Path$([System.IO.Path]::DirectorySeparatorChar)"
    $isInside = { param([string] $Folder) "$Folder$([System.IO.Path]::DirectorySeparatorChar)" -like "$([WildcardPattern]::Escape($inside))*" }
    $above = Split-Path -Parent $Path
    if ($above) {
        if (& $isInside (Get-Location -PSProvider FileSystem).ProviderPath) { Set-Location -LiteralPath $above }
        if (& $isInside ([Environment]::CurrentDirectory)) { [Environment]::CurrentDirectory = $above }
    }
}

$names = @('relight.exe', 'Uninstall-Relight.ps1')
# Only a package has it.
if (Test-Path -LiteralPath (Join-Path $Path 'relight.dsc.resource.json') -PathType Leaf) { $names += 'relight.dsc.resource.json' }
foreach ($name in $names) {
    $target = Join-Path $Path $name
    if (-not (Test-Path -LiteralPath $target -PathType Leaf)) { Write-Step 'Remove' $target 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess($target, 'Remove')) {
        try { Remove-Item -LiteralPath $target -Force }
        catch { throw "$target cannot be removed; is relight running, or are rights missing? $_" }
        Write-Step 'Remove' $target 'Done'
    }
    else { Write-Step 'Remove' $target 'NotDone' }
}
if ((Test-Path -LiteralPath $Path -PathType Container) -and -not (Get-ChildItem -LiteralPath $Path -Force)) {
    if ($PSCmdlet.ShouldProcess($Path, 'Remove the empty folder')) {
        try {
            Remove-Item -LiteralPath $Path
            Write-Step 'Remove' $Path 'Done'
        }
        catch {
            Write-Warning "$Path is empty, but another program works in it: remove it once that has ended. $_"
            Write-Step 'Remove' $Path 'NotDone'
        }
    }
    else { Write-Step 'Remove' $Path 'NotDone' }
}

if ($RemoveJournal) {
    if (-not (Test-Path -LiteralPath $JournalPath)) { Write-Step 'Journal' $JournalPath 'Unchanged' }
    elseif ($PSCmdlet.ShouldProcess($JournalPath, 'Remove every journal')) {
        Remove-Item -LiteralPath $JournalPath -Recurse -Force
        Write-Step 'Journal' $JournalPath 'Done'
    }
    else { Write-Step 'Journal' $JournalPath 'NotDone' }
}
if ($hasAccounts) {
    if ($PSCmdlet.ShouldProcess($ownKey, 'Remove the record of the accounts that may write journals')) {
        Remove-Item -LiteralPath $ownKey
        Write-Step 'Accounts' $ownKey 'Done'
    }
    else { Write-Step 'Accounts' $ownKey 'NotDone' }
}
