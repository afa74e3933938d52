//! What is said once there is a connection, with or without TLS: the server speaks first, is asked for its capabilities
//! where that tells something, and is left politely. These are all the words there are.

use std::io::{Read, Write};
use std::time::Duration;

use crate::domain::probe::{End, ProbeOutcome, Protocol, StartTls, capabilities, ends_capabilities, greeting, shown};

use super::wire::{Watch, ended};

/// A POP3 line has at most 512 bytes, an IMAP4 greeting with capabilities some 2,000.
const LONGEST_LINE: usize = 8 << 10;
/// More capabilities than this is no list of capabilities.
const MOST_LINES: usize = 200;
/// How long a server that gave its banner may take to list its capabilities: they are worth no long wait.
const LIST: Duration = Duration::from_secs(3);
/// How long a server may take to say good-bye: a close before that would stand in its log as an error.
const FAREWELL: Duration = Duration::from_millis(500);

/// Reads the banner; nothing is sent.
pub fn banner<S: Read + Write>(lines: &mut Lines<S>) -> ProbeOutcome {
    let (line, end) = lines.next();
    greeting(&line, end)
}

/// Asks whether TLS is offered.
pub fn starttls<S: Read + Write>(lines: &mut Lines<S>, protocol: Protocol, watch: &Watch) -> StartTls {
    watch.hurry(LIST);
    let ask = match protocol {
        Protocol::Pop3 => "CAPA\r\n",
        Protocol::Imap4 => "a1 CAPABILITY\r\n",
    };
    let mut answer = Vec::new();
    if lines.say(ask) {
        while answer.len() < MOST_LINES {
            let (line, End::Line) = lines.next() else { break };
            // Of a long line the end counts too: the list of IMAP4 is one line.
            let line = String::from_utf8_lossy(line.trim_ascii_end()).into_owned();
            let last = ends_capabilities(protocol, &line, answer.is_empty());
            answer.push(line);
            if last {
                break;
            }
        }
    }
    tracing::debug!(
        protocol = protocol.name(),
        lines = answer.len(),
        last = answer.last().map(|it| shown(it.as_bytes())),
        "capabilities"
    );
    capabilities(protocol, &answer)
}

/// Says good-bye and waits a moment for the answer, whatever it is.
pub fn leave<S: Read + Write>(lines: &mut Lines<S>, protocol: Protocol, watch: &Watch) {
    watch.hurry(FAREWELL);
    let bye = match protocol {
        Protocol::Pop3 => "QUIT\r\n",
        Protocol::Imap4 => "a2 LOGOUT\r\n",
    };
    if lines.say(bye) {
        let _answer = lines.next();
    }
}

/// A connection as lines of bounded length.
pub struct Lines<S> {
    stream: S,
    /// What was read beyond the last line.
    rest: Vec<u8>,
    /// Why it ended, where neither the peer nor the clock did that.
    gave_up: Option<String>,
}

impl<S: Read + Write> Lines<S> {
    /// The lines of a stream.
    pub fn new(stream: S) -> Self {
        Self { stream, rest: Vec::new(), gave_up: None }
    }

    /// Why it ended, where neither the peer nor the clock did that: a TLS library that gives up.
    pub fn gave_up(&self) -> Option<String> {
        self.gave_up.clone()
    }

    /// The next line with its end; what came instead of one, and why there was no more.
    fn next(&mut self) -> (Vec<u8>, End) {
        let mut line = std::mem::take(&mut self.rest);
        let mut searched = 0;
        let mut chunk = [0; 1 << 10];
        loop {
            if let Some(at) = memchr::memchr(b'\n', line.get(searched..).unwrap_or_default()) {
                self.rest = line.split_off(searched + at + 1);
                return (line, End::Line);
            }
            searched = line.len();
            if searched >= LONGEST_LINE {
                return (line, End::TooLong);
            }
            match self.stream.read(&mut chunk) {
                Ok(0) => return (line, End::Closed),
                Ok(read) => line.extend(chunk.iter().take(read)),
                Err(error) if error.kind() == std::io::ErrorKind::Interrupted => {}
                // A TLS library that gives up in the middle has the same to say to a client: it is over.
                Err(error) => {
                    let end = ended(&error);
                    self.gave_up = end.is_none().then(|| error.to_string());
                    return (line, end.unwrap_or(End::Closed));
                }
            }
        }
    }

    /// Sends a line; false: it did not get through.
    fn say(&mut self, line: &str) -> bool {
        self.stream.write_all(line.as_bytes()).and_then(|()| self.stream.flush()).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use super::*;

    /// A peer that sends prepared pieces, then is closed; what it is told is kept.
    struct Peer(Vec<&'static [u8]>, Vec<u8>);

    impl Read for Peer {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0.is_empty() {
                return Ok(0);
            }
            let piece = self.0.remove(0);
            buffer[..piece.len()].copy_from_slice(piece);
            Ok(piece.len())
        }
    }

    impl Write for Peer {
        fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
            self.1.extend(buffer);
            Ok(buffer.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn lines_come_out_however_they_were_sent() {
        let mut lines = Lines::new(Peer(vec![b"+O", b"K\r", b"\nSTLS\r\n.\r\nre", b"st"], Vec::new()));
        for expected in
            [(&b"+OK\r\n"[..], End::Line), (b"STLS\r\n", End::Line), (b".\r\n", End::Line), (b"rest", End::Closed)]
        {
            let (line, end) = lines.next();
            assert_eq!((line.as_slice(), end), expected);
        }
    }

    #[test]
    fn a_line_without_end_is_given_up() {
        let mut lines = Lines::new(Peer(vec![&[b'x'; 1 << 10]; 100], Vec::new()));
        let (line, end) = lines.next();
        assert_eq!((line.len(), end), (LONGEST_LINE, End::TooLong));
    }

    #[test]
    fn nothing_is_said_but_these_words() {
        for (protocol, pieces, expected) in [
            (Protocol::Pop3, vec![&b"+OK\r\n"[..], b"+OK\r\nSTLS\r\n.\r\n", b"+OK bye\r\n"], "CAPA\r\nQUIT\r\n"),
            (
                Protocol::Imap4,
                vec![b"* OK\r\n", b"* CAPABILITY STARTTLS\r\na1 OK\r\n", b"* BYE\r\n"],
                "a1 CAPABILITY\r\na2 LOGOUT\r\n",
            ),
        ] {
            let mut lines = Lines::new(Peer(pieces, Vec::new()));
            assert!(matches!(banner(&mut lines), ProbeOutcome::Banner(_)));
            assert!(lines.stream.1.is_empty(), "the server speaks first");
            assert_eq!(starttls(&mut lines, protocol, &Watch::for_tests()), StartTls::Offered);
            leave(&mut lines, protocol, &Watch::for_tests());
            assert_eq!(String::from_utf8_lossy(&lines.stream.1), expected);
        }
    }
}
