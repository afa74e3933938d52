<#
.SYNOPSIS
Runs the tests of the module Relight with Pester, in whatever PowerShell runs this.

.EXAMPLE
.ci/pester.ps1 -Pester Pester -Program target\debug\relight.exe
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Pester,
    [Parameter(Mandatory = $true)][string] $Program,
    [string[]] $Tag = @(),
    [string] $Result
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

Import-Module $Pester -MinimumVersion 5.5.0
$env:RELIGHT_TEST_PROGRAM = (Get-Item -LiteralPath $Program).FullName
# The lines of a transcript are not for a person, and an escape sequence is no part of what is compared.
$env:NO_COLOR = '1'
$configuration = New-PesterConfiguration
$configuration.Run.Path = Join-Path (Split-Path -Parent $PSScriptRoot) 'tests/module'
$configuration.Run.PassThru = $true
$configuration.Output.Verbosity = 'Detailed'
if ($Tag) { $configuration.Filter.Tag = $Tag }
$came = Invoke-Pester -Configuration $configuration
$said = "Pester in PowerShell $($PSVersionTable.PSVersion): $($came.PassedCount) passed, $($came.FailedCount) failed, $($came.SkippedCount) skipped"
if ($Result) {
    $failed = @($came.Failed | ForEach-Object { "$($_.ExpandedPath): $($_.ErrorRecord)" }) + @($came.FailedContainers | ForEach-Object { "$_`: $($_.ErrorRecord)" })
    [System.IO.File]::WriteAllLines($Result, [string[]] (@($said) + $failed))
}
$said
# A run without a test proves nothing.
if ($came.Result -ne 'Passed' -or $came.PassedCount -eq 0) { exit 1 }
exit 0
