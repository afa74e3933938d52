//! The report as text: functions from values to text, with width and time zone as arguments.

mod clients;
mod done;
mod evidence;
mod history;
mod look;
mod next;
mod plan;
mod probe;
mod report;
mod services;
mod starts;
mod stops;
mod summary;
#[cfg(test)]
mod tests;
mod undo;

pub use clients::in_short as clients_in_short;
pub use done::{outcome, style as outcome_style};
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
pub use services::sentence as service_sentence;
pub use starts::{it as start_word, obstacle as start_obstacle, outcome as start_outcome, question as start_question};
pub use stops::outcome as stop_outcome;
pub use summary::{summary, verdict as verdict_in_short};
pub use undo::{undo, undo_plan};
