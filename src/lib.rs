//! relight finds Exchange POP3/IMAP4 proxy components that are Inactive and sets them Active again. This library is the
//! inside of the `relight` program; docs/ARCHITECTURE.md is the house plan.

#![warn(missing_docs)]
// Only terminal/console.rs prints, and only main ends the process; nothing panics on what the world does.
#![deny(unsafe_code, clippy::print_stdout, clippy::print_stderr, clippy::exit)]
#![cfg_attr(
    not(test),
    deny(
        clippy::unwrap_used,
        clippy::expect_used,
        clippy::panic,
        clippy::wildcard_enum_match_arm,
        clippy::allow_attributes
    )
)]

pub mod app;
pub mod cli;
pub mod domain;
pub mod error;
pub mod exchange;
pub mod journal;
mod log;
pub mod monitoring;
pub mod probe;
pub mod record;
mod regular;
pub mod screens;
pub mod shell;
mod signals;
pub mod simulator;
mod terminal;
mod transcript;
#[cfg(windows)]
pub mod windows;
