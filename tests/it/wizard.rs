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

#[test]
fn yes_to_each_entry_and_to_the_commands_fixes_and_confirms() {
    let place = Place::of("kb-3025138");
    let ended = fix(&place)
        .answers("1 of 2", "y")
        .answers("2 of 2", "yes")
        .sees("Nothing has been changed yet.")
        .sees("Run these 2 commands?")
        .types("y")
        .ends()
        .with(0);
    assert!(ended.ran.stdout.starts_with("SIMULATED"), "{}", ended.ran.stdout);
    ended.says("The proof: before and after").says("- ImapProxy is lit").shows("[2/2] Set-ServerComponentState");
    assert_eq!(place.entries("ImapProxy")[0], ["HealthApi Active 2026-03-14T02:47:23Z"]);
}

#[test]
fn all_covers_the_later_entries_of_healthapi_but_not_the_last_word() {
    let place = Place::of("kb-3025138");
    let talk = || fix(&place).answers("1 of 2", "all").sees("Yes, as you said for all.").sees("Run these 2 commands?");
    talk().types("").ends().with(10).changed_nothing();
    talk().types("y").ends().with(0).says("- PopProxy is lit").says("- ImapProxy is lit");
}

#[test]
fn no_leaves_a_component_alone() {
    let place = Place::of("kb-3025138");
    let none = fix(&place).answers("1 of 2", "n").answers("2 of 2", "no").ends().with(10).changed_nothing();
    none.says("- PopProxy: Lifting HealthApi from it was not agreed to.");
    let one = fix(&place).answers("1 of 2", "n").answers("2 of 2", "y").sees("Run this command?").types("y");
    one.ends().with(11).says("- ImapProxy is lit").says("- PopProxy: Lifting HealthApi from it was not agreed to.");
    assert_eq!(place.entries("PopProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:52Z"]);
}

#[test]
fn enter_means_no_to_whatever_a_person_decided() {
    let place = Place::of("maintenance");
    let ended = fix(&place).answers("1 of 2", "").answers("2 of 2", "").ends().with(10);
    ended.changed_nothing().shows("explain or quit [no]:");
}

#[test]
fn enter_means_yes_to_healthapi_and_no_to_the_commands() {
    let place = Place::of("kb-3025138");
    let ended = fix(&place).answers("1 of 2", "").answers("2 of 2", "").sees("Run these 2 commands?").types("").ends();
    ended.with(10).changed_nothing().shows("explain or quit [yes]:");
}

#[test]
fn explain_says_more_and_asks_again() {
    let place = Place::of("kb-3025138");
    let ended = fix(&place)
        .answers("1 of 2", "explain")
        .sees("If you say no:")
        .sees("]:")
        .types("what?")
        .sees("Please answer yes, no, all, explain or quit")
        .sees("]:")
        .types("quit")
        .ends();
    ended.with(10).changed_nothing().shows("What: it sets PopProxy on EX01 Active on behalf of HealthApi");
}

#[test]
fn esc_quits_at_any_question() {
    let place = Place::of("kb-3025138");
    fix(&place).sees("Question 1 of 2").sees("]:").presses(ControlCode::Escape).ends().with(10).changed_nothing();
    let last = fix(&place).answers("1 of 2", "all").sees("Run these 2 commands?").presses(ControlCode::Escape);
    last.ends().with(10).changed_nothing();
}

#[test]
fn ctrl_c_at_a_question_ends_the_run_and_says_that_nothing_was_done() {
    for term in ["xterm", "dumb"] {
        let place = Place::of("kb-3025138");
        let words = format!("--simulate '{}'", place.file().display());
        type Goes = fn(Terminal) -> Terminal;
        let far: [Goes; 2] = [
            |talk| talk.sees("Question 1 of 2").sees("]:"),
            |talk| talk.answers("1 of 2", "all").sees("Run these 2 commands?").sees("]:"),
        ];
        for far in far {
            let talk = far(fix_with(&place, &words, term));
            let ended = talk.presses(ControlCode::EndOfText).ends().with(130).changed_nothing();
            ended.says("The run was interrupted: what is not listed above as sent was not done.");
        }
    }
}

#[test]
fn ctrl_c_during_a_change_finishes_it_and_tells_what_was_and_was_not_done() {
    let place = Place::of("kb-3025138");
    let shim = Shim::new(&place);
    shim.hold();
    let talk = fix_with(&place, "--powershell ./pwsh", "xterm").answers("1 of 2", "all").sees("Run these 2").types("y");
    shim.await_write();
    let talk = talk.presses(ControlCode::EndOfText).sees("Interrupted. If a change is under way, it is finished first");
    shim.let_go();
    talk.ends()
        .with(130)
        .says("-Component PopProxy -Requester HealthApi -State Active Sent; the cmdlet reported no error.")
        .says("-Component ImapProxy -Requester HealthApi -State Active Not sent: the run was interrupted.")
        .says("- PopProxy is lit");
    assert_eq!(place.entries("ImapProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:53Z"]);
}

