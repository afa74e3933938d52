# Get-RelightRun, Test-RelightClient, and what is an error.

BeforeAll { . "$PSScriptRoot/Setup.ps1" }
AfterAll { Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue }

Describe 'Get-RelightRun' {
    BeforeAll {
        $file = New-Scenario EX01
        $done = Repair-RelightState EX01 -Simulate $file -Confirm:$false -NoProbe -NoWait
        $null = Undo-RelightRun -Simulate $file -Confirm:$false
    }

    It 'lists the runs, newest first' {
        $runs = Get-RelightRun
        $runs.Count | Should -Be 2
        $runs[0].PSObject.TypeNames[0] | Should -Be 'Relight.Run'
        $runs.Command | Should -Be @('undo', 'fix')
        $runs[1].Run | Should -Be $done.Run
        $runs[0].Undoes | Should -Be $done.Run
        $runs[1].Begun.Kind | Should -Be 'Utc'
        $runs[1].Sent | Should -Be 2
        $runs[1].Verified | Should -Be $true
        $runs[1].User | Should -Not -BeNullOrEmpty
        (Get-RelightRun -Last 1).Command | Should -Be 'undo'
        @(Get-RelightRun -Server EX02).Count | Should -Be 0
    }

    It 'shows one with its servers, by the beginning of its name too' {
        $run = Get-RelightRun $done.Run
        $run.Servers[0].Server | Should -Be 'EX01'
        $run.Servers[0].Steps.Count | Should -Be 2
        $run.Servers[0].Run | Should -Be $done.Run
        (Get-RelightRun $done.Run.Substring(0, 18)).Run | Should -Be $done.Run
        ($done | Get-RelightRun).Run | Should -Be $done.Run
    }

    It 'says which run there is not' {
        $failed = { Get-RelightRun 19990101-000000-000 } | Should -Throw -PassThru
        $failed.FullyQualifiedErrorId | Should -Match '^RelightUsage,Get-RelightRun'
        "$failed" | Should -Match '19990101-000000-000'
    }
}

Describe 'Test-RelightClient' {
    It 'says what a client meets at a port' {
        $listener = New-Object System.Net.Sockets.TcpListener ([System.Net.IPAddress]::Loopback), 0
        $listener.Start()
        $port = $listener.LocalEndpoint.Port
        $listener.Stop()
        # Nobody listens there any more.
        $met = Test-RelightClient "127.0.0.1:$port" -Timeout 5s
        $met.PSObject.TypeNames[0] | Should -Be 'Relight.ClientProbe'
        $met.Port | Should -Be $port
        $met.Outcome | Should -Be 'refused'
        $met.Standing | Should -Be 'notKnown'
        $met.TakenAt.Kind | Should -Be 'Utc'
        $met.Took | Should -BeOfType [timespan]
    }

    It 'takes hosts from the pipeline' {
        $met = [pscustomobject]@{ Name = '127.0.0.1:1' }, [pscustomobject]@{ Fqdn = '127.0.0.1:2' } | Test-RelightClient -Timeout 5s
        $met.Port | Should -Be @(1, 2)
    }
}

Describe 'an error' {
    It 'ends the command where there is nothing to show, with code, category and advice' {
        $failed = { Get-RelightState -Simulate failed-load } | Should -Throw -PassThru
        $failed.FullyQualifiedErrorId | Should -Be 'RelightNoShell,Get-RelightState'
        $failed.CategoryInfo.Category | Should -Be 'ResourceUnavailable'
        $failed.Exception.Data['ExitCode'] | Should -Be 20
        $failed.Exception.Data['Exit'] | Should -Be 'no-shell'
        $failed.Exception.Data['Said'] | Should -Match 'error: '
        $failed.ErrorDetails.RecommendedAction | Should -Not -BeNullOrEmpty
    }

    It 'is said in a sentence where the words are wrong' {
        $failed = { Get-RelightState 'EX 01' -Simulate healthy } | Should -Throw -PassThru
        $failed.FullyQualifiedErrorId | Should -Be 'RelightUsage,Get-RelightState'
        $failed.CategoryInfo.Category | Should -Be 'InvalidArgument'
        "$failed" | Should -Not -Match 'Usage:'
        $failed = { Get-RelightState -Component Pop -Simulate healthy } | Should -Throw -PassThru
        "$failed" | Should -Match 'relight looks after PopProxy and ImapProxy'
        $failed = { Get-RelightState -Simulate no-such-scenario } | Should -Throw -PassThru
        $failed.Exception.Data['ExitCode'] | Should -Be 2
    }

    It 'is told of one server, and the others go on' {
        $file = New-Scenario EX01, EX02 -Faults @(@{ 'server-down' = @{ server = @('EX01') } })
        $found = Get-RelightState EX01, EX02 -Simulate $file -ErrorVariable failed -ErrorAction SilentlyContinue
        @($found.Server | Sort-Object) | Should -Be @('EX01', 'EX02')
        $failed.Count | Should -Be 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'RelightUnreachable,Get-RelightState'
        $failed[0].CategoryInfo.Category | Should -Be 'ConnectionError'
        $failed[0].TargetObject.Server | Should -Be 'EX01'
        # Where an error ends the command, all servers are told before.
        $found = New-Object System.Collections.ArrayList
        { Get-RelightState EX01, EX02 -Simulate $file -ErrorAction Stop | ForEach-Object { $null = $found.Add($_.Server) } } | Should -Throw '*EX01*'
        $found.Count | Should -Be 2
    }

    It 'does not depend on what the session prefers' {
        $ErrorActionPreference = 'SilentlyContinue'
        (Get-RelightState -Simulate kb-3025138).ExitCode | Should -Be 10
    }
}
