<#
.SYNOPSIS
Lists the Exchange servers of the organisation: name, FQDN, site, version, role and edition of each.

.EXAMPLE
.\Get-ExchangeServerList.ps1
#>
[CmdletBinding()]
param()

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @(Get-ExchangeServer -ErrorAction Stop)
$servers = @(
    foreach ($object in $found) {
        # Text is what a command said on the way, not what it found.
        if ($null -eq $object -or $object -is [string]) { continue }
        $values = $object.PSObject.Properties
        # A cast and not "$(...)": deserialised, the role is a number with a text of its own, which only a cast gives.
        @{
            name    = [string] $values['Name'].Value
            fqdn    = [string] $values['Fqdn'].Value
            site    = [string] $values['Site'].Value
            version = [string] $values['AdminDisplayVersion'].Value
            role    = [string] $values['ServerRole'].Value
            edition = [string] $values['Edition'].Value
        }
    }
)

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    servers    = [object[]] $servers
}
