//! The first line of a server, and its capabilities, understood. The text of a banner is configurable and a gateway may
//! stand in front of Exchange, so any line of the right form counts.

use super::{Banner, Foreign, ProbeOutcome, Protocol, StartTls};

/// Why nothing more was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A whole line has come.
    Line,
    /// More bytes have come than any line has.
    TooLong,
    /// The server closed the connection.
    Closed,
    /// The deadline passed.
    Deadline,
}

/// What was read before anything was sent, as an outcome.
pub fn greeting(read: &[u8], end: End) -> ProbeOutcome {
    match end {
        End::Closed if read.is_empty() => return ProbeOutcome::Closed,
        End::Deadline => return ProbeOutcome::Silent { came: shown(read) },
        End::TooLong => return ProbeOutcome::Foreign(Foreign::Endless, shown(read)),
        End::Line | End::Closed => {}
    }
    let banner = |protocol| Banner { protocol, text: shown(read) };
    let starts = |words: &[&str]| words.iter().any(|word| begins(read, word));
    if starts(&["+OK"]) {
        ProbeOutcome::Banner(banner(Protocol::Pop3))
    } else if starts(&["-ERR"]) {
        ProbeOutcome::TurnedAway(banner(Protocol::Pop3))
    } else if starts(&["* OK", "* PREAUTH"]) {
        ProbeOutcome::Banner(banner(Protocol::Imap4))
    } else if starts(&["* BYE", "* NO", "* BAD"]) {
        ProbeOutcome::TurnedAway(banner(Protocol::Imap4))
    } else {
        ProbeOutcome::Foreign(foreign(read), shown(read))
    }
}

/// Whether a line begins with these words, as words: `+OKAY` is not `+OK`.
fn begins(line: &[u8], words: &str) -> bool {
    let (head, rest) = line.split_at(line.len().min(words.len()));
    head.eq_ignore_ascii_case(words.as_bytes()) && rest.first().is_none_or(|next| next.is_ascii_whitespace())
}

fn foreign(read: &[u8]) -> Foreign {
    if read.starts_with(b"HTTP/") || read.trim_ascii_start().starts_with(b"<") {
        Foreign::Http
    } else if read.starts_with(b"220 ") || read.starts_with(b"220-") {
        Foreign::Smtp
    } else if read.starts_with(b"SSH-") {
        Foreign::Ssh
    } else if let [0x14..=0x17, 0x03, ..] = read {
        Foreign::Tls
    } else {
        Foreign::Other
    }
}

/// Bytes as text: at most 200 characters of the first line, what is not UTF-8 replaced.
pub fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 200;
    let line = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let line = line.strip_suffix(b"\r").unwrap_or(line);
    let text = String::from_utf8_lossy(line.get(..4 * MOST).unwrap_or(line)).into_owned();
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Whether this line is the last of an answer to `CAPA` or `a1 CAPABILITY`. `first`: it is the first of the answer.
pub fn ends_capabilities(protocol: Protocol, line: &str, first: bool) -> bool {
    match protocol {
        Protocol::Pop3 => line == "." || (first && !begins(line.as_bytes(), "+OK")),
        Protocol::Imap4 => begins(line.as_bytes(), "a1"),
    }
}

