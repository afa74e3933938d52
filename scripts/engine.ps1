<#
.SYNOPSIS
Answers relight's requests, one JSON object per line of stdin, with frames on stdout.

.DESCRIPTION
The only writer to stdout. relight starts it once per run and speaks docs/PROTOCOL.md with it:

    powershell.exe -NoLogo -NoProfile -NonInteractive -File engine.ps1 -Nonce <32 hex digits>

relight puts the other scripts in place of the line "# <operations>", each as a function named like its file after
"Relight-", so that nothing that Exchange's scripts define takes its place. Run as it stands here it knows no operation and
answers every request with an error.

No code may name the automatic variable of pipeline input: with -File the host would then read stdin itself.

.PARAMETER Nonce
What tells a frame of this session from text that merely looks like one.
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Nonce
)

# Under a constrained language mode (AppLocker, WDAC) no .NET call works, so that the engine cannot. Plain output does: the
# fixed text is the base64 of {"kind":"hello","languageMode":"ConstrainedLanguage"}.
if ("$($ExecutionContext.SessionState.LanguageMode)" -ne 'FullLanguage') {
    "@RL1 $Nonce 0 eyJraW5kIjoiaGVsbG8iLCJsYW5ndWFnZU1vZGUiOiJDb25zdHJhaW5lZExhbmd1YWdlIn0="
    exit 0
}

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$ConfirmPreference = 'None'

# Our two byte streams, taken before anything can print. The host goes on writing banners, warnings and verbose text to
# Console.Out: that now ends in stderr, and only frames reach the real stdout. Everything the engine has to remember is
# in this one variable, because Exchange's own scripts run in this scope too. Its keys are read as $Relight['Key']: for
# $Relight.Key PowerShell compiles a rule of its own for each key.
$Relight = @{
    Nonce      = $Nonce
    Stdout     = [Console]::OpenStandardOutput()
    Stdin      = New-Object System.IO.StreamReader ([Console]::OpenStandardInput()), ([System.Text.Encoding]::ASCII)
    Operations = @{
        'connect'               = 'Relight-Connect-Exchange'
        'get-exchange-server'   = 'Relight-Get-ExchangeServerInfo'
        'get-exchange-servers'  = 'Relight-Get-ExchangeServerList'
        'get-availability-groups' = 'Relight-Get-AvailabilityGroup'
        'get-component-state'   = 'Relight-Get-ComponentState'
        'get-setup-process'     = 'Relight-Get-SetupProcess'
        'get-environment'       = 'Relight-Get-Environment'
        'get-role-assignment'   = 'Relight-Get-RoleAssignment'
        'get-shell-policy'      = 'Relight-Get-ShellPolicy'
        'get-services'          = 'Relight-Get-ServiceState'
        'get-server-health'     = 'Relight-Get-MonitorHealth'
        'get-protocol-settings' = 'Relight-Get-ProtocolSettings'
        'get-certificates'      = 'Relight-Get-CertificateInfo'
        'get-recovery-actions'  = 'Relight-Get-RecoveryAction'
        'get-monitoring-overrides' = 'Relight-Get-MonitoringOverride'
        'get-audit-entries'     = 'Relight-Get-AuditEntry'
        'get-state-events'      = 'Relight-Get-StateEvent'
        'set-component-state'   = 'Relight-Set-ComponentState'
        'start-service'         = 'Relight-Start-ExchangeService'
        'stop-service'          = 'Relight-Stop-ExchangeService'
    }
    Id         = 0
    Arguments  = @{}
    Answer     = $null
}
[Console]::SetOut([Console]::Error)

function Send-RelightFrame {
    # One ASCII line: @RL1 <nonce> <id> <base64 of UTF-8 JSON>
    [CmdletBinding()]
    param([string] $Id, [hashtable] $Body)

    $json = ConvertTo-Json -InputObject $Body -Depth 8 -Compress
    $base64 = [Convert]::ToBase64String([System.Text.Encoding]::UTF8.GetBytes($json))
    $bytes = [System.Text.Encoding]::ASCII.GetBytes("@RL1 $($Relight['Nonce']) $Id $base64`n")
    $Relight['Stdout'].Write($bytes, 0, $bytes.Length)
    $Relight['Stdout'].Flush()
}

function ConvertTo-RelightErrorRecord {
    [CmdletBinding()]
    param([string] $Message, [string] $Id, [System.Management.Automation.ErrorCategory] $Category)

    $exception = New-Object System.InvalidOperationException $Message
    New-Object System.Management.Automation.ErrorRecord $exception, $Id, $Category, $null
}

