//! The relight program on simulated servers: what an admin types, what comes back on the two streams, how it ends, and
//! what has changed on the servers afterwards.
//!
//! `picture`, `screen`, `selecting` and `words` read what is the same on every system, in thousands of runs: once is enough.

mod authors;
mod bad_input;
mod batches;
mod clients;
mod exits;
mod faults;
mod interrupt;
mod json;
mod monitors;
mod options;
mod output;
#[cfg(unix)]
mod picture;
#[cfg(unix)]
mod planted;
mod readme;
mod scenarios;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod selecting;
mod servers;
mod shared_file;
mod stores;
mod transcript_file;
mod transcripts;
#[cfg(unix)]
mod words;
