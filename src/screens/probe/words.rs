//! The sentences of a probe.

use std::time::Duration;

use crate::domain::probe::{
    Attempt, Certificate, Endpoint, Foreign, Host, Miss, Note, ProbeOutcome, ProbeResult, Protocol, Security, Standing,
    StartTls, TlsFailure, TlsVersion, plain_beside,
};
use crate::screens::kit::time;
use crate::screens::kit::words::count;

/// What goes on while nothing can be shown yet.
pub fn probing(endpoints: &[Endpoint], deadline: Duration) -> String {
    format!("Probing {}, at most {} ...", count(endpoints.len(), "port"), self::duration(deadline))
}

/// `10 s`, `1.5 s`.
pub fn duration(duration: Duration) -> String {
    format!("{} s", duration.as_secs_f64())
}

/// What a port comes to, for one line.
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Served => "answers",
        Standing::NotServed => "no banner",
        Standing::NotKnown => "not known",
    }
}

/// `POP3`, `IMAP4, TLS`, as far as it was expected or shown.
pub fn expected(endpoint: &Endpoint, attempt: Option<&Attempt>) -> String {
    let seen = attempt.and_then(|attempt| match &attempt.outcome {
        ProbeOutcome::Banner(banner) | ProbeOutcome::TurnedAway(banner) => Some(banner.protocol),
        ProbeOutcome::Closed
        | ProbeOutcome::Silent { .. }
        | ProbeOutcome::Refused
        | ProbeOutcome::Unreachable(_)
        | ProbeOutcome::TlsFailed(_)
        | ProbeOutcome::Foreign(..) => None,
    });
    let name = endpoint.protocol.or(seen).map_or("?", Protocol::name);
    match endpoint.security.or_else(|| attempt.map(|attempt| attempt.security)) {
        Some(Security::Tls) => format!("{name}, TLS"),
        Some(Security::Plain) | None => name.to_owned(),
    }
}

/// An outcome, for a table.
pub fn outcome(outcome: &ProbeOutcome) -> &'static str {
    match outcome {
        ProbeOutcome::Banner(_) => "a banner",
        ProbeOutcome::TurnedAway(_) => "turned away",
        ProbeOutcome::Closed => "closed without a banner",
        ProbeOutcome::Silent { .. } => "silence",
        ProbeOutcome::Refused => "refused",
        ProbeOutcome::Unreachable(_) => "unreachable",
        ProbeOutcome::TlsFailed(_) => "TLS failed",
        ProbeOutcome::Foreign(..) => "not a mail protocol",
    }
}

/// An outcome in one sentence. `all`: the ports that were looked at with this one.
pub fn sentence(endpoint: &Endpoint, attempt: &Attempt, all: &[ProbeResult]) -> String {
    if let Some(plain) = plain_beside(endpoint, attempt, all) {
        return format!(
            "accepts and closes, while port {} gives a banner: not an Inactive proxy, but an SSL port without a \
             certificate that fits.",
            plain.endpoint.port
        );
    }
    match &attempt.outcome {
        ProbeOutcome::Banner(banner) => {
            format!("a client gets its banner after {} ms ({}).", attempt.took.as_millis(), banner.protocol.name())
        }
        ProbeOutcome::TurnedAway(banner) => {
            format!(
                "a {} server answers with an error and turns clients away: too many connections, or what it says. That is not \
                 the fault of KB 3025138.",
                banner.protocol.name()
            )
        }
        ProbeOutcome::Closed => {
            let proxy = match endpoint.protocol {
                Some(Protocol::Pop3) => "PopProxy",
                Some(Protocol::Imap4) => "ImapProxy",
                None => "proxy",
            };
            format!(
                "closed without a banner, the blank screen in telnet. That is what an Inactive \
                 {proxy} does (KB 3025138)."
            )
        }
        ProbeOutcome::Silent { came } if came.is_empty() => {
            "connected, but nothing came before the deadline.".to_owned()
        }
        ProbeOutcome::Silent { .. } => "connected, but no whole line came before the deadline.".to_owned(),
        ProbeOutcome::Refused => "refused: nothing listens there.".to_owned(),
        ProbeOutcome::Unreachable(Miss::Deadline) => "unreachable: no answer before the deadline.".to_owned(),
        ProbeOutcome::Unreachable(Miss::System(why)) => format!("unreachable: {why}."),
        ProbeOutcome::TlsFailed(failure) => format!("TLS failed: {}.", refusal(failure)),
        ProbeOutcome::Foreign(foreign, _) => format!("not a mail protocol: {}.", stranger(*foreign)),
    }
}

