//! What is set for POP3 or IMAP4 on a server (`Get-PopSettings`, `Get-ImapSettings`).

/// What is set for a protocol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProtocolSettings {
    /// `X509CertificateName`; empty: none.
    pub certificate_name: String,
    /// `UnencryptedOrTLSBindings`, such as `0.0.0.0:110`.
    pub plain_bindings: Vec<String>,
    /// `SSLBindings`, such as `0.0.0.0:995`.
    pub tls_bindings: Vec<String>,
}
