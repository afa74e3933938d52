//! Real ports for simulated servers: on loopback, one for each plain port that a protocol is bound to, so that a client
//! can be seen going from a blank screen to a banner, and one for the back end of the server that the shell runs on. A
//! simulated server has no TLS: of its SSL ports those are there that accept and close for want of a certificate. The network
//! of a simulated organisation is this machine; nothing is ever listened to or sent beyond it.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use crate::domain::probe::{Endpoint, Host, Protocol, Security};
use crate::domain::{Component, ProtocolSettings, Service, ServiceState, State};
use crate::shell::protocol::{ProtocolSettingsAnswer, SimulatedPort};
use crate::simulator::format::ScenarioFile;

use super::exchange::Exchange;
use super::follow::{self, Following};

/// A client that says nothing for so long is disconnected.
const CLIENT_TIMEOUT: Duration = Duration::from_secs(30);
/// Longer than it takes to listen again.
const LISTEN_TIMEOUT: Duration = Duration::from_secs(5);
/// Longer than anything a client of these servers has to say, in bytes.
const MAX_INPUT: u64 = 4096;

/// The ports that are open so far.
#[derive(Debug)]
pub(crate) struct Ports {
    open: Arc<Mutex<OpenPorts>>,
    /// The file that others may change, until somebody follows it.
    file: Option<ScenarioFile>,
}

#[derive(Debug)]
struct OpenPorts {
    ports: Vec<Port>,
    /// How long a service takes to follow its component.
    delay: Duration,
}

#[derive(Debug)]
struct Port {
    server: String,
    protocol: Protocol,
    number: u16,
    kind: PortKind,
    at: SocketAddr,
    listener: Arc<SimulatedListener>,
}

/// Which port of a server it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum PortKind {
    /// One of the front end, without TLS.
    Plain,
    /// One of the front end, with TLS from the start and without a certificate for it.
    Tls,
    /// That of the back end.
    BackEnd,
}

/// What a client that connects meets.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Behaviour {
    /// The component is Active: a banner.
    Banner,
    /// An error text, and no more.
    Error(String),
    /// It is not: closed without a banner.
    Closed,
    /// The service does not run: nobody listens.
    Refused,
}

/// What the thread that listens at one port is told, and tells.
#[derive(Debug)]
struct SimulatedListener {
    state: Mutex<ListenerState>,
    changed: Condvar,
}

#[derive(Debug)]
struct ListenerState {
    before: Behaviour,
    now: Behaviour,
    /// From when on `now` is what clients meet.
    from: Instant,
    /// Whether the thread listens.
    open: bool,
}

impl Ports {
    pub(crate) fn new(delay: Duration) -> Self {
        Self { open: Arc::new(Mutex::new(OpenPorts { ports: Vec::new(), delay })), file: None }
    }

    fn opened(&self) -> MutexGuard<'_, OpenPorts> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_delay(&self, delay: Duration) {
        self.opened().delay = delay;
    }

    /// What others change in this file changes what clients meet, too, from the first port on.
    pub(crate) fn follow(&mut self, file: ScenarioFile) {
        self.file = Some(file);
    }

    /// Opens what these settings of a server bind in the clear, and the rest that there is, and adds to them where it is. What
    /// cannot be opened is left out: a client then has nothing to look at.
    pub(crate) fn open(
        &mut self,
        exchange: &Exchange,
        server: &str,
        protocol: &str,
        settings: &mut ProtocolSettingsAnswer,
    ) {
        let protocol = if protocol == "POP3" { Protocol::Pop3 } else { Protocol::Imap4 };
        let Some(known) = exchange.scenario().server(server) else { return };
        let has_certificate = known.has_certificate(settings.certificate_name.as_deref().unwrap_or_default());
        let bound = ProtocolSettings {
            certificate_name: String::new(),
            plain_bindings: settings.plain_bindings.clone(),
            tls_bindings: if has_certificate { Vec::new() } else { settings.tls_bindings.clone() },
        };
        // Only the numbers matter here, not whose they are.
        let host = Host::Address(Ipv4Addr::LOCALHOST.into());
        let front_end = Endpoint::bound(&host, protocol, &bound).into_iter().map(|endpoint| {
            let kind = if endpoint.security == Some(Security::Tls) { PortKind::Tls } else { PortKind::Plain };
            (endpoint.port, kind)
        });
        let is_here = known.is(exchange.scenario().computer());
        let back_end = is_here.then(|| (Endpoint::back_end(host.clone(), protocol).port, PortKind::BackEnd));
        if let Some(file) = self.file.take() {
            let ports = Arc::downgrade(&self.open);
            follow::follow(file, move |file| {
                let Some(ports) = ports.upgrade() else { return Following::Ended };
                // Read only once nobody else changes the ports: they are left as the last one found the file.
                let ports = ports.lock().unwrap_or_else(PoisonError::into_inner);
                // A file that is half written will be read once it is whole.
                if let Ok(Some(scenario)) = file.changed() {
                    ports.update(&Exchange::new(scenario));
                }
                Following::On
            });
        }
        let ports = &mut self.opened().ports;
        for (number, kind) in front_end.chain(back_end) {
            let is_it = |port: &&Port| (port.number, port.protocol) == (number, protocol) && known.is(&port.server);
            let at = match ports.iter().find(is_it) {
                Some(port) => port.at,
                None => {
                    let Ok(port) = Port::open(exchange, &known.name, protocol, number, kind) else { continue };
                    let at = port.at;
                    ports.push(port);
                    at
                }
            };
            let (tls, back_end) = (kind == PortKind::Tls, kind == PortKind::BackEnd);
            settings.simulated_ports.push(SimulatedPort { port: number, at, tls, back_end });
        }
    }

    /// What has changed in the organisation changes what clients meet, after the delay.
    pub(crate) fn update(&self, exchange: &Exchange) {
        self.opened().update(exchange);
    }
}

