# Part of the Exchange stand-in: the cmdlets for servers and component states, with their state in the file that EXCHANGE_DOUBLE_STATE names. The rules
# are written down here a second time, on purpose: nothing is shared with relight. README.md describes the file.

. (Join-Path $PSScriptRoot 'SharedState.ps1')
. (Join-Path $PSScriptRoot 'RemoteSession.ps1')

enum ServiceState { Inactive = 0; Active = 1; Draining = 3 }

class RequesterDetails {
    [string] $Requester
    [string] $State
    [datetime] $Timestamp
    [string] $Component
    [string] ToString() {
        $time = $this.Timestamp.ToString('M/d/yyyy h:mm:ss tt', [System.Globalization.CultureInfo]::InvariantCulture)
        return "Requestor:$($this.Requester); State:$($this.State); Timestamp:$time"
    }
}

# Exchange 2013 gives its entries no text form of their own.
class RequesterDetails2013 {
    [string] $Requester
    [string] $State
    [datetime] $Timestamp
    [string] $Component
    [string] ToString() {
        return 'Microsoft.Exchange.Data.Directory.Management.ServerComponentStatePresentationObject+RequesterDetails'
    }
}

class ServerComponentStatePresentationObject {
    [string] $ServerFqdn
    [string] $Component
    [ServiceState] $State
    [bool] $ServerWideOfflineIsOffline
    [object] $RemoteStates
    [object] $LocalStates
    [string] $Identity
    [bool] $IsValid = $true
}

$Requesters = 'HealthApi', 'Maintenance', 'Sidelined', 'Functional', 'Deployment'
$Components = 'ServerWideOffline', 'HubTransport', 'FrontendTransport', 'Monitoring', 'RecoveryActionsEnabled',
'AutoDiscoverProxy', 'ActiveSyncProxy', 'EcpProxy', 'EwsProxy', 'ImapProxy', 'OabProxy', 'OwaProxy', 'PopProxy',
'PushNotificationsProxy', 'RpsProxy', 'RwsProxy', 'RpcProxy', 'UMCallRouter', 'XropProxy', 'HttpProxyAvailabilityGroup',
'ForwardSyncDaemon', 'ProvisioningRps', 'MapiProxy', 'EdgeTransport', 'HighAvailability', 'SharedCache'
$ComponentsSince2016 = 'MailboxDeliveryProxy', 'RoutingUpdates', 'RestProxy', 'DefaultProxy', 'Lsass', 'RoutingService',
'E4EProxy', 'CafeLAMv2', 'LogExportProvider'
$InactiveByDefault = 'ForwardSyncDaemon', 'ProvisioningRps'

function Read-State {
    # Written for a prompt, as Exchange's own functions are: a variable that nobody set is just empty there.
    if ($NeverSet) { return $NeverSet }
    Enter-DoubleState
    try {
        $state = Get-DoubleState
        Step-LateWrite $state
        $state
    }
    finally { Exit-DoubleState }
}

function Step-LateWrite($State) {
    # A Set that was given up on is carried out all the same.
    $late = @(Get-PropertyValue $State 'late' | Where-Object { $null -ne $_ })
    $due = @($late | Where-Object { (ConvertTo-Utc $_.due) -le [datetime]::UtcNow })
    if (-not $due) { return }
    foreach ($set in $due) {
        $server = Find-Server $State $set.server
        foreach ($store in 'remote', 'local') {
            if ($store -eq 'local' -or -not $set.localOnly) { Write-Entry $server $set.component $store $set.requester $set.state }
        }
    }
    $State.late = [object[]] @($late | Where-Object { (ConvertTo-Utc $_.due) -gt [datetime]::UtcNow })
    Save-DoubleState $State
}

