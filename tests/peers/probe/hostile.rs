//! Bad peers on plain ports, and what is heard from us.

use std::io::Write;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::{Arc, Condvar, Mutex};
use std::thread::sleep;
use std::time::Duration;

use relight::domain::probe::{Banner, Foreign, ProbeOutcome, Protocol, Standing, StartTls};
use relight::probe::probe_all;
use serde_json::json;

use super::peer::{Peer, wait_for_the_end};
use super::{LONG, SHORT, attempt, document, outcome, plain, relight, tls, unknown};

crate::trials![
    a_connection_that_is_closed_at_once_serves_nobody,
    a_connection_that_is_closed_at_once_serves_nobody_on_ipv6: Ipv6,
    silence_is_told_when_the_deadline_has_passed,
    one_byte_a_second_does_not_stretch_the_deadline,
    ten_megabytes_without_a_line_are_not_read,
    what_is_no_mail_protocol_is_shown,
    a_banner_cannot_steer_a_terminal,
    a_server_that_turns_clients_away_proves_nothing,
    nothing_listens_where_nobody_has_bound,
    no_server_hears_more_than_these_words,
    all_ports_are_open_at_the_same_time,
    the_command_line_refuses_what_could_not_be_probed,
    an_address_in_brackets_is_probed_over_ipv6: Ipv6,
];

fn says(bytes: &'static [u8]) -> Peer {
    Peer::new(move |stream| {
        let _gone = stream.write_all(bytes);
        wait_for_the_end(stream);
    })
}

fn closed_at_once(peer: &Peer) {
    assert_eq!(outcome(plain(peer.address), LONG), ProbeOutcome::Closed);
    assert_eq!(outcome(unknown(peer.address), LONG), ProbeOutcome::Closed);
    let (seen, code) = document(&[&peer.address.to_string()]);
    assert_eq!(seen["endpoints"][0]["attempts"][0]["outcome"], "closedWithoutBanner");
    assert_eq!(code, 10);
}

fn a_connection_that_is_closed_at_once_serves_nobody() {
    closed_at_once(&Peer::new(|_| {}));
}

fn a_connection_that_is_closed_at_once_serves_nobody_on_ipv6() {
    closed_at_once(&Peer::v6(|_| {}));
}

fn silence_is_told_when_the_deadline_has_passed() {
    let silent = Peer::new(wait_for_the_end);
    assert_eq!(outcome(plain(silent.address), SHORT), ProbeOutcome::Silent { came: String::new() });
    assert_eq!(outcome(unknown(silent.address), SHORT), ProbeOutcome::Silent { came: String::new() });
    assert_eq!(relight(&[&silent.address.to_string(), "--timeout", "300ms"]).code, 13);
}

fn one_byte_a_second_does_not_stretch_the_deadline() {
    let drip = Peer::new(|stream| {
        for byte in b"+OK drip\r\n" {
            if stream.write_all(&[*byte]).is_err() {
                return;
            }
            sleep(Duration::from_secs(1));
        }
    });
    let seen = outcome(plain(drip.address), SHORT);
    assert!(matches!(&seen, ProbeOutcome::Silent { came } if "+OK drip".starts_with(came)), "{seen:?}");
}

fn ten_megabytes_without_a_line_are_not_read() {
    let flood = Peer::new(|stream| {
        let chunk = [b'x'; 64 << 10];
        for _ in 0..160 {
            if stream.write_all(&chunk).is_err() {
                return;
            }
        }
    });
    let seen = outcome(plain(flood.address), LONG);
    let ProbeOutcome::Foreign(Foreign::Endless, came) = seen else { panic!("{seen:?}") };
    assert_eq!(came, format!("{}...", "x".repeat(200)));
}

fn what_is_no_mail_protocol_is_shown() {
    for (bytes, foreign) in [
        (&b"HTTP/1.1 408 Request Timeout\r\n\r\n"[..], Foreign::Http),
        (b"220 ex01 Microsoft ESMTP MAIL Service ready\r\n", Foreign::Smtp),
        (b"SSH-2.0-OpenSSH_9.6\r\n", Foreign::Ssh),
        (b"\x00\x01\xfe\xff\x1b\x9b\n", Foreign::Other),
    ] {
        let peer = says(bytes);
        let seen = outcome(plain(peer.address), LONG);
        assert!(matches!(&seen, ProbeOutcome::Foreign(it, _) if *it == foreign), "{seen:?}");
        let (seen, code) = document(&[&peer.address.to_string()]);
        assert_eq!(seen["endpoints"][0]["attempts"][0]["outcome"], "notMailProtocol");
        assert_eq!(code, 13);
    }
}

