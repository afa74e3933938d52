<#
.SYNOPSIS
relight as cmdlets: objects in, objects out. What is looked at, decided and done is relight.exe's alone.

.DESCRIPTION
Each command runs one relight, reads the lines that it writes and makes objects of them. Repair-RelightState and
Undo-RelightRun show its plan with ShouldProcess, and answer it on its stdin; relight carries out that plan and no other.
The end of its stdin is a Ctrl-C for relight: what is being written is finished, and nothing else is begun.
#>

if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    throw "The module Relight works in FullLanguage alone, and this PowerShell is in $($ExecutionContext.SessionState.LanguageMode): run relight.exe itself."
}
Set-StrictMode -Version 2

. "$PSScriptRoot/Program.ps1"
. "$PSScriptRoot/Run.ps1"
. "$PSScriptRoot/Objects.ps1"

function Get-RelightState {
    <#
    .SYNOPSIS
    Looks which of PopProxy and ImapProxy are Inactive, for which requester and since when. Changes nothing.

    .DESCRIPTION
    Puts out one object for each server, as soon as it is looked at. Verdict has the word of relight's screen (OK, NOT OK,
    PLANNED ...), Components what is Inactive and since when, ExitCode what relight check would end with: 10, 13 and 14 are no
    errors here. One relight looks at all servers of the pipeline, side by side, with Exchange loaded once.

    .PARAMETER Server
    The servers, by name. Objects with a property Server, Name, Fqdn or ComputerName are taken as well, so those of
    Get-ExchangeServer. Without any: this server.

    .PARAMETER AllServers
    All servers from Exchange 2013 on, but Edge.

    .PARAMETER Component
    Only PopProxy, or only ImapProxy.

    .PARAMETER Probe
    Also connects to the ports as a client would.

    .PARAMETER IgnoreRequester
    What these requesters alone keep Inactive counts for nothing.

    .PARAMETER MaintenanceMax
    Maintenance that is older, like 24h, counts as Inactive and not as planned.

    .PARAMETER ConnectTo
    The FQDN of an Exchange server to open the remote session on, from a machine without the Exchange tools.

    .PARAMETER Jobs
    How many sessions work side by side.

    .PARAMETER JournalPath
    The folder of the journals, where it is not the usual one.

    .PARAMETER Simulate
    Plays this scenario, or scenario file, without Exchange.

    .EXAMPLE
    Get-RelightState EX01

    One server.

    .EXAMPLE
    Get-ExchangeServer | Get-RelightState | Where-Object Verdict -ne 'OK'

    All servers of the organisation that need somebody.

    .EXAMPLE
    (Get-RelightState EX01).Components | Select-Object -ExpandProperty Entries

    Who keeps something Inactive, since when, and the command that would set it Active.

    .LINK
    Repair-RelightState
    #>
    [CmdletBinding()]
    [OutputType('Relight.ServerState')]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Name', 'Fqdn', 'ComputerName')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Server,
        [switch] $AllServers,
        [string[]] $Component,
        [switch] $Probe,
        [string[]] $IgnoreRequester,
        [string] $MaintenanceMax,
        [string] $ConnectTo,
        [ValidateRange(1, 12)] [int] $Jobs,
        [string] $JournalPath,
        [string] $Simulate
    )

    begin { $names = New-Object System.Collections.Generic.List[string] }
    process { if ($Server) { $names.AddRange($Server) } }
    end {
        # An empty pipeline means no server, and not this one.
        if ($MyInvocation.ExpectingInput -and $names.Count -eq 0) { return }
        $list = @{ Path = $null }
        try {
            $words = @('check') + @(Get-OptionWord $PSBoundParameters @('AllServers', 'Component', 'Probe', 'IgnoreRequester',
                    'MaintenanceMax', 'ConnectTo', 'Jobs', 'JournalPath', 'Simulate')) + @(Get-ServerWord $names $list)
            $run = @{ Cmdlet = $PSCmdlet; Words = $words; TypeName = @('Relight.ServerState'); Simulated = $null; Failure = $null }
            if ($Simulate) { $run.Simulated = $Simulate }
            Invoke-Relight $run
        }
        finally { if ($list.Path) { [System.IO.File]::Delete($list.Path) } }
        if ($null -ne $run.Failure) { $PSCmdlet.ThrowTerminatingError($run.Failure) }
    }
}

