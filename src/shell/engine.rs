//! The scripts as PowerShell gets them. Each is a file of its own in `scripts/`, readable and runnable by hand; here they
//! are joined into one, because a single `-File` needs no module path, no second read and no trust in what lies beside it.
//! A run gets the scripts that it may call and no others: what is not there cannot be called by mistake, and need not be
//! read. Reading is a good part of what a short run costs, so comments are left out as well; their lines stay, empty, and
//! a line number in an error is that of the joined scripts.
//! The file lives in a fresh folder that only this account can enter, and on Windows it is held open so that nobody can
//! write or delete it between our check and PowerShell's read.

use std::{
    fs::{self, File},
    io::{self, Read, Seek},
    path::{Path, PathBuf},
};

use super::folder::{self, Folder};
use super::protocol::Call;

/// The script with the read loop; the others go where its marker line is.
const ENGINE: &str = include_str!("../../scripts/engine.ps1");
const MARKER: &str = "# <operations>";
/// What the names of the functions begin with, so that nothing that Exchange's scripts define takes their place.
const PREFIX: &str = "Relight-";

/// A script's base name, which becomes the name of its function, and its text.
type Script = (&'static str, &'static str);

/// What every session may be asked.
const LOOK: [Script; 11] = [
    ("Connect-Exchange", include_str!("../../scripts/Connect-Exchange.ps1")),
    ("Get-ExchangeServerInfo", include_str!("../../scripts/Get-ExchangeServerInfo.ps1")),
    ("Get-ComponentState", include_str!("../../scripts/Get-ComponentState.ps1")),
    ("Get-SetupProcess", include_str!("../../scripts/Get-SetupProcess.ps1")),
    ("Get-ServiceState", include_str!("../../scripts/Get-ServiceState.ps1")),
    ("Get-MonitorHealth", include_str!("../../scripts/Get-MonitorHealth.ps1")),
    ("Get-ProtocolSettings", include_str!("../../scripts/Get-ProtocolSettings.ps1")),
    ("Get-CertificateInfo", include_str!("../../scripts/Get-CertificateInfo.ps1")),
    ("Get-RecoveryAction", include_str!("../../scripts/Get-RecoveryAction.ps1")),
    ("Get-AuditEntry", include_str!("../../scripts/Get-AuditEntry.ps1")),
    ("Get-StateEvent", include_str!("../../scripts/Get-StateEvent.ps1")),
];
/// What only a checkup asks.
const CHECKUP: [Script; 2] = [
    ("Get-Environment", include_str!("../../scripts/Get-Environment.ps1")),
    ("Get-RoleAssignment", include_str!("../../scripts/Get-RoleAssignment.ps1")),
];
/// What changes a server.
const CHANGE: [Script; 2] = [
    ("Set-ComponentState", include_str!("../../scripts/Set-ComponentState.ps1")),
    ("Start-ExchangeService", include_str!("../../scripts/Start-ExchangeService.ps1")),
];
/// What stops a service.
const STOP: [Script; 1] = [("Stop-ExchangeService", include_str!("../../scripts/Stop-ExchangeService.ps1"))];

/// What a session is able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Capabilities {
    /// Ask only.
    Look,
    /// Ask only, and about the machine and the account, too.
    Checkup,
    /// Ask and write.
    Change,
    /// Ask, write, and stop services: only for an undo that was asked to.
    Stop,
}

impl Capabilities {
    /// All of them, the least first.
    pub const ALL: [Self; 4] = [Self::Look, Self::Checkup, Self::Change, Self::Stop];

    /// Whether such a session may change anything.
    pub fn may_change(self) -> bool {
        matches!(self, Self::Change | Self::Stop)
    }

    /// Whether the engine of such a session has the script of this call.
    pub fn include(self, call: &Call) -> bool {
        match call {
            Call::SetComponentState { .. } | Call::StartService { .. } => self.may_change(),
            Call::StopService { .. } => self == Self::Stop,
            Call::GetEnvironment {} | Call::GetRoleAssignment { .. } => self == Self::Checkup,
            Call::Connect { .. }
            | Call::GetExchangeServer { .. }
            | Call::GetComponentState { .. }
            | Call::GetSetupProcess { .. }
            | Call::GetServices { .. }
            | Call::GetServerHealth { .. }
            | Call::GetProtocolSettings { .. }
            | Call::GetCertificates { .. }
            | Call::GetRecoveryActions { .. }
            | Call::GetAuditEntries { .. }
            | Call::GetStateEvents { .. } => true,
        }
    }

    /// The word for it on the command line of a simulated engine.
    pub fn word(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Checkup => "checkup",
            Self::Change => "change",
            Self::Stop => "stop",
        }
    }
}

/// The text of the engine for a session with these capabilities: ASCII, as the scripts are.
pub fn text(capabilities: Capabilities) -> String {
    let more: &[&[Script]] = match capabilities {
        Capabilities::Look => &[],
        Capabilities::Checkup => &[&CHECKUP],
        Capabilities::Change => &[&CHANGE],
        Capabilities::Stop => &[&CHANGE, &STOP],
    };
    without_comments(&join(ENGINE, &[&LOOK[..], &more.concat()].concat()))
}

/// Replaces the marker line by the scripts, each as a function.
fn join(engine: &str, scripts: &[Script]) -> String {
    let size = engine.len() + scripts.iter().map(|(name, text)| name.len() + text.len() + 30).sum::<usize>();
    let mut joined = String::with_capacity(size);
    for line in engine.split_inclusive('\n') {
        if line.trim_end() == MARKER {
            for (name, text) in scripts {
                let gap = if text.ends_with('\n') { "" } else { "\n" };
                joined.extend(["function ", PREFIX, name, " {\n", text, gap, "}\n"]);
            }
        } else {
            joined.push_str(line);
        }
    }
    joined
}

