//! TLS: peers that cannot, peers that can and have a certificate worth a word.

use std::io::Write;
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

use relight::domain::Server;
use relight::domain::probe::{Endpoint, Host, Note, ProbeOutcome, TlsFailure, TlsVersion, notes};
use rustls::crypto::ring;
use rustls::pki_types::PrivateKeyDer;
use rustls::{ServerConfig, ServerConnection, StreamOwned, SupportedProtocolVersion, version};

use super::certificates::{Made, self_signed};
use super::peer::{Peer, hear, mail, wait_for_the_end};
use super::{LONG, SHORT, attempt, outcome, tls, unknown};

crate::trials![
    the_version_and_the_certificate_are_told,
    an_expired_certificate_with_another_name_is_said_and_fails_nothing,
    a_plain_server_on_a_tls_port_is_recognised,
    a_server_that_is_too_old_is_called_that,
    garbage_for_a_handshake_ends_it,
    a_tls_port_that_closes_by_itself_serves_nobody_and_one_that_dislikes_the_hello_may,
    a_proxy_that_closes_after_the_handshake_serves_nobody,
    a_tls_port_without_a_word_is_silent,
];

/// A mail server behind TLS with this certificate.
fn secured(made: &Made, version: &'static SupportedProtocolVersion) -> Peer {
    let key = PrivateKeyDer::Pkcs8(made.key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(&[version])
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.certificate.der().clone()], key)
        .expect("a certificate");
    let config = Arc::new(config);
    Peer::new(move |stream| {
        let connection = ServerConnection::new(Arc::clone(&config)).expect("a server");
        let mut stream = StreamOwned::new(connection, stream);
        mail(&mut stream, "+OK secured\r\n", &[("QUIT", "+OK bye\r\n")], &Mutex::default());
    })
}

fn answers(to_hello: &'static [u8]) -> Peer {
    Peer::new(move |stream| {
        if !hear(stream).is_empty() {
            let _gone = stream.write_all(to_hello);
            wait_for_the_end(stream);
        }
    })
}

fn failure(peer: &Peer) -> TlsFailure {
    match outcome(tls(peer.address), LONG) {
        ProbeOutcome::TlsFailed(failure) => failure,
        other => panic!("{other:?}"),
    }
}

fn the_version_and_the_certificate_are_told() {
    let made = self_signed("EX01", &["EX01", "ex01.contoso.local"], (2050, 1, 1));
    for (version, expected) in [(&version::TLS12, TlsVersion::Tls12), (&version::TLS13, TlsVersion::Tls13)] {
        let peer = secured(&made, version);
        for endpoint in [tls(peer.address), unknown(peer.address)] {
            // A port of which nothing is known is listened to for half of the time before TLS is tried.
            let time = if endpoint.security.is_some() { LONG } else { 10 * SHORT };
            let seen = attempt(endpoint, time);
            assert!(matches!(&seen.outcome, ProbeOutcome::Banner(it) if it.text == "+OK secured"), "{seen:?}");
            let tls = seen.tls.expect("a handshake");
            assert_eq!(tls.version, expected);
            let certificate = tls.certificate.expect("a certificate");
            assert_eq!(certificate.subject, "CN=EX01");
            assert_eq!(certificate.names, ["EX01", "ex01.contoso.local"]);
            assert_eq!(certificate.not_after.to_string(), "2050-01-01T00:00:00Z");
            assert!(certificate.self_signed);
        }
    }
}

fn an_expired_certificate_with_another_name_is_said_and_fails_nothing() {
    let peer = secured(&self_signed("old", &["old.contoso.local"], (2021, 1, 1)), &version::TLS13);
    let seen = attempt(tls(peer.address), LONG);
    assert!(matches!(seen.outcome, ProbeOutcome::Banner(_)), "{seen:?}");
    let host = Host::Name(Server::parse("ex01.contoso.local").expect("a name"));
    let endpoint = Endpoint { host, ..tls(peer.address) };
    let seen = notes(&endpoint, &seen, "2021-01-31T12:00:00Z".parse().expect("a time"));
    assert_eq!(seen, [Note::Loopback, Note::Expired(30), Note::NameMismatch, Note::SelfSigned]);
}

