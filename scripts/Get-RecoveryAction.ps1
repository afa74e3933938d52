<#
.SYNOPSIS
Tells when Managed Availability took components of a server offline within the last days, and which responder did.

.PARAMETER Server
The server to ask about, by name or FQDN; localhost for this machine, which is then asked directly.

.PARAMETER Days
How far to look back.

.EXAMPLE
.\Get-RecoveryAction.ps1 -Server EX01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [int] $Days = 2
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$query = @{
    FilterHashtable = @{
        LogName   = 'Microsoft-Exchange-ManagedAvailability/RecoveryActionResults'
        StartTime = [System.DateTime]::Now.AddDays(-$Days)
    }
    MaxEvents       = 1000
    ErrorAction     = 'SilentlyContinue'
    ErrorVariable   = 'failures'
}
if ($Server -ne 'localhost') { $query['ComputerName'] = $Server }

$found = @(Get-WinEvent @query)
# That nothing happened is reported as an error, too.
foreach ($failure in $failures) {
    if ($failure.FullyQualifiedErrorId -notlike 'NoMatchingEventsFound*') { throw $failure }
}

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    actions    = [object[]] @(
        foreach ($record in $found) {
            $xml = [xml] $record.ToXml()
            $data = $xml.GetElementsByTagName('EventXML')
            if ($data.Count -eq 0) { $data = $xml.GetElementsByTagName('EventXml') }
            if ($data.Count -eq 0) { continue }
            $values = @{}
            foreach ($node in $data[0].ChildNodes) { $values[$node.LocalName] = $node.InnerText }
            if ($values['Id'] -ne 'TakeComponentOffline') { continue }
            @{
                component = $values['ResourceName']
                responder = $values['RequestorName']
                at        = $values['StartTime']
                state     = $values['State']
                result    = $values['Result']
            }
        }
    )
}
