//! PowerShell as a process that answers: found, started, spoken to, given deadlines, ended. Nothing here knows what is
//! repaired, or how.

pub mod engine;
mod failure;
mod folder;
pub mod frames;
mod handle;
mod interrupt;
mod last_output;
mod launch;
pub mod left;
pub mod locate;
mod pipes;
mod process;
pub mod protocol;
mod session;
mod time_limit;
mod turn;

pub use engine::Capabilities;
pub use failure::{CallFailure, Loss, LossReason, StartError};
pub use folder::Folder as PrivateFolder;
pub use interrupt::Interrupt;
pub use launch::{Deadlines, Launch, Program};
pub use session::Session;
pub use time_limit::TimeLimit;
pub use turn::Turn;
