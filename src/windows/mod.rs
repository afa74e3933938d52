//! What only Windows has, behind safe functions: its job objects, its console, its folders, its libraries, its registry.
//! Everything `unsafe` of the program is in this room, each call with the reason why it is sound; nothing here knows what
//! relight is for.

pub mod account;
mod console;
mod control;
pub mod event_log;
mod folders;
mod job;
mod keys;
mod libraries;
pub mod machine;
pub mod station;

pub use console::NoQuickEdit;
pub use control::on_end;
pub use folders::{create_private_folder, system_directory};
pub use job::Job;
pub use keys::{forget_keys, typed_keys};
pub use libraries::load_from_the_system_alone;