function Find-RelightLoss {
    # Whether an error means that the remote session to Exchange is gone, by its types and never by its text: 'before' the
    # call was sent over there, or 'during' it, where nothing is known of it. Null: the error is the cmdlet's own.
    [CmdletBinding()]
    param($Thrown)

    $exception = $Thrown
    if ($Thrown -is [System.Management.Automation.ErrorRecord]) {
        if ("$($Thrown.FullyQualifiedErrorId)" -like 'Relight.SessionNotOpen*') { return 'before' }
        $exception = $Thrown.Exception
        # What an imported cmdlet does first: it looks for its session, or tries to open one.
        if ($exception -is [System.Management.Automation.MethodInvocationException] -and $null -ne $Thrown.InvocationInfo -and
            "$($Thrown.InvocationInfo.Line)" -like '*GetSteppablePipeline*') {
            $session = Get-Variable -Name remoteSession -Scope Global -ValueOnly -ErrorAction SilentlyContinue
            if ($null -ne $session -and $session.PSObject.Properties['State'] -and "$($session.State)" -ne 'Opened') { return 'before' }
        }
    }
    while ($exception -is [System.Exception]) {
        if ($exception -is [System.Management.Automation.Remoting.PSRemotingTransportException] -or
            $exception -is [System.Management.Automation.Runspaces.InvalidRunspaceStateException] -or
            $exception -is [System.Management.Automation.Runspaces.InvalidRunspacePoolStateException]) { return 'during' }
        $exception = $exception.InnerException
    }
    $null
}

function ConvertTo-RelightError {
    # Whatever was thrown, as texts. An exception that came over a remote session carries the name of its real type.
    [CmdletBinding()]
    param($Thrown)

    $lost = Find-RelightLoss $Thrown
    $record = $Thrown
    if ($record -is [System.Exception] -and $record.PSObject.Properties['ErrorRecord']) { $record = $record.ErrorRecord }
    if ($record -is [System.Exception]) {
        return @{
            message = "$($record.Message)"; type = $record.GetType().FullName; category = $null; id = $null; stack = $null; lost = $lost
        }
    }
    if ($record -isnot [System.Management.Automation.ErrorRecord]) {
        return @{ message = "$record"; type = $null; category = $null; id = $null; stack = $null; lost = $null }
    }
    $type = $null
    $message = "$record"
    if ($null -ne $record.Exception) {
        $type = $record.Exception.GetType().FullName
        $message = "$($record.Exception.Message)"
        $remote = $record.Exception.PSObject.Properties['SerializedRemoteException']
        if ($remote -and $null -ne $remote.Value) {
            $type = "$($remote.Value.PSObject.TypeNames | Select-Object -First 1)" -replace '^Deserialized\.', ''
        }
    }
    @{
        message  = $message
        type     = $type
        category = "$($record.CategoryInfo.Category)"
        id       = "$($record.FullyQualifiedErrorId)"
        stack    = "$($record.ScriptStackTrace)"
        lost     = $lost
    }
}

function Read-RelightRequest {
    # A request line becomes id, arguments (texts for typed parameters, never code) and the function that is meant: what
    # this puts out.
    [CmdletBinding()]
    param([string] $Line)

    $Relight['Id'] = 0
    $Relight['Arguments'] = @{}
    $Relight['Answer'] = $null
    # Looked at as text first, because an array of one object would come out as that object.
    $request = $null
    if ($Line.StartsWith('{', [System.StringComparison]::Ordinal)) {
        try { $request = ConvertFrom-Json -InputObject $Line }
        catch { throw (ConvertTo-RelightErrorRecord 'the request is not JSON' 'Relight.BadRequest' 'InvalidData') }
    }
    if ($request -isnot [System.Management.Automation.PSCustomObject]) {
        throw (ConvertTo-RelightErrorRecord 'the request is not a JSON object' 'Relight.BadRequest' 'InvalidData')
    }
    $id = $request.PSObject.Properties['id']
    if (-not $id -or ($id.Value -isnot [int] -and $id.Value -isnot [long]) -or $id.Value -lt 1) {
        throw (ConvertTo-RelightErrorRecord 'the request has no id' 'Relight.BadRequest' 'InvalidData')
    }
    $Relight['Id'] = $id.Value
    $operation = $request.PSObject.Properties['op']
    if (-not $operation -or $operation.Value -isnot [string]) {
        throw (ConvertTo-RelightErrorRecord 'the request names no operation' 'Relight.BadRequest' 'InvalidData')
    }
    $given = $request.PSObject.Properties['args']
    if ($given -and $null -ne $given.Value) {
        if ($given.Value -isnot [System.Management.Automation.PSCustomObject]) {
            throw (ConvertTo-RelightErrorRecord 'the arguments are not a JSON object' 'Relight.BadRequest' 'InvalidData')
        }
        foreach ($argument in $given.Value.PSObject.Properties) {
            if ($null -eq $argument.Value) { continue }
            # Text that looks like a date has become a date here: better refused than passed on as other text.
            if ($argument.Value -isnot [string]) {
                throw (ConvertTo-RelightErrorRecord "the argument '$($argument.Name)' is not text" 'Relight.BadRequest' 'InvalidData')
            }
            $Relight['Arguments'][$argument.Name] = $argument.Value
        }
    }
    $command = $Relight['Operations'][$operation.Value]
    if (-not $command -or -not $ExecutionContext.InvokeCommand.GetCommand($command, 'Function')) {
        $message = "this session has no operation '$($operation.Value)'"
        throw (ConvertTo-RelightErrorRecord $message 'Relight.UnknownOperation' 'NotImplemented')
    }
    $command
}

