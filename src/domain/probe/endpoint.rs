//! Where to look: a host, a port, and what should speak there.

use core::fmt;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::domain::{Component, ProtocolSettings, Server, ServerNameError};

/// The two protocols whose proxies can be Inactive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// Served through `PopProxy`.
    Pop3,
    /// Served through `ImapProxy`.
    Imap4,
}

impl Protocol {
    /// The protocol that a component serves, if it serves one.
    pub fn of(component: &Component) -> Option<Self> {
        match component {
            _ if component.is(Component::POP_PROXY) => Some(Self::Pop3),
            _ if component.is(Component::IMAP_PROXY) => Some(Self::Imap4),
            _ => None,
        }
    }

    /// The name as Exchange writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pop3 => "POP3",
            Self::Imap4 => "IMAP4",
        }
    }

    /// The health sets of Managed Availability that are about it.
    pub fn health_sets(self) -> [&'static str; 3] {
        match self {
            Self::Pop3 => ["POP", "POP.Protocol", "POP.Proxy"],
            Self::Imap4 => ["IMAP", "IMAP.Protocol", "IMAP.Proxy"],
        }
    }

    /// The one whose monitor decides about the component.
    pub fn proxy_health_set(self) -> &'static str {
        let [.., proxy] = self.health_sets();
        proxy
    }

    /// That monitor.
    pub fn proxy_monitor(self) -> &'static str {
        match self {
            Self::Pop3 => "PopProxyTestMonitor",
            Self::Imap4 => "ImapProxyTestMonitor",
        }
    }
}

/// How a connection begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Security {
    /// The banner comes first, in the clear.
    Plain,
    /// A TLS handshake comes first.
    Tls,
}

/// A host as it was named.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Host {
    /// By name.
    Name(Server),
    /// By address.
    Address(IpAddr),
}

impl Host {
    /// Parses a host name, an IPv4 address, or an IPv6 address with or without brackets.
    ///
    /// # Errors
    /// When no host could be called that.
    pub fn parse(text: &str) -> Result<Self, EndpointError> {
        let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        match (bare, bare.unwrap_or(text).parse::<IpAddr>()) {
            (None, Ok(address)) | (Some(_), Ok(address @ IpAddr::V6(_))) => Ok(Self::Address(address)),
            (Some(_), _) => Err(EndpointError::Brackets),
            (None, Err(_)) if text.contains(':') => Err(EndpointError::Colons),
            (None, Err(_)) => Server::parse(text).map(Self::Name).map_err(EndpointError::Name),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Name(name) => name.fmt(f),
            Self::Address(address) => f.pad(&address.to_string()),
        }
    }
}

/// One port of one host, and what is expected there.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Endpoint {
    /// The host as it was named.
    pub host: Host,
    /// The TCP port.
    pub port: u16,
    /// What should be spoken there; `None`: the banner will tell.
    pub protocol: Option<Protocol>,
    /// How it should begin; `None`: in the clear, and with TLS if nothing comes.
    pub security: Option<Security>,
    /// The port of this machine that stands in for it, where the host is simulated.
    pub simulated: Option<SocketAddr>,
}

impl Endpoint {
    /// The ports that POP3 and IMAP4 have by convention, in the order they are shown.
    pub const WELL_KNOWN: [(u16, Protocol, Security); 4] = [
        (110, Protocol::Pop3, Security::Plain),
        (995, Protocol::Pop3, Security::Tls),
        (143, Protocol::Imap4, Security::Plain),
        (993, Protocol::Imap4, Security::Tls),
    ];

    /// A port of a host. What is expected there is known for the well-known ports only.
    pub fn at(host: Host, port: u16) -> Self {
        let known = Self::WELL_KNOWN.into_iter().find(|(number, ..)| *number == port);
        let (protocol, security) = (known.map(|(_, it, _)| it), known.map(|(.., it)| it));
        Self { host, port, protocol, security, simulated: None }
    }

