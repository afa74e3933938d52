//! The conversation of `relight fix` from beginning to end, on a pseudo-terminal of 80 by 24: what is typed, what the
//! terminal and stdout get, how the run ends, and what has changed on the simulated server. That keys become answers is
//! tested beside the wizard itself.

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::time::{Duration, Instant};

use expectrl::ControlCode;
use serde_json::json;

use crate::support::Place;
use crate::support::run::TIME_ZONE;
use crate::support::shim::Shim;
use crate::support::terminal::Terminal;

fn fix(place: &Place) -> Terminal {
    fix_with(place, &format!("--simulate '{}'", place.file().display()), "xterm")
}

/// `relight fix` with these words on a terminal of this kind.
fn fix_with(place: &Place, words: &str, term: &str) -> Terminal {
    Terminal::open(&format!("fix {words}"), &place.file(), |command| {
        command.env("TERM", term).env("TZ", TIME_ZONE).env("XDG_STATE_HOME", place.folder().join("state"));
    })
}

/// What stands above the one question of the KB fault.
const KB: &str = "PopProxy and ImapProxy on EX01 are kept Inactive by HealthApi.";

/// What is not done where the KB fault stays.
const KB_STAYS: &str = "PopProxy and ImapProxy on EX01 stay Inactive";

#[test]
fn the_kb_fault_takes_one_question_and_one_enter() {
    let place = Place::of("kb-3025138");
    let ended = fix(&place).sees(KB).sees("explain or quit [yes]:").types("").ends().with(0);
    assert!(ended.ran.stdout.starts_with("SIMULATED"), "{}", ended.ran.stdout);
    let ended =
        ended.shows("quit [yes]: yes").shows("[2/2] ImapProxy on EX01 Active for HealthApi: no error reported.");
    assert_eq!(ended.ran.stderr.matches("]:").count(), 1, "{}", ended.ran.stderr);
    assert_eq!(place.entries("ImapProxy")[0], ["HealthApi Active 2026-03-14T02:47:23Z"]);
}

#[test]
fn no_leaves_what_the_question_was_about_alone() {
    let place = Place::of("kb-3025138");
    let none = fix(&place).answers(KB, "n").ends().with(10).changed_nothing();
    none.says("PopProxy and ImapProxy left alone: answered with no.");
}

#[test]
fn choose_asks_about_each_component() {
    let place = Place::of("kb-3025138");
    let talk = fix(&place).answers(KB, "choose").answers("PopProxy on EX01 is kept Inactive by HealthApi.", "n");
    let ended = talk.answers("ImapProxy on EX01 is kept Inactive by HealthApi.", "").ends().with(11);
    ended.says("PopProxy left alone: answered with no.");
    assert_eq!(place.entries("PopProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:52Z"]);
    assert!(place.entries("ImapProxy")[0][0].starts_with("HealthApi Active"));
}

#[test]
fn enter_means_no_to_whatever_a_person_decided() {
    let place = Place::of("maintenance");
    let ended = fix(&place).answers("PopProxy and ImapProxy on EX01 are kept Inactive by Maintenance.", "").ends();
    ended.changed_nothing().shows("explain or quit [no]: no");
}

#[test]
fn explain_says_more_and_asks_again() {
    let place = Place::of("kb-3025138");
    let ended = fix(&place)
        .answers(KB, "explain")
        .sees("If you say no:")
        .sees("]:")
        .types("what?")
        .sees("Please answer yes, no, choose, explain or quit")
        .sees("]:")
        .types("quit")
        .ends();
    ended
        .with(10)
        .stops_with(KB_STAYS)
        .shows("What: it sets PopProxy and ImapProxy on EX01 Active on behalf of HealthApi");
}

#[test]
fn esc_quits_at_any_question() {
    let place = Place::of("kb-3025138");
    fix(&place).sees(KB).sees("]:").presses(ControlCode::Escape).ends().with(10).stops_with(KB_STAYS);
    let last = fix(&place).answers(KB, "choose").answers("PopProxy on EX01", "y").sees("ImapProxy on EX01").sees("]:");
    last.presses(ControlCode::Escape).ends().with(10).stops_with(KB_STAYS);
}

