<#
.SYNOPSIS
Tells the names and the end of the certificates that Exchange has on a server.

.DESCRIPTION
A certificate that arrived without its properties has its bytes only (RawData): they come as base64.

.PARAMETER Server
The server to ask about.

.EXAMPLE
.\Get-CertificateInfo.ps1 -Server EX01
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server
)

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @(Get-ExchangeCertificate -Server $Server -ErrorAction Stop)
$culture = [System.Globalization.CultureInfo]::InvariantCulture

[pscustomobject] @{
    PSTypeName   = 'Relight.Answer'
    certificates = [object[]] @(
        foreach ($certificate in $found) {
            $values = $certificate.PSObject.Properties
            $end = $values['NotAfter'].Value
            if ($end -is [System.DateTime]) { $end = $end.ToUniversalTime().ToString('o', $culture) }
            $names = @(foreach ($domain in $values['CertificateDomains'].Value) { [string] $domain })
            if ([string] $values['Subject'].Value -match 'CN=([^,]+)') { $names += $Matches[1].Trim() }
            # Where it came whole, nobody needs its bytes.
            $bytes = $null
            if ($names.Count -eq 0 -and $null -ne $values['RawData'].Value) {
                $bytes = [System.Convert]::ToBase64String([byte[]] @($values['RawData'].Value))
            }
            @{ names = [object[]] $names; notAfter = [string] $end; rawData = $bytes }
        }
    )
}
