<#
.SYNOPSIS
Signs files with a certificate from a PFX file, and looks at every signature.

.DESCRIPTION
For the release workflow, on Windows. The certificate comes from the environment: SIGNING_PFX, the file in base64, and
SIGNING_PFX_PASSWORD. -Check only looks: at what Azure Artifact Signing has signed, say.

.EXAMPLE
.ci/sign.ps1 -Files staged\relight.exe, staged\Install-Relight.ps1
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string[]] $Files,
    [switch] $Check
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

if (-not $Check) {
    $pfx = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2Collection
    $pfx.Import([Convert]::FromBase64String($env:SIGNING_PFX), $env:SIGNING_PFX_PASSWORD, 'DefaultKeySet')
    $certificate = $pfx | Where-Object { $_.HasPrivateKey } | Select-Object -First 1
    foreach ($file in $Files) {
        $null = Set-AuthenticodeSignature -FilePath $file -Certificate $certificate -IncludeChain NotRoot `
            -HashAlgorithm SHA256 -TimestampServer 'http://timestamp.digicert.com'
    }
}
foreach ($file in $Files) {
    $signature = Get-AuthenticodeSignature -FilePath $file
    if ($signature.Status -ne 'Valid' -or $null -eq $signature.TimeStamperCertificate) {
        throw "$file`: $($signature.Status), $($signature.StatusMessage)"
    }
    Write-Output "$file`: $($signature.SignerCertificate.Subject)"
}
