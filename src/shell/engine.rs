//! The engines: the scripts as PowerShell gets them, made and perhaps signed when this program was built
//! (`src/build/engines.rs`). What one says depends on nothing but what its run may do; the nonce is a parameter. A single
//! `-File` needs no module path, no second read and no trust in what lies beside it.
//! The file lives in a fresh folder that only this account can enter, and on Windows it is held open so that nobody can
//! write or delete it between our check and PowerShell's read.

use std::{
    fs::{self, File},
    io::{self, Read, Seek},
    path::{Path, PathBuf},
};

use super::StartError;
use super::folder::{self, Folder};
use super::protocol::Call;

/// What the block of a signature begins with.
const SIGNATURE: &str = "# SIG # Begin signature block";

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
            Call::GetEnvironment {} | Call::GetRoleAssignment { .. } | Call::GetShellPolicy { .. } => {
                self == Self::Checkup
            }
            Call::Connect { .. }
            | Call::GetExchangeServer { .. }
            | Call::GetExchangeServers {}
            | Call::GetAvailabilityGroups {}
            | Call::GetComponentState { .. }
            | Call::GetSetupProcess { .. }
            | Call::GetServices { .. }
            | Call::GetServerHealth { .. }
            | Call::GetProtocolSettings { .. }
            | Call::GetCertificates { .. }
            | Call::GetRecoveryActions { .. }
            | Call::GetMonitoringOverrides { .. }
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

/// The engine for a session with these capabilities: ASCII, as the scripts are.
pub fn text(capabilities: Capabilities) -> &'static str {
    match capabilities {
        Capabilities::Look => include_str!(concat!(env!("OUT_DIR"), "/engine-look.ps1")),
        Capabilities::Checkup => include_str!(concat!(env!("OUT_DIR"), "/engine-checkup.ps1")),
        Capabilities::Change => include_str!(concat!(env!("OUT_DIR"), "/engine-change.ps1")),
        Capabilities::Stop => include_str!(concat!(env!("OUT_DIR"), "/engine-stop.ps1")),
    }
}

/// Whether the engines are signed, as a release with a certificate signs them.
pub fn are_signed() -> bool {
    Capabilities::ALL.into_iter().all(|capabilities| text(capabilities).contains(SIGNATURE))
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
    /// Writes the engine to a fresh private folder.
    pub fn write(capabilities: Capabilities) -> Result<Self, StartError> {
        let folder = Folder::temporary()?;
        let path = folder.path().to_owned();
        Self::write_to(folder, capabilities).map_err(|source| StartError::Engine { folder: path, source })
    }

    fn write_to(folder: Folder, capabilities: Capabilities) -> io::Result<Self> {
        let path = folder.path().join(folder::ENGINE);
        let text = text(capabilities);
        fs::write(&path, text)?;
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
#[path = "../build/engines.rs"]
#[expect(dead_code, reason = "the build script makes them")]
mod engines;

#[cfg(test)]
mod tests {
    use super::*;

    /// A script as the engine has it, and the line that its function begins with.
    fn script(name: &str) -> (String, String) {
        let text = fs::read_to_string(format!("{}/scripts/{name}.ps1", env!("CARGO_MANIFEST_DIR"))).unwrap();
        (format!("\nfunction Relight-{name} {{\n"), engines::without_comments(&text))
    }

    #[test]
    fn a_session_has_the_scripts_that_it_may_call_and_no_others() {
        use Capabilities::{Change, Checkup, Look, Stop};
        let cases = [
            ("Get-ComponentState", &[Look, Checkup, Change, Stop][..]),
            ("Get-Environment", &[Checkup]),
            ("Get-RoleAssignment", &[Checkup]),
            ("Get-ShellPolicy", &[Checkup]),
            ("Set-ComponentState", &[Change, Stop]),
            ("Start-ExchangeService", &[Change, Stop]),
            ("Stop-ExchangeService", &[Stop]),
        ];
        for (name, having) in cases {
            let (function, body) = script(name);
            for capabilities in Capabilities::ALL {
                let engine = text(capabilities);
                let has = having.contains(&capabilities);
                assert_eq!(engine.contains(&format!("{function}{body}")), has, "{name}, {capabilities:?}");
                assert_eq!(engine.contains(&function) || engine.contains(&body), has, "{name}, {capabilities:?}");
            }
        }
        for words in ["Set-ServerComponentState @", "Invoke-CimMethod -"] {
            assert!(text(Change).contains(words), "{words}");
            assert!(!text(Look).contains(words) && !text(Checkup).contains(words), "{words}");
        }
    }

    #[test]
    fn every_engine_is_embedded_and_made_of_the_scripts_alone() {
        let words = engines::ENGINES.map(|(word, _)| word);
        assert_eq!(words, Capabilities::ALL.map(Capabilities::word));
        for capabilities in Capabilities::ALL {
            let engine = text(capabilities);
            assert!(
                engine.is_ascii(),
                "Windows PowerShell reads a script without a byte order mark in the ANSI code page"
            );
            assert!(engine.contains("Read-RelightRequest") && !engine.contains("# <operations>"));
            assert_eq!(engine.contains(SIGNATURE), are_signed());
        }
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
