//! TLS behind one function, with one library per system. On Windows it is the system's own (SChannel), because an
//! Exchange 2013 on Windows Server 2012 R2 offers only what rustls has left behind; elsewhere rustls, so that no library
//! has to be installed to build relight.
//!
//! Any certificate is accepted: a probe says what a user meets and sends nothing that would need protection.

#[cfg(not(windows))]
mod rustls;
#[cfg(windows)]
mod schannel;

#[cfg(not(windows))]
pub use rustls::handshake;
#[cfg(windows)]
pub use schannel::handshake;

/// A connection after its handshake.
pub struct Secured<S> {
    /// To talk through.
    pub stream: S,
    /// The server's certificate in DER.
    pub certificate: Option<Vec<u8>>,
}
