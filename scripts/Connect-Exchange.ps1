<#
.SYNOPSIS
Loads the Exchange cmdlets into this PowerShell.

.DESCRIPTION
Dot-source it, as relight does: what RemoteExchange.ps1 defines then stays where later commands find it. So do strict mode
and ErrorActionPreference Stop, which relight wants.

Done once more in the same PowerShell it opens a new session in place of one that broke. Where a session is open and its
cmdlets were not imported, functions with their names call them there directly.

.PARAMETER Connection
ems: the Exchange Management Shell installed on this machine. remote: a remote session on a server; needs no Exchange
tools here, but values may then arrive as text. snapin: the snap-in, which bypasses the role-based access control.

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
    # Good to have: they tell why a component was set Inactive, and by whom.
    Telling     = @(
        'Get-ServerHealth', 'Get-PopSettings', 'Get-ImapSettings', 'Get-ExchangeCertificate', 'Get-ServerMonitoringOverride',
        'Get-GlobalMonitoringOverride', 'Search-AdminAuditLog'
    )
    # To find the servers of a group.
    Groups      = @('Get-DatabaseAvailabilityGroup')
    # For a checkup: they tell what the account may do.
    Roles       = @(
        'Get-ManagementRole', 'Get-ManagementRoleAssignment', 'Get-ThrottlingPolicy', 'Get-ThrottlingPolicyAssociation'
    )
    Warnings    = @()
    Errors      = @()
    # Whether a session was there before, and whether the cmdlets are to be called in the session itself.
    IsAgain     = $false
    IsDirect    = $false
    Lack        = 'Exchange was loaded, but there is no Get-ServerComponentState'
    ConnectedTo = $null
    New         = $null
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

function Receive-LoadOutput {
    # Lets through what Exchange's scripts put out, and keeps their warnings: there they say why no server answers.
    [CmdletBinding()]
    param([Parameter(ValueFromPipeline = $true)] $Item)

    process {
        if ($Item -is [System.Management.Automation.WarningRecord]) {
            $RelightLoad.Warnings += "$($Item.Message)"
            Write-Warning $Item.Message
        }
        else { $Item }
    }
}

function Open-RemoteSession {
    # With whole objects and bound to that server, where the endpoint knows how; the bare address is the form that all know.
    [CmdletBinding()]
    param([string] $Fqdn)

    if (-not $Fqdn) {
        throw (ConvertTo-ConnectError 'a remote connection needs the FQDN of a server' 'Relight.ConnectToMissing' 'InvalidArgument')
    }
    $address = New-Object System.UriBuilder 'http', $Fqdn, 80, 'PowerShell/'
    $bare = $address.Uri
    $name = [Uri]::EscapeDataString($Fqdn)
    $address.Query = "serializationLevel=Full;ExchClientVer=15.0.0.0;clientApplication=ManagementShell;TargetServer=$name"
    $open = @{ ConfigurationName = 'Microsoft.Exchange'; Authentication = 'Kerberos' }
    try { New-PSSession @open -ConnectionUri $address.Uri }
    catch {
        # Who is not let in with the one is not let in with the other.
        if ("$($_.FullyQualifiedErrorId)" -like 'AccessDenied*') { throw }
        $RelightLoad.Errors += "$_"
        New-PSSession @open -ConnectionUri $bare
    }
}

function Get-SessionState {
    # Opened, Broken, Closed; none: there is no session; local: what there is cannot be called.
    [CmdletBinding()]
    param()

    $session = Get-Variable -Name remoteSession -Scope Global -ValueOnly -ErrorAction SilentlyContinue
    if ($null -eq $session) { return 'none' }
    if (-not $session.PSObject.Properties['Runspace'] -or -not $session.PSObject.Properties['State']) { return 'local' }
    "$($session.State)"
}

function Remove-OldSession {
    # Only few sessions are allowed per user, and what is left of a broken one must not be taken for the new one.
    [CmdletBinding()]
    param()

    $session = Get-Variable -Name remoteSession -Scope Global -ValueOnly -ErrorAction SilentlyContinue
    try { if ($session -is [System.Management.Automation.Runspaces.PSSession]) { Remove-PSSession -Session $session } }
    catch { $RelightLoad.Errors += "$_" }
    $global:remoteSession = $null
}

