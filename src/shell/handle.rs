//! A folder by its handle: what is done in it is done in that folder, whatever its name leads to meanwhile. A name in it that
//! is a link is not followed.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::path::Path;

/// An open folder.
#[derive(Debug)]
pub(super) struct Handle {
    #[cfg(unix)]
    folder: std::os::fd::OwnedFd,
    #[cfg(windows)]
    path: std::path::PathBuf,
    /// While it is open, nobody moves the folder away.
    #[cfg(windows)]
    _held: File,
}

#[cfg(unix)]
impl Handle {
    /// The folder of this name, which may be a link: somebody chose it.
    pub fn of(path: &Path) -> io::Result<Self> {
        Self::open(rustix::fs::CWD, path, rustix::fs::OFlags::empty())
    }

    /// A folder in it.
    pub fn inside(&self, name: &OsStr) -> io::Result<Self> {
        Self::open(&self.folder, Path::new(name), rustix::fs::OFlags::NOFOLLOW)
    }

    fn open(at: impl std::os::fd::AsFd, path: &Path, flags: rustix::fs::OFlags) -> io::Result<Self> {
        use rustix::fs::{Mode, OFlags, openat};

        let flags = flags | OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        Ok(Self { folder: openat(at, path, flags, Mode::empty())? })
    }

    /// Whether this account owns it: in a folder that others may write to, what they made is theirs.
    pub fn is_own(&self) -> bool {
        rustix::fs::fstat(&self.folder).is_ok_and(|it| it.st_uid == rustix::process::geteuid().as_raw())
    }

    /// What is in it.
    pub fn names(&self) -> io::Result<Vec<OsString>> {
        use std::os::unix::ffi::OsStrExt;

        let entries = rustix::fs::Dir::read_from(&self.folder)?;
        let name = |entry: rustix::fs::DirEntry| OsStr::from_bytes(entry.file_name().to_bytes()).to_owned();
        Ok(entries.flatten().map(name).filter(|name| name != "." && name != "..").collect())
    }

    /// A file in it, to read; nothing else, and never waited for.
    pub fn file(&self, name: &str) -> io::Result<File> {
        use rustix::fs::{Mode, OFlags, openat};

        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let file = File::from(openat(&self.folder, name, flags, Mode::empty())?);
        if file.metadata()?.is_file() { Ok(file) } else { Err(io::Error::other("it is not a file")) }
    }

    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.folder, name, rustix::fs::AtFlags::empty())?)
    }

    /// Removes an empty folder in it.
    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.folder, name, rustix::fs::AtFlags::REMOVEDIR)?)
    }
}

#[cfg(windows)]
impl Handle {
    pub fn of(path: &Path) -> io::Result<Self> {
        Self::open(path, 0)
    }

    pub fn inside(&self, name: &OsStr) -> io::Result<Self> {
        use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_OPEN_REPARSE_POINT;

        Self::open(&self.path.join(name), FILE_FLAG_OPEN_REPARSE_POINT)
    }

    fn open(path: &Path, flags: u32) -> io::Result<Self> {
        use std::os::windows::fs::{MetadataExt, OpenOptionsExt};
        use windows_sys::Win32::Storage::FileSystem::{
            FILE_ATTRIBUTE_REPARSE_POINT, FILE_FLAG_BACKUP_SEMANTICS, FILE_SHARE_READ, FILE_SHARE_WRITE,
        };

        let mut options = File::options();
        options.read(true).share_mode(FILE_SHARE_READ | FILE_SHARE_WRITE);
        let held = options.custom_flags(FILE_FLAG_BACKUP_SEMANTICS | flags).open(path)?;
        let about = held.metadata()?;
        if about.is_dir() && about.file_attributes() & FILE_ATTRIBUTE_REPARSE_POINT == 0 {
            Ok(Self { path: path.to_owned(), _held: held })
        } else {
            Err(io::Error::other("it is not a folder of its own"))
        }
    }

    /// The temporary folder of an account is its own, and what others made in one that is not cannot be deleted.
    pub fn is_own(&self) -> bool {
        true
    }

    pub fn names(&self) -> io::Result<Vec<OsString>> {
        Ok(std::fs::read_dir(&self.path)?.flatten().map(|entry| entry.file_name()).collect())
    }

    pub fn remove_file(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_file(self.path.join(name))
    }

    pub fn remove_folder(&self, name: &OsStr) -> io::Result<()> {
        std::fs::remove_dir(self.path.join(name))
    }
}
