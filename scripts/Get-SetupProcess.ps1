<#
.SYNOPSIS
Tells which Exchange setup processes run on a server.

.DESCRIPTION
An empty list is an answer; where it cannot be known the script fails.

.PARAMETER Server
The server to ask about, by name or FQDN; localhost for this machine, which is then asked directly.

.EXAMPLE
.\Get-SetupProcess.ps1 -Server EX01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$query = @{
    ClassName   = 'Win32_Process'
    Filter      = "Name = 'ExSetup.exe' OR Name = 'ExSetupUI.exe'"
    ErrorAction = 'Stop'
}

$found = $null
if ($Server -ne 'localhost') {
    $query['ComputerName'] = $Server
    $query['OperationTimeoutSec'] = 30
    try { $found = @(Get-CimInstance @query) }
    catch {
        $message = "the processes of '$Server' cannot be seen: $_"
        $exception = New-Object System.InvalidOperationException $message, $_.Exception
        $kind = 'Relight.SetupUnknown', 'ResourceUnavailable'
        throw (New-Object System.Management.Automation.ErrorRecord $exception, $kind[0], $kind[1], $Server)
    }
}
elseif (Get-Command -Name Get-CimInstance -ErrorAction SilentlyContinue) {
    try { $found = @(Get-CimInstance @query) }
    catch { Write-Warning "WMI does not answer ($_); the process list is asked instead." }
}
if ($null -eq $found) {
    $found = @(Get-Process -ErrorAction Stop | Where-Object { 'ExSetup', 'ExSetupUI' -contains $_.ProcessName })
}

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    processes  = [object[]] @(foreach ($process in $found) { [string] $process.Name -replace '\.exe$', '' })
}
