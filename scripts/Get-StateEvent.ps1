<#
.SYNOPSIS
Tells which component states were recorded on a server between two moments, as its Application log has it.

.DESCRIPTION
The events 4109 and 4110 of MSExchange ADAccess, on the machine that wrote the state.

.PARAMETER Server
The server to ask about, by name or FQDN; localhost for this machine, which is then asked directly.

.PARAMETER Since
The first moment, in seconds since 1970 (UTC).

.PARAMETER Until
The last one.

.EXAMPLE
.\Get-StateEvent.ps1 -Server EX01 -Since 1773450000 -Until 1773450120
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [Parameter(Mandatory = $true)][long] $Since,
    [Parameter(Mandatory = $true)][long] $Until
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$epoch = New-Object System.DateTime 1970, 1, 1, 0, 0, 0, ([System.DateTimeKind]::Utc)
$query = @{
    FilterHashtable = @{
        LogName      = 'Application'
        ProviderName = 'MSExchange ADAccess'
        Id           = 4109, 4110
        StartTime    = $epoch.AddSeconds($Since).ToLocalTime()
        EndTime      = $epoch.AddSeconds($Until).ToLocalTime()
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
$culture = [System.Globalization.CultureInfo]::InvariantCulture

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    changes    = [object[]] @(
        foreach ($record in $found) {
            $account = $record.UserId
            if ($account -is [System.Security.Principal.SecurityIdentifier]) {
                try { $account = $account.Translate([System.Security.Principal.NTAccount]) }
                catch { Write-Warning "$account has no name here: $_" }
            }
            @{
                at      = $record.TimeCreated.ToUniversalTime().ToString('o', $culture)
                account = [string] $account
                event   = [int] $record.Id
                values  = [object[]] @(foreach ($property in $record.Properties) { [string] $property.Value })
            }
        }
    )
}
