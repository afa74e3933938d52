//! relight finds Exchange POP3/IMAP4 proxy components that have gone dark and lights them again. This library is the
//! inside of the `relight` program; docs/ARCHITECTURE.md is the house plan.

pub mod app;
pub mod cli;
pub mod domain;
pub mod error;
pub mod exit;
pub mod host;
mod log;
pub mod shell;
pub mod simulator;
pub mod ui;
