# What is offered when somebody presses Tab.

BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    function Get-Offered {
        param([string] $Line)
        (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches.CompletionText
    }
}
AfterAll { Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue }

Describe 'completion' {
    It 'offers the values that the program takes: <Parameter>' -ForEach @(
        @{ Command = 'Repair-RelightState'; Parameter = 'Requester'; Option = '--requester' }
        @{ Command = 'Get-RelightState'; Parameter = 'IgnoreRequester'; Option = '--ignore-requester' }
        @{ Command = 'Get-RelightState'; Parameter = 'Component'; Option = '--component' }
        @{ Command = 'Repair-RelightState'; Parameter = 'Simulate'; Option = '--simulate' }
    ) {
        $line = (& $env:RELIGHT_TEST_PROGRAM completions powershell) | Where-Object { $_ -match "^\s+'$Option' = @\((.*)\)$" } | Select-Object -First 1
        $line -match '@\((.*)\)' | Should -BeTrue
        $expected = $Matches[1] -split ', ' | ForEach-Object { $_.Trim("'") }
        @(Get-Offered "$Command -$Parameter " | Sort-Object) | Should -Be @($expected | Sort-Object)
    }

    It 'offers what begins as it was typed' {
        Get-Offered 'Repair-RelightState -Requester m' | Should -Be 'Maintenance'
        Get-Offered "Get-RelightState EX01 -Component 'p" | Should -Be 'PopProxy'
        Get-Offered 'Undo-RelightRun -Simulate kb' | Should -Be 'kb-3025138'
    }

    It 'offers the runs, newest first' {
        $done = Repair-RelightState -Simulate kb-3025138 -Confirm:$false -NoProbe -NoWait
        $again = Repair-RelightState -Simulate kb-3025138 -Confirm:$false -NoProbe -NoWait
        Get-Offered 'Undo-RelightRun ' | Should -Be @($again.Run, $done.Run)
        Get-Offered 'Get-RelightRun 2' | Should -Be @($again.Run, $done.Run)
    }
}
