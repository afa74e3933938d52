//! A probe as a document of its own: `relight/probe/1.0`, described by docs/schema/probe-1.0.json. As with the report,
//! every field is always there, null where nothing is known.

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::probe::{
    Attempt, Certificate, Endpoint, Foreign, Host, Miss, Note, ProbeOutcome, ProbeReport, ProbeResult, Protocol, Reach,
    Security, Standing, StartTls, TlsFailure, TlsVersion, notes, reaches_this_machine,
};
use crate::screens;

use super::document::Exit;
use super::whole::ascii;

const SCHEMA: &str = "relight/probe/1.0";

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct ProbeDocument {
    schema: &'static str,
    version: &'static str,
    #[serde(flatten)]
    exit: Exit,
    taken_utc: String,
    deadline_seconds: f64,
    endpoints: Vec<EndpointDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct EndpointDocument {
    host: String,
    port: u16,
    expected_protocol: Option<&'static str>,
    expected_security: Option<&'static str>,
    standing: &'static str,
    unresolved: Option<MissDocument>,
    attempts: Vec<AttemptDocument>,
}

#[derive(Debug, Serialize)]
pub(super) struct MissDocument {
    kind: &'static str,
    message: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct AttemptDocument {
    address: String,
    loopback: bool,
    security: &'static str,
    outcome: &'static str,
    text: String,
    protocol: Option<&'static str>,
    came: Option<String>,
    stranger: Option<&'static str>,
    unreachable: Option<MissDocument>,
    starttls: Option<&'static str>,
    tls: Option<TlsDocument>,
    tls_failure: Option<TlsFailureDocument>,
    took_milliseconds: u64,
    notes: Vec<NoteDocument>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct TlsDocument {
    version: Option<&'static str>,
    certificate: Option<CertificateDocument>,
    certificate_error: Option<String>,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CertificateDocument {
    subject: String,
    names: Vec<String>,
    not_before_utc: String,
    not_after_utc: String,
    days_left: i64,
    self_signed: bool,
    covers_host: bool,
}

#[derive(Debug, Serialize)]
struct TlsFailureDocument {
    kind: &'static str,
    version: Option<&'static str>,
    alert: Option<u8>,
    text: String,
}

#[derive(Debug, Serialize)]
struct NoteDocument {
    kind: &'static str,
    text: String,
}

/// The probe as one JSON document in ASCII.
///
/// # Errors
/// When serialising fails, which no probe is known to bring about.
pub fn probe(report: &ProbeReport, exit: Exit) -> Result<String, serde_json::Error> {
    let document = ProbeDocument {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        exit,
        taken_utc: report.taken.to_string(),
        deadline_seconds: report.deadline.as_secs_f64(),
        endpoints: report.results.iter().map(|result| endpoint(result, report.taken)).collect(),
    };
    Ok(ascii(&serde_json::to_string_pretty(&document)?))
}

fn endpoint(result: &ProbeResult, at: Timestamp) -> EndpointDocument {
    let endpoint = &result.endpoint;
    let unresolved = match &result.reach {
        Reach::Unresolved(why) => Some(miss(why)),
        Reach::Tried(_) => None,
    };
    EndpointDocument {
        host: endpoint.host.to_string(),
        port: endpoint.port,
        expected_protocol: endpoint.protocol.map(protocol),
        expected_security: endpoint.security.map(security),
        standing: standing(result.standing()),
        unresolved,
        attempts: result.attempts().iter().map(|one| attempt(endpoint, one, at)).collect(),
    }
}

fn attempt(endpoint: &Endpoint, attempt: &Attempt, at: Timestamp) -> AttemptDocument {
    let mut document = AttemptDocument {
        address: attempt.address.to_string(),
        loopback: reaches_this_machine(attempt.address),
        security: security(attempt.security),
        outcome: "",
        text: screens::probe_sentence(endpoint, attempt),
        protocol: None,
        came: None,
        stranger: None,
        unreachable: None,
        starttls: attempt.starttls.map(starttls),
        tls: None,
        tls_failure: None,
        took_milliseconds: u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
        notes: Vec::new(),
    };
    document.tls = attempt.tls.as_ref().map(|tls| TlsDocument {
        version: version(tls.version),
        certificate: tls.certificate.as_ref().ok().map(|it| certificate(it, &endpoint.host, at)),
        certificate_error: tls.certificate.as_ref().err().cloned(),
    });
    let remarks = notes(endpoint, attempt, at);
    document.notes = remarks
        .iter()
        .map(|note| NoteDocument { kind: note_kind(note), text: screens::probe_note(note, &endpoint.host) })
        .collect();
    document.outcome = outcome(&attempt.outcome);
    match &attempt.outcome {
        ProbeOutcome::Banner(banner) | ProbeOutcome::TurnedAway(banner) => {
            document.protocol = Some(protocol(banner.protocol));
            document.came = Some(banner.text.clone());
        }
        ProbeOutcome::Closed | ProbeOutcome::Refused => {}
        ProbeOutcome::Silent { came } => document.came = Some(came.clone()),
        ProbeOutcome::Unreachable(why) => document.unreachable = Some(miss(why)),
        ProbeOutcome::TlsFailed(why) => {
            document.tls_failure = Some(failure(why));
            if let TlsFailure::NotTls(came) = why {
                document.came = Some(came.clone());
            }
        }
        ProbeOutcome::Foreign(foreign, came) => {
            document.stranger = Some(stranger(*foreign));
            document.came = Some(came.clone());
        }
    }
    document
}

pub(super) fn outcome(outcome: &ProbeOutcome) -> &'static str {
    match outcome {
        ProbeOutcome::Banner(_) => "banner",
        ProbeOutcome::TurnedAway(_) => "turnedAway",
        ProbeOutcome::Closed => "closedWithoutBanner",
        ProbeOutcome::Silent { .. } => "silent",
        ProbeOutcome::Refused => "refused",
        ProbeOutcome::Unreachable(_) => "unreachable",
        ProbeOutcome::TlsFailed(_) => "tlsFailed",
        ProbeOutcome::Foreign(..) => "notMailProtocol",
    }
}

fn certificate(certificate: &Certificate, host: &Host, at: Timestamp) -> CertificateDocument {
    CertificateDocument {
        subject: certificate.subject.clone(),
        names: certificate.names.clone(),
        not_before_utc: certificate.not_before.to_string(),
        not_after_utc: certificate.not_after.to_string(),
        days_left: certificate.days_left(at),
        self_signed: certificate.self_signed,
        covers_host: certificate.covers(host),
    }
}

fn failure(failure: &TlsFailure) -> TlsFailureDocument {
    let (kind, named, alert) = match failure {
        TlsFailure::TooOld(wanted) => ("tooOld", wanted.and_then(version), None),
        TlsFailure::NothingInCommon => ("nothingInCommon", None, None),
        TlsFailure::Alert(number) => ("alert", None, Some(*number)),
        TlsFailure::NotTls(_) => ("notTls", None, None),
        TlsFailure::ClosedByServer => ("closedByServer", None, None),
        TlsFailure::Stalled => ("stalled", None, None),
        TlsFailure::Library(_) => ("library", None, None),
    };
    TlsFailureDocument { kind, version: named, alert, text: screens::probe_refusal(failure) }
}

pub(super) fn miss(miss: &Miss) -> MissDocument {
    match miss {
        Miss::Deadline => MissDocument { kind: "deadline", message: None },
        Miss::System(why) => MissDocument { kind: "system", message: Some(why.clone()) },
    }
}

pub(super) fn protocol(protocol: Protocol) -> &'static str {
    match protocol {
        Protocol::Pop3 => "pop3",
        Protocol::Imap4 => "imap4",
    }
}

pub(super) fn security(security: Security) -> &'static str {
    match security {
        Security::Plain => "plain",
        Security::Tls => "tls",
    }
}

pub(super) fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Answers => "answers",
        Standing::Dark => "dark",
        Standing::Unproven => "unproven",
    }
}

