<#
.SYNOPSIS
Objects, times and errors, made of what relight.exe tells.
#>

function ConvertTo-Time {
    # UTC; what is no time stays what it is. PowerShell 7 has made one of the text already.
    [CmdletBinding()]
    param([object] $Value)

    if ($null -eq $Value) { return $null }
    if ($Value -is [datetime]) { return $Value.ToUniversalTime() }
    $style = [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal'
    [datetime]::Parse($Value, [System.Globalization.CultureInfo]::InvariantCulture, $style)
}

function ConvertTo-Typed {
    # An object of these names and properties.
    [CmdletBinding()]
    param([string[]] $TypeName, [System.Collections.Specialized.OrderedDictionary] $Properties)

    $object = New-Object psobject -Property $Properties
    for ($at = $TypeName.Count - 1; $at -ge 0; $at--) { $object.PSObject.TypeNames.Insert(0, $TypeName[$at]) }
    $object
}

function ConvertTo-Entry {
    # An entry that keeps a component Inactive.
    [CmdletBinding()]
    param([psobject] $Record)

    $lasting = $null
    if ($null -ne $Record.ageSeconds) { $lasting = [timespan]::FromSeconds($Record.ageSeconds) }
    ConvertTo-Typed 'Relight.Entry' ([ordered]@{
            Component   = $Record.component
            Requester   = $Record.requester
            State       = $Record.state
            Since       = ConvertTo-Time $Record.timestamp
            SinceText   = $Record.timestampText
            For         = $lasting
            Stores      = @($Record.stores)
            Command     = $Record.command
            UndoCommand = $Record.undoCommand
        })
}

function ConvertTo-Component {
    # A component of a server: as it was found, and as the last look saw it.
    [CmdletBinding()]
    param([psobject] $Finding, [psobject] $Record)

    $name = $Finding.component
    $now = $null
    if ($null -ne $Record.after) {
        $now = @($Record.after.components | Where-Object { $_.component -eq $name } | ForEach-Object { $_.state })[0]
    }
    $verdict = @($Record.verdicts | Where-Object { $_.component -eq $name } | ForEach-Object { $_.verdict })[0]
    $clients = @($Record.clients | Where-Object { $_.component -eq $name } | ForEach-Object { $_.standing })[0]
    ConvertTo-Typed 'Relight.Component' ([ordered]@{
            Server     = $Record.server
            Component  = $name
            State      = if ($null -ne $now) { $now } else { $Finding.state }
            Before     = $Finding.state
            Finding    = $Finding.finding
            Cause      = $Finding.cause
            Planned    = $Finding.planned
            PassedOver = $Finding.passedOver
            Entries    = @($Finding.inactiveEntries | ForEach-Object { ConvertTo-Entry $_ })
            Verdict    = $verdict
            Clients    = $clients
        })
}

function ConvertTo-ServerState {
    # A server, as a line of the stream or a run of the past tells of it.
    [CmdletBinding()]
    param([psobject] $Record, [hashtable] $Run)

    $look = if ($null -ne $Record.after) { $Record.after } else { $Record.before }
    $steps = foreach ($step in $Record.steps) {
        ConvertTo-Typed 'Relight.Step' ([ordered]@{
                Server      = $Record.server
                Command     = $step.command
                Outcome     = $step.outcome
                Sent        = $step.sent
                UndoCommand = $step.undoCommand
            })
    }
    $isLine = $Record.PSObject.Properties['ending']
    $plan = $Run.Plan
    ConvertTo-Typed $Run.TypeName ([ordered]@{
            Server            = $Record.server
            Verdict           = if ($isLine) { $Record.ending }
            Headline          = if ($isLine) { $Record.headline }
            ExitCode          = $Record.exitCode
            Exit              = $Record.exit
            Components        = @($Record.findings | ForEach-Object { ConvertTo-Component $_ $Record })
            Steps             = @($steps)
            Commands          = @($Record.plan | ForEach-Object { $_.changes } | ForEach-Object { $_.command } | Where-Object { $_ })
            ServerWideOffline = $Record.serverWideOffline
            LookedAt          = ConvertTo-Time $look.taken
            Fqdn              = $Record.fqdn
            Product           = $Record.product
            Version           = $Record.version
            Role              = $Record.role
            Run               = if ($null -ne $plan) { $plan.run }
            Simulated         = if ($null -ne $plan) { $plan.simulated } else { $Run.Simulated }
            Record            = $Record
        })
}

function ConvertTo-Run {
    # A run of the past; with its servers where the document has them.
    [CmdletBinding()]
    param([psobject] $Record)

    $properties = [ordered]@{
        Run       = $Record.run
        Begun     = ConvertTo-Time $Record.begun
        Command   = $Record.command
        AgreedBy  = $Record.agreedBy
        User      = $null
        State     = $Record.state
        ExitCode  = $Record.exitCode
        Exit      = $Record.exit
        Sent      = $Record.sent
        Confirmed = $Record.confirmed
        Verified  = $Record.verified
        Undoes    = $Record.undoes
        Simulated = $Record.simulated
        Servers   = $null
        Record    = $Record
    }
    if ($Record.PSObject.Properties['servers']) {
        if ($null -ne $Record.who) { $properties.User = $Record.who.user }
        $of = @{ TypeName = @('Relight.ServerRepair', 'Relight.ServerState'); Plan = $Record; Simulated = $Record.simulated }
        $properties.Servers = @($Record.servers | ForEach-Object { ConvertTo-ServerState $_ $of })
    }
    else { $properties.User = $Record.user }
    ConvertTo-Typed 'Relight.Run' $properties
}

function ConvertTo-ClientProbe {
    # A port, and what a client meets there: by the attempt that was served, or else the last.
    [CmdletBinding()]
    param([psobject] $Record, [object] $Taken)

    $attempts = @($Record.attempts)
    $best = @($attempts | Where-Object { $_.outcome -eq 'banner' }) + $attempts | Select-Object -First 1
    $properties = [ordered]@{
        Server   = $Record.host
        Port     = $Record.port
        Protocol = $Record.expectedProtocol
        Security = $Record.expectedSecurity
        Standing = $Record.standing
        Outcome  = $null
        Banner   = $null
        Address  = $null
        Tls      = $null
        Took     = $null
        Notes    = @()
        TakenAt  = ConvertTo-Time $Taken
        Record   = $Record
    }
    if ($null -ne $best) {
        $properties.Outcome = $best.outcome
        $properties.Banner = $best.came
        $properties.Address = $best.address
        $properties.Security = $best.security
        if ($null -ne $best.protocol) { $properties.Protocol = $best.protocol }
        if ($null -ne $best.tls) { $properties.Tls = $best.tls.version }
        $properties.Took = [timespan]::FromMilliseconds($best.tookMilliseconds)
        $properties.Notes = @($best.notes)
    }
    elseif ($null -ne $Record.unresolved) { $properties.Outcome = 'unresolved' }
    ConvertTo-Typed 'Relight.ClientProbe' $properties
}

function Test-Failure {
    # Whether an exit code is an error here. What is Inactive, planned, not known, left or not asked is told by properties.
    [CmdletBinding()]
    param([int] $Code)

    @(0, 10, 11, 12, 13, 14) -notcontains $Code
}

function ConvertTo-Failure {
    [CmdletBinding()]
    param(
        [string] $Message, [int] $Code, [string] $Exit, [psobject] $Target,
        [System.Collections.Generic.List[string]] $Said, [string[]] $Hints = @()
    )

    $categories = @{
        2 = 'InvalidArgument'; 20 = 'ResourceUnavailable'; 21 = 'PermissionDenied'; 22 = 'ObjectNotFound'; 23 = 'ConnectionError'
        30 = 'WriteError'; 31 = 'InvalidResult'; 32 = 'InvalidResult'; 33 = 'OperationStopped'; 40 = 'ResourceBusy'
        41 = 'OperationTimeout'; 42 = 'OpenError'; 130 = 'OperationStopped'
    }
    $category = if ($categories.ContainsKey($Code)) { $categories[$Code] } else { 'NotSpecified' }
    # change-failed: RelightChangeFailed.
    $id = 'Relight' + (@($Exit -split '-' | Where-Object { $_ } | ForEach-Object { $_.Substring(0, 1).ToUpperInvariant() + $_.Substring(1) }) -join '')
    $exception = New-Object System.InvalidOperationException $Message
    $exception.Data['ExitCode'] = $Code
    $exception.Data['Exit'] = $Exit
    if ($null -ne $Said) { $exception.Data['Said'] = $Said -join "`n" }
    $failure = New-Object System.Management.Automation.ErrorRecord $exception, $id, $category, $Target
    $hint = @($Hints | ForEach-Object { $_.Substring(0, 1).ToUpperInvariant() + $_.Substring(1).TrimEnd('.') + '.' }) -join ' '
    if ($hint) {
        $failure.ErrorDetails = New-Object System.Management.Automation.ErrorDetails "$($Message.TrimEnd('.')). $hint"
        $failure.ErrorDetails.RecommendedAction = $hint
    }
    $failure
}

function ConvertTo-RunFailure {
    # Why there is nothing to show: by the document, or where there is none by what was said.
    [CmdletBinding()]
    param([hashtable] $Run)

    $record = $Run.Record
    if ($null -ne $record) {
        $text = $record.error.message
        $hints = @($record.error.hints)
        $exit = $record.exit
    }
    else {
        $text = @($Run.Said | Where-Object { $_.Trim() }) -join "`n" -replace '^error: ', '' -replace '(?s)\n\s*\n?Usage:.*$', ''
        $hints = @()
        $exit = if ($Run.Code -eq 2) { 'usage' } else { 'bug' }
        if (-not $text) { $text = "relight ended with $($Run.Code) and said nothing" }
    }
    ConvertTo-Failure $text $Run.Code $exit $null $Run.Said $hints
}
