//! TLS by the system, in every version that it still has.

use std::io;
use std::net::IpAddr;

use native_tls::{HandshakeError, Protocol, TlsConnector, TlsStream};

use crate::domain::probe::Host;
use crate::probe::wire::Wire;

use super::Secured;

/// Shakes hands with a server of this name.
///
/// # Errors
/// In the words of the library; how the connection ended is told by its watch.
pub fn handshake(wire: Wire, host: &Host, address: IpAddr) -> io::Result<Secured<TlsStream<Wire>>> {
    let (name, named) = match host {
        Host::Name(name) => (name.as_str().to_owned(), true),
        Host::Address(_) => (address.to_string(), false),
    };
    let connector = TlsConnector::builder()
        .min_protocol_version(Some(Protocol::Tlsv10))
        .danger_accept_invalid_certs(true)
        .danger_accept_invalid_hostnames(true)
        .use_sni(named)
        .build()
        .map_err(io::Error::other)?;
    let stream = connector.connect(&name, wire).map_err(|error| match error {
        HandshakeError::Failure(error) => io::Error::other(error),
        // The wire tells every timeout as an error, so the library is never left waiting.
        HandshakeError::WouldBlock(_) => io::ErrorKind::TimedOut.into(),
    })?;
    let certificate = stream.peer_certificate().ok().flatten().and_then(|certificate| certificate.to_der().ok());
    Ok(Secured { stream, certificate })
}
