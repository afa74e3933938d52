//! TLS 1.2 and 1.3 by rustls, with ring.

use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned};

use crate::domain::probe::Host;
use crate::probe::wire::Wire;

use super::Secured;

/// Shakes hands with a server of this name.
///
/// # Errors
/// In the words of the library; how the connection ended is told by its watch.
pub fn handshake(
    mut wire: Wire,
    host: &Host,
    address: IpAddr,
) -> io::Result<Secured<StreamOwned<ClientConnection, Wire>>> {
    let provider = Arc::new(ring::default_provider());
    let verifier = Arc::new(AcceptAny(Arc::clone(&provider)));
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let mut connection = ClientConnection::new(Arc::new(config), name(host, address)).map_err(io::Error::other)?;
    while connection.is_handshaking() {
        connection.complete_io(&mut wire)?;
    }
    let certificate = connection.peer_certificates().and_then(|chain| chain.first()).map(|der| der.to_vec());
    Ok(Secured { stream: StreamOwned::new(connection, wire), certificate })
}

/// The name that the server is told; none where the host was named by address, or by letters that TLS cannot carry.
fn name(host: &Host, address: IpAddr) -> ServerName<'static> {
    let named = match host {
        Host::Name(name) => ServerName::try_from(name.as_str().to_owned()).ok(),
        Host::Address(_) => None,
    };
    named.unwrap_or_else(|| ServerName::from(address))
}

/// Takes every certificate and every signature for good.
#[derive(Debug)]
struct AcceptAny(Arc<CryptoProvider>);

impl ServerCertVerifier for AcceptAny {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn verify_tls13_signature(
        &self,
        _message: &[u8],
        _cert: &CertificateDer<'_>,
        _dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Ok(HandshakeSignatureValid::assertion())
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
