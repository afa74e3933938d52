//! Every sentence of the tool: functions from values to text, with width and time zone as arguments.

mod after;
mod below;
mod clients;
mod details;
pub(crate) mod doctor;
mod dsc;
mod errors;
pub mod event_log;
mod evidence;
#[cfg(test)]
pub(crate) mod fixtures;
mod flaws;
mod headline;
mod history;
mod html;
pub mod kit;
mod look;
pub mod many;
mod monitors;
mod next;
mod no_answer;
mod notes;
mod obstacle;
mod plan;
mod probe;
mod report;
mod scenarios;
mod services;
mod show;
mod steps;
mod stopped;
#[cfg(test)]
mod tests;
mod trouble;
mod undo;
mod verdicts;
pub mod wizard;

pub use dsc::{came_to, left_alone, left_as_they_are, next_line, not_read};
pub use errors::{Failure, failure, failure_in_short};
pub use headline::{said_alone, summary};
pub use history::{
    history, interrupted_run, journal_broke, left_shell, narrowed, page_lost, past_run, report_lost, transcript_broke,
    waiting_for_another,
};
pub use html::html;
pub use no_answer::{NoAnswer, no_answer};
#[cfg(test)]
pub use probe::everything as everything_probed;
pub use probe::{probe, probing, summary as probe_summary};
pub use report::{report, simulated};
pub use scenarios::scenarios;
pub use show::Show;
pub use steps::{outcome, style as outcome_style};
pub use stopped::stopped;
pub use undo::{undo, undo_plan};
