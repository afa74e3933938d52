//! The report as a document for programs: `relight/report/1.0`, described by docs/schema/report-1.0.json. Additions raise
//! the minor number; nothing is renamed or taken away within 1.

mod checkup;
mod convert;
mod document;
mod names;
#[cfg(test)]
mod tests;
mod whole;

pub use checkup::{checkup, checkup_failure};
pub use document::Exit;
pub use whole::{failure, report};
