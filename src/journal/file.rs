//! Journals as files: how they are opened, and how much of one is read. Nothing of a journal is followed, waited for, or read
//! without a limit, whoever put it there.

use std::fs::{File, OpenOptions};
use std::io::{self, Read};
use std::path::Path;

use crate::domain::Run;
use crate::regular;

use super::{access, read};

/// In bytes. A run of an hour on ten servers that is watched all the while comes to a tenth of it.
const MOST: u64 = 32 * 1024 * 1024;

/// Opens a journal, or the sign that its writer lives, to read it.
pub(super) fn open(path: &Path) -> io::Result<File> {
    let file = regular::open(File::options().read(true), path)?;
    access::check_file(&file, path)?;
    Ok(file)
}

/// Opens one to write it. One that is made is for this account alone, whatever the mask of the process.
pub(super) fn open_to_write(options: &mut OpenOptions, path: &Path) -> io::Result<File> {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    let file = regular::open(options, path)?;
    access::check_file(&file, path)?;
    Ok(file)
}

/// The run that a journal tells of; `None` where not even the first line makes sense. Of one that is too large, what its
/// beginning tells.
pub(super) fn run(path: &Path) -> io::Result<Option<Run>> {
    let mut text = Vec::new();
    open(path)?.take(MOST + 1).read_to_end(&mut text)?;
    let is_cut = text.len() as u64 > MOST;
    if is_cut {
        text.truncate(memchr::memrchr(b'\n', &text).map_or(0, |end| end + 1));
    }
    let mut run = read::run(&text);
    if let Some(run) = run.as_mut().filter(|_| is_cut) {
        run.flaws.incomplete = Some(format!("it is larger than {} MB, and only its beginning was read", MOST >> 20));
    }
    Ok(run)
}

/// Whether not even the first line was written to its end, so that nothing was done.
pub(super) fn is_empty(path: &Path) -> bool {
    let mut text = Vec::new();
    let read = open(path).and_then(|file| file.take(MOST).read_to_end(&mut text));
    read.is_ok() && (text.len() as u64) < MOST && memchr::memchr(b'\n', &text).is_none()
}