fn a_banner_cannot_steer_a_terminal() {
    let peer = says(b"+OK \x1b[2J\x1b]0;owned\x07\xc2\x9b31m \xe2\x80\xaeready\r\n");
    let output = relight(&[&peer.address.to_string(), "--color", "never", "--timeout", "1s"]);
    let text = output.stdout;
    assert!(text.contains("+OK [2J]0;owned31m ready"), "{text}");
    assert!(text.chars().all(|c| c == '\n' || !c.is_control()), "{text:?}");
    let json = relight(&[&peer.address.to_string(), "--format", "json", "--timeout", "1s"]).stdout;
    assert!(json.bytes().all(|byte| byte == b'\n' || (b' '..=b'~').contains(&byte)));
}

fn a_server_that_turns_clients_away_proves_nothing() {
    for (line, protocol) in [("-ERR too many connections\r\n", Protocol::Pop3), ("* BYE not now\r\n", Protocol::Imap4)]
    {
        let peer = Peer::new(move |stream| stream.write_all(line.as_bytes()).expect("sent"));
        let text = line.trim_end().to_owned();
        // Where TLS is expected, too: the text comes instead of a handshake.
        for endpoint in [plain(peer.address), tls(peer.address)] {
            let expected = ProbeOutcome::TurnedAway(Banner { protocol, text: text.clone() });
            assert_eq!(outcome(endpoint, LONG), expected);
        }
    }
}

fn nothing_listens_where_nobody_has_bound() {
    let free = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("a port").local_addr().expect("its address");
    assert_eq!(outcome(plain(free), LONG), ProbeOutcome::Refused);
}

fn no_server_hears_more_than_these_words() {
    for (greeting, answers, expected, offer) in [
        (
            "+OK ready\r\n",
            &[("CAPA", "+OK\r\nTOP\r\nSTLS\r\n.\r\n"), ("QUIT", "+OK bye\r\n")][..],
            "CAPA\r\nQUIT\r\n",
            StartTls::Offered,
        ),
        (
            "* OK ready\r\n",
            &[("a1 CAPABILITY", "* CAPABILITY IMAP4rev1\r\na1 OK\r\n"), ("a2 LOGOUT", "* BYE\r\na2 OK\r\n")],
            "a1 CAPABILITY\r\na2 LOGOUT\r\n",
            StartTls::NotOffered,
        ),
        ("+OK ready\r\n", &[("CAPA", "-ERR what?\r\n"), ("QUIT", "+OK\r\n")], "CAPA\r\nQUIT\r\n", StartTls::NotTold),
    ] {
        let (peer, said) = Peer::mail(greeting, answers);
        let seen = attempt(unknown(peer.address), LONG);
        assert!(matches!(seen.outcome, ProbeOutcome::Banner(_)), "{seen:?}");
        assert_eq!(seen.starttls, Some(offer));
        assert_eq!(*said.lock().expect("whole"), expected);
    }
}

fn all_ports_are_open_at_the_same_time() {
    const PORTS: usize = 60;
    // Nobody gets a banner before everybody is there.
    let meeting = Arc::new((Mutex::new(0), Condvar::new()));
    let peers = (0..PORTS).map(|_| {
        let meeting = Arc::clone(&meeting);
        Peer::new(move |stream| {
            let (number, changed) = &*meeting;
            let mut number = number.lock().expect("whole");
            *number += 1;
            changed.notify_all();
            drop(changed.wait_while(number, |number| *number < PORTS).expect("whole"));
            let _gone = stream.write_all(b"+OK at last\r\n");
        })
    });
    let endpoints = peers.map(|peer| plain(peer.address)).collect::<Vec<_>>();
    let results = probe_all(&endpoints, LONG);
    assert_eq!(results.iter().map(|it| &it.endpoint).collect::<Vec<_>>(), endpoints.iter().collect::<Vec<_>>());
    for result in &results {
        assert!(matches!(result.attempts()[0].outcome, ProbeOutcome::Banner(_)), "{result:?}");
        assert_eq!(result.standing(), Standing::NotKnown, "loopback proves nothing");
    }
}

fn the_command_line_refuses_what_could_not_be_probed() {
    for words in [&["EX01:0"][..], &["[EX01]:110"], &["EX'01"], &["--server", "EX 01"], &["--timeout", "0", "::1"]] {
        assert_eq!(relight(words).code, 2, "{words:?}");
    }
}

fn an_address_in_brackets_is_probed_over_ipv6() {
    let peer = Peer::v6(|stream| stream.write_all(b"* OK six\r\n").expect("sent"));
    assert!(matches!(peer.address, SocketAddr::V6(_)));
    let (seen, code) = document(&[&format!("[::1]:{}", peer.address.port())]);
    let one = &seen["endpoints"][0]["attempts"][0];
    assert_eq!((one["address"].as_str(), one["came"].as_str()), (Some("::1"), Some("* OK six")));
    assert_eq!((&one["notes"], code), (&json!(["loopback"]), 13));
}
