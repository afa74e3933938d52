//! What came of trying one address.

use core::net::IpAddr;
use core::time::Duration;

use super::{Certificate, Protocol, Security};

/// What a client meets at one address and port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProbeOutcome {
    /// A server that is ready: `+OK` or `* OK`.
    Banner(Banner),
    /// A mail server that says it will not serve this connection, such as one with too many: `-ERR` or `* BYE`. No sign of an
    /// Inactive proxy, which says nothing.
    TurnedAway(Banner),
    /// Connected, and closed again without a banner: the "blank screen in telnet" of an Inactive proxy.
    Closed,
    /// Connected, and no whole line came within the deadline.
    Silent {
        /// What did come; usually nothing.
        came: String,
    },
    /// The machine answers that nothing listens there.
    Refused,
    /// No connection: no answer, or the network says there is no way.
    Unreachable(Miss),
    /// Connected, but there was no TLS to talk through.
    TlsFailed(TlsFailure),
    /// Something answered that speaks neither POP3 nor IMAP4.
    Foreign(Foreign, String),
}

/// The first line of a mail server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Banner {
    /// The protocol whose form it has.
    pub protocol: Protocol,
    /// The line, without its end.
    pub text: String,
}

/// Why something did not come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Miss {
    /// It did not come within the deadline.
    Deadline,
    /// The system says why, in its own words.
    System(String),
}

/// What answers at a mail port that is none, as far as its first bytes tell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// A web server.
    Http,
    /// A server for sending mail.
    Smtp,
    /// A secure shell.
    Ssh,
    /// TLS records where none were asked for.
    Tls,
    /// A line longer than any banner.
    Endless,
    /// Anything else.
    Other,
}

/// Whether a plain port offers to go on with TLS (`STLS`, `STARTTLS`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartTls {
    /// It is among the capabilities.
    Offered,
    /// The capabilities were listed without it.
    NotOffered,
    /// The capabilities were not told.
    NotTold,
}

/// What a completed handshake showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tls {
    /// The version both sides agreed on.
    pub version: TlsVersion,
    /// The server's certificate; why it could not be read, where it could not.
    pub certificate: Result<Certificate, String>,
}

/// One address, tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The address.
    pub address: IpAddr,
    /// How it was spoken to, in the end.
    pub security: Security,
    /// What a client meets there.
    pub outcome: ProbeOutcome,
    /// Whether TLS is offered; `None`: not asked, because there was no banner or TLS was there already.
    pub starttls: Option<StartTls>,
    /// The handshake, where there was one and it was completed.
    pub tls: Option<Tls>,
    /// How long it took, up to what decided the outcome.
    pub took: Duration,
}

/// A version of TLS.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TlsVersion {
    /// SSL 3.0.
    Ssl30,
    /// TLS 1.0.
    Tls10,
    /// TLS 1.1.
    Tls11,
    /// TLS 1.2.
    Tls12,
    /// TLS 1.3.
    Tls13,
    /// A number this version of relight has no name for.
    Unknown(u16),
}

impl TlsVersion {
    /// The version of this number on the wire.
    pub fn of(number: u16) -> Self {
        match number {
            0x0300 => Self::Ssl30,
            0x0301 => Self::Tls10,
            0x0302 => Self::Tls11,
            0x0303 => Self::Tls12,
            0x0304 => Self::Tls13,
            other => Self::Unknown(other),
        }
    }
}

/// Why there was no TLS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TlsFailure {
    /// The server has no version that is still in use; the one it wanted, where it said so.
    TooOld(Option<TlsVersion>),
    /// The server knows none of the ciphers that were offered.
    NothingInCommon,
    /// The server refused with another alert, by its number.
    Alert(u8),
    /// The server does not speak TLS there; what it said instead.
    NotTls(String),
    /// The server closed the connection when it had read the hello, and not before.
    ClosedByServer,
    /// The handshake began and did not come to its end within the deadline.
    Stalled,
    /// The TLS library gave up, in its own words.
    Library(String),
}
