//! One writer at a time, on a machine or on the file of a scenario. The lock is the operating system's, on an open file: it
//! goes when the process does, however that ends, so there is nothing to clean up and no number of a process to mistrust.
//!
//! Where it lies does not depend on the account, its environment or the command line, so that no run walks round it. That
//! place may be one where everybody can put files: a link, a folder, a pipe, or a second name of another file is refused,
//! nothing in the file is believed more than to be shown, and it is never removed, because who opened it before would lock
//! something that nobody else can find.

use std::fmt;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use crate::regular;

#[cfg(windows)]
use super::access::{self, Access, Use};

/// How often a lock that is waited for is tried.
const TICK: Duration = Duration::from_millis(50);
/// More than an owner needs, in bytes.
const LONGEST: u64 = 4096;
/// A folder for the tests of a debug build, which write on many machines that are one.
const ELSEWHERE: &str = "RELIGHT_TEST_LOCKS";

/// Who has the lock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
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

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { run, user, host, since, process: _ } = self;
        write!(f, "run {run} by {user} on {host}, since {since} UTC")
    }
}

/// How to wait for another writer.
pub struct Waiting<'a> {
    /// At most so long.
    pub patience: Duration,
    /// Told again and again who is waited for, as far as that is known, and for how long; whether to go on.
    pub goes_on: &'a mut dyn FnMut(Option<&Owner>, Duration) -> bool,
}

impl fmt::Debug for Waiting<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waiting").field("patience", &self.patience).finish_non_exhaustive()
    }
}

/// Others may read it and try to lock it.
#[cfg(windows)]
const SHARED: u32 = {
    use windows_sys::Win32::Storage::FileSystem::{FILE_SHARE_READ, FILE_SHARE_WRITE};
    FILE_SHARE_READ | FILE_SHARE_WRITE
};

/// Where a lock lies.
#[derive(Debug, Clone)]
pub(super) struct LockPlace {
    pub(super) file: PathBuf,
    /// Whether every account of this machine is to lock the same.
    for_all: bool,
}

/// A lock, had until it is dropped.
#[derive(Debug)]
pub struct Lock {
    place: LockPlace,
    file: File,
}

/// Why there is none.
#[derive(Debug)]
pub(super) enum NotLocked {
    /// Somebody else has it.
    Taken(Option<Owner>),
    /// It was not to be waited for any longer.
    Interrupted,
    /// It cannot be told.
    Failed(io::Error),
}

impl LockPlace {
    /// That of this machine, or of the file of a scenario: beside it. `None`: a built-in scenario is played from a copy of its
    /// own, which nobody else could change.
    pub(super) fn of(simulated: Option<&str>) -> io::Result<Option<Self>> {
        let Some(scenario) = simulated else { return machine().map(Some) };
        if !scenario.contains(['/', '\\']) {
            return Ok(None);
        }
        // By whatever name it was found.
        let mut file = fs::canonicalize(scenario)?.into_os_string();
        file.push(".lock");
        Ok(Some(Self { file: file.into(), for_all: false }))
    }

    /// What is there; `create`: it is made where nothing is.
    fn open(&self, create: bool) -> io::Result<File> {
        let open = |options: &mut OpenOptions| {
            // While it is open nobody removes it, nor gives it another name.
            #[cfg(windows)]
            std::os::windows::fs::OpenOptionsExt::share_mode(options, SHARED);
            regular::open(options.read(true), &self.file)
        };
        let there = || match open(File::options().write(true)) {
            // That of another account, which let others read it. A lock needs no more.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => open(&mut File::options()),
            other => other,
        };
        // Linux does not let what others own in a folder for everybody be opened as if it might be made.
        match there() {
            Err(error) if error.kind() == io::ErrorKind::NotFound && create => {}
            other => return other,
        }
        match open(File::options().write(true).create_new(true)) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => there(),
            Ok(file) => {
                if self.for_all {
                    for_everybody(&file);
                }
                Ok(file)
            }
            Err(error) => Err(error),
        }
    }

    /// Whether somebody has it. Nothing is made, and nobody is kept from taking it who does more than look.
    pub(super) fn is_taken(&self) -> io::Result<bool> {
        is_locked(self.open(false))
    }

    /// Who has it, as far as that is told.
    pub(super) fn owner(&self) -> Option<Owner> {
        let file = regular::open(File::options().read(true), &self.owner_file()).ok()?;
        let mut text = Vec::new();
        file.take(LONGEST).read_to_end(&mut text).ok()?;
        serde_json::from_slice(&text).ok()
    }

    /// Windows keeps others from reading what is locked: there it is a file of its own.
    fn owner_file(&self) -> PathBuf {
        if cfg!(windows) { self.file.with_extension("owner") } else { self.file.clone() }
    }
}

