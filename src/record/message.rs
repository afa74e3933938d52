//! What a program reads on stderr: one JSON object a line, as DSC reads the messages of its resources.

use super::document::ascii;

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Why the run ends as it does.
    Error,
    /// What somebody should look at.
    Warn,
    /// What is being done.
    Info,
    /// A line of the log.
    Debug,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
        }
    }
}

/// A message as a line; of a text of several lines their ends stay.
pub fn message(level: Level, text: &str) -> String {
    ascii(&serde_json::json!({ (level.name()): text.trim_end() }).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_one_line_whatever_its_text_is() {
        assert_eq!(message(Level::Error, "EX01: \"a\"\nb\n"), "{\"error\":\"EX01: \\\"a\\\"\\nb\"}\n");
        assert_eq!(message(Level::Warn, "\u{fc}\u{7f}\u{1b}"), "{\"warn\":\"\\u00fc\\u007f\\u001b\"}\n");
    }
}
