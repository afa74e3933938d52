<#
.SYNOPSIS
Stands in for what only Windows has: the registry, the task scheduler, access lists. Every change is noted in $Calls.

.DESCRIPTION
Dot-sourced by the tests of the scripts for admins. Functions win over cmdlets of the same name, so that on Windows too
nothing outside the test's own folder is touched.
#>
$Calls = New-Object System.Collections.ArrayList
$Registry = @{
    'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment' = @{ Path = $MachinePath }
    'HKCU:\Environment'                                                  = @{}
}
$Tasks = @{}
$UserId = '0'
# The security descriptor of a folder or file where it is not the usual one.
$Rights = @{}

function Write-Call {
    param([string] $What, $Arguments)
    $texts = foreach ($key in @($Arguments.Keys | Sort-Object)) { "$key=$($Arguments[$key])" }
    $null = $Calls.Add((@($What) + @($texts)) -join ' ')
}

function id { $UserId }

function Get-Item {
    param([string] $LiteralPath)
    if (-not $Registry.ContainsKey($LiteralPath)) { throw "no key $LiteralPath" }
    $key = New-Object PSObject -Property @{ Values = $Registry[$LiteralPath] }
    $key | Add-Member -MemberType ScriptMethod -Name GetValue -Value {
        param([string] $Name, $Default, [string] $Options)
        if ($Options -ne 'DoNotExpandEnvironmentNames') { throw 'the value would be expanded' }
        if ($this.Values.ContainsKey($Name)) { $this.Values[$Name] } else { $Default }
    }
    $key
}

function Set-ItemProperty {
    param([string] $LiteralPath, [string] $Name, $Value, [string] $Type)
    Write-Call 'Set-ItemProperty' $PSBoundParameters
    $Registry[$LiteralPath][$Name] = $Value
}

function Remove-ItemProperty {
    param([string] $LiteralPath, [string] $Name)
    Write-Call 'Remove-ItemProperty' $PSBoundParameters
    $Registry[$LiteralPath].Remove($Name)
}

function Test-Path {
    param([string] $LiteralPath, [string] $PathType = 'Any')
    if ($LiteralPath -like 'HK*:*') { return $Registry.ContainsKey($LiteralPath) }
    Microsoft.PowerShell.Management\Test-Path -LiteralPath $LiteralPath -PathType $PathType
}

function New-Item {
    param([string] $Path, [string] $ItemType)
    if ($Path -notlike 'HK*:*') { return Microsoft.PowerShell.Management\New-Item @PSBoundParameters }
    Write-Call 'New-Item' $PSBoundParameters
    $Registry[$Path] = @{}
}

function Remove-Item {
    param([string] $LiteralPath, [switch] $Recurse, [switch] $Force)
    if ($LiteralPath -notlike 'HK*:*') { return Microsoft.PowerShell.Management\Remove-Item @PSBoundParameters }
    Write-Call 'Remove-Item' $PSBoundParameters
    $Registry.Remove($LiteralPath)
}

function New-Object {
    param([string] $TypeName, [object[]] $ArgumentList, [hashtable] $Property)
    if ($TypeName -ne 'System.Security.Principal.NTAccount') {
        # A list is handed on as one.
        return , (Microsoft.PowerShell.Utility\New-Object @PSBoundParameters)
    }
    $account = [pscustomobject] @{ Name = $ArgumentList[0] }
    $account | Add-Member -MemberType ScriptMethod -Name Translate -Value {
        if ($this.Name -notlike 'CONTOSO\*') { throw 'no such account' }
        [pscustomobject] @{ Value = "S-1-5-21-1-2-3-$($this.Name.Length)" }
    }
    $account
}

function Get-Acl {
    param([string] $LiteralPath)
    $descriptor = 'O:BAG:BAD:PAI(A;OICI;FA;;;BA)(A;OICI;FA;;;SY)(A;OICI;0x1200a9;;;BU)'
    if ($Rights.ContainsKey($LiteralPath)) { $descriptor = $Rights[$LiteralPath] }
    [pscustomobject] @{ Sddl = $descriptor }
}

function icacls.exe {
    $null = $Calls.Add("icacls $args")
    $global:LASTEXITCODE = 0
}

function Start-Process {
    param([string] $FilePath, $ArgumentList, [string] $Verb, [switch] $Wait)
    Write-Call 'Start-Process' $PSBoundParameters
}

function New-ScheduledTaskTrigger {
    param([switch] $Once, [switch] $Daily, [string] $At, [TimeSpan] $RepetitionInterval, [TimeSpan] $RepetitionDuration)
    $repetition = $null
    if ($Once) { $repetition = "every $RepetitionInterval for $RepetitionDuration" }
    New-Object PSObject -Property @{ Daily = [bool] $Daily; Repetition = $repetition }
}

function New-ScheduledTaskAction {
    param([string] $Execute, [string] $Argument)
    "$Execute|$Argument"
}

function New-ScheduledTaskSettingsSet {
    param([string] $MultipleInstances, [switch] $StartWhenAvailable, [TimeSpan] $ExecutionTimeLimit)
    "$MultipleInstances|$StartWhenAvailable|$ExecutionTimeLimit"
}

function New-ScheduledTaskPrincipal {
    param([string] $UserId, [string] $LogonType, [string] $RunLevel)
    "$UserId|$LogonType|$RunLevel"
}

function Register-ScheduledTask {
    param(
        [string] $TaskName, [string] $Description, $Action, $Trigger, $Settings, $Principal,
        [string] $User, [string] $Password, [string] $RunLevel, [switch] $Force
    )
    if ($Tasks.ContainsKey($TaskName) -and -not $Force) { throw 'there is a task of that name' }
    Write-Call 'Register-ScheduledTask' $PSBoundParameters
    $Tasks[$TaskName] = $true
    'the task, which is not for the reader'
}

function Get-ScheduledTask {
    [CmdletBinding()]
    param([string] $TaskName, [string] $TaskPath)
    if ($Tasks.ContainsKey($TaskName)) { $TaskName } else { Write-Error "no task $TaskName" }
}

function Unregister-ScheduledTask {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $TaskName, [string] $TaskPath)
    Write-Call 'Unregister-ScheduledTask' $PSBoundParameters
    $Tasks.Remove($TaskName)
}
