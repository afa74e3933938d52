//! The probe against real servers and bad peers. Everything stays within 127.0.0.0/8, ::1 or a network namespace of the
//! test's own; no test depends on how fast a machine is: deadlines are given, and only that they pass is asserted.

mod certificates;
#[cfg(target_os = "linux")]
mod dovecot;
mod hostile;
#[cfg(target_os = "linux")]
pub mod namespace;
mod peer;
mod secured;

use std::net::SocketAddr;
use std::time::Duration;

use relight::domain::probe::{Attempt, Endpoint, Host, ProbeOutcome, Protocol, Security};
use relight::probe::probe_all;
use serde_json::Value;

use crate::support::Ran;
use crate::trials::Case;

/// Long enough for any machine: a probe that takes this long has failed.
pub const LONG: Duration = Duration::from_secs(60);
/// A deadline that is meant to pass.
pub const SHORT: Duration = Duration::from_millis(400);

/// An endpoint of which everything is said.
pub fn endpoint(address: SocketAddr, protocol: Protocol, security: Security) -> Endpoint {
    let host = Host::Address(address.ip());
    Endpoint::known(host, address.port(), protocol, security)
}

pub fn plain(address: SocketAddr) -> Endpoint {
    endpoint(address, Protocol::Pop3, Security::Plain)
}

pub fn tls(address: SocketAddr) -> Endpoint {
    endpoint(address, Protocol::Pop3, Security::Tls)
}

/// An endpoint of which only the port is known.
pub fn unknown(address: SocketAddr) -> Endpoint {
    Endpoint { protocol: None, security: None, ..plain(address) }
}

/// The one attempt that comes of an endpoint with one address.
pub fn attempt(endpoint: Endpoint, deadline: Duration) -> Attempt {
    let results = probe_all(&[endpoint], deadline);
    let [result] = results.as_slice() else { panic!("one result, not {results:?}") };
    let [attempt] = result.attempts() else { panic!("one attempt, not {result:?}") };
    attempt.clone()
}

pub fn outcome(endpoint: Endpoint, deadline: Duration) -> ProbeOutcome {
    attempt(endpoint, deadline).outcome
}

/// The program, run with these words.
pub fn relight(words: &[&str]) -> Ran {
    crate::support::relight("probe").words(words).run()
}

/// The document of a probe, and how the program ended.
pub fn document(words: &[&str]) -> (Value, i32) {
    let ran = relight(&[&["--format", "json"], words].concat());
    (ran.document(), ran.code)
}

pub fn trials() -> Vec<Vec<Case>> {
    vec![
        #[cfg(target_os = "linux")]
        dovecot::trials(),
        hostile::trials(),
        #[cfg(target_os = "linux")]
        namespace::trials(),
        secured::trials(),
    ]
}
