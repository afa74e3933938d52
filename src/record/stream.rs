//! A run as lines, for who reads along: each server as soon as it is done, and the run itself last. One JSON object a line.

use std::io;

use serde::Serialize;

use crate::domain::{Run, ServerRun};

use super::document::{ErrorDocument, Exit, ascii};
use super::run::{RunDocument, ServerDocument, ended};

/// One line.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(tag = "record", rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "one at a time, and written at once")]
pub enum StreamLine {
    /// A server that is done.
    Server(ServerDocument),
    /// The run, without its servers.
    Run(RunDocument),
}

/// A server that is done; `exit` is the code that it alone would come to.
///
/// # Errors
/// When serialising fails, which no run is known to bring about.
pub fn streamed_server(server: &ServerRun, exit: Exit) -> io::Result<String> {
    line(&StreamLine::Server(ServerDocument::of(server, Some(exit))))
}

/// The run, once all of its servers are told.
///
/// # Errors
/// As [`streamed_server`].
pub fn streamed_run(run: &Run, exit: Exit) -> io::Result<String> {
    line(&StreamLine::Run(ended(run, exit)))
}

/// A run that ended before there was anything to report.
///
/// # Errors
/// As [`streamed_server`].
pub fn streamed_failure(run: &Run, exit: Exit, message: &str, hints: &[String]) -> io::Result<String> {
    line(&StreamLine::Run(RunDocument { error: Some(ErrorDocument::new(message, hints)), ..ended(run, exit) }))
}

fn line(line: &StreamLine) -> io::Result<String> {
    Ok(ascii(&serde_json::to_string(line).map_err(io::Error::other)?))
}
