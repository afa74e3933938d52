//! What to do about each remark that is not as it should be.

use crate::domain::checkup::{Grade, LoadFailure, Remark, ShellFailure, What};
use crate::domain::{Trouble, TroubleKind};
use crate::screens::kit::words;

const ROLE: &str = "Use an account in the role group Organization Management or Server Management.";
const WMF: &str = "Install Windows Management Framework 5.1.";

/// The next step; `None` where there is nothing to do.
pub fn next(remark: &Remark) -> Option<String> {
    if remark.grade == Grade::Ok {
        return None;
    }
    let step = match &remark.what {
        What::NoPowerShell(_) => "Name the PowerShell to use: --powershell PATH.",
        What::PowerShellFailed(_, why) => shell(why),
        What::PowerShellTooOld(_) => WMF,
        What::PowerShellTooNew(_) => "Leave --powershell out, so that Windows PowerShell is used.",
        What::Bits(_) => "Use the 64-bit PowerShell; leave --powershell out, or name another.",
        What::ExecutionPolicy(_) => {
            "Group policy beats what relight asks for: have it allow local scripts (RemoteSigned)."
        }
        What::Tools(..) | What::ToolsBroken(..) | What::NoTools => {
            "Run relight on an Exchange server or install the management tools; or open a session on a server: \
             --connection remote --connect-to ex01.contoso.local"
        }
        What::SystemAccount(_) => {
            "Run the task or service as an account in Organization Management or Server Management."
        }
        What::Elevated(_) => "Start it elevated (Run as administrator) if it is also to start services.",
        What::Clock(..) | What::ClockUnset(_) => "Look at the clock: w32tm /query /status",
        // Said below the line about the tools.
        What::NotLoaded(LoadFailure::NoTools, _) if remark.grade == Grade::Warning => return None,
        What::NotLoaded(kind, _) => load(*kind),
        What::Loaded(_) => "That is close to the deadline: give --connect-timeout more.",
        What::Bypass => "Use --connection ems unless the roles themselves are broken.",
        What::ConnectedElsewhere(..) => "See why this server's own PowerShell site does not answer.",
        What::CmdletsMissing(_) | What::MayNotChange => ROLE,
        What::JournalHeld(_) => "Let it end before a fix, or let the fix wait for it: --lock-timeout 10m",
        What::JournalUnusable(_) => {
            "Without it fix and undo change nothing and end with 42: let this account write there, or name another \
             folder with --journal-dir."
        }
        What::NoServer => "Name the server: --server EX01",
        What::ServerTrouble(Trouble { kind: TroubleKind::AccessDenied, .. })
        | What::MayNotRead(Trouble { kind: TroubleKind::AccessDenied, .. }) => ROLE,
        What::ServerTrouble(trouble) | What::MayNotRead(trouble) => words::trouble_advice(trouble.kind),
        What::RegistryUnreadable => {
            "Run relight on that server; or start its Remote Registry service and let the firewall pass it."
        }
        What::DirectoryUnreadable => "Look at the domain controllers: Get-ExchangeServer -Status shows which is used.",
        What::EntriesIllegible(_) => "Run relight in the Exchange Management Shell: --connection ems",
        What::MayChangeNotSure => {
            "Look by hand: Get-ManagementRole -Cmdlet Set-ServerComponentState, then Get-ManagementRoleAssignment for \
             these roles. A scope may leave the server out."
        }
        What::EntryInFuture(..) => "Compare the clocks of this machine, that server and the domain controllers.",
        What::PowerShellVersionUnknown
        | What::PowerShell(_)
        | What::LanguageMode(_)
        | What::MachineUnknown(_)
        | What::NotTold(..)
        | What::Installed(..)
        | What::Account(_)
        | What::Interactive(_)
        | What::JournalReady(_)
        | What::LoadNotTried
        | What::Cmdlets(_)
        | What::Server(_)
        | What::ServerNotAsked
        | What::MayRead
        | What::ReadNotTried
        | What::StoresReadable
        | What::MayChange(_)
        | What::MayChangeByCmdlet(_)
        | What::EntriesInPast(_) => return None,
    };
    Some(step.to_owned())
}

fn shell(why: &ShellFailure) -> &'static str {
    match why {
        ShellFailure::NotStarted(_) => "Try to start the same PowerShell by hand.",
        ShellFailure::TooFewBits(_) => "Use the 64-bit relight.",
        ShellFailure::NoScripts(_) => "Make room in the folder for temporary files, or name another one in TEMP.",
        ShellFailure::Confined(_) => {
            "AppLocker or WDAC confines it for this account or folder: run relight with an account or from a folder \
             that the policy trusts."
        }
        ShellFailure::Ended(_) => {
            "See $PSVersionTable.PSVersion there: below 5.1 (WMF 4) it cannot parse relight's scripts, so install \
             Windows Management Framework 5.1. Else see Get-ExecutionPolicy -List: a group policy of AllSigned or \
             Restricted refuses them."
        }
        ShellFailure::Silent(_) => "Give it more time with --start-timeout, or see what holds it up by hand.",
        ShellFailure::Interrupted => "Run it again.",
    }
}

fn load(kind: LoadFailure) -> &'static str {
    match kind {
        LoadFailure::NoTools => {
            "Run relight on an Exchange server, or: --connection remote --connect-to ex01.contoso.local"
        }
        LoadFailure::AccessDenied => ROLE,
        LoadFailure::Deadline => "Give it more time with --connect-timeout.",
        LoadFailure::Refused => {
            "Open the Exchange Management Shell by hand: if that fails too, the reason shown there is the one to mend."
        }
        LoadFailure::Interrupted => "Run it again.",
    }
}