function Step-Copy($State, $Server, [string] $Component) {
    # The Health Manager, where it runs, copies an Active entry that is newer in Active Directory into the registry.
    $after = Get-PropertyValue $Server 'copyAfterSeconds'
    if ($null -eq $after) { return }
    $services = Get-PropertyValue $Server 'services'
    if ($null -ne $services -and $services.PSObject.Properties['MSExchangeHM']) {
        if ((Get-PropertyValue $services.MSExchangeHM 'state') -ne 'Running') { return }
    }
    $copied = $false
    foreach ($entry in Get-Entries $Server $Component 'remote') {
        if ($entry.state -ne 'Active') { continue }
        $time = ConvertTo-Utc $entry.timestamp
        if ($time.AddSeconds($after) -gt [datetime]::UtcNow) { continue }
        $here = @(Get-Entries $Server $Component 'local' | Where-Object { $_.requester -eq $entry.requester -and (ConvertTo-Utc $_.timestamp) -ge $time })
        if ($here) { continue }
        Write-Entry $Server $Component 'local' $entry.requester 'Active' $time
        $copied = $true
    }
    if ($copied) { Save-DoubleState $State }
}

function Get-PropertyValue($Object, [string] $Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($property) { $property.Value }
}

function Find-Fault($State, [string] $Kind, [string] $On, [string] $Server, [string] $Component) {
    foreach ($fault in @(Get-PropertyValue $State 'faults')) {
        if ($null -eq $fault -or $fault.kind -ne $Kind) { continue }
        $limits = @{ on = $On; component = $Component }
        $applies = Test-DoubleServer $fault $Server
        foreach ($limit in $limits.Keys) {
            $only = Get-PropertyValue $fault $limit
            if ($null -ne $only -and $only -ne $limits[$limit]) { $applies = $false }
        }
        if ($applies) { return $fault }
    }
}

function ConvertTo-Utc($Value) {
    if ($Value -is [datetime]) { return $Value.ToUniversalTime() }
    [datetime]::Parse("$Value", [cultureinfo]::InvariantCulture, [System.Globalization.DateTimeStyles]'AssumeUniversal, AdjustToUniversal')
}

function Get-Entries($Server, [string] $Component, [string] $Store) {
    $lists = Get-PropertyValue $Server.components $Component
    @(foreach ($entry in @(Get-PropertyValue $lists $Store)) { if ($null -ne $entry) { $entry } })
}

function Resolve-OwnState([string] $Component, $Local, $Remote) {
    # The newer entry of each requester counts, the local one in a tie; any Inactive, else any Draining, else Active.
    $winners = @{}
    foreach ($entry in @($Remote) + @($Local)) {
        if ($null -eq $entry) { continue }
        $key = $entry.requester.ToLowerInvariant()
        $time = ConvertTo-Utc $entry.timestamp
        if (-not $winners.ContainsKey($key) -or $time -ge $winners[$key].Time) { $winners[$key] = @{ Time = $time; State = $entry.state } }
    }
    $states = @($winners.Values | ForEach-Object { $_.State })
    if ($states -contains 'Inactive') { return [ServiceState]::Inactive }
    if ($states -contains 'Draining') { return [ServiceState]::Draining }
    if ($states.Count -eq 0 -and $InactiveByDefault -contains $Component) { return [ServiceState]::Inactive }
    [ServiceState]::Active
}

function New-EntryList($Entries, [string] $Component, [string] $Type, $Fault) {
    $list = New-Object System.Collections.Generic.List[object]
    foreach ($entry in $Entries) {
        $item = New-Object $Type
        $item.Requester = $entry.requester
        $item.State = $entry.state
        $item.Timestamp = ConvertTo-Utc $entry.timestamp
        if ($Fault -and $Fault.clock -eq 'Local') { $item.Timestamp = $item.Timestamp.ToLocalTime() }
        if ($Fault -and $Fault.clock -eq 'Unspecified') { $item.Timestamp = [datetime]::SpecifyKind($item.Timestamp, 'Unspecified') }
        $item.Component = $Component
        $list.Add($item)
    }
    , $list
}