#[test]
fn whoever_quits_has_answered_nothing_in_the_document_either() {
    let place = Place::of("kb-3025138");
    let words = format!("--format json --simulate '{}'", place.file().display());
    let ended = fix_with(&place, &words, "xterm").answers(KB, "q").ends().with(10).changed_nothing();
    let document = serde_json::from_str::<serde_json::Value>(&ended.ran.stdout).expect("JSON");
    let left = &document["servers"][0]["decision"]["left"][0];
    assert_eq!(left["obstacles"][0]["kind"], json!("notAnswered"), "{document:#}");
}

#[test]
fn ctrl_c_at_a_question_ends_the_run_and_says_that_nothing_was_done() {
    for term in ["xterm", "dumb"] {
        let place = Place::of("kb-3025138");
        let words = format!("--simulate '{}'", place.file().display());
        type Goes = fn(Terminal) -> Terminal;
        let far: [Goes; 2] = [
            |talk| talk.sees(KB).sees("]:"),
            |talk| talk.answers(KB, "choose").answers("PopProxy on EX01", "y").sees("ImapProxy on EX01").sees("]:"),
        ];
        for far in far {
            let talk = far(fix_with(&place, &words, term));
            talk.presses(ControlCode::EndOfText).ends().with(130).stops_with(KB_STAYS);
        }
    }
}

#[test]
fn ctrl_c_during_a_change_finishes_it_and_tells_what_was_and_was_not_done() {
    let place = Place::of("kb-3025138");
    let shim = Shim::new(&place);
    shim.hold();
    let talk = fix_with(&place, "--powershell ./pwsh", "xterm").answers(KB, "y");
    shim.await_write();
    let talk = talk.presses(ControlCode::EndOfText).sees("Interrupted. If a change is under way, it is finished first");
    shim.let_go();
    let ended = talk.ends().with(130);
    let lines = ended.ran.stdout.lines().collect::<Vec<_>>();
    let [done, not_done, undo] = lines[..] else { panic!("{}", ended.ran) };
    assert_eq!(done, "Done: PopProxy on EX01 is Active, confirmed.");
    assert_eq!(not_done, "Not done: ImapProxy on EX01 stays Inactive.");
    assert!(undo.starts_with("Undo: relight undo 2"), "{undo}");
    assert_eq!(place.entries("ImapProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:53Z"]);
}

#[test]
fn server_wide_offline_is_set_active_by_the_typed_name_alone() {
    let place = Place::of("server-wide-offline");
    fix(&place).answers("Type EX01 to bring it back online", "").ends().changed_nothing().shows("quit [no]: no");
    let ended = fix(&place)
        .answers("Type EX01 to bring it back online", "EX02")
        .answers("That is not the name of this server.", "yes")
        .answers("To say yes here, type the name of the server", "ex01")
        .ends()
        .with(0);
    assert_eq!(ended.ran.stderr.matches("]:").count(), 3, "{}", ended.ran.stderr);
    assert_eq!(place.entries("ServerWideOffline")[1], ["Maintenance Active 2026-03-14T02:47:19Z"]);
}

#[test]
fn what_depends_on_the_server_being_online_is_not_asked_about_where_it_stays_offline() {
    let place = Place::of("offline-and-inactive");
    let ended = fix(&place).answers("Type EX01 to bring it back online", "").ends().changed_nothing();
    ended
        .shows("because ServerWideOffline stays Inactive.")
        .says("setting ServerWideOffline Active was answered with no.");
}

#[test]
fn what_is_left_of_a_server_that_is_online_again_is_told_by_the_last_look() {
    let place = Place::of("offline-and-inactive");
    let talk = fix(&place).answers("Type EX01 to bring it back online", "EX01");
    let ended = talk.answers("PopProxy on EX01 is also kept Inactive by", "no").ends().with(11);
    ended
        .says("PopProxy is Inactive for HealthApi: POP3 clients are turned away.")
        .says("ServerWideOffline Inactive Active both stores")
        .says("To fix (it asks): relight fix EX01");
}

