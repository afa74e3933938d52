//! Certificates and keys for servers under test.

#[cfg(not(windows))]
use rcgen::{BasicConstraints, IsCa, Issuer};
use rcgen::{CertificateParams, DnType, KeyPair, date_time_ymd};

/// A certificate with its key.
pub struct Made {
    pub certificate: rcgen::Certificate,
    pub key: KeyPair,
}

fn params(subject: &str, names: &[&str], until: (i32, u8, u8)) -> CertificateParams {
    let mut params = CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).expect("names");
    params.distinguished_name.push(DnType::CommonName, subject);
    params.not_before = date_time_ymd(2020, 1, 1);
    params.not_after = date_time_ymd(until.0, until.1, until.2);
    params
}

/// A self-signed certificate.
pub fn self_signed(subject: &str, names: &[&str], until: (i32, u8, u8)) -> Made {
    let key = KeyPair::generate().expect("a key");
    let certificate = params(subject, names, until).self_signed(&key).expect("a certificate");
    Made { certificate, key }
}

/// A certificate from an authority of its own.
#[cfg(target_os = "linux")]
pub fn issued(subject: &str, names: &[&str], until: (i32, u8, u8)) -> Made {
    let (key, authority) = (KeyPair::generate().expect("a key"), KeyPair::generate().expect("a key"));
    let mut issuer = params("Contoso CA", &[], until);
    issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer = Issuer::new(issuer, authority);
    let certificate = params(subject, names, until).signed_by(&key, &issuer).expect("a certificate");
    Made { certificate, key }
}