function ConvertTo-Shape($Object, [string] $Shape) {
    if ($Shape -eq 'objects') { return $Object }
    # What remoting and Export-Clixml do: depth 2 keeps the entries, depth 1 leaves only their texts.
    $depth = 1
    if ($Shape -eq 'deserialised') { $depth = 4 }
    $copy = [System.Management.Automation.PSSerializer]::Deserialize([System.Management.Automation.PSSerializer]::Serialize($Object, $depth))
    if ($Shape -ne 'deserialised') { $copy.State = "$($copy.State)" }
    $copy
}

function Write-Noise($State, [string] $On, [string] $Server, [string] $Component) {
    if (Find-Fault $State 'noise' $On $Server $Component) { Write-DoubleNoise | Where-Object { $_ -is [string] } }
}

function Invoke-Fault($State, [string] $On, [string] $Server, [string] $Component) {
    # The faults that come before anything is read or written; what it returns is an error to report.
    $slow = Find-Fault $State 'slow' $On $Server $Component
    if ($slow) { Start-Sleep -Milliseconds $slow.milliseconds }
    $hang = Find-Fault $State 'hang' $On $Server $Component
    if ($hang -and (Get-PropertyValue $hang 'when') -ne 'after') { Start-Sleep -Seconds 3600 }
    if (Find-Fault $State 'prompt' $On $Server $Component) { $null = Read-Host 'Are you sure' }
    if (Find-Fault $State 'accessDenied' $On $Server $Component) {
        $message = "Active Directory operation failed on DC01.contoso.test. Access is denied. The server was '$Server'."
        return New-ExchangeError $message 'Microsoft.Exchange.Data.Directory.ADOperationException' 'PermissionDenied' $Server $On
    }
    if (Find-Fault $State 'unreachable' $On $Server $Component) {
        $message = "The registry of '$Server' does not answer."
        return New-ExchangeError $message 'System.IO.IOException' 'ResourceUnavailable' $Server $On
    }
    if (Find-Fault $State 'refused' $On $Server $Component) {
        $message = "The component '$Component' of '$Server' cannot be changed now."
        return New-ExchangeError $message 'Microsoft.Exchange.Configuration.Tasks.TaskException' 'InvalidOperation' $Server $On
    }
}

function New-ExchangeError([string] $Message, [string] $Type, [string] $Category, $Target, [string] $On) {
    # Errors reach the shell over a remote session: a RemoteException that carries the real type only by name, and an id
    # that begins with the request and Exchange's own category. On the far side it is the session that makes one of it.
    if (Test-FarSide) {
        $exception = New-Object System.Exception $Message
        $exception.PSObject.TypeNames.Insert(0, $Type)
    }
    else {
        $serialised = New-Object psobject
        $serialised.PSObject.TypeNames.Insert(0, "Deserialized.$Type")
        $constructor = [System.Management.Automation.RemoteException].GetConstructor(
            [System.Reflection.BindingFlags] 'NonPublic, Instance', $null, @([string], [psobject], [psobject]), $null)
        $exception = $constructor.Invoke(@($Message, $serialised, $null))
    }
    $cmdlet = @{
        get = 'GetServerComponentState'; set = 'SetServerComponentState'; server = 'GetExchangeServer'
        roles = 'GetManagementRoleAssignment'; dag = 'GetDatabaseAvailabilityGroup'
    }[$On]
    $request = '[Server=EX01,RequestId=3f0c7c5e-1111-2222-3333-444455556666,TimeStamp=1/2/2026 3:04:05 AM]'
    $id = "$request [FailureCategory=Cmdlet-$($Type.Split('.')[-1])] 5D7F1AF6,Microsoft.Exchange.Management.SystemConfigurationTasks.$cmdlet"
    New-Object System.Management.Automation.ErrorRecord $exception, $id, $Category, $Target
}

function New-NotFound([string] $Identity, [string] $On) {
    $message = "The operation couldn't be performed because object '$Identity' couldn't be found on 'DC01.contoso.test'."
    New-ExchangeError $message 'Microsoft.Exchange.Configuration.Tasks.ManagementObjectNotFoundException' 'ObjectNotFound' $Identity $On
}

