//! The folder that the engine lies in: fresh, for this account alone, gone at the end. A run that was killed leaves its
//! folder behind, and the next run clears it away. Whether its owner still lives is told by a file in it that the owner
//! holds for as long as it does: on Windows nobody else can delete it, elsewhere nobody else can lock it. A process id in
//! its place would be a guess, since numbers are used again.

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

#[cfg(not(windows))]
use crate::regular;

/// What the names of these folders begin with.
const PREFIX: &str = "relight-";
/// The engine in such a folder.
pub(super) const ENGINE: &str = "engine.ps1";
/// The file that its owner holds.
const OWNER: &str = "owner";
/// The same before it is held, where making and holding are two things.
#[cfg(not(windows))]
const OWNER_TO_BE: &str = "owner.new";

/// A folder of ours. Dropping it removes it.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    owner: Option<File>,
}

impl Folder {
    pub(crate) fn new_in(base: &Path) -> io::Result<Self> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let path = base.join(format!("{PREFIX}{:016x}", u64::from_ne_bytes(random)));
        make_private(&path)?;
        let mut folder = Self { path, owner: None };
        folder.owner = Some(own(&folder.path)?);
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.owner = None;
        remove(&self.path);
    }
}

/// Removes the folders of owners that are gone. What cannot be removed is left: it is somebody else's, or lives.
pub(super) fn clear_away_what_is_left(base: &Path) {
    let Ok(entries) = fs::read_dir(base) else { return };
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(PREFIX));
        // A link is no folder here, so that nobody can send us elsewhere.
        if is_ours && entry.metadata().is_ok_and(|it| it.is_dir() && is_own(&it)) && disown(&entry.path()) {
            tracing::debug!(folder = %entry.path().display(), "clearing away what an earlier run left");
            remove(&entry.path());
        }
    }
}

/// The engine and the folder, and nothing that somebody else put there.
fn remove(folder: &Path) {
    for name in [ENGINE, OWNER] {
        let _gone_or_held = fs::remove_file(folder.join(name));
    }
    if let Err(error) = fs::remove_dir(folder) {
        tracing::debug!(%error, folder = %folder.display(), "a folder stays");
    }
}

/// Opens a file so that others may read it and, on Windows, neither write nor delete it while it is open. The handle must
/// not be a writing one: PowerShell opens scripts without leave for other writers and would be turned away.
pub(super) fn open_for_reading_only(path: &Path) -> io::Result<File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(windows)]
    std::os::windows::fs::OpenOptionsExt::share_mode(
        &mut options,
        windows_sys::Win32::Storage::FileSystem::FILE_SHARE_READ,
    );
    options.open(path)
}

#[cfg(windows)]
fn make_private(path: &Path) -> io::Result<()> {
    crate::windows::create_private_folder(path)
}

#[cfg(not(windows))]
fn make_private(path: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

/// Makes the owner's file and holds it, in one go.
#[cfg(windows)]
fn own(folder: &Path) -> io::Result<File> {
    use std::os::windows::fs::OpenOptionsExt;
    fs::OpenOptions::new().write(true).create_new(true).share_mode(0).open(folder.join(OWNER))
}

/// Makes the owner's file and locks it before it has the name by which others know it.
#[cfg(not(windows))]
fn own(folder: &Path) -> io::Result<File> {
    let to_be = folder.join(OWNER_TO_BE);
    let file = File::create_new(&to_be)?;
    file.lock()?;
    fs::rename(to_be, folder.join(OWNER))?;
    Ok(file)
}

/// Takes the folder from an owner that is gone. A folder without that file is none of ours.
#[cfg(windows)]
fn disown(folder: &Path) -> bool {
    fs::remove_file(folder.join(OWNER)).is_ok()
}

/// Takes the folder from an owner that is gone. A folder without that file is none of ours. Whatever else may have been put
/// in the file's place is neither followed nor waited for.
#[cfg(not(windows))]
fn disown(folder: &Path) -> bool {
    let owner = folder.join(OWNER);
    regular::open(File::options().read(true), &owner).is_ok_and(|file| file.try_lock().is_ok())
        && fs::remove_file(owner).is_ok()
}

/// Whether this account owns it: in a folder that others may write to, what they made is theirs.
#[cfg(not(windows))]
fn is_own(file: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::uid(file) == rustix::process::geteuid().as_raw()
}

/// The temporary folder of an account is its own on Windows, and what others made in one that is not cannot be deleted.
#[cfg(windows)]
fn is_own(_file: &fs::Metadata) -> bool {
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(base: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(base).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_folder_is_gone_when_its_owner_drops_it() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::new_in(base.path()).unwrap();
        fs::write(folder.path().join(ENGINE), "").unwrap();
        assert_eq!(names(folder.path()), [ENGINE, OWNER]);
        drop(folder);
        assert!(names(base.path()).is_empty());
    }

    #[test]
    fn what_an_owner_left_is_cleared_away_and_what_lives_is_not() {
        let base = tempfile::tempdir().unwrap();
        let mut left = Folder::new_in(base.path()).unwrap();
        fs::write(left.path().join(ENGINE), "").unwrap();
        // As if its owner had been killed.
        left.owner = None;
        let lives = Folder::new_in(base.path()).unwrap();
        for alike in ["relight-mine", "other"] {
            fs::create_dir(base.path().join(alike)).unwrap();
        }
        fs::write(base.path().join("relight-file"), "").unwrap();
        clear_away_what_is_left(base.path());
        let name = lives.path().file_name().unwrap().to_str().unwrap();
        let mut expected = ["other", name, "relight-file", "relight-mine"];
        expected.sort_unstable();
        assert_eq!(names(base.path()), expected);
    }

    #[cfg(unix)]
    #[test]
    fn what_was_planted_is_neither_waited_for_nor_followed() {
        use std::os::unix::fs::{chown, symlink};

        let base = tempfile::tempdir().unwrap();
        let planted = |name: &str| {
            let folder = base.path().join(format!("{PREFIX}{name}"));
            fs::create_dir(&folder).unwrap();
            folder.join(OWNER)
        };
        let fifo = planted("fifo");
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
        fs::create_dir(planted("folder")).unwrap();
        let elsewhere = base.path().join("elsewhere");
        fs::write(&elsewhere, "").unwrap();
        symlink(&elsewhere, planted("link")).unwrap();
        let theirs = planted("theirs");
        fs::write(&theirs, "").unwrap();
        // Only root may give a folder away.
        let given = chown(theirs.parent().unwrap(), Some(65534), None).is_ok();
        // Would not come back from a FIFO to which nobody writes.
        clear_away_what_is_left(base.path());
        assert!(elsewhere.exists());
        for name in ["fifo", "folder", "link"] {
            assert!(base.path().join(format!("{PREFIX}{name}/{OWNER}")).symlink_metadata().is_ok(), "{name}");
        }
        assert_eq!(theirs.exists(), given);
    }

    #[test]
    fn what_somebody_else_put_there_is_left() {
        let base = tempfile::tempdir().unwrap();
        let folder = Folder::new_in(base.path()).unwrap();
        let path = folder.path().to_owned();
        fs::write(path.join("theirs"), "").unwrap();
        drop(folder);
        assert_eq!(names(&path), ["theirs"]);
    }
}
