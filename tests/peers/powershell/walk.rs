//! The remote session of a run breaks at each of its calls in turn: before the call, during and after a write, and between
//! two calls. No write is sent twice, none is called failed, and but for a write that was under way every run ends as if
//! nothing had happened.
//!
//! `RELIGHT_WALK=full` goes to every point, which takes a quarter of an hour. Else a fix alone is walked through: every
//! twelfth question is visited, each at one moment in turn, and each write at two, in the middle of it and after it.

use std::path::Path;
use std::process::Command;
use std::{env, fs};

use serde_json::{Value, json};

use super::exchange::kb_server;
use crate::support::Ran;
use crate::support::double::with;
use crate::support::remote::Remote;

crate::trials![Pwsh =>
    a_check_whose_session_breaks_anywhere_sees_what_it_would_have_seen: Sshd & Walk,
    a_fix_whose_session_breaks_anywhere_ends_as_it_would_have_ended: Sshd,
    an_undo_whose_session_breaks_anywhere_ends_as_it_would_have_ended: Sshd & Walk,
    a_checkup_a_watch_and_a_resume_go_on_in_another_session: Sshd & Walk,
    a_session_that_breaks_twice_ends_the_run_with_what_is_known: Sshd,
];

/// Where the session breaks.
#[derive(Debug, Clone, Copy)]
struct Point<'a> {
    /// The kind of call, and which of that kind.
    on: &'a str,
    nth: usize,
    when: &'a str,
}

impl Point<'_> {
    fn fault(self) -> Value {
        json!({"kind": "killSession", "on": self.on, "nth": self.nth, "when": self.when})
    }

    /// Whether it is in the middle of a write, so that nobody can know what became of that.
    fn is_in_write(self) -> bool {
        self.on == "set" && self.when != "answered"
    }
}

/// What a run came to.
struct Seen {
    ran: Ran,
    /// The requesters and states in both stores of each component.
    stores: Vec<String>,
    outcomes: Vec<String>,
    calls: Vec<&'static str>,
}

/// A run of this command from this state, from the journal in this folder, with these faults.
fn run(remote: &Remote, words: &[&str], state: &Value, journal: Option<&Path>, faults: Vec<Value>) -> Seen {
    remote.set_state(&with(state.clone(), "faults", Value::from(faults)));
    remote.forget();
    if let Some(journal) = journal {
        assert!(Command::new("cp").arg("-a").arg(journal).arg(remote.path("state")).status().unwrap().success());
    }
    let ran = remote.relight(&[words, &["--format", "json"]].concat()).run();
    remote.wait_for_far_ends();
    let mut sets = remote.calls("Set-ServerComponentState");
    let sent = sets.len();
    sets.sort_by_key(Value::to_string);
    sets.dedup();
    assert_eq!(sets.len(), sent, "a write was sent twice: {ran:?}");
    let steps = ran.json()["servers"][0]["steps"].as_array().cloned().unwrap_or_default();
    let outcomes = steps.iter().map(|step| step["outcome"].as_str().unwrap().to_owned()).collect();
    Seen { stores: stores(remote), outcomes, calls: calls(remote), ran }
}

fn stores(remote: &Remote) -> Vec<String> {
    let state = remote.seen();
    let components = state["servers"][0]["components"].as_object().unwrap().clone();
    let all = components.iter().flat_map(|(name, stores)| {
        ["local", "remote"].map(|store| {
            let entries = stores[store].as_array().cloned().unwrap_or_default();
            let mut entries =
                entries.iter().map(|it| format!("{} {}", it["requester"], it["state"])).collect::<Vec<_>>();
            entries.sort();
            format!("{name} {store}: {}", entries.join(", "))
        })
    });
    all.collect()
}

/// The kind of each call that the far end was sent.
fn calls(remote: &Remote) -> Vec<&'static str> {
    let kind = |entry: &Value| match entry["what"].as_str().unwrap() {
        "Get-ServerComponentState" => Some("get"),
        "Set-ServerComponentState" => Some("set"),
        "Get-ExchangeServer" => Some("server"),
        "Get-ServerHealth"
        | "Get-PopSettings"
        | "Get-ImapSettings"
        | "Get-ExchangeCertificate"
        | "Search-AdminAuditLog" => Some("health"),
        _ => None,
    };
    remote.log().iter().filter_map(kind).collect()
}

/// Every point of a run with these calls, or, unless all are wanted, some of them: of a write those of these moments.
fn points(calls: &[&'static str], of_a_write: &[&'static str]) -> Vec<Point<'static>> {
    let is_full = env::var_os("RELIGHT_WALK").is_some_and(|it| it == "full");
    let all = EVERY_MOMENT;
    let mut points = Vec::new();
    for (at, on) in calls.iter().enumerate() {
        let nth = calls[..=at].iter().filter(|call| *call == on).count();
        let when = match *on {
            "set" if is_full => &all[..],
            "set" => of_a_write,
            _ if is_full => &all[..3],
            _ if at % 12 != 0 => &[],
            _ => &all[at / 12 % 3..=at / 12 % 3],
        };
        points.extend(when.iter().map(|when| Point { on, nth, when }));
        if at + 1 == calls.len() {
            // Nobody notices what breaks after the last.
            points.retain(|point| (point.on, point.nth, point.when) != (*on, nth, "answered"));
        }
    }
    points
}

