# Part of the Exchange stand-in: what Windows itself answers about a server. It stands in the way of the real commands where
# there are any, and in their place where there are none. State and faults come from the file of the other cmdlets.

. (Join-Path $PSScriptRoot 'SharedState.ps1')

$ServiceNames = 'MSExchangePop3', 'MSExchangePOP3BE', 'MSExchangeImap4', 'MSExchangeIMAP4BE', 'MSExchangeHM'

function Get-WindowsValue($Object, [string] $Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($property) { $property.Value }
}

function Test-WindowsFault($State, [string] $Kind, [string] $On, [string] $Server) {
    # Only a fault that names the question: the others are about Exchange.
    foreach ($fault in @(Get-WindowsValue $State 'faults')) {
        if ($null -ne $fault -and $fault.kind -eq $Kind -and (Get-WindowsValue $fault 'on') -eq $On -and (Test-DoubleServer $fault $Server)) { return $true }
    }
    $false
}

function Find-WindowsServer($State, [string] $Name) {
    if (-not $Name) { return @($State.servers)[0] }
    foreach ($server in @($State.servers)) { if ($server.name -eq $Name -or $server.fqdn -eq $Name) { return $server } }
}

function New-WindowsError([string] $Message, [string] $Id, [string] $Category) {
    New-Object System.Management.Automation.ErrorRecord (New-Object System.Exception $Message), $Id, $Category, $null
}

function Get-WindowsService($Server, [string] $Name) {
    # A service that the state does not mention runs; one that is null is not installed.
    $state = 'Running'
    $mode = 'Auto'
    $services = Get-WindowsValue $Server 'services'
    if ($null -ne $services -and $services.PSObject.Properties[$Name]) {
        $given = $services.$Name
        if ($null -eq $given) { return }
        if (Get-WindowsValue $given 'state') { $state = $given.state }
        if (Get-WindowsValue $given 'startMode') { $mode = $given.startMode }
    }
    New-Object psobject -Property @{ Name = $Name; State = $state; StartMode = $mode; SystemName = $Server.name }
}

function Get-CimInstance {
    [CmdletBinding()]
    param([string] $ClassName, [string] $Filter, [string] $ComputerName, [uint32] $OperationTimeoutSec)

    Write-DoubleLog 'Get-CimInstance' @{ ClassName = $ClassName; Filter = $Filter; ComputerName = $ComputerName }
    $state = Get-DoubleState
    foreach ($fault in @(Get-WindowsValue $state 'faults')) {
        if ($null -eq $fault -or $fault.kind -ne 'slow' -or (Get-WindowsValue $fault 'on') -ne 'services') { continue }
        if (Test-DoubleServer $fault $ComputerName) { Start-Sleep -Milliseconds $fault.milliseconds }
    }
    if (Test-WindowsFault $state 'hang' 'services' $ComputerName) { Start-Sleep -Seconds 3600 }
    if (Test-WindowsFault $state 'accessDenied' 'services' $ComputerName) {
        $PSCmdlet.WriteError((New-WindowsError 'Access denied' 'HRESULT 0x80041003' 'PermissionDenied'))
        return
    }
    $server = Find-WindowsServer $state $ComputerName
    if ($ClassName -ne 'Win32_Service' -or -not $server) {
        $message = "WinRM cannot complete the operation: '$ComputerName' shows no $ClassName."
        $PSCmdlet.WriteError((New-WindowsError $message 'HRESULT 0x80338126' 'ConnectionError'))
        return
    }
    Enter-DoubleState
    try {
        $state = Get-DoubleState
        $server = Find-WindowsServer $state $ComputerName
        Step-WindowsService $state $server
    }
    finally { Exit-DoubleState }
    foreach ($name in $ServiceNames) {
        if (-not $Filter -or $Filter -match "Name = '$name'") { Get-WindowsService $server $name }
    }
}

