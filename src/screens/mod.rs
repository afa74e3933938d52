//! Every sentence of the tool: functions from values to text, with width and time zone as arguments.

mod clients;
pub(crate) mod doctor;
mod done;
mod errors;
pub mod event_log;
mod evidence;
#[cfg(test)]
pub(crate) mod fixtures;
mod history;
pub mod kit;
mod look;
mod next;
mod plan;
mod probe;
mod report;
mod scenarios;
mod services;
mod starts;
mod stops;
mod summary;
#[cfg(test)]
mod tests;
mod undo;
pub mod wizard;

pub use clients::in_short as clients_in_short;
pub use done::{outcome, style as outcome_style};
pub use errors::{Failure, failure};
pub use evidence::sentence as clue;
pub use history::{history, interrupted_run, journal_broke, past_run};
pub use look::{hold, overview};
pub use plan::{flags, obstacle};
#[cfg(test)]
pub use probe::everything as everything_probed;
pub use probe::{
    note as probe_note, probe, probing, refusal as probe_refusal, sentence as probe_sentence, summary as probe_summary,
};
pub use report::{Show, report, simulated};
pub use scenarios::scenarios;
pub use services::sentence as service_sentence;
pub use starts::{it as start_word, obstacle as start_obstacle, outcome as start_outcome, question as start_question};
pub use stops::outcome as stop_outcome;
pub use summary::{summary, verdict as verdict_in_short};
pub use undo::{undo, undo_plan};