#[test]
fn several_requesters_of_one_component_are_one_question_that_says_so() {
    let place = Place::of("several-requesters");
    let talk = fix(&place).answers("PopProxy on EX01 is kept Inactive by HealthApi and Maintenance.", "");
    let ended = talk.answers("ImapProxy on EX01 is kept Inactive by", "y").ends().with(14);
    ended.says("PopProxy left alone: answered with no.");
}

#[test]
fn several_servers_are_asked_about_in_one_conversation_and_enter_is_no() {
    let place = Place::of("two-servers");
    let words = format!("--server EX02,EX01 --simulate '{}'", place.file().display());
    let fix = || fix_with(&place, &words, "xterm").sees(KB).sees("explain or quit [no]:");
    fix().types("").ends().with(10).changed_nothing();
    let ended = fix().types("y").ends().with(0);
    assert!(ended.changed, "{}", ended.ran);
}

#[test]
fn an_undo_is_one_question_and_a_server_goes_offline_by_its_typed_name() {
    let place = Place::of("offline-and-inactive");
    let yes = ["fix", "--yes", "--requester", "any", "--include-server-wide-offline", "--no-probe"];
    place.simulate(&yes).ends(0);
    let undo = || {
        let journal = place.journal_folder();
        let words = format!("undo --journal-dir '{}' --simulate '{}'", journal.display(), place.file().display());
        Terminal::open(&words, &place.file(), |command| {
            command.env("TZ", TIME_ZONE).env("XDG_STATE_HOME", place.folder().join("state"));
        })
    };
    let plan = "Set PopProxy on EX01 Inactive again? yes, no or quit [no]:";
    let offline = "Type EX01 to take all of it offline again; or no, explain or quit [no]:";
    undo()
        .sees(plan)
        .types("")
        .ends()
        .changed_nothing()
        .says("Maintenance on ServerWideOffline and HealthApi on PopProxy are left as they are: answered with no.");
    let quit = undo().sees(plan).types("y").sees(offline).presses(ControlCode::Escape).ends().changed_nothing();
    quit.says("Done (SIMULATED): nothing. Not done: what run 2").says("changed on EX01 stays as it is.");
    let ended = undo().sees(plan).types("y").sees(offline).types("ex01").ends().with(0);
    assert_eq!(ended.ran.stderr.matches("[no]:").count(), 2, "{}", ended.ran.stderr);
    assert!(place.entries("PopProxy")[0][0].starts_with("HealthApi Inactive"));
}

#[test]
fn a_dumb_terminal_is_asked_line_by_line_and_sees_no_escape_codes() {
    let place = Place::of("kb-3025138");
    let words = format!("--simulate '{}'", place.file().display());
    let ended = fix_with(&place, &words, "dumb").answers(KB, "").ends().with(0).shows("quit [yes]: yes");
    assert!(!ended.ran.stderr.contains('\u{1b}'), "{:?}", ended.ran.stderr);
}

#[test]
fn where_nothing_is_wrong_nothing_is_asked() {
    let place = Place::of("healthy");
    let ended = fix(&place).ends().with(0).says("OK: PopProxy and ImapProxy are Active.").says("Nothing was changed.");
    assert!(!ended.ran.stderr.contains("]:") && !ended.changed, "{}", ended.ran.stderr);
}

#[test]
fn what_cannot_be_set_active_is_not_asked_about() {
    for (name, code, why) in [
        ("functional-setup-running", 14, "Functional is Exchange setup, which runs on the server now: let it end."),
        ("unknown-requester", 10, "is no requester that Exchange knows"),
        ("flattened-2013", 10, "came as text that says nothing."),
    ] {
        let place = Place::of(name);
        let ended = fix(&place).ends().with(code).says("Nothing was changed.").says(why);
        assert!(!ended.ran.stderr.contains("]:") && !ended.changed, "{}", ended.ran.stderr);
    }
}

