//! A TCP connection that keeps a deadline over all its reads and writes, remembers the first bytes that came, and takes
//! no more than a fixed number of them. A peer that sends one byte a second, or ten million at once, gains nothing.

use std::cell::{Cell, RefCell};
use std::io::{self, ErrorKind, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::rc::Rc;
use std::time::{Duration, Instant};

use crate::domain::probe::End;

/// Bytes that are kept for a look at how the peer began: a ServerHello is at most a few hundred.
const KEPT: usize = 1 << 10;
/// Bytes that are taken in all: a handshake with long chains and a long list of capabilities are below 64 KiB.
const MOST: usize = 256 << 10;

/// The connection.
#[derive(Debug)]
pub struct Wire {
    stream: TcpStream,
    watch: Rc<Watch>,
}

/// What outlives the connection's move into a TLS library.
#[derive(Debug)]
pub struct Watch {
    deadline: Cell<Instant>,
    first: RefCell<Vec<u8>>,
    taken: Cell<usize>,
    end: Cell<Option<End>>,
}

impl Watch {
    fn until(deadline: Instant) -> Self {
        Self { deadline: Cell::new(deadline), first: RefCell::default(), taken: Cell::default(), end: Cell::default() }
    }

    /// Why the connection gave no more, if the peer or the clock ended it: a TLS library tells that in words of its own.
    pub fn end(&self) -> Option<End> {
        self.end.get()
    }

    /// What ended it first counts; what comes of that later does not.
    fn note(&self, end: Option<End>) {
        self.end.set(self.end.get().or(end));
    }

    /// The first bytes that came.
    pub fn first(&self) -> Vec<u8> {
        self.first.borrow().clone()
    }

    /// Ends all waiting after this time, if that is before the deadline.
    pub fn hurry(&self, within: Duration) {
        self.deadline.set(self.deadline.get().min(later(Instant::now(), within)));
    }
}

impl Wire {
    /// Connects before the deadline, and keeps it from then on.
    pub fn connect(address: SocketAddr, deadline: Instant) -> io::Result<Self> {
        let stream = TcpStream::connect_timeout(&address, left(deadline)?)?;
        Ok(Self { stream, watch: Rc::new(Watch::until(deadline)) })
    }

    /// What outlives the connection.
    pub fn watch(&self) -> Rc<Watch> {
        Rc::clone(&self.watch)
    }
}

/// So much later; where no clock goes so far, a day.
pub fn later(than: Instant, by: Duration) -> Instant {
    than.checked_add(by).unwrap_or_else(|| than + Duration::from_secs(24 * 60 * 60))
}

/// The time that is left, or the error that none is.
fn left(deadline: Instant) -> io::Result<Duration> {
    let left = deadline.saturating_duration_since(Instant::now());
    // A system's timeout of zero is none at all.
    if left.is_zero() { Err(ErrorKind::TimedOut.into()) } else { Ok(left.max(Duration::from_millis(1))) }
}

/// Systems tell a timeout in two ways.
fn timely(error: io::Error) -> io::Error {
    if error.kind() == ErrorKind::WouldBlock { ErrorKind::TimedOut.into() } else { error }
}

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.receive(buffer);
        match &read {
            Ok(0) if !buffer.is_empty() => self.watch.note(Some(End::Closed)),
            Ok(_) => {}
            Err(error) => self.watch.note(ended(error)),
        }
        read
    }
}

impl Write for Wire {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let written = self.send(buffer);
        if let Err(error) = &written {
            self.watch.note(ended(error));
        }
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        self.stream.flush()
    }
}

impl Wire {
    fn receive(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let room = MOST - self.watch.taken.get();
        if room == 0 {
            return Err(io::Error::new(ErrorKind::FileTooLarge, "the peer sends more than anything a probe asks for"));
        }
        self.stream.set_read_timeout(Some(left(self.watch.deadline.get())?))?;
        let length = buffer.len().min(room);
        let into = buffer.get_mut(..length).unwrap_or_default();
        let read = self.stream.read(into).map_err(timely)?;
        self.watch.taken.set(self.watch.taken.get() + read);
        let mut first = self.watch.first.borrow_mut();
        let missing = KEPT - first.len();
        first.extend(into.iter().take(read.min(missing)));
        Ok(read)
    }

    fn send(&mut self, buffer: &[u8]) -> io::Result<usize> {
        self.stream.set_write_timeout(Some(left(self.watch.deadline.get())?))?;
        self.stream.write(buffer).map_err(timely)
    }
}

/// Why a connection gave no more, if the peer or the clock ended it; `None`: something else went wrong.
pub fn ended(error: &io::Error) -> Option<End> {
    use ErrorKind as Kind;
    let kind = error.kind();
    if matches!(kind, Kind::TimedOut | Kind::WouldBlock) {
        Some(End::Deadline)
    } else if matches!(kind, Kind::FileTooLarge) {
        Some(End::TooLong)
    } else if matches!(
        kind,
        Kind::UnexpectedEof | Kind::ConnectionReset | Kind::ConnectionAborted | Kind::BrokenPipe | Kind::NotConnected
    ) {
        Some(End::Closed)
    } else {
        None
    }
}

#[cfg(test)]
impl Watch {
    /// A watch over nothing.
    pub fn for_tests() -> Self {
        Self::until(Instant::now())
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    #[test]
    fn a_wire_remembers_how_it_ended_whatever_becomes_of_the_error() {
        let listener = TcpListener::bind(("127.0.0.1", 0)).expect("a port");
        let connect = || {
            let deadline = Instant::now() + Duration::from_secs(10);
            let wire = Wire::connect(listener.local_addr().expect("an address"), deadline).expect("a connection");
            (wire, listener.accept().expect("a peer").0)
        };
        let (mut closed, peer) = connect();
        drop(peer);
        assert_eq!(
            (closed.watch().end(), closed.read(&mut [0; 9]).ok(), closed.watch().end()),
            (None, Some(0), Some(End::Closed))
        );
        closed.watch().hurry(Duration::ZERO);
        closed.read(&mut [0; 9]).expect_err("the time is over");
        assert_eq!(closed.watch().end(), Some(End::Closed), "the first counts");

        let (mut silent, _peer) = connect();
        silent.watch().hurry(Duration::from_millis(20));
        silent.read(&mut [0; 9]).expect_err("nothing came");
        assert_eq!(silent.watch().end(), Some(End::Deadline));
    }
}
