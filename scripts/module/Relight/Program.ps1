<#
.SYNOPSIS
Where relight.exe is, and how parameters become the words of its command line.
#>

$program = @{ Path = $null }

function Find-Relight {
    # The program: beside the module, as the Gallery has it; above it, as the package has it; where it was installed; on PATH.
    [CmdletBinding()]
    param()

    if ($program.Path) { return $program.Path }
    $onWindows = [Environment]::OSVersion.Platform -eq 'Win32NT'
    $name = if ($onWindows) { 'relight.exe' } else { 'relight' }
    $places = @($PSScriptRoot, (Split-Path -Parent $PSScriptRoot))
    if ($onWindows) {
        $key = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\relight'
        if (Test-Path -LiteralPath $key) { $places += "$((Get-Item -LiteralPath $key).GetValue('InstallLocation'))" }
    }
    # Of PATH only what says where: an empty or relative entry means the current folder.
    $places += "$env:PATH".Split([System.IO.Path]::PathSeparator) | ForEach-Object { $_.Trim().Trim('"') }
    foreach ($place in $places) {
        try {
            if (-not $place -or -not [System.IO.Path]::IsPathRooted($place)) { continue }
            $file = [System.IO.Path]::Combine($place, $name)
        }
        # No path at all, to the .NET Framework.
        catch { continue }
        if ([System.IO.File]::Exists($file)) { $program.Path = $file; return $file }
    }
    throw "There is no $name beside the module, above it, where Install-Relight.ps1 puts it, or on PATH."
}

function ConvertTo-CommandLine {
    # Words as a program of Windows reads them again: Windows PowerShell 5.1 has no list for them.
    [CmdletBinding()]
    param([string[]] $Words)

    $quoted = foreach ($word in $Words) {
        if ($word.Contains([string] [char] 0)) { throw 'A word with a zero character in it cannot be handed on.' }
        if ($word -match '^[A-Za-z0-9_.,:/=@%+-]+$') { $word; continue }
        # A backslash counts only before a quote: there each one is doubled, and the quote gets its own.
        $inner = $word -replace '(\\*)"', '$1$1\"' -replace '(\\+)$', '$1$1'
        "`"$inner`""
    }
    $quoted -join ' '
}

function Get-OptionWord {
    # The parameters that were bound, as options of relight. Each value is part of its word, so that none is taken for an option.
    [CmdletBinding()]
    param([System.Collections.IDictionary] $Bound, [string[]] $Names)

    foreach ($name in $Names) {
        if (-not $Bound.ContainsKey($name)) { continue }
        $value = $Bound[$name]
        # MaxFailed: --max-failed.
        $option = '--' + ($name -creplace '(?<=.)([A-Z])', '-$1').ToLowerInvariant()
        if ($value -is [switch]) {
            if ($value) { $option }
        }
        elseif ($name -eq 'JournalPath') {
            "--journal-dir=$($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($value))"
        }
        elseif ($name -eq 'ConnectTo') { '--connection=remote'; "$option=$value" }
        elseif ($name -eq 'Simulate' -and (Test-Path -LiteralPath $value -PathType Leaf)) {
            "$option=$($ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($value))"
        }
        else { "$option=$($value -join ',')" }
    }
}

function Get-ServerWord {
    # The names of servers behind all options; where they are too many for a command line, in a file, which is told in $List.
    [CmdletBinding()]
    param([string[]] $Names, [hashtable] $List, [string] $Option)

    # Windows takes 32,767 characters.
    $most = 30000
    if (($Names -join ' ').Length -le $most) {
        if ($Option) { foreach ($name in $Names) { "$Option=$name" } }
        elseif ($Names) { '--'; $Names }
        return
    }
    # What the file would read otherwise than the command line does.
    $odd = @($Names | Where-Object { $_ -match '[#\r\n]' })
    if ($odd.Count -gt 0) { throw "$($odd[0]) is no name of a server." }
    $List.Path = [System.IO.Path]::GetTempFileName()
    [System.IO.File]::WriteAllLines($List.Path, $Names)
    "--servers-from=$($List.Path)"
}
