//! `--html`: a run as a page, in a file that is there whole or not at all.

use crate::cli::Config;
use crate::domain::Run;
use crate::error::Error;
use crate::regular;
use crate::screens::{self, Show};

/// Before anything is done: whether a page could be written where one is wanted.
pub(super) fn check_place(config: &Config) -> Result<(), Error> {
    let Some(path) = &config.output.html else { return Ok(()) };
    regular::can_put(path).map_err(|cause| Error::Page { path: path.clone(), cause })
}

/// Writes the page where one is wanted.
pub(super) fn write(run: &Run, config: &Config, show: &Show) -> Result<(), Error> {
    let Some(path) = &config.output.html else { return Ok(()) };
    regular::put(path, &screens::html(run, show)).map_err(|cause| Error::Page { path: path.clone(), cause })
}