impl OpenPorts {
    fn update(&self, exchange: &Exchange) {
        for port in &self.ports {
            port.listener.change_to(behaviour(exchange, &port.server, port.protocol, port.kind), self.delay);
        }
    }
}

impl Port {
    fn open(exchange: &Exchange, server: &str, protocol: Protocol, number: u16, kind: PortKind) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let at = socket.local_addr()?;
        let now = behaviour(exchange, server, protocol, kind);
        // Closed before anybody is told of it: nobody listens where the service does not run.
        let socket = (now != Behaviour::Refused).then_some(socket);
        let state = ListenerState { before: now.clone(), now, from: Instant::now(), open: socket.is_some() };
        let listener = Arc::new(SimulatedListener { state: Mutex::new(state), changed: Condvar::new() });
        let listening = Arc::clone(&listener);
        thread::Builder::new().spawn(move || listening.listen(socket, at, protocol))?;
        Ok(Self { server: server.to_owned(), protocol, number, kind, at, listener })
    }
}

impl SimulatedListener {
    fn state(&self) -> MutexGuard<'_, ListenerState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change_to(&self, behaviour: Behaviour, delay: Duration) {
        let mut state = self.state();
        if state.now != behaviour {
            let from = Instant::now() + delay;
            let listens = behaviour != Behaviour::Refused;
            *state = ListenerState { before: state.behaviour(), now: behaviour, from, open: state.open };
            self.changed.notify_all();
            if delay.is_zero() && listens {
                // A service that runs listens.
                let _opened = self.changed.wait_timeout_while(state, LISTEN_TIMEOUT, |state| !state.open);
            }
        }
    }

    /// Serves clients as the state says, for as long as the process lives.
    fn listen(&self, mut socket: Option<TcpListener>, at: SocketAddr, protocol: Protocol) {
        loop {
            let mut state = self.state();
            if state.behaviour() == Behaviour::Refused {
                drop(socket.take());
                state.open = false;
                // Woken when the service starts; the delay passes meanwhile.
                let _woken = self.changed.wait_timeout(state, Duration::from_millis(20));
                continue;
            }
            drop(state);
            let Some(open) = socket.take().or_else(|| TcpListener::bind(at).ok()) else {
                thread::sleep(Duration::from_millis(20));
                continue;
            };
            self.state().open = true;
            self.changed.notify_all();
            let Ok((client, _)) = open.accept() else { continue };
            socket = Some(open);
            match self.state().behaviour() {
                Behaviour::Banner => {
                    // A client that cannot be served meets what it would meet then: a closed connection.
                    let _nobody = thread::Builder::new().spawn(move || serve(client, protocol));
                }
                Behaviour::Error(text) => {
                    let _gone = write!(&client, "{text}\r\n");
                }
                Behaviour::Closed | Behaviour::Refused => drop(client),
            }
        }
    }
}

impl ListenerState {
    fn behaviour(&self) -> Behaviour {
        if Instant::now() < self.from { self.before.clone() } else { self.now.clone() }
    }
}

/// What clients of a server meet.
fn behaviour(exchange: &Exchange, server: &str, protocol: Protocol, kind: PortKind) -> Behaviour {
    let component = match protocol {
        Protocol::Pop3 => Component::POP_PROXY,
        Protocol::Imap4 => Component::IMAP_PROXY,
    };
    let [back_end, front_end] = Service::of(protocol);
    let service = if kind == PortKind::BackEnd { back_end } else { front_end };
    let known = exchange.scenario().server(server);
    let services = known.and_then(|it| it.services()).unwrap_or_default();
    let service = services.into_iter().find(|it| it.name.as_deref() == Some(service.name()));
    let state = service.and_then(|it| it.state).map(|state| ServiceState::parse(&state));
    if state.is_some_and(|state| state != ServiceState::Running) {
        return Behaviour::Refused;
    }
    match kind {
        PortKind::BackEnd => return Behaviour::Banner,
        PortKind::Tls => return Behaviour::Closed,
        PortKind::Plain => {}
    }
    match exchange.read(server, component, true) {
        // A draining proxy still serves.
        Ok(reading) if reading.state != State::Inactive => {
            known.and_then(|it| it.turns_away(component)).map_or(Behaviour::Banner, Behaviour::Error)
        }
        Ok(_) | Err(_) => Behaviour::Closed,
    }
}

