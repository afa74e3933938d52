//! The relight program on simulated servers: what an admin types, what comes back on the two streams, how it ends, and
//! what has changed on the servers afterwards.
//!
//! What is the same on every system is run on one: thousands of runs take long where processes start slowly.

#[cfg(unix)]
mod authors;
mod bad_input;
mod batches;
#[cfg(unix)]
mod clients;
#[cfg(unix)]
mod driven;
mod dsc;
mod exits;
#[cfg(unix)]
mod faults;
mod interrupt;
#[cfg(unix)]
mod json;
mod monitoring;
#[cfg(unix)]
mod monitors;
mod options;
mod output;
#[cfg(unix)]
mod picture;
#[cfg(unix)]
mod planted;
#[cfg(unix)]
mod readme;
mod scenarios;
#[cfg(unix)]
mod screen;
#[cfg(unix)]
mod selecting;
mod servers;
mod shared_file;
#[cfg(unix)]
mod stores;
mod transcript_file;
mod transcripts;
#[cfg(unix)]
mod words;
