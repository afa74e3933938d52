//! The conversation of `relight fix` from beginning to end, on a pseudo-terminal of 80 by 24: what is typed, what the
//! terminal and stdout get, how the run ends, and what has changed on the simulated server. That keys become answers is
//! tested beside the wizard itself.
#![cfg(unix)]

#[path = "cli/relight.rs"]
#[expect(dead_code, reason = "tests/cli uses the rest")]
mod relight;
#[path = "cli/shim.rs"]
#[expect(dead_code, reason = "tests/cli uses the rest")]
mod shim;

use std::fs;
use std::io::{BufRead, BufReader};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use expectrl::session::OsSession;
use expectrl::{ControlCode, Expect, Session};
use serde_json::json;

use relight::{Family, Stage, TIME_ZONE, flat};
use shim::Shim;

/// A conversation under way.
struct Talk<'a> {
    stage: &'a Stage,
    before: String,
    session: OsSession,
    screen: String,
    family: Family,
}

/// How a conversation ended.
struct Ended {
    code: String,
    stdout: String,
    screen: String,
    changed: bool,
}

fn fix(stage: &Stage) -> Talk<'_> {
    fix_with(stage, &format!("--simulate '{}'", stage.file().display()), "xterm")
}

/// `relight fix` with these words on a terminal of this kind; stdout goes to a file, as in a maintenance window's notes.
fn fix_with<'a>(stage: &'a Stage, words: &str, term: &str) -> Talk<'a> {
    let mut command = Command::new("sh");
    command.env("TERM", term).env("TZ", TIME_ZONE).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command.env("XDG_STATE_HOME", stage.folder().join("state"));
    command.current_dir(stage.folder()).arg("-c").arg(format!(
        // Ctrl-C reaches the shell too, which only notes the exit code.
        "trap : INT; stty cols 80 rows 24; '{}' fix {words} > stdout; echo $? > code",
        env!("CARGO_BIN_EXE_relight")
    ));
    let family = Family::of(&mut command);
    let mut session = Session::spawn(command).expect("a pseudo-terminal");
    session.set_expect_timeout(Some(Duration::from_secs(60)));
    Talk { stage, before: stage.text(), session, screen: String::new(), family }
}

impl Talk<'_> {
    /// Waits until the screen shows this.
    #[track_caller]
    fn sees(mut self, text: &str) -> Self {
        match self.session.expect(text) {
            Ok(seen) => self.screen.push_str(&String::from_utf8_lossy(seen.as_bytes())),
            Err(error) => panic!("no {text:?} ({error}) after\n{}", self.screen),
        }
        self
    }

    fn types(mut self, line: &str) -> Self {
        self.session.send(format!("{line}\r")).expect("keys");
        self
    }

    /// One key, without Enter.
    fn key(mut self, key: &str) -> Self {
        self.session.send(key).expect("a key");
        self
    }

    fn presses(mut self, code: ControlCode) -> Self {
        self.session.send(code).expect("a key");
        self
    }

    /// Waits for a question of this number and answers it.
    #[track_caller]
    fn answers(self, number: &str, line: &str) -> Self {
        self.sees(&format!("Question {number}: ")).sees("]:").types(line)
    }

    #[track_caller]
    fn ends(mut self) -> Ended {
        match self.session.expect(expectrl::Eof) {
            Ok(rest) => self.screen.push_str(&String::from_utf8_lossy(rest.as_bytes())),
            Err(error) => panic!("no end ({error}) after\n{}", self.screen),
        }
        self.family.assert_gone();
        let read = |name: &str| fs::read_to_string(self.stage.folder().join(name)).expect(name);
        let changed = self.stage.text() != self.before;
        Ended { code: read("code").trim().to_owned(), stdout: read("stdout"), screen: self.screen, changed }
    }
}