#[test]
fn the_document_is_alone_on_stdout_after_a_conversation() {
    let place = Place::of("kb-3025138");
    let words = format!("--format json --simulate '{}'", place.file().display());
    let ended = fix_with(&place, &words, "xterm").answers(KB, "y").ends();
    let ended = ended.with(0);
    let document = serde_json::from_str::<serde_json::Value>(&ended.ran.stdout).expect("JSON");
    let told = ["command", "agreedBy", "exitCode"].map(|field| document[field].clone());
    assert_eq!(told, [json!("fix"), json!("person"), json!(0)], "{}", ended.ran.stdout);
}

#[test]
fn a_conversation_that_nobody_could_see_is_not_had() {
    let place = Place::of("kb-3025138");
    let words = format!("--simulate '{}' 2> stderr", place.file().display());
    let ended = fix_with(&place, &words, "xterm").ends().with(12);
    assert!(!ended.changed, "{}", ended.ran.stdout);
}

#[test]
fn a_terminal_that_hangs_up_ends_the_run() {
    for term in ["xterm", "dumb"] {
        let place = Place::of("kb-3025138");
        let words = format!("--simulate '{}'", place.file().display());
        let code = fix_with(&place, &words, term).sees(KB).sees("]:").hangs_up();
        assert_eq!(code, "130");
    }
}

/// The port of this machine that stands in for a simulated one, as the log of a run has it.
fn stand_in(log: &Path, port: u16) -> SocketAddr {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        let said = format!("\",\"port\":{port}}}");
        let before = text.split(&said).next().filter(|before| before.len() < text.len());
        if let Some(at) = before.and_then(|before| before.rsplit("{\"at\":\"").next()?.parse().ok()) {
            return at;
        }
        assert!(Instant::now() < patience, "no port {port} in {text}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// The first line that a client gets there; empty where it is turned away.
fn banner(at: SocketAddr) -> String {
    let client = TcpStream::connect(at).expect("something listens");
    let mut line = String::new();
    let _turned_away = BufReader::new(client).read_line(&mut line);
    line
}

#[test]
fn a_client_goes_from_a_blank_screen_to_a_banner_and_q_ends_the_watch() {
    let place = Place::of("monitor-behind");
    let words = format!("--watch 1h --log-file log --simulate '{}'", place.file().display());
    let talk = fix_with(&place, &words, "xterm").sees("kept Inactive by HealthApi.");
    let at = stand_in(&place.folder().join("log"), 110);
    assert_eq!(banner(at), "", "PopProxy is Inactive");
    let talk = talk.sees("]:").types("y");
    let talk = talk.sees("Watching for the monitor to be Healthy");
    assert_eq!(banner(at), "+OK The Microsoft Exchange POP3 service is ready.\r\n");
    talk.key("q").ends().with(0).says("PopProxy and ImapProxy are Active again; POP3 and IMAP4 clients are served.");
}

#[test]
fn q_ends_the_wait_for_clients_and_what_is_known_is_said() {
    let place = Place::of("kb-3025138").with_faults(json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]));
    let talk = fix(&place).answers(KB, "y");
    let ended = talk.sees("Waiting for clients to be served").sees("q: stop waiting").key("q").ends();
    ended
        .with(32)
        .says("NOT CONFIRMED: PopProxy and ImapProxy are Active, but POP3 and IMAP4 clients are turned away.");
}

#[test]
fn ctrl_c_ends_the_wait_for_clients_too() {
    let place = Place::of("kb-3025138").with_faults(json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]));
    let talk = fix(&place).answers(KB, "y");
    let ended = talk.sees("Waiting for clients to be served").presses(ControlCode::EndOfText).ends();
    ended
        .with(32)
        .says("NOT CONFIRMED: PopProxy and ImapProxy are Active, but POP3 and IMAP4 clients are turned away.");
}
