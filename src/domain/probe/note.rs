//! What is worth saying about an attempt beside its outcome. None of it makes an attempt fail.

use jiff::Timestamp;

use super::{Attempt, Endpoint, ProbeOutcome, Protocol};

/// With so many days left or fewer, a certificate's end is a warning.
pub const WARN_DAYS: i64 = 14;

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Note {
    /// The address stays within this machine, where an Inactive proxy still answers: the result tells nothing.
    Loopback,
    /// The port speaks this protocol, and the other one was expected.
    OtherProtocol(Protocol),
    /// The certificate has ended, so many days ago.
    Expired(i64),
    /// The certificate ends in so many days.
    ExpiresSoon(i64),
    /// The certificate does not begin before this time.
    NotYetValid(Timestamp),
    /// The certificate names itself as its issuer.
    SelfSigned,
    /// The certificate covers other names than the one asked for.
    NameMismatch,
    /// The certificate could not be read, and why.
    Unreadable(String),
}

/// The remarks about one attempt, as of this time.
pub fn notes(endpoint: &Endpoint, attempt: &Attempt, at: Timestamp) -> Vec<Note> {
    let mut notes = Vec::new();
    if endpoint.is_short_cut(attempt.address) {
        notes.push(Note::Loopback);
    }
    if let (Some(expected), ProbeOutcome::Banner(banner) | ProbeOutcome::TurnedAway(banner)) =
        (endpoint.protocol, &attempt.outcome)
        && banner.protocol != expected
    {
        notes.push(Note::OtherProtocol(banner.protocol));
    }
    match attempt.tls.as_ref().map(|tls| &tls.certificate) {
        None => {}
        Some(Err(why)) => notes.push(Note::Unreadable(why.clone())),
        Some(Ok(certificate)) => {
            let left = certificate.days_left(at);
            if left < 0 {
                notes.push(Note::Expired(-left - 1));
            } else if at < certificate.not_before {
                notes.push(Note::NotYetValid(certificate.not_before));
            } else if left <= WARN_DAYS {
                notes.push(Note::ExpiresSoon(left));
            }
            if !certificate.covers(&endpoint.host) {
                notes.push(Note::NameMismatch);
            }
            if certificate.self_signed {
                notes.push(Note::SelfSigned);
            }
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use core::time::Duration;

    use super::super::{Banner, Certificate, Security, Tls, TlsVersion};
    use super::*;

    #[test]
    fn a_certificate_is_warned_about_from_14_days_and_fails_nothing() {
        let endpoint = Endpoint::parse("ex01.contoso.local:995").expect("an endpoint").remove(0);
        for (until, expected) in [
            ("2026-03-29T00:00:00Z", vec![]),
            ("2026-03-28T00:00:00Z", vec![Note::ExpiresSoon(14)]),
            ("2026-03-14T12:00:00Z", vec![Note::ExpiresSoon(0)]),
            ("2026-03-13T12:00:00Z", vec![Note::Expired(0)]),
            ("2026-03-12T12:00:00Z", vec![Note::Expired(1)]),
        ] {
            let certificate = Certificate {
                subject: "CN=EX01".into(),
                names: vec!["*.contoso.local".into()],
                not_before: "2020-01-01T00:00:00Z".parse().expect("a time"),
                not_after: until.parse().expect("a time"),
                self_signed: false,
            };
            let attempt = attempt("10.0.0.5", Some(Tls { version: TlsVersion::Tls12, certificate: Ok(certificate) }));
            assert_eq!(
                notes(&endpoint, &attempt, "2026-03-14T00:00:00Z".parse().expect("a time")),
                expected,
                "{until}"
            );
        }
    }

    #[test]
    fn loopback_and_the_wrong_protocol_are_said() {
        let endpoint = Endpoint::parse("ex01:143").expect("an endpoint").remove(0);
        let seen = notes(&endpoint, &attempt("127.0.1.1", None), Timestamp::UNIX_EPOCH);
        assert_eq!(seen, [Note::Loopback, Note::OtherProtocol(Protocol::Pop3)]);
    }

    fn attempt(address: &str, tls: Option<Tls>) -> Attempt {
        Attempt {
            address: address.parse().expect("an address"),
            security: Security::Tls,
            outcome: ProbeOutcome::Banner(Banner { protocol: Protocol::Pop3, text: "+OK".into() }),
            starttls: None,
            tls,
            took: Duration::ZERO,
        }
    }
}
