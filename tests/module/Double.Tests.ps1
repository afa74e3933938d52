# The module on a real PowerShell with the stand-in for Exchange: its log tells what was asked and what was written.

BeforeDiscovery { $hasDouble = [Environment]::OSVersion.Platform -ne 'Win32NT' }
BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    $saved = @{}
    foreach ($name in 'ExchangeInstallPath', 'EXCHANGE_DOUBLE_STATE', 'EXCHANGE_DOUBLE_LOG') { $saved[$name] = [Environment]::GetEnvironmentVariable($name) }
    $env:ExchangeInstallPath = [System.IO.Path]::Combine($Root, 'tests', 'exchange-double')
    $env:EXCHANGE_DOUBLE_STATE = Join-Path $State 'state.json'
    $env:EXCHANGE_DOUBLE_LOG = Join-Path $State 'log.jsonl'

    function Set-Double {
        # Two servers with the fault of KB 3025138, and an empty log.
        $entry = @{ requester = 'HealthApi'; state = 'Inactive'; timestamp = '2021-09-28T17:20:23.4772745Z' }
        $component = @{ local = @($entry); remote = @() }
        $servers = @('EX01', 'EX02' | ForEach-Object { @{ name = $_; fqdn = "$_.contoso.test"; components = @{ PopProxy = $component } } })
        [System.IO.File]::WriteAllText($env:EXCHANGE_DOUBLE_STATE, (ConvertTo-Json -Depth 8 @{ servers = $servers }))
        [System.IO.File]::Delete($env:EXCHANGE_DOUBLE_LOG)
    }
    function Get-Call {
        # What was called, in order.
        [System.IO.File]::ReadAllLines($env:EXCHANGE_DOUBLE_LOG) | ForEach-Object { (ConvertFrom-Json $_).what }
    }
}
AfterAll {
    foreach ($name in $saved.Keys) { [Environment]::SetEnvironmentVariable($name, $saved[$name]) }
    Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue
}

Describe 'with Exchange' -Skip:(-not $hasDouble) {
    It 'writes nothing with -WhatIf' {
        Set-Double
        $before = [System.IO.File]::ReadAllText($env:EXCHANGE_DOUBLE_STATE)
        $found = 'EX01', 'EX02' | Repair-RelightState -WhatIf -Jobs 1 6>&1
        @($found | Where-Object { $_.PSObject.TypeNames -contains 'Relight.ServerRepair' }).ExitCode | Should -Be @(10, 10)
        $calls = Get-Call
        $calls | Should -Contain 'Get-ServerComponentState'
        $calls | Where-Object { $_ -match '^(Set|Start|Stop|New|Remove|Invoke)-' } | Should -BeNullOrEmpty
        [System.IO.File]::ReadAllText($env:EXCHANGE_DOUBLE_STATE) | Should -BeExactly $before
    }

    It 'loads Exchange once to show, to ask and to carry out' {
        Set-Double
        Mock Get-Agreement -ModuleName Relight { 2 }
        $done = 'EX01', 'EX02' | Repair-RelightState -NoProbe -NoWait -Jobs 1
        ($done | Sort-Object Server).Verdict | Should -Be @('NOT OK', 'ACTIVE')
        $calls = Get-Call
        @($calls -eq 'load').Count | Should -Be 1
        @($calls -eq 'Set-ServerComponentState').Count | Should -Be 1
    }
}
