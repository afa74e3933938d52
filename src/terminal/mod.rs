//! The person at the other end: the console, which alone prints, the keys and prompts, which alone read, and the progress of a
//! run. Every sentence comes from `screens/`.

mod board;
mod console;
mod key;
mod keyboard;
mod keys;
mod line;
mod progress;
mod prompts;
#[cfg(all(test, unix))]
mod pty;

pub(crate) use console::{Console, notice_interrupt};
pub(crate) use keys::Keys;
pub(crate) use progress::{Now, Progress};
pub(crate) use prompts::Prompts;
