<#
.SYNOPSIS
Tells who ran Set-ServerComponentState between two moments, as the admin audit log has it.

.PARAMETER Since
The first moment, in seconds since 1970 (UTC).

.PARAMETER Until
The last one.

.EXAMPLE
.\Get-AuditEntry.ps1 -Since 1773450000 -Until 1773450120
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][long] $Since,
    [Parameter(Mandatory = $true)][long] $Until
)

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

# The cmdlet reads times as those of this machine.
$epoch = New-Object System.DateTime 1970, 1, 1, 0, 0, 0, ([System.DateTimeKind]::Utc)
$query = @{
    Cmdlets     = 'Set-ServerComponentState'
    StartDate   = $epoch.AddSeconds($Since).ToLocalTime()
    EndDate     = $epoch.AddSeconds($Until).ToLocalTime()
    ErrorAction = 'Stop'
}
$found = @(Search-AdminAuditLog @query)
$culture = [System.Globalization.CultureInfo]::InvariantCulture

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    changes    = [object[]] @(
        foreach ($entry in $found) {
            $properties = $entry.PSObject.Properties
            $time = $properties['RunDate'].Value
            if ($time -is [System.DateTime]) { $time = $time.ToUniversalTime().ToString('o', $culture) }
            $values = @(foreach ($parameter in $properties['CmdletParameters'].Value) { [string] $parameter.Value })
            $values += [string] $properties['ObjectModified'].Value
            @{
                at      = [string] $time
                account = [string] $properties['Caller'].Value
                values  = [object[]] $values
            }
        }
    )
}
