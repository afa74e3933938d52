# Part of the Exchange stand-in: the cmdlets that tell why Managed Availability may have taken a component down. Left out of
# the state file, all is in order.

. (Join-Path $PSScriptRoot 'SharedState.ps1')
. (Join-Path $PSScriptRoot 'RemoteSession.ps1')

enum MonitorAlertValue { Unknown = 0; Healthy = 1; Degraded = 2; Unhealthy = 3; Repairing = 4; Disabled = 5 }

function Read-HealthServer([string] $Name) {
    $state = Get-DoubleState
    foreach ($fault in @(Get-HealthValue $state 'faults')) {
        if ($null -eq $fault -or (Get-HealthValue $fault 'on') -ne 'health' -or -not (Test-DoubleServer $fault $Name)) { continue }
        if ($fault.kind -eq 'slow') { Start-Sleep -Milliseconds $fault.milliseconds }
        if ($fault.kind -eq 'hang') { Start-Sleep -Seconds 3600 }
        if ($fault.kind -eq 'accessDenied') {
            $exception = New-Object System.UnauthorizedAccessException 'Access is denied.'
            throw (New-Object System.Management.Automation.ErrorRecord $exception, 'AccessDenied', 'PermissionDenied', $Name)
        }
    }
    foreach ($server in @($state.servers)) { if ($server.name -eq $Name -or $server.fqdn -eq $Name) { return $server } }
    $exception = New-Object System.Exception "The operation couldn't be performed because object '$Name' couldn't be found."
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'ManagementObjectNotFoundException', 'ObjectNotFound', $Name)
}

function Get-HealthValue($Object, [string] $Name) {
    if ($null -eq $Object) { return $null }
    $property = $Object.PSObject.Properties[$Name]
    if ($property) { $property.Value }
}

function Get-ServerHealth {
    [CmdletBinding()]
    param([string] $Identity, [string] $HealthSet)

    Write-DoubleLog 'Get-ServerHealth' @{ Identity = $Identity; HealthSet = $HealthSet }
    Stop-DoubleSession 'health' 'before'
    $server = Read-HealthServer $Identity
    if (Get-HealthValue $server 'healthSilent') {
        # The real one does not fail either.
        Write-Warning "The Health Manager of $Identity returned no results for $HealthSet."
    }
    else {
        New-Object psobject -Property @{ Name = 'MaintenanceFailureMonitor'; HealthSetName = $HealthSet; AlertValue = [MonitorAlertValue]::Healthy }
        foreach ($monitor in @(Get-HealthValue $server 'health')) {
            if ($null -eq $monitor -or $monitor.HealthSetName -ne $HealthSet) { continue }
            $seen = @{
                Name          = $monitor.Name
                HealthSetName = $monitor.HealthSetName
                AlertValue    = [MonitorAlertValue] $monitor.AlertValue
                IsStale       = [bool] (Get-HealthValue $monitor 'IsStale')
            }
            foreach ($name in 'LastExecutionTime', 'LastTransitionTime') {
                $time = Get-HealthValue $monitor $name
                if ($null -eq $time) { continue }
                # A console shows local times; that of a result just now is asked for as such.
                $seen[$name] = if ("$time" -eq 'now') { [datetime]::Now } else { ([datetime] $time).ToLocalTime() }
            }
            New-Object psobject -Property $seen
        }
    }
    Stop-DoubleSession 'health' 'after'
    Stop-DoubleSession 'health' 'answered'
}

function Get-Settings([string] $Server, [string] $Protocol, [int] $Plain, [int] $Tls) {
    $given = Get-HealthValue (Get-HealthValue (Read-HealthServer $Server) 'settings') $Protocol
    $settings = @{
        X509CertificateName      = 'mail.contoso.test'
        UnencryptedOrTLSBindings = @("[::]:$Plain", "0.0.0.0:$Plain")
        SSLBindings              = @("[::]:$Tls", "0.0.0.0:$Tls")
    }
    if ($null -ne $given) {
        $settings.X509CertificateName = Get-HealthValue $given 'certificate'
        $settings.UnencryptedOrTLSBindings = @(Get-HealthValue $given 'plain')
        $settings.SSLBindings = @(Get-HealthValue $given 'tls')
    }
    New-Object psobject -Property $settings
}

function Get-PopSettings {
    [CmdletBinding()]
    param([string] $Server)

    Write-DoubleLog 'Get-PopSettings' @{ Server = $Server }
    Stop-DoubleSession 'health' 'before'
    Get-Settings $Server 'POP3' 110 995
    Stop-DoubleSession 'health' 'after'
    Stop-DoubleSession 'health' 'answered'
}

