<#
.SYNOPSIS
Starts one of the services behind POP3 and IMAP4, and waits until it runs.

.DESCRIPTION
The start type stays as it is. A service that runs already counts as started.

.PARAMETER Server
The server to change, by name or FQDN; localhost for this machine, which is then told directly.

.PARAMETER Service
The name by which Windows knows the service.

.PARAMETER Seconds
How long to wait until it runs.

.EXAMPLE
.\Start-ExchangeService.ps1 -Server EX01 -Service MSExchangePOP3BE
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

function ConvertTo-StartError {
    [CmdletBinding()]
    param([string] $Message, [string] $Id, [System.Management.Automation.ErrorCategory] $Category, [string] $Target)

    $exception = New-Object System.InvalidOperationException $Message
    New-Object System.Management.Automation.ErrorRecord $exception, $Id, $Category, $Target
}

if (-not (Get-Command -Name Invoke-CimMethod -ErrorAction SilentlyContinue)) {
    throw (ConvertTo-StartError 'this PowerShell has no Invoke-CimMethod' 'Relight.ServicesUnknown' 'NotInstalled' $Service)
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
    throw (ConvertTo-StartError "there is no service '$Service' on '$Server'" 'Relight.NoService' 'ObjectNotFound' $Service)
}
$state = [string] $found[0].State
if ($state -ne 'Running' -and $state -ne 'Start Pending') {
    $started = Invoke-CimMethod -InputObject $found[0] -MethodName StartService -OperationTimeoutSec 60 -ErrorAction Stop
    # 0: accepted; 10: it runs already. Anything else is a refusal.
    $code = [int] $started.ReturnValue
    if ($code -eq 2) {
        throw (ConvertTo-StartError "Windows refuses to start '$Service': access denied" 'Relight.NotStarted' 'PermissionDenied' $Service)
    }
    if (0, 10 -notcontains $code) {
        $message = "Windows refuses to start '$Service': StartService returned $code"
        throw (ConvertTo-StartError $message 'Relight.NotStarted' 'InvalidOperation' $Service)
    }
}

$clock = [System.Diagnostics.Stopwatch]::StartNew()
while ($true) {
    $state = [string] @(Get-CimInstance @query)[0].State
    if ($state -eq 'Running') { break }
    if ($clock.Elapsed.TotalSeconds -ge $Seconds) {
        $message = "'$Service' was asked to start, and $Seconds s later it is '$state'"
        throw (ConvertTo-StartError $message 'Relight.NotRunning' 'OperationTimeout' $Service)
    }
    Start-Sleep -Milliseconds 500
}

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    state      = $state
}
