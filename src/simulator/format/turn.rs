//! Taking turns at a scenario file: several sessions and several runs may play one file, and whoever is about to change it
//! keeps the others from it meanwhile. The file itself cannot be locked, because each change puts another in its place; so
//! there is a lock beside it, which is gone again when the turn ends, also that of a process that was ended.

use std::ffi::OsString;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

/// The right to change a file. Others wait until it is dropped.
#[derive(Debug)]
pub(super) struct Turn {
    _lock: File,
    #[cfg(unix)]
    path: PathBuf,
}

impl Turn {
    /// Waits for it.
    ///
    /// # Errors
    /// When no lock can be made beside the file.
    pub(super) fn take(file: &Path) -> io::Result<Self> {
        let path = beside(file)?;
        take(&path)
    }
}

/// Beside what a link points to: a file has one lock, whatever it is called by.
fn beside(file: &Path) -> io::Result<PathBuf> {
    let file = file.canonicalize()?;
    let mut name = OsString::from(".relight-");
    name.push(file.file_name().ok_or_else(|| io::Error::other("it is in no folder"))?);
    name.push(".lock");
    Ok(file.with_file_name(name))
}

#[cfg(unix)]
fn take(path: &Path) -> io::Result<Turn> {
    use std::os::unix::fs::MetadataExt;

    use crate::regular;

    loop {
        let lock = match regular::open(File::options().read(true).write(true).create(true), path) {
            // Removed between being opened and being looked at, or while it was waited for: it is not the lock any more.
            Err(_) if !path.exists() && path.parent().is_some_and(can_be_written) => continue,
            opened => opened?,
        };
        lock.lock()?;
        if lock.metadata()?.nlink() > 0 {
            return Ok(Turn { _lock: lock, path: path.to_owned() });
        }
    }
}

#[cfg(unix)]
fn can_be_written(folder: &Path) -> bool {
    rustix::fs::access(folder, rustix::fs::Access::WRITE_OK).is_ok()
}

/// Before it is unlocked: who waits for it then finds that it is gone, and begins anew.
#[cfg(unix)]
impl Drop for Turn {
    fn drop(&mut self) {
        let _gone = std::fs::remove_file(&self.path);
    }
}

/// Windows gives a file to one process alone and removes it with the process's last handle.
#[cfg(windows)]
fn take(path: &Path) -> io::Result<Turn> {
    use std::os::windows::fs::OpenOptionsExt;
    use std::time::{Duration, Instant};
    use windows_sys::Win32::Foundation::{ERROR_SHARING_VIOLATION, GENERIC_WRITE};
    use windows_sys::Win32::Storage::FileSystem::{DELETE, FILE_FLAG_DELETE_ON_CLOSE, FILE_FLAG_OPEN_REPARSE_POINT};

    const IN_USE: i32 = ERROR_SHARING_VIOLATION.cast_signed();
    /// Longer than a file that is being removed stays.
    const LONGEST_REFUSAL: Duration = Duration::from_secs(2);
    let began = Instant::now();
    loop {
        let mut options = File::options();
        options.write(true).create(true).access_mode(GENERIC_WRITE | DELETE).share_mode(0);
        match options.custom_flags(FILE_FLAG_DELETE_ON_CLOSE | FILE_FLAG_OPEN_REPARSE_POINT).open(path) {
            Ok(lock) => return Ok(Turn { _lock: lock }),
            Err(error) if error.raw_os_error() == Some(IN_USE) => {}
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied && began.elapsed() < LONGEST_REFUSAL => {}
            Err(error) => return Err(error),
        }
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::thread;

    #[test]
    fn one_at_a_time_has_the_turn_and_nothing_stays_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("s.json");
        fs::write(&file, "0").expect("written");
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..50 {
                        let _turn = Turn::take(&file).expect("a turn");
                        let number: u32 = fs::read_to_string(&file).expect("read").parse().expect("a number");
                        fs::write(&file, (number + 1).to_string()).expect("written");
                    }
                });
            }
        });
        assert_eq!(fs::read_to_string(&file).expect("read"), "200");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);
    }

    #[test]
    fn what_somebody_else_put_in_the_place_of_the_lock_is_a_refusal() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("s.json");
        fs::write(&file, "0").expect("written");
        fs::create_dir(beside(&file).expect("a name")).expect("a folder");
        assert!(Turn::take(&file).is_err());
    }
}
