//! The wizard on a real pseudo-terminal of 80x24, with a real PowerShell behind it.

use std::fs;
use std::process::Command;
use std::time::Duration;

use expectrl::{ControlCode, Eof, Expect, Session};
use serde_json::json;

use crate::double::{NEW, Setup, entry};
use crate::run::{Ended, kb, kb_server, server};

/// relight in a terminal.
struct Terminal<'a> {
    setup: &'a Setup,
    session: expectrl::session::OsSession,
    screen: Vec<u8>,
}

impl<'a> Terminal<'a> {
    fn open(setup: &'a Setup, args: &str) -> Self {
        let mut command = Command::new("sh");
        let shell = setup.shell_arguments().iter().map(|arg| format!(" '{}'", arg.display())).collect::<String>();
        command.arg("-c").arg(format!(
            "stty cols 80 rows 24; '{}' {args}{shell} > '{}'; echo \"EXIT $? .\"",
            env!("CARGO_BIN_EXE_relight"),
            setup.path("stdout").display(),
        ));
        command.env("TERM", "xterm").envs(setup.run_environment()).current_dir(setup.path(""));
        let mut session = Session::spawn(command).expect("a pseudo-terminal");
        session.set_expect_timeout(Some(Duration::from_secs(60)));
        Self { setup, session, screen: Vec::new() }
    }

    /// Waits for a text on the screen.
    fn sees(&mut self, text: &str) -> &mut Self {
        match self.session.expect(text) {
            Ok(seen) => self.screen.extend_from_slice(seen.as_bytes()),
            Err(error) => panic!("no {text:?}: {error}\n{}", String::from_utf8_lossy(&self.screen)),
        }
        self
    }

    fn types(&mut self, keys: &str) -> &mut Self {
        self.session.send(keys).unwrap();
        self
    }

    fn end(mut self) -> Ended {
        let rest = self.session.expect(Eof).unwrap();
        self.screen.extend_from_slice(rest.as_bytes());
        let screen = String::from_utf8_lossy(&self.screen).into_owned();
        let code = screen.split("EXIT ").last().and_then(|rest| rest.split(' ').next()).unwrap();
        let code = code.parse().unwrap_or_else(|_| panic!("no exit code: {screen}"));
        self.setup.assert_clean();
        Ended { code, stdout: fs::read_to_string(self.setup.path("stdout")).unwrap(), stderr: screen }
    }
}

#[test]
fn yes_to_every_question_lights_both_proxies() {
    let Some(setup) = Setup::new(&kb_server()) else { return };
    let mut terminal = Terminal::open(&setup, "fix --no-probe --server EX01");
    terminal.sees("Question 1 of 2").sees("Lift it?").types("y\r");
    terminal.sees("Question 2 of 2").sees("Lift it?").types("y\r");
    terminal.sees("Run these 2 commands?");
    assert_eq!(setup.sets().len(), 0, "nothing is written before the last word");
    terminal.types("y\r");
    let ended = terminal.end();
    assert_eq!(ended.code, 0, "{ended:?}");
    assert!(ended.stdout.contains("PopProxy is lit") && !ended.stdout.contains('\u{1b}'), "{ended:?}");
    assert_eq!((setup.sets().len(), setup.shells().len()), (2, 1));
}

#[test]
fn ctrl_c_at_a_question_changes_nothing_and_ends_the_shell() {
    let Some(setup) = Setup::new(&kb_server()) else { return };
    let before = setup.state();
    let mut terminal = Terminal::open(&setup, "fix --no-probe --server EX01");
    terminal.sees("Question 1 of 2").sees("Lift it?").types("y\r").sees("Question 2 of 2").sees("Lift it?");
    terminal.session.send(ControlCode::EndOfText).unwrap();
    let ended = terminal.end();
    assert_eq!(ended.code, 130, "{ended:?}");
    assert!(ended.says("Nothing is changed."), "{ended:?}");
    assert_eq!((setup.sets().len(), setup.shells().len()), (0, 1));
    assert_eq!(setup.state(), before);
}

#[test]
fn a_component_that_changed_while_the_wizard_waited_is_left_alone() {
    let Some(setup) = Setup::new(&kb_server()) else { return };
    let mut terminal = Terminal::open(&setup, "fix --no-probe --server EX01 --format json");
    terminal.sees("Question 1 of 2").sees("Lift it?").types("all\r").sees("Run these 2 commands?");
    // An admin begins maintenance on POP3 meanwhile.
    let meanwhile =
        json!({"local": [entry("HealthApi", "Inactive", NEW), entry("Maintenance", "Inactive", NEW)], "remote": []});
    let mut components = kb();
    components["PopProxy"] = meanwhile;
    setup.set_state(&json!({"servers": [server("EX01", components)]}));
    terminal.types("y\r");
    let ended = terminal.end();
    assert_eq!(ended.code, 11, "{ended:?}");
    let steps = ended.server("EX01")["steps"].clone();
    assert_eq!((&steps[0]["outcome"], &steps[1]["outcome"]), (&json!("changedSincePlan"), &json!("done")));
    assert_eq!(setup.sets(), [["EX01", "ImapProxy", "HealthApi"]]);
}
