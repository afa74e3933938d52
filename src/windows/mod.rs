//! What only Windows has, behind safe functions: its job objects, its console, its folders and its registry. Everything
//! `unsafe` of the program is in this room, each call with the reason why it is sound; nothing here knows what relight is
//! for.

mod folders;
mod job;

pub use folders::system_directory;
pub use job::Job;