/// Why there was no TLS, in a fragment.
pub fn refusal(failure: &TlsFailure) -> String {
    match failure {
        TlsFailure::TooOld(None) => "the server offers no TLS 1.2 or newer".to_owned(),
        TlsFailure::TooOld(Some(wanted)) => {
            format!("the server offers no TLS 1.2 or newer (it chose {})", version(*wanted))
        }
        TlsFailure::NothingInCommon => "the server accepts none of the ciphers that were offered".to_owned(),
        TlsFailure::Alert(number) => format!("the server refused with alert {number}"),
        TlsFailure::NotTls(_) => "the server does not speak TLS on this port".to_owned(),
        TlsFailure::ClosedByServer => "the server closed the connection during the handshake".to_owned(),
        TlsFailure::Stalled => "the handshake began and did not end before the deadline".to_owned(),
        TlsFailure::Library(why) => why.clone(),
    }
}

fn stranger(foreign: Foreign) -> &'static str {
    match foreign {
        Foreign::Http => "a web server answers",
        Foreign::Smtp => "an SMTP server answers",
        Foreign::Ssh => "an SSH server answers",
        Foreign::Tls => "it wants TLS first",
        Foreign::Endless => "a line that does not end",
        Foreign::Other => "what came begins like this",
    }
}

/// What the server itself said, where it said something.
pub fn came(outcome: &ProbeOutcome) -> Option<&str> {
    let came = match outcome {
        ProbeOutcome::Banner(banner) | ProbeOutcome::TurnedAway(banner) => &banner.text,
        ProbeOutcome::Silent { came } | ProbeOutcome::Foreign(_, came) => came,
        ProbeOutcome::TlsFailed(TlsFailure::NotTls(came)) => came,
        ProbeOutcome::TlsFailed(
            TlsFailure::TooOld(_)
            | TlsFailure::NothingInCommon
            | TlsFailure::Alert(_)
            | TlsFailure::ClosedByServer
            | TlsFailure::Stalled
            | TlsFailure::Library(_),
        )
        | ProbeOutcome::Closed
        | ProbeOutcome::Refused
        | ProbeOutcome::Unreachable(_) => return None,
    };
    (!came.is_empty()).then_some(came)
}

/// What to do about an outcome.
pub fn advice(endpoint: &Endpoint, attempt: &Attempt, all: &[ProbeResult]) -> Option<&'static str> {
    if plain_beside(endpoint, attempt, all).is_some() {
        return Some(
            "See X509CertificateName of Get-PopSettings or Get-ImapSettings, and with Get-ExchangeCertificate whether one \
             is for that name, has not ended, and is enabled for the service.",
        );
    }
    match &attempt.outcome {
        ProbeOutcome::Banner(_) => None,
        ProbeOutcome::TurnedAway(_) => Some(
            "The limits are MaxConnections and its like of Get-PopSettings and Get-ImapSettings: look again when there are \
             fewer connections.",
        ),
        ProbeOutcome::Closed => Some("relight check shows who set the proxy Inactive."),
        ProbeOutcome::Silent { .. } => Some("See that the service does not hang, or give it more time with --timeout."),
        ProbeOutcome::Refused => {
            Some("The service is not running there; where nobody has enabled it, that is as Exchange is installed.")
        }
        ProbeOutcome::Unreachable(_) => Some("See that the server is up and that no firewall stands in between."),
        ProbeOutcome::TlsFailed(failure) => Some(match failure {
            TlsFailure::TooOld(_) | TlsFailure::NothingInCommon | TlsFailure::ClosedByServer => {
                "Old servers have only what the system's own TLS still speaks: look again from a Windows machine. If that \
                 fails too, see which certificate the service uses."
            }
            TlsFailure::NotTls(_) => "The binding of this port is one without TLS.",
            TlsFailure::Alert(_) | TlsFailure::Library(_) => "See which certificate the service uses.",
            TlsFailure::Stalled => "See that the service does not hang, or give it more time with --timeout.",
        }),
        ProbeOutcome::Foreign(Foreign::Tls, _) => Some("The binding of this port is one with TLS from the start."),
        ProbeOutcome::Foreign(Foreign::Http | Foreign::Smtp | Foreign::Ssh | Foreign::Endless | Foreign::Other, _) => {
            Some("See which program listens on that port.")
        }
    }
}

