//! The conversation before a change: what is wrong and why, then for each group of components that the same requesters keep
//! Inactive, on one server or on several, the exact commands and one question. The default is no, but for what `--yes` would
//! do on one server.

mod agree;
mod explain;
mod flow;
mod group;
mod joint;
mod prompt;
mod question;
mod reply;
#[cfg(test)]
mod tests;

pub use agree::agree_to_undo;
pub use flow::ask;
pub use prompt::{Prompt, Typed};
