# The module Relight. Its version is that of relight.exe.
@{
    RootModule           = 'Relight.psm1'
    ModuleVersion        = '0.1.0'
    GUID                 = '5d0c6c1e-3f8e-4c53-9d0b-7a2f4f1f8a61'
    Author               = 'The relight authors'
    CompanyName          = 'The relight authors'
    Copyright            = 'MIT or Apache-2.0, as you like'
    Description          = 'Finds Exchange POP3 and IMAP4 proxy components that are Inactive (KB 3025138), sets them Active again under the requester that set them Inactive, and looks whether clients are served. Needs relight.exe.'
    PowerShellVersion    = '5.1'
    CompatiblePSEditions = @('Desktop', 'Core')
    FormatsToProcess     = @('Relight.format.ps1xml')
    FunctionsToExport    = @('Get-RelightState', 'Repair-RelightState', 'Test-RelightClient', 'Get-RelightRun', 'Undo-RelightRun')
    CmdletsToExport      = @()
    VariablesToExport    = @()
    AliasesToExport      = @()
    PrivateData          = @{
        PSData = @{
            Tags = @('Exchange', 'POP3', 'IMAP4', 'ServerComponentState', 'ManagedAvailability', 'PSEdition_Desktop', 'PSEdition_Core', 'Windows')
        }
    }
}