function Repair-RelightState {
    <#
    .SYNOPSIS
    Sets Active what is Inactive, under the requester that set it Inactive, and looks again whether it is.

    .DESCRIPTION
    One relight looks at all servers of the pipeline and makes a plan. You are asked about each proposal of it, with the exact
    command; what you confirm is carried out, and nothing else. -WhatIf only shows it. -Confirm:$false asks nothing. In
    either case only entries of HealthApi are proposed, unless -Requester names others.

    Puts out one object for each server: Verdict (FIXED, NOT CONFIRMED ...), Components with the state before and now, Steps
    with each command that was run, Run with the name of the run, for Undo-RelightRun.

    .PARAMETER Server
    The servers, by name. Objects with a property Server, Name, Fqdn or ComputerName are taken as well: those of
    Get-ExchangeServer, and of Get-RelightState. Without any: this server.

    .PARAMETER AllServers
    All servers from Exchange 2013 on, but Edge.

    .PARAMETER Component
    Only PopProxy, or only ImapProxy.

    .PARAMETER Requester
    The requesters whose entries may be set Active beside those of HealthApi: Maintenance, Sidelined, Functional, Deployment,
    or any.

    .PARAMETER IncludeServerWideOffline
    ServerWideOffline may be set Active too, where it keeps a component Inactive: that ends maintenance of the whole server.

    .PARAMETER StartServices
    Which stopped services may be started: automatic (those that start with Windows), manual, none.

    .PARAMETER NoProbe
    Does not connect to the ports as a client would.

    .PARAMETER NoWait
    Looks once after the change, and does not wait for clients.

    .PARAMETER Wait
    How long to wait for clients, like 3m.

    .PARAMETER Watch
    Stays so long after that, like 10m, until the monitors are Healthy.

    .PARAMETER Batch
    How many servers at a time, like 1,5,25%.

    .PARAMETER MaxFailed
    If more servers fail, no other is begun.

    .PARAMETER LockTimeout
    How long to wait for another relight that may change something, like 10m.

    .PARAMETER ConnectTo
    The FQDN of an Exchange server to open the remote session on, from a machine without the Exchange tools.

    .PARAMETER Jobs
    How many sessions work side by side.

    .PARAMETER JournalPath
    The folder of the journals, where it is not the usual one.

    .PARAMETER Simulate
    Plays this scenario, or scenario file, without Exchange.

    .EXAMPLE
    Repair-RelightState EX01 -WhatIf

    What would be run.

    .EXAMPLE
    Get-ExchangeServer | Repair-RelightState -Confirm:$false

    What HealthApi keeps Inactive, on all servers, without a question.

    .EXAMPLE
    Get-RelightState EX01, EX02 | Repair-RelightState -Requester Maintenance -Confirm:$false -LockTimeout 10m

    At the end of a maintenance script.

    .LINK
    Undo-RelightRun
    #>
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'Get-Agreement calls it')]
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('Relight.ServerRepair')]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Name', 'Fqdn', 'ComputerName')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Server,
        [switch] $AllServers,
        [string[]] $Component,
        [string[]] $Requester,
        [switch] $IncludeServerWideOffline,
        [ValidateSet('automatic', 'manual', 'none')] [string] $StartServices,
        [switch] $NoProbe,
        [switch] $NoWait,
        [string] $Wait,
        [string] $Watch,
        [string] $Batch,
        [int] $MaxFailed,
        [string] $LockTimeout,
        [string] $ConnectTo,
        [ValidateRange(1, 12)] [int] $Jobs,
        [string] $JournalPath,
        [string] $Simulate
    )

    begin { $names = New-Object System.Collections.Generic.List[string] }
    process { if ($Server) { $names.AddRange($Server) } }
    end {
        if ($MyInvocation.ExpectingInput -and $names.Count -eq 0) { return }
        $list = @{ Path = $null }
        try {
            $words = @('fix') + @(Get-Mode) + @(Get-OptionWord $PSBoundParameters @('AllServers', 'Component', 'Requester',
                    'IncludeServerWideOffline', 'StartServices', 'NoProbe', 'NoWait', 'Wait', 'Watch', 'Batch', 'MaxFailed',
                    'LockTimeout', 'ConnectTo', 'Jobs', 'JournalPath', 'Simulate')) + @(Get-ServerWord $names $list)
            $run = @{
                Cmdlet = $PSCmdlet; Words = $words; TypeName = @('Relight.ServerRepair', 'Relight.ServerState'); Simulated = $null
                Failure = $null
            }
            Invoke-Relight $run
        }
        finally { if ($list.Path) { [System.IO.File]::Delete($list.Path) } }
        if ($null -ne $run.Failure) { $PSCmdlet.ThrowTerminatingError($run.Failure) }
    }
}