    /// A port of which it is known what should be spoken there.
    pub fn known(host: Host, port: u16, protocol: Protocol, security: Security) -> Self {
        Self { host, port, protocol: Some(protocol), security: Some(security), simulated: None }
    }

    /// Where the front end of a protocol hands its clients to the back end of this host.
    pub fn back_end(host: Host, protocol: Protocol) -> Self {
        let port = match protocol {
            Protocol::Pop3 => 1995,
            Protocol::Imap4 => 1993,
        };
        Self::known(host, port, protocol, Security::Tls)
    }

    /// The ports of a host that these settings bind a protocol to, each once.
    pub fn bound(host: &Host, protocol: Protocol, settings: &ProtocolSettings) -> Vec<Self> {
        let bindings = [(Security::Plain, &settings.plain_bindings), (Security::Tls, &settings.tls_bindings)];
        let mut bound = Vec::new();
        for (security, bindings) in bindings {
            // `0.0.0.0:110`, `[::]:110`
            for port in bindings.iter().filter_map(|binding| binding.trim().rsplit_once(':')?.1.parse().ok()) {
                let endpoint = Self::known(host.clone(), port, protocol, security);
                if port > 0 && !bound.contains(&endpoint) {
                    bound.push(endpoint);
                }
            }
        }
        bound
    }

    /// Whether an answer from this address tells nothing about clients elsewhere.
    pub fn is_short_cut(&self, address: IpAddr) -> bool {
        self.simulated.is_none() && reaches_this_machine(address)
    }

    /// The four well-known ports of a host.
    pub fn usual(host: &Host) -> Vec<Self> {
        Self::WELL_KNOWN.iter().map(|(port, ..)| Self::at(host.clone(), *port)).collect()
    }

    /// Parses `HOST`, which means its four well-known ports, or `HOST:PORT`. An IPv6 address before a port stands in
    /// brackets.
    ///
    /// # Errors
    /// When the host or the port could not exist.
    pub fn parse(text: &str) -> Result<Vec<Self>, EndpointError> {
        let parted = match text.rsplit_once(':') {
            Some((host, port)) if !host.contains(':') || host.ends_with(']') => Some((host, port)),
            Some(_) | None => None,
        };
        match parted {
            None => Ok(Self::usual(&Host::parse(text)?)),
            Some((host, port)) => {
                let number = port.parse::<u16>().ok().filter(|number| *number > 0).ok_or(EndpointError::Port)?;
                Ok(vec![Self::at(Host::parse(host)?, number)])
            }
        }
    }
}

/// Why a text is neither `HOST` nor `HOST:PORT`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    /// Not a host name.
    #[error(transparent)]
    Name(ServerNameError),
    /// Not a port.
    #[error("a port is a number from 1 to 65535")]
    Port,
    /// Something else than an IPv6 address in brackets.
    #[error("only an IPv6 address, without a zone, stands in brackets")]
    Brackets,
    /// Several colons that make no IPv6 address.
    #[error("this is neither a host name nor an IPv6 address")]
    Colons,
}

