//! A server's certificate, as far as a client's user meets it. Nothing here decides whether to trust it.

use core::net::IpAddr;

use jiff::Timestamp;

use super::Host;

/// What a certificate says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Certificate {
    /// For whom it was made, for example `CN=EX01`.
    pub subject: String,
    /// The DNS names and addresses it covers; those of the subject where it lists none.
    pub names: Vec<String>,
    /// Valid from, UTC.
    pub not_before: Timestamp,
    /// Valid until, UTC.
    pub not_after: Timestamp,
    /// Whether it names itself as its issuer, as those that Exchange setup makes do.
    pub self_signed: bool,
}

impl Certificate {
    /// Whole days left; negative: so many days ago, counted so that the day it ends on is day 0.
    pub fn days_left(&self, at: Timestamp) -> i64 {
        const DAY: i64 = 86_400;
        (self.not_after.as_second() - at.as_second()).div_euclid(DAY)
    }

    /// Whether it covers a host by the name or address that was asked for.
    pub fn covers(&self, host: &Host) -> bool {
        self.names.iter().any(|name| match host {
            Host::Address(address) => name.parse::<IpAddr>().is_ok_and(|named| named == *address),
            Host::Name(server) => covers(name, server.as_str()),
        })
    }
}

/// Whether a name of a certificate, perhaps `*.contoso.com`, is for this one. `*` stands for one part.
pub fn covers(pattern: &str, name: &str) -> bool {
    let rest = name.split_once('.').map(|(_, rest)| rest);
    let is_below = |domain: &str| rest.is_some_and(|rest| rest.eq_ignore_ascii_case(domain));
    pattern.eq_ignore_ascii_case(name) || pattern.strip_prefix("*.").is_some_and(is_below)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn certificate(names: &[&str]) -> Certificate {
        Certificate {
            subject: "CN=EX01".into(),
            names: names.iter().map(ToString::to_string).collect(),
            not_before: "2026-01-01T00:00:00Z".parse().expect("a time"),
            not_after: "2026-03-14T12:00:00Z".parse().expect("a time"),
            self_signed: true,
        }
    }

    #[test]
    fn names_are_compared_as_clients_do() {
        let it = certificate(&["EX01", "*.contoso.local", "10.0.0.5", "fd00::5"]);
        for (host, expected) in [
            ("ex01", true),
            ("EX01.contoso.local", true),
            ("contoso.local", false),
            ("a.b.contoso.local", false),
            ("ex02", false),
            ("10.0.0.5", true),
            ("10.0.0.6", false),
            ("fd00:0::5", true),
        ] {
            assert_eq!(it.covers(&Host::parse(host).expect(host)), expected, "{host}");
        }
    }

    #[test]
    fn days_are_counted_down_through_zero() {
        for (at, expected) in [
            ("2026-03-01T12:00:00Z", 13),
            ("2026-03-01T11:59:59Z", 13),
            ("2026-03-14T11:00:00Z", 0),
            ("2026-03-14T13:00:00Z", -1),
            ("2026-03-16T11:00:00Z", -2),
        ] {
            assert_eq!(certificate(&[]).days_left(at.parse().expect(at)), expected, "{at}");
        }
    }
}
