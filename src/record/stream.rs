//! A run as lines, for who reads along: each server as soon as it is done, and the run itself last. One JSON object a line.

use std::io;

use serde::Serialize;

use crate::domain::{Ending, Offer, Run, Server, ServerRun};

use super::document::{ErrorDocument, Exit, ascii};
use super::driven::{PlanLine, Progress};
use super::run::{RunDocument, ServerDocument, ended};

/// One line.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(tag = "record", rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "one at a time, and written at once")]
pub enum StreamLine {
    /// What is being done: only where a program shows the run.
    Progress(Progress),
    /// What could be done: only where a program shows the run.
    Plan(PlanLine),
    /// A server that is done.
    Server(ServerLine),
    /// The run, without its servers.
    Run(RunDocument),
}

/// A server that is done.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ServerLine {
    /// How it came out, in a word, as on the screen: OK, NOT OK, PLANNED, FIXED and so on.
    pub ending: &'static str,
    /// The same in a sentence. For people: it may change.
    pub headline: String,
    #[serde(flatten)]
    pub server: ServerDocument,
}

/// What is being done; `servers`: how many are done, and of how many, where there are several.
///
/// # Errors
/// When serialising fails, which no text is known to bring about.
pub fn streamed_progress(server: Option<&Server>, doing: &str, servers: Option<(usize, usize)>) -> io::Result<String> {
    line(&StreamLine::Progress(Progress::of(server, doing, servers)))
}

/// The plan of a run, over all of its servers.
///
/// # Errors
/// When serialising fails, which no plan is known to bring about.
pub fn streamed_plan(run: &Run, offers: &[Offer<'_>], awaits_answer: bool) -> io::Result<String> {
    line(&StreamLine::Plan(PlanLine::of(run, offers, awaits_answer)))
}

/// A server that is done; `exit` is the code that it alone would come to, `ending` and `headline` how it came out.
///
/// # Errors
/// When serialising fails, which no run is known to bring about.
pub fn streamed_server(server: &ServerRun, exit: Exit, ending: Ending, headline: &str) -> io::Result<String> {
    line(&StreamLine::Server(ServerLine {
        ending: ending.word(),
        headline: headline.to_owned(),
        server: ServerDocument::of(server, Some(exit)),
    }))
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
