//! The journal: what a run that may write saw, confirmed, was about to do and did, one JSON line after the other, so that
//! whatever happens to the run, what it may have changed can be told and put back. One file per run; the format is
//! `relight/journal/1.0`, described by docs/schema/journal-1.0.json.

mod access;
mod appender;
mod error;
mod file;
mod folder;
mod intent;
mod lock;
mod opening;
mod read;
mod ready;
mod retention;
#[cfg(test)]
mod tests;
mod who;
mod writer;
#[cfg(any(test, feature = "fuzz"))]
mod written;

pub use error::{FOREIGN, JournalError};
pub use folder::Folder;
pub use intent::Recorded;
pub use lock::{Lock, Owner, Waiting};
pub use opening::Begin;
#[cfg(feature = "fuzz")]
pub use read::run as run_of;
pub(crate) use ready::readiness;
pub use writer::Journal;
#[cfg(feature = "fuzz")]
pub use written::written;
