//! The person at the other end: the console, which alone prints, the keys and prompts, which alone read, and the progress of a
//! run. Every sentence comes from `screens/`.

mod console;
mod keys;
mod progress;
mod prompts;
#[cfg(all(test, unix))]
mod pty;

pub use console::{Console, notice_interrupt};
pub use keys::Keys;
pub use progress::Progress;
pub use prompts::Prompts;
