//! The conversation before a change: what is wrong and why, one question for each entry, and the exact commands once more
//! before anything is written. The default answer to a change is no.

mod agree;
mod explain;
mod flow;
mod prompt;
mod reply;
mod services;
#[cfg(test)]
mod tests;

pub use agree::agree_to_undo;
pub use flow::ask;
pub use prompt::{Prompt, Typed};
