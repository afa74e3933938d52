//! The whole document, as text.

use std::fmt::Write;

use crate::domain::{Report, Run, ServerReport};

use super::convert::server;
use super::document::{Document, ErrorDocument, Exit, ServerDocument};
use super::names;

const SCHEMA: &str = "relight/report/1.0";

/// The report as one JSON document in ASCII: whatever the code page of a pipe, and on whatever terminal, nothing is lost
/// and nothing is steered. `exit` is the code of the run, `exit_of` tells that of each server.
///
/// # Errors
/// When serialising fails, which no report is known to bring about.
pub fn report(
    report: &Report,
    exit: Exit,
    exit_of: impl Fn(&ServerReport) -> Exit,
) -> Result<String, serde_json::Error> {
    let servers = report.servers.iter().map(|one| server(one, exit_of(one))).collect();
    write(&report.run, exit, None, servers)
}

/// The document of a run that ended before there was anything to report.
///
/// # Errors
/// As [`report`].
pub fn failure(run: &Run, exit: Exit, message: &str, hints: &[String]) -> Result<String, serde_json::Error> {
    let error = ErrorDocument { message: message.to_owned(), hints: hints.to_vec() };
    write(run, exit, Some(error), Vec::new())
}

fn write(
    run: &Run,
    exit: Exit,
    error: Option<ErrorDocument>,
    servers: Vec<ServerDocument>,
) -> Result<String, serde_json::Error> {
    let document = Document {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        command: names::command(run.command),
        simulated: run.simulated.clone(),
        interrupted: run.interrupted,
        exit,
        error,
        servers,
    };
    Ok(ascii(&serde_json::to_string_pretty(&document)?))
}

/// Outside of strings JSON is ASCII, so whatever is not can be escaped where it stands.
pub(super) fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len() + 1);
    for c in json.chars() {
        if c.is_ascii() && c != '\u{7f}' {
            text.push(c);
        } else {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _never_fails = write!(text, "\\u{unit:04x}");
            }
        }
    }
    text.push('\n');
    text
}
