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

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @(Get-ExchangeServer -Identity $Server -ErrorAction Stop)
# Text is what a command said on the way, not what it found.
$found = @(foreach ($object in $found) { if ($null -ne $object -and $object -isnot [string]) { $object } })
if ($found.Count -ne 1) {
    $exception = New-Object System.InvalidOperationException "'$Server' means $($found.Count) servers, not one"
    $category = if ($found.Count -eq 0) { 'ObjectNotFound' } else { 'InvalidResult' }
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'Relight.NotOneServer', $category, $Server)
}
$values = $found[0].PSObject.Properties

# A cast and not "$(...)": deserialised, the role is a number with a text of its own, which only a cast gives.
[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    name       = [string] $values['Name'].Value
    fqdn       = [string] $values['Fqdn'].Value
    version    = [string] $values['AdminDisplayVersion'].Value
    role       = [string] $values['ServerRole'].Value
}
