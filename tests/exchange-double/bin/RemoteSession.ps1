# Part of the Exchange stand-in: the remote session of its second form, and how that session breaks. Dot-sourced on the near
# side, which opens it, and on the far side, where the cmdlets run and the process ends.

function New-DoubleSession($Far)
{
    # $Far is what the state file says under remote. Once the cmdlets are loaded over there, no code runs there any more: as
    # at the product's endpoint.
    $there = @{
        HostName    = '127.0.0.1'
        Port        = $Far.port
        KeyFilePath = $Far.key
        Options     = @{
            StrictHostKeyChecking = 'yes'
            UserKnownHostsFile    = $Far.knownHosts
            IdentitiesOnly        = 'yes'
            LogLevel              = 'ERROR'
        }
    }
    # By their full names, because a test may put functions in the place of these two.
    $session = Microsoft.PowerShell.Core\New-PSSession @there
    if ($null -eq $session) { return }
    $commands = Invoke-Command -Session $session -ArgumentList $PSScriptRoot, (Find-Caller) -ScriptBlock {
        param($Bin, $Caller)
        $global:DoubleCaller = $Caller
        . (Join-Path $Bin 'ConnectFunctions.ps1')
        Import-Module (Join-Path $Bin 'ExchangeDouble.psm1') -DisableNameChecking
        Import-Module (Join-Path $Bin 'HealthDouble.psm1') -DisableNameChecking
        (Get-Command -Module ExchangeDouble, HealthDouble).Name
        $ExecutionContext.SessionState.LanguageMode = 'NoLanguage'
    }
    $session | Add-Member -PassThru DoubleCommands $commands
}

function Find-Caller
{
    # The process id of relight, where it was relight that started this PowerShell.
    $parent = (Get-Process -Id $PID).Parent
    if ($parent.Name -eq 'relight') { $parent.Id }
}

function Import-DoubleSession($Session)
{
    # By name: of a module it would import the formats too, and all there are.
    $null = Microsoft.PowerShell.Utility\Import-PSSession $Session -CommandName $Session.DoubleCommands -AllowClobber -DisableNameChecking
}

function Test-FarSide
{
    $Host.Name -eq 'ServerRemoteHost'
}

function Stop-DoubleSession([string] $On, [string] $When)
{
    # Called by every cmdlet that runs on the far side, after it noted the call, at each point where it may be ended there.
    if (-not (Test-FarSide)) { return }
    $text = [System.IO.File]::ReadAllText($env:EXCHANGE_DOUBLE_STATE)
    if (-not $text.Contains('killSession')) { return }
    foreach ($fault in @((ConvertFrom-Json $text).faults)) {
        if ($fault.kind -ne 'killSession') { continue }
        $given = @{ on = $null; nth = 1; when = 'before'; server = $null }
        foreach ($name in 'on', 'nth', 'when', 'server') {
            if ($fault.PSObject.Properties[$name]) { $given[$name] = $fault.$name }
        }
        if ($given.when -ne $When -or ($given.on -and $given.on -ne $On)) { continue }
        $calls = @(Get-DoubleCall $given.on $given.server)
        # The last of this far end is the one that goes on here.
        if ($calls.Count -ne $given.nth -or $calls[-1].pid -ne $PID) { continue }
        if ($When -eq 'answered') { Stop-WhenAnswered }
        else { [System.Diagnostics.Process]::GetCurrentProcess().Kill() }
    }
}

function Get-DoubleCall([string] $On, [string] $Server)
{
    # Of all far ends of a run, so that a new session does not begin to count again.
    $cmdlets = @{
        'Get-ServerComponentState' = 'get'; 'Set-ServerComponentState' = 'set'; 'Get-ExchangeServer' = 'server'
        'Get-ManagementRole' = 'roles'; 'Get-ManagementRoleAssignment' = 'roles'
        'Get-ServerHealth' = 'health'; 'Get-PopSettings' = 'health'; 'Get-ImapSettings' = 'health'; 'Get-ExchangeCertificate' = 'health'
        'Search-AdminAuditLog' = 'health'; 'Get-DatabaseAvailabilityGroup' = 'dag'
    }
    foreach ($line in [System.IO.File]::ReadAllLines($env:EXCHANGE_DOUBLE_LOG)) {
        $call = ConvertFrom-Json $line
        $kind = $cmdlets["$($call.what)"]
        if (-not $kind -or ($On -and $kind -ne $On)) { continue }
        $asked = foreach ($name in 'Identity', 'Server') { if ($call.args.PSObject.Properties[$name]) { $call.args.$name } }
        if (-not $Server -or $asked -eq $Server) { $call }
    }
}

function Stop-WhenAnswered
{
    # Who called the near side stands still until this process is gone: the answer is taken, and the session ends before the
    # next call. The helper keeps no end of the session's pipes open.
    $stop = ':'
    $go = ':'
    if ($global:DoubleCaller) {
        $stop = "kill -STOP $global:DoubleCaller"
        $go = "kill -CONT $global:DoubleCaller"
    }
    [System.Diagnostics.Process]::Start('/bin/sh', "-c `"$stop`"").WaitForExit()
    $null = [System.Diagnostics.Process]::Start('/bin/sh', "-c `"exec </dev/null >/dev/null 2>&1; sleep 0.5; kill -KILL $PID; sleep 0.5; $go`"")
}
