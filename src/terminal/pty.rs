//! The conversation on a real pseudo-terminal of 80x24: this test program starts itself there, with stdout in a file,
//! so that keys, drawing and the two streams are what a person gets.

use std::io::Write;
use std::time::Duration;

use expectrl::{ControlCode, Expect, Session};

use crate::domain::{AgreedBy, Command, Policy};
use crate::screens::Show;
use crate::screens::fixtures::{kb_fault, looked, run, show};
use crate::terminal::Console;

use super::Prompts;
use crate::screens::wizard::ask;

#[test]
#[ignore = "has the conversation; needs a terminal, and is started in one by the tests below"]
fn on_this_terminal() {
    let mut console = Console::new(clap::ColorChoice::Never, false, false);
    assert!(console.can_ask());
    let policy = Policy::default();
    let run = run(Command::Fix, AgreedBy::Person, vec![looked(kb_fault("EX01"), &policy)]);
    let show = Show { width: console.talk_width(), ..show() };
    let answers = ask(&run, &policy, &show, &mut Prompts::new(&mut console, &|| false));
    let plan = &run.servers[0].plan;
    let decision = plan.decide(|change| answers.against(&plan.server, change, &policy));
    writeln!(std::io::stdout(), "RESULT {:?} {}", answers.ended(), decision.agreed.len()).expect("stdout");
}

enum Key {
    Text(&'static str),
    Control(ControlCode),
}

/// Waits for each text and presses the keys after it; gives back all that the terminal was sent, and stdout.
fn play(term: &str, script: &[(&str, Key)]) -> (String, String) {
    let out = tempfile::NamedTempFile::new().expect("a file");
    let program = std::env::current_exe().expect("this program");
    let mut command = std::process::Command::new("sh");
    command.env("TERM", term).env_remove("NO_COLOR").env_remove("CLICOLOR_FORCE").arg("-c").arg(format!(
        "stty cols 80 rows 24; exec '{}' --ignored --exact --nocapture terminal::pty::on_this_terminal > '{}'",
        program.display(),
        out.path().display(),
    ));
    let mut session = Session::spawn(command).expect("a pseudo-terminal");
    session.set_expect_timeout(Some(Duration::from_secs(20)));
    let mut screen = Vec::new();
    for (text, key) in script {
        let seen = session.expect(*text).expect(text);
        screen.extend_from_slice(seen.as_bytes());
        match key {
            Key::Text(text) => session.send(text).expect("a key"),
            Key::Control(code) => session.send(*code).expect("a key"),
        }
    }
    let rest = session.expect(expectrl::Eof).expect("the end");
    screen.extend_from_slice(rest.as_bytes());
    let stdout = std::fs::read_to_string(out.path()).expect("stdout");
    (String::from_utf8_lossy(&screen).into_owned(), stdout)
}

#[test]
fn keys_on_a_terminal_become_answers_and_stdout_stays_untouched() {
    for (term, script, result) in [
        ("xterm", &[("[yes]:", Key::Text("\r"))][..], "Answered 2"),
        (
            "dumb",
            &[("[yes]:", Key::Text("c\r")), ("[yes]:", Key::Text("n\r")), ("[yes]:", Key::Text("y\r"))],
            "Answered 1",
        ),
    ] {
        let (screen, stdout) = play(term, script);
        assert!(stdout.contains(&format!("RESULT {result}")), "{term}: {stdout}\n{screen}");
        assert!(!stdout.contains("Set them") && !stdout.contains('\u{1b}'), "{term}: {stdout}");
        assert!(screen.is_ascii(), "{term}: {screen:?}");
        assert!(!screen.contains("\u{1b}[3") && !screen.contains("\u{1b}[1m"), "{term}: colour: {screen:?}");
    }
}

#[test]
fn a_default_that_is_accepted_stands_behind_its_question() {
    let (screen, _) = play("dumb", &[("[yes]:", Key::Text("\r"))]);
    assert!(screen.contains(" yes\r\n"), "{screen:?}");
}

#[test]
fn esc_and_ctrl_c_end_the_conversation_without_consent() {
    for (key, result) in [(Key::Text("\u{1b}"), "Quit 0"), (Key::Control(ControlCode::EndOfText), "Interrupted 0")] {
        let (screen, stdout) =
            play("xterm", &[("[yes]:", Key::Text("c\r")), ("[yes]:", Key::Text("y\r")), ("[yes]:", key)]);
        assert!(stdout.contains(&format!("RESULT {result}")), "{stdout}\n{screen}");
    }
}