# What a function of a cmdlet's name does where the cmdlet is called in the session directly: as programs do, which needs no
# import and no temporary module. The far side runs no code, so that all it gets is a name and values.
$RelightDirectCall = {
    # PowerShell marks what was a parameter's name, so that no value is taken for one.
    $given = @{}
    $name = $null
    foreach ($item in $args) {
        $mark = $null
        if ($null -ne $item) { $mark = $item.PSObject.Properties['<CommandParameterName>'] }
        if ($mark) {
            $name = "$($mark.Value)"
            $given[$name] = $true
        }
        elseif ($name) {
            $given[$name] = $item
            $name = $null
        }
    }
    $keep = $given['WarningVariable']
    $given.Remove('WarningVariable')

    $session = $global:remoteSession
    if ($null -eq $session -or "$($session.Runspace.RunspaceStateInfo.State)" -ne 'Opened') {
        $exception = New-Object System.InvalidOperationException 'the session with Exchange is not open any more'
        throw (New-Object System.Management.Automation.ErrorRecord $exception, 'Relight.SessionNotOpen', 'ConnectionError', $session)
    }
    $shell = [powershell]::Create()
    try {
        $shell.Runspace = $session.Runspace
        $null = $shell.AddCommand($MyInvocation.MyCommand.Name).AddParameters($given)
        try { $found = $shell.Invoke() }
        catch {
            $thrown = $_.Exception
            if ($thrown -is [System.Management.Automation.MethodInvocationException] -and $null -ne $thrown.InnerException) {
                $thrown = $thrown.InnerException
            }
            if ($thrown -is [System.Management.Automation.RemoteException]) { throw $thrown.ErrorRecord }
            throw $thrown
        }
        foreach ($warning in $shell.Streams.Warning) { Write-Warning "$($warning.Message)" }
        if ($keep) { Set-Variable -Name $keep -Value @($shell.Streams.Warning) -Scope 1 }
        foreach ($record in $shell.Streams.Error) {
            if ("$($given['ErrorAction'])" -eq 'Stop') { throw $record }
            Write-Error -ErrorRecord $record -ErrorAction Continue
        }
        $found
    }
    finally { $shell.Dispose() }
}

