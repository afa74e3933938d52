<#
.SYNOPSIS
A real dsc runs the resource Relight/ProtocolState of an unpacked package, on servers that are simulated.

.PARAMETER Package
The folder that relight and its manifest lie in.
#>
param([Parameter(Mandatory = $true)][string] $Package)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$type = 'Relight/ProtocolState'
$folder = Join-Path ([System.IO.Path]::GetTempPath()) ([guid]::NewGuid())
$null = New-Item -ItemType Directory -Path $folder
try {
    # The manifest that is released, but for where its servers are.
    $scenario = Join-Path $folder 'scenario.json'
    $entry = '[{"requester":"HealthApi","state":"Inactive","timestamp":"2026-03-14T02:31:52Z"}]'
    $server = '{"name":"EX01","components":{"PopProxy":{"local":' + $entry + '}}}'
    [System.IO.File]::WriteAllText($scenario, '{"scenario":"relight/scenario/1.0","servers":[' + $server + ']}')
    $manifest = Get-Content -Raw -LiteralPath (Join-Path $Package 'relight.dsc.resource.json') | ConvertFrom-Json
    foreach ($name in 'get', 'set', 'test', 'export') {
        $words = @($manifest.$name.args)
        $manifest.$name.args = $words[0..1] + '--simulate' + $scenario + @($words | Select-Object -Skip 2)
    }
    $text = ConvertTo-Json -InputObject $manifest -Depth 9
    [System.IO.File]::WriteAllText((Join-Path $folder 'relight.dsc.resource.json'), $text)
    $env:DSC_RESOURCE_PATH = $folder
    $env:PATH = $Package + [System.IO.Path]::PathSeparator + $env:PATH
    foreach ($name in 'ProgramData', 'XDG_STATE_HOME') { [Environment]::SetEnvironmentVariable($name, $folder) }

    $instance = Join-Path $folder 'instance.json'
    [System.IO.File]::WriteAllText($instance, '{"server":"EX01","state":"Active"}')

    function Invoke-Dsc {
        # What dsc says, which has to end with this code.
        param([string[]] $Words, [int] $Code = 0)

        $said = & dsc resource @Words
        if ($LASTEXITCODE -ne $Code) { throw "dsc resource $Words ended with $LASTEXITCODE instead of $Code" }
        if ($said) { ($said -join "`n") | ConvertFrom-Json }
    }
    function Assert-Same {
        param([string] $What, $Is, $Wanted)

        if ("$Is" -cne "$Wanted") { throw "$What is '$Is' instead of '$Wanted'" }
        Write-Output "$What`: $Is"
    }
    $of = @('-r', $type, '-f', $instance)
    Assert-Same 'listed' (Invoke-Dsc @('list', $type)).type $type
    Assert-Same 'get' (Invoke-Dsc (@('get') + $of)).actualState.state 'Inactive'
    $test = Invoke-Dsc (@('test') + $of)
    Assert-Same 'test' "$($test.inDesiredState) $($test.differingProperties)" 'False state'
    $before = [System.IO.File]::ReadAllText($scenario)
    $whatIf = Invoke-Dsc (@('set', '--what-if') + $of)
    Assert-Same 'what-if' $whatIf.afterState.state 'Active'
    Assert-Same 'would run' "$($whatIf.afterState._metadata.whatIf)" `
        'Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active'
    Assert-Same 'changed by it' ([System.IO.File]::ReadAllText($scenario) -cne $before) $false
    $set = Invoke-Dsc (@('set') + $of)
    Assert-Same 'set' "$($set.beforeState.state) $($set.afterState.state)" 'Inactive Active'
    Assert-Same 'tested again' (Invoke-Dsc (@('test') + $of)).inDesiredState 'True'
    Assert-Same 'exported' @((Invoke-Dsc @('export', '-r', $type)).resources)[0].name 'EX01'
    # What a person set Inactive is left alone, and the set fails.
    [System.IO.File]::WriteAllText($scenario, $before.Replace('HealthApi', 'Maintenance'))
    Assert-Same 'left alone' "$(Invoke-Dsc (@('set') + $of) -Code 2)" ''
}
finally { Remove-Item -LiteralPath $folder -Recurse -Force }
