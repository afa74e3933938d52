//! What has to be there before a line can be written: the lock, a file of its own, and the end of a torn line.

use std::fs::{self, File, TryLockError};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::PathBuf;
use std::thread::{self, JoinHandle};

use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::domain::{AgreedBy, Command, RunId};

use super::lock::{LockPlace, NotLocked};
use super::{Folder, JournalError, Lock, Waiting, file};

/// What a journal begins with.
#[derive(Debug)]
pub struct Begin {
    /// What is run.
    pub command: Command,
    /// Who is to give the consent.
    pub agreed_by: AgreedBy,
    /// The words of the command line.
    pub arguments: Vec<String>,
    /// The script that its shell is given.
    pub script: String,
    /// Whether somebody can be asked.
    pub interactive: bool,
    /// The scenario, where no Exchange server is involved.
    pub simulated: Option<String>,
    /// The run that this one undoes.
    pub undoes: Option<RunId>,
}

/// That the writer of a journal lives, for as long as it does.
#[derive(Debug)]
pub(super) struct Alive {
    path: PathBuf,
    file: Option<File>,
}

impl Alive {
    /// Begins to live; `None`: another writer of this journal does.
    pub(super) fn begin(folder: &Folder, id: &RunId, simulated: bool) -> io::Result<Option<Self>> {
        let path = folder.alive_path(id, simulated);
        let file = file::open_to_write(File::options().create(true).truncate(false).write(true), &path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(Self { path, file: Some(file) })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(error)) => Err(error),
        }
    }
}

impl Drop for Alive {
    fn drop(&mut self) {
        // Windows does not remove what is open.
        drop(self.file.take());
        let _best_effort = fs::remove_file(&self.path);
    }
}

/// A folder on its way to the disk, with the names in it, while the shell starts: that takes longer. Nothing may rely on a
/// name there before this has ended well.
#[derive(Debug)]
pub(super) struct NameFlush(Option<JoinHandle<io::Result<()>>>);

impl NameFlush {
    /// Where there is nothing to wait for.
    pub(super) const NONE: Self = Self(None);

    /// Begins to flush this folder. Windows writes names as it writes what is in a file.
    fn begin(folder: PathBuf) -> io::Result<Self> {
        if cfg!(not(unix)) {
            return Ok(Self::NONE);
        }
        let folder = File::open(folder)?;
        let flush = thread::Builder::new().name("journal folder".to_owned()).spawn(move || folder.sync_all())?;
        Ok(Self(Some(flush)))
    }

    /// Waits until it is done. Only the first to ask is told of an error.
    pub(super) fn end(&mut self) -> io::Result<()> {
        let Some(flush) = self.0.take() else { return Ok(()) };
        flush.join().unwrap_or_else(|_| Err(io::Error::other("the flush of the folder panicked")))
    }
}

/// A new file for a run that begins now, its name on its way to the disk.
pub(super) fn create(folder: &Folder, simulated: bool, now: Timestamp) -> io::Result<(RunId, Alive, File, NameFlush)> {
    /// Another run may have begun in the same millisecond.
    const TRIES: i64 = 100;
    let now = RunId::after(folder.newest().map_err(io::Error::other)?.as_ref(), now);
    for later in 0..TRIES {
        let next = now.checked_add(jiff::SignedDuration::from_millis(later)).map_err(io::Error::other)?;
        let id = RunId::at(next);
        // Before the journal is there, so that nobody takes it for one that was interrupted.
        let Some(alive) = Alive::begin(folder, &id, simulated)? else { continue };
        match file::open_to_write(File::options().append(true).create_new(true), &folder.open_path(&id, simulated)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
            Ok(file) => {
                let flush = NameFlush::begin(folder.of_kind(simulated))?;
                return Ok((id, alive, file, flush));
            }
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

/// Takes the lock for real servers, or for the file of a scenario, where there is one.
pub(super) fn lock(simulated: Option<&str>, waiting: &mut Waiting<'_>) -> Result<Option<Lock>, JournalError> {
    let no_lock = |file: PathBuf, cause| JournalError::NoLock { file, cause };
    let place = LockPlace::of(simulated).map_err(|cause| no_lock(simulated.unwrap_or_default().into(), cause))?;
    let Some(place) = place else { return Ok(None) };
    let file = place.file.clone();
    match Lock::take(place, waiting) {
        Ok(lock) => Ok(Some(lock)),
        Err(NotLocked::Taken(owner)) => Err(JournalError::Locked(owner)),
        Err(NotLocked::Interrupted) => Err(JournalError::Interrupted),
        Err(NotLocked::Failed(cause)) => Err(no_lock(file, cause)),
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

/// SHA-256 in hex.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}
