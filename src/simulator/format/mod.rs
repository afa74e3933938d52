//! The scenario file, as docs/SCENARIOS.md describes it: read, checked, found by name or path, and updated.

mod builtin;
mod catalog;
mod components;
mod error;
mod evidence;
mod fault;
mod file;
mod live;
mod locate;
mod machine;
#[cfg(test)]
mod manual_tests;
mod parse;
mod scenario;
mod selector;
mod services;
mod source;
mod turn;
mod value;

pub use builtin::{Builtin, scenarios};
pub(crate) use catalog::{component, dotted, major};
pub(crate) use components::{SimulatedComponent, SimulatedEntry};
pub use error::ScenarioError;
pub(crate) use evidence::{SimulatedChange, SimulatedEvidence, SimulatedLog, SimulatedMonitor, SimulatedOverride};
pub(crate) use fault::{Effect, Fault, Malformed};
pub(crate) use file::{Kept, ScenarioFile};
pub(crate) use live::Live;
#[cfg(test)]
pub(crate) use parse::parse;
pub(crate) use scenario::{LateChange, Scenario, Shape, SimulatedServer};
pub(crate) use selector::{Names, Op};
pub(crate) use services::{ServicesField, SimulatedService};
pub use source::{Source, resolve};
