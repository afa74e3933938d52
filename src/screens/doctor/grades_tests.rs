//! From facts to remarks, as a table: what is a fault, what is a warning, and which fault decides.

use std::time::Duration;

use crate::domain::checkup::{Look, *};
use crate::domain::*;
use crate::screens::fixtures::at;

use super::fixtures::{facts as ready, loaded, machine, shell};
use super::judge;

fn trouble(kind: TroubleKind) -> Trouble {
    Trouble { kind, component: None, message: "no".into() }
}

fn failed(kind: LoadFailure) -> ExchangeFacts {
    ExchangeFacts::Failed { kind, message: "no".into(), tail: String::new() }
}

fn look(facts: &mut Facts) -> &mut Look {
    facts.servers[0].look.as_mut().expect("it is there").as_mut().expect("it was read")
}

/// What a change of the facts comes to: the first lack, faults, warnings.
fn judged(change: impl FnOnce(&mut Facts)) -> (Option<Lack>, usize, usize) {
    let mut facts = ready();
    change(&mut facts);
    let checkup = judge(facts, None, false);
    let (faults, warnings) = checkup.count();
    (checkup.first_lack(), faults, warnings)
}

#[test]
fn where_all_is_well_nothing_is_said_against_it() {
    assert_eq!(judged(|_| {}), (None, 0, 0));
}

