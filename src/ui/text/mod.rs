//! The report as text: functions from values to text, with width and time zone as arguments.

mod done;
mod look;
mod next;
mod plan;
mod report;
mod services;
mod summary;
#[cfg(test)]
mod tests;

pub use done::outcome;
pub use look::{hold, overview};
pub use plan::{flags, obstacle};
pub use report::{Show, report, simulated};
pub use services::sentence as service_sentence;
pub use summary::summary;
