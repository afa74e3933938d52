//! What a client meets at a port; and a probe as a document of its own, `relight/probe/1.0`.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::domain::probe::{
    self, Banner, Endpoint, Foreign, Host, Note, ProbeOutcome, ProbeReport, ProbeResult, Protocol, Reach, Security,
    Standing, StartTls, TlsVersion, notes,
};

use super::document::{Exit, text};
use super::left_out::LeftOut;
use super::text::Text;

/// The schema that the document names.
const SCHEMA: &str = "relight/probe/1.0";

/// What clients meet at ports.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct ProbeDocument {
    /// The schema of this document.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The version of relight.
    pub version: &'static str,
    #[serde(flatten)]
    pub exit: Exit,
    /// When the probe began, UTC, by this machine's clock.
    pub taken: Text<Timestamp>,
    /// How long each host was given.
    pub deadline_seconds: f64,
    /// One for each port that was asked about, in that order.
    pub endpoints: Vec<Port>,
    /// Servers that Exchange found, and that have no ports to ask about.
    pub left_out: Vec<LeftOut>,
}

/// A port of a host, and what was seen there.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Port {
    /// The host as it was named: a name or an address.
    pub host: Text<Host>,
    /// The TCP port.
    #[cfg_attr(test, schemars(range(min = 1)))]
    pub port: u16,
    /// What should be spoken there; null: the banner will tell.
    pub expected_protocol: Option<Text<Protocol>>,
    /// How it should begin; null: in the clear, and with TLS if nothing comes.
    pub expected_security: Option<Text<Security>>,
    /// The address of this machine that stands in for it; null where the host is not simulated.
    pub simulated_at: Option<Text<SocketAddr>>,
    /// What the port comes to. served: clients get a banner. notServed: the connection is closed without one.
    pub standing: Text<Standing>,
    /// Why the host's name has no address; null where it has one.
    pub unresolved: Option<Miss>,
    /// Each address, in the order the system gave them.
    pub attempts: Vec<Attempt>,
}

/// One address, tried.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// The address.
    pub address: Text<IpAddr>,
    /// How it was spoken to, in the end.
    pub security: Text<Security>,
    /// What a client meets there.
    pub outcome: OutcomeKind,
    /// The protocol whose form the banner has; null where none came.
    pub protocol: Option<Text<Protocol>>,
    /// What the server said first; null where it said nothing, or that is beside the point.
    pub came: Option<String>,
    /// What answers there instead; null unless the outcome is notMailProtocol.
    pub stranger: Option<Text<Foreign>>,
    /// Why there was no connection; null unless the outcome is unreachable.
    pub unreachable: Option<Miss>,
    /// Whether the server offers to go on with TLS; null where it was not asked.
    pub starttls: Option<Text<StartTls>>,
    /// The TLS handshake; null where there was none, or it was not completed.
    pub tls: Option<Tls>,
    /// Why there was no TLS; null unless the outcome is tlsFailed.
    pub tls_failure: Option<TlsFailure>,
    /// How long it took, up to what decided the outcome.
    pub took_milliseconds: u64,
    /// What is worth a remark. None of it makes an attempt fail.
    #[serde(skip_deserializing)]
    pub notes: Vec<NoteKind>,
}

#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum OutcomeKind {
    Banner,
    TurnedAway,
    ClosedWithoutBanner,
    Silent,
    Refused,
    Unreachable,
    TlsFailed,
    NotMailProtocol,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum NoteKind {
    Loopback,
    OtherProtocol,
    Expired,
    ExpiresSoon,
    NotYetValid,
    SelfSigned,
    NameMismatch,
    Unreadable,
}

/// Why something did not come.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Miss {
    /// deadline: it did not come in time. system: the system says why.
    pub kind: MissKind,
    /// What the system says, in its language; null where it says nothing.
    pub message: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum MissKind {
    Deadline,
    System,
}

/// What a completed TLS handshake showed.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Tls {
    /// The version that both sides agreed on, such as tls1.2.
    pub version: Text<TlsVersion>,
    /// The server's certificate; null where it could not be read.
    pub certificate: Option<Certificate>,
    /// Why the certificate could not be read; null where it could.
    pub certificate_error: Option<String>,
}

/// What a certificate says.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// For whom it was made.
    pub subject: String,
    /// The DNS names and addresses that it covers.
    pub names: Vec<String>,
    /// Valid from, UTC.
    pub not_before: Text<Timestamp>,
    /// Valid until, UTC.
    pub not_after: Text<Timestamp>,
    /// Whether it names itself as its issuer.
    pub self_signed: bool,
}

/// Why there was no TLS.
#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct TlsFailure {
    /// What kind of failure.
    pub kind: TlsFailureKind,
    /// The version that the server wanted; null where it did not say, or that is beside the point.
    pub version: Option<Text<TlsVersion>>,
    /// The number of the alert by which the server refused; null where there was none, or the kind says it all.
    pub alert: Option<u8>,
    /// What the TLS library says; null where it said nothing.
    pub message: Option<String>,
}

