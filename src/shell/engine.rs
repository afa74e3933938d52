//! The scripts as PowerShell gets them. Each is a file of its own in `scripts/`, readable and runnable by hand; here they
//! are joined into one, because a single `-File` needs no module path, no second read and no trust in what lies beside it.
//! A run that may only look gets a file without the script that writes: what is not there cannot be called by mistake.
//! The file lives in a fresh folder that only this account can enter, and on Windows it is held open so that nobody can
//! write or delete it between our check and PowerShell's read.

use std::{
    fs::{self, File},
    io::{self, Read, Seek},
    path::{Path, PathBuf},
};

use super::folder::{self, Folder};

/// The script with the read loop; the others go where its marker line is.
const ENGINE: &str = include_str!("../../scripts/engine.ps1");
const MARKER: &str = "# <operations>";

/// A script's base name, which becomes the name of its function, and its text.
type Script = (&'static str, &'static str);

const LOOK: [Script; 11] = [
    ("Connect-Exchange", include_str!("../../scripts/Connect-Exchange.ps1")),
    ("Get-ExchangeServerInfo", include_str!("../../scripts/Get-ExchangeServerInfo.ps1")),
    ("Get-ComponentState", include_str!("../../scripts/Get-ComponentState.ps1")),
    ("Get-SetupProcess", include_str!("../../scripts/Get-SetupProcess.ps1")),
    ("Get-Environment", include_str!("../../scripts/Get-Environment.ps1")),
    ("Get-RoleAssignment", include_str!("../../scripts/Get-RoleAssignment.ps1")),
    ("Get-ServiceState", include_str!("../../scripts/Get-ServiceState.ps1")),
    ("Get-MonitorHealth", include_str!("../../scripts/Get-MonitorHealth.ps1")),
    ("Get-ProtocolSettings", include_str!("../../scripts/Get-ProtocolSettings.ps1")),
    ("Get-CertificateInfo", include_str!("../../scripts/Get-CertificateInfo.ps1")),
    ("Get-RecoveryAction", include_str!("../../scripts/Get-RecoveryAction.ps1")),
];
const CHANGE: [Script; 2] = [
    ("Set-ComponentState", include_str!("../../scripts/Set-ComponentState.ps1")),
    ("Start-ExchangeService", include_str!("../../scripts/Start-ExchangeService.ps1")),
];
const STOP: [Script; 1] = [("Stop-ExchangeService", include_str!("../../scripts/Stop-ExchangeService.ps1"))];

/// What a session is able to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// Ask only.
    Look,
    /// Ask and write.
    Change,
    /// Ask, write, and stop services: only for an undo that was asked to.
    Stop,
}

impl Means {
    /// All of them, the least first.
    pub const ALL: [Self; 3] = [Self::Look, Self::Change, Self::Stop];

    /// The word for it on the command line of a simulated engine.
    pub fn word(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Change => "change",
            Self::Stop => "stop",
        }
    }
}

/// The text of the engine for a session with these means: ASCII, as the scripts are.
pub fn text(means: Means) -> String {
    match means {
        Means::Look => join(ENGINE, &LOOK),
        Means::Change => join(ENGINE, &[&LOOK[..], &CHANGE].concat()),
        Means::Stop => join(ENGINE, &[&LOOK[..], &CHANGE, &STOP].concat()),
    }
}

/// Replaces the marker line by the scripts, each as a function.
fn join(engine: &str, scripts: &[Script]) -> String {
    let size = engine.len() + scripts.iter().map(|(name, text)| name.len() + text.len() + 20).sum::<usize>();
    let mut joined = String::with_capacity(size);
    for line in engine.split_inclusive('\n') {
        if line.trim_end() == MARKER {
            for (name, text) in scripts {
                let gap = if text.ends_with('\n') { "" } else { "\n" };
                joined.extend(["function ", name, " {\n", text, gap, "}\n"]);
            }
        } else {
            joined.push_str(line);
        }
    }
    joined
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
    pub fn write(means: Means) -> Result<Self, (PathBuf, io::Error)> {
        let base = std::env::temp_dir();
        folder::clear_away_what_is_left(&base);
        Self::write_under(&base, means).map_err(|error| (base, error))
    }

    fn write_under(base: &Path, means: Means) -> io::Result<Self> {
        let folder = Folder::new_in(base)?;
        let path = folder.path().join(folder::ENGINE);
        let text = text(means);
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

    /// Where it is.
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
        assert!(text(Means::Change).lines().all(|line| line != MARKER));
    }

    #[test]
    fn a_run_that_may_only_look_is_not_handed_the_means_to_write() {
        for (name, script) in CHANGE {
            assert!(!text(Means::Look).contains(&format!("function {name}")), "{name}");
            assert!(!text(Means::Look).contains(script), "{name}");
            assert!(text(Means::Change).contains(script), "{name}");
        }
        for (name, script) in STOP {
            for means in [Means::Look, Means::Change] {
                assert!(!text(means).contains(&format!("function {name}")), "{name}");
                assert!(!text(means).contains(script), "{name}");
            }
        }
    }

    #[test]
    fn every_script_is_a_function_and_ascii() {
        let engine = text(Means::Stop);
        for (name, script) in LOOK.iter().chain(&CHANGE).chain(&STOP) {
            assert!(engine.contains(&format!("\nfunction {name} {{\n{script}")), "{name}");
        }
        assert!(engine.is_ascii(), "Windows PowerShell reads a script without a byte order mark in the ANSI code page");
    }

    #[test]
    fn scripts_are_joined_at_the_marker() {
        let joined = join("a\r\n# <operations>\r\nb\n", &[("F", "1\n"), ("G", "2")]);
        assert_eq!(joined, "a\r\nfunction F {\n1\n}\nfunction G {\n2\n}\nb\n");
    }

    #[test]
    fn the_file_is_private_and_gone_afterwards() {
        let file = EngineFile::write(Means::Look).unwrap();
        let path = file.path().to_owned();
        let folder = path.parent().unwrap().to_owned();
        assert_eq!(fs::read_to_string(&path).unwrap(), text(Means::Look));
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
