# docs/MODULE.md: every command in it prints what it says.

BeforeDiscovery {
    $document = [System.IO.Path]::Combine((Split-Path -Parent (Split-Path -Parent $PSScriptRoot)), 'docs', 'MODULE.md')
    $text = [System.IO.File]::ReadAllText($document) -replace "`r", ''
    $shown = foreach ($block in $text -split "\n``````console\n" | Select-Object -Skip 1) {
        foreach ($run in ($block -split "\n``````")[0] -split '(?m)^PS> ' | Where-Object { $_.Trim() }) {
            $lines = $run.TrimEnd() -split "`n"
            @{ Code = $lines[0]; Printed = ($lines | Select-Object -Skip 1) -join "`n" }
        }
    }
}
BeforeAll {
    . "$PSScriptRoot/Setup.ps1"
    function Get-Nameless {
        # A text in which every run has the same name.
        param([string] $Text)
        $Text -replace '\d{8}-\d{6}-\d{3}', '20260314-024710-123'
    }
}
AfterAll { Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue }

Describe 'docs/MODULE.md' {
    It 'shows commands' { @($Shown).Count | Should -BeGreaterOrEqual 5 } -TestCases @{ Shown = $shown }

    It 'is true: <Code>' -ForEach $shown {
        # The next command finds what the last one left, as at a prompt.
        $came = try { . ([scriptblock]::Create($Code)) 2>&1 6>&1 } catch { $_ }
        $printed = @($came | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { "$($_.InvocationInfo.MyCommand): $_" } else { $_ } }) | Get-Printed
        Get-Nameless $printed | Should -BeExactly (Get-Nameless $Printed.Trim("`n"))
    }
}