function New-Refusal([string] $Parameter, [string] $Value) {
    $message = "Cannot process argument transformation on parameter '$Parameter'. Unable to match the identifier name $Value to a valid enumerator name."
    New-Object System.Management.Automation.ErrorRecord ([System.ArgumentException]::new($message)), 'ParameterArgumentTransformationError', 'InvalidData', $Value
}

function Find-Server($State, [string] $Identity) {
    foreach ($server in @($State.servers)) {
        if ($server.name -eq $Identity -or $server.fqdn -eq $Identity) { return $server }
    }
}

function Find-Name([string] $Name, [string[]] $Known) {
    foreach ($one in $Known) { if ($one -eq $Name) { return $one } }
}

function Get-ComponentNames($Server) {
    $Components
    if ("$(Get-PropertyValue $Server 'version')" -notlike 'Version 15.0*') { $ComponentsSince2016 }
}

function Step-FlipBack($State, $Server, [string] $Component) {
    # Managed Availability takes the proxy offline again some reads after it was set Active.
    $lists = Get-PropertyValue $Server.components $Component
    $left = Get-PropertyValue $lists 'flipBackAfterReads'
    if ($null -eq $left) { return }
    if ($left -gt 0) { $lists.flipBackAfterReads = $left - 1 }
    else {
        $lists.PSObject.Properties.Remove('flipBackAfterReads')
        Write-Entry $Server $Component 'local' 'HealthApi' 'Inactive'
    }
    Save-DoubleState $State
}

function Write-Entry($Server, [string] $Component, [string] $Store, [string] $Requester, [string] $NewState, [datetime] $At = [datetime]::UtcNow) {
    if ($null -eq (Get-PropertyValue $Server 'components')) { $Server | Add-Member -Force components (New-Object psobject) }
    if ($null -eq (Get-PropertyValue $Server.components $Component)) { $Server.components | Add-Member -Force $Component (New-Object psobject) }
    $lists = $Server.components.$Component
    $kept = @(Get-Entries $Server $Component $Store | Where-Object { $_.requester -ne $Requester })
    $time = $At.ToString('o', [cultureinfo]::InvariantCulture)
    $kept += New-Object psobject -Property @{ requester = $Requester; state = $NewState; timestamp = $time }
    $lists | Add-Member -Force $Store ([object[]] $kept)
}

function Get-ServerComponentState {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true, Position = 0)][string] $Identity, [string] $Component)

    Write-DoubleLog 'Get-ServerComponentState' @{ Identity = $Identity; Component = $Component }
    Stop-DoubleSession 'get' 'before'
    $state = Read-State
    $failure = Invoke-Fault $state 'get' $Identity $Component
    if ($failure) { $PSCmdlet.WriteError($failure); return }
    $server = Find-Server $state $Identity
    if (-not $server) { $PSCmdlet.WriteError((New-NotFound $Identity 'get')); return }
    $names = @(Get-ComponentNames $server)
    if ($Component) {
        $names = @(Find-Name $Component $names)
        if (-not $names) { $PSCmdlet.WriteError((New-Refusal 'Component' $Component)); return }
    }
    Write-Noise $state 'get' $Identity $Component | ForEach-Object { Write-Host $_ }
    Enter-DoubleState
    try {
        # What others changed while this one was slow.
        $state = Read-State
        $server = Find-Server $state $Identity
        $shape = Get-PropertyValue $server 'shape'
        if (-not $shape) { $shape = Get-PropertyValue $state 'shape' }
        if (-not $shape) { $shape = 'objects' }
        $type = 'RequesterDetails'
        if ($shape -eq 'flattened2013') { $type = 'RequesterDetails2013' }
        $offline = 'Active' -ne (Resolve-OwnState 'ServerWideOffline' (Get-Entries $server 'ServerWideOffline' 'local') (Get-Entries $server 'ServerWideOffline' 'remote'))

        $objects = foreach ($name in $names) {
            Step-FlipBack $state $server $name
            Step-Copy $state $server $name
            if (Find-Fault $state 'malformed' 'get' $server.name $name) { New-Object psobject -Property @{ RunspaceId = [guid]::Empty }; continue }
            $local = Get-Entries $server $name 'local'
            $remote = Get-Entries $server $name 'remote'
            $unreadable = Find-Fault $state 'registryUnreadable' 'get' $server.name $name
            if ($unreadable) { $local = @() }
            $clock = Find-Fault $state 'clock' 'get' $server.name $name
            $object = New-Object ServerComponentStatePresentationObject
            $object.ServerFqdn = $server.fqdn
            $object.Component = $name
            $object.Identity = $server.name
            $object.ServerWideOfflineIsOffline = $offline
            $object.State = Resolve-OwnState $name $local $remote
            if ($offline -and 'ServerWideOffline', 'Monitoring', 'RecoveryActionsEnabled' -notcontains $name) { $object.State = 'Inactive' }
            $object.RemoteStates = New-EntryList $remote $name $type $clock
            $object.LocalStates = New-EntryList $local $name $type $clock
            if ($unreadable) { $object.LocalStates = $null }
            if ((Find-Fault $state 'single' 'get' $server.name $name) -and $local.Count -eq 1) { $object.LocalStates = $object.LocalStates[0] }
            ConvertTo-Shape $object $shape
        }
    }
    finally { Exit-DoubleState }
    $objects
    Stop-DoubleSession 'get' 'after'
    Stop-DoubleSession 'get' 'answered'
}

