<#
.SYNOPSIS
Tells which overrides change what Managed Availability does on a server: its own, and those of the organisation.

.PARAMETER Server
The server to ask about.

.EXAMPLE
.\Get-MonitoringOverride.ps1 -Server EX01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server
)

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @{
    server = @(Get-ServerMonitoringOverride -Server $Server -ErrorAction Stop)
    global = @(Get-GlobalMonitoringOverride -ErrorAction Stop)
}

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    overrides  = [object[]] @(
        foreach ($scope in 'server', 'global') {
            foreach ($override in $found[$scope]) {
                if ($null -eq $override) { continue }
                $values = $override.PSObject.Properties
                # A cast and not "$(...)": deserialised, the type is a number with a text of its own.
                @{
                    scope    = $scope
                    identity = [string] $values['Identity'].Value
                    itemType = [string] $values['ItemType'].Value
                    property = [string] $values['PropertyName'].Value
                    value    = [string] $values['PropertyValue'].Value
                }
            }
        }
    )
}
