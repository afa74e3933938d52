//! What only Windows has, behind safe functions: its job objects, its console, its folders, its libraries, its registry.
//! Everything `unsafe` of the program is in this room, each call with the reason why it is sound; nothing here knows what
//! relight is for.

pub(crate) mod access;
pub mod account;
mod console;
mod control;
pub(crate) mod event_log;
mod folders;
mod job;
mod keys;
mod libraries;
pub(crate) mod machine;
pub mod station;

pub(crate) use access::create_private_folder;
pub use console::NoQuickEdit;
pub(crate) use control::on_end;
pub(crate) use folders::system_directory;
pub use job::Job;
pub(crate) use keys::{Pressed, SingleKeys, forget_keys, pressed_keys};
pub(crate) use libraries::load_from_the_system_alone;
pub(crate) use machine::program_data;
