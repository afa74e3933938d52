//! A peer that does as it is told with every connection, on an address of this machine alone.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// Where connections are accepted, until the tests are over.
pub struct Peer {
    pub address: SocketAddr,
    heard: Arc<Mutex<Vec<Vec<u8>>>>,
}

impl Peer {
    /// A peer on 127.0.0.1.
    pub fn new(behaviour: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::at((IpAddr::V4(Ipv4Addr::LOCALHOST), 0).into(), behaviour)
    }

    /// A peer on ::1.
    pub fn v6(behaviour: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        Self::at((IpAddr::V6(Ipv6Addr::LOCALHOST), 0).into(), behaviour)
    }

    pub fn at(address: SocketAddr, behaviour: impl Fn(&mut TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind(address).unwrap_or_else(|error| panic!("{address}: {error}"));
        let address = listener.local_addr().expect("an address");
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (behaviour, ears) = (Arc::new(behaviour), Arc::clone(&heard));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.expect("a connection");
                let (behaviour, ears) = (Arc::clone(&behaviour), Arc::clone(&ears));
                thread::spawn(move || {
                    behaviour(&mut stream);
                    // What the client said and was not answered is heard too, before the connection is closed.
                    let _nonblocking = stream.set_nonblocking(true);
                    let mut rest = Vec::new();
                    let _would_block = stream.read_to_end(&mut rest);
                    ears.lock().expect("whole").push(rest);
                });
            }
        });
        Self { address, heard }
    }

    /// A mail server that talks: a line when the connection begins, then one answer for each line it gets, which is kept.
    pub fn mail(
        greeting: &'static str,
        answers: &'static [(&'static str, &'static str)],
    ) -> (Self, Arc<Mutex<String>>) {
        let said = Arc::new(Mutex::new(String::new()));
        let ears = Arc::clone(&said);
        let peer = Self::new(move |stream| mail(stream, greeting, answers, &ears));
        (peer, said)
    }

    /// How many connections are over.
    pub fn over(&self) -> usize {
        self.heard.lock().expect("whole").len()
    }
}

/// A mail server's side of a conversation.
pub fn mail(stream: &mut (impl Read + Write), greeting: &str, answers: &[(&str, &str)], ears: &Mutex<String>) {
    let _gone = stream.write_all(greeting.as_bytes()).and_then(|()| stream.flush());
    let (mut line, mut byte) = (String::new(), [0]);
    while let Ok(1) = stream.read(&mut byte) {
        line.push(char::from(byte[0]));
        if byte[0] == b'\n' {
            ears.lock().expect("whole").push_str(&line);
            let answer = answers.iter().find(|(ask, _)| line.trim_end() == *ask).map_or("?\r\n", |(_, answer)| answer);
            let _gone = stream.write_all(answer.as_bytes()).and_then(|()| stream.flush());
            if ["QUIT", "a2 LOGOUT"].contains(&line.trim_end()) {
                return;
            }
            line.clear();
        }
    }
}

/// Keeps the connection open without a word until the client goes.
pub fn wait_for_the_end(stream: &mut TcpStream) {
    let mut sink = [0; 1 << 10];
    while matches!(stream.read(&mut sink), Ok(1..)) {}
}

/// Reads what a client sends first: a whole TLS hello fits.
pub fn hear(stream: &mut TcpStream) -> Vec<u8> {
    let mut buffer = vec![0; 4 << 10];
    let read = stream.read(&mut buffer).unwrap_or_default();
    buffer.truncate(read);
    buffer
}