fn starttls(offer: StartTls) -> &'static str {
    match offer {
        StartTls::Offered => "offered",
        StartTls::NotOffered => "notOffered",
        StartTls::NotTold => "notTold",
    }
}

fn stranger(foreign: Foreign) -> &'static str {
    match foreign {
        Foreign::Http => "http",
        Foreign::Smtp => "smtp",
        Foreign::Ssh => "ssh",
        Foreign::Tls => "tls",
        Foreign::Endless => "endlessLine",
        Foreign::Other => "other",
    }
}

fn version(version: TlsVersion) -> Option<&'static str> {
    match version {
        TlsVersion::Ssl30 => Some("ssl3.0"),
        TlsVersion::Tls10 => Some("tls1.0"),
        TlsVersion::Tls11 => Some("tls1.1"),
        TlsVersion::Tls12 => Some("tls1.2"),
        TlsVersion::Tls13 => Some("tls1.3"),
        TlsVersion::Unknown(_) => None,
    }
}

fn note_kind(note: &Note) -> &'static str {
    match note {
        Note::Loopback => "loopback",
        Note::OtherProtocol(_) => "otherProtocol",
        Note::Expired(_) => "expired",
        Note::ExpiresSoon(_) => "expiresSoon",
        Note::NotYetValid(_) => "notYetValid",
        Note::SelfSigned => "selfSigned",
        Note::NameMismatch => "nameMismatch",
        Note::Unreadable(_) => "unreadable",
    }
}
