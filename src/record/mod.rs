//! The report as a document for programs: `relight/report/1.0`, described by docs/schema/report-1.0.json, and a
//! probe as `relight/probe/1.0`. Additions raise the minor number; nothing is renamed or taken away within 1.

mod checkup;
mod clients;
mod convert;
mod document;
mod evidence;
mod names;
mod past;
mod probe;
#[cfg(test)]
mod probe_tests;
#[cfg(test)]
mod schema;
mod services;
#[cfg(test)]
mod tests;
mod undo;
mod whole;

pub(crate) use checkup::{checkup, checkup_failure};
pub use document::Exit;
pub use names::command;
pub use past::{history, past_failure, past_run};
pub use probe::probe;
pub use undo::undo;
pub use whole::{failure, report};
