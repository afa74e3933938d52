//! What needs nobody else: the relight program on simulated servers, the rules of the domain, and the repository.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "tests/peers uses the rest")]
mod support;

mod cli;
mod doctor;
mod domain;
mod journal;
#[cfg(unix)]
mod keyboard;
mod scripts;
mod services;
mod tidy;
#[cfg(unix)]
mod wizard;
