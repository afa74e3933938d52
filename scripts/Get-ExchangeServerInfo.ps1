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

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
Set-StrictMode -Off
$found = @(Get-ExchangeServer -Identity $Server -ErrorAction Stop)
Set-StrictMode -Version 2
# Text is what a command said on the way, not what it found.
$found = @($found | Where-Object { $null -ne $_ -and $_ -isnot [string] })
if ($found.Count -ne 1) {
    $exception = New-Object System.InvalidOperationException "'$Server' means $($found.Count) servers, not one"
    $category = 'InvalidResult'
    if ($found.Count -eq 0) { $category = 'ObjectNotFound' }
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'Relight.NotOneServer', $category, $Server)
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
