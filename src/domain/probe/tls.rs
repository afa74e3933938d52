//! The first bytes a server sends in answer to a TLS hello. They are in the clear in every version, and tell the same
//! whatever TLS library is at work: the version, a refusal, or that it is not TLS at all.

use super::{End, ProbeOutcome, TlsFailure, TlsVersion, greeting, shown};

/// The first bytes of a server's answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flight {
    /// Nothing came, or too little to tell.
    Nothing,
    /// The server goes on, with this version.
    Hello(TlsVersion),
    /// The server refuses, with this alert.
    Alert(u8),
    /// This is not TLS.
    NotTls,
}

/// Reads the first bytes of a server's answer to a hello.
pub fn first_flight(bytes: &[u8]) -> Flight {
    match bytes {
        [0x15, 0x03, _, _, _, _level, alert, ..] => Flight::Alert(*alert),
        [0x16, 0x03, _, _, _, hello @ ..] => hello_version(hello).map_or(Flight::Nothing, Flight::Hello),
        [0x15 | 0x16] | [0x15 | 0x16, 0x03, ..] | [] => Flight::Nothing,
        [..] => Flight::NotTls,
    }
}

/// The version of a ServerHello: TLS 1.3 hides in the extension supported_versions (RFC 8446, 4.2.1).
fn hello_version(hello: &[u8]) -> Option<TlsVersion> {
    const SUPPORTED_VERSIONS: u16 = 43;
    let [0x02, high, middle, low, body @ ..] = hello else { return None };
    // Other messages may follow in the same record.
    let length = usize::from(*high) << 16 | usize::from(*middle) << 8 | usize::from(*low);
    let body = body.get(..length).unwrap_or(body);
    let (version, body) = number(body)?;
    let body = body.get(32..)?;
    let (session, body) = body.split_first()?;
    // The session, the cipher and the compression.
    let body = body.get(usize::from(*session) + 3..)?;
    let mut extensions = number(body).map(|(_, rest)| rest).unwrap_or_default();
    while let Some((kind, rest)) = number(extensions) {
        let (length, rest) = number(rest)?;
        if kind == SUPPORTED_VERSIONS {
            return number(rest).map(|(version, _)| TlsVersion::of(version));
        }
        extensions = rest.get(usize::from(length)..)?;
    }
    Some(TlsVersion::of(version))
}

fn number(bytes: &[u8]) -> Option<(u16, &[u8])> {
    let (two, rest) = bytes.split_first_chunk::<2>()?;
    Some((u16::from_be_bytes(*two), rest))
}

/// A handshake that was not completed, as an outcome: from what the server sent first, why nothing more was read (`None`:
/// the library gave up of its own accord), and what the library says.
pub fn handshake_failed(first: &[u8], end: Option<End>, library: String) -> ProbeOutcome {
    const HANDSHAKE_FAILURE: u8 = 40;
    const PROTOCOL_VERSION: u8 = 70;
    const INSUFFICIENT_SECURITY: u8 = 71;
    if let refusal @ ProbeOutcome::TurnedAway(_) = greeting(first, End::Line) {
        return refusal;
    }
    let failure = match first_flight(first) {
        Flight::Alert(PROTOCOL_VERSION) => TlsFailure::TooOld(None),
        Flight::Alert(HANDSHAKE_FAILURE | INSUFFICIENT_SECURITY) => TlsFailure::NothingInCommon,
        Flight::Alert(alert) => TlsFailure::Alert(alert),
        Flight::NotTls => TlsFailure::NotTls(shown(first)),
        Flight::Hello(version) if version < TlsVersion::Tls12 => TlsFailure::TooOld(Some(version)),
        Flight::Nothing | Flight::Hello(_) => match end {
            Some(End::Deadline) if first.is_empty() => return ProbeOutcome::Silent { came: String::new() },
            Some(End::Deadline) => TlsFailure::Stalled,
            Some(End::Closed) => TlsFailure::ClosedByServer,
            Some(End::Line | End::TooLong) | None => TlsFailure::Library(library),
        },
    };
    ProbeOutcome::TlsFailed(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server_hello(version: [u8; 2], extensions: &[u8]) -> Vec<u8> {
        let mut body = version.to_vec();
        body.extend([7; 32]);
        body.extend([1, 9]); // a session of one byte
        body.extend([0x13, 0x01, 0]);
        if !extensions.is_empty() {
            body.extend([0, u8::try_from(extensions.len()).expect("short")]);
            body.extend(extensions);
        }
        let length = u8::try_from(body.len()).expect("short");
        let mut record = vec![0x16, 3, 3, 0, length + 4, 2, 0, 0, length];
        record.extend(body);
        record
    }

    #[test]
    fn the_version_is_read_off_the_wire() {
        let thirteen = server_hello([3, 3], &[0, 51, 0, 1, 5, 0, 43, 0, 2, 3, 4]);
        for (bytes, expected) in [
            (server_hello([3, 0], &[]), TlsVersion::Ssl30),
            (server_hello([3, 1], &[]), TlsVersion::Tls10),
            (server_hello([3, 2], &[]), TlsVersion::Tls11),
            (server_hello([3, 3], &[0, 23, 0, 0]), TlsVersion::Tls12),
            (server_hello([3, 9], &[]), TlsVersion::Unknown(0x0309)),
            (thirteen, TlsVersion::Tls13),
            (
                [server_hello([3, 3], &[0, 23, 0, 0]), b"\x0b\0\x01\0 a certificate".to_vec()].concat(),
                TlsVersion::Tls12,
            ),
            ([server_hello([3, 3], &[]), b"\x0b\0\x01\0 a certificate".to_vec()].concat(), TlsVersion::Tls12),
        ] {
            assert_eq!(first_flight(&bytes), Flight::Hello(expected));
        }
    }

    #[test]
    fn no_beginning_of_a_hello_is_taken_for_something_else() {
        let whole = server_hello([3, 3], &[0, 51, 0, 1, 5, 0, 43, 0, 2, 3, 4]);
        for length in 0..whole.len() {
            let flight = first_flight(&whole[..length]);
            assert!(!matches!(flight, Flight::NotTls | Flight::Alert(_)), "{length}: {flight:?}");
        }
    }

    #[test]
    fn a_handshake_that_failed_says_why() {
        let tls10 = server_hello([3, 1], &[]);
        let tls12 = server_hello([3, 3], &[]);
        let alert = |number| vec![0x15, 3, 1, 0, 2, 2, number];
        let failed = ProbeOutcome::TlsFailed;
        for (first, end, expected) in [
            (alert(70), Some(End::Closed), failed(TlsFailure::TooOld(None))),
            (tls10, None, failed(TlsFailure::TooOld(Some(TlsVersion::Tls10)))),
            (alert(40), None, failed(TlsFailure::NothingInCommon)),
            (alert(71), None, failed(TlsFailure::NothingInCommon)),
            (alert(80), None, failed(TlsFailure::Alert(80))),
            (b"+OK ready\r\n".to_vec(), None, failed(TlsFailure::NotTls("+OK ready".into()))),
            (vec![], Some(End::Closed), failed(TlsFailure::ClosedByServer)),
            (vec![], Some(End::Deadline), ProbeOutcome::Silent { came: String::new() }),
            (vec![0x16, 3, 3], Some(End::Deadline), failed(TlsFailure::Stalled)),
            (tls12, None, failed(TlsFailure::Library("gave up".into()))),
        ] {
            assert_eq!(handshake_failed(&first, end, "gave up".into()), expected, "{first:?}");
        }
    }
}
