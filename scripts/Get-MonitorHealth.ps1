<#
.SYNOPSIS
Tells what the monitors of one health set of a server say, when they came to it, and what Exchange warned of.

.DESCRIPTION
Where the Health Manager of a server is silent, Get-ServerHealth gives nothing and warns: no monitor at all is no good news.

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
$WarningPreference = 'Continue'

$culture = [System.Globalization.CultureInfo]::InvariantCulture
$at = [System.DateTime]::UtcNow.ToString('o', $culture)
$found = @(Get-ServerHealth -Identity $Server -HealthSet $HealthSet -ErrorAction Stop 3>&1)

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    at         = $at
    monitors   = [object[]] @(
        foreach ($monitor in $found) {
            if ($monitor -is [System.Management.Automation.WarningRecord]) { continue }
            $values = $monitor.PSObject.Properties
            # Not every version has both times.
            $times = @(
                foreach ($name in 'LastExecutionTime', 'LastTransitionTime') {
                    $time = $values[$name].Value
                    if ($time -is [System.DateTime]) {
                        if ($time.Kind -eq 'Unspecified') { $time = [System.DateTime]::SpecifyKind($time, 'Utc') }
                        $time = $time.ToUniversalTime().ToString('o', $culture)
                    }
                    else { $time = $null }
                    $time
                }
            )
            # A cast and not "$(...)": deserialised, the alert is a number with a text of its own.
            @{
                name      = [string] $values['Name'].Value
                healthSet = [string] $values['HealthSetName'].Value
                alert     = [string] $values['AlertValue'].Value
                executed  = $times[0]
                turned    = $times[1]
                stale     = "$($values['IsStale'].Value)" -eq 'True'
            }
        }
    )
    warnings   = [object[]] @(
        foreach ($warning in $found) {
            if ($warning -is [System.Management.Automation.WarningRecord]) { [string] $warning.Message }
        }
    )
}