/// Whether a connection to this address stays within this machine and arrives as one from it: loopback, also as IPv6
/// writes IPv4, and the unspecified address, which systems take for it. Exchange answers there although a proxy is
/// Inactive.
pub fn reaches_this_machine(address: IpAddr) -> bool {
    let v4 = |address: Ipv4Addr| address.is_loopback() || address.is_unspecified();
    let v6 = |address: Ipv6Addr| address.is_loopback() || address.is_unspecified();
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address) || address.to_ipv4_mapped().is_some_and(v4),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_alone_means_its_four_well_known_ports() {
        for (text, host) in [
            ("ex01.contoso.local", "ex01.contoso.local"),
            ("10.0.0.5", "10.0.0.5"),
            ("fd00::5", "fd00::5"),
            ("[fd00::5]", "fd00::5"),
            ("::1", "::1"),
        ] {
            let endpoints = Endpoint::parse(text).expect(text);
            assert_eq!(endpoints.iter().map(|it| it.port).collect::<Vec<_>>(), [110, 995, 143, 993], "{text}");
            assert!(endpoints.iter().all(|it| it.host.to_string() == host), "{text}");
            assert!(endpoints.iter().all(|it| it.protocol.is_some() && it.security.is_some()), "{text}");
        }
    }

    #[test]
    fn a_port_says_what_to_expect_only_where_it_is_well_known() {
        for (text, host, port, protocol, security) in [
            ("EX01:995", "EX01", 995, Some(Protocol::Pop3), Some(Security::Tls)),
            ("EX01:1110", "EX01", 1110, None, None),
            ("10.0.0.5:143", "10.0.0.5", 143, Some(Protocol::Imap4), Some(Security::Plain)),
            ("[fd00::5]:993", "fd00::5", 993, Some(Protocol::Imap4), Some(Security::Tls)),
        ] {
            let endpoints = Endpoint::parse(text).expect(text);
            let [one] = endpoints.as_slice() else { panic!("{text}: {endpoints:?}") };
            let seen = (one.host.to_string(), one.port, one.protocol, one.security);
            assert_eq!(seen, (host.to_owned(), port, protocol, security), "{text}");
        }
    }

    #[test]
    fn what_could_not_exist_is_said() {
        for (text, why) in [
            ("", EndpointError::Name(ServerNameError::Empty)),
            (":110", EndpointError::Name(ServerNameError::Empty)),
            ("EX01:", EndpointError::Port),
            ("EX01:0", EndpointError::Port),
            ("EX01:65536", EndpointError::Port),
            ("EX01:pop", EndpointError::Port),
            ("[EX01]:110", EndpointError::Brackets),
            ("[10.0.0.5]:110", EndpointError::Brackets),
            ("[fe80::1%eth0]", EndpointError::Brackets),
            ("a:b:c", EndpointError::Colons),
            ("EX01 :110", EndpointError::Name(ServerNameError::Character(' '))),
        ] {
            assert_eq!(Endpoint::parse(text), Err(why), "{text:?}");
        }
    }

    #[test]
    fn bindings_tell_the_ports_of_a_protocol() {
        let host = Host::parse("EX01").expect("a name");
        let settings = |plain: &[&str], tls: &[&str]| ProtocolSettings {
            certificate_name: String::new(),
            plain_bindings: plain.iter().map(ToString::to_string).collect(),
            tls_bindings: tls.iter().map(ToString::to_string).collect(),
        };
        let ports = |settings: &ProtocolSettings| {
            let bound = Endpoint::bound(&host, Protocol::Pop3, settings);
            bound.iter().map(|it| (it.port, it.security == Some(Security::Tls))).collect::<Vec<_>>()
        };
        let usual = settings(&["[::]:110", "0.0.0.0:110"], &["[::]:995", "0.0.0.0:995"]);
        assert_eq!(ports(&usual), [(110, false), (995, true)]);
        assert_eq!(ports(&settings(&[], &["192.168.1.5:9995 "])), [(9995, true)]);
        assert_eq!(ports(&settings(&["0.0.0.0", "0.0.0.0:0", "0.0.0.0:pop"], &[])), []);
    }

    #[test]
    fn loopback_is_known_in_all_its_spellings() {
        for (address, expected) in [
            ("127.0.0.1", true),
            ("127.0.1.1", true),
            ("::1", true),
            ("::ffff:127.0.0.1", true),
            ("0.0.0.0", true),
            ("::", true),
            ("10.0.0.5", false),
            ("::ffff:10.0.0.5", false),
            ("fe80::1", false),
            ("169.254.1.1", false),
        ] {
            assert_eq!(reaches_this_machine(address.parse().expect(address)), expected, "{address}");
        }
    }
}