/// Whether somebody has this file locked; one that is not there, nobody.
pub(super) fn is_locked(file: io::Result<File>) -> io::Result<bool> {
    let file = match file {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    match file.try_lock_shared() {
        Ok(()) => Ok(false),
        Err(TryLockError::WouldBlock) => Ok(true),
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Lock {
    /// Takes the lock, waiting for it as it is told.
    pub(super) fn take(place: LockPlace, waiting: &mut Waiting<'_>) -> Result<Self, NotLocked> {
        let began = Instant::now();
        let mut file = place.open(true).map_err(NotLocked::Failed)?;
        loop {
            match file.try_lock() {
                Ok(()) if is_at(&file, &place.file) => {
                    return Ok(Self { place, file });
                }
                // Somebody removed it; what was locked is not what the next will find.
                Ok(()) => file = place.open(true).map_err(NotLocked::Failed)?,
                Err(TryLockError::Error(error)) => return Err(NotLocked::Failed(error)),
                Err(TryLockError::WouldBlock) => {}
            }
            let left = waiting.patience.saturating_sub(began.elapsed());
            if left.is_zero() {
                // Whoever took it a moment ago may not have said who it is yet.
                thread::sleep(TICK);
                return Err(NotLocked::Taken(place.owner()));
            }
            if !(waiting.goes_on)(place.owner().as_ref(), began.elapsed()) {
                return Err(NotLocked::Interrupted);
            }
            thread::sleep(left.min(TICK));
        }
    }

    /// Whether the next run would still find it taken: nobody has removed its file meanwhile.
    pub(super) fn is_had(&self) -> bool {
        is_at(&self.file, &self.place.file)
    }

    /// Says who has it. That this fails is no reason not to go on.
    pub(super) fn taken_by(&self, owner: &Owner) {
        let said = serde_json::to_vec(owner).map_err(io::Error::other).and_then(|text| self.say(&text));
        if let Err(error) = said {
            tracing::debug!(%error, "cannot say who has the lock");
        }
    }

    #[cfg(not(windows))]
    fn say(&self, text: &[u8]) -> io::Result<()> {
        use std::os::unix::fs::FileExt;

        self.file.set_len(0)?;
        self.file.write_all_at(text, 0)
    }

    #[cfg(windows)]
    fn say(&self, text: &[u8]) -> io::Result<()> {
        use std::io::Write;

        let path = self.place.owner_file();
        if text.is_empty() {
            return fs::remove_file(&path);
        }
        // Beside it, and then renamed: nothing that lies there is written to.
        let beside = path.with_extension("owner.new");
        let _mostly_none = fs::remove_file(&beside);
        regular::open(File::options().write(true).create_new(true), &beside)?.write_all(text)?;
        fs::rename(beside, path)
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // Before the lock goes, so that nobody is named who no longer has it.
        let _best_effort = self.say(b"");
        let _best_effort = self.file.unlock();
    }
}

/// A folder that every account of this machine can use, and none moves by an environment of its own.
fn machine() -> io::Result<LockPlace> {
    let test = if cfg!(debug_assertions) { std::env::var_os(ELSEWHERE).map(PathBuf::from) } else { None };
    let folder = match test {
        Some(folder) => {
            fs::create_dir_all(&folder)?;
            folder
        }
        None => shared_folder()?,
    };
    let name = if cfg!(windows) { "writer.lock" } else { "relight.lock" };
    Ok(LockPlace { file: folder.join(name), for_all: true })
}

#[cfg(windows)]
fn shared_folder() -> io::Result<PathBuf> {
    let data = crate::windows::program_data().ok_or_else(|| io::Error::other("Windows has no folder ProgramData"))?;
    let folder = data.join("relight");
    if access::of_folder(&folder)?.is_none() {
        match access::make(&folder, Use::Shared) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other?,
        }
    }
    match access::of_folder(&folder)? {
        Some(Access::Foreign(owner)) => Err(io::Error::other(format!("its folder belongs to {owner}"))),
        Some(Access::Private | Access::Readable | Access::Writable) | None => Ok(folder),
    }
}

/// There since before anybody logs on, kept over a restart, and sticky: of what is in there, each removes its own.
#[cfg(not(windows))]
fn shared_folder() -> io::Result<PathBuf> {
    Ok(PathBuf::from("/var/tmp"))
}

#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;

    let same = |a: fs::Metadata, b: fs::Metadata| (a.dev(), a.ino()) == (b.dev(), b.ino());
    file.metadata().and_then(|locked| Ok(same(locked, fs::symlink_metadata(path)?))).unwrap_or(false)
}

/// Windows removes no name while a file is open by it, where that does not allow it.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> bool {
    true
}

