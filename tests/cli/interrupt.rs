//! Ctrl-C, at any moment: what was begun is finished or said to be unknown, nothing more is begun, and no process stays
//! behind.
#![cfg(unix)]

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Output, Stdio};

use serde_json::json;

use crate::relight::{Family, Ran, Relight, Stage, relight};
use crate::shim::Shim;

/// A run under way.
struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    heard: String,
    command: Command,
    family: Family,
}

fn start(run: Relight) -> Running {
    let mut command = run.into_command();
    let family = Family::of(&mut command);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("relight starts");
    let stderr = BufReader::new(child.stderr.take().expect("stderr"));
    Running { child, stderr, heard: String::new(), command, family }
}

impl Running {
    /// Reads stderr up to the line with this text.
    fn hear(&mut self, text: &str) {
        let mut line = String::new();
        while !line.contains(text) {
            line.clear();
            assert_ne!(self.stderr.read_line(&mut line).expect("stderr"), 0, "no {text:?} in\n{}", self.heard);
            self.heard.push_str(&line);
        }
    }

    fn interrupt(&self) {
        let status = Command::new("sh").arg("-c").arg(format!("kill -INT {}", self.child.id())).status();
        assert!(status.expect("sh").success());
    }

    fn end(mut self) -> Ran {
        self.stderr.read_to_string(&mut self.heard).expect("stderr");
        let output = self.child.wait_with_output().expect("an end");
        self.family.assert_gone();
        Ran::new(&self.command, Output { stderr: self.heard.into_bytes(), ..output })
    }
}

/// Ctrl-C while the shell answers nothing.
pub fn while_it_looks() -> Ran {
    let stage = Stage::with_faults("kb-3025138", json!([{"hang": {"when": {"op": "get-component-state", "nth": 2}}}]));
    let before = stage.text();
    let mut running = start(relight("fix --yes").simulate(&stage));
    running.hear("loaded in");
    running.interrupt();
    running.hear("Interrupted.");
    let ran = running.end();
    assert!(stage.text() == before, "{ran}");
    ran
}

#[test]
fn ctrl_c_during_a_look_changes_nothing() {
    while_it_looks().ends(130).says("Nothing was changed.").says("The run was interrupted").never_says("What was done");
}

#[test]
fn ctrl_c_while_exchange_loads_changes_nothing() {
    let stage = Stage::with_faults("kb-3025138", json!([{"hang": {"when": {"op": "connect"}}}]));
    let mut running = start(relight("check").simulate(&stage));
    running.hear("Loading the Exchange Management Shell");
    running.interrupt();
    running.end().ends(130).tells("error: interrupted while PowerShell was loading; nothing was changed");
}

#[test]
fn ctrl_c_during_a_change_finishes_it_skips_the_rest_and_tells_what_is_there() {
    let stage = Stage::of("kb-3025138");
    let shim = Shim::new(&stage);
    shim.hold();
    let mut running = start(relight("fix --yes --powershell").arg(shim.path()));
    shim.await_write();
    running.interrupt();
    running.hear("Interrupted. If a change is under way, it is finished first");
    shim.let_go();
    running
        .end()
        .ends(130)
        .says("-Component PopProxy -Requester HealthApi -State Active Sent; the cmdlet reported no error.")
        .says("-Component ImapProxy -Requester HealthApi -State Active Not sent: the run was interrupted.")
        .says("- PopProxy is lit")
        .says("The run was interrupted: what is not listed above as sent was not done.");
    assert_eq!(shim.asked("set-component-state"), 1);
    assert_eq!(stage.entries("PopProxy")[0], ["HealthApi Active 2026-03-14T02:47:17Z"]);
    assert_eq!(stage.entries("ImapProxy")[0], ["HealthApi Inactive 2026-03-14T02:31:53Z"]);
}

#[test]
fn a_second_ctrl_c_ends_a_change_at_once_and_its_outcome_is_unknown() {
    let stage = Stage::of("kb-3025138");
    let shim = Shim::new(&stage);
    shim.hold();
    let mut running = start(relight("fix --yes --powershell").arg(shim.path()));
    shim.await_write();
    running.interrupt();
    running.hear("Interrupted.");
    running.interrupt();
    running.hear("Interrupted again.");
    running
        .end()
        .ends(31)
        .says("Sent, or about to be, when the run was cut off: it may or may not have been carried out.")
        .says("Not sent: the shell was lost during an earlier step.")
        .says("neither store shows a newer Active entry");
    assert_eq!(shim.asked("set-component-state"), 1);
    assert_eq!(shim.asked("connect"), 2, "a new session looks what is there");
}
