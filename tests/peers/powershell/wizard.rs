//! The wizard on a real pseudo-terminal, with a real PowerShell behind it.

use expectrl::ControlCode;
use serde_json::json;

use super::exchange::{kb, kb_server, server};
use crate::support::double::{NEW, Setup, entry};
use crate::support::terminal::Terminal;

crate::trials![Pwsh =>
    yes_to_the_one_question_sets_both_proxies_active,
    ctrl_c_at_a_question_changes_nothing_and_ends_the_shell,
    a_component_that_changed_while_the_wizard_waited_is_left_alone,
];

/// relight in a terminal.
fn open(setup: &Setup, words: &str) -> Terminal {
    let shell = setup.shell_arguments().iter().map(|arg| format!(" '{}'", arg.display())).collect::<String>();
    Terminal::open(&format!("{words}{shell}"), &setup.state_file(), |command| {
        command.envs(setup.run_environment());
    })
}

/// What stands above the question.
const BOTH: &str = "PopProxy and ImapProxy on EX01 are kept Inactive by HealthApi.";

fn yes_to_the_one_question_sets_both_proxies_active() {
    let setup = Setup::new(&kb_server());
    let terminal = open(&setup, "fix --no-probe --server EX01").sees(BOTH).sees("]:");
    assert_eq!(setup.sets().len(), 0, "nothing is written before the answer");
    setup.clean(terminal.types("y").ends().with(0).ran);
    assert_eq!((setup.sets().len(), setup.shells().len()), (2, 1));
}

fn ctrl_c_at_a_question_changes_nothing_and_ends_the_shell() {
    let setup = Setup::new(&kb_server());
    let terminal =
        open(&setup, "fix --no-probe --server EX01").answers(BOTH, "choose").answers("PopProxy on EX01", "y");
    let terminal = terminal.sees("ImapProxy on EX01").sees("]:").presses(ControlCode::EndOfText);
    let not_done = "Not done: PopProxy and ImapProxy on EX01 stay Inactive.";
    setup.clean(terminal.ends().with(130).changed_nothing().says("Done: nothing.").says(not_done).ran);
    assert_eq!((setup.sets().len(), setup.shells().len()), (0, 1));
}

fn a_component_that_changed_while_the_wizard_waited_is_left_alone() {
    let setup = Setup::new(&kb_server());
    let terminal = open(&setup, "fix --no-probe --server EX01 --format json").sees(BOTH).sees("]:");
    // An admin begins maintenance on POP3 meanwhile.
    let meanwhile =
        json!({"local": [entry("HealthApi", "Inactive", NEW), entry("Maintenance", "Inactive", NEW)], "remote": []});
    let mut components = kb();
    components["PopProxy"] = meanwhile;
    setup.set_state(&json!({"servers": [server("EX01", components)]}));
    // What is left is Inactive because somebody means it to be.
    let ran = setup.clean(terminal.types("y").ends().with(14).ran);
    let steps = ran.server("EX01")["steps"].clone();
    assert_eq!((&steps[0]["outcome"], &steps[1]["outcome"]), (&json!("changedSincePlan"), &json!("done")));
    assert_eq!(setup.sets(), [["EX01", "ImapProxy", "HealthApi"]]);
}