/// So that every account can say that it has the lock: whatever the mask of the one that made it.
#[cfg(unix)]
fn for_everybody(file: &File) {
    use std::os::unix::fs::PermissionsExt;

    if let Err(error) = file.set_permissions(fs::Permissions::from_mode(0o666)) {
        tracing::debug!(%error, "the lock is for this account alone");
    }
}

#[cfg(not(unix))]
fn for_everybody(_file: &File) {}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(folder: &Path) -> LockPlace {
        LockPlace { file: folder.join("relight.lock"), for_all: true }
    }

    fn take(place: &LockPlace, patience: Duration) -> Result<Lock, NotLocked> {
        Lock::take(place.clone(), &mut Waiting { patience, goes_on: &mut |_, _| true })
    }

    fn owner() -> Owner {
        let word = |text: &str| text.to_owned();
        Owner { run: word("a-run"), user: word("Eve"), host: word("HOST"), since: word("now"), process: 1 }
    }

    #[test]
    fn who_has_it_is_told_until_it_is_given_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path());
        assert!(!place.is_taken().expect("told") && !place.file.exists());
        let lock = take(&place, Duration::ZERO).expect("it is free");
        lock.taken_by(&Owner { user: "a much longer name than the next".to_owned(), ..owner() });
        lock.taken_by(&owner());
        assert!(place.is_taken().expect("told"));
        assert_eq!(place.owner(), Some(owner()));
        assert!(matches!(take(&place, Duration::ZERO), Err(NotLocked::Taken(Some(by))) if by == owner()));
        drop(lock);
        assert!(!place.is_taken().expect("told"));
        assert_eq!(place.owner(), None);
    }

    #[test]
    fn waiting_is_told_of_and_ends_when_it_is_to() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path());
        let lock = take(&place, Duration::ZERO).expect("it is free");
        lock.taken_by(&owner());
        let mut told = 0;
        let goes_on = &mut |by: Option<&Owner>, _: Duration| {
            assert_eq!(by, Some(&owner()));
            told += 1;
            told < 3
        };
        let waited = Lock::take(place, &mut Waiting { patience: Duration::from_secs(600), goes_on });
        assert!(matches!(waited, Err(NotLocked::Interrupted)));
        assert_eq!(told, 3);
    }

    #[test]
    #[cfg(unix)]
    fn what_is_not_a_file_of_its_own_is_refused_and_left_as_it_is() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let folder = tempfile::tempdir().expect("a folder");
        let (place, precious) = (place(folder.path()), folder.path().join("precious"));
        fs::write(&precious, "precious").expect("written");
        let pipe = || std::process::Command::new("mkfifo").arg(&place.file).status().expect("mkfifo").success();
        let plants: [&dyn Fn(); 4] = [
            &|| symlink(&precious, &place.file).expect("a link"),
            &|| fs::hard_link(&precious, &place.file).expect("a second name"),
            &|| assert!(pipe()),
            &|| fs::create_dir(&place.file).expect("a folder"),
        ];
        for plant in plants {
            plant();
            assert!(matches!(take(&place, Duration::ZERO), Err(NotLocked::Failed(_))));
            assert!(place.is_taken().is_err() && place.owner().is_none());
            assert_eq!(fs::read(&precious).expect("there"), b"precious");
            fs::remove_file(&place.file).or_else(|_| fs::remove_dir(&place.file)).expect("removed");
        }
        drop(take(&place, Duration::ZERO).expect("it is free"));
        let mode = fs::metadata(&place.file).expect("there").permissions().mode() & 0o777;
        assert_eq!(mode, 0o666, "every account may say that it has it");
    }

    #[test]
    #[cfg(unix)]
    fn a_lock_that_was_removed_and_made_again_is_not_the_one_that_counts() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = place(folder.path());
        let first = take(&place, Duration::ZERO).expect("it is free");
        let mut told = 0;
        let goes_on = &mut |_: Option<&Owner>, _: Duration| {
            if told == 0 {
                fs::remove_file(&place.file).expect("removed");
                fs::write(&place.file, "").expect("made again");
            }
            told += 1;
            told < 3
        };
        // What was waited for is no longer there, and still locked.
        let waited = Lock::take(place.clone(), &mut Waiting { patience: Duration::from_secs(600), goes_on });
        assert!(matches!(waited, Err(NotLocked::Interrupted)));
        drop(first);
        drop(take(&place, Duration::ZERO).expect("that of today is free"));
    }
}
