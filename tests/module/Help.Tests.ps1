# The help of each command: every parameter is described, and every example runs.

BeforeDiscovery {
    . "$PSScriptRoot/Setup.ps1"
    $commands = Get-Command -Module Relight
    $examples = foreach ($command in $commands) {
        foreach ($example in (Get-Help $command.Name -Full).examples.example) {
            # The prompt is no part of it, nor is what is said below.
            @{ Command = $command.Name; Code = ($example.code -replace '^PS[^>]*>\s*', '').Trim() }
        }
    }
    Remove-Item -LiteralPath $State -Recurse -Force
}
BeforeAll { . "$PSScriptRoot/Setup.ps1" }
AfterAll { Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue }

Describe 'the help of <_.Name>' -ForEach $commands {
    It 'says what it is for, and what each parameter is' {
        $help = Get-Help $_.Name -Full
        $help.Synopsis | Should -Not -Match '^\s*(Get|Repair|Test|Undo)-Relight'
        "$($help.description.Text)" | Should -Not -BeNullOrEmpty
        @($help.examples.example).Count | Should -BeGreaterOrEqual 2
        $common = [System.Management.Automation.PSCmdlet]::CommonParameters + [System.Management.Automation.PSCmdlet]::OptionalCommonParameters
        foreach ($name in $_.Parameters.Keys | Where-Object { $common -notcontains $_ }) {
            $described = $help.parameters.parameter | Where-Object { $_.name -eq $name }
            "$($described.description.Text)" | Should -Not -BeNullOrEmpty -Because "$name is a parameter"
        }
    }
}

Describe 'the examples' {
    BeforeAll {
        # Exchange's cmdlet, and servers that are nobody's.
        function global:Get-ExchangeServer { [pscustomobject]@{ Name = 'EX01'; Fqdn = 'ex01.contoso.local' }, [pscustomobject]@{ Name = 'EX02'; Fqdn = 'ex02.contoso.local' } }
        $quick = @{ 'Repair-RelightState:NoProbe' = $true; 'Repair-RelightState:NoWait' = $true; 'Test-RelightClient:Timeout' = '1s' }
        $defaults = $global:PSDefaultParameterValues.Clone()
        foreach ($name in $quick.Keys) { $global:PSDefaultParameterValues[$name] = $quick[$name] }
    }
    AfterAll {
        Remove-Item -Path function:global:Get-ExchangeServer
        $global:PSDefaultParameterValues.Clear()
        foreach ($name in $defaults.Keys) { $global:PSDefaultParameterValues[$name] = $defaults[$name] }
    }

    It 'run: <Code>' -ForEach $examples {
        $file = New-Scenario EX01, EX02
        foreach ($name in 'Get-RelightState', 'Repair-RelightState', 'Undo-RelightRun') { $global:PSDefaultParameterValues["${name}:Simulate"] = $file }
        $null = Repair-RelightState EX02 -Confirm:$false
        if ($Code -match '^Get-ExchangeServer \| Test-RelightClient') {
            # These hosts have no address here; that the words are right is what is seen.
            Mock Open-Relight -ModuleName Relight { throw ($Words -join ' ') }
            { & ([scriptblock]::Create($Code)) } | Should -Throw 'probe --format=json --color=never --timeout=1s -- EX01 EX02'
            return
        }
        $failed = $null
        $came = & ([scriptblock]::Create($Code)) -ErrorVariable failed
        $failed | Should -BeNullOrEmpty
        @($came).Count | Should -BeGreaterOrEqual 1
    }
}
