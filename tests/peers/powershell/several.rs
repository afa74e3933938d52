//! Several servers in one run: PowerShells side by side, and a remote session on each server that is changed.

use serde_json::{Value, json};

use super::exchange::{inactive_by, server, text};
use crate::support::double::{Setup, with};
use crate::support::remote::Remote;

crate::trials![Pwsh =>
    four_shells_look_and_change_side_by_side_and_one_that_hangs_keeps_nobody_waiting,
    a_server_is_changed_over_a_session_of_its_own: Sshd,
    where_none_opens_the_change_goes_over_the_session_at_hand_and_that_is_said: Sshd,
];

const NAMES: [&str; 5] = ["EX01", "EX02", "EX03", "EX04", "EX05"];

/// Servers whose PopProxy is Inactive, with these faults.
fn servers(names: &[&str], faults: Value) -> Value {
    let inactive = json!({"PopProxy": inactive_by(&["HealthApi"])});
    let servers = names.iter().map(|name| server(name, inactive.clone())).collect::<Vec<_>>();
    json!({"servers": servers, "faults": faults})
}

fn four_shells_look_and_change_side_by_side_and_one_that_hangs_keeps_nobody_waiting() {
    let faults = json!([
        {"kind": "slow", "on": "get", "milliseconds": 400},
        {"kind": "hang", "on": "get", "server": ["EX02"]},
    ]);
    let setup = Setup::new(&servers(&NAMES, faults));
    let words = ["fix", "EX01,EX02,EX03,EX04,EX05", "--yes", "--batch", "4", "--jobs", "4", "--call-timeout", "8s"];
    let ended = setup.run(&[&words[..], &["--format", "json"]].concat());
    let codes = NAMES.map(|name| ended.server(name)["exitCode"].clone());
    assert_eq!(codes, [json!(0), json!(41), json!(0), json!(0), json!(0)], "{ended:?}");
    // Each was sent once, and none to the one that could not be looked at.
    let mut sets = setup.sets().iter().map(|set| set[0].clone()).collect::<Vec<_>>();
    sets.sort();
    assert_eq!(sets, ["EX01", "EX03", "EX04", "EX05"]);
    assert!(setup.shells().len() > 1, "more than one shell was at work: {ended:?}");
}

/// A fix of EX01 and EX02 through a remote session on EX01, and the addresses of the sessions that were opened.
fn fix_through_ex01(state: &Value) -> (Remote, Vec<String>, String) {
    let remote = Remote::new(state);
    let words = ["fix", "EX01,EX02", "--yes"];
    let connection = ["--connection", "remote", "--connect-to", "ex01.contoso.test"];
    let ended = remote.through(&remote.endpoint(), &[&words[..], &connection].concat()).run();
    assert_eq!(ended.code, 0, "{ended:?}");
    let host =
        |open: &Value| text(open).split(['/', ' ']).find(|it| it.contains(".contoso.")).expect("a host").to_owned();
    let hosts = remote.calls("open").iter().map(host).collect();
    (remote, hosts, ended.stderr)
}

fn a_server_is_changed_over_a_session_of_its_own() {
    let (remote, hosts, _) = fix_through_ex01(&servers(&NAMES[..2], json!([])));
    assert_eq!(hosts, ["ex01.contoso.test", "ex02.contoso.test"]);
    assert_eq!(remote.sets().iter().map(|set| set[0].clone()).collect::<Vec<_>>(), ["EX01", "EX02"]);
    remote.wait_for_far_ends();
}

fn where_none_opens_the_change_goes_over_the_session_at_hand_and_that_is_said() {
    let state = with(servers(&NAMES[..2], json!([])), "closed", json!("ex02.contoso.test"));
    let (remote, hosts, said) = fix_through_ex01(&state);
    // The address that says more is tried before the bare one.
    assert_eq!(hosts, ["ex01.contoso.test", "ex02.contoso.test", "ex02.contoso.test"]);
    assert_eq!(remote.sets().len(), 2);
    let said = said.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("No remote session on EX02 itself could be opened"), "{said}");
    assert_eq!(text(&remote.seen()["servers"][1]["components"]["PopProxy"]["local"][0]["state"]), "Active");
    remote.wait_for_far_ends();
}
