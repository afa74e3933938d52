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

# Where Exchange's commands are plain functions they see the strict mode of this scope, and they are not written for it.
# The value of a property that is not there is null then, and as text it is empty.
Set-StrictMode -Off
$ErrorActionPreference = 'Stop'

$found = @(
    if ($Protocol -eq 'POP3') { Get-PopSettings -Server $Server -ErrorAction Stop }
    else { Get-ImapSettings -Server $Server -ErrorAction Stop }
)
if ($found.Count -ne 1) {
    $exception = New-Object System.InvalidOperationException "'$Server' has $($found.Count) settings of $Protocol, not one"
    throw (New-Object System.Management.Automation.ErrorRecord $exception, 'Relight.NotOneServer', 'InvalidResult', $Server)
}
$values = $found[0].PSObject.Properties

[pscustomobject] @{
    PSTypeName      = 'Relight.Answer'
    certificateName = [string] $values['X509CertificateName'].Value
    plainBindings   = [object[]] @(foreach ($binding in $values['UnencryptedOrTLSBindings'].Value) { [string] $binding })
    tlsBindings     = [object[]] @(foreach ($binding in $values['SSLBindings'].Value) { [string] $binding })
}
