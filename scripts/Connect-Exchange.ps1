<#
.SYNOPSIS
Loads the Exchange cmdlets into this PowerShell.

.DESCRIPTION
Dot-source it, as relight does: what RemoteExchange.ps1 defines then stays where later commands find it. So do strict mode
and ErrorActionPreference Stop, which relight wants.

.PARAMETER Connection
ems: the Exchange Management Shell installed on this machine. remote: a remote session on a server; needs no Exchange
tools here, but values then arrive as text. snapin: the snap-in, which bypasses the role-based access control.

.PARAMETER ConnectTo
For remote: the FQDN of the server to open the session on.

.EXAMPLE
. .\Connect-Exchange.ps1 -Connection ems
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Connection,
    [string] $ConnectTo
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Exchange's scripts run in this very scope, so that everything to be kept from them is in one variable.
$RelightLoad = @{
    Cmdlets     = @('Get-ServerComponentState', 'Set-ServerComponentState', 'Get-ExchangeServer')
    # Good to have: they tell why a component was taken down.
    Telling     = @('Get-ServerHealth', 'Get-PopSettings', 'Get-ImapSettings', 'Get-ExchangeCertificate')
    Errors      = @()
    ConnectedTo = $null
}

function ConvertTo-ConnectError {
    [CmdletBinding()]
    param([string] $Message, [string] $Id, [System.Management.Automation.ErrorCategory] $Category)

    $exception = New-Object System.InvalidOperationException $Message
    New-Object System.Management.Automation.ErrorRecord $exception, $Id, $Category, $null
}

function Send-ConnectProgress {
    # On the information stream: relight shows it, and by hand it stays silent.
    [CmdletBinding()]
    param([string] $Text)

    Write-Information -MessageData $Text -Tags 'RelightProgress'
}

function Get-RemoteExchangePath {
    # The setup key cannot be seen by a 32-bit process, and its drive is missing where there is no Windows.
    [CmdletBinding()]
    param()

    $folders = @($env:ExchangeInstallPath)
    $setup = Get-ItemProperty -Path 'HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15\Setup' -ErrorAction SilentlyContinue
    if ($null -ne $setup -and $setup.PSObject.Properties['MsiInstallPath']) { $folders += "$($setup.MsiInstallPath)" }
    foreach ($folder in $folders) {
        if (-not $folder) { continue }
        # Setup names the folder Bin, everybody else bin; only Windows does not care.
        foreach ($bin in 'bin', 'Bin') {
            $path = [System.IO.Path]::Combine($folder, $bin, 'RemoteExchange.ps1')
            if (Test-Path -LiteralPath $path -PathType Leaf) { return $path }
        }
    }
    $message = 'the Exchange Management Tools are not installed here: no bin\RemoteExchange.ps1 below %ExchangeInstallPath% ' +
        'or the MsiInstallPath of the setup key'
    throw (ConvertTo-ConnectError $message 'Relight.ExchangeToolsNotFound' 'NotInstalled')
}

function Connect-RemoteSession {
    [CmdletBinding()]
    param([string] $Fqdn, [string[]] $CommandName)

    if (-not $Fqdn) {
        throw (ConvertTo-ConnectError 'a remote connection needs the FQDN of a server' 'Relight.ConnectToMissing' 'InvalidArgument')
    }
    $uri = (New-Object System.UriBuilder 'http', $Fqdn, 80, 'PowerShell/').Uri
    $session = New-PSSession -ConfigurationName Microsoft.Exchange -ConnectionUri $uri -Authentication Kerberos
    try {
        # A cmdlet that the account's roles do not give is an error here; which ones came is looked at afterwards.
        $import = @{
            Session             = $session
            CommandName         = $CommandName
            AllowClobber        = $true
            DisableNameChecking = $true
            ErrorAction         = 'SilentlyContinue'
            ErrorVariable       = 'missing'
        }
        $missing = @()
        $null = Import-PSSession @import
        $missing
    }
    catch {
        Remove-PSSession -Session $session
        throw
    }
}

