//! Keys that come too early, too late, too many at once, or with Ctrl and Alt, on a pseudo-terminal: none of them is an
//! answer that nobody meant.

use std::fs;
use std::os::fd::{FromRawFd, OwnedFd};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

use expectrl::ControlCode;
use serde_json::json;

use crate::support::Place;
use crate::support::run::TIME_ZONE;
use crate::support::shim::Shim;
use crate::support::terminal::{Ended, Terminal};

fn fix(place: &Place) -> Terminal {
    play(place, "relight fix --simulate scenario.json > stdout; echo $? > code")
}

fn play(place: &Place, script: &str) -> Terminal {
    Terminal::play(script, &place.file(), |command| {
        command.env("TZ", TIME_ZONE).env("XDG_STATE_HOME", place.folder().join("state"));
    })
}

/// What stands above the one question of the KB fault, and above those that `choose` makes of it.
const KB: &str = "PopProxy and ImapProxy on EX01 are kept Inactive by HealthApi.";
const POP: &str = "PopProxy on EX01 is kept Inactive by HealthApi.";
const IMAP: &str = "ImapProxy on EX01 is kept Inactive by HealthApi.";

/// The first of two questions, fully shown.
fn asked(place: &Place) -> Terminal {
    fix(place).answers(KB, "choose").sees(POP).sees("]:")
}

fn interrupted(talk: Terminal) -> Ended {
    talk.waits().presses(ControlCode::EndOfText).ends().with(130).changed_nothing()
}

#[test]
fn keys_before_a_question_do_not_answer_it() {
    for keys in ["\r\r\r", "y\ry\ry\r", "\u{1b}[200~y\r\u{1b}[201~\r"] {
        let place = Place::new().with_faults(json!([{"slow-load": {"milliseconds": 1200}}]));
        let talk = fix(&place).sees("Loading the Exchange Management Shell").key(keys);
        interrupted(talk.sees(KB).sees("]:"));
    }
}

#[test]
fn what_follows_an_answer_answers_no_other_question() {
    let place = Place::new();
    interrupted(asked(&place).key("y\ry\ry\r").sees(IMAP).sees("]:"));
    let talk = asked(&place).key("what\ry\ry\r").sees("Please answer").sees("]:");
    interrupted(talk).never_shows(IMAP);
}

#[test]
fn ctrl_c_or_esc_in_one_packet_with_the_last_answer_is_in_time() {
    let place = Place::new();
    for keys in ["y\r\u{3}", "y\r\u{1b}", "y\r\u{1c}"] {
        let talk = fix(&place).sees(KB).sees("]:").key(keys);
        talk.ends().with(130).changed_nothing();
    }
}

#[test]
fn esc_is_in_time_until_the_first_change_is_sent() {
    let slow = json!([{"slow-call": {"milliseconds": 700, "when": {"op": "get-component-state"}}}]);
    let place = Place::new().with_faults(slow);
    let talk = fix(&place).answers(KB, "y").waits();
    let ended = talk.presses(ControlCode::Escape).ends().with(130);
    assert!(!ended.changed, "{}", ended.ran);
    ended.says("Done (SIMULATED): nothing.").says("Not done: PopProxy and ImapProxy on EX01 stay Inactive.");
}

#[test]
fn a_long_paste_freezes_nothing_and_answers_nothing() {
    let place = Place::new();
    for paste in
        ["x".repeat(3000) + "\r" + &"y\r".repeat(3000), format!("\u{1b}[200~{}\u{1b}[201~", "y\r".repeat(9000))]
    {
        let talk = asked(&place).key(&paste);
        let talk = if paste.starts_with('x') { talk.sees("Please answer").sees("]:") } else { talk.waits() };
        talk.types("n").answers(IMAP, "n").ends().with(10).changed_nothing();
    }
}

#[test]
fn what_is_left_of_a_paste_does_not_reach_the_shell() {
    let place = Place::new();
    let script = "relight fix --simulate scenario.json > stdout; echo $? > code; timeout 0.5 cat > rest";
    let paste = "q\r".to_owned() + &"touch evil\r".repeat(2000);
    play(&place, script).sees(KB).sees("]:").key(&paste).ends().with(10).changed_nothing();
    assert_eq!(fs::read_to_string(place.folder().join("rest")).expect("what the shell gets"), "");
}

#[test]
fn a_character_with_ctrl_or_alt_is_no_answer() {
    for keys in ["\u{19}\r", "\u{1}\r", "\u{1b}[121;5u\r", "\u{19}\u{1}\u{18}\r"] {
        let place = Place::of("maintenance");
        let talk = fix(&place).sees("are kept Inactive by Maintenance.").sees("]:").key(keys);
        talk.ends().changed_nothing().says("answered with no");
    }
    let place = Place::new();
    for keys in ["\u{1b}y", "\u{1b}y\r", "\u{1b}a\r"] {
        asked(&place).key(keys).ends().with(10).changed_nothing().never_shows(IMAP);
    }
}

