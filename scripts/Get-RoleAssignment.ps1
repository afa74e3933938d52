<#
.SYNOPSIS
Tells by which roles an account may set component states on a server.

.DESCRIPTION
Asks the cmdlets of the role-based access control, where the account was given them; a list that could not be asked for is
null. The assignments are those that reach the server with their scopes.

.PARAMETER Account
The account, for example CONTOSO\admin.

.PARAMETER Server
The server that is to be changed.

.EXAMPLE
.\Get-RoleAssignment.ps1 -Account CONTOSO\admin -Server EX01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Account,
    [Parameter(Mandatory = $true)][string] $Server
)

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$roles = $null
if (Get-Command -Name Get-ManagementRole -ErrorAction SilentlyContinue) {
    $found = @(Get-ManagementRole -Cmdlet Set-ServerComponentState -ErrorAction Stop)
    $roles = [object[]] @(
        foreach ($role in $found) { if ($null -ne $role) { [string] $role.PSObject.Properties['Name'].Value } }
    )
}

$assignments = $null
if (Get-Command -Name Get-ManagementRoleAssignment -ErrorAction SilentlyContinue) {
    $query = @{
        RoleAssignee   = $Account
        WritableServer = $Server
        Delegating     = $false
        Enabled        = $true
        ErrorAction    = 'Stop'
    }
    $found = @(Get-ManagementRoleAssignment @query)
    $assignments = [object[]] @(
        foreach ($assignment in $found) {
            if ($null -eq $assignment) { continue }
            $values = $assignment.PSObject.Properties
            @{ role = [string] $values['Role'].Value; assignee = [string] $values['RoleAssigneeName'].Value }
        }
    )
}

[pscustomobject] @{
    PSTypeName  = 'Relight.Answer'
    roles       = $roles
    assignments = $assignments
}