#[test]
fn server_wide_offline_is_set_active_by_the_typed_name_alone() {
    let place = Place::of("server-wide-offline");
    fix(&place).sees("Type EX01 to bring it back online").sees("]:").types("").ends().with(10).changed_nothing();
    fix(&place)
        .sees("Type EX01 to bring it back online")
        .sees("]:")
        .types("EX02")
        .sees("That is not the name of this server.")
        .sees("]:")
        .types("yes")
        .sees("To say yes here, type the name of the server")
        .sees("]:")
        .types("ex01")
        .sees("Run this command?")
        .types("y")
        .ends()
        .with(0)
        .says("-Component ServerWideOffline -Requester Maintenance -State Active Sent")
        .says("- PopProxy is lit")
        .says("- ImapProxy is lit")
        .shows("Lifting ServerWideOffline brings all components of this server back");
    assert_eq!(place.entries("ServerWideOffline")[1], ["Maintenance Active 2026-03-14T02:47:18Z"]);
}

#[test]
fn one_entry_that_stays_leaves_the_others_of_its_component_unasked() {
    let place = Place::of("several-requesters");
    let ended = fix(&place)
        .answers("1 of 3", "n")
        .sees("Not asked: PopProxy is left")
        .answers("3 of 3", "y")
        .sees("Run this command?")
        .types("y")
        .ends();
    ended.with(11).says("- ImapProxy is lit").shows("Left alone: PopProxy on EX01.");
}

#[test]
fn several_servers_are_asked_about_in_one_conversation() {
    let place = Place::of("two-servers");
    let words = format!("--server EX02,EX01 --simulate '{}'", place.file().display());
    let ended = fix_with(&place, &words, "xterm").answers("1 of 2", "all").sees("Run these 2").types("y").ends();
    let ended = ended.with(0).says("- EX01: PopProxy and ImapProxy are lit");
    ended.says("- EX02: nothing wrong with PopProxy, ImapProxy and ServerWideOffline.");
}

#[test]
fn a_dumb_terminal_is_asked_line_by_line_and_sees_no_escape_codes() {
    let place = Place::of("kb-3025138");
    let words = format!("--simulate '{}'", place.file().display());
    let talk =
        fix_with(&place, &words, "dumb").answers("1 of 2", "y").answers("2 of 2", "").sees("Run these 2").sees("]:");
    let ended = talk.types("yes").ends().with(0).says("- ImapProxy is lit");
    assert!(!ended.ran.stderr.contains('\u{1b}'), "{:?}", ended.ran.stderr);
}

#[test]
fn where_nothing_is_wrong_nothing_is_asked() {
    let place = Place::of("healthy");
    let ended = fix(&place).ends().with(0).says("Nothing to do.");
    assert!(!ended.ran.stderr.contains("Question") && !ended.changed, "{}", ended.ran.stderr);
}

#[test]
fn what_cannot_be_set_active_is_not_asked_about() {
    for name in ["functional-setup-running", "unknown-requester", "flattened-2013"] {
        let place = Place::of(name);
        let ended = fix(&place).ends().with(10).says("Nothing was changed.").says("Left alone");
        assert!(!ended.ran.stderr.contains("Question") && !ended.changed, "{}", ended.ran.stderr);
    }
}

#[test]
fn the_document_is_alone_on_stdout_after_a_conversation() {
    let place = Place::of("kb-3025138");
    let words = format!("--format json --simulate '{}'", place.file().display());
    let ended = fix_with(&place, &words, "xterm").answers("1 of 2", "all").sees("Run these 2").types("y").ends();
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
        let code = fix_with(&place, &words, term).sees("Question 1 of 2").sees("]:").hangs_up();
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

/// The first line that a client gets there; empty where it is cut off.
fn banner(at: SocketAddr) -> String {
    let client = TcpStream::connect(at).expect("something listens");
    let mut line = String::new();
    let _cut_off = BufReader::new(client).read_line(&mut line);
    line
}

#[test]
fn a_client_goes_from_a_blank_screen_to_a_banner_and_q_ends_the_watch() {
    let place = Place::of("monitor-behind");
    let words = format!("--watch 1h --log-file log --simulate '{}'", place.file().display());
    let talk = fix_with(&place, &words, "xterm").sees("Question 1 of 2");
    let at = stand_in(&place.folder().join("log"), 110);
    assert_eq!(banner(at), "", "PopProxy is Inactive");
    let talk = talk.sees("]:").types("all").sees("Run these 2 commands?").types("y");
    let talk = talk.sees("Watching until the monitor is Healthy");
    assert_eq!(banner(at), "+OK The Microsoft Exchange POP3 service is ready.\r\n");
    talk.key("q").ends().with(0).says("POP3: lit in Exchange, clients confirmed at once.");
}

#[test]
fn q_ends_the_wait_for_clients_and_what_is_known_is_said() {
    let place = Place::of("kb-3025138").with_faults(json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]));
    let talk = fix(&place).answers("1 of 2", "all").sees("Run these 2 commands?").types("y");
    let ended = talk.sees("Waiting until clients are served").sees("q: stop waiting").key("q").ends();
    ended.with(32).says("- ImapProxy is lit").says("POP3: lit in Exchange, clients still cut off");
}

#[test]
fn ctrl_c_ends_the_wait_for_clients_too() {
    let place = Place::of("kb-3025138").with_faults(json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]));
    let talk = fix(&place).answers("1 of 2", "all").sees("Run these 2 commands?").types("y");
    let ended = talk.sees("Waiting until clients are served").presses(ControlCode::EndOfText).ends();
    ended.with(32).says("- ImapProxy is lit").says("POP3: lit in Exchange, clients still cut off");
}