function Set-ServerComponentState {
    [CmdletBinding(SupportsShouldProcess = $true, ConfirmImpact = 'High')]
    param(
        [Parameter(Mandatory = $true, Position = 0)][string] $Identity,
        [Parameter(Mandatory = $true)][string] $Component,
        [Parameter(Mandatory = $true)][string] $Requester,
        [Parameter(Mandatory = $true)][string] $State,
        [switch] $LocalOnly,
        [switch] $RemoteOnly,
        [string] $DomainController
    )

    Write-DoubleLog 'Set-ServerComponentState' @{ Identity = $Identity; Component = $Component; Requester = $Requester; State = $State; LocalOnly = [bool] $LocalOnly }
    Stop-DoubleSession 'set' 'before'
    $stored = Read-State
    $failure = Invoke-Fault $stored 'set' $Identity $Component
    if ($failure) { $PSCmdlet.WriteError($failure); return }
    $server = Find-Server $stored $Identity
    if (-not $server) { $PSCmdlet.WriteError((New-NotFound $Identity 'set')); return }
    $name = Find-Name $Component @(Get-ComponentNames $server)
    if (-not $name) { $PSCmdlet.WriteError((New-Refusal 'Component' $Component)); return }
    $on = Find-Name $Requester $Requesters
    if (-not $on -and $Requester -match '^\d+$') { $on = $Requester }
    if (-not $on) { $PSCmdlet.ThrowTerminatingError((New-Refusal 'Requester' $Requester)) }
    $new = Find-Name $State ([enum]::GetNames([ServiceState]))
    if (-not $new) { $PSCmdlet.ThrowTerminatingError((New-Refusal 'State' $State)) }
    if ($LocalOnly -and 'Monitoring', 'RecoveryActionsEnabled' -contains $name) {
        $PSCmdlet.ThrowTerminatingError((New-Refusal 'LocalOnly' $name))
    }
    if (-not $PSCmdlet.ShouldProcess("$name on $Identity", "set $new for $on")) { return }

    Write-Noise $stored 'set' $Identity $name
    $crash = "$(Get-PropertyValue (Find-Fault $stored 'crash' 'set' $server.name $name) 'when')"
    if ($crash -eq 'before') { [Environment]::Exit(3) }
    Enter-DoubleState
    try {
        # What others changed while this one was slow.
        $stored = Read-State
        $server = Find-Server $stored $Identity
        $late = Find-Fault $stored 'late' 'set' $server.name $name
        if ($late) {
            $due = [datetime]::UtcNow.AddSeconds($late.seconds).ToString('o', [cultureinfo]::InvariantCulture)
            $sent = New-Object psobject -Property @{ server = $server.name; component = $name; requester = $on; state = $new; localOnly = [bool] $LocalOnly; due = $due }
            $others = @(Get-PropertyValue $stored 'late' | Where-Object { $null -ne $_ })
            $stored | Add-Member -Force late ([object[]] ($others + $sent))
            Save-DoubleState $stored
            Exit-DoubleState
            try { Start-Sleep -Seconds 3600 }
            finally { Enter-DoubleState }
        }
        if (-not $LocalOnly) {
            Write-Entry $server $name 'remote' $on $new
            Save-DoubleState $stored
        }
        if ($crash -eq 'between') { [Environment]::Exit(3) }
        Stop-DoubleSession 'set' 'during'
        if (Find-Fault $stored 'registryFails' 'set' $server.name $name) {
            $message = "The registry of '$Identity' did not answer within 120 seconds."
            $PSCmdlet.WriteError((New-ExchangeError $message 'System.IO.IOException' 'ResourceUnavailable' $Identity 'set'))
            return
        }
        if (-not $RemoteOnly -and -not (Find-Fault $stored 'lostRegistryWrite' 'set' $server.name $name)) {
            Write-Entry $server $name 'local' $on $new
        }
        $flip = Find-Fault $stored 'flipBack' 'set' $server.name $name
        if ($flip -and $new -eq 'Active') { $server.components.$name | Add-Member -Force flipBackAfterReads $flip.reads }
        Save-DoubleState $stored
    }
    finally { Exit-DoubleState }
    if ($crash -eq 'after') { [Environment]::Exit(3) }
    Stop-DoubleSession 'set' 'after'
    if ("$(Get-PropertyValue (Find-Fault $stored 'hang' 'set' $Identity $name) 'when')" -eq 'after') { Start-Sleep -Seconds 3600 }
    Stop-DoubleSession 'set' 'answered'
}

