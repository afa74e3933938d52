//! `--transcript`: what stands on the screen, stdout and stderr in the order in which they were written, as plain text in a
//! file. Like the two streams it belongs to the process, because the log and the handler of Ctrl-C write there as well.

use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

use crate::error::Error;

static TRANSCRIPT: OnceLock<Mutex<Transcript>> = OnceLock::new();

struct Transcript {
    path: PathBuf,
    file: File,
    /// The first thing that could not be written, and why.
    broke: Option<io::Error>,
}

impl Transcript {
    fn of(path: &Path) -> io::Result<Self> {
        Ok(Self { path: path.to_owned(), file: open(path)?, broke: None })
    }

    fn add(&mut self, text: &str) {
        if self.broke.is_none() {
            let plain = anstream::adapter::strip_str(text).to_string();
            // Notepad of Windows Server 2016 and before shows one long line without it.
            let plain = if cfg!(windows) { plain.replace('\n', "\r\n") } else { plain };
            self.broke = self.file.write_all(plain.as_bytes()).err();
        }
    }
}

/// Begins one in this file. What was in it is gone; what is no plain file, a link or a FIFO for example, is left alone.
///
/// # Errors
/// When it cannot be written.
pub(crate) fn start(path: &Path) -> Result<(), Error> {
    let transcript = Transcript::of(path).map_err(|cause| Error::Transcript { path: path.to_owned(), cause })?;
    // Only tests start a second run within one process; they keep the first one's.
    let _ = TRANSCRIPT.set(Mutex::new(transcript));
    Ok(())
}

fn open(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        // A FIFO that nobody reads would be waited for.
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK).bits().cast_signed());
    }
    #[cfg(windows)]
    {
        use std::os::windows::fs::OpenOptionsExt;
        use windows_sys::Win32::Storage::FileSystem::FILE_FLAG_OPEN_REPARSE_POINT;
        options.custom_flags(FILE_FLAG_OPEN_REPARSE_POINT);
    }
    let no_file = || io::Error::other("it is there already, and is not a plain file");
    // Asked before it is opened as well, so that the reason is the same on every system.
    if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
        return Err(no_file());
    }
    let file = options.open(path)?;
    let there = file.metadata()?;
    if !there.is_file() {
        return Err(no_file());
    }
    // Of a hard link nothing tells which name is meant.
    #[cfg(unix)]
    if std::os::unix::fs::MetadataExt::nlink(&there) > 1 {
        return Err(io::Error::other("it is there already, under another name as well"));
    }
    file.set_len(0)?;
    Ok(file)
}

fn current() -> Option<MutexGuard<'static, Transcript>> {
    TRANSCRIPT.get().map(|transcript| transcript.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Adds what is written to either stream, without its colours. Where that fails the run goes on, and [`broke`] tells of it.
pub(crate) fn add(text: &str) {
    if let Some(mut transcript) = current() {
        transcript.add(text);
    }
}

/// The file that could not be written to its end, and why.
pub(crate) fn broke() -> Option<(PathBuf, io::Error)> {
    let mut transcript = current()?;
    let cause = transcript.broke.take()?;
    Some((transcript.path.clone(), cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_written_is_told_and_the_rest_is_left() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("transcript.txt");
        let mut transcript = Transcript::of(&path).expect("a file");
        transcript.add("\u{1b}[31mNOT OK\u{1b}[0m\n");
        // A file that may only be read takes no more than a full disk does.
        transcript.file = File::open(&path).expect("the same file");
        transcript.add("one\n");
        transcript.add("two\n");
        assert!(transcript.broke.is_some());
        let newline = if cfg!(windows) { "\r\n" } else { "\n" };
        assert_eq!(std::fs::read_to_string(&path).expect("text"), format!("NOT OK{newline}"));
    }
}
