//! The conversation before a change: what is dark and why, one question for each hold, and the exact commands once more
//! before anything is written. The default answer to a change is no.

mod agree;
mod answers;
mod explain;
mod flow;
mod prompt;
mod reply;
mod starts;
#[cfg(test)]
mod tests;

pub use agree::agree_to_undo;
pub use answers::{Answers, Ended};
pub use flow::{Subject, ask};
pub use prompt::{Prompt, Typed};