function Get-ExchangeServer {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string] $Identity)

    Write-DoubleLog 'Get-ExchangeServer' @{ Identity = $Identity }
    Stop-DoubleSession 'server' 'before'
    $state = Read-State
    $failure = Invoke-Fault $state 'server' $Identity ''
    if ($failure) { $PSCmdlet.WriteError($failure); return }
    Write-Noise $state 'server' $Identity '' | ForEach-Object { Write-Host $_ }
    $found = @($state.servers)
    if ($Identity) { $found = @(Find-Server $state $Identity) }
    if (-not $found) { $PSCmdlet.WriteError((New-NotFound $Identity 'server')); return }
    foreach ($server in $found) {
        $version = Get-PropertyValue $server 'version'
        if (-not $version) { $version = 'Version 15.1 (Build 2375.7)' }
        $role = Get-PropertyValue $server 'role'
        if (-not $role) { $role = 'Mailbox' }
        $site = Get-PropertyValue $server 'site'
        if (-not $site) { $site = 'Default-First-Site-Name' }
        $seen = @{ Name = $server.name; Fqdn = $server.fqdn; AdminDisplayVersion = $version; ServerRole = $role; Edition = 'Standard' }
        # An Edge server is in no site.
        $seen.Site = if ($role -ne 'Edge') { "contoso.test/Configuration/Sites/$site" }
        New-Object psobject -Property $seen
    }
    Stop-DoubleSession 'server' 'after'
    Stop-DoubleSession 'server' 'answered'
}

function Get-DatabaseAvailabilityGroup {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string] $Identity)

    Write-DoubleLog 'Get-DatabaseAvailabilityGroup' @{ Identity = $Identity }
    Stop-DoubleSession 'dag' 'before'
    $state = Read-State
    $failure = Invoke-Fault $state 'dag' '' ''
    if ($failure) { $PSCmdlet.WriteError($failure); return }
    $groups = @($state.servers | ForEach-Object { Get-PropertyValue $_ 'dag' } | Where-Object { $_ } | Select-Object -Unique)
    if ($Identity) { $groups = @($groups | Where-Object { $_ -eq $Identity }) }
    if ($Identity -and -not $groups) { $PSCmdlet.WriteError((New-NotFound $Identity 'dag')); return }
    foreach ($group in $groups) {
        $members = @($state.servers | Where-Object { (Get-PropertyValue $_ 'dag') -eq $group } | ForEach-Object { $_.name })
        New-Object psobject -Property @{ Name = $group; Servers = $members; WitnessServer = 'fs01.contoso.test' }
    }
    Stop-DoubleSession 'dag' 'after'
    Stop-DoubleSession 'dag' 'answered'
}

