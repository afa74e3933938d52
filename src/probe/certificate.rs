//! A certificate as it came over the wire, read into what the domain knows of one. Tolerant: an odd serial number or time
//! is no reason to say nothing.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use jiff::Timestamp;
use x509_cert::certificate::{CertificateInner, Raw, TbsCertificateInner};
use x509_cert::der::asn1::PrintableStringRef;
use x509_cert::der::oid::db::rfc4519::CN;
use x509_cert::der::{Decode, asn1::Utf8StringRef};
use x509_cert::ext::pkix::SubjectAltName;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::name::Name;
use x509_cert::time::Time;

use crate::domain::each_once;
use crate::domain::probe::Certificate;

/// Reads a certificate in DER.
///
/// # Errors
/// Why it cannot be read, in the words of the library.
pub fn read(der: &[u8]) -> Result<Certificate, String> {
    let certificate = decode(der)?;
    let tbs = certificate.tbs_certificate();
    Ok(Certificate {
        subject: tbs.subject().to_string(),
        names: listed(tbs).unwrap_or_else(|| common_names(tbs.subject())),
        not_before: timestamp(&tbs.validity().not_before),
        not_after: timestamp(&tbs.validity().not_after),
        self_signed: tbs.subject() == tbs.issuer(),
    })
}

fn decode(der: &[u8]) -> Result<CertificateInner<Raw>, String> {
    CertificateInner::<Raw>::from_der(der).map_err(|error| error.to_string())
}

/// The names that it lists beside its subject; `None`: it has no such list.
fn listed(tbs: &TbsCertificateInner<Raw>) -> Option<Vec<String>> {
    let (_, SubjectAltName(names)) = tbs.get_extension::<SubjectAltName>().ok().flatten()?;
    Some(names.iter().filter_map(name).collect())
}

/// The names by which Exchange knows a certificate in DER, that of its subject among them, and when it ends, UTC.
///
/// # Errors
/// Why it cannot be read, in the words of the library.
pub fn exchange_names(der: &[u8]) -> Result<(Vec<String>, Timestamp), String> {
    let certificate = decode(der)?;
    let tbs = certificate.tbs_certificate();
    let names = listed(tbs).into_iter().flatten().chain(common_names(tbs.subject()));
    Ok((each_once(names), timestamp(&tbs.validity().not_after)))
}

/// The names that a client can have asked for.
fn name(name: &GeneralName) -> Option<String> {
    match name {
        GeneralName::DnsName(name) => Some(name.as_str().to_owned()),
        GeneralName::IpAddress(bytes) => address(bytes.as_bytes()).map(|address| address.to_string()),
        GeneralName::OtherName(_)
        | GeneralName::Rfc822Name(_)
        | GeneralName::DirectoryName(_)
        | GeneralName::EdiPartyName(_)
        | GeneralName::UniformResourceIdentifier(_)
        | GeneralName::RegisteredId(_) => None,
    }
}

fn address(bytes: &[u8]) -> Option<IpAddr> {
    let v4 = <[u8; 4]>::try_from(bytes).map(|octets| IpAddr::V4(Ipv4Addr::from(octets)));
    v4.or_else(|_| <[u8; 16]>::try_from(bytes).map(|octets| IpAddr::V6(Ipv6Addr::from(octets)))).ok()
}

fn common_names(subject: &Name) -> Vec<String> {
    let parts = subject.iter().filter(|part| part.oid == CN);
    let text = parts.filter_map(|part| {
        let utf8 = Utf8StringRef::try_from(&part.value).map(|text| text.as_str().to_owned());
        utf8.or_else(|_| PrintableStringRef::try_from(&part.value).map(|text| text.as_str().to_owned())).ok()
    });
    text.collect()
}

/// Times run from 1970 to 9999, all of which a timestamp holds.
fn timestamp(time: &Time) -> Timestamp {
    let seconds = i64::try_from(time.to_unix_duration().as_secs()).unwrap_or(i64::MAX);
    Timestamp::from_second(seconds).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use rcgen::{CertificateParams, DnType, IsCa, Issuer, KeyPair, SanType, date_time_ymd};

    use super::*;

    fn params(names: &[&str]) -> CertificateParams {
        let mut params =
            CertificateParams::new(names.iter().map(ToString::to_string).collect::<Vec<_>>()).expect("names");
        params.distinguished_name.push(DnType::CommonName, "EX01");
        params.not_before = date_time_ymd(2025, 1, 2);
        params.not_after = date_time_ymd(2056, 3, 14);
        params
    }

    #[test]
    fn a_certificate_says_for_whom_and_until_when() {
        let mut params = params(&["EX01", "ex01.contoso.local"]);
        params.subject_alt_names.push(SanType::IpAddress("10.0.0.5".parse().expect("an address")));
        params.subject_alt_names.push(SanType::IpAddress("fd00::5".parse().expect("an address")));
        let der = params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate");
        let read = read(der.der()).expect("readable");
        assert_eq!(read.subject, "CN=EX01");
        assert_eq!(read.names, ["EX01", "ex01.contoso.local", "10.0.0.5", "fd00::5"]);
        let names = exchange_names(der.der()).expect("readable");
        assert_eq!(names, (read.names.clone(), read.not_after));
        assert_eq!(read.not_before.to_string(), "2025-01-02T00:00:00Z");
        assert_eq!(read.not_after.to_string(), "2056-03-14T00:00:00Z");
        assert!(read.self_signed);
    }

    #[test]
    fn one_that_lists_no_names_has_that_of_its_subject_and_an_issuer_is_no_self() {
        let (key, ca_key) = (KeyPair::generate().expect("a key"), KeyPair::generate().expect("a key"));
        let mut ca = CertificateParams::default();
        ca.distinguished_name.push(DnType::CommonName, "Contoso CA");
        ca.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
        let der = params(&[]).signed_by(&key, &Issuer::new(ca, ca_key)).expect("a certificate");
        let read = read(der.der()).expect("readable");
        assert_eq!(read.names, ["EX01"]);
        assert!(!read.self_signed);
    }

    #[test]
    fn garbage_is_not_a_certificate() {
        for garbage in [&b""[..], b"\x30", &[0xff; 100]] {
            assert!(read(garbage).is_err() && exchange_names(garbage).is_err());
        }
    }
}