impl Ended {
    /// It ended with this code, and stdout has the report and nothing of the conversation.
    #[track_caller]
    fn with(self, code: &str) -> Self {
        assert_eq!(self.code, code, "{}\n{}", self.screen, self.stdout);
        for talk in ["Question", "Lift it?", "Run th", "[1/", "\u{1b}"] {
            assert!(!self.stdout.contains(talk), "{talk:?} on stdout:\n{}", self.stdout);
        }
        assert!(self.screen.is_ascii() && self.stdout.is_ascii(), "{}\n{}", self.screen, self.stdout);
        assert!(!self.screen.contains("panicked"), "{}", self.screen);
        self
    }

    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(flat(&self.stdout).contains(text), "no {text:?} in\n{}", self.stdout);
        self
    }

    #[track_caller]
    fn shows(self, text: &str) -> Self {
        assert!(flat(&self.screen).contains(text), "no {text:?} in\n{}", self.screen);
        self
    }

    #[track_caller]
    fn changed_nothing(self) -> Self {
        assert!(!self.changed, "{}", self.stdout);
        self.says("Nothing was changed.").shows("Nothing is changed.")
    }
}

#[test]
fn yes_to_each_hold_and_to_the_commands_fixes_and_proves() {
    let stage = Stage::of("kb-3025138");
    let ended = fix(&stage)
        .answers("1 of 2", "y")
        .answers("2 of 2", "yes")
        .sees("Nothing has been changed yet.")
        .sees("Run these 2 commands?")
        .types("y")
        .ends()
        .with("0");
    assert!(ended.stdout.starts_with("SIMULATED"), "{}", ended.stdout);
    ended.says("The proof: before and after").says("- ImapProxy is lit").shows("[2/2] Set-ServerComponentState");
    assert_eq!(stage.entries("ImapProxy")[0], ["HealthApi Active 2026-03-14T02:47:19Z"]);
}

#[test]
fn all_covers_the_later_holds_of_healthapi_but_not_the_last_word() {
    let stage = Stage::of("kb-3025138");
    let talk = || fix(&stage).answers("1 of 2", "all").sees("Yes, as you said for all.").sees("Run these 2 commands?");
    talk().types("").ends().with("10").changed_nothing();
    talk().types("y").ends().with("0").says("- PopProxy is lit").says("- ImapProxy is lit");
}

#[test]
fn no_leaves_a_component_alone() {
    let stage = Stage::of("kb-3025138");
    let none = fix(&stage).answers("1 of 2", "n").answers("2 of 2", "no").ends().with("10").changed_nothing();
    none.says("- PopProxy: Lifting HealthApi from it was not agreed to.");
    let one = fix(&stage).answers("1 of 2", "n").answers("2 of 2", "y").sees("Run this command?").types("y");
    one.ends().with("11").says("- ImapProxy is lit").says("- PopProxy: Lifting HealthApi from it was not agreed to.");
    assert_eq!(stage.entries("PopProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:52Z"]);
}

#[test]
fn enter_means_no_to_whatever_a_person_decided() {
    let stage = Stage::of("maintenance");
    let ended = fix(&stage).answers("1 of 2", "").answers("2 of 2", "").ends().with("10");
    ended.changed_nothing().shows("explain or quit [no]:");
}

#[test]
fn enter_means_yes_to_healthapi_and_no_to_the_commands() {
    let stage = Stage::of("kb-3025138");
    let ended = fix(&stage).answers("1 of 2", "").answers("2 of 2", "").sees("Run these 2 commands?").types("").ends();
    ended.with("10").changed_nothing().shows("explain or quit [yes]:");
}

#[test]
fn explain_says_more_and_asks_again() {
    let stage = Stage::of("kb-3025138");
    let ended = fix(&stage)
        .answers("1 of 2", "explain")
        .sees("If you say no:")
        .sees("]:")
        .types("what?")
        .sees("Please answer yes, no, all, explain or quit")
        .sees("]:")
        .types("quit")
        .ends();
    ended.with("10").changed_nothing().shows("What: it sets PopProxy on EX01 Active on behalf of HealthApi");
}

#[test]
fn esc_quits_at_any_question() {
    let stage = Stage::of("kb-3025138");
    fix(&stage).sees("Question 1 of 2").sees("]:").presses(ControlCode::Escape).ends().with("10").changed_nothing();
    let last = fix(&stage).answers("1 of 2", "all").sees("Run these 2 commands?").presses(ControlCode::Escape);
    last.ends().with("10").changed_nothing();
}

