<#
.SYNOPSIS
Runs relight under an execution policy of AllSigned: a build of its own is told what to do, one with signed scripts works.

.DESCRIPTION
For Windows PowerShell on a machine that is nobody's: it trusts a certificate of its own and sets a policy for the whole
machine, and takes both back. target\debug\relight.exe has been built.
#>
[CmdletBinding()]
param()

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

$relight = 'target\debug\relight.exe'
$policy = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\PowerShell'
$stores = 'Cert:\LocalMachine\My', 'Cert:\LocalMachine\Root', 'Cert:\LocalMachine\TrustedPublisher'

function Get-Checkup {
    # What doctor says, on one line.
    param([Parameter(Mandatory = $true)][string] $Program)

    (& $Program doctor) -join ' ' -replace '\s+', ' '
}

$certificate = New-SelfSignedCertificate -Type CodeSigningCert -Subject 'CN=relight test' -CertStoreLocation $stores[0]
try {
    $file = Join-Path $env:TEMP 'relight-test.cer'
    $null = Export-Certificate -Cert $certificate -FilePath $file
    $stores[1..2] | ForEach-Object { $null = Import-Certificate -FilePath $file -CertStoreLocation $_ }

    Copy-Item -Path $relight -Destination target\unsigned.exe
    cargo run --example package -- engines target\signed
    if ($LASTEXITCODE -ne 0) { throw 'the engines were not written' }
    foreach ($engine in Get-ChildItem -Path target\signed -Filter *.ps1) {
        $signature = Set-AuthenticodeSignature -FilePath $engine.FullName -Certificate $certificate -HashAlgorithm SHA256
        if ("$($signature.Status)" -ne 'Valid') { throw "$engine`: $($signature.StatusMessage)" }
    }
    $env:RELIGHT_SIGNED_ENGINES = Join-Path $PWD 'target\signed'
    cargo build
    if ($LASTEXITCODE -ne 0) { throw 'relight was not built' }

    $null = New-Item -Path $policy -Force
    Set-ItemProperty -Path $policy -Name EnableScripts -Value 1 -Type DWord
    Set-ItemProperty -Path $policy -Name ExecutionPolicy -Value AllSigned

    $said = Get-Checkup -Program target\unsigned.exe
    if ($said -notmatch 'execution policy MachinePolicy AllSigned') { throw "not told of the policy: $said" }
    $said = Get-Checkup -Program $relight
    if ($said -notmatch 'scripts of this relight are signed') { throw "the signed scripts did not run: $said" }
}
finally {
    Remove-Item -Path $policy -Recurse -ErrorAction SilentlyContinue
    foreach ($store in $stores) {
        Remove-Item -Path (Join-Path $store $certificate.Thumbprint) -ErrorAction SilentlyContinue
    }
}