switch ($Connection) {
    'ems' {
        $RelightLoad.Steps = @(
            @{
                Name       = 'Connect-ExchangeServer'
                IsFile     = $false
                Parameters = @{ auto = $true; ClientApplication = 'ManagementShell' }
            }
        )
        # Loaded before: only the session is missing, and what was imported from the old one leads nowhere.
        $RelightLoad.IsAgain = Test-Path -LiteralPath 'function:Connect-ExchangeServer'
        if ($RelightLoad.IsAgain) {
            Send-ConnectProgress 'opening a new session with Exchange'
            Remove-OldSession
        }
        else {
            $RelightLoad.Path = Get-RemoteExchangePath
            Send-ConnectProgress 'loading the Exchange Management Shell'
            $RelightLoad.Steps = @(@{ Name = $RelightLoad.Path; IsFile = $true; Parameters = @{} }) + $RelightLoad.Steps
        }
        # These scripts are not written for strict mode, and they count on going on after an error: without a console the
        # widening of the window fails, and a server that does not answer is followed by the next one. A try block
        # anywhere above them would turn the first such error into their end. Only a nested pipeline is out of reach
        # of ours; the file is dot-sourced in it.
        Set-StrictMode -Off
        $ErrorActionPreference = 'Continue'
        try {
            foreach ($RelightStep in $RelightLoad.Steps) {
                if (-not $RelightStep.IsFile -and -not (Test-Path -LiteralPath "function:$($RelightStep.Name)")) {
                    $RelightLoad.Lack = 'RemoteExchange.ps1 was loaded, but it brought no Connect-ExchangeServer'
                    break
                }
                $RelightShell = [powershell]::Create([System.Management.Automation.RunspaceMode]::CurrentRunspace)
                try {
                    $null = $RelightShell.AddCommand($RelightStep.Name, -not $RelightStep.IsFile)
                    $null = $RelightShell.AddParameters($RelightStep.Parameters)
                    # In a pipeline of its own a warning would go past all of ours.
                    $RelightShell.Commands.Commands[0].MergeMyResults('Warning', 'Output')
                    $null = $RelightShell.AddCommand('Receive-LoadOutput')
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
        # One that still works stays where no other one opens.
        if ((Get-SessionState) -ne 'Opened') { Remove-OldSession }
        $RelightLoad.New = Open-RemoteSession -Fqdn $ConnectTo
        Remove-OldSession
        $global:remoteSession = $RelightLoad.New
        $RelightLoad.IsDirect = $true
        $RelightLoad.ConnectedTo = $ConnectTo
    }
    'snapin' {
        Send-ConnectProgress 'adding the Exchange snap-in'
        try { Add-PSSnapin -Name 'Microsoft.Exchange.Management.PowerShell.SnapIn' }
        catch { throw (ConvertTo-ConnectError "the Exchange snap-in cannot be added: $_" 'Relight.ExchangeToolsNotFound' 'NotInstalled') }
    }
    default { throw (ConvertTo-ConnectError "unknown connection '$Connection'" 'Relight.UnknownConnection' 'InvalidArgument') }
}

$RelightLoad.State = Get-SessionState
$RelightLoad.Found = @(Get-Command -Name $RelightLoad.Cmdlets -ErrorAction SilentlyContinue | ForEach-Object { $_.Name })
if ($RelightLoad.IsAgain -and $RelightLoad.State -ne 'Opened' -and $RelightLoad.State -ne 'local') {
    # What is still there was imported from the session before.
    $RelightLoad.Found = @()
    $RelightLoad.Lack = 'no new session with Exchange could be opened'
}
elseif ($RelightLoad.State -eq 'Opened' -and
    ($RelightLoad.IsAgain -or $RelightLoad.IsDirect -or $RelightLoad.Found -notcontains 'Get-ServerComponentState')) {
    # The account is given only what its roles bring: the session says which that is.
    $RelightLoad.Names = [string[]] ($RelightLoad.Cmdlets + $RelightLoad.Telling + $RelightLoad.Groups + $RelightLoad.Roles)
    $RelightLoad.There = @()
    $RelightQuestion = [powershell]::Create()
    try {
        $RelightQuestion.Runspace = $global:remoteSession.Runspace
        $null = $RelightQuestion.AddCommand('Get-Command').AddParameters(@{
                Name        = $RelightLoad.Names
                ErrorAction = 'SilentlyContinue'
            })
        $RelightLoad.There = @($RelightQuestion.Invoke() | ForEach-Object { "$($_.Name)" })
    }
    catch { $RelightLoad.Errors += $_.Exception.GetBaseException().Message }
    finally { $RelightQuestion.Dispose() }
    foreach ($RelightName in $RelightLoad.Names) {
        if ($RelightLoad.There -contains $RelightName) {
            Set-Item -LiteralPath "function:script:$RelightName" -Value $RelightDirectCall
        }
    }
    $RelightLoad.Found = @($RelightLoad.Cmdlets | Where-Object { $RelightLoad.There -contains $_ })
}
foreach ($RelightError in $RelightLoad.Errors) { Write-Warning "while Exchange was loaded: $RelightError" }

if ($RelightLoad.Found -notcontains 'Get-ServerComponentState') {
    $RelightLoad.Message = $RelightLoad.Lack
    # Warnings first: an error may only say that nobody could be asked for another server.
    foreach ($RelightKind in 'Warnings', 'Errors') {
        if ($RelightLoad[$RelightKind]) {
            $RelightSaid = @($RelightLoad[$RelightKind] | Select-Object -Last 3) -join ' / '
            $RelightLoad.Message += "; the last $($RelightKind.ToLowerInvariant()): $RelightSaid"
        }
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
    at          = [System.DateTime]::UtcNow.ToString('o', [System.Globalization.CultureInfo]::InvariantCulture)
}
