//! The report as a document for programs: `relight/report/1.1`, described by docs/schema/report-1.1.json. Additions raise
//! the minor number; nothing is renamed or taken away within 1.

mod convert;
mod document;
mod evidence;
mod names;
mod past;
mod services;
#[cfg(test)]
mod tests;
mod whole;

pub use document::Exit;
pub use names::command;
pub use past::{history, past_failure, past_run, undo};
pub use whole::{failure, report};
