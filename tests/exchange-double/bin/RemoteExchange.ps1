# Part of the Exchange stand-in: looks and behaves like the script behind the Exchange Management Shell shortcut. Like the
# real one it is meant to be dot-sourced at the prompt: no strict mode, no care for errors, a lot of talk.

## INCREASE WINDOW WIDTH #####################################################
# Without a console the real script fails here with an error that ends the statement, and goes on.
function WidenWindow([int]$preferredWidth)
{
    [int]::Parse("no console, no window of $preferredWidth columns") | Out-Null
}
WidenWindow(120)

## ALIASES ###################################################################
set-alias list       format-list
set-alias table      format-table

## EXCHANGE VARIABLES ########################################################
$global:exbin = $PSScriptRoot
$global:exinstall = Split-Path $PSScriptRoot

## LOAD CONNECTION FUNCTIONS #################################################
. (Join-Path $global:exbin 'ConnectFunctions.ps1')
if ((Test-DoubleLoad 'noConnect')) { Remove-Item function:Connect-ExchangeServer }

$FormatEnumerationLimit = 16
Write-DoubleLog 'load' @{}

if ((Test-DoubleLoad 'slow')) { Start-Sleep -Seconds 2 }
if ((Test-DoubleLoad 'hang')) { Start-Sleep -Seconds 3600 }
if ((Test-DoubleLoad 'crash')) { [Environment]::Exit(3) }
if ((Test-DoubleLoad 'typesMissing')) { write-error 'The types file was not loaded because not all of the types are valid.' }

## FUNCTIONS #################################################################
function get-exbanner
{
    write-host '         Welcome to the Exchange Management Shell!'
    write-host -no 'Full list of cmdlets:'
    write-host -no ' '
    write-host -fore Yellow 'Get-Command'
    write-host -no 'Only Exchange cmdlets:'
    write-host -no ' '
    write-host -fore Yellow 'Get-ExCommand'
}

function get-tip
{
    write-host -fore Yellow 'Tip of the day #42:'
    write-host 'Did you know that a stand-in never sleeps?'
    ''
}

function get-excommand
{
    get-command -module ExchangeDouble
}

## now actually call the functions
get-exbanner
get-tip

if ((Test-DoubleLoad 'noise')) { Write-DoubleNoise }
if ((Test-DoubleLoad 'break')) { break }
