//! A probe as it is read: one picture with every kind of outcome, and the lines of `-q`.

use std::time::Duration;

use crate::domain::probe::*;
use crate::screens::fixtures::{at, show};

use super::{probe, summary};

fn certificate(until: &str) -> Certificate {
    Certificate {
        subject: "CN=EX01".into(),
        names: vec!["EX01".into(), "EX01.contoso.local".into()],
        not_before: "2021-03-14T00:00:00Z".parse().expect("a time"),
        not_after: until.parse().expect("a time"),
        self_signed: true,
    }
}

fn attempt(address: &str, outcome: ProbeOutcome) -> Attempt {
    Attempt {
        address: address.parse().expect("an address"),
        security: Security::Plain,
        outcome,
        starttls: None,
        tls: None,
        took: Duration::from_millis(12),
    }
}

fn secured(attempt: Attempt, until: &str) -> Attempt {
    let tls = Tls { version: TlsVersion::Tls12, certificate: Ok(certificate(until)) };
    Attempt { security: Security::Tls, tls: Some(tls), ..attempt }
}

fn banner(protocol: Protocol) -> ProbeOutcome {
    let text = match protocol {
        Protocol::Pop3 => "+OK The Microsoft Exchange POP3 service is ready.",
        Protocol::Imap4 => "* OK The Microsoft Exchange IMAP4 service is ready.\u{1b}[2J",
    };
    ProbeOutcome::Banner(Banner { protocol, text: text.into() })
}

fn report(results: Vec<(&str, Reach)>) -> ProbeReport {
    let result =
        |(place, reach)| ProbeResult { endpoint: Endpoint::parse(place).expect("an endpoint").remove(0), reach };
    let results = results.into_iter().map(result).collect();
    ProbeReport { taken: at("02:46:52"), deadline: Duration::from_secs(10), results, left_out: Vec::new() }
}

/// One server with the fault of the KB, and beside it whatever else can be met.
pub fn everything() -> ProbeReport {
    let lan = "10.0.0.5";
    let tried = |outcome| Reach::Tried(vec![attempt("10.0.0.9", outcome)]);
    let failed = |failure| tried(ProbeOutcome::TlsFailed(failure));
    let imap = Attempt { starttls: Some(StartTls::Offered), ..attempt(lan, banner(Protocol::Imap4)) };
    let imaps = secured(attempt(lan, banner(Protocol::Imap4)), "2026-03-20T12:00:00Z");
    let pops = secured(attempt(lan, ProbeOutcome::Closed), "2026-03-20T12:00:00Z");
    report(vec![
        ("ex01.contoso.local:110", Reach::Tried(vec![attempt(lan, ProbeOutcome::Closed)])),
        ("ex01.contoso.local:995", Reach::Tried(vec![pops])),
        ("ex01.contoso.local:143", Reach::Tried(vec![imap])),
        ("ex01.contoso.local:993", Reach::Tried(vec![imaps])),
        ("10.0.0.9:110", tried(ProbeOutcome::Silent { came: String::new() })),
        ("10.0.0.9:143", tried(ProbeOutcome::Foreign(Foreign::Http, "HTTP/1.1 400 Bad Request".into()))),
        ("10.0.0.9:995", failed(TlsFailure::TooOld(None))),
        ("10.0.0.9:993", failed(TlsFailure::NotTls("* OK ready".into()))),
        ("10.0.0.9:1110", tried(ProbeOutcome::Refused)),
        ("gone:110", Reach::Unresolved(Miss::System("no such host".into()))),
        (
            "gone:143",
            Reach::Tried(vec![
                attempt("10.0.0.7", ProbeOutcome::Unreachable(Miss::Deadline)),
                attempt("127.0.0.1", banner(Protocol::Pop3)),
            ]),
        ),
        ("gone:993", failed(TlsFailure::Library("an error of the library".into()))),
        ("gone:995", tried(ProbeOutcome::TurnedAway(Banner { protocol: Protocol::Pop3, text: "-ERR busy".into() }))),
    ])
}

fn plain(text: &str) -> String {
    anstream::adapter::strip_str(text).to_string()
}

#[test]
fn a_server_that_serves_nobody_is_shown_as_its_users_meet_it() {
    let mut report = everything();
    report.results.truncate(4);
    let text = plain(&probe(&report, &show()));
    let whole = plain(&probe(&everything(), &show()));
    let (server, end) = text.split_once("\nClients are served at 2 of 4 ports").expect("a count");
    assert!(whole.starts_with(server), "{text}");
    assert_eq!(
        end,
        ", 2 closed without a banner.\nNothing was changed: probe only looks, and sends no name and no password.\n\
         Next: relight check ex01.contoso.local\n"
    );
}

#[test]
fn everything_has_its_sentence() {
    insta::assert_snapshot!("everything", plain(&probe(&everything(), &show())));
}

#[test]
fn quiet_leaves_one_line_for_each_host() {
    insta::assert_snapshot!(plain(&summary(&everything())), @r"
    ex01.contoso.local: no banner: 110, 995; answers: 143, 993
    10.0.0.9: not known: 110, 143, 995, 993, 1110
    gone: not known: 110, 143, 993, 995
    ");
}

#[test]
fn a_server_that_answers_leaves_nothing_to_do() {
    let tried = Reach::Tried(vec![attempt("10.0.0.5", banner(Protocol::Pop3))]);
    let text = plain(&probe(&report(vec![("ex01:110", tried)]), &show()));
    assert!(text.ends_with("Nothing to do.\n"), "{text}");
}

#[test]
fn a_probe_is_ascii_of_80_columns_but_for_what_servers_say() {
    let text = plain(&probe(&everything(), &show()));
    for line in text.lines() {
        assert!(line.is_ascii() && line.len() <= 80, "{line}");
    }
}
