//! The DSC resource with a real PowerShell: a what-if writes nothing, and a repair is one get and one set.

use serde_json::{Value, json};

use super::exchange::{kb, server};
use crate::support::Ran;
use crate::support::double::{Setup, with};
use crate::support::run::flaws;

crate::trials![Pwsh => a_what_if_writes_nothing_and_a_repair_loads_the_shell_twice];

/// The state on stdout, which is that and nothing else, whatever the shell printed.
fn state(ran: &Ran) -> Value {
    let state = ran.json();
    assert_eq!((flaws("protocol-state", &state), ran.stdout.lines().count()), (Vec::<String>::new(), 1), "{ran}");
    assert!(ran.stderr.lines().all(|line| serde_json::from_str::<Value>(line).is_ok_and(|it| it.is_object())), "{ran}");
    state
}

fn a_what_if_writes_nothing_and_a_repair_loads_the_shell_twice() {
    let setup = Setup::new(&with(json!({"servers": [server("EX01", kb())]}), "load", json!(["noise"])));
    let before = setup.state();
    let instance = json!({"server": "EX01", "state": "Active"}).to_string();
    let run = |words: &[&str]| setup.clean(setup.connected(words).fed(instance.as_bytes()));
    let foreseen = state(&run(&["dsc", "set", "--what-if"]).ends(0));
    assert_eq!(setup.state(), before);
    assert!(setup.sets().is_empty() && !setup.path("state").join("relight").join("journal").exists());

    let loads = setup.shells().len();
    let was = state(&run(&["dsc", "get"]).ends(0));
    let set = run(&["dsc", "set", "--no-probe", "--no-wait"]).ends(0);
    assert_eq!(setup.shells().len() - loads, 2);
    assert_eq!(setup.sets(), [["EX01", "PopProxy", "HealthApi"], ["EX01", "ImapProxy", "HealthApi"]]);
    let is = state(&set);
    assert_eq!((&was["state"], &is["state"]), (&json!("Inactive"), &json!("Active")));
    assert_eq!(foreseen["componentStates"], is["componentStates"]);
    assert_eq!(state(&run(&["dsc", "test"]).ends(0))["_inDesiredState"], true);
}
