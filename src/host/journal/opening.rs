//! What has to be there before a line can be written: the lock, a file of its own, and the end of a torn line.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::domain::RunId;
use crate::shell::{Means, engine};

use super::lock::NotLocked;
use super::{Folder, JournalError, Lock};

/// What a journal begins with.
#[derive(Debug)]
pub struct Begin {
    /// What is run.
    pub command: &'static str,
    /// The words of the command line.
    pub arguments: Vec<String>,
    /// Whether somebody can be asked.
    pub interactive: bool,
    /// The scenario, where no Exchange server is involved.
    pub simulated: Option<String>,
    /// The run that this one undoes.
    pub undoes: Option<RunId>,
    /// How long to wait for another writer.
    pub patience: Duration,
}

/// A new file for a run that begins now, locked for as long as it lives, its name on the disk.
pub(super) fn create(folder: &Folder, simulated: bool, now: Timestamp) -> io::Result<(RunId, PathBuf, File)> {
    /// Another run may have begun in the same millisecond.
    const TRIES: i64 = 100;
    for later in 0..TRIES {
        let id = RunId::at(now + jiff::SignedDuration::from_millis(later));
        let path = folder.open_path(&id, simulated);
        match File::options().append(true).create_new(true).open(&path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                file.lock()?;
                #[cfg(unix)]
                File::open(folder.of_kind(simulated))?.sync_all()?;
                return Ok((id, path, file));
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// The lock for real servers, or for the file of a scenario. A built-in scenario is played from a copy of its own, which
/// nobody else could change.
pub(super) fn lock(folder: &Folder, simulated: Option<&str>, patience: Duration) -> Result<Option<Lock>, JournalError> {
    let name = match simulated {
        None => "writer".to_owned(),
        Some(scenario) if scenario.contains(['/', '\\']) => format!("scenario-{}", &hex(scenario.as_bytes())[..16]),
        Some(_) => return Ok(None),
    };
    match Lock::take(&folder.of_kind(simulated.is_some()), &name, patience) {
        Ok(lock) => Ok(Some(lock)),
        Err(NotLocked::Held(holder)) => Err(JournalError::Locked(holder)),
        Err(NotLocked::Failed(cause)) => Err(JournalError::Unwritable { folder: folder.path().to_owned(), cause }),
    }
}

/// So that the next line is a line of its own.
pub(super) fn end_torn_line(file: &mut File) -> io::Result<()> {
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last == *b"\n" { Ok(()) } else { file.write_all(b"\n") }
}

/// SHA-256 of the script that a shell with the means to change is given, in hex.
pub(super) fn script_sha256() -> String {
    hex(engine::text(Means::Change).as_bytes())
}

fn hex(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