#[derive(Debug, Serialize, Deserialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum TlsFailureKind {
    TooOld,
    NothingInCommon,
    Alert,
    NotTls,
    ClosedByServer,
    Stalled,
    Library,
}

/// The probe as one JSON document in ASCII.
///
/// # Errors
/// When serialising fails, which no probe is known to bring about.
pub fn probe(report: &ProbeReport, exit: Exit) -> io::Result<String> {
    text(&ProbeDocument {
        schema: SCHEMA,
        version: env!("CARGO_PKG_VERSION"),
        exit,
        taken: Text(report.taken),
        deadline_seconds: report.deadline.as_secs_f64(),
        endpoints: report.results.iter().map(|result| Port::of(result, report.taken)).collect(),
        left_out: report.left_out.iter().map(LeftOut::from).collect(),
    })
}

impl Port {
    /// `at`: the time for which the remarks are made.
    pub fn of(result: &ProbeResult, at: Timestamp) -> Self {
        let endpoint = &result.endpoint;
        Self {
            host: (&endpoint.host).into(),
            port: endpoint.port,
            expected_protocol: endpoint.protocol.map(Text),
            expected_security: endpoint.security.map(Text),
            simulated_at: endpoint.simulated.map(Text),
            standing: Text(result.standing()),
            unresolved: match &result.reach {
                Reach::Unresolved(why) => Some(why.into()),
                Reach::Tried(_) => None,
            },
            attempts: result.attempts().iter().map(|one| Attempt::of(endpoint, one, at)).collect(),
        }
    }

    pub fn read(self) -> Option<ProbeResult> {
        let attempts = self.attempts.into_iter().map(Attempt::read).collect::<Option<_>>()?;
        Some(ProbeResult {
            endpoint: Endpoint {
                host: self.host.0,
                port: self.port,
                protocol: self.expected_protocol.map(|it| it.0),
                security: self.expected_security.map(|it| it.0),
                simulated: self.simulated_at.map(|it| it.0),
            },
            reach: self.unresolved.map_or(Reach::Tried(attempts), |miss| Reach::Unresolved(miss.read())),
        })
    }
}

impl Attempt {
    fn of(endpoint: &Endpoint, attempt: &probe::Attempt, at: Timestamp) -> Self {
        let mut record = Self {
            address: Text(attempt.address),
            security: Text(attempt.security),
            outcome: OutcomeKind::Refused,
            protocol: None,
            came: None,
            stranger: None,
            unreachable: None,
            starttls: attempt.starttls.map(Text),
            tls: attempt.tls.as_ref().map(Tls::from),
            tls_failure: None,
            took_milliseconds: u64::try_from(attempt.took.as_millis()).unwrap_or(u64::MAX),
            notes: notes(endpoint, attempt, at).iter().map(NoteKind::from).collect(),
        };
        record.outcome = match &attempt.outcome {
            ProbeOutcome::Banner(banner) => record.said(banner, OutcomeKind::Banner),
            ProbeOutcome::TurnedAway(banner) => record.said(banner, OutcomeKind::TurnedAway),
            ProbeOutcome::Closed => OutcomeKind::ClosedWithoutBanner,
            ProbeOutcome::Silent { came } => {
                record.came = Some(came.clone());
                OutcomeKind::Silent
            }
            ProbeOutcome::Refused => OutcomeKind::Refused,
            ProbeOutcome::Unreachable(why) => {
                record.unreachable = Some(why.into());
                OutcomeKind::Unreachable
            }
            ProbeOutcome::TlsFailed(why) => {
                record.tls_failure = Some(why.into());
                if let probe::TlsFailure::NotTls(came) = why {
                    record.came = Some(came.clone());
                }
                OutcomeKind::TlsFailed
            }
            ProbeOutcome::Foreign(foreign, came) => {
                (record.stranger, record.came) = (Some(Text(*foreign)), Some(came.clone()));
                OutcomeKind::NotMailProtocol
            }
        };
        record
    }

    fn said(&mut self, banner: &Banner, kind: OutcomeKind) -> OutcomeKind {
        (self.protocol, self.came) = (Some(Text(banner.protocol)), Some(banner.text.clone()));
        kind
    }

