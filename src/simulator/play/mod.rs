//! An Exchange organisation that speaks the frames of the engine from the other end of the pipe, and goes wrong where the
//! scenario says so.

mod answers;
mod clock;
mod cmdlets;
mod concurrent_changes;
mod engine;
mod evidence;
mod exchange;
mod faults;
mod follow;
mod machine;
mod ports;
mod process;
mod refusals;
mod services;

pub use engine::{Ending, EngineArgs, serve};
pub use process::run;