type Case = (&'static str, fn(&mut Facts), (Option<Lack>, usize, usize));

#[test]
fn the_shell_and_the_machine() {
    let (fault, right) = (Some(Lack::Shell), Some(Lack::Right));
    let cases: [Case; 15] = [
        ("WMF 4", |f| shell(f).version = Some("4.0".into()), (fault, 1, 0)),
        ("5.0", |f| shell(f).version = Some("5.0.10586.117".into()), (fault, 1, 0)),
        ("PowerShell 7 on Windows", |f| shell(f).version = Some("7.4.1".into()), (None, 0, 1)),
        ("a version that is none", |f| shell(f).version = Some("new".into()), (None, 0, 1)),
        ("32 bits", |f| shell(f).is_64 = Some(false), (fault, 1, 0)),
        (
            "a signed-only policy",
            |f| machine(f).execution_policies = Some(vec![("machinepolicy".into(), "AllSigned".into())]),
            (None, 0, 1),
        ),
        (
            "signed-only for this user",
            |f| machine(f).execution_policies = Some(vec![("CurrentUser".into(), "AllSigned".into())]),
            (None, 0, 0),
        ),
        ("no tools, but loaded", |f| machine(f).installations.clear(), (None, 0, 1)),
        ("not elevated", |f| machine(f).elevated = Some(false), (None, 0, 1)),
        ("a scheduled task", |f| machine(f).interactive = Some(false), (None, 0, 0)),
        ("SYSTEM, and it works", |f| machine(f).sid = Some("S-1-5-18".into()), (None, 0, 1)),
        (
            "a clock that was never set",
            |f| machine(f).at = Some("2001-01-01T00:00:00Z".parse().expect("a time")),
            (None, 0, 1),
        ),
        ("a question that failed", |f| machine(f).problems = vec![("account".into(), "no".into())], (None, 0, 1)),
        ("nothing told", |f| f.machine = Answer::Unknown("no".into()), (None, 0, 1)),
        (
            "SYSTEM, refused",
            |f| {
                machine(f).sid = Some("S-1-5-18".into());
                f.exchange = failed(LoadFailure::Refused);
                f.servers.clear();
            },
            (right, 2, 0),
        ),
    ];
    for (what, change, expected) in cases {
        assert_eq!(judged(change), expected, "{what}");
    }
}

#[test]
fn exchange_and_the_servers() {
    let (fault, right, server) = (Some(Lack::Shell), Some(Lack::Right), Some(Lack::Server));
    let (time, down, answer) = (Some(Lack::Time), Some(Lack::Connection), Some(Lack::Answer));
    let cases: [Case; 23] = [
        ("loading refused", |f| (f.exchange, f.servers) = (failed(LoadFailure::AccessDenied), vec![]), (right, 1, 0)),
        ("loading too slow", |f| (f.exchange, f.servers) = (failed(LoadFailure::Deadline), vec![]), (time, 1, 0)),
        (
            "no tools at all: one fault, not two",
            |f| {
                machine(f).installations.clear();
                (f.exchange, f.servers) = (failed(LoadFailure::NoTools), vec![]);
            },
            (fault, 1, 1),
        ),
        ("close to the deadline", |f| loaded(f).took = Duration::from_secs(150), (None, 0, 1)),
        ("the snap-in", |f| f.connection = Connection::Snapin, (None, 0, 1)),
        ("another server's shell", |f| loaded(f).connected_to = Some("EX02.contoso.local".into()), (None, 0, 1)),
        ("its own shell, by FQDN", |f| loaded(f).connected_to = Some("ex01.contoso.local".into()), (None, 0, 0)),
        ("may look only", |f| loaded(f).cmdlets.retain(|name| !name.starts_with("Set")), (right, 1, 1)),
        ("may not even look", |f| loaded(f).cmdlets.clear(), (right, 2, 0)),
        ("another run under way", |f| f.journal = JournalFacts::Locked(None), (None, 0, 1)),
        ("no journal", |f| f.journal = JournalFacts::Unusable("no".into()), (Some(Lack::Journal), 1, 0)),
        ("no name of a server", |f| f.servers.clear(), (server, 1, 0)),
        ("an Edge server", |f| f.servers[0].exchange = Some(Err(trouble(TroubleKind::Edge))), (server, 1, 0)),
        ("reading refused", |f| f.servers[0].look = Some(Err(trouble(TroubleKind::AccessDenied))), (right, 1, 0)),
        ("no answer", |f| f.servers[0].look = Some(Err(trouble(TroubleKind::Deadline))), (time, 1, 0)),
        (
            "a server that is down",
            |f| f.servers[0].exchange = Some(Err(trouble(TroubleKind::Unreachable))),
            (down, 1, 0),
        ),
        ("answers that are none", |f| f.servers[0].look = Some(Err(trouble(TroubleKind::Malformed))), (answer, 1, 0)),
        (
            "another server's answer",
            |f| f.servers[0].look = Some(Err(trouble(TroubleKind::WrongServer))),
            (answer, 1, 0),
        ),
        ("a shell that ended", |f| f.servers[0].look = Some(Err(trouble(TroubleKind::ShellLost))), (fault, 1, 0)),
        ("no registry", |f| look(f).stores[0].0 = StoreReading::Unreadable, (Some(Lack::Store), 1, 0)),
        (
            "texts without values",
            |f| look(f).stores[0].1 = StoreReading::Read { entries: vec![], opaque: vec!["a type".into()] },
            (None, 0, 1),
        ),
        (
            "a role of another server",
            |f| f.servers[0].roles = Answer::Known(Roles { needed: Some(vec![]), assigned: Some(vec![]) }),
            (None, 0, 1),
        ),
        ("roles not to be asked", |f| f.servers[0].roles = Answer::Known(Roles::default()), (None, 0, 0)),
    ];
    for (what, change, expected) in cases {
        assert_eq!(judged(change), expected, "{what}");
    }
}

#[test]
fn the_first_fault_decides_in_the_order_of_the_lines() {
    let both = |facts: &mut Facts| {
        shell(facts).is_64 = Some(false);
        facts.servers[0].exchange = Some(Err(trouble(TroubleKind::Edge)));
    };
    assert_eq!(judged(both), (Some(Lack::Shell), 2, 0));
}

#[test]
fn an_entry_ahead_of_the_clock_is_worth_a_word_only_past_a_minute() {
    for (time, warnings) in [("02:47:50", 0), ("02:47:54", 1), ("02:31:52", 0)] {
        let entry =
            Entry { requester: Requester::new("HealthApi"), state: State::Inactive, time: EntryTime::Utc(at(time)) };
        let found = judged(|facts| look(facts).stores[0].0 = StoreReading::of(vec![entry]));
        assert_eq!(found, (None, 0, warnings), "{time}");
    }
}

#[test]
fn without_a_shell_every_line_that_cannot_be_told_says_so() {
    let mut facts = ready();
    facts.shell = ShellFacts::NotFound { looked_for: "pwsh".into() };
    facts.machine = Answer::NotAsked;
    facts.journal = JournalFacts::NotAsked;
    facts.exchange = ExchangeFacts::NotTried;
    facts.servers = vec![ServerFacts {
        server: Server::parse("EX01").expect("it is there"),
        exchange: None,
        look: None,
        roles: Answer::NotAsked,
    }];
    let checkup = judge(facts, None, false);
    let said = checkup.remarks.iter().map(|remark| (remark.check, remark.grade)).collect::<Vec<_>>();
    let untold = |check| (check, Grade::Warning);
    let rest = ["machine", "connection", "server", "mayRead"].map(untold);
    assert_eq!(said, [&[("powerShell", Grade::Fault(Lack::Shell))], &rest[..]].concat());
    assert_eq!(checkup.first_lack(), Some(Lack::Shell));
}
