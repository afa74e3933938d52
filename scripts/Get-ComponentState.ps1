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

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @(Get-ServerComponentState -Identity $Server -Component $Component -ErrorAction Stop)
$culture = [System.Globalization.CultureInfo]::InvariantCulture
$at = [System.DateTime]::UtcNow.ToString('o', $culture)

# All in place: a function called for each value would cost PowerShell more than the rest together.
$objects = @(
    foreach ($object in $found) {
        # Text is what a command said on the way, not what it found.
        if ($null -eq $object -or $object -is [string]) { continue }
        $properties = $object.PSObject.Properties

        $stores = @{}
        foreach ($store in 'LocalStates', 'RemoteStates') {
            $list = $properties[$store].Value
            if ($null -eq $list) { continue }
            # The cast takes off a wrapper that Windows PowerShell would serialise as an object with value and Count.
            $stores[$store] = [object[]] @(
                foreach ($item in $list) {
                    if ($item -is [System.Collections.IDictionary]) { $item = [pscustomobject] $item }
                    $entry = $item.PSObject.Properties
                    if ($null -eq $entry -or -not $entry['Requester'] -or -not $entry['State']) {
                        @{ text = [string] $item }
                        continue
                    }
                    $time = $entry['Timestamp'].Value
                    if ($time -is [System.DateTimeOffset]) { $time = $time.UtcDateTime }
                    if ($time -is [System.DateTime]) {
                        # Exchange records UTC; a date that does not say what it is, is one that lost its mark on the way.
                        if ($time.Kind -eq 'Unspecified') { $time = [System.DateTime]::SpecifyKind($time, 'Utc') }
                        $time = $time.ToUniversalTime().ToString('o', $culture)
                    }
                    @{
                        requester = [string] $entry['Requester'].Value
                        state     = [string] $entry['State'].Value
                        timestamp = [string] $time
                    }
                }
            )
        }

        # Not a cast: that would make True of the text 'False'.
        $offline = [string] $properties['ServerWideOfflineIsOffline'].Value
        # The text form is the one thing that a string, an enum and a deserialised enum share. The last is a number with a
        # text of its own: a cast gives that text, while "$value" gives the number.
        @{
            server            = [string] $properties['ServerFqdn'].Value
            component         = [string] $properties['Component'].Value
            state             = [string] $properties['State'].Value
            serverWideOffline = if ($offline -eq 'True') { $true } elseif ($offline -eq 'False') { $false } else { $null }
            local             = $stores['LocalStates']
            remote            = $stores['RemoteStates']
        }
    }
)

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    at         = $at
    objects    = [object[]] $objects
}
