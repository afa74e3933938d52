//! What a client sees at a POP3 or IMAP4 port: where it was looked for, what came, and what that says. Values and rules
//! only; addresses are those of `core::net`, which knows no socket.

mod certificate;
mod endpoint;
mod greeting;
mod note;
mod outcome;
mod report;
mod tls;

pub use certificate::{Certificate, covers};
pub use endpoint::{Endpoint, EndpointError, Host, Protocol, Security, reaches_this_machine};
pub use greeting::{End, capabilities, ends_capabilities, greeting, shown};
pub use note::{Note, WARN_DAYS, notes};
pub use outcome::{Attempt, Banner, Foreign, Miss, ProbeOutcome, StartTls, Tls, TlsFailure, TlsVersion};
pub use report::{ProbeReport, ProbeResult, Reach, Standing, plain_beside};
pub use tls::{Flight, first_flight, handshake_failed};