function Get-Mode {
    # How far the command that calls it goes: its -WhatIf and -Confirm are variables here.
    [CmdletBinding()]
    param()

    if ($WhatIfPreference) { '--dry-run' }
    elseif ("$ConfirmPreference" -eq 'None') { '--yes' }
}

function Test-RelightClient {
    <#
    .SYNOPSIS
    Connects to POP3 and IMAP4 ports as a client would, and says what a user meets there.

    .DESCRIPTION
    Puts out one object for each port. Standing is served, notServed (the connection is closed without a banner, as an
    Inactive proxy does) or notKnown. Nothing is logged in to, and no name or password is sent.

    .PARAMETER Server
    Hosts by name or address; with a port, as in ex01.contoso.local:995, that one alone, else 110, 995, 143 and 993. Objects
    with a property Server, Name, Fqdn or ComputerName are taken as well. Without any: this machine.

    .PARAMETER Timeout
    How long each host may take, like 5s.

    .PARAMETER AllServers
    All servers from Exchange 2013 on, but Edge.

    .PARAMETER ConnectTo
    The FQDN of an Exchange server to ask for all servers, from a machine without the Exchange tools.

    .PARAMETER Simulate
    Plays this scenario, or scenario file, where Exchange is asked for its servers.

    .EXAMPLE
    Test-RelightClient 127.0.0.1:110 -Timeout 2s

    One port.

    .EXAMPLE
    Get-ExchangeServer | Test-RelightClient | Where-Object Standing -ne 'served'

    The ports of all servers at which clients are not served.

    .LINK
    Get-RelightState
    #>
    [CmdletBinding()]
    [OutputType('Relight.ClientProbe')]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [Alias('Name', 'Fqdn', 'ComputerName')]
        [ValidateNotNullOrEmpty()]
        [string[]] $Server,
        [string] $Timeout,
        [switch] $AllServers,
        [string] $ConnectTo,
        [string] $Simulate
    )

    begin { $names = New-Object System.Collections.Generic.List[string] }
    process { if ($Server) { $names.AddRange($Server) } }
    end {
        if ($MyInvocation.ExpectingInput -and $names.Count -eq 0) { return }
        $list = @{ Path = $null }
        $run = @{ Words = @(); Failure = $null }
        try {
            $run.Words = @('probe') + @(Get-OptionWord $PSBoundParameters @('Timeout', 'AllServers', 'ConnectTo', 'Simulate')) +
            @(Get-ServerWord $names $list)
            $document = Read-Document $run
        }
        finally { if ($list.Path) { [System.IO.File]::Delete($list.Path) } }
        if ($null -ne $run.Failure) { $PSCmdlet.ThrowTerminatingError($run.Failure) }
        foreach ($port in $document.endpoints) { ConvertTo-ClientProbe $port $document.taken }
    }
}

