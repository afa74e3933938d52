//! How screens are shown.

use jiff::tz::TimeZone;

/// How to show things.
#[derive(Debug, Clone)]
pub struct Show {
    /// Columns of a line.
    pub width: usize,
    /// Whether each command stays on one line, however long.
    pub whole_commands: bool,
    /// The time zone of the reader.
    pub tz: TimeZone,
    /// Whether to show every entry and the commands to look by hand.
    pub verbose: bool,
}