function Get-ImapSettings {
    [CmdletBinding()]
    param([string] $Server)

    Write-DoubleLog 'Get-ImapSettings' @{ Server = $Server }
    Stop-DoubleSession 'health' 'before'
    Get-Settings $Server 'IMAP4' 143 993
    Stop-DoubleSession 'health' 'after'
    Stop-DoubleSession 'health' 'answered'
}

function Get-Override($Given) {
    foreach ($override in @($Given)) {
        if ($null -eq $override) { continue }
        New-Object psobject -Property @{
            Identity      = $override.identity
            ItemType      = $override.itemType
            PropertyName  = $override.property
            PropertyValue = $override.value
        }
    }
}

function Get-ServerMonitoringOverride {
    [CmdletBinding()]
    param([string] $Server)

    Write-DoubleLog 'Get-ServerMonitoringOverride' @{ Server = $Server }
    Stop-DoubleSession 'health' 'before'
    Get-Override (Get-HealthValue (Read-HealthServer $Server) 'overrides')
    Stop-DoubleSession 'health' 'after'
    Stop-DoubleSession 'health' 'answered'
}

function Get-GlobalMonitoringOverride {
    [CmdletBinding()]
    param()

    Write-DoubleLog 'Get-GlobalMonitoringOverride' @{}
    Stop-DoubleSession 'health' 'before'
    $state = Get-DoubleState
    Get-Override (Get-HealthValue $state 'globalOverrides')
    Stop-DoubleSession 'health' 'after'
    Stop-DoubleSession 'health' 'answered'
}

function Get-ExchangeCertificate {
    [CmdletBinding()]
    param([string] $Server)

    Write-DoubleLog 'Get-ExchangeCertificate' @{ Server = $Server }
    Stop-DoubleSession 'health' 'before'
    $given = Get-HealthValue (Read-HealthServer $Server) 'certificates'
    if ($null -eq $given) { $given = @(New-Object psobject -Property @{ domains = @('mail.contoso.test'); notAfter = '2099-12-31T00:00:00Z' }) }
    foreach ($certificate in @($given)) {
        # What comes where the certificate could not be deserialised: its bytes, and no property that means anything.
        if ($null -ne (Get-HealthValue $certificate 'rawData')) {
            New-Object psobject -Property @{ RawData = [System.Convert]::FromBase64String($certificate.rawData) }
            continue
        }
        New-Object psobject -Property @{
            Subject            = "CN=$(@($certificate.domains)[0]), O=Contoso"
            CertificateDomains = @($certificate.domains)
            NotAfter           = ([datetime] $certificate.notAfter).ToLocalTime()
        }
    }
    Stop-DoubleSession 'health' 'after'
    Stop-DoubleSession 'health' 'answered'
}

function Search-AdminAuditLog {
    [CmdletBinding()]
    param([string[]] $Cmdlets, [datetime] $StartDate, [datetime] $EndDate)

    # What it gives is of the whole organisation; its times are those of this machine.
    $utc = 'yyyy-MM-ddTHH:mm:ssZ'
    Write-DoubleLog 'Search-AdminAuditLog' @{
        Cmdlets   = $Cmdlets
        StartDate = $StartDate.ToUniversalTime().ToString($utc)
        EndDate   = $EndDate.ToUniversalTime().ToString($utc)
    }
    Stop-DoubleSession 'health' 'before'
    $state = Get-DoubleState
    foreach ($entry in @(Get-HealthValue $state 'audit')) {
        if ($null -eq $entry -or $Cmdlets -notcontains $entry.cmdlet) { continue }
        $time = ([datetime] $entry.runDate).ToLocalTime()
        if ($time -lt $StartDate -or $time -gt $EndDate) { continue }
        New-Object psobject -Property @{
            Caller           = $entry.caller
            RunDate          = $time
            CmdletName       = $entry.cmdlet
            ObjectModified   = $entry.object
            Succeeded        = $true
            CmdletParameters = @(
                foreach ($parameter in $entry.parameters.PSObject.Properties) {
                    New-Object psobject -Property @{ Name = $parameter.Name; Value = $parameter.Value }
                }
            )
        }
    }
    Stop-DoubleSession 'health' 'after'
    Stop-DoubleSession 'health' 'answered'
}

$Given = 'Get-ServerHealth', 'Get-ServerMonitoringOverride', 'Get-GlobalMonitoringOverride', 'Get-PopSettings', 'Get-ImapSettings', 'Get-ExchangeCertificate', 'Search-AdminAuditLog'
$Missing = @(Get-HealthValue (Get-DoubleState) 'missing')
Export-ModuleMember -Function @($Given | Where-Object { $Missing -notcontains $_ })
