# How the module finds the program, and hands words on to it.

BeforeAll { . "$PSScriptRoot/Setup.ps1" }
AfterAll { Remove-Item -LiteralPath $State -Recurse -Force -ErrorAction SilentlyContinue }

Describe 'the command line' {
    It 'is read by the program as it was meant' -Tag Smoke {
        $awkward = @(
            'plain', '', ' ', 'two words', 'tab	in', 'a"quote', '"all"', '\', '\\', 'ends\', 'ends two\\', 'C:\a b\', '\"', '\\"', 'a\"b c\\"d\\'
            '"', '""', "'single'", '$(calc)', '`n', '%PATH%', '^&|<>', '--yes', '-y', '/?', '@file', '*', 'a;b', '=', "line`nbreak", "$([char] 0xfc)"
        )
        # There are no such files, and the document has the words as they came.
        $arguments = InModuleScope Relight -Parameters @{ Words = @($awkward | ForEach-Object { "--servers-from=no such $_" }) } {
            $open = Open-Relight (@('check', '--format=json', '--simulate=healthy') + $Words)
            $said = New-Object System.Collections.Generic.List[string]
            $lines = while ($null -ne ($line = Read-Relight $open $said)) { $line }
            $null = Close-Relight $open
            ($lines -join "`n" | ConvertFrom-Json).arguments
        }
        $arguments.Count | Should -Be ($awkward.Count + 3)
        for ($at = 0; $at -lt $awkward.Count; $at++) { $arguments[$at + 3] | Should -BeExactly "--servers-from=no such $($awkward[$at])" }
    }

    It 'refuses what no command line can have' {
        InModuleScope Relight { { ConvertTo-CommandLine "a$([char] 0)b" } | Should -Throw '*zero character*' }
    }

    It 'never takes a name for an option' {
        $failed = { Get-RelightState '--version' } | Should -Throw -PassThru
        $failed.Exception.Data['ExitCode'] | Should -Be 2
    }

    It 'has the names of servers in a file where they are too many' {
        $most = @(1..2999 | ForEach-Object { 'EX{0:0000000}' -f $_ })
        InModuleScope Relight -Parameters @{ Most = $most } {
            $list = @{ Path = $null }
            @(Get-ServerWord $Most $list).Count | Should -Be 3000
            $list.Path | Should -BeNullOrEmpty
            $words = @(Get-ServerWord ($Most + $Most) $list)
            $words.Count | Should -Be 1
            $words[0] | Should -Be "--servers-from=$($list.Path)"
            [System.IO.File]::ReadAllLines($list.Path).Count | Should -Be 5998
            [System.IO.File]::Delete($list.Path)
            { Get-ServerWord ($Most + $Most + 'EX01#EX02') @{ Path = $null } } | Should -Throw '*no name of a server*'
        }
    }

    It 'looks at that many, and leaves no file behind' {
        $many = @(1..3500 | ForEach-Object { 'EX{0:0000000}' -f $_ })
        $before = @(Get-ChildItem ([System.IO.Path]::GetTempPath()) -Filter 'tmp*').Count
        { Get-RelightState $many -Simulate failed-load } | Should -Throw
        @(Get-ChildItem ([System.IO.Path]::GetTempPath()) -Filter 'tmp*').Count | Should -Be $before
    }
}

Describe 'the program' {
    BeforeAll {
        function Find-InCopy {
            # Where a copy of the module finds it, with this program beside it or above it.
            param([string] $Place)

            $folder = Join-Path $State ([guid]::NewGuid().ToString('N'))
            $copy = Join-Path $folder 'Relight'
            $null = New-Item -ItemType Directory -Path $copy
            Copy-Item -Path (Join-Path $Module '*') -Destination $copy
            $name = Split-Path -Leaf $env:RELIGHT_TEST_PROGRAM
            if ($Place) { Copy-Item -LiteralPath $env:RELIGHT_TEST_PROGRAM -Destination (Join-Path $folder $Place) }
            $shell = [powershell]::Create()
            $found = $shell.AddScript("`$env:PATH = '$(Split-Path -Parent $env:RELIGHT_TEST_PROGRAM)'; & (Import-Module '$copy' -PassThru) { Find-Relight }").Invoke()
            $failed = "$($shell.Streams.Error)"
            $shell.Dispose()
            if ($failed) { throw $failed }
            "$found".Replace($folder, '').Replace('\', '/').Replace($name, 'NAME')
        }
        $path = $env:PATH
    }
    AfterEach { $env:PATH = $path }

    It 'is the one in the folder of the module' { Find-InCopy "Relight/$(Split-Path -Leaf $env:RELIGHT_TEST_PROGRAM)" | Should -Be '/Relight/NAME' }
    It 'or the one above it' { Find-InCopy (Split-Path -Leaf $env:RELIGHT_TEST_PROGRAM) | Should -Be '/NAME' }
    It 'or the one on PATH' {
        Find-InCopy '' | Should -Be ((Split-Path -Parent $env:RELIGHT_TEST_PROGRAM).Replace('\', '/') + '/NAME')
    } -Skip:([Environment]::OSVersion.Platform -eq 'Win32NT' -and (Test-Path 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight'))

    It 'is missed in a sentence' {
        InModuleScope Relight {
            $known = $program.Path
            $program.Path = $null
            $path = $env:PATH
            $env:PATH = "relative$([System.IO.Path]::PathSeparator)$([System.IO.Path]::PathSeparator)$([System.IO.Path]::GetTempPath())"
            try { { Find-Relight } | Should -Throw 'There is no relight* beside the module*' }
            finally { $env:PATH = $path; $program.Path = $known }
        }
    }
}

Describe 'constrained language' {
    It 'is refused in one sentence' {
        $failed = $null
        $shell = [powershell]::Create([initialsessionstate]::CreateDefault2())
        $null = $shell.AddScript("`$ExecutionContext.SessionState.LanguageMode = 'ConstrainedLanguage'").Invoke()
        $shell.Commands.Clear()
        try { $null = $shell.AddScript("Import-Module '$Module'").Invoke() } catch { $failed = $_ }
        $said = "$failed $($shell.Streams.Error)"
        $shell.Dispose()
        $said | Should -Match 'The module Relight works in FullLanguage alone, and this PowerShell is in ConstrainedLanguage: run relight.exe itself\.'
    }
}

Describe 'the manifest' {
    It 'is one that the Gallery takes' {
        $manifest = Test-ModuleManifest (Join-Path $Module 'Relight.psd1') -ErrorAction Stop
        $manifest.ExportedFunctions.Keys | Sort-Object | Should -Be @('Get-RelightRun', 'Get-RelightState', 'Repair-RelightState', 'Test-RelightClient', 'Undo-RelightRun')
        $manifest.PowerShellVersion | Should -Be '5.1'
        $manifest.CompatiblePSEditions | Should -Be @('Desktop', 'Core')
        @(Get-Command -Module Relight).Count | Should -Be 5
    }
}
