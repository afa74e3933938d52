<#
.SYNOPSIS
Reads one component's state and its entries in both stores, as Exchange gives them.

.DESCRIPTION
Live objects (Exchange Management Shell), deserialised objects and texts (plain remote session) come out the same way. A
list that Exchange gave as null stays null: the store could not be read. What was not given is null as well; nothing is
judged here.

.PARAMETER Server
The server to ask about.

.PARAMETER Component
One component, for example PopProxy.

.EXAMPLE
.\Get-ComponentState.ps1 -Server EX01 -Component PopProxy | ConvertTo-Json -Depth 8
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [Parameter(Mandatory = $true)][string] $Component
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

function ConvertTo-PlainTime {
    # Exchange records UTC; a date that does not say what it is, is one that lost its mark on the way.
    [CmdletBinding()]
    param($Value)

    if ($Value -is [System.Management.Automation.PSObject]) { $Value = $Value.PSObject.BaseObject }
    if ($Value -is [System.DateTimeOffset]) { $Value = $Value.UtcDateTime }
    if ($null -eq $Value) { return $null }
    if ($Value -isnot [System.DateTime]) { return [string] $Value }
    if ($Value.Kind -eq [System.DateTimeKind]::Unspecified) {
        $Value = [System.DateTime]::SpecifyKind($Value, [System.DateTimeKind]::Utc)
    }
    $Value.ToUniversalTime().ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
}

function Get-PlainText {
    # The text form is the one thing that a string, an enum and a deserialised enum share. The last is a number with a text
    # of its own: a cast gives that text, while "$Value" gives the number. What is not there is null: said, because Windows
    # PowerShell serialises no output at all as an empty object.
    [CmdletBinding()]
    param($Object, [string] $Name)

    $property = $Object.PSObject.Properties[$Name]
    if (-not $property -or $null -eq $property.Value) { return $null }
    [string] $property.Value
}

function ConvertTo-PlainEntry {
    [CmdletBinding()]
    param($Item)

    if ($Item -is [System.Collections.IDictionary]) { $Item = [pscustomobject] $Item }
    $isObject = $null -ne $Item -and $Item -isnot [string]
    if ($isObject -and $Item.PSObject.Properties['Requester'] -and $Item.PSObject.Properties['State']) {
        $timestamp = $Item.PSObject.Properties['Timestamp']
        return [pscustomobject] @{
            requester = Get-PlainText $Item 'Requester'
            state     = Get-PlainText $Item 'State'
            timestamp = if ($timestamp) { ConvertTo-PlainTime $timestamp.Value } else { $null }
        }
    }
    [pscustomobject] @{ text = [string] $Item }
}

function Get-PlainList {
    # The entries of one store; null stays null. The comma keeps the list together on its way out.
    [CmdletBinding()]
    param($Object, [string] $Name)

    $property = $Object.PSObject.Properties[$Name]
    if (-not $property -or $null -eq $property.Value) { return $null }
    , @(foreach ($item in $property.Value) { ConvertTo-PlainEntry $item })
}

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
Set-StrictMode -Off
$found = @(Get-ServerComponentState -Identity $Server -Component $Component -ErrorAction Stop)
Set-StrictMode -Version 2
$at = [System.DateTime]::UtcNow

$objects = @(
    foreach ($object in $found) {
        # Text is what a command said on the way, not what it found.
        if ($null -eq $object -or $object -is [string]) { continue }
        # Not a cast: that would make True of the text 'False'.
        $offline = Get-PlainText $object 'ServerWideOfflineIsOffline'
        $isOffline = if ($offline -eq 'True') { $true } elseif ($offline -eq 'False') { $false } else { $null }
        [pscustomobject] @{
            server            = Get-PlainText $object 'ServerFqdn'
            component         = Get-PlainText $object 'Component'
            state             = Get-PlainText $object 'State'
            serverWideOffline = $isOffline
            # The cast takes off a wrapper that Windows PowerShell would serialise as an object with value and Count.
            local             = [object[]] (Get-PlainList $object 'LocalStates')
            remote            = [object[]] (Get-PlainList $object 'RemoteStates')
        }
    }
)

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    at         = ConvertTo-PlainTime $at
    objects    = [object[]] $objects
}
