//! A simulated Exchange organisation that speaks the same frames as PowerShell from the other end of the pipe. It
//! plays a scenario: servers, components, entries, and everything that can go wrong.

mod answer;
mod builtin;
mod bystander;
mod catalog;
mod clock;
mod cmdlets;
mod complaint;
mod engine;
mod error;
mod evidence;
mod exchange;
mod fault;
mod locate;
mod machine;
mod parse;
mod ports;
mod process;
mod scenario;
mod selector;
mod services;
mod source;
mod value;

pub use builtin::{Builtin, scenarios};
pub use engine::{Ending, EngineArgs, serve};
pub use error::ScenarioError;
pub use fault::{Effect, Fault, Malformed};
pub use machine::SimulatedMachine;
pub use process::run;
pub use scenario::{Components, Scenario, Shape, SimulatedComponent, SimulatedEntry, SimulatedServer};
pub use selector::{Op, When};
pub use source::{Source, resolve};