/// Whether TLS is offered.
pub fn starttls(offer: StartTls, attempt: &Attempt) -> &'static str {
    let imap = matches!(&attempt.outcome, ProbeOutcome::Banner(banner) if banner.protocol == Protocol::Imap4);
    match (offer, imap) {
        (StartTls::Offered, false) => "STLS is offered.",
        (StartTls::Offered, true) => "STARTTLS is offered.",
        (StartTls::NotOffered, false) => "STLS is not offered: what is said here is in the clear.",
        (StartTls::NotOffered, true) => "STARTTLS is not offered: what is said here is in the clear.",
        (StartTls::NotTold, _) => "The server did not tell its capabilities.",
    }
}

/// A version of TLS.
pub fn version(version: TlsVersion) -> String {
    match version {
        TlsVersion::Ssl30 => "SSL 3.0".to_owned(),
        TlsVersion::Tls10 => "TLS 1.0".to_owned(),
        TlsVersion::Tls11 => "TLS 1.1".to_owned(),
        TlsVersion::Tls12 => "TLS 1.2".to_owned(),
        TlsVersion::Tls13 => "TLS 1.3".to_owned(),
        TlsVersion::Unknown(0) => "TLS of unknown version".to_owned(),
        TlsVersion::Unknown(number) => format!("TLS version 0x{number:04x}"),
    }
}

/// `CN=EX01 for EX01 and ex01.contoso.local, until 2027-03-14 12:00:00 UTC`.
pub fn certificate(certificate: &Certificate) -> String {
    const MOST: usize = 8;
    let mut names = certificate.names.iter().take(MOST).cloned().collect::<Vec<_>>();
    if certificate.names.len() > MOST {
        names.push(format!("{} more", certificate.names.len() - MOST));
    }
    let names = if names.is_empty() { "no name".to_owned() } else { crate::screens::kit::words::list(&names) };
    let subject = if certificate.subject.is_empty() { "without a subject" } else { &certificate.subject };
    format!("{subject} for {names}, until {} UTC", time::utc(certificate.not_after))
}

/// A remark, in a sentence that begins in lower case.
pub fn note(note: &Note, host: &Host) -> String {
    match note {
        Note::Loopback => format!(
            "{host} leads back to this machine by its loopback address. An Inactive proxy still answers there, so a banner \
             tells nothing: probe the address of the network, or from another machine."
        ),
        Note::OtherProtocol(seen) => {
            format!("this port was expected to speak another protocol than {}.", seen.name())
        }
        Note::Expired(0) => "the certificate has expired today.".to_owned(),
        Note::Expired(days) => format!("the certificate has expired {} ago.", count_i64(*days)),
        Note::ExpiresSoon(0) => "the certificate expires within a day.".to_owned(),
        Note::ExpiresSoon(days) => format!("the certificate expires in {}.", count_i64(*days)),
        Note::NotYetValid(from) => format!("the certificate is not valid before {} UTC.", time::utc(*from)),
        Note::SelfSigned => "the certificate is self-signed.".to_owned(),
        Note::NameMismatch => format!("the certificate does not cover the name {host}."),
        Note::Unreadable(why) => format!("the certificate could not be read: {why}."),
    }
}

fn count_i64(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

/// That a name has no address.
pub fn unresolved(host: &Host, miss: &Miss) -> String {
    match miss {
        Miss::Deadline => format!("no address for {host} was found before the deadline."),
        Miss::System(why) => format!("the name {host} has no address: {why}."),
    }
}
