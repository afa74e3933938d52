//! One address, tried as a client would: connect, perhaps a handshake, and listen.

use std::io::{self, ErrorKind, Read, Write};
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::domain::probe::{
    Attempt, End, Endpoint, Flight, Miss, ProbeOutcome, Security, StartTls, Tls, TlsFailure, TlsVersion, first_flight,
    handshake_failed,
};

use super::talk::{self, Lines};
use super::wire::{Watch, Wire, ended, later};
use super::{certificate, tls};

/// How long to wait for a server to close a connection on which nothing is sent, when that tells an Inactive proxy from a
/// server that does not like our hello.
const PATIENCE: Duration = Duration::from_secs(2);

/// What one conversation showed.
struct Seen {
    security: Security,
    outcome: ProbeOutcome,
    starttls: Option<StartTls>,
    tls: Option<Tls>,
    took: Duration,
}

/// Tries an address with so much time left.
pub fn attempt(endpoint: &Endpoint, address: SocketAddr, left: Duration) -> Attempt {
    let began = Instant::now();
    let seen = match endpoint.security {
        Some(Security::Plain) => plain(address, began, later(began, left)),
        Some(Security::Tls) => secured(endpoint, address, began, later(began, left)),
        None => either(endpoint, address, began, left),
    };
    let Seen { security, outcome, starttls, tls, took } = seen;
    let secure = match security {
        Security::Plain => "no",
        Security::Tls => "yes",
    };
    tracing::info!(%address, host = %endpoint.host, tls = secure, outcome = told(&outcome), took_ms = took.as_millis(), "probed");
    Attempt { address: address.ip(), security, outcome, starttls, tls, took }
}

/// As a log tells of it.
fn told(outcome: &ProbeOutcome) -> String {
    match outcome {
        ProbeOutcome::Banner(banner) => format!("banner: {}", banner.text),
        ProbeOutcome::TurnedAway(banner) => format!("turned away: {}", banner.text),
        ProbeOutcome::Closed => "closed without a banner".to_owned(),
        ProbeOutcome::Silent { came } => format!("silent: {came}"),
        ProbeOutcome::Refused => "refused".to_owned(),
        ProbeOutcome::Unreachable(why) => format!("unreachable: {why:?}"),
        ProbeOutcome::TlsFailed(why) => format!("no TLS: {why:?}"),
        ProbeOutcome::Foreign(_, came) => format!("not a mail protocol: {came}"),
    }
}

/// A port of which nothing is known. A mail server that wants no TLS speaks first; so half of the time is for listening,
/// and only where nothing came the other half is for a handshake, on a connection of its own. Where that leads nowhere
/// either, the silence is what a client meets.
fn either(endpoint: &Endpoint, address: SocketAddr, began: Instant, left: Duration) -> Seen {
    let heard = plain(address, began, later(began, left / 2));
    match &heard.outcome {
        ProbeOutcome::Silent { came } if came.is_empty() => {}
        ProbeOutcome::Banner(_)
        | ProbeOutcome::TurnedAway(_)
        | ProbeOutcome::Closed
        | ProbeOutcome::Silent { .. }
        | ProbeOutcome::Refused
        | ProbeOutcome::Unreachable(_)
        | ProbeOutcome::TlsFailed(_)
        | ProbeOutcome::Foreign(..) => return heard,
    }
    let secured = secured(endpoint, address, began, later(began, left));
    if secured.tls.is_some() { secured } else { Seen { took: secured.took, ..heard } }
}

fn plain(address: SocketAddr, began: Instant, deadline: Instant) -> Seen {
    let (outcome, starttls, took) = match Wire::connect(address, deadline) {
        Err(error) => (not_connected(&error), None, began.elapsed()),
        Ok(wire) => {
            let watch = wire.watch();
            converse(&mut Lines::new(wire), &watch, began, true)
        }
    };
    Seen { security: Security::Plain, outcome, starttls, tls: None, took }
}

fn secured(endpoint: &Endpoint, address: SocketAddr, began: Instant, deadline: Instant) -> Seen {
    let seen = |outcome, tls, took| Seen { security: Security::Tls, outcome, starttls: None, tls, took };
    let wire = match Wire::connect(address, deadline) {
        Err(error) => return seen(not_connected(&error), None, began.elapsed()),
        Ok(wire) => wire,
    };
    let watch = wire.watch();
    match tls::handshake(wire, &endpoint.host, address.ip()) {
        Ok(tls::Secured { stream, certificate }) => {
            let version = match first_flight(&watch.first()) {
                Flight::Hello(version) => version,
                Flight::Nothing | Flight::Alert(_) | Flight::NotTls => TlsVersion::Unknown(0),
            };
            let certificate =
                certificate.ok_or_else(|| "the server sent none".to_owned()).and_then(|der| certificate::read(&der));
            let mut lines = Lines::new(stream);
            let (outcome, _, took) = converse(&mut lines, &watch, began, false);
            // What TLS itself ends, such as for want of a certificate of the client, no Inactive proxy does.
            let outcome = match lines.gave_up().filter(|_| outcome == ProbeOutcome::Closed) {
                Some(why) if watch.end() != Some(End::Closed) => ProbeOutcome::TlsFailed(TlsFailure::Library(why)),
                Some(_) | None => outcome,
            };
            seen(outcome, Some(Tls { version, certificate }), took)
        }
        Err(error) => {
            let (first, end) = (watch.first(), watch.end());
            let outcome = if first.is_empty() && end == Some(End::Closed) && closes_by_itself(address, deadline) {
                ProbeOutcome::Closed
            } else {
                handshake_failed(&first, end, error.to_string())
            };
            seen(outcome, None, began.elapsed())
        }
    }
}

/// Listens, asks for capabilities where that is wanted, and leaves. The time is that up to the banner.
fn converse<S: Read + Write>(
    lines: &mut Lines<S>,
    watch: &Rc<Watch>,
    began: Instant,
    ask: bool,
) -> (ProbeOutcome, Option<StartTls>, Duration) {
    let outcome = talk::banner(lines);
    let took = began.elapsed();
    let mut starttls = None;
    if let ProbeOutcome::Banner(banner) = &outcome {
        if ask {
            starttls = Some(talk::starttls(lines, banner.protocol, watch));
        }
        talk::leave(lines, banner.protocol, watch);
    }
    (outcome, starttls, took)
}

/// Whether the server closes a connection on which nothing is sent: an Inactive proxy does, one that waits for a hello does
/// not. This is told by a second connection, not by how fast the first was closed.
fn closes_by_itself(address: SocketAddr, deadline: Instant) -> bool {
    let mut wire = match Wire::connect(address, deadline) {
        Ok(wire) => wire,
        Err(error) => return ended(&error) == Some(End::Closed),
    };
    wire.watch().hurry(PATIENCE);
    match wire.read(&mut [0]) {
        Ok(read) => read == 0,
        Err(error) => ended(&error) == Some(End::Closed),
    }
}

fn not_connected(error: &io::Error) -> ProbeOutcome {
    if error.kind() == ErrorKind::ConnectionRefused {
        ProbeOutcome::Refused
    } else if ended(error) == Some(End::Closed) {
        // It was accepted, and closed before this program was told.
        ProbeOutcome::Closed
    } else if error.kind() == ErrorKind::TimedOut {
        ProbeOutcome::Unreachable(Miss::Deadline)
    } else {
        ProbeOutcome::Unreachable(Miss::System(error.to_string()))
    }
}
