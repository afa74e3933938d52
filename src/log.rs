//! Where the log goes: to stderr as far as `-v` asks, and all of it to `--log-file`. The log is beside the conversation,
//! never part of the result.

use std::fs::File;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::fmt;
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::error::Error;

/// Starts logging. Without `-v` stderr gets nothing: warnings are part of the report.
///
/// # Errors
/// When the log file cannot be written.
pub fn start(verbose: u8, file: Option<&Path>) -> Result<(), Error> {
    let level = match verbose {
        0 => LevelFilter::OFF,
        1 => LevelFilter::INFO,
        2.. => LevelFilter::DEBUG,
    };
    let to_stderr = fmt::layer().with_writer(std::io::stderr).with_ansi(false).with_target(false).with_filter(level);
    let to_file = match file {
        None => None,
        Some(path) => {
            let file = File::options()
                .create(true)
                .append(true)
                .open(path)
                .map_err(|cause| Error::LogFile { path: path.to_owned(), cause })?;
            let layer = fmt::layer().with_writer(Mutex::new(file)).with_ansi(false);
            Some(layer.with_filter(LevelFilter::TRACE))
        }
    };
    // Only tests start a second run within one process; they keep the first one's log.
    let _ = tracing_subscriber::registry().with(to_stderr).with(to_file).try_init();
    Ok(())
}