function Get-RelightRun {
    <#
    .SYNOPSIS
    Lists the runs that could change something, newest first, or shows one with its servers.

    .DESCRIPTION
    The runs of the journal on this machine: those of the program, of its scheduled task and of this module.

    .PARAMETER Run
    The name of a run; its beginning is enough. Its object has Servers: what was found, done and confirmed on each.

    .PARAMETER Last
    How many to list.

    .PARAMETER All
    Lists all.

    .PARAMETER Server
    Only the runs that looked at one of these servers.

    .PARAMETER JournalPath
    The folder of the journals, where it is not the usual one.

    .EXAMPLE
    Get-RelightRun -Last 5

    The last five.

    .EXAMPLE
    Get-RelightRun -Last 1 | ForEach-Object { (Get-RelightRun $_.Run).Servers.Steps }

    What the last one ran.

    .LINK
    Undo-RelightRun
    #>
    [CmdletBinding(DefaultParameterSetName = 'List')]
    [OutputType('Relight.Run')]
    param(
        [Parameter(ParameterSetName = 'One', Position = 0, Mandatory = $true, ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string] $Run,
        [Parameter(ParameterSetName = 'List')] [ValidateRange(1, [int]::MaxValue)] [int] $Last,
        [Parameter(ParameterSetName = 'List')] [switch] $All,
        [string[]] $Server,
        [string] $JournalPath
    )

    process {
        $history = @{ Words = @(); Failure = $null }
        $history.Words = @('history') + @(Get-OptionWord $PSBoundParameters @('Last', 'All', 'Server', 'JournalPath'))
        if ($Run) { $history.Words += @('--', $Run) }
        $document = Read-Document $history
        if ($null -ne $history.Failure) { $PSCmdlet.ThrowTerminatingError($history.Failure) }
        if ($document.PSObject.Properties['runs']) { foreach ($one in $document.runs) { ConvertTo-Run $one } }
        else { ConvertTo-Run $document }
    }
}

function Undo-RelightRun {
    <#
    .SYNOPSIS
    Puts back what a run changed, where it is still as the run left it.

    .DESCRIPTION
    You are asked about each change, with the exact command. -WhatIf only shows it, -Confirm:$false asks nothing. Puts out one
    object for each server.

    .PARAMETER Run
    The name of the run; its beginning is enough. Objects of Get-RelightRun and Repair-RelightState have it. Without one: the
    last run that changed something and is not undone yet.

    .PARAMETER Server
    Only these servers of the run.

    .PARAMETER StopServices
    Also stops the services that the run started.

    .PARAMETER IncludeServerWideOffline
    ServerWideOffline is put back too, which takes the whole server offline.

    .PARAMETER Batch
    How many servers at a time, like 1,5,25%.

    .PARAMETER MaxFailed
    If more servers fail, no other is begun.

    .PARAMETER LockTimeout
    How long to wait for another relight that may change something, like 10m.

    .PARAMETER ConnectTo
    The FQDN of an Exchange server to open the remote session on, from a machine without the Exchange tools.

    .PARAMETER JournalPath
    The folder of the journals, where it is not the usual one.

    .PARAMETER Simulate
    The scenario file of the run, where that was a rehearsal on one.

    .EXAMPLE
    Undo-RelightRun -WhatIf

    What would put back the last run.

    .EXAMPLE
    Get-RelightRun -Last 1 | Undo-RelightRun -Confirm:$false

    Puts it back.

    .LINK
    Get-RelightRun
    #>
    [System.Diagnostics.CodeAnalysis.SuppressMessageAttribute('PSShouldProcess', '', Justification = 'Get-Agreement calls it')]
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    [OutputType('Relight.ServerRepair')]
    param(
        [Parameter(Position = 0, ValueFromPipeline = $true, ValueFromPipelineByPropertyName = $true)]
        [ValidateNotNullOrEmpty()]
        [string] $Run,
        [string[]] $Server,
        [switch] $StopServices,
        [switch] $IncludeServerWideOffline,
        [string] $Batch,
        [int] $MaxFailed,
        [string] $LockTimeout,
        [string] $ConnectTo,
        [string] $JournalPath,
        [string] $Simulate
    )

    begin { $runs = New-Object System.Collections.Generic.List[string] }
    process {
        # Each server of a run has its name.
        if ($Run -and -not $runs.Contains($Run)) { $runs.Add($Run) }
    }
    end {
        if ($MyInvocation.ExpectingInput -and $runs.Count -eq 0) { return }
        if ($runs.Count -eq 0) { $runs.Add('') }
        foreach ($name in $runs) {
            $words = @('undo') + @(Get-Mode) + @(Get-OptionWord $PSBoundParameters @('Server', 'StopServices',
                    'IncludeServerWideOffline', 'Batch', 'MaxFailed', 'LockTimeout', 'ConnectTo', 'JournalPath', 'Simulate'))
            if ($name) { $words += @('--', $name) }
            $undo = @{
                Cmdlet = $PSCmdlet; Words = $words; TypeName = @('Relight.ServerRepair', 'Relight.ServerState'); Simulated = $null
                Failure = $null
            }
            Invoke-Relight $undo
            if ($null -ne $undo.Failure) { $PSCmdlet.ThrowTerminatingError($undo.Failure) }
        }
    }
}

# ---- completion ----

$complete = @{
    Component       = { 'PopProxy', 'ImapProxy' }
    Requester       = { 'HealthApi', 'Maintenance', 'Sidelined', 'Functional', 'Deployment', 'any' }
    IgnoreRequester = { 'HealthApi', 'Maintenance', 'Sidelined', 'Functional', 'Deployment' }
    Simulate        = {
        $scenarios = Read-Document @{ Words = @('scenarios'); Failure = $null }
        $scenarios.scenarios | ForEach-Object { $_.name }
    }
    Run             = {
        param([System.Collections.IDictionary] $Bound)
        $history = Read-Document @{ Words = @('history') + @(Get-OptionWord $Bound @('JournalPath')); Failure = $null }
        $history.runs | ForEach-Object { $_.run }
    }
}

function Get-Completion {
    # What may stand in the place of a parameter, of what begins as it was typed. Nothing is said where nothing can be told.
    [CmdletBinding()]
    param([string] $Parameter, [string] $Typed, [System.Collections.IDictionary] $Bound)

    try { $names = @(& $complete[$Parameter] $Bound) } catch { return }
    $typed = $Typed.Trim("'`"")
    foreach ($name in $names) {
        if ($name.StartsWith($typed, [System.StringComparison]::OrdinalIgnoreCase)) {
            New-Object System.Management.Automation.CompletionResult $name, $name, 'ParameterValue', $name
        }
    }
}

$completer = {
    param($commandName, $parameterName, $wordToComplete, $commandAst, $fakeBoundParameters)
    $null = $commandName, $commandAst
    Get-Completion $parameterName $wordToComplete $fakeBoundParameters
}
foreach ($parameter in $complete.Keys) {
    $of = @{
        Component       = 'Get-RelightState', 'Repair-RelightState'
        Requester       = 'Repair-RelightState'
        IgnoreRequester = 'Get-RelightState'
        Simulate        = 'Get-RelightState', 'Repair-RelightState', 'Test-RelightClient', 'Undo-RelightRun'
        Run             = 'Get-RelightRun', 'Undo-RelightRun'
    }
    Register-ArgumentCompleter -CommandName $of[$parameter] -ParameterName $parameter -ScriptBlock $completer
}

Export-ModuleMember -Function 'Get-RelightState', 'Repair-RelightState', 'Test-RelightClient', 'Get-RelightRun', 'Undo-RelightRun'
