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

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @(Get-ServerHealth -Identity $Server -HealthSet $HealthSet -ErrorAction Stop)

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    monitors   = [object[]] @(
        foreach ($monitor in $found) {
            $values = $monitor.PSObject.Properties
            # A cast and not "$(...)": deserialised, the alert is a number with a text of its own.
            @{
                name      = [string] $values['Name'].Value
                healthSet = [string] $values['HealthSetName'].Value
                alert     = [string] $values['AlertValue'].Value
            }
        }
    )
}