switch ($Connection) {
    'ems' {
        $RelightLoad.Path = Get-RemoteExchangePath
        Send-ConnectProgress 'loading the Exchange Management Shell'
        $RelightLoad.Steps = @(
            @{ Name = $RelightLoad.Path; IsFile = $true; Parameters = @{} },
            @{
                Name       = 'Connect-ExchangeServer'
                IsFile     = $false
                Parameters = @{ auto = $true; ClientApplication = 'ManagementShell' }
            }
        )
        # These scripts are not written for strict mode, and they count on going on after an error: without a console the
        # widening of the window fails, and a server that does not answer is followed by the next one. A try block
        # anywhere above them would turn the first such error into their end. Only a nested pipeline is out of reach
        # of ours; the file is dot-sourced in it.
        Set-StrictMode -Off
        $ErrorActionPreference = 'Continue'
        try {
            foreach ($RelightStep in $RelightLoad.Steps) {
                $RelightShell = [powershell]::Create([System.Management.Automation.RunspaceMode]::CurrentRunspace)
                try {
                    $null = $RelightShell.AddCommand($RelightStep.Name, -not $RelightStep.IsFile)
                    $null = $RelightShell.AddParameters($RelightStep.Parameters)
                    $RelightShell.Invoke()
                }
                catch { $RelightLoad.Errors += $_.Exception.GetBaseException().Message }
                finally {
                    $RelightLoad.Errors += @($RelightShell.Streams.Error | ForEach-Object { "$_" })
                    $RelightShell.Dispose()
                }
            }
        }
        finally {
            Set-StrictMode -Version 2
            $ErrorActionPreference = 'Stop'
        }
        # A loop, because an empty pipeline is not null to the JSON of Windows PowerShell but an empty object.
        foreach ($RelightSession in @(Get-PSSession)) {
            if ($RelightSession.ConfigurationName -eq 'Microsoft.Exchange') {
                $RelightLoad.ConnectedTo = "$($RelightSession.ComputerName)"
            }
        }
    }
    'remote' {
        Send-ConnectProgress "opening a remote session on $ConnectTo"
        $RelightLoad.Errors = @(Connect-RemoteSession -Fqdn $ConnectTo -CommandName ($RelightLoad.Cmdlets + $RelightLoad.Telling) |
                ForEach-Object { "$_" })
        $RelightLoad.ConnectedTo = $ConnectTo
    }
    'snapin' {
        Send-ConnectProgress 'adding the Exchange snap-in'
        try { Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.SnapIn' }
        catch { throw (ConvertTo-ConnectError "the Exchange snap-in cannot be added: $_" 'Relight.ExchangeToolsNotFound' 'NotInstalled') }
    }
    default { throw (ConvertTo-ConnectError "unknown connection '$Connection'" 'Relight.UnknownConnection' 'InvalidArgument') }
}

foreach ($RelightError in $RelightLoad.Errors) { Write-Warning "while Exchange was loaded: $RelightError" }
$RelightLoad.Found = @(Get-Command -Name $RelightLoad.Cmdlets -ErrorAction SilentlyContinue | ForEach-Object { $_.Name })
if ($RelightLoad.Found -notcontains 'Get-ServerComponentState') {
    $RelightLoad.Message = 'Exchange was loaded, but there is no Get-ServerComponentState'
    if ($RelightLoad.Errors) {
        $RelightLoad.Message += '; the last errors: ' + (@($RelightLoad.Errors | Select-Object -Last 3) -join ' / ')
    }
    throw (ConvertTo-ConnectError $RelightLoad.Message 'Relight.ExchangeNotLoaded' 'ResourceUnavailable')
}

$RelightLoad.Computer = [Environment]::MachineName
if ($env:COMPUTERNAME) { $RelightLoad.Computer = $env:COMPUTERNAME }

[pscustomobject] @{
    PSTypeName  = 'Relight.Answer'
    computer    = $RelightLoad.Computer
    hostName    = [System.Net.Dns]::GetHostName()
    cmdlets     = [object[]] @($RelightLoad.Found)
    connectedTo = $RelightLoad.ConnectedTo
}