    fn read(self) -> Option<probe::Attempt> {
        let (protocol, came) = (self.protocol, self.came);
        let banner = |came: Option<String>| Some(Banner { protocol: protocol?.0, text: came? });
        let outcome = match self.outcome {
            OutcomeKind::Banner => ProbeOutcome::Banner(banner(came)?),
            OutcomeKind::TurnedAway => ProbeOutcome::TurnedAway(banner(came)?),
            OutcomeKind::ClosedWithoutBanner => ProbeOutcome::Closed,
            OutcomeKind::Silent => ProbeOutcome::Silent { came: came? },
            OutcomeKind::Refused => ProbeOutcome::Refused,
            OutcomeKind::Unreachable => ProbeOutcome::Unreachable(self.unreachable?.read()),
            OutcomeKind::TlsFailed => ProbeOutcome::TlsFailed(self.tls_failure?.read(came)?),
            OutcomeKind::NotMailProtocol => ProbeOutcome::Foreign(self.stranger?.0, came?),
        };
        Some(probe::Attempt {
            address: self.address.0,
            security: self.security.0,
            outcome,
            starttls: self.starttls.map(|it| it.0),
            tls: match self.tls {
                Some(tls) => Some(tls.read()?),
                None => None,
            },
            took: Duration::from_millis(self.took_milliseconds),
        })
    }
}

impl From<&Note> for NoteKind {
    fn from(note: &Note) -> Self {
        match note {
            Note::Loopback => Self::Loopback,
            Note::OtherProtocol(_) => Self::OtherProtocol,
            Note::Expired(_) => Self::Expired,
            Note::ExpiresSoon(_) => Self::ExpiresSoon,
            Note::NotYetValid(_) => Self::NotYetValid,
            Note::SelfSigned => Self::SelfSigned,
            Note::NameMismatch => Self::NameMismatch,
            Note::Unreadable(_) => Self::Unreadable,
        }
    }
}

impl From<&probe::Miss> for Miss {
    fn from(miss: &probe::Miss) -> Self {
        match miss {
            probe::Miss::Deadline => Self { kind: MissKind::Deadline, message: None },
            probe::Miss::System(why) => Self { kind: MissKind::System, message: Some(why.clone()) },
        }
    }
}

impl Miss {
    fn read(self) -> probe::Miss {
        match self.kind {
            MissKind::Deadline => probe::Miss::Deadline,
            MissKind::System => probe::Miss::System(self.message.unwrap_or_default()),
        }
    }
}

impl From<&probe::Tls> for Tls {
    fn from(tls: &probe::Tls) -> Self {
        let certificate = |it: &probe::Certificate| Certificate {
            subject: it.subject.clone(),
            names: it.names.clone(),
            not_before: Text(it.not_before),
            not_after: Text(it.not_after),
            self_signed: it.self_signed,
        };
        Self {
            version: Text(tls.version),
            certificate: tls.certificate.as_ref().ok().map(certificate),
            certificate_error: tls.certificate.as_ref().err().cloned(),
        }
    }
}

impl Tls {
    fn read(self) -> Option<probe::Tls> {
        let certificate = |it: Certificate| probe::Certificate {
            subject: it.subject,
            names: it.names,
            not_before: it.not_before.0,
            not_after: it.not_after.0,
            self_signed: it.self_signed,
        };
        let certificate = match (self.certificate, self.certificate_error) {
            (Some(it), None) => Ok(certificate(it)),
            (None, Some(why)) => Err(why),
            _ => return None,
        };
        Some(probe::Tls { version: self.version.0, certificate })
    }
}

impl From<&probe::TlsFailure> for TlsFailure {
    fn from(failure: &probe::TlsFailure) -> Self {
        let of = |kind| Self { kind, version: None, alert: None, message: None };
        match failure {
            probe::TlsFailure::TooOld(wanted) => Self { version: wanted.map(Text), ..of(TlsFailureKind::TooOld) },
            probe::TlsFailure::NothingInCommon => of(TlsFailureKind::NothingInCommon),
            probe::TlsFailure::Alert(number) => Self { alert: Some(*number), ..of(TlsFailureKind::Alert) },
            probe::TlsFailure::NotTls(_) => of(TlsFailureKind::NotTls),
            probe::TlsFailure::ClosedByServer => of(TlsFailureKind::ClosedByServer),
            probe::TlsFailure::Stalled => of(TlsFailureKind::Stalled),
            probe::TlsFailure::Library(why) => Self { message: Some(why.clone()), ..of(TlsFailureKind::Library) },
        }
    }
}

impl TlsFailure {
    fn read(self, came: Option<String>) -> Option<probe::TlsFailure> {
        Some(match self.kind {
            TlsFailureKind::TooOld => probe::TlsFailure::TooOld(self.version.map(|it| it.0)),
            TlsFailureKind::NothingInCommon => probe::TlsFailure::NothingInCommon,
            TlsFailureKind::Alert => probe::TlsFailure::Alert(self.alert?),
            TlsFailureKind::NotTls => probe::TlsFailure::NotTls(came?),
            TlsFailureKind::ClosedByServer => probe::TlsFailure::ClosedByServer,
            TlsFailureKind::Stalled => probe::TlsFailure::Stalled,
            TlsFailureKind::Library => probe::TlsFailure::Library(self.message?),
        })
    }
}
