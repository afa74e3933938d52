//! Files in folders where others may have put something else under the same name. A pipe there would be waited for, for
//! ever and past every deadline; a link would lead elsewhere; a folder or a device is no file. So nothing is followed,
//! nothing is waited for, and what was opened is looked at before it is used.

use std::fs::{File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use tempfile::NamedTempFile;

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

/// Whether a file of this name could be put in place, as [`put`] does it.
///
/// # Errors
/// When it could not.
pub fn can_put(path: &Path) -> io::Result<()> {
    beside(path)?.close()
}

/// Puts a file of this text in the place of the one of this name, if there is one: who reads it finds the one or the other
/// whole, and everybody may read it. What is there and is no plain file is left alone.
///
/// # Errors
/// When it cannot be put there; what was there stays.
pub fn put(path: &Path, text: &str) -> io::Result<()> {
    let mut new = beside(path)?;
    new.write_all(text.as_bytes())?;
    new.as_file().sync_all()?;
    again_while_in_use(new, |new| new.persist(path).map(drop).map_err(|error| (error.file, error.error)))
}

/// An empty file in the same folder, which is removed unless it takes that place.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::other("it is there already, and is not a plain file"));
    }
    if path.file_name().is_none() {
        return Err(io::Error::other("it is no name of a file"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".relight-").suffix(".tmp");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644));
    builder.tempfile_in(folder)
}

/// Windows neither opens nor replaces a file in the moment in which somebody else does; that passes.
///
/// # Errors
/// The last one of the attempt.
pub fn again_while_in_use<N, T>(mut with: N, attempt: impl Fn(N) -> Result<T, (N, io::Error)>) -> io::Result<T> {
    /// Longer than a file is opened for its text or replaced.
    const LONGEST: Duration = Duration::from_secs(1);
    let began = Instant::now();
    loop {
        match attempt(with) {
            Ok(done) => return Ok(done),
            Err((back, error)) if cfg!(windows) && is_passing(&error) && began.elapsed() < LONGEST => with = back,
            Err((_, error)) => return Err(error),
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn is_passing(error: &io::Error) -> bool {
    const ERROR_SHARING_VIOLATION: i32 = 32;
    error.kind() == io::ErrorKind::PermissionDenied || error.raw_os_error() == Some(ERROR_SHARING_VIOLATION)
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

    #[test]
    fn a_file_takes_the_place_of_a_file_and_of_nothing_else() {
        use std::os::unix::fs::PermissionsExt;

        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        fs::write(at("known"), "before").expect("written");
        for name in ["new", "known"] {
            can_put(&at(name)).expect("it could be");
            put(&at(name), "text\n").expect("put");
            assert_eq!(fs::read_to_string(at(name)).expect("text"), "text\n");
            let mode = fs::metadata(at(name)).expect("a file").permissions().mode();
            assert_eq!(mode & 0o444, 0o444, "an exporter runs under an account of its own");
        }
        symlink(at("known"), at("link")).expect("a link");
        fs::create_dir(at("folder")).expect("a folder");
        for name in ["link", "folder", "none/file", "/dev/null", ".."] {
            assert!(can_put(&at(name)).is_err() && put(&at(name), "").is_err(), "{name}");
        }
        assert_eq!(fs::read_to_string(at("link")).expect("text"), "text\n");
        assert_eq!(fs::read_dir(folder.path()).expect("listed").count(), 4, "nothing else is left");
    }
}