function Invoke-CimMethod {
    [CmdletBinding()]
    param([Parameter(Mandatory = $true)] $InputObject, [string] $MethodName, [uint32] $OperationTimeoutSec)

    Write-DoubleLog 'Invoke-CimMethod' @{ Name = $InputObject.Name; MethodName = $MethodName }
    $state = Get-DoubleState
    $code = 0
    if ($MethodName -eq 'StopService') { $on = 'stop'; $pending = 'Stop Pending'; $target = 'Stopped' }
    else { $on = 'start'; $pending = 'Start Pending'; $target = 'Running' }
    if ($on -eq 'start' -and $InputObject.StartMode -eq 'Disabled') { $code = 14 }
    if ($on -eq 'start' -and $InputObject.State -eq 'Running') { $code = 10 }
    if ($on -eq 'stop' -and $InputObject.State -ne 'Running') { $code = 5 }
    if (Test-WindowsFault $state 'accessDenied' $on $InputObject.SystemName) { $code = 2 }
    if (Test-WindowsFault $state 'crash' $on $InputObject.SystemName) { [Environment]::Exit(3) }
    if ($code -eq 0) {
        Enter-DoubleState
        try {
            $state = Get-DoubleState
            $server = Find-WindowsServer $state $InputObject.SystemName
            # Not at once: it is on its way, and the next looks see it arrive.
            $service = $server.services.($InputObject.Name)
            $service | Add-Member -Force state $pending
            if (-not (Test-WindowsFault $state 'hang' $on $InputObject.SystemName)) {
                $service | Add-Member -Force readsUntil $target
                $service | Add-Member -Force readsLeft 1
            }
            Save-DoubleState $state
        }
        finally { Exit-DoubleState }
    }
    New-Object psobject -Property @{ ReturnValue = [uint32] $code }
}

function Step-WindowsService($State, $Server) {
    # A service that was started runs a look later, and one that was stopped is Stopped.
    $services = Get-WindowsValue $Server 'services'
    if ($null -eq $services) { return }
    foreach ($property in $services.PSObject.Properties) {
        $left = Get-WindowsValue $property.Value 'readsLeft'
        if ($null -eq $left) { continue }
        if ($left -gt 0) { $property.Value.readsLeft = $left - 1 }
        else {
            $property.Value.state = $property.Value.readsUntil
            $property.Value.PSObject.Properties.Remove('readsLeft')
            $property.Value.PSObject.Properties.Remove('readsUntil')
        }
        Save-DoubleState $State
    }
}

function Get-WinEvent {
    [CmdletBinding()]
    param([hashtable] $FilterHashtable, [int] $MaxEvents, [string] $ComputerName)

    Write-DoubleLog 'Get-WinEvent' @{ LogName = $FilterHashtable.LogName; ComputerName = $ComputerName }
    $state = Get-DoubleState
    $server = Find-WindowsServer $state $ComputerName
    if (-not $server -or (Test-WindowsFault $state 'accessDenied' 'events' $ComputerName)) {
        $PSCmdlet.WriteError((New-WindowsError 'Attempted to perform an unauthorized operation.' 'UnauthorizedAccess' 'PermissionDenied'))
        return
    }
    if ($FilterHashtable.LogName -eq 'Application') {
        # What MSExchange ADAccess writes when a state was recorded from this machine.
        $found = @(
            foreach ($event in @(Get-WindowsValue $server 'stateEvents')) {
                if ($null -eq $event -or $FilterHashtable.ProviderName -ne 'MSExchange ADAccess') { continue }
                $time = ([datetime] $event.at).ToLocalTime()
                if ($FilterHashtable.Id -notcontains $event.id) { continue }
                if ($time -lt $FilterHashtable.StartTime -or $time -gt $FilterHashtable.EndTime) { continue }
                New-Object psobject -Property @{
                    Id          = $event.id
                    TimeCreated = $time
                    UserId      = $null
                    Properties  = @(foreach ($value in $event.values) { New-Object psobject -Property @{ Value = $value } })
                }
            }
        )
        if ($found) { return $found }
    }
    $events = @(Get-WindowsValue $server 'events' | Where-Object { $FilterHashtable.LogName -ne 'Application' } | Where-Object { $null -ne $_ })
    if (-not $events) {
        $id = 'NoMatchingEventsFound,Microsoft.PowerShell.Commands.GetWinEventCommand'
        $PSCmdlet.WriteError((New-WindowsError 'No events were found that match the specified selection criteria.' $id 'ObjectNotFound'))
        return
    }
    foreach ($event in $events) {
        $fields = foreach ($field in $event.PSObject.Properties) {
            $value = $field.Value
            # What looks like a time in JSON has become one.
            if ($value -is [datetime]) { $value = $value.ToUniversalTime().ToString('o', [cultureinfo]::InvariantCulture) }
            "<$($field.Name)>$value</$($field.Name)>"
        }
        $xml = "<Event xmlns='http://schemas.microsoft.com/win/2004/08/events/event'><UserData><EventXML xmlns='myNs'>$fields</EventXML></UserData></Event>"
        $found = New-Object psobject -Property @{ Id = 501 }
        $found | Add-Member ScriptMethod ToXml ([scriptblock]::Create("'$($xml -replace "'", "''")'"))
        $found
    }
}

Export-ModuleMember -Function Get-CimInstance, Invoke-CimMethod, Get-WinEvent
