//! The folder that the engine, or a scenario, lies in: fresh, for this account alone, gone at the end. A run that was killed leaves its
//! folder behind, and the next run clears it away. Whether its owner still lives is told by a file in it that the owner
//! holds for as long as it does: on Windows nobody else can delete it, elsewhere nobody else can lock it. A process id in
//! its place would be a guess, since numbers are used again.

use std::{
    env,
    ffi::OsStr,
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use super::StartError;
use super::handle::Handle;

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
pub struct Folder {
    path: PathBuf,
    owner: Option<File>,
}

impl Folder {
    /// A new one among the temporary files of this account, once those that killed runs left there are cleared away.
    ///
    /// # Errors
    /// When it cannot be made, or others could change what is in it.
    pub fn temporary() -> Result<Self, StartError> {
        let base = env::temp_dir();
        let made = fit(&base).and_then(|base| {
            clear_away_what_is_left(&base);
            Self::new_in(&base)
        });
        made.map_err(|source| StartError::Engine { folder: base, source })
    }

    pub(super) fn new_in(base: &Path) -> io::Result<Self> {
        let mut random = [0; 8];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let path = base.join(format!("{PREFIX}{:016x}", u64::from_ne_bytes(random)));
        make_private(&path)?;
        let mut folder = Self { path, owner: None };
        folder.owner = Some(own(&folder.path)?);
        Ok(folder)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        self.owner = None;
        let (Some(base), Some(name)) = (self.path.parent(), self.path.file_name()) else { return };
        if let Ok(base) = Handle::of(base)
            && let Ok(folder) = base.inside(name)
            && folder.is_own()
        {
            remove(folder, &base, name);
        }
    }
}

/// Removes the folders of owners that are gone. What cannot be removed is left: it is somebody else's, or lives.
fn clear_away_what_is_left(base: &Path) {
    let Ok(base) = Handle::of(base) else { return };
    for name in base.names().unwrap_or_default() {
        if !name.to_str().is_some_and(|name| name.starts_with(PREFIX)) {
            continue;
        }
        // A link is no folder here, so that nobody can send us elsewhere.
        if let Ok(folder) = base.inside(&name)
            && folder.is_own()
            && disown(&folder)
        {
            tracing::debug!(folder = %name.display(), "clearing away what an earlier run left");
            remove(folder, &base, &name);
        }
    }
}

/// What relight put there and the folder, and nothing that somebody else put there.
fn remove(folder: Handle, base: &Handle, name: &OsStr) {
    let of_relight = |name: &str| {
        let (path, unfinished) = (Path::new(name), name.starts_with(".relight-"));
        let extension = path.extension().unwrap_or_default();
        [ENGINE, OWNER].contains(&name)
            || extension == "json"
            || unfinished && (extension == "tmp" || extension == "lock")
    };
    for name in folder.names().unwrap_or_default().iter().filter(|name| name.to_str().is_some_and(of_relight)) {
        let _gone_or_held = folder.remove_file(name);
    }
    // Windows removes no folder that is open.
    drop(folder);
    if let Err(error) = base.remove_folder(name) {
        tracing::debug!(%error, folder = %name.display(), "a folder stays");
    }
}

/// The folder, where files can be put there that nobody else replaces.
fn fit(base: &Path) -> io::Result<PathBuf> {
    let unfit = |why| Err(io::Error::other(why));
    if base.as_os_str().is_empty() {
        return unfit("it has no name");
    }
    if !base.is_absolute() {
        return unfit("its path is not absolute");
    }
    #[cfg(not(unix))]
    return Ok(base.to_owned());
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;

        // Without links, each of which somebody could lead elsewhere.
        let base = fs::canonicalize(base)?;
        let own = rustix::process::geteuid().as_raw();
        let system = fs::metadata("/")?.uid();
        for folder in base.ancestors() {
            let seen = fs::metadata(folder)?;
            let (owner, mode) = (seen.uid(), seen.mode());
            if let Err(why) = nobody_else_replaces([own, 0, system].contains(&owner), mode, folder == base) {
                return Err(io::Error::other(format!("{}: {why}", folder.display())));
            }
        }
        Ok(base)
    }
}

/// Whether what lies in a folder is replaced by nobody but this account and the system: by whether it belongs to one of
/// them, and by its mode. A group may write to the folders above, as the system makes some, and not to the last.
#[cfg(unix)]
fn nobody_else_replaces(is_ours: bool, mode: u32, is_last: bool) -> Result<(), &'static str> {
    let others = if is_last { 0o022 } else { 0o002 };
    if !is_ours {
        Err("it belongs to another account, which could replace what relight puts there")
    } else if mode & others != 0 && mode & 0o1000 == 0 {
        Err("others may write to it, and it is not sticky: what relight puts there could be replaced")
    } else {
        Ok(())
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
fn disown(folder: &Handle) -> bool {
    folder.remove_file(OsStr::new(OWNER)).is_ok()
}

/// Takes the folder from an owner that is gone. A folder without that file is none of ours. Whatever else may have been put
/// in the file's place is neither followed nor waited for.
#[cfg(not(windows))]
fn disown(folder: &Handle) -> bool {
    folder.file(OWNER).is_ok_and(|file| file.try_lock().is_ok())
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
    fn a_folder_in_which_others_could_change_files_is_unfit() {
        for unfit in ["", "tmp", "./tmp"] {
            assert!(fit(Path::new(unfit)).is_err(), "{unfit}");
        }
        let base = tempfile::tempdir().unwrap();
        assert!(fit(base.path()).is_ok());
        #[cfg(unix)]
        for (mode, is_fit) in [(0o777, false), (0o1777, true), (0o702, false), (0o770, false), (0o755, true)] {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(base.path(), fs::Permissions::from_mode(mode)).unwrap();
            assert_eq!(fit(base.path()).is_ok(), is_fit, "{mode:o}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_of_another_account_is_unfit_and_so_is_one_below_it() {
        for (is_ours, mode, is_last, is_safe) in [
            (true, 0o700, true, true),
            (true, 0o755, false, true),
            (true, 0o1777, true, true),
            (true, 0o1777, false, true),
            (true, 0o775, true, false),
            (true, 0o2775, false, true),
            (true, 0o777, false, false),
            (false, 0o700, true, false),
            (false, 0o755, false, false),
            (false, 0o1777, true, false),
        ] {
            assert_eq!(nobody_else_replaces(is_ours, mode, is_last).is_ok(), is_safe, "{is_ours} {mode:o} {is_last}");
        }
        let base = tempfile::tempdir().unwrap();
        let below = base.path().join("below");
        fs::create_dir(&below).unwrap();
        // Only root may give a folder away.
        if std::os::unix::fs::chown(base.path(), Some(12345), None).is_ok() {
            assert!(fit(base.path()).is_err() && fit(&below).is_err());
        }
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
