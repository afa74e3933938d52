//! `--html`: a run as a page, in a file that is there whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use tempfile::NamedTempFile;

use crate::cli::Config;
use crate::domain::Run;
use crate::error::Error;
use crate::screens;
use crate::terminal::Console;

use super::output::show_result;

/// Before anything is done: whether a page could be written where one is wanted.
pub(super) fn check_place(config: &Config) -> Result<(), Error> {
    let Some(path) = &config.output.html else { return Ok(()) };
    beside(path).map(drop).map_err(|cause| Error::Page { path: path.clone(), cause })
}

/// Writes the page where one is wanted.
pub(super) fn write(run: &Run, config: &Config, console: &Console) -> Result<(), Error> {
    let Some(path) = &config.output.html else { return Ok(()) };
    let page = screens::html(run, &show_result(&config.output, console));
    let write = || {
        let mut file = beside(path)?;
        file.write_all(page.as_bytes())?;
        file.persist(path).map(drop).map_err(|error| error.error)
    };
    write().map_err(|cause| Error::Page { path: path.clone(), cause })
}

/// A file beside the one that was named, to be moved over it.
fn beside(path: &Path) -> io::Result<NamedTempFile> {
    if path.symlink_metadata().is_ok_and(|there| !there.is_file()) {
        return Err(io::Error::other("it is there already, and is not a plain file"));
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    tempfile::Builder::new().prefix(".relight-").tempfile_in(folder)
}
