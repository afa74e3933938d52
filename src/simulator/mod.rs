//! A simulated Exchange organisation, so that relight can be rehearsed without Exchange. `format` is the scenario file:
//! servers, components, entries, and everything that can go wrong; `play` answers as that organisation would.

mod format;
mod play;

pub use format::{Builtin, ScenarioError, Source, resolve, scenarios};
pub use play::{Ending, EngineArgs, run, serve};
