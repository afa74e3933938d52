<#
.SYNOPSIS
Tells the names and the end of the certificates that Exchange has on a server.

.PARAMETER Server
The server to ask about.

.EXAMPLE
.\Get-CertificateInfo.ps1 -Server EX01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
Set-StrictMode -Off
$found = @(Get-ExchangeCertificate -Server $Server -ErrorAction Stop)
Set-StrictMode -Version 2
$culture = [System.Globalization.CultureInfo]::InvariantCulture

[pscustomobject] @{
    PSTypeName   = 'Relight.Answer'
    certificates = [object[]] @(
        foreach ($certificate in $found) {
            $end = $null
            $property = $certificate.PSObject.Properties['NotAfter']
            if ($property -and $property.Value -is [datetime]) {
                $end = $property.Value.ToUniversalTime().ToString('o', $culture)
            }
            $names = @()
            $property = $certificate.PSObject.Properties['CertificateDomains']
            if ($property -and $null -ne $property.Value) { $names = @($property.Value | ForEach-Object { [string] $_ }) }
            $property = $certificate.PSObject.Properties['Subject']
            if ($property -and [string] $property.Value -match 'CN=([^,]+)') { $names += $Matches[1].Trim() }
            [pscustomobject] @{ names = [object[]] $names; notAfter = $end }
        }
    )
}
