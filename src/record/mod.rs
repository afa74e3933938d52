//! Runs and their parts as they are written down: one set of types, of which the lines of a journal and the documents for
//! programs are made. The schemas in docs/schema are generated from them. Additions raise the minor number; nothing is
//! renamed or taken away within 1.

mod author;
mod change;
mod checkup;
mod clients;
mod document;
mod driven;
mod evidence;
mod history;
mod left_out;
mod line;
mod look;
mod message;
mod monitor;
mod plan;
mod probe;
mod protocol_state;
mod run;
#[cfg(test)]
pub(crate) mod samples;
mod scenarios;
#[cfg(test)]
mod schema;
mod stream;
#[cfg(test)]
pub(crate) mod tests;
mod text;
mod verdict;

pub(crate) use checkup::{checkup, checkup_failure};
pub(crate) use clients::Clients;
pub use document::Exit;
pub(crate) use document::ascii;
pub use driven::{LONGEST_ANSWER, answer};
pub use history::{history, history_failure};
pub(crate) use line::{Begin, Decided, End, Ended, Intent, JOURNAL, Line, Met, Monitored, Resumed, Shell};
pub use message::{Level, message};
pub(crate) use monitor::MonitorVerdict;
pub use probe::probe;
pub use protocol_state::{Desired, INSTANCE_SCHEMA, Instance, StateOfAll, desired, protocol_state};
pub use run::{failure, past_run, run};
pub use scenarios::scenarios;
pub use stream::{streamed_failure, streamed_plan, streamed_progress, streamed_run, streamed_server};
pub(crate) use text::Text;
