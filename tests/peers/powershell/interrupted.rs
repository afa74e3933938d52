//! The shell that crashes or hangs in the middle of a call: a write is never sent again, a new shell looks, and what it
//! sees decides.

use serde_json::{Value, json};

use super::exchange::{inactive_by, kb_server, server, text};
#[cfg(unix)]
use crate::support::Ran;
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    after_a_crash_in_a_write_a_new_shell_looks_and_nothing_is_sent_again,
    a_write_that_hangs_is_ended_at_its_deadline_and_looked_at,
    a_read_that_hangs_ends_with_the_deadline_and_the_next_server_is_looked_at,
    loading_that_hangs_or_crashes_ends_the_run,
    #[cfg(unix)]
    ctrl_c_ends_a_load_at_once_and_lets_a_write_finish,
];

/// Longer than a call takes on a busy machine, and shorter than for ever.
const SHORT: &str = "10";

/// A fix over one session that goes on whatever fails.
const ONE_BY_ONE: [&str; 8] = ["fix", "--yes", "--format", "json", "--jobs", "1", "--max-failed", "9"];

fn pop_servers(names: &[&str], faults: Value) -> Value {
    let pop = || json!({"PopProxy": inactive_by(&["HealthApi"])});
    json!({"servers": names.iter().map(|name| server(name, pop())).collect::<Vec<_>>(), "faults": faults})
}

fn after_a_crash_in_a_write_a_new_shell_looks_and_nothing_is_sent_again() {
    let crash = |server: &str, when: &str| json!({"kind": "crash", "server": server, "when": when});
    let faults = json!([crash("BEFORE", "before"), crash("BETWEEN", "between"), crash("AFTER", "after")]);
    let setup = Setup::new(&pop_servers(&["BEFORE", "BETWEEN", "AFTER"], faults));
    let ended = setup.run(&[&ONE_BY_ONE[..], &["--server", "BEFORE,BETWEEN,AFTER"]].concat());
    let expected = [("BEFORE", 31), ("BETWEEN", 31), ("AFTER", 0)].map(|(name, exit)| (name.to_owned(), exit));
    assert_eq!(ended.exits(), expected, "{ended:?}");
    assert_eq!((ended.code, setup.sets().len(), setup.shells().len()), (31, 3, 4));
    for name in ["BEFORE", "BETWEEN", "AFTER"] {
        assert_eq!(ended.server(name)["steps"][0]["outcome"], "unknown");
    }
    let reason = |name: &str| text(&ended.server(name)["verdicts"][0]["reasons"][0]["kind"]);
    assert_eq!((reason("BEFORE").as_str(), reason("BETWEEN").as_str()), ("notWritten", "registryWriteLost"));
    assert_eq!(ended.server("AFTER")["verdicts"][0]["verdict"], "confirmed", "the fresh look settles it");
}

fn a_write_that_hangs_is_ended_at_its_deadline_and_looked_at() {
    let hang = |server: &str, when: &str| json!({"kind": "hang", "on": "set", "server": server, "when": when});
    let faults = json!([hang("BEFORE", "before"), hang("AFTER", "after")]);
    let setup = Setup::new(&pop_servers(&["BEFORE", "AFTER"], faults));
    let ended = setup.run(&[&ONE_BY_ONE[..], &["--server", "BEFORE,AFTER", "--call-timeout", SHORT]].concat());
    assert_eq!(ended.exits(), [("BEFORE".to_owned(), 31), ("AFTER".to_owned(), 0)], "{ended:?}");
    assert_eq!((ended.code, setup.sets().len(), setup.shells().len()), (31, 2, 3));
}

fn a_read_that_hangs_ends_with_the_deadline_and_the_next_server_is_looked_at() {
    let faults = json!([{"kind": "hang", "on": "get", "server": "HANGS"}]);
    let setup = Setup::new(&pop_servers(&["HANGS", "EX02"], faults));
    let ended =
        setup.run(&["check", "--format", "json", "--jobs", "1", "--server", "HANGS,EX02", "--call-timeout", SHORT]);
    assert_eq!(ended.exits(), [("HANGS".to_owned(), 41), ("EX02".to_owned(), 10)], "{ended:?}");
    assert_eq!((ended.code, setup.shells().len()), (41, 2));
}

fn loading_that_hangs_or_crashes_ends_the_run() {
    for (load, patience, code, words) in [("hang", SHORT, 41, "--connect-timeout"), ("crash", "180", 20, "exit code 3")]
    {
        let setup = Setup::new(&with(kb_server(), "load", json!([load])));
        let ended = setup.run(&["check", "--server", "EX01", "--connect-timeout", patience]).ends(code);
        assert!(ended.has(words), "{words:?} in {ended:?}");
        assert_eq!((ended.stdout.as_str(), setup.shells().len()), ("", 1));
    }
}

/// Starts a run, waits until the double has noted this, and presses Ctrl-C.
#[cfg(unix)]
fn interrupt_at(setup: &Setup, noted: &str, args: &[&str]) -> Ran {
    let run = setup.start_until(noted, args);
    run.interrupt();
    setup.clean(run.end())
}

#[cfg(unix)]
fn ctrl_c_ends_a_load_at_once_and_lets_a_write_finish() {
    let setup = Setup::new(&with(kb_server(), "load", json!(["hang"])));
    let ended = interrupt_at(&setup, "load", &["fix", "--yes", "--server", "EX01"]);
    assert_eq!((ended.code, ended.stdout.as_str()), (130, ""), "{ended:?}");
    assert!(ended.has("nothing was changed"), "{ended:?}");

    let slow = json!([{"kind": "slow", "on": "set", "milliseconds": 2000}]);
    let setup = Setup::new(&with(kb_server(), "faults", slow));
    let args = ["fix", "--yes", "--format", "json", "--server", "EX01"];
    let ended = interrupt_at(&setup, "Set-ServerComponentState", &args);
    assert_eq!(ended.code, 130, "{ended:?}");
    let server = ended.server("EX01");
    assert_eq!(
        (&server["steps"][0]["outcome"], &server["steps"][1]["outcome"]),
        (&json!("done"), &json!("interrupted"))
    );
    assert_eq!(server["verdicts"][0]["verdict"], "confirmed", "what happened is looked at: {ended:?}");
    assert_eq!((setup.sets().len(), setup.shells().len()), (1, 1));
}