/// The moments of a call.
const EVERY_MOMENT: [&str; 4] = ["before", "after", "answered", "during"];

/// Breaks the session of a run at each of its calls in turn.
fn walk(remote: &Remote, words: &[&str], state: &Value, journal: Option<&Path>, of_a_write: &[&'static str]) {
    let calm = run(remote, words, state, journal, Vec::new());
    let points = points(&calm.calls, of_a_write);
    let (mut as_calm, mut in_write) = (0, 0);
    for point in &points {
        let seen = run(remote, words, state, journal, vec![point.fault()]);
        let (ran, said) = (&seen.ran, format!("{point:?}: {:?}", seen.ran));
        assert_eq!(remote.far_ends().len(), 2, "one that broke, and one in its place; {said}");
        assert!(ran.stderr.contains("The session with Exchange was lost. Another one is opened."), "{said}");
        assert!(seen.outcomes.iter().all(|outcome| outcome != "failed"), "{said}");
        if !point.is_in_write() || (seen.stores == calm.stores && ran.code == calm.ran.code) {
            assert_eq!((ran.code, &seen.stores), (calm.ran.code, &calm.stores), "{said}");
            as_calm += 1;
        } else {
            // The one that was under way is unknown, and what was never sent is sent.
            assert_eq!(ran.code, 31, "{said}");
            let unknown = seen.outcomes.iter().filter(|outcome| *outcome == "unknown").count();
            let done = seen.outcomes.iter().filter(|outcome| *outcome == "done").count();
            assert_eq!((unknown, done), (1, calm.outcomes.len() - 1), "{said}");
            assert_ne!(point.when, "after", "the look shows it: {said}");
            in_write += 1;
        }
    }
    eprintln!("{words:?}: {} points, {as_calm} as undisturbed, {in_write} with a write under way", points.len());
}

fn a_check_whose_session_breaks_anywhere_sees_what_it_would_have_seen() {
    walk(&Remote::new(&kb_server()), &["check", "--server", "EX01"], &kb_server(), None, &[]);
}

fn a_fix_whose_session_breaks_anywhere_ends_as_it_would_have_ended() {
    walk(&Remote::new(&kb_server()), &["fix", "--yes", "--server", "EX01"], &kb_server(), None, &["during", "after"]);
}

fn an_undo_whose_session_breaks_anywhere_ends_as_it_would_have_ended() {
    let remote = Remote::new(&kb_server());
    let fixed = run(&remote, &["fix", "--yes", "--server", "EX01"], &kb_server(), None, Vec::new());
    assert_eq!(fixed.ran.code, 0, "{:?}", fixed.ran);
    let (state, journal) = (remote.seen(), remote.path("fixed"));
    fs::rename(remote.path("state"), &journal).unwrap();
    walk(&remote, &["undo", "--yes"], &state, Some(&journal), &["during"]);
}

fn a_checkup_a_watch_and_a_resume_go_on_in_another_session() {
    let remote = Remote::new(&kb_server());
    walk(&remote, &["doctor", "--server", "EX01"], &kb_server(), None, &[]);

    // Three reads of the first look, one before each change, three after them, and then those of the watch.
    let watched = ["fix", "--yes", "--server", "EX01", "--watch", "1s"];
    let in_watch = Point { on: "get", nth: 10, when: "before" };
    let seen = run(&remote, &watched, &kb_server(), None, vec![in_watch.fault()]);
    assert_eq!((seen.ran.code, remote.far_ends().len()), (0, 2), "{:?}", seen.ran);

    let twice = [Point { on: "get", nth: 2, when: "after" }, Point { on: "set", nth: 1, when: "during" }];
    let faults = twice.map(Point::fault).to_vec();
    let left = run(&remote, &["fix", "--yes", "--server", "EX01"], &kb_server(), None, faults);
    let (id, journal) = (left.ran.json()["run"].as_str().expect("a run").to_owned(), remote.path("left"));
    let state = remote.seen();
    fs::rename(remote.path("state"), &journal).unwrap();
    walk(&remote, &["resume", &id], &state, Some(&journal), &["during"]);
}

fn a_session_that_breaks_twice_ends_the_run_with_what_is_known() {
    let remote = Remote::new(&kb_server());
    let at = |on, nth, when| Point { on, nth, when }.fault();
    let fix = |faults| run(&remote, &["fix", "--yes", "--server", "EX01"], &kb_server(), None, faults);
    // The first look, and the first write: what became of that cannot be looked at any more, nothing is sent after it.
    let seen = fix(vec![at("get", 2, "after"), at("set", 1, "after")]);
    assert_eq!(
        (seen.ran.code, seen.outcomes),
        (31, vec!["unknown".to_owned(), "shellLost".to_owned()]),
        "{:?}",
        seen.ran
    );
    assert_eq!((remote.far_ends().len(), remote.calls("Set-ServerComponentState").len()), (2, 1));
    // Two questions: nothing is known of the server.
    let seen = fix(vec![at("get", 1, "before"), at("get", 2, "before")]);
    assert_eq!((seen.ran.code, seen.outcomes.len()), (20, 0), "{:?}", seen.ran);
    assert_eq!((remote.far_ends().len(), remote.calls("Set-ServerComponentState").len()), (2, 0));
}
