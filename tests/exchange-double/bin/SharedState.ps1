# Part of the Exchange stand-in: its state and its log are those of all shells of a test, several of which may run at once.
# Whoever reads the state to change it keeps the others out meanwhile; the lock goes with the process that has it.

$script:StateLock = $null
$script:StateDepth = 0

function Enter-DoubleState
{
    if ($script:StateDepth -eq 0) { $script:StateLock = Open-DoubleFile "$env:EXCHANGE_DOUBLE_STATE.lock" 'OpenOrCreate' }
    $script:StateDepth++
}

function Exit-DoubleState
{
    $script:StateDepth--
    if ($script:StateDepth -eq 0) { $script:StateLock.Dispose() }
}

function Open-DoubleFile([string] $Path, [string] $Mode)
{
    # For this process alone; whoever else has it open will close it soon.
    for ($attempt = 0; ; $attempt++)
    {
        try { return New-Object System.IO.FileStream $Path, $Mode, 'Write', 'None' }
        catch { if ($attempt -ge 6000) { throw } }
        [System.Threading.Thread]::Sleep(5)
    }
}

function Get-DoubleState
{
    Enter-DoubleState
    try { Get-Content -Raw -Path $env:EXCHANGE_DOUBLE_STATE | ConvertFrom-Json }
    finally { Exit-DoubleState }
}

function Save-DoubleState($State)
{
    # Written beside it and moved over it, so that a crash leaves the one or the other.
    $beside = "$env:EXCHANGE_DOUBLE_STATE.$PID"
    [System.IO.File]::WriteAllText($beside, (ConvertTo-Json -Depth 12 $State))
    Move-Item -Force -LiteralPath $beside -Destination $env:EXCHANGE_DOUBLE_STATE
}

function Write-DoubleLog([string] $What, $Arguments)
{
    if (-not $env:EXCHANGE_DOUBLE_LOG) { return }
    $line = ConvertTo-Json -Compress -Depth 4 @{ pid = $PID; what = $What; args = $Arguments }
    $bytes = [System.Text.Encoding]::UTF8.GetBytes("$line`n")
    $log = Open-DoubleFile $env:EXCHANGE_DOUBLE_LOG 'Append'
    try { $log.Write($bytes, 0, $bytes.Length) }
    finally { $log.Dispose() }
}

function Test-DoubleServer($Fault, [string] $Server)
{
    # Whether a fault is about this server: it names none, one or several.
    $only = if ($null -ne $Fault -and $Fault.PSObject.Properties['server']) { @($Fault.server) }
    $null -eq $only -or $only -contains $Server
}
