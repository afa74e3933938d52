<#
.SYNOPSIS
Stops one of the services behind POP3 and IMAP4, and waits until it is stopped.

.DESCRIPTION
The start type stays as it is. A service that is stopped already counts as stopped.

.PARAMETER Server
The server to change, by name or FQDN; localhost for this machine, which is then told directly.

.PARAMETER Service
The name by which Windows knows the service.

.PARAMETER Seconds
How long to wait until it is stopped.

.EXAMPLE
.\Stop-ExchangeService.ps1 -Server EX01 -Service MSExchangePop3
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [Parameter(Mandatory = $true)]
    [ValidateSet('MSExchangePop3', 'MSExchangePOP3BE', 'MSExchangeImap4', 'MSExchangeIMAP4BE')][string] $Service,
    [int] $Seconds = 60
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function ConvertTo-StopError {
    [CmdletBinding()]
    param([string] $Message, [string] $Id, [System.Management.Automation.ErrorCategory] $Category, [string] $Target)

    $exception = New-Object System.InvalidOperationException $Message
    New-Object System.Management.Automation.ErrorRecord $exception, $Id, $Category, $Target
}

if (-not (Get-Command -Name Invoke-CimMethod -ErrorAction SilentlyContinue)) {
    throw (ConvertTo-StopError 'this PowerShell has no Invoke-CimMethod' 'Relight.ServicesUnknown' 'NotInstalled' $Service)
}

$query = @{
    ClassName           = 'Win32_Service'
    Filter              = "Name = '$Service'"
    OperationTimeoutSec = 30
    ErrorAction         = 'Stop'
}
# Without a name the question does not go over the network, so that it needs no remoting.
if ($Server -ne 'localhost') { $query['ComputerName'] = $Server }

$found = @(Get-CimInstance @query)
if ($found.Count -ne 1) {
    throw (ConvertTo-StopError "there is no service '$Service' on '$Server'" 'Relight.NoService' 'ObjectNotFound' $Service)
}
$state = [string] $found[0].State
if ($state -ne 'Stopped' -and $state -ne 'Stop Pending') {
    $stopped = Invoke-CimMethod -InputObject $found[0] -MethodName StopService -OperationTimeoutSec 60 -ErrorAction Stop
    # 0: accepted. Anything else is a refusal, or a service that was stopped a moment before.
    $code = [int] $stopped.ReturnValue
    if ($code -eq 2) {
        throw (ConvertTo-StopError "Windows refuses to stop '$Service': access denied" 'Relight.NotStopped' 'PermissionDenied' $Service)
    }
    if ($code -ne 0 -and [string] @(Get-CimInstance @query)[0].State -ne 'Stopped') {
        $message = "Windows refuses to stop '$Service': StopService returned $code"
        throw (ConvertTo-StopError $message 'Relight.NotStopped' 'InvalidOperation' $Service)
    }
}

$clock = [System.Diagnostics.Stopwatch]::StartNew()
while ($true) {
    $state = [string] @(Get-CimInstance @query)[0].State
    if ($state -eq 'Stopped') { break }
    if ($clock.Elapsed.TotalSeconds -ge $Seconds) {
        $message = "'$Service' was asked to stop, and $Seconds s later it is '$state'"
        throw (ConvertTo-StopError $message 'Relight.StillRunning' 'OperationTimeout' $Service)
    }
    Start-Sleep -Milliseconds 500
}

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    state      = $state
}