function Receive-RelightOutput {
    # Of all that a script and Exchange's scripts below it put out, on any stream, only two things are meant for relight:
    # the answer, and information marked as progress. The rest goes to stderr.
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline = $true)] $Item)

    process {
        if ($null -eq $Item) { return }
        if ($Item.PSObject.TypeNames -contains 'Relight.Answer') { $Relight['Answer'] = $Item; return }
        try { $text = "$Item" }
        catch { $text = $Item.GetType().FullName }
        if ($Item -is [System.Management.Automation.InformationRecord]) {
            $text = "$($Item.MessageData)"
            if ($Item.Tags -contains 'RelightProgress') {
                Send-RelightFrame $Relight['Id'] @{ kind = 'progress'; text = $text }
                return
            }
        }
        if ($text.Length -gt 2000) { $text = $text.Substring(0, 2000) + ' ...' }
        [Console]::Error.WriteLine($text)
    }
}

function Send-RelightAnswer {
    [CmdletBinding()]
    param([string] $Command)

    if ($null -eq $Relight['Answer']) {
        throw (ConvertTo-RelightErrorRecord "$Command ended without an answer" 'Relight.NoAnswer' 'InvalidResult')
    }
    Send-RelightFrame $Relight['Id'] @{ kind = 'result'; data = $Relight['Answer'] }
}

# <operations>

Send-RelightFrame 0 @{
    kind         = 'hello'
    psVersion    = "$($PSVersionTable.PSVersion)"
    languageMode = "$($ExecutionContext.SessionState.LanguageMode)"
    is64         = [Environment]::Is64BitProcess
    processId    = $PID
}

# This loop stands at the top of the script and not in a function, because of the dot before Connect-Exchange: what
# RemoteExchange.ps1 defines has to stay there for the calls that follow.
while ($null -ne ($Relight['Line'] = $Relight['Stdin'].ReadLine())) {
    if ($Relight['Line'].Trim().Length -eq 0) { continue }
    # What a module does follows the strict mode and the preferences of this scope, not those of its caller, and Exchange's
    # are written for a prompt. So here it is like at one; each script says for itself how it wants to be run.
    Set-StrictMode -Off
    $ErrorActionPreference = 'Continue'
    $WhatIfPreference = $false
    try {
        $RelightCommand = Read-RelightRequest $Relight['Line'].Trim()
        $RelightArguments = $Relight['Arguments']
        # A stray break or continue in Exchange's scripts ends this inner loop and not ours.
        do {
            if ($RelightCommand -eq 'Relight-Connect-Exchange') {
                . $RelightCommand @RelightArguments 3>&1 4>&1 5>&1 6>&1 | Receive-RelightOutput
            }
            else { & $RelightCommand @RelightArguments 3>&1 4>&1 5>&1 6>&1 | Receive-RelightOutput }
        } while ($false)
        Send-RelightAnswer $RelightCommand
    }
    catch { Send-RelightFrame $Relight['Id'] @{ kind = 'error'; error = ConvertTo-RelightError $_ } }
}

# End of stdin. Only few remote sessions are allowed per user, and one that is not closed lingers for minutes.
try { Get-PSSession | Remove-PSSession }
catch { [Console]::Error.WriteLine("$_") }
# Straight out: nothing is left to be wound down, and a host that winds down in order takes its time.
[Environment]::Exit(0)
