<#
.SYNOPSIS
Tells the certificate name and the bindings of POP3 or IMAP4 on a server.

.PARAMETER Server
The server to ask about.

.PARAMETER Protocol
POP3 or IMAP4.

.EXAMPLE
.\Get-ProtocolSettings.ps1 -Server EX01 -Protocol POP3
#>
[CmdletBinding()]
param(
    [Parameter(Mandatory = $true)][string] $Server,
    [Parameter(Mandatory = $true)][ValidateSet('POP3', 'IMAP4')][string] $Protocol
)

Set-StrictMode -Version 2
$ErrorActionPreference = 'Stop'

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
Set-StrictMode -Off
$settings = if ($Protocol -eq 'POP3') { @(Get-PopSettings -Server $Server -ErrorAction Stop) }
else { @(Get-ImapSettings -Server $Server -ErrorAction Stop) }
Set-StrictMode -Version 2
if (@($settings).Count -ne 1) {
    $exception = New-Object System.InvalidOperationException "'$Server' has $(@($settings).Count) settings of $Protocol, not one"
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'Relight.NotOneServer', 'InvalidResult', $Server)
}

$values = @{}
foreach ($name in 'X509CertificateName', 'UnencryptedOrTLSBindings', 'SSLBindings') {
    $property = @($settings)[0].PSObject.Properties[$name]
    $values[$name] = @()
    if ($property -and $null -ne $property.Value) { $values[$name] = @($property.Value | ForEach-Object { [string] $_ }) }
}

[pscustomobject] @{
    PSTypeName      = 'Relight.Answer'
    certificateName = [string] @($values['X509CertificateName'] + '')[0]
    plainBindings   = [object[]] $values['UnencryptedOrTLSBindings']
    tlsBindings     = [object[]] $values['SSLBindings']
}
