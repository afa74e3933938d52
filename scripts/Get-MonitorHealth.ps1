<#
.SYNOPSIS
Tells what the monitors of one health set of a server say.

.PARAMETER Server
The server to ask about.

.PARAMETER HealthSet
The health set, for example POP.Proxy.

.EXAMPLE
.\Get-MonitorHealth.ps1 -Server EX01 -HealthSet POP.Proxy
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [Parameter(Mandatory = $true)][string] $HealthSet
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
Set-StrictMode -Off
$found = @(Get-ServerHealth -Identity $Server -HealthSet $HealthSet -ErrorAction Stop)
Set-StrictMode -Version 2

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    monitors   = [object[]] @(
        foreach ($monitor in $found) {
            $values = @{}
            foreach ($name in 'Name', 'HealthSetName', 'AlertValue') {
                $property = $monitor.PSObject.Properties[$name]
                $values[$name] = $null
                # A cast and not "$(...)": deserialised, the alert is a number with a text of its own.
                if ($property -and $null -ne $property.Value) { $values[$name] = [string] $property.Value }
            }
            [pscustomobject] @{ name = $values['Name']; healthSet = $values['HealthSetName']; alert = $values['AlertValue'] }
        }
    )
}
