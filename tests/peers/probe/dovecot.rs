//! Against dovecot: POP3 and IMAP4, plain with STLS/STARTTLS and with TLS from the start, as users meet them.

use std::fs;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use relight::domain::probe::{Endpoint, Host, ProbeOutcome, Protocol, Security, StartTls, TlsVersion};
use relight::probe::probe_all;
use tempfile::TempDir;

use super::certificates::{Made, self_signed};
use super::{LONG, document, relight};
use crate::support::peer;

crate::trials![
    all_four_ways_to_a_mailbox_are_seen_as_a_client_sees_them: Dovecot,
];

/// A running dovecot, ended with the value.
pub struct Dovecot {
    child: Child,
    _folder: TempDir,
}

/// The ports of one dovecot: those of POP3 and IMAP4, each plain and with TLS.
#[derive(Clone, Copy)]
pub struct Ports {
    pub pop3: u16,
    pub pop3s: u16,
    pub imap: u16,
    pub imaps: u16,
}

impl Dovecot {
    /// Starts dovecot on an address.
    pub fn start(address: IpAddr, ports: Ports, made: &Made) -> Self {
        let program = peer::dovecot().expect("dovecot is installed");
        let folder = TempDir::new().expect("a folder");
        let path = folder.path().to_owned();
        let at = |name: &str| path.join(name);
        fs::write(at("cert.pem"), made.certificate.pem()).expect("written");
        fs::write(at("key.pem"), made.key.serialize_pem()).expect("written");
        fs::write(at("dovecot.conf"), configuration(folder.path(), address, ports)).expect("written");
        let child = Command::new(program)
            .arg("-F")
            .arg("-c")
            .arg(at("dovecot.conf"))
            .stdin(Stdio::null())
            .spawn()
            .expect("dovecot starts");
        let dovecot = Self { child, _folder: folder };
        let begun = Instant::now();
        for port in [ports.pop3, ports.pop3s, ports.imap, ports.imaps] {
            while TcpStream::connect(SocketAddr::new(address, port)).is_err() {
                let log = fs::read_to_string(at("log")).unwrap_or_default();
                assert!(begun.elapsed() < LONG, "dovecot does not listen on {address}:{port}: {log}");
                sleep(Duration::from_millis(20));
            }
        }
        dovecot
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        // It ends its own children when it is asked to end.
        let _asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let _ended = self.child.wait();
    }
}

fn configuration(folder: &Path, address: IpAddr, ports: Ports) -> String {
    let folder = folder.display();
    let account = Command::new("id").arg("-un").output().expect("id runs").stdout;
    let account = String::from_utf8_lossy(&account).trim().to_owned();
    let users = match account.as_str() {
        "root" => String::new(),
        own => format!("default_internal_user = {own}\ndefault_login_user = {own}\n"),
    };
    let listener = |name: &str, port: u16, ssl: &str| {
        format!("  inet_listener {name} {{\n    port = {port}\n    ssl = {ssl}\n  }}\n")
    };
    let login = |service: &str, listeners: [String; 2]| {
        format!("service {service}-login {{\n  chroot =\n{}}}\n", listeners.concat())
    };
    [
        format!("base_dir = {folder}/run\nstate_dir = {folder}/state\nlog_path = {folder}/log\n{users}"),
        format!("listen = {address}\nprotocols = pop3 imap\n"),
        format!("ssl = yes\nssl_cert = <{folder}/cert.pem\nssl_key = <{folder}/key.pem\nssl_min_protocol = TLSv1.2\n"),
        login("pop3", [listener("pop3", ports.pop3, "no"), listener("pop3s", ports.pop3s, "yes")]),
        login("imap", [listener("imap", ports.imap, "no"), listener("imaps", ports.imaps, "yes")]),
        "service anvil {\n  chroot =\n}\nservice stats {\n  chroot =\n}\n".to_owned(),
        "passdb {\n  driver = static\n  args = password=none\n}\n".to_owned(),
    ]
    .concat()
}

/// An address of loopback for this process alone, so that its ports are free.
fn own_address() -> IpAddr {
    let [_, _, high, low] = std::process::id().to_be_bytes();
    IpAddr::V4(Ipv4Addr::new(127, 77, high, low))
}

fn all_four_ways_to_a_mailbox_are_seen_as_a_client_sees_them() {
    let made = self_signed("EX01", &["EX01", "ex01.contoso.local"], (2050, 1, 1));
    let ports = Ports { pop3: 20110, pop3s: 20995, imap: 20143, imaps: 20993 };
    let address = own_address();
    let _dovecot = Dovecot::start(address, ports, &made);
    let expected = [
        (ports.pop3, Protocol::Pop3, Security::Plain),
        (ports.pop3s, Protocol::Pop3, Security::Tls),
        (ports.imap, Protocol::Imap4, Security::Plain),
        (ports.imaps, Protocol::Imap4, Security::Tls),
    ];
    // With and without being told what to expect.
    for told in [true, false] {
        let endpoints = expected.map(|(port, protocol, security)| Endpoint {
            host: Host::Address(address),
            port,
            protocol: told.then_some(protocol),
            security: told.then_some(security),
            simulated: None,
        });
        let time = if told { LONG } else { Duration::from_secs(8) };
        for (result, (port, protocol, security)) in probe_all(&endpoints, time).iter().zip(expected) {
            let [seen] = result.attempts() else { panic!("{result:?}") };
            let ProbeOutcome::Banner(banner) = &seen.outcome else { panic!("port {port}: {seen:?}") };
            assert_eq!((banner.protocol, seen.security), (protocol, security), "port {port}");
            assert!(banner.text.contains("ready"), "{banner:?}");
            match security {
                Security::Plain => assert_eq!((seen.starttls, &seen.tls), (Some(StartTls::Offered), &None)),
                Security::Tls => {
                    let tls = seen.tls.as_ref().expect("a handshake");
                    assert!(tls.version >= TlsVersion::Tls12);
                    let certificate = tls.certificate.as_ref().expect("a certificate");
                    assert_eq!(certificate.subject, "CN=EX01");
                    assert!(certificate.self_signed);
                }
            }
        }
    }
    let places = [ports.pop3, ports.imap].map(|port| format!("{address}:{port}"));
    let (seen, code) = document(&[&places[0], &places[1]]);
    assert_eq!(seen["endpoints"][1]["attempts"][0]["starttls"], "offered");
    assert_eq!(code, 13, "loopback proves nothing");
    relight(&[&places[0]]).says("An Inactive proxy still answers there");
}