fn a_plain_server_on_a_tls_port_is_recognised() {
    for (greeting, first) in [("+OK plain\r\n", true), ("HTTP/1.1 400 Bad Request\r\n\r\n", false)] {
        let peer = Peer::new(move |stream| {
            if first || !hear(stream).is_empty() {
                let _gone = stream.write_all(greeting.as_bytes());
                wait_for_the_end(stream);
            }
        });
        assert_eq!(failure(&peer), TlsFailure::NotTls(greeting.lines().next().expect("a line").to_owned()));
    }
}

fn a_server_that_is_too_old_is_called_that() {
    let tls10 = {
        let mut hello = b"\x16\x03\x01\x00\x2a\x02\x00\x00\x26\x03\x01".to_vec();
        hello.extend([7; 32]);
        hello.extend([0, 0, 0x2f, 0]);
        hello.leak()
    };
    assert_eq!(failure(&answers(b"\x15\x03\x01\x00\x02\x02\x46")), TlsFailure::TooOld(None));
    assert_eq!(failure(&answers(tls10)), TlsFailure::TooOld(Some(TlsVersion::Tls10)));
    assert_eq!(failure(&answers(b"\x15\x03\x03\x00\x02\x02\x28")), TlsFailure::NothingInCommon);
    assert_eq!(failure(&answers(b"\x15\x03\x03\x00\x02\x02\x50")), TlsFailure::Alert(80));
}

fn garbage_for_a_handshake_ends_it() {
    let broken = answers(b"\x16\x03\x03\x00\x04\x02\xff\xff\xff\x16\x03\x03\x00\x04junk");
    assert!(matches!(outcome(tls(broken.address), SHORT), ProbeOutcome::TlsFailed(_)));
    assert!(matches!(failure(&answers(b"\x00\xff\x00\xff\x00\xff\x00\xff")), TlsFailure::NotTls(_)));
    // A record that promises more than it brings.
    let stalled = answers(b"\x16\x03\x03\x40\x00\x02");
    assert_eq!(outcome(tls(stalled.address), SHORT), ProbeOutcome::TlsFailed(TlsFailure::Stalled));
}

fn a_tls_port_that_closes_by_itself_serves_nobody_and_one_that_dislikes_the_hello_may() {
    let inactive = Peer::new(|_| {});
    assert_eq!(outcome(tls(inactive.address), LONG), ProbeOutcome::Closed);
    let picky = Peer::new(|stream: &mut TcpStream| {
        hear(stream);
    });
    assert_eq!(outcome(tls(picky.address), 3 * SHORT), ProbeOutcome::TlsFailed(TlsFailure::ClosedByServer));
    assert!(picky.over() >= 1);
}

fn a_proxy_that_closes_after_the_handshake_serves_nobody() {
    let made = self_signed("EX01", &["EX01"], (2050, 1, 1));
    let key = PrivateKeyDer::Pkcs8(made.key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.certificate.der().clone()], key)
        .expect("a certificate");
    let config = Arc::new(config);
    let peer = Peer::new(move |stream| {
        let mut connection = ServerConnection::new(Arc::clone(&config)).expect("a server");
        while connection.is_handshaking() && connection.complete_io(stream).is_ok() {}
    });
    let seen = attempt(tls(peer.address), LONG);
    assert_eq!(seen.outcome, ProbeOutcome::Closed);
    assert!(seen.tls.is_some());
}

fn a_tls_port_without_a_word_is_silent() {
    let silent = Peer::new(wait_for_the_end);
    assert_eq!(outcome(tls(silent.address), SHORT), ProbeOutcome::Silent { came: String::new() });
}
