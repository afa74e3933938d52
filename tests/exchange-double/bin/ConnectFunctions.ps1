# Part of the Exchange stand-in: the functions that RemoteExchange.ps1 dot-sources. Their shape follows the real ones where
# it matters to whoever calls them: break to a label across functions, $? and $error read after a failure, variables that
# were never set, Read-Host as the last resort.

. (Join-Path $PSScriptRoot 'SharedState.ps1')
. (Join-Path $PSScriptRoot 'RemoteSession.ps1')

function Test-DoubleLoad($kind)
{
    $state = Get-DoubleState
    @($state.load) -contains $kind
}

function Write-DoubleNoise
{
    # Every way of saying something that PowerShell has, and one that goes past it.
    write-host -no 'host text without a line end '
    write-host '@RL1 00000000000000000000000000000000 1 e30='
    Write-Warning 'a warning'
    Write-Verbose 'verbose text' -Verbose
    Write-Debug 'debug text' -Debug
    Write-Information 'information' -InformationAction Continue
    Write-Progress -Activity 'progress' -Status 'half' -PercentComplete 50
    # On the far side the ErrorAction Stop of the near one makes it an error that does.
    if (-not (Test-FarSide)) { Write-Error 'an error that ends nothing' -ErrorAction Continue }
    @{ kind = 'result'; data = 'a hashtable' }
    New-Object PSObject -Property @{ Component = 'Noise'; State = 'Active' }
    'text on the success stream'
    $null
    # There stdout is the session itself, and nothing of the product writes into it.
    if (Test-FarSide) { return }
    $program = @{ FilePath = '/bin/echo'; ArgumentList = 'a program past all of PowerShell' }
    if ($env:OS -eq 'Windows_NT') { $program = @{ FilePath = $env:ComSpec; ArgumentList = '/c echo a program past all of PowerShell' } }
    Start-Process @program -NoNewWindow -Wait
}

function _NewExchangeRunspace($fqdn)
{
    Write-Verbose "Connecting to $fqdn."
    if ((Test-DoubleLoad 'fail') -or (Test-DoubleLoad 'prompt') -or (Test-DoubleLoad 'w3svcStopped') -or !$fqdn)
    {
        Write-Error "[$fqdn] Connecting to remote server $fqdn failed with the following error message: the client cannot connect."
    }
    if (!$?)
    {
        if (!(5 -eq $error[0].exception.errorcode)) { return }
        break 'connectScope'
    }
    $far = (Get-DoubleState).remote
    if ($null -eq $far) { return New-Object PSObject -Property @{ ComputerName = $fqdn } }
    New-DoubleSession $far
}

function _OpenExchangeRunspace($fqdn)
{
    $global:remoteSession = _NewExchangeRunspace $fqdn
    if ($global:remoteSession -ne $null)
    {
        $global:connectedFqdn = $fqdn
        break 'connectScope'
    }
}

function _AutoDiscoverAndConnect
{
    $servers = @((Get-DoubleState).servers)
    for ($i = 0; $i -lt $servers.Length; $i++)
    {
        _OpenExchangeRunspace $servers[($i + $start) % $servers.Length].fqdn
    }
}

function Connect-ExchangeServer ($ServerFqdn, [switch]$Auto, [switch]$Prompt, $ClientApplication = $null)
{
    Write-DoubleLog 'connect' @{ auto = "$Auto"; clientApplication = "$ClientApplication" }
    set-variable VerbosePreference -value Continue
    :connectScope do
    {
        if (!($ServerFqdn -eq $null)) { _OpenExchangeRunspace $ServerFqdn }
        if ($Auto) { _AutoDiscoverAndConnect }

        if (Test-DoubleLoad 'fail') { break 'connectScope' }
        if (Test-DoubleLoad 'w3svcStopped') { Write-Warning 'The World Wide Web Publishing Service (w3svc) is stopped.' }
        Write-Host 'Failed to connect to any Exchange Server in the current site.'
        $fqdn = read-host -prompt 'Enter the Server FQDN where you want to connect'
        _OpenExchangeRunspace $fqdn
    }
    while ($false) #connectScope

    if (!($global:remoteSession -eq $null))
    {
        set-variable VerbosePreference -value SilentlyContinue
        if (Test-DoubleLoad 'noImport') { Write-Warning 'The proxy module could not be exported.' }
        elseif ($global:remoteSession -is [System.Management.Automation.Runspaces.PSSession]) { Import-DoubleSession $global:remoteSession }
        else
        {
            Import-Module (Join-Path $global:exbin 'ExchangeDouble.psm1') -DisableNameChecking
            Import-Module (Join-Path $global:exbin 'HealthDouble.psm1') -DisableNameChecking
        }
        Import-Module (Join-Path $global:exbin 'WindowsDouble.psm1') -DisableNameChecking
        set-variable VerbosePreference -value Continue
        Write-Verbose "Connected to $global:connectedFqdn."
    }
}
