//! Files in folders where others may have put something else under the same name. A pipe there would be waited for, for
//! ever and past every deadline; a link would lead elsewhere; a folder or a device is no file. So nothing is followed,
//! nothing is waited for, and what was opened is looked at before it is used.

use std::fs::{File, Metadata, OpenOptions};
use std::io;
use std::path::Path;

/// Opens a file of one name, and nothing that looks like one.
///
/// # Errors
/// When it cannot be opened, or is something else.
pub fn open(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    let file = plain(options).open(path)?;
    let about = file.metadata()?;
    // None: it was removed a moment ago.
    if about.is_file() && !about.is_symlink() && names(&about) <= 1 {
        Ok(file)
    } else {
        Err(io::Error::other("it is not a file of its own"))
    }
}

/// Opens a file that somebody named, who may have named a link to it.
///
/// # Errors
/// When it cannot be opened, or is no file.
pub fn open_named(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flag(rustix::fs::OFlags::NONBLOCK));
    let no_file = || io::Error::other("it is not a file");
    // Windows opens no folder, and calls that a lack of rights.
    let file = options.read(true).open(path).map_err(|error| if path.is_dir() { no_file() } else { error })?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(no_file()) }
}

#[cfg(unix)]
fn plain(options: &mut OpenOptions) -> &mut OpenOptions {
    use rustix::fs::OFlags;
    std::os::unix::fs::OpenOptionsExt::custom_flags(options, flag(OFlags::NOFOLLOW | OFlags::NONBLOCK))
}

#[cfg(unix)]
fn flag(flags: rustix::fs::OFlags) -> i32 {
    flags.bits().cast_signed()
}

#[cfg(windows)]
fn plain(options: &mut OpenOptions) -> &mut OpenOptions {
    use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_OPEN_REPARSE_POINT;
    std::os::windows::fs::OpenOptionsExt::custom_flags(options, FILE_FLAG_OPEN_REPARSE_POINT)
}

#[cfg(unix)]
fn names(about: &Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::nlink(about)
}

#[cfg(windows)]
fn names(_about: &Metadata) -> u64 {
    1
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    #[test]
    fn what_only_looks_like_a_file_is_neither_waited_for_nor_followed() {
        let folder = tempfile::tempdir().expect("a folder");
        let (path, precious) = (folder.path().join("file"), folder.path().join("precious"));
        let one_name = |path: &Path| open(File::options().read(true), path).is_ok();
        fs::write(&precious, "").expect("written");
        assert!(one_name(&precious) && open_named(&precious).is_ok());
        symlink(&precious, &path).expect("a link");
        assert!(!one_name(&path) && open_named(&path).is_ok());
        fs::remove_file(&path).expect("removed");
        fs::hard_link(&precious, &path).expect("a second name");
        assert!(!one_name(&path) && open_named(&path).is_ok());
        fs::remove_file(&path).expect("removed");
        let kind = rustix::fs::FileType::Fifo;
        rustix::fs::mknodat(rustix::fs::CWD, &path, kind, 0o600.into(), 0).expect("a pipe");
        // Would not come back from a pipe to which nobody writes.
        assert!(!one_name(&path) && open_named(&path).is_err());
        assert!(!one_name(folder.path()) && open_named(folder.path()).is_err());
        assert!(!one_name(Path::new("/dev/zero")) && open_named(Path::new("/dev/zero")).is_err());
    }
}
