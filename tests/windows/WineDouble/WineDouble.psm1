# What the Windows of wine 8 lacks, for the PowerShell that .ci/wine-powershell lays there: PowerShell loads this module by
# itself where a command is not found otherwise.

# PowerShell looks for a program with a pattern that wine does not understand ('relight"*'), and finds none by its name.
function Find-Program([string] $Name) {
    foreach ($folder in $env:PATH.Split(';')) {
        $file = "$($folder.TrimEnd('\'))\$Name"
        if ($folder -and [System.IO.File]::Exists($file)) { return $file }
    }
    throw "there is no $Name on PATH"
}

function relight { & (Find-Program 'relight.exe') @args }

function cmd.exe { & (Find-Program 'cmd.exe') @args }

function icacls.exe { & (Find-Program 'icacls.exe') @args }

# The task scheduler: one file for each task.
$Tasks = "$env:SystemRoot\Tasks"

function New-ScheduledTaskTrigger {
    param([switch] $Once, [switch] $Daily, [string] $At, [timespan] $RepetitionInterval, [timespan] $RepetitionDuration)
    $repetition = $null
    if ($Once) { $repetition = "every $RepetitionInterval for $RepetitionDuration" }
    [pscustomobject] @{ Daily = [bool] $Daily; Repetition = $repetition }
}

function New-ScheduledTaskAction {
    param([string] $Execute, [string] $Argument)
    [pscustomobject] @{ Execute = $Execute; Arguments = $Argument }
}

function New-ScheduledTaskSettingsSet {
    param([string] $MultipleInstances, [switch] $StartWhenAvailable, [timespan] $ExecutionTimeLimit)
    [pscustomobject] $PSBoundParameters
}

function New-ScheduledTaskPrincipal {
    param([string] $UserId, [string] $LogonType, [string] $RunLevel)
    [pscustomobject] $PSBoundParameters
}

function Register-ScheduledTask {
    param(
        [string] $TaskName, [string] $Description, $Action, $Trigger, $Settings, $Principal,
        [string] $User, [string] $Password, [string] $RunLevel, [switch] $Force
    )
    $file = "$Tasks\$TaskName.json"
    if ((Test-Path -LiteralPath $file) -and -not $Force) { throw "there is a task $TaskName" }
    $null = New-Item -ItemType Directory -Force -Path $Tasks
    $task = [pscustomobject] @{ TaskName = $TaskName; Action = $Action; Trigger = $Trigger; Principal = $Principal }
    Set-Content -LiteralPath $file -Value (ConvertTo-Json -InputObject $task -Depth 4)
    $task
}

function Get-ScheduledTask {
    [CmdletBinding()]
    param([string] $TaskName, [string] $TaskPath)
    $file = "$Tasks\$TaskName.json"
    if (Test-Path -LiteralPath $file) { Get-Content -Raw -LiteralPath $file | ConvertFrom-Json }
    else { Write-Error "no task $TaskName in $TaskPath" }
}

function Unregister-ScheduledTask {
    [CmdletBinding(SupportsShouldProcess = $true)]
    param([string] $TaskName, [string] $TaskPath)
    Remove-Item -LiteralPath "$Tasks\$TaskName.json"
}

Export-ModuleMember -Function relight, cmd.exe, icacls.exe, *-ScheduledTask*
