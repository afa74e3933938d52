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
    # The rehearsal of the page, in the folder where one works.
    Push-Location $State
    Copy-Item -LiteralPath ([System.IO.Path]::Combine($Root, 'src', 'simulator', 'scenarios', 'kb-3025138.json')) -Destination rehearsal.json

    function Get-Screen {
        # What a screen shows of a command: what it says to the host, its errors, its objects.
        param([string] $Code)

        $transcript = Join-Path $State 'transcript.txt'
        $null = Start-Transcript -Path $transcript
        # The next command finds what the last one left, as at a prompt.
        $came = try { . ([scriptblock]::Create($Code)) 2>&1 } catch { $_ } finally { $null = Stop-Transcript }
        $said = @([System.IO.File]::ReadAllLines($transcript) | Where-Object { $_ -like 'What if: *' })
        $lines = @($came | ForEach-Object { if ($_ -is [System.Management.Automation.ErrorRecord]) { "$($_.InvocationInfo.MyCommand): $_" } else { $_ } })
        # Every run has the same name there.
        (@($said) + @($lines | Get-Printed) -join "`n").Trim("`n") -replace '\d{8}-\d{6}-\d{3}', '20260314-024710-123'
    }
}
AfterAll {
    Pop-Location
    Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue
}

Describe 'docs/MODULE.md' {
    It 'shows commands' -TestCases @{ Shown = $shown } { @($Shown).Count | Should -BeGreaterOrEqual 5 }

    It 'is true: <Code>' -ForEach $shown { Get-Screen $Code | Should -BeExactly $Printed.Trim("`n") }
}
