//! What a probe of many ports costs, as ratios within one run: four healthy ports beside the slowest of them alone, two
//! hundred silent ports beside one deadline, and the growth of the heap against a line of ten megabytes, counted by the
//! allocator itself. All peers are threads of this process on 127.0.0.1. Run it with `cargo bench --bench probe`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

mod counting;

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    sync::{Arc, atomic::Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use counting::{IN_USE, PEAK};
use relight::domain::probe::{Endpoint, Host, ProbeOutcome, Protocol, Security};
use relight::probe::probe_all;
use rustls::{ServerConfig, ServerConnection, StreamOwned, crypto::ring, pki_types::PrivateKeyDer};

/// What a healthy server needs before its banner: Exchange takes about as long from the same site.
const THINKS: Duration = Duration::from_millis(50);
/// The deadline that silent ports run into.
const DEADLINE: Duration = Duration::from_secs(1);
const ROUNDS: usize = 21;
const SILENT: usize = 200;

fn main() {
    let healthy = healthy_ratio();
    println!("4 healthy ports / the slowest one alone   {healthy:>6.2} x  (below 1.5 wanted)");
    let silent = silent_ratio();
    println!("{SILENT} silent ports / one deadline            {silent:>6.2} x  (below 1.2 wanted)");
    let growth = growth();
    println!("10 MB without a line, heap growth         {growth:>6} B  (below 65536 wanted)");
    assert!(healthy < 1.5 && silent < 1.2 && growth < 64 << 10, "a figure is not met");
}

/// The median of the rounds.
fn healthy_ratio() -> f64 {
    let tls = tls();
    let plain = |protocol| (serve(move |stream| banner(stream, protocol)), protocol, Security::Plain);
    let secured = |protocol| {
        let tls = Arc::clone(&tls);
        let behave = move |stream: &mut TcpStream| {
            let connection = ServerConnection::new(Arc::clone(&tls)).expect("a server");
            banner(&mut StreamOwned::new(connection, stream), protocol);
        };
        (serve(behave), protocol, Security::Tls)
    };
    let four = [plain(Protocol::Pop3), secured(Protocol::Pop3), plain(Protocol::Imap4), secured(Protocol::Imap4)];
    let endpoints = four.map(|(address, protocol, security)| endpoint(address, protocol, security));
    let mut ratios = Vec::new();
    for _ in 0..ROUNDS {
        let alone = endpoints.iter().map(|one| time(std::slice::from_ref(one))).fold(0.0, f64::max);
        ratios.push(time(&endpoints) / alone);
    }
    ratios.sort_by(f64::total_cmp);
    ratios[ROUNDS / 2]
}

fn time(endpoints: &[Endpoint]) -> f64 {
    let began = Instant::now();
    let results = probe_all(endpoints, Duration::from_secs(60));
    let took = began.elapsed().as_secs_f64();
    for result in results {
        assert!(matches!(result.attempts()[0].outcome, ProbeOutcome::Banner(_)), "{result:?}");
    }
    took
}

/// The worst of three.
fn silent_ratio() -> f64 {
    let endpoints = (0..SILENT).map(|_| endpoint(serve(wait), Protocol::Pop3, Security::Plain)).collect::<Vec<_>>();
    let once = || {
        let began = Instant::now();
        let results = probe_all(&endpoints, DEADLINE);
        let took = began.elapsed().as_secs_f64();
        for result in results {
            assert!(matches!(result.attempts()[0].outcome, ProbeOutcome::Silent { .. }), "{result:?}");
        }
        took / DEADLINE.as_secs_f64()
    };
    (0..3).map(|_| once()).fold(0.0, f64::max)
}

fn growth() -> usize {
    let flood = serve(|stream| {
        // On the stack: what the peer needs is not counted.
        let chunk = [b'x'; 16 << 10];
        for _ in 0..640 {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
    });
    let endpoints = [endpoint(flood, Protocol::Pop3, Security::Plain)];
    let before = IN_USE.load(Relaxed);
    PEAK.store(before, Relaxed);
    let results = probe_all(&endpoints, Duration::from_secs(60));
    let growth = PEAK.load(Relaxed).saturating_sub(before);
    assert!(matches!(results[0].attempts()[0].outcome, ProbeOutcome::Foreign(..)), "{results:?}");
    growth
}

fn endpoint(address: SocketAddr, protocol: Protocol, security: Security) -> Endpoint {
    let host = Host::Address(address.ip());
    Endpoint::known(host, address.port(), protocol, security)
}

fn serve(behave: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port");
    let address = listener.local_addr().expect("an address");
    let behave = Arc::new(behave);
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (mut stream, behave) = (stream.expect("a connection"), Arc::clone(&behave));
            thread::spawn(move || behave(&mut stream));
        }
    });
    address
}

fn wait(stream: &mut TcpStream) {
    while matches!(stream.read(&mut [0; 64]), Ok(1..)) {}
}

/// A mail server that thinks before its banner, and answers at once after it.
fn banner(stream: &mut (impl Read + Write), protocol: Protocol) {
    thread::sleep(THINKS);
    let (banner, list) = match protocol {
        Protocol::Pop3 => ("+OK ready\r\n", "+OK\r\nSTLS\r\n.\r\n"),
        Protocol::Imap4 => ("* OK ready\r\n", "* CAPABILITY IMAP4rev1 STARTTLS\r\na1 OK\r\n"),
    };
    let say = |stream: &mut dyn Write, text: &str| {
        let _gone = stream.write_all(text.as_bytes()).and_then(|()| stream.flush());
    };
    say(stream, banner);
    let mut buffer = [0; 256];
    while let Ok(read @ 1..) = stream.read(&mut buffer) {
        let heard = String::from_utf8_lossy(&buffer[..read]).into_owned();
        if heard.contains("QUIT") || heard.contains("LOGOUT") {
            say(stream, "+OK bye\r\n");
            return;
        }
        say(stream, list);
    }
}

fn tls() -> Arc<ServerConfig> {
    let made = rcgen::generate_simple_self_signed(vec!["ex01.contoso.local".to_owned()]).expect("a certificate");
    let key = PrivateKeyDer::Pkcs8(made.signing_key.serialize_der().into());
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .expect("a certificate");
    Arc::new(config)
}