/// As much of a mail server as is needed to be looked at.
fn serve(client: TcpStream, protocol: Protocol) -> io::Result<()> {
    client.set_read_timeout(Some(CLIENT_TIMEOUT))?;
    let mut talk = &client;
    let banner = match protocol {
        Protocol::Pop3 => "+OK The Microsoft Exchange POP3 service is ready.\r\n",
        Protocol::Imap4 => "* OK The Microsoft Exchange IMAP4 service is ready.\r\n",
    };
    talk.write_all(banner.as_bytes())?;
    let mut lines = BufReader::new(client.try_clone()?.take(MAX_INPUT));
    let mut line = String::new();
    while lines.read_line(&mut line)? > 0 {
        let words = line.trim().to_ascii_uppercase();
        let (tag, verb) = words.split_once(' ').unwrap_or(("", words.as_str()));
        let (answer, is_last) = match (protocol, verb) {
            (Protocol::Pop3, "CAPA") => ("+OK\r\nTOP\r\nUIDL\r\nSTLS\r\n.\r\n".to_owned(), false),
            (Protocol::Pop3, "QUIT") => ("+OK Microsoft Exchange POP3 server signing off.\r\n".to_owned(), true),
            (Protocol::Pop3, _) => ("-ERR Command is not valid in this state.\r\n".to_owned(), false),
            (Protocol::Imap4, "CAPABILITY") => (
                format!("* CAPABILITY IMAP4 IMAP4rev1 STARTTLS LOGINDISABLED\r\n{tag} OK CAPABILITY completed.\r\n"),
                false,
            ),
            (Protocol::Imap4, "LOGOUT") => (
                format!("* BYE Microsoft Exchange Server IMAP4 server signing off.\r\n{tag} OK LOGOUT completed.\r\n"),
                true,
            ),
            (Protocol::Imap4, _) => (format!("{tag} BAD Command received in Invalid state.\r\n"), false),
        };
        talk.write_all(answer.as_bytes())?;
        if is_last {
            break;
        }
        line.clear();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::exchange::Stores;
    use super::*;
    use crate::simulator::resolve;

    /// The default scenario, and the port of its POP3.
    fn opened(delay: Duration) -> (Exchange, Ports, SocketAddr) {
        let exchange = Exchange::new(resolve(None).unwrap().scenario().clone());
        let mut ports = Ports::new(delay);
        let mut settings = exchange.scenario().server("EX01").unwrap().settings("POP3");
        ports.open(&exchange, "EX01.contoso.local", "POP3", &mut settings);
        let [port, back_end] = &settings.simulated_ports[..] else { panic!("{settings:?}") };
        assert_eq!((port.port, back_end.port, back_end.back_end), (110, 1995, true));
        let at = port.at;
        (exchange, ports, at)
    }

    fn set_active(exchange: &mut Exchange) {
        exchange.write("EX01", Component::POP_PROXY, "HealthApi", "Active", Stores::BOTH).unwrap();
    }

    /// All that a client hears that says good-bye at once.
    fn met(at: SocketAddr) -> String {
        let mut client = TcpStream::connect(at).unwrap();
        let mut heard = String::new();
        // A server that turns away may be gone before this arrives.
        let _cut_off = client.write_all(b"CAPA\r\nQUIT\r\n");
        let _cut_off = client.read_to_string(&mut heard);
        heard
    }

    #[test]
    fn the_banner_follows_the_component() {
        let (mut exchange, ports, at) = opened(Duration::ZERO);
        assert_eq!(met(at), "");
        set_active(&mut exchange);
        ports.update(&exchange);
        let heard = met(at);
        assert!(heard.starts_with("+OK The Microsoft Exchange POP3 service is ready.\r\n"), "{heard}");
        assert!(heard.contains("STLS") && heard.ends_with("signing off.\r\n"), "{heard}");
    }

    #[test]
    fn a_service_that_is_behind_still_cuts_clients_off() {
        let (mut exchange, ports, at) = opened(Duration::from_secs(3600));
        set_active(&mut exchange);
        ports.update(&exchange);
        assert_eq!(met(at), "");
    }

    #[test]
    fn the_same_port_is_listed_each_time() {
        let (exchange, mut ports, at) = opened(Duration::ZERO);
        let mut again = ProtocolSettingsAnswer { plain_bindings: vec!["0.0.0.0:110".to_owned()], ..Default::default() };
        ports.open(&exchange, "ex01", "POP3", &mut again);
        assert_eq!(again.simulated_ports[0], SimulatedPort { port: 110, at, tls: false, back_end: false });
    }
}
