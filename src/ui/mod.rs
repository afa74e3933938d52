//! Presentation: what is shown, asked and written. Every sentence of the tool lives here. All of it are functions from
//! values to text, except the console, which alone prints, and the prompts, which alone read keys.

mod cmdlet;
mod console;
pub mod doctor;
mod errors;
pub mod event_log;
mod events;
#[cfg(test)]
mod fixtures;
pub mod json;
mod keys;
mod page;
mod sanitize;
mod scenarios;
mod table;
pub mod text;
mod time;
pub mod wizard;
mod words;

pub use cmdlet::Cmdlet;
pub use console::{Console, notice_interrupt};

pub use errors::{Failure, failure};
pub use events::Progress;
pub use keys::Keys;
pub use sanitize::sanitize;
pub use scenarios::scenarios;
pub use text::Show;
