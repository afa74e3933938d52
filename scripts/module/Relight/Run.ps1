<#
.SYNOPSIS
One run of relight.exe: its lines as they come, the answer to its plan, and its end.
#>

function Open-Relight {
    # Starts it. Its console is one that nobody sees: a Ctrl-C in this one does not reach it, the end of its stdin does.
    [CmdletBinding()]
    param([string[]] $Words)

    $start = New-Object System.Diagnostics.ProcessStartInfo
    $start.FileName = Find-Relight
    $start.Arguments = ConvertTo-CommandLine $Words
    $start.WorkingDirectory = (Get-Location -PSProvider FileSystem).ProviderPath
    $start.UseShellExecute = $false
    $start.CreateNoWindow = $true
    $start.RedirectStandardInput = $true
    $start.RedirectStandardOutput = $true
    $start.RedirectStandardError = $true
    $start.StandardOutputEncoding = New-Object System.Text.UTF8Encoding $false
    $start.StandardErrorEncoding = New-Object System.Text.UTF8Encoding $false
    Write-Debug "$($start.FileName) $($start.Arguments)"
    $process = [System.Diagnostics.Process]::Start($start)
    @{
        Process = $process
        Out     = $process.StandardOutput.ReadLineAsync()
        Error   = $process.StandardError.ReadLineAsync()
    }
}

function Read-Relight {
    # The next line of its stdout; nothing at its end. What it says on stderr goes to the verbose stream where somebody looks
    # at that, and is kept.
    [CmdletBinding()]
    param([hashtable] $Open, [System.Collections.Generic.List[string]] $Said)

    while ($null -ne $Open.Out -or $null -ne $Open.Error) {
        $waiting = [System.Threading.Tasks.Task[]] @(@($Open.Out, $Open.Error) | Where-Object { $null -ne $_ })
        # Not for ever: PowerShell hears of a Ctrl-C between two statements.
        $null = [System.Threading.Tasks.Task]::WaitAny($waiting, 100)
        if ($null -ne $Open.Error -and $Open.Error.IsCompleted) {
            $text = $Open.Error.Result
            $Open.Error = $null
            if ($null -ne $text) {
                $Open.Error = $Open.Process.StandardError.ReadLineAsync()
                $Said.Add($text)
                Write-Verbose $text
            }
        }
        elseif ($null -ne $Open.Out -and $Open.Out.IsCompleted) {
            $line = $Open.Out.Result
            $Open.Out = $null
            if ($null -ne $line) {
                $Open.Out = $Open.Process.StandardOutput.ReadLineAsync()
                return $line
            }
        }
    }
}

function Close-Relight {
    # Lets it come to its end, whatever ended the pipeline here: what it is writing it finishes, and nobody kills it. Returns
    # its exit code. Runs after a Ctrl-C too, where only methods are of use.
    [CmdletBinding()]
    param([hashtable] $Open)

    try { $Open.Process.StandardInput.Close() } catch { $null = $_ }
    # What it still says must not keep it.
    foreach ($stream in 'Out', 'Error') {
        $reader = if ($stream -eq 'Out') { $Open.Process.StandardOutput } else { $Open.Process.StandardError }
        try { while ($null -ne $Open[$stream] -and $null -ne $Open[$stream].Result) { $Open[$stream] = $reader.ReadLineAsync() } }
        catch { $null = $_ }
    }
    $Open.Process.WaitForExit()
    $code = $Open.Process.ExitCode
    $Open.Process.Dispose()
    $code
}

