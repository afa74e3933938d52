<#
.SYNOPSIS
Lists the database availability groups of the organisation, each with its members.

.EXAMPLE
.\Get-AvailabilityGroup.ps1
#>
[CmdletBinding()]
param()

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @(Get-DatabaseAvailabilityGroup -ErrorAction Stop)
$groups = @(
    foreach ($object in $found) {
        # Text is what a command said on the way, not what it found.
        if ($null -eq $object -or $object -is [string]) { continue }
        $values = $object.PSObject.Properties
        $members = @(foreach ($member in @($values['Servers'].Value)) { if ($null -ne $member) { [string] $member } })
        @{
            name    = [string] $values['Name'].Value
            members = [object[]] $members
        }
    }
)

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    groups     = [object[]] $groups
}
