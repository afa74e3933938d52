//! One line of a checkup, and how grave it is.

use jiff::Timestamp;

use crate::domain::{ExchangeServer, Server, Trouble, TroubleKind};

use super::facts::{LoadFailure, Loaded, OtherRun, Shell, ShellFailure};

/// One thing that was found, with the server it concerns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remark {
    /// The server; `None`: this machine.
    pub server: Option<Server>,
    /// What was found.
    pub what: What,
    /// How grave it is.
    pub grade: Grade,
}

/// How grave a remark is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grade {
    /// As it should be, or of no consequence.
    Ok,
    /// relight can work, but somebody should know; or it could not be told.
    Warning,
    /// relight cannot do its work.
    Fault(Lack),
}

/// What is lacking, which decides how the run ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lack {
    /// A working PowerShell with the Exchange cmdlets.
    Shell,
    /// A right.
    Right,
    /// A server that relight can help.
    Server,
    /// A relight that can reach Exchange.
    Program,
    /// A journal, without which nothing is changed.
    Journal,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// There is no PowerShell.
    NoPowerShell(String),
    /// PowerShell is there and did not come up.
    PowerShellFailed(String, ShellFailure),
    /// PowerShell came up.
    PowerShell(Shell),
    /// PowerShell is too old.
    PowerShellTooOld(String),
    /// PowerShell is newer than the Exchange Management Shell knows.
    PowerShellTooNew(String),
    /// PowerShell did not tell its version.
    PowerShellVersionUnknown,
    /// Whether PowerShell is a 64-bit process.
    Bits(Option<bool>),
    /// The language mode.
    LanguageMode(Option<String>),
    /// The execution policies by scope; `None`: there are none on this system.
    ExecutionPolicy(Option<Vec<(String, String)>>),
    /// Nothing could be found out about the machine, and why; `None`: there was no shell to ask.
    MachineUnknown(Option<String>),
    /// One question about the machine failed, and why.
    NotTold(String, String),
    /// Exchange's tools: where they are, and who says so.
    Tools(String, String),
    /// A folder is named as Exchange's, but the shell is not in it.
    ToolsBroken(String, String),
    /// There are no Exchange tools.
    NoTools,
    /// The version and the roles of the Exchange on this machine.
    Installed(Option<String>, Vec<String>),
    /// The account.
    Account(String),
    /// The account is SYSTEM or a service account of Windows, which has no Exchange role.
    SystemAccount(String),
    /// Whether the account may use its administrative rights.
    Elevated(Option<bool>),
    /// Whether a person could see a window.
    Interactive(Option<bool>),
    /// The clock of this machine and its zone: time, name, minutes ahead of UTC.
    Clock(Option<Timestamp>, Option<String>, Option<i32>),
    /// The clock of this machine was never set.
    ClockUnset(Timestamp),
    /// The folder of the journal can be written, and no other run is under way.
    JournalReady(String),
    /// Another run that may change servers is under way.
    JournalHeld(Option<OtherRun>),
    /// The journal cannot be written, and why.
    JournalUnusable(String),
    /// There was no shell to load Exchange.
    LoadNotTried,
    /// Exchange was not loaded.
    NotLoaded(LoadFailure, String),
    /// Exchange is loaded.
    Loaded(Loaded),
    /// The snap-in is used, which bypasses the roles.
    Bypass,
    /// Another server answers than this one, which is a server itself.
    ConnectedElsewhere(String, String),
    /// The cmdlets that are there.
    Cmdlets(Vec<String>),
    /// Cmdlets that are not there.
    CmdletsMissing(Vec<String>),
    /// Neither this machine's name nor that of a server is known.
    NoServer,
    /// A server that relight can help.
    Server(ExchangeServer),
    /// A server that it cannot help, or that did not answer.
    ServerTrouble(Trouble),
    /// Which server that is could not be asked.
    ServerNotAsked,
    /// The account may read component states there.
    MayRead,
    /// It may not, or the answer was of no use.
    MayNotRead(Trouble),
    /// Reading could not be tried.
    ReadNotTried,
    /// Both stores of the components could be read.
    StoresReadable,
    /// The registry of the server could not be read.
    RegistryUnreadable,
    /// Active Directory could not be read.
    DirectoryUnreadable,
    /// Entries came as text without their values.
    EntriesIllegible(usize),
    /// The account may change component states, by these roles of these assignees.
    MayChange(Vec<(String, String)>),
    /// The cmdlet is there, but no role was found that reaches the server.
    MayChangeNotSure,
    /// The cmdlet is there; the roles were not looked at, for this reason if there is one.
    MayChangeByCmdlet(Option<String>),
    /// The account may not change component states.
    MayNotChange,
    /// An entry of this time is ahead of the clock, which said the second.
    EntryInFuture(Timestamp, Timestamp),
    /// No entry is ahead of the clock; the newest is of this time, if there is one.
    EntriesInPast(Option<Timestamp>),
}

/// What a trouble with a server means for relight.
pub(super) fn of_trouble(kind: TroubleKind) -> Grade {
    match kind {
        TroubleKind::AccessDenied => Grade::Fault(Lack::Right),
        TroubleKind::NotFound | TroubleKind::Edge | TroubleKind::Unsupported | TroubleKind::WrongServer => {
            Grade::Fault(Lack::Server)
        }
        TroubleKind::Malformed
        | TroubleKind::Unreachable
        | TroubleKind::Deadline
        | TroubleKind::ShellLost
        | TroubleKind::Refused => Grade::Fault(Lack::Shell),
        TroubleKind::Interrupted => Grade::Warning,
    }
}