/// What the lines of that answer say about TLS. An answer that was cut off is none.
pub fn capabilities(protocol: Protocol, lines: &[String]) -> StartTls {
    let told = match (protocol, lines) {
        (Protocol::Pop3, [first, .., last]) => begins(first.as_bytes(), "+OK") && last == ".",
        (Protocol::Imap4, [.., last]) => begins(last.as_bytes(), "a1 OK"),
        (Protocol::Pop3 | Protocol::Imap4, _) => false,
    };
    let offered = match protocol {
        Protocol::Pop3 => lines.iter().any(|line| begins(line.as_bytes(), "STLS")),
        Protocol::Imap4 => lines
            .iter()
            .filter(|line| begins(line.as_bytes(), "* CAPABILITY"))
            .any(|line| line.split_ascii_whitespace().any(|word| word.eq_ignore_ascii_case("STARTTLS"))),
    };
    match (told, offered) {
        (true, true) => StartTls::Offered,
        (true, false) => StartTls::NotOffered,
        (false, _) => StartTls::NotTold,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(read: &[u8], end: End) -> &'static str {
        match greeting(read, end) {
            ProbeOutcome::Banner(Banner { protocol: Protocol::Pop3, .. }) => "pop3",
            ProbeOutcome::Banner(Banner { protocol: Protocol::Imap4, .. }) => "imap4",
            ProbeOutcome::TurnedAway(Banner { protocol: Protocol::Pop3, .. }) => "pop3 turns away",
            ProbeOutcome::TurnedAway(Banner { protocol: Protocol::Imap4, .. }) => "imap4 turns away",
            ProbeOutcome::Closed => "closed",
            ProbeOutcome::Silent { came } if came.is_empty() => "silent",
            ProbeOutcome::Silent { .. } => "half a line",
            ProbeOutcome::Foreign(Foreign::Http, _) => "http",
            ProbeOutcome::Foreign(Foreign::Smtp, _) => "smtp",
            ProbeOutcome::Foreign(Foreign::Ssh, _) => "ssh",
            ProbeOutcome::Foreign(Foreign::Tls, _) => "tls",
            ProbeOutcome::Foreign(Foreign::Endless, _) => "endless",
            ProbeOutcome::Foreign(Foreign::Other, _) => "other",
            ProbeOutcome::Refused | ProbeOutcome::Unreachable(_) | ProbeOutcome::TlsFailed(_) => "impossible",
        }
    }

    #[test]
    fn a_first_line_tells_who_speaks() {
        for (read, end, expected) in [
            (&b"+OK The Microsoft Exchange POP3 service is ready.\r\n"[..], End::Line, "pop3"),
            (b"+ok\r\n", End::Line, "pop3"),
            (b"+OK", End::Closed, "pop3"),
            (b"-ERR too many connections\r\n", End::Line, "pop3 turns away"),
            (b"* OK The Microsoft Exchange IMAP4 service is ready.\r\n", End::Line, "imap4"),
            (b"* OK [CAPABILITY IMAP4rev1] ready\n", End::Line, "imap4"),
            (b"* PREAUTH welcome\r\n", End::Line, "imap4"),
            (b"* BYE not now\r\n", End::Line, "imap4 turns away"),
            (b"", End::Closed, "closed"),
            (b"", End::Deadline, "silent"),
            (b"+OK The Micro", End::Deadline, "half a line"),
            (b"+OKAY\r\n", End::Line, "other"),
            (b"\r\n", End::Line, "other"),
            (b"+OK xxxxxxxx", End::TooLong, "endless"),
            (b"HTTP/1.1 400 Bad Request\r\n", End::Line, "http"),
            (b"<html>\n", End::Line, "http"),
            (b"220 ex01 Microsoft ESMTP MAIL Service ready\r\n", End::Line, "smtp"),
            (b"SSH-2.0-OpenSSH_9.6\r\n", End::Line, "ssh"),
            (b"\x15\x03\x01\x00\x02\x02\x0a", End::Closed, "tls"),
            (b"\x00\xff\xfe\n", End::Line, "other"),
        ] {
            assert_eq!(kind(read, end), expected, "{:?} {end:?}", String::from_utf8_lossy(read));
        }
    }

    #[test]
    fn what_came_is_shown_as_one_short_line() {
        assert_eq!(shown(b"+OK ready\r\nmore"), "+OK ready");
        assert_eq!(shown(b"\xff\xfeA"), "\u{fffd}\u{fffd}A");
        assert_eq!(shown(&[b'x'; 5000]).len(), 203);
        assert_eq!(shown("\u{20ac}".repeat(5000).as_bytes()).chars().count(), 203);
    }

    #[test]
    fn capabilities_tell_whether_tls_is_offered() {
        for (protocol, answer, expected) in [
            (Protocol::Pop3, &["+OK", "TOP", "STLS", "UIDL", "."][..], StartTls::Offered),
            (Protocol::Pop3, &["+OK", "TOP", "SASL PLAIN STLS", "."], StartTls::NotOffered),
            (Protocol::Pop3, &["+OK", "TOP", "STLS"], StartTls::NotTold),
            (Protocol::Pop3, &["-ERR what?"], StartTls::NotTold),
            (Protocol::Pop3, &[], StartTls::NotTold),
            (Protocol::Imap4, &["* CAPABILITY IMAP4rev1 starttls", "a1 OK done"], StartTls::Offered),
            (Protocol::Imap4, &["* CAPABILITY IMAP4rev1 IDLE", "a1 OK done"], StartTls::NotOffered),
            (Protocol::Imap4, &["* OK STARTTLS is nice", "a1 OK done"], StartTls::NotOffered),
            (Protocol::Imap4, &["* CAPABILITY IMAP4rev1 STARTTLS"], StartTls::NotTold),
            (Protocol::Imap4, &["a1 BAD what?"], StartTls::NotTold),
        ] {
            let lines = answer.iter().map(ToString::to_string).collect::<Vec<_>>();
            assert_eq!(capabilities(protocol, &lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn the_last_line_of_an_answer_is_known() {
        for (protocol, line, first, expected) in [
            (Protocol::Pop3, "+OK", true, false),
            (Protocol::Pop3, "STLS", false, false),
            (Protocol::Pop3, ".", false, true),
            (Protocol::Pop3, "-ERR what?", true, true),
            (Protocol::Imap4, "* CAPABILITY a1", true, false),
            (Protocol::Imap4, "a1 OK", false, true),
            (Protocol::Imap4, "A1 BAD", false, true),
            (Protocol::Imap4, "a10 OK", false, false),
        ] {
            assert_eq!(ends_capabilities(protocol, line, first), expected, "{line}");
        }
    }
}