function Invoke-Relight {
    # One run. $Run has the command that runs it (Cmdlet), its Words, and the type of its objects; it gets the Record of the
    # run, the exit Code, the Failures of servers, what was Said, and the Failure of the whole where there is one.
    [CmdletBinding()]
    param([hashtable] $Run)

    $Run.Said = New-Object System.Collections.Generic.List[string]
    $Run.Failures = @()
    $Run.Record = $null
    $Run.Plan = $null
    $open = $null
    $activity = "relight $($Run.Words[0])"
    $shown = [datetime]::MinValue
    $words = @($Run.Words[0], '--format=ndjson', '--driven', '--color=never')
    # With --verbose relight says more itself.
    if ($VerbosePreference -ne 'SilentlyContinue') { $words += '-v' }
    $words += @($Run.Words | Select-Object -Skip 1)
    try {
        $open = Open-Relight $words
        while ($null -ne ($line = Read-Relight $open $Run.Said)) {
            $record = ConvertFrom-Json $line
            switch ($record.record) {
                'progress' {
                    # Drawing is slow.
                    if (([datetime]::UtcNow - $shown).TotalMilliseconds -lt 200) { break }
                    $shown = [datetime]::UtcNow
                    $status = if ($null -eq $record.server) { $record.doing } else { "$($record.server): $($record.doing)" }
                    $percent = if ($null -eq $record.of) { -1 } else { [int] (100 * $record.done / $record.of) }
                    Write-Progress -Activity $activity -Status $status -PercentComplete $percent
                }
                'plan' {
                    if ($shown -ne [datetime]::MinValue) { Write-Progress -Activity $activity -Completed }
                    $Run.Plan = $record
                    $agreed = @(Get-Agreement $record $Run.Cmdlet)
                    if ($record.awaitsAnswer) {
                        $answer = [System.Text.Encoding]::ASCII.GetBytes("{`"agreed`":[$($agreed -join ',')]}`n")
                        $open.Process.StandardInput.BaseStream.Write($answer, 0, $answer.Length)
                        $open.Process.StandardInput.BaseStream.Flush()
                    }
                }
                'server' {
                    $state = ConvertTo-ServerState $record $Run
                    if (Test-Failure $record.exitCode) {
                        $message = "$($record.server): $($record.ending): $($record.headline)"
                        $Run.Failures += ConvertTo-Failure $message $record.exitCode $record.exit $state $Run.Said
                    }
                    $state
                }
                'run' { $Run.Record = $record }
            }
        }
        $Run.Code = Close-Relight $open
        $open = $null
    }
    # Without it an exception of .NET would end one statement and not the run.
    catch { throw }
    finally {
        if ($null -ne $open) { $null = Close-Relight $open }
        if ($shown -ne [datetime]::MinValue) { Write-Progress -Activity $activity -Completed }
    }
    Complete-Relight $Run
}

function Get-Agreement {
    # The numbers of what somebody agrees to in a plan.
    [CmdletBinding()]
    param([psobject] $Plan, [System.Management.Automation.PSCmdlet] $Cmdlet)

    $agreed = @()
    foreach ($proposal in $Plan.proposals) {
        $what = @($proposal.components) -join ' and '
        if ($null -eq $proposal.number) {
            $against = @($proposal.obstacles) + @($proposal.objections) | ForEach-Object { $_.kind } | Select-Object -Unique
            Write-Verbose "$($proposal.server): $what is left alone ($($against -join ', '))."
            continue
        }
        # What it makes no sense without was declined a moment ago.
        if ($null -ne $proposal.needsNumber -and $agreed -notcontains $proposal.needsNumber) { continue }
        $commands = @($proposal.changes | ForEach-Object { $_.command }) -join '; '
        if ($Cmdlet.ShouldProcess($proposal.server, $commands)) { $agreed += $proposal.number }
    }
    $agreed
}

function Complete-Relight {
    # Tells the errors: those of servers, and what the run came to as a whole where none of them says it.
    [CmdletBinding()]
    param([hashtable] $Run)

    $record = $Run.Record
    if ($null -eq $record -or $null -ne $record.error) {
        $Run.Failure = ConvertTo-RunFailure $Run
    }
    elseif ((Test-Failure $Run.Code) -and @($Run.Failures | ForEach-Object { $_.Exception.Data['ExitCode'] }) -notcontains $Run.Code) {
        $message = "relight ended with $($Run.Code) ($($record.exit))."
        $Run.Failures += ConvertTo-Failure $message $Run.Code $record.exit $null $Run.Said
    }
    # Not before the end: where an error ends the command, one server would keep the others from being done and told.
    foreach ($failure in $Run.Failures) { $Run.Cmdlet.WriteError($failure) }
}

function Read-Document {
    # The document of a command that is no run; nothing where there is none, and why in $Run.Failure.
    [CmdletBinding()]
    param([hashtable] $Run)

    $Run.Said = New-Object System.Collections.Generic.List[string]
    $Run.Record = $null
    $open = $null
    $words = @($Run.Words[0], '--format=json', '--color=never') + @($Run.Words | Select-Object -Skip 1)
    try {
        $open = Open-Relight $words
        $lines = New-Object System.Collections.Generic.List[string]
        while ($null -ne ($line = Read-Relight $open $Run.Said)) { $lines.Add($line) }
        $Run.Code = Close-Relight $open
        $open = $null
        if ($lines.Count -gt 0) { $Run.Record = ConvertFrom-Json ($lines -join "`n") }
    }
    catch { throw }
    finally { if ($null -ne $open) { $null = Close-Relight $open } }
    if ($null -eq $Run.Record -or ($Run.Record.PSObject.Properties['error'] -and $null -ne $Run.Record.error)) {
        $Run.Failure = ConvertTo-RunFailure $Run
        return
    }
    $Run.Record
}