#[test]
fn ctrl_c_at_a_question_ends_the_run_and_says_that_nothing_was_done() {
    for term in ["xterm", "dumb"] {
        let stage = Stage::of("kb-3025138");
        let words = format!("--simulate '{}'", stage.file().display());
        type Goes = fn(Talk<'_>) -> Talk<'_>;
        let far: [Goes; 2] = [
            |talk| talk.sees("Question 1 of 2").sees("]:"),
            |talk| talk.answers("1 of 2", "all").sees("Run these 2 commands?").sees("]:"),
        ];
        for far in far {
            let talk = far(fix_with(&stage, &words, term));
            let ended = talk.presses(ControlCode::EndOfText).ends().with("130").changed_nothing();
            ended.says("The run was interrupted: what is not listed above as sent was not done.");
        }
    }
}

#[test]
fn ctrl_c_during_a_change_finishes_it_and_tells_what_was_and_was_not_done() {
    let stage = Stage::of("kb-3025138");
    let shim = Shim::new(&stage);
    shim.hold();
    let talk = fix_with(&stage, "--powershell ./pwsh", "xterm").answers("1 of 2", "all").sees("Run these 2").types("y");
    shim.await_write();
    let talk = talk.presses(ControlCode::EndOfText).sees("Interrupted. If a change is under way, it is finished first");
    shim.let_go();
    talk.ends()
        .with("130")
        .says("-Component PopProxy -Requester HealthApi -State Active Sent; the cmdlet reported no error.")
        .says("-Component ImapProxy -Requester HealthApi -State Active Not sent: the run was interrupted.")
        .says("- PopProxy is lit");
    assert_eq!(stage.entries("ImapProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:53Z"]);
}

#[test]
fn server_wide_offline_is_lifted_by_the_typed_name_alone() {
    let stage = Stage::of("server-wide-offline");
    fix(&stage).sees("Type EX01 to bring it back online").sees("]:").types("").ends().with("10").changed_nothing();
    fix(&stage)
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
        .with("0")
        .says("-Component ServerWideOffline -Requester Maintenance -State Active Sent")
        .says("- PopProxy is lit")
        .says("- ImapProxy is lit")
        .shows("Lifting ServerWideOffline brings all components of this server back");
    assert_eq!(stage.entries("ServerWideOffline")[1], ["Maintenance Active 2026-03-14T02:47:17Z"]);
}

#[test]
fn one_hold_that_stays_leaves_the_others_of_its_component_unasked() {
    let stage = Stage::of("several-holders");
    let ended = fix(&stage)
        .answers("1 of 3", "n")
        .sees("Not asked: PopProxy is left")
        .answers("3 of 3", "y")
        .sees("Run this command?")
        .types("y")
        .ends();
    ended.with("11").says("- ImapProxy is lit").shows("Left alone: PopProxy on EX01.");
}

#[test]
fn several_servers_are_asked_about_in_one_conversation() {
    let stage = Stage::of("two-servers");
    let words = format!("--server EX02,EX01 --simulate '{}'", stage.file().display());
    let ended = fix_with(&stage, &words, "xterm").answers("1 of 2", "all").sees("Run these 2").types("y").ends();
    let ended = ended.with("0").says("- EX01: PopProxy and ImapProxy are lit");
    ended.says("- EX02: nothing wrong with PopProxy, ImapProxy and ServerWideOffline.");
}

#[test]
fn a_dumb_terminal_is_asked_line_by_line_and_sees_no_escape_codes() {
    let stage = Stage::of("kb-3025138");
    let words = format!("--simulate '{}'", stage.file().display());
    let talk =
        fix_with(&stage, &words, "dumb").answers("1 of 2", "y").answers("2 of 2", "").sees("Run these 2").sees("]:");
    let ended = talk.types("yes").ends().with("0").says("- ImapProxy is lit");
    assert!(!ended.screen.contains('\u{1b}'), "{:?}", ended.screen);
}

#[test]
fn where_nothing_is_wrong_nothing_is_asked() {
    let stage = Stage::of("healthy");
    let ended = fix(&stage).ends().with("0").says("Nothing to do.");
    assert!(!ended.screen.contains("Question") && !ended.changed, "{}", ended.screen);
}

#[test]
fn what_cannot_be_lifted_is_not_asked_about() {
    for name in ["functional-setup-running", "unknown-requester", "flattened-2013"] {
        let stage = Stage::of(name);
        let ended = fix(&stage).ends().with("10").says("Nothing was changed.").says("Left alone");
        assert!(!ended.screen.contains("Question") && !ended.changed, "{}", ended.screen);
    }
}

#[test]
fn the_document_is_alone_on_stdout_after_a_conversation() {
    let stage = Stage::of("kb-3025138");
    let words = format!("--format json --simulate '{}'", stage.file().display());
    let ended = fix_with(&stage, &words, "xterm").answers("1 of 2", "all").sees("Run these 2").types("y").ends();
    let ended = ended.with("0");
    let document = serde_json::from_str::<serde_json::Value>(&ended.stdout).expect("JSON");
    assert_eq!((&document["command"], &document["exitCode"]), (&"fixAsked".into(), &0.into()), "{}", ended.stdout);
}

#[test]
fn a_conversation_that_nobody_could_see_is_not_had() {
    let stage = Stage::of("kb-3025138");
    let words = format!("--simulate '{}' 2> stderr", stage.file().display());
    let ended = fix_with(&stage, &words, "xterm").ends().with("12");
    assert!(!ended.changed, "{}", ended.stdout);
}

#[test]
fn a_terminal_that_hangs_up_ends_the_run() {
    for term in ["xterm", "dumb"] {
        let stage = Stage::of("kb-3025138");
        let words = format!("--simulate '{}'", stage.file().display());
        let Talk { session, family, before, .. } = fix_with(&stage, &words, term).sees("Question 1 of 2").sees("]:");
        drop(session);
        family.assert_gone();
        assert_eq!(stage.text(), before);
    }
}

/// The port of this machine that stands in for a simulated one, as the log of a run has it.
fn stand_in(log: &Path, port: u16) -> SocketAddr {
    let patience = Instant::now() + Duration::from_secs(60);
    loop {
        let text = fs::read_to_string(log).unwrap_or_default();
        let said = format!("\"), \"port\": Number({port})}}");
        let before = text.split(&said).next().filter(|before| before.len() < text.len());
        if let Some(at) = before.and_then(|before| before.rsplit("String(\"").next()?.parse().ok()) {
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
    let stage = Stage::of("kb-3025138");
    let words = format!("--watch 1h --log-file log --simulate '{}'", stage.file().display());
    let talk = fix_with(&stage, &words, "xterm").sees("Question 1 of 2");
    let at = stand_in(&stage.folder().join("log"), 110);
    assert_eq!(banner(at), "", "PopProxy is Inactive");
    let talk = talk.sees("]:").types("all").sees("Run these 2 commands?").types("y");
    let talk = talk.sees("Watching that it stays lit");
    assert_eq!(banner(at), "+OK The Microsoft Exchange POP3 service is ready.\r\n");
    talk.key("q").ends().with("0").says("POP3: lit in Exchange, clients confirmed at once.");
}

#[test]
fn q_ends_the_wait_for_clients_and_what_is_known_is_said() {
    let stage = Stage::with_faults("kb-3025138", json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]));
    let talk = fix(&stage).answers("1 of 2", "all").sees("Run these 2 commands?").types("y");
    let ended = talk.sees("Waiting until clients are served").sees("q: stop waiting").key("q").ends();
    ended.with("32").says("- ImapProxy is lit").says("POP3: lit in Exchange, clients still cut off");
}

#[test]
fn ctrl_c_ends_the_wait_for_clients_too() {
    let stage = Stage::with_faults("kb-3025138", json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]));
    let talk = fix(&stage).answers("1 of 2", "all").sees("Run these 2 commands?").types("y");
    let ended = talk.sees("Waiting until clients are served").presses(ControlCode::EndOfText).ends();
    ended.with("32").says("- ImapProxy is lit").says("POP3: lit in Exchange, clients still cut off");
}