function Get-ThrottlingPolicyAssociation {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string] $Identity)

    Write-DoubleLog 'Get-ThrottlingPolicyAssociation' @{ Identity = $Identity }
    $throttling = Get-PropertyValue (Read-State) 'throttling'
    # One that has no policy of its own is under the global one.
    $policy = Get-PropertyValue $throttling 'policy'
    New-Object psobject -Property @{ Name = $Identity; ThrottlingPolicyId = $policy }
}

function Get-ThrottlingPolicy {
    [CmdletBinding()]
    param([Parameter(Position = 0)][string] $Identity)

    Write-DoubleLog 'Get-ThrottlingPolicy' @{ Identity = $Identity }
    $throttling = Get-PropertyValue (Read-State) 'throttling'
    $policies = @(@{ Name = 'GlobalThrottlingPolicy'; ThrottlingPolicyScope = 'Global'; PowerShellMaxConcurrency = '18' })
    $own = Get-PropertyValue $throttling 'policy'
    if ($own) {
        $most = Get-PropertyValue $throttling 'powerShellMaxConcurrency'
        $policies += @{ Name = $own; ThrottlingPolicyScope = 'Regular'; PowerShellMaxConcurrency = $most }
    }
    foreach ($policy in $policies) {
        if (-not $Identity -or $policy.Name -eq $Identity) { New-Object psobject -Property $policy }
    }
}

function Get-ManagementRole {
    [CmdletBinding()]
    param([string] $Cmdlet)

    Write-DoubleLog 'Get-ManagementRole' @{ Cmdlet = $Cmdlet }
    Stop-DoubleSession 'roles' 'before'
    foreach ($role in @((Read-State).roles.brings)) { New-Object psobject -Property @{ Name = $role; IsRootRole = $true } }
    Stop-DoubleSession 'roles' 'after'
    Stop-DoubleSession 'roles' 'answered'
}

function Get-ManagementRoleAssignment {
    [CmdletBinding()]
    param([string] $RoleAssignee, [string] $WritableServer, [bool] $Delegating, [bool] $Enabled)

    Write-DoubleLog 'Get-ManagementRoleAssignment' @{ RoleAssignee = $RoleAssignee; WritableServer = $WritableServer }
    Stop-DoubleSession 'roles' 'before'
    $state = Read-State
    $failure = Invoke-Fault $state 'roles' $WritableServer ''
    if ($failure) { $PSCmdlet.WriteError($failure); return }
    foreach ($assignment in @($state.roles.assigned)) {
        if ($null -eq $assignment) { continue }
        New-Object psobject -Property @{ Role = $assignment.role; RoleAssigneeName = $assignment.assignee; Enabled = $true }
    }
    Stop-DoubleSession 'roles' 'after'
    Stop-DoubleSession 'roles' 'answered'
}

# The account is given a cmdlet or it is not: there is no other sign of a missing role.
$Given = 'Get-ServerComponentState', 'Set-ServerComponentState', 'Get-ExchangeServer'
$Given += 'Get-DatabaseAvailabilityGroup', 'Get-ThrottlingPolicyAssociation', 'Get-ThrottlingPolicy'
if (Get-PropertyValue (Read-State) 'roles') { $Given += 'Get-ManagementRole', 'Get-ManagementRoleAssignment' }
$Given = @($Given | Where-Object { @(Get-PropertyValue (Read-State) 'missing') -notcontains $_ })
Export-ModuleMember -Function $Given
