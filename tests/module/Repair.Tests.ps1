# Repair-RelightState and Undo-RelightRun: what is shown is what is done, and nothing is done that nobody agreed to.

BeforeAll {
    . "$PSScriptRoot/Setup.ps1"

    # Whoever is asked is a person at a prompt; here the answers are given. Numbers of proposals.
    function Set-Answer {
        param([int[]] $Numbers)
        $answer = [scriptblock]::Create("@($($Numbers -join ','))")
        Mock Get-Agreement -ModuleName Relight $answer
    }
    $quick = @{ NoProbe = $true; NoWait = $true }
}
AfterAll { Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue }

Describe 'Repair-RelightState' {
    It 'carries out with -Confirm:$false what HealthApi keeps Inactive, and tells it in objects' -Tag Smoke {
        $file = New-Scenario EX01
        $done = Repair-RelightState EX01 -Simulate $file -Confirm:$false @quick
        $done.PSObject.TypeNames[0..1] | Should -Be @('Relight.ServerRepair', 'Relight.ServerState')
        $done.Verdict | Should -Be 'FIXED'
        $done.ExitCode | Should -Be 0
        $done.Components[0].Before | Should -Be 'Inactive'
        $done.Components[0].State | Should -Be 'Active'
        $done.Components[0].Verdict | Should -Be 'confirmed'
        $done.Steps.Outcome | Should -Be @('done', 'done')
        $done.Steps[0].Command | Should -Be 'Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active'
        Get-Inactive $file | Should -BeNullOrEmpty
        (Get-RelightRun $done.Run).AgreedBy | Should -Be 'yes'
    }

    It 'writes nothing with -WhatIf, also with -Confirm:$false' -Tag Smoke {
        $file = New-Scenario EX01, EX02
        $before = [System.IO.File]::ReadAllText($file)
        $shell = [powershell]::Create()
        foreach ($more in '', ' -Confirm:$false') {
            $null = $shell.AddScript("Import-Module '$Module'; 'EX01', 'EX02' | Repair-RelightState -Simulate '$file' -WhatIf$more")
            $found = $shell.Invoke()
            $shell.Commands.Clear()
            @($found).Count | Should -Be 2
            $found[0].ExitCode | Should -Be 10
            $found[0].Run | Should -BeNullOrEmpty
            [System.IO.File]::ReadAllText($file) | Should -BeExactly $before
        }
        $shell.Dispose()
    }

    It 'does what somebody agreed to and no more' {
        $file = New-Scenario EX01, EX02
        Set-Answer 2, 3
        $done = Repair-RelightState EX01, EX02 -Simulate $file @quick
        $done.Verdict | Should -Be @('PARTLY FIXED', 'PARTLY FIXED')
        $done.ExitCode | Should -Be @(11, 11)
        Get-Inactive $file | Sort-Object | Should -Be @('EX01 PopProxy', 'EX02 ImapProxy')
        (Get-RelightRun $done[0].Run).AgreedBy | Should -Be 'person'
    }

    It 'does nothing where somebody says no to everything' {
        $file = New-Scenario EX01
        $before = [System.IO.File]::ReadAllText($file)
        Set-Answer @()
        $done = Repair-RelightState EX01 -Simulate $file @quick
        $done.ExitCode | Should -Be 10
        [System.IO.File]::ReadAllText($file) | Should -BeExactly $before
    }

    It 'does nothing where the question ends in an error' {
        $file = New-Scenario EX01
        $before = [System.IO.File]::ReadAllText($file)
        Mock Get-Agreement -ModuleName Relight { throw 'nobody is there' }
        { Repair-RelightState EX01 -Simulate $file @quick } | Should -Throw 'nobody is there'
        [System.IO.File]::ReadAllText($file) | Should -BeExactly $before
        (Get-RelightRun -Last 1).ExitCode | Should -Be 130
    }

    It 'asks about each proposal at a prompt' {
        $file = New-Scenario EX01
        $script = "Import-Module '$Module'; (Repair-RelightState EX01 -Simulate '$file' -NoProbe -NoWait).Verdict"
        # No, and yes.
        $said = "n`ny`n" | & (Get-Process -Id $PID).Path -NoProfile -Command $script
        $flat = "$said" -replace '\s+', ' '
        $flat | Should -Match 'PARTLY FIXED'
        $flat | Should -Match 'Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active'
        Get-Inactive $file | Should -Be 'EX01 PopProxy'
    } -Skip:([Environment]::OSVersion.Platform -eq 'Win32NT')

    It 'never goes beyond HealthApi without -Requester' {
        $file = New-Scenario EX01 -Requester Maintenance
        $before = [System.IO.File]::ReadAllText($file)
        $done = Repair-RelightState EX01 -Simulate $file -Confirm:$false @quick
        $done.Verdict | Should -Be 'PLANNED'
        Set-Answer 1, 2
        $done = Repair-RelightState EX01 -Simulate $file @quick
        $done.ExitCode | Should -Be 14
        [System.IO.File]::ReadAllText($file) | Should -BeExactly $before
        $done = Repair-RelightState EX01 -Simulate $file -Confirm:$false -Requester Maintenance @quick
        $done.Verdict | Should -Be 'FIXED'
    }

    It 'leaves ServerWideOffline alone without its own switch' {
        $done = Repair-RelightState -Simulate server-wide-offline -Confirm:$false -Requester any @quick
        $done.Steps | Should -BeNullOrEmpty
        $done = Repair-RelightState -Simulate server-wide-offline -Confirm:$false -Requester any -IncludeServerWideOffline @quick
        $done.Steps.Command | Should -Contain 'Set-ServerComponentState -Identity EX01 -Component ServerWideOffline -Requester Maintenance -State Active'
    }

    It 'names a server in an error where a change failed, and goes on with its object' {
        $done = Repair-RelightState -Simulate set-refused -Confirm:$false @quick -ErrorVariable failed -ErrorAction SilentlyContinue
        $done.ExitCode | Should -Be 30
        $failed.Count | Should -Be 1
        $failed[0].FullyQualifiedErrorId | Should -Be 'RelightChangeFailed,Repair-RelightState'
        $failed[0].CategoryInfo.Category | Should -Be 'WriteError'
        $failed[0].Exception.Data['ExitCode'] | Should -Be 30
        $failed[0].TargetObject.Server | Should -Be 'EX01'
        "$($failed[0])" | Should -Match '^EX01: CHANGE FAILED: '
    }

    It 'hands its options on' {
        Mock Open-Relight -ModuleName Relight { throw ($Words -join ' ') }
        $options = @{
            Requester = 'Maintenance', 'Sidelined'; IncludeServerWideOffline = $true; StartServices = 'manual'; NoProbe = $true
            NoWait = $true; Watch = '10m'; Batch = '1,50%'; MaxFailed = 2; LockTimeout = '5m'; Component = 'PopProxy'
        }
        $expected = 'fix --format=ndjson --driven --color=never --yes --component=PopProxy --requester=Maintenance,Sidelined ' +
        '--include-server-wide-offline --start-services=manual --no-probe --no-wait --watch=10m --batch="1,50%" --max-failed=2 ' +
        '--lock-timeout=5m -- EX01'
        { Repair-RelightState EX01 -Confirm:$false @options } | Should -Throw ($expected -replace '"', '')
        { Repair-RelightState EX01 -WhatIf -Confirm:$false } | Should -Throw 'fix --format=ndjson --driven --color=never --dry-run -- EX01'
        { Repair-RelightState EX01 } | Should -Throw 'fix --format=ndjson --driven --color=never -- EX01'
    }

    It 'has a table of before and after' {
        Repair-RelightState EX01 -Simulate kb-3025138 -Confirm:$false | Get-Printed | Should -BeExactly (@'
Server     Verdict       Component         Before   Now      Confirmed Clients
------     -------       ---------         ------   ---      --------- -------
EX01       FIXED         PopProxy          Inactive Active   yes       served
                         ImapProxy         Inactive Active   yes       served
                         ServerWideOffline Active   Active
'@ -replace "`r", '')
    }
}

Describe 'a pipeline that is stopped' {
    It 'lets the change that is under way come to its end, and begins no other' {
        $slow = @{ 'slow-call' = @{ milliseconds = 1500; when = @{ op = 'set-component-state' } } }
        $file = New-Scenario EX01 -Faults $slow
        $journals = Join-Path $State 'stopped'
        $shell = [powershell]::Create()
        $null = $shell.AddScript("Import-Module '$Module'; Repair-RelightState EX01 -Simulate '$file' -Confirm:`$false -NoProbe -NoWait -JournalPath '$journals'")
        $running = $shell.BeginInvoke()
        $deadline = [datetime]::UtcNow.AddSeconds(60)
        do {
            if ([datetime]::UtcNow -gt $deadline -or $running.IsCompleted) { throw 'no change was begun' }
            Start-Sleep -Milliseconds 20
            $said = Get-ChildItem -Path $journals -Recurse -Filter *.jsonl -ErrorAction SilentlyContinue | ForEach-Object { Get-Shared $_.FullName }
        } until ("$said" -match '"record":"intent"')
        # As Ctrl-C does.
        $shell.Stop()
        $shell.Dispose()
        Get-Inactive $file | Should -Be 'EX01 ImapProxy'
        $run = Get-RelightRun -Last 1 -JournalPath $journals
        $run.ExitCode | Should -Be 130
        $run.State | Should -Be 'ended'
        $run.Sent | Should -Be 1
        $run.Confirmed | Should -Be 1
    }
}

Describe 'Undo-RelightRun' {
    It 'puts back what a run changed' -Tag Smoke {
        $file = New-Scenario EX01
        $done = Repair-RelightState EX01 -Simulate $file -Confirm:$false @quick
        $back = Undo-RelightRun $done.Run -Simulate $file -Confirm:$false
        $back.Verdict | Should -Be 'UNDONE'
        Get-Inactive $file | Sort-Object | Should -Be @('EX01 ImapProxy', 'EX01 PopProxy')
        (Get-RelightRun -Last 1).Undoes | Should -Be $done.Run
    }

    It 'takes the objects of a repair and of a list, each run once' {
        $file = New-Scenario EX01, EX02
        $done = Repair-RelightState EX01, EX02 -Simulate $file -Confirm:$false @quick
        $back = $done | Undo-RelightRun -Simulate $file -WhatIf
        $back.Count | Should -Be 2
        $back = Get-RelightRun -Last 1 | Undo-RelightRun -Simulate $file -Confirm:$false
        $back.Verdict | Should -Be @('UNDONE', 'UNDONE')
    }

    It 'asks about each change' {
        $file = New-Scenario EX01
        $null = Repair-RelightState EX01 -Simulate $file -Confirm:$false @quick
        Set-Answer 1
        (Undo-RelightRun -Simulate $file).Verdict | Should -Be 'PARTLY UNDONE'
        Get-Inactive $file | Should -Be 'EX01 ImapProxy'
    }
}
