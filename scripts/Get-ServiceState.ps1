<#
.SYNOPSIS
Tells the state and the start type of services on a server.

.DESCRIPTION
A service that is not installed is missing from the answer; where nothing can be known the script fails.

.PARAMETER Server
The server to ask about, by name or FQDN; localhost for this machine, which is then asked directly.

.PARAMETER Names
The names by which Windows knows the services, with commas between them.

.EXAMPLE
.\Get-ServiceState.ps1 -Server EX01 -Names 'MSExchangePop3,MSExchangePOP3BE'
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [Parameter(Mandatory = $true)][ValidatePattern('^[A-Za-z0-9]+(,[A-Za-z0-9]+)*$')][string] $Names
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

if (-not (Get-Command -Name Get-CimInstance -ErrorAction SilentlyContinue)) {
    $exception = New-Object System.InvalidOperationException 'this PowerShell has no Get-CimInstance'
    $kind = 'Relight.ServicesUnknown', 'NotInstalled'
    throw (New-Object System.Management.Automation.ErrorRecord $exception, $kind[0], $kind[1], $Server)
}

$query = @{
    ClassName           = 'Win32_Service'
    Filter              = @(foreach ($name in $Names.Split(',')) { "Name = '$name'" }) -join ' OR '
    OperationTimeoutSec = 30
    ErrorAction         = 'Stop'
}
# Without a name the question does not go over the network, so that it needs no remoting.
if ($Server -ne 'localhost') { $query['ComputerName'] = $Server }

$found = @(Get-CimInstance @query)

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    services   = [object[]] @(
        foreach ($service in $found) {
            $values = $service.PSObject.Properties
            @{
                name      = [string] $values['Name'].Value
                state     = [string] $values['State'].Value
                startMode = [string] $values['StartMode'].Value
            }
        }
    )
}
