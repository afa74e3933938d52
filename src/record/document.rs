//! What all documents share.

use std::fmt::Write;
use std::io;

use serde::Serialize;

/// An exit code with its name.
#[derive(Debug, Clone, Copy, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Exit {
    /// The number that the process ends with.
    #[serde(rename = "exitCode")]
    pub code: u8,
    /// Its name.
    #[serde(rename = "exit")]
    pub name: &'static str,
}

/// Why there is nothing to show.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Error"))]
pub struct ErrorDocument {
    /// What went wrong, in English. For people: it may change.
    pub message: String,
    /// What may help.
    pub hints: Vec<String>,
}

impl ErrorDocument {
    pub(super) fn new(message: &str, hints: &[String]) -> Self {
        Self { message: message.to_owned(), hints: hints.to_vec() }
    }
}

/// A document as JSON in ASCII: whatever the code page of a pipe, and on whatever terminal, nothing is lost and nothing is
/// steered.
pub(super) fn text(document: &impl Serialize) -> io::Result<String> {
    Ok(ascii(&serde_json::to_string_pretty(document).map_err(io::Error::other)?))
}

/// Outside of strings JSON is ASCII, so whatever is not can be escaped where it stands.
pub(crate) fn ascii(json: &str) -> String {
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
