<#
.SYNOPSIS
Records one requester's state of one component. Nothing else changes a component.

.DESCRIPTION
That it ends without an error tells nothing; read the state again.

.PARAMETER Server
The server to change.

.PARAMETER Component
The component, spelled as it was read.

.PARAMETER Requester
The requester whose entry is to change, spelled as it was read.

.PARAMETER State
The state to record: Active, Inactive or Draining.

.PARAMETER LocalOnly
The text true, to record it in the registry of the server alone and not in Active Directory.

.EXAMPLE
.\Set-ComponentState.ps1 -Server EX01 -Component PopProxy -Requester HealthApi -State Active
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [Parameter(Mandatory = $true)][string] $Component,
    [Parameter(Mandatory = $true)][string] $Requester,
    [Parameter(Mandatory = $true)][string] $State,
    [ValidateSet('true')][string] $LocalOnly
)

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

# Some remote errors stay non-terminating unless the call itself says Stop.
$change = @{
    Identity    = $Server
    Component   = $Component
    Requester   = $Requester
    State       = $State
    Confirm     = $false
    ErrorAction = 'Stop'
}
# Left out rather than false, for a session that does not know the parameter.
if ($LocalOnly -eq 'true') { $change['LocalOnly'] = $true }
Set-ServerComponentState @change

[pscustomobject] @{ PSTypeName = 'Relight.Answer' }
