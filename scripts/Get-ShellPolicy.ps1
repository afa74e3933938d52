<#
.SYNOPSIS
Tells the throttling policies, and which of them is an account's own.

.DESCRIPTION
Asks the cmdlets for both, where the account was given them; what could not be asked for is null. An account without a policy
of its own is under the one of the organisation, else under the global one.

.PARAMETER Account
The account, for example CONTOSO\admin.

.EXAMPLE
.\Get-ShellPolicy.ps1 -Account CONTOSO\admin
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Account
)

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$policies = $null
if (Get-Command -Name Get-ThrottlingPolicy -ErrorAction SilentlyContinue) {
    $found = @(Get-ThrottlingPolicy -ErrorAction Stop)
    $policies = [object[]] @(
        foreach ($policy in $found) {
            if ($null -eq $policy -or $policy -is [string]) { continue }
            $values = $policy.PSObject.Properties
            @{
                name   = [string] $values['Name'].Value
                scope  = [string] $values['ThrottlingPolicyScope'].Value
                shells = [string] $values['PowerShellMaxConcurrency'].Value
            }
        }
    )
}

$own = $null
if (Get-Command -Name Get-ThrottlingPolicyAssociation -ErrorAction SilentlyContinue) {
    # Not every account has a mailbox, and only a mailbox has a policy of its own.
    $found = @(Get-ThrottlingPolicyAssociation -Identity $Account -ErrorAction SilentlyContinue)
    foreach ($association in $found) {
        if ($null -eq $association -or $association -is [string]) { continue }
        $own = [string] $association.PSObject.Properties['ThrottlingPolicyId'].Value
    }
}

[pscustomobject] @{
    PSTypeName = 'Relight.Answer'
    policies   = $policies
    own        = $own
}
