<#
.SYNOPSIS
Tells which Exchange server a name means: its name, FQDN, version and role.

.PARAMETER Server
The server to ask about.

.EXAMPLE
.\Get-ExchangeServerInfo.ps1 -Server EX01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$found = @(Get-ExchangeServer -Identity $Server -ErrorAction Stop)
if ($found.Count -ne 1) {
    $exception = New-Object System.InvalidOperationException "'$Server' means $($found.Count) servers, not one"
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'Relight.NotOneServer', 'InvalidResult', $Server)
}

$values = @{}
foreach ($name in 'Name', 'Fqdn', 'AdminDisplayVersion', 'ServerRole') {
    $property = $found[0].PSObject.Properties[$name]
    $values[$name] = $null
    # A cast and not "$(...)": deserialised, the role is a number with a text of its own, which only a cast gives.
    if ($property -and $null -ne $property.Value) { $values[$name] = [string] $property.Value }
}

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    name       = $values['Name']
    fqdn       = $values['Fqdn']
    version    = $values['AdminDisplayVersion']
    role       = $values['ServerRole']
}
