# Get-RelightState: objects, where they come from, and what they look like.

BeforeAll { . "$PSScriptRoot/Setup.ps1" }
AfterAll { Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue }

Describe 'Get-RelightState' {
    It 'has a typed object for a server, with what the screen says' -Tag Smoke {
        $found = @(Get-RelightState EX01 -Simulate kb-3025138)
        $found.Count | Should -Be 1
        $found[0].PSObject.TypeNames[0] | Should -Be 'Relight.ServerState'
        $found[0].Server | Should -Be 'EX01'
        $found[0].Verdict | Should -Be 'NOT OK'
        $found[0].Headline | Should -Be 'PopProxy and ImapProxy are Inactive for HealthApi: POP3 and IMAP4 clients are turned away.'
        $found[0].ExitCode | Should -Be 10
        $found[0].Exit | Should -Be 'inactive'
        $found[0].Product | Should -Be '2016'
        $found[0].Commands[0] | Should -Be 'Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active'
        $found[0].Components.Component | Should -Be @('PopProxy', 'ImapProxy', 'ServerWideOffline')
        $found[0].Components[0].PSObject.TypeNames[0] | Should -Be 'Relight.Component'
        $entry = $found[0].Components[0].Entries[0]
        $entry.PSObject.TypeNames[0] | Should -Be 'Relight.Entry'
        $entry.Requester | Should -Be 'HealthApi'
        $entry.Stores | Should -Be @('registry')
    }

    It 'has real times, in UTC, whatever the culture' {
        $culture = [System.Threading.Thread]::CurrentThread.CurrentCulture
        try {
            [System.Threading.Thread]::CurrentThread.CurrentCulture = 'ar-SA'
            $found = Get-RelightState EX01 -Simulate kb-3025138
        }
        finally { [System.Threading.Thread]::CurrentThread.CurrentCulture = $culture }
        $since = $found.Components[0].Entries[0].Since
        $since | Should -BeOfType [datetime]
        $since.Kind | Should -Be 'Utc'
        $since.ToString('yyyy-MM-dd HH:mm:ss', [cultureinfo]::InvariantCulture) | Should -Be '2026-03-14 02:31:52'
        $found.LookedAt.Kind | Should -Be 'Utc'
        $found.Components[0].Entries[0].For | Should -BeOfType [timespan]
    }

    It 'looks at the servers of the pipeline in one run' {
        $file = New-Scenario EX01, EX02, EX03
        $found = 'EX01', 'EX02', 'EX03' | Get-RelightState -Simulate $file
        @($found.Server | Sort-Object) | Should -Be @('EX01', 'EX02', 'EX03')
        # One run is one session at least, and no more than one program.
        Mock Open-Relight -ModuleName Relight { throw 'one' }
        { 'EX01', 'EX02' | Get-RelightState -Simulate $file } | Should -Throw 'one'
        Should -Invoke Open-Relight -ModuleName Relight -Times 1 -Exactly
    }

    It 'takes the objects of <Name>' -ForEach @(
        @{ Name = 'Get-ExchangeServer'; Object = [pscustomobject]@{ Name = 'EX02'; Fqdn = 'ex02.contoso.local'; Identity = 'x/EX02' } }
        @{ Name = 'a remote session'; Object = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize([pscustomobject]@{ Name = 'EX02'; Fqdn = 'ex02.contoso.local' })) }
        @{ Name = 'a list of names'; Object = [pscustomobject]@{ Server = 'EX02' } }
        @{ Name = 'a list of FQDNs'; Object = [pscustomobject]@{ Fqdn = 'EX02' } }
        @{ Name = 'text'; Object = 'EX02' }
    ) {
        ($Object | Get-RelightState -Simulate (New-Scenario EX01, EX02)).Server | Should -Be 'EX02'
    }

    It 'takes its own objects' {
        $file = New-Scenario EX01, EX02
        (Get-RelightState EX02 -Simulate $file | Get-RelightState -Simulate $file).Server | Should -Be 'EX02'
    }

    It 'looks at nothing where the pipeline is empty' {
        Mock Open-Relight -ModuleName Relight { throw 'it was started' }
        @() | Get-RelightState -Simulate kb-3025138 | Should -BeNullOrEmpty
        @() | Repair-RelightState -Simulate kb-3025138 -Confirm:$false | Should -BeNullOrEmpty
        @() | Test-RelightClient | Should -BeNullOrEmpty
        @() | Undo-RelightRun -Confirm:$false | Should -BeNullOrEmpty
    }

    It 'looks at this server where none is named' {
        (Get-RelightState -Simulate kb-3025138).Server | Should -Be 'EX01'
    }

    It 'tells of <Scenario> by properties: <Exit>, <Verdict>' -ForEach @(
        @{ Scenario = 'healthy'; Exit = 0; Verdict = 'OK' }
        @{ Scenario = 'kb-3025138'; Exit = 10; Verdict = 'NOT OK' }
        @{ Scenario = 'registry-unreadable'; Exit = 13; Verdict = 'NOT KNOWN' }
        @{ Scenario = 'maintenance'; Exit = 14; Verdict = 'PLANNED' }
    ) {
        $found = Get-RelightState -Simulate $Scenario -ErrorVariable failed -ErrorAction SilentlyContinue
        $failed.Count | Should -Be 0
        $found.ExitCode | Should -Be $Exit
        $found.Verdict | Should -Be $Verdict
    }

    It 'hands its options on' {
        Mock Open-Relight -ModuleName Relight { throw ($Words -join ' ') }
        $options = @{
            Component = 'PopProxy', 'ImapProxy'; Probe = $true; IgnoreRequester = 'Maintenance'; MaintenanceMax = '24h'
            ConnectTo = 'ex01.contoso.local'; Jobs = 2
        }
        $expected = 'check --format=ndjson --driven --color=never --component=PopProxy,ImapProxy --probe --ignore-requester=Maintenance ' +
        '--maintenance-max=24h --connection=remote --connect-to=ex01.contoso.local --jobs=2 -- EX01 --yes'
        { Get-RelightState EX01, --yes @options } | Should -Throw $expected
        { Get-RelightState -AllServers -Verbose } | Should -Throw 'check --format=ndjson --driven --color=never -v --all-servers'
    }

    It 'says more where somebody looks' {
        $said = Get-RelightState -Simulate kb-3025138 -Verbose 4>&1 | Where-Object { $_ -is [System.Management.Automation.VerboseRecord] }
        "$said" | Should -Match 'Exchange Management Shell'
    }

    It 'reports progress' {
        $shell = [powershell]::Create()
        $text = "`$ProgressPreference = 'Continue'; Import-Module '$Module'; Get-RelightState -Simulate '$(New-Scenario EX01, EX02)' EX01, EX02"
        $null = $shell.AddScript($text).Invoke()
        $records = @($shell.Streams.Progress)
        $shell.Dispose()
        $records.Count | Should -BeGreaterThan 0
        $records[0].Activity | Should -Be 'relight check'
        $records[-1].RecordType | Should -Be 'Completed'
    }

    It 'comes to an orderly end where the rest of a pipeline wants no more' {
        $file = New-Scenario EX01, EX02, EX03 -Faults @(@{ 'slow-call' = @{ milliseconds = 100 } })
        $found = @(Get-RelightState EX01, EX02, EX03 -Simulate $file -Jobs 1 | Select-Object -First 1)
        $found.Server | Should -Be 'EX01'
    }

    It 'has a table like that of the screen' {
        Get-RelightState EX01 -Simulate kb-3025138 | Get-Printed | Should -BeExactly (@'
Server      Verdict     Component         State    Requester   Since (UTC)      For
------      -------     ---------         -----    ---------   -----------      ---
EX01        NOT OK      PopProxy          Inactive HealthApi   2026-03-14 02:31 15 min
                        ImapProxy         Inactive HealthApi   2026-03-14 02:31 15 min
                        ServerWideOffline Active
'@ -replace "`r", '')
        (Get-RelightState EX01 -Simulate several-requesters).Components | Get-Printed | Should -Match '(?m)^PopProxy +Inactive HealthApi .*\n +Maintenance '
    }
}

Describe 'the lengths of time in a table' {
    It 'are those of the screen: <Text>' -ForEach @(
        @{ Seconds = 59; Text = '59 s' }
        @{ Seconds = 90; Text = '1 min' }
        @{ Seconds = 7500; Text = '2 h 5 min' }
        @{ Seconds = 7200; Text = '2 h' }
        @{ Seconds = 90000; Text = '1 day 1 h' }
        @{ Seconds = 273600; Text = '3 days 4 h' }
        @{ Seconds = 34560000; Text = '400 days' }
    ) {
        $entry = [pscustomobject]@{ PSTypeName = 'Relight.Entry'; Component = 'PopProxy'; State = 'Inactive'; Requester = 'HealthApi'; Since = [datetime]::UtcNow; SinceText = $null; For = [timespan]::FromSeconds($Seconds); Stores = @('registry') }
        ($entry | Get-Printed) | Should -Match "\d $([regex]::Escape($Text)) +registry"
    }
}
