<#
.SYNOPSIS
Signs the program and the scripts of a staged package with a certificate from a PFX file, and looks at every signature.

.DESCRIPTION
For the release workflow, on Windows. The certificate comes from the environment: SIGNING_PFX, the file in base64, and
SIGNING_PFX_PASSWORD. -Check only looks: what somebody else has signed, by the account of Azure Artifact Signing, say.

.EXAMPLE
.ci/sign.ps1 -Staged staged
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Staged,
    [switch] $Check
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$files = @(
    'relight.exe', 'Install-Relight.ps1', 'Uninstall-Relight.ps1', 'completions/relight.ps1' |
        ForEach-Object { Join-Path $Staged $_ }
)
if (-not $Check) {
    $pfx = New-Object System.Security.Cryptography.X509Certificates.X509Certificate2Collection
    $pfx.Import([Convert]::FromBase64String($env:SIGNING_PFX), $env:SIGNING_PFX_PASSWORD, 'DefaultKeySet')
    $certificate = $pfx | Where-Object { $_.HasPrivateKey } | Select-Object -First 1
    foreach ($file in $files) {
        $null = Set-AuthenticodeSignature -FilePath $file -Certificate $certificate -IncludeChain NotRoot `
            -HashAlgorithm SHA256 -TimestampServer 'http://timestamp.digicert.com'
    }
}
foreach ($file in $files) {
    $signature = Get-AuthenticodeSignature -FilePath $file
    if ($signature.Status -ne 'Valid' -or $null -eq $signature.TimeStamperCertificate) {
        throw "$file`: $($signature.Status), $($signature.StatusMessage)"
    }
    Write-Output "$file`: $($signature.SignerCertificate.Subject)"
}
