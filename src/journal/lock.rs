//! One writer at a time. The lock is the operating system's, on an open file: it goes when the process does, however that
//! ends, so there is nothing to clean up and no number of a process to mistrust. Who holds it stands in a second file,
//! because Windows keeps others from reading what is locked.

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

/// How often a lock that is waited for is tried.
const TICK: Duration = Duration::from_millis(50);

/// Who holds the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The run.
    pub run: String,
    /// The account.
    pub user: String,
    /// The machine.
    pub host: String,
    /// Since when, UTC.
    pub since: String,
    /// The process.
    pub process: u32,
}

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub struct Lock {
    holder_file: PathBuf,
    _file: File,
}

/// Why there is none.
#[derive(Debug)]
pub enum NotLocked {
    /// Somebody else has it.
    Held(Option<Holder>),
    /// It cannot be told.
    Failed(io::Error),
}

impl Lock {
    /// Takes the lock of this name, waiting so long for it.
    pub(super) fn take(folder: &Path, name: &str, timeout: Duration) -> Result<Self, NotLocked> {
        let path = folder.join(format!("{name}.lock"));
        let holder_file = folder.join(format!("{name}.holder"));
        let open = File::options().create(true).truncate(false).read(true).write(true).open(path);
        let file = open.map_err(NotLocked::Failed)?;
        let began = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => return Ok(Self { holder_file, _file: file }),
                Err(TryLockError::Error(error)) => return Err(NotLocked::Failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            let left = timeout.saturating_sub(began.elapsed());
            if left.is_zero() {
                // Whoever took it a moment ago may not have said who it is yet.
                thread::sleep(TICK);
                return Err(NotLocked::Held(holder(&holder_file)));
            }
            thread::sleep(left.min(TICK));
        }
    }

    /// Says who holds it. That this fails is no reason not to go on.
    pub(super) fn held_by(&self, holder: &Holder) {
        let said = serde_json::to_vec(holder).map_err(io::Error::other);
        if let Err(error) = said.and_then(|text| fs::write(&self.holder_file, text)) {
            tracing::debug!(%error, "cannot say who holds the lock");
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before the lock goes, so that nobody is named who no longer holds it.
        let _best_effort = fs::remove_file(&self.holder_file);
    }
}

/// Who holds it, as far as that file tells.
pub(super) fn holder(file: &Path) -> Option<Holder> {
    serde_json::from_slice(&fs::read(file).ok()?).ok()
}
