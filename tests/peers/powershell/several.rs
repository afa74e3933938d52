//! Several servers in one run: PowerShells side by side, and a remote session on each server that is changed.

use std::env;
use std::path::Path;

use serde_json::{Value, json};

use super::exchange::{inactive_by, server, text};
use crate::support::Ran;
use crate::support::double::{Setup, with};
use crate::support::remote::Remote;

crate::trials![Pwsh =>
    four_shells_look_and_change_side_by_side_and_one_that_hangs_keeps_nobody_waiting,
    a_server_is_changed_over_a_session_of_its_own: Sshd,
    where_none_opens_the_change_goes_over_the_session_at_hand_and_that_is_said: Sshd,
    one_of_four_remote_sessions_breaks_and_no_other_server_notices: Sshd,
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

/// Four servers changed side by side, the session at EX02 broken as `fault` says.
struct Broken {
    ran: Ran,
    sets: Vec<String>,
    far_ends: usize,
}

fn fix_four(remote: &Remote, program: &Path, fault: Option<Value>) -> Broken {
    let slow = json!({"kind": "slow", "on": "get", "milliseconds": 300});
    let mut state = servers(&NAMES[..4], json!([slow]));
    state["faults"].as_array_mut().expect("faults").extend(fault);
    remote.set_state(&state);
    remote.forget();
    // What becomes of EX02 may count as a failure, after which no other would be begun.
    let words = ["fix", "EX01,EX02,EX03,EX04", "--component", "PopProxy", "--yes", "--batch", "4", "--max-failed", "1"];
    let connection = ["--connection", "remote", "--connect-to", "ex01.contoso.test", "--format", "json"];
    let ran = remote.through(program, &[&words[..], &connection].concat()).run();
    remote.wait_for_far_ends();
    let mut sets = remote.sets().iter().map(|set| set[0].clone()).collect::<Vec<_>>();
    sets.sort();
    Broken { ran, sets, far_ends: remote.far_ends().len() }
}

/// The code of a server, and the outcomes of its steps.
fn became_of(ran: &Ran, server: &str) -> (Value, Vec<Value>) {
    let server = ran.server(server);
    let steps = server["steps"].as_array().expect("steps");
    (server["exitCode"].clone(), steps.iter().map(|step| step["outcome"].clone()).collect())
}

/// The calls about EX02 in the order of the log, as `on` and `nth` of a fault.
fn calls_about_ex02(remote: &Remote) -> Vec<(&'static str, usize)> {
    let mut calls = Vec::new();
    for entry in remote.log().iter().filter(|entry| entry["args"]["Identity"] == "EX02") {
        let on = match text(&entry["what"]).as_str() {
            "Get-ServerComponentState" => "get",
            "Set-ServerComponentState" => "set",
            "Get-ExchangeServer" => "server",
            _ => continue,
        };
        calls.push((on, calls.iter().filter(|(before, _)| *before == on).count() + 1));
    }
    calls
}

/// `RELIGHT_WALK=full` breaks it at each call and each moment; else in the middle of the write and in the look after it.
fn one_of_four_remote_sessions_breaks_and_no_other_server_notices() {
    let remote = Remote::new(&servers(&NAMES[..4], json!([])));
    let program = remote.endpoint();
    let calm = fix_four(&remote, &program, None);
    assert_eq!((calm.ran.code, calm.sets.len()), (0, 4), "{:?}", calm.ran);
    let calls = calls_about_ex02(&remote);
    let last_look = calls.last().copied().expect("a call");
    let points = if env::var_os("RELIGHT_WALK").is_some_and(|it| it == "full") {
        let moments =
            |on: &str| if on == "set" { &["before", "after", "answered", "during"][..] } else { &["before", "after"] };
        calls.iter().flat_map(|(on, nth)| moments(on).iter().map(move |when| (*on, *nth, *when))).collect()
    } else {
        vec![("set", 1, "during"), (last_look.0, last_look.1, "before")]
    };
    for (on, nth, when) in &points {
        let broken = fix_four(
            &remote,
            &program,
            Some(json!({"kind": "killSession", "server": "EX02", "on": on, "nth": nth, "when": when})),
        );
        let (ran, said) = (&broken.ran, format!("{on} {nth} {when}: {:?}", broken.ran));
        assert!(broken.far_ends > 4, "one broke, and another took its place; {said}");
        assert_eq!(broken.sets, calm.sets, "each was sent once; {said}");
        for name in ["EX01", "EX03", "EX04"] {
            assert_eq!(became_of(ran, name), became_of(&calm.ran, name), "{name}; {said}");
        }
        let ex02 = ran.server("EX02")["exitCode"].clone();
        let in_write = *on == "set" && *when != "answered";
        assert!(ex02 == 0 || (in_write && ex02 == 31), "{said}");
    }
    eprintln!("one of four sessions was broken at {} points", points.len());
}
