//! The probe against real servers and bad peers. Everything stays within 127.0.0.0/8, ::1 or a network namespace of the
//! test's own; no test depends on how fast a machine is: deadlines are given, and only that they pass is asserted.

mod certificates;
#[cfg(target_os = "linux")]
mod dovecot;
mod hostile;
#[cfg(target_os = "linux")]
mod namespace;
mod peer;
mod secured;

use std::net::SocketAddr;
use std::process::{Command, Output};
use std::time::Duration;

use relight::domain::probe::{Attempt, Endpoint, Host, ProbeOutcome, Protocol, Security};
use relight::probe::probe_all;
use serde_json::Value;

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
pub fn relight(words: &[&str]) -> Output {
    let output = Command::new(env!("CARGO_BIN_EXE_relight")).arg("probe").args(words).output();
    output.expect("the program starts")
}

/// The document of a probe, and how the program ended.
pub fn document(words: &[&str]) -> (Value, Option<i32>) {
    let output = relight(&[&["--format", "json"], words].concat());
    let text = String::from_utf8(output.stdout).expect("the document is ASCII");
    let value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text}"));
    valid(&value);
    (value, output.status.code())
}

fn valid(value: &Value) {
    let schema: Value = serde_json::from_str(include_str!("../../docs/schema/probe-1.0.json")).expect("a schema");
    let validator = jsonschema::validator_for(&schema).expect("the schema compiles");
    let errors = validator.iter_errors(value).map(|error| error.to_string()).collect::<Vec<_>>();
    assert!(errors.is_empty(), "{errors:#?}\n{value:#}");
}