#[test]
fn a_line_is_edited_as_everywhere() {
    let place = Place::new();
    for (keys, says) in [
        ("no\u{15}y\r", IMAP),
        ("no\u{1}\u{b}y\r", IMAP),
        ("es\u{1}y\u{5}\r", IMAP),
        ("yes no\u{17}\r", IMAP),
        ("nx\u{7f}\u{1b}[D\u{1b}[3~y\r", IMAP),
        ("yn\r", "Please answer"),
    ] {
        interrupted(asked(&place).key(keys).sees(says).sees("]:"));
    }
}

#[test]
fn ctrl_backslash_interrupts_and_leaves_the_terminal_as_it_was() {
    let script =
        "stty echo; stty -a > before; relight fix --simulate scenario.json > stdout; echo $? > code; stty -a > after";
    let same = |place: &Place| {
        let [before, after] =
            ["before", "after"].map(|name| fs::read_to_string(place.folder().join(name)).expect(name));
        assert!(before.contains(" echo ") && before == after, "{before}\n{after}");
    };
    let place = Place::new();
    play(&place, script).sees(KB).sees("]:").key("\u{1c}").ends().with(130).changed_nothing();
    same(&place);
    // While it waits for clients it is a signal.
    let place = Place::new().with_faults(json!([{"slow-to-follow": {"milliseconds": 3_600_000}}]));
    let talk = play(&place, script).answers(KB, "y");
    talk.sees("q: stop waiting").key("\u{1c}").ends().with(32);
    same(&place);
}

#[test]
fn sigquit_interrupts_as_ctrl_c_does() {
    let place = Place::new().with_faults(json!([{"slow-load": {"milliseconds": 600_000}}]));
    let mut run = place.relight(&["fix", "--yes"]).simulate(&place).start();
    run.hear("Loading");
    run.signal("-QUIT");
    run.end().ends(130);
}

#[test]
fn whoever_waits_for_the_lock_sees_for_whom_and_goes_with_ctrl_c() {
    let place = Place::new().with_faults(json!([{"slow-load": {"milliseconds": 600_000}}]));
    let mut first = place.relight(&["fix", "--yes"]).simulate(&place).start();
    first.hear("Loading");
    let run = place.newest().expect("a run");
    let script = "relight fix --lock-timeout 10m --simulate scenario.json > stdout; echo $? > code";
    let talk = play(&place, script).sees("Waiting ").sees("(at most 10 min) for run ").sees(&run);
    let ended = talk.presses(ControlCode::EndOfText).ends().with(130);
    assert!(!ended.changed, "{}", ended.ran);
    ended.shows("interrupted while another run was waited for");
    first.kill();
}

/// A terminal that is not the one that controls anybody: when it closes there is no signal, only nobody to write to.
fn terminal() -> (OwnedFd, OwnedFd) {
    let (mut ours, mut theirs) = (0, 0);
    let none = std::ptr::null_mut();
    // SAFETY: both numbers are ours, and the other pointers may be null.
    let opened = unsafe { libc::openpty(&raw mut ours, &raw mut theirs, none, none.cast(), none.cast()) };
    assert_eq!(opened, 0, "{}", std::io::Error::last_os_error());
    // Nobody inherits it, or it would never close.
    // SAFETY: it is open.
    unsafe { libc::fcntl(ours, libc::F_SETFD, libc::FD_CLOEXEC) };
    // SAFETY: they were just opened, and nobody else has them.
    unsafe { (OwnedFd::from_raw_fd(ours), OwnedFd::from_raw_fd(theirs)) }
}

#[test]
fn a_terminal_that_closes_ends_with_the_code_of_the_run() {
    let place = Place::new().with_faults(json!([{"slow-load": {"milliseconds": 700}}]));
    let (ours, theirs) = terminal();
    let stream = || Stdio::from(theirs.try_clone().expect("a stream"));
    let mut command = place.relight(&["fix", "--yes"]).simulate(&place).into_command();
    let mut run = command.stdin(stream()).stdout(stream()).stderr(stream()).spawn().expect("relight starts");
    drop((command, ours, theirs));
    assert_eq!(run.wait().expect("an end").code(), Some(0));
    assert!(place.journal().contains(r#""exitCode":0"#), "{}", place.journal());
}

#[test]
fn a_run_that_was_stopped_for_longer_than_a_call_may_take_reads_what_has_arrived() {
    // Whether the clock or the answer is looked at first is chance: several at once.
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(stopped_for_long);
        }
    });
}

fn stopped_for_long() {
    let place = Place::of("kb-3025138");
    let shim = Shim::new(&place);
    shim.hold();
    // The answer is not the first that there is to read.
    shim.prints(&"noise\n".repeat(9000));
    let run = place.relight(&["fix", "--yes", "--no-probe", "--call-timeout", "3s"]).arg("--powershell");
    let run = run.arg(shim.path()).start();
    shim.await_write();
    // As Ctrl-Z does, and fg.
    run.signal("-STOP");
    shim.let_go();
    thread::sleep(Duration::from_millis(3500));
    run.signal("-CONT");
    run.end().ends(0);
    assert_eq!(shim.asked("set-component-state"), 2);
}