/// Empties the lines that are nothing but comment. The scripts have no texts of several lines, in which such a line would
/// mean something else; a test reads both and compares.
fn without_comments(script: &str) -> String {
    let mut bare = String::with_capacity(script.len());
    let mut in_block = false;
    for line in script.split_inclusive('\n') {
        let trimmed = line.trim();
        let begins = trimmed.starts_with("<#");
        if !(in_block || begins || trimmed.starts_with('#')) {
            bare.push_str(line);
            continue;
        }
        in_block = (in_block || begins) && !trimmed.ends_with("#>");
        if line.ends_with('\n') {
            bare.push('\n');
        }
    }
    bare
}

/// The engine on disk, for as long as a session lives.
#[derive(Debug)]
pub(super) struct EngineFile {
    path: PathBuf,
    // Closed before the folder is removed: fields are dropped in this order.
    _held: File,
    _folder: Folder,
}

impl EngineFile {
    /// Writes the engine to a fresh private folder. The error comes with the folder that was tried.
    pub fn write(capabilities: Capabilities) -> Result<Self, (PathBuf, io::Error)> {
        let base = std::env::temp_dir();
        folder::clear_away_what_is_left(&base);
        Self::write_under(&base, capabilities).map_err(|error| (base, error))
    }

    fn write_under(base: &Path, capabilities: Capabilities) -> io::Result<Self> {
        let folder = Folder::new_in(base)?;
        let path = folder.path().join(folder::ENGINE);
        let text = text(capabilities);
        fs::write(&path, &text)?;
        let mut held = folder::open_for_reading_only(&path)?;
        // From here on nobody else can write; make sure that nobody did before.
        let mut written = String::with_capacity(text.len());
        held.read_to_string(&mut written)?;
        if written != text {
            return Err(io::Error::other("the script was changed by somebody else while it was written"));
        }
        held.rewind()?;
        Ok(Self { path, _held: held, _folder: folder })
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_engine_has_one_place_for_the_operations() {
        assert_eq!(ENGINE.lines().filter(|line| *line == MARKER).count(), 1);
        assert!(text(Capabilities::Change).lines().all(|line| line != MARKER));
    }

    #[test]
    fn a_session_that_may_only_look_is_not_handed_the_means_to_write() {
        for (name, script) in CHANGE {
            for capabilities in [Capabilities::Look, Capabilities::Checkup] {
                assert!(!text(capabilities).contains(&format!("function {PREFIX}{name}")), "{name}");
                assert!(!text(capabilities).contains(&without_comments(script)), "{name}");
            }
            assert!(text(Capabilities::Change).contains(&without_comments(script)), "{name}");
        }
        for words in ["Set-ServerComponentState @", "Invoke-CimMethod -"] {
            assert!(text(Capabilities::Change).contains(words), "{words}");
            assert!(
                !text(Capabilities::Look).contains(words) && !text(Capabilities::Checkup).contains(words),
                "{words}"
            );
        }
        for (name, script) in STOP {
            for capabilities in [Capabilities::Look, Capabilities::Checkup, Capabilities::Change] {
                assert!(!text(capabilities).contains(&format!("function {PREFIX}{name}")), "{name}");
                assert!(!text(capabilities).contains(&without_comments(script)), "{name}");
            }
        }
    }

    #[test]
    fn only_a_checkup_asks_about_the_machine() {
        for (name, _) in CHECKUP {
            let function = format!("\nfunction {PREFIX}{name} {{\n");
            for capabilities in Capabilities::ALL {
                assert_eq!(text(capabilities).contains(&function), capabilities == Capabilities::Checkup, "{name}");
            }
        }
    }

    #[test]
    fn comments_leave_empty_lines() {
        let script = "<#\n.SYNOPSIS\nA # b\n#>\nparam()\n    # why\n$a = '#' # kept\n<# one line #>\n$b\n# end";
        assert_eq!(without_comments(script), "\n\n\n\nparam()\n\n$a = '#' # kept\n\n$b\n");
    }

    #[test]
    fn every_script_is_a_function_and_ascii() {
        let all = [
            (Capabilities::Look, &LOOK[..]),
            (Capabilities::Checkup, &CHECKUP),
            (Capabilities::Change, &CHANGE),
            (Capabilities::Stop, &STOP),
        ];
        for (capabilities, scripts) in all {
            let engine = text(capabilities);
            for (name, script) in scripts {
                let function = format!("\nfunction {PREFIX}{name} {{\n{}", without_comments(script));
                assert!(engine.contains(&function), "{name}");
            }
            assert!(
                engine.is_ascii(),
                "Windows PowerShell reads a script without a byte order mark in the ANSI code page"
            );
        }
    }

    #[test]
    fn scripts_are_joined_at_the_marker() {
        let joined = join("a\r\n# <operations>\r\nb\n", &[("F", "1\n"), ("G", "2")]);
        assert_eq!(joined, "a\r\nfunction Relight-F {\n1\n}\nfunction Relight-G {\n2\n}\nb\n");
    }

    #[test]
    fn the_file_is_private_and_gone_afterwards() {
        let file = EngineFile::write(Capabilities::Look).unwrap();
        let path = file.path().to_owned();
        let folder = path.parent().unwrap().to_owned();
        assert_eq!(fs::read_to_string(&path).unwrap(), text(Capabilities::Look));
        assert!(folder.file_name().unwrap().to_str().unwrap().starts_with("relight-"));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
        }
        #[cfg(windows)]
        {
            assert!(fs::OpenOptions::new().write(true).open(&path).is_err(), "nobody writes while it is held");
            assert!(fs::remove_file(&path).is_err(), "nobody deletes while it is held");
        }
        drop(file);
        assert!(!folder.exists());
    }
}
