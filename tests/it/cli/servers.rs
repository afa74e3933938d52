//! Several servers in one run: none stops the others, and the most serious end is the end of the run.

use serde_json::{Value, json};

use crate::support::{Place, relight};

/// Servers that are Inactive alike, with these faults.
pub(super) fn alike(names: &[&str], faults: Value) -> Place {
    let inactive =
        json!({"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}]});
    let servers = names.iter().map(|name| json!({"name": name, "components": {"PopProxy": inactive}}));
    let scenario = json!({
        "scenario": "relight/scenario/1.0",
        "now": "2026-03-14T02:47:10Z",
        "servers": servers.collect::<Vec<_>>(),
        "faults": faults,
    });
    Place::from_text(&scenario.to_string())
}

#[test]
fn the_most_serious_end_of_a_server_is_that_of_the_run() {
    let of_server = |op: &str, server: &str| json!({"op": op, "server": server});
    let (read, write) = ("get-component-state", "set-component-state");
    for (faults, codes, code) in [
        (json!([]), [0, 0, 0], 0),
        (json!([{"unreadable-registry": {"when": of_server(read, "EX02")}}]), [0, 13, 0], 13),
        (json!([{"server-down": {"server": "EX02"}}]), [0, 23, 0], 23),
        (
            json!([{"server-down": {"server": "EX02"}}, {"access-denied": {"when": of_server(read, "EX03")}}]),
            [0, 23, 21],
            21,
        ),
        (
            json!([{"access-denied": {"when": of_server(read, "EX01")}}, {"refused": {"when": of_server(write, "EX02")}}]),
            [21, 30, 0],
            30,
        ),
        (
            json!([{"refused": {"when": of_server(write, "EX01")}}, {"crash": {"when": of_server(write, "EX02")}}]),
            [30, 31, 0],
            31,
        ),
        (
            json!([{"lost-registry-write": {"when": of_server(write, "EX01")}}, {"crash": {"when": of_server(read, "EX02")}}]),
            [32, 20, 0],
            32,
        ),
    ] {
        let place = alike(&["EX01", "EX02", "EX03"], faults.clone());
        let ran = relight("fix --yes --no-wait --max-failed 3 --server EX01,EX02 --server EX03 --format json")
            .simulate(&place)
            .run()
            .ends(code);
        let document = ran.document();
        let each = document["servers"].as_array().expect("servers").iter().map(|server| &server["exitCode"]);
        assert_eq!(each.collect::<Vec<_>>(), codes, "{faults}\n{ran}");
    }
}

#[test]
fn a_server_that_cannot_be_reached_is_said_so_and_the_others_are_fixed() {
    let place = alike(&["EX01", "EX02", "EX03"], json!([{"server-down": {"server": "EX02"}}]));
    relight("fix --yes --server EX01,EX02,EX03")
        .simulate(&place)
        .run()
        .ends(23)
        .says("EX01 FIXED: PopProxy is Active again; POP3 clients are served.")
        .says("EX02 NOT KNOWN: nothing could be seen: a connection failed (")
        .says("EX03 FIXED: PopProxy is Active again; POP3 clients are served.");
}

#[test]
fn a_server_that_costs_the_shell_is_followed_by_a_new_session() {
    let crash = json!([{"crash": {"when": {"op": "get-component-state", "server": "EX01"}}}]);
    let place = alike(&["EX01", "EX02"], crash);
    relight("fix --yes --server EX01,EX02")
        .simulate(&place)
        .run()
        .ends(20)
        .says("EX01 NOT KNOWN: nothing could be seen: the shell was lost (")
        .says("EX02 FIXED: PopProxy is Active again; POP3 clients are served.");
}

#[test]
fn a_server_nobody_knows_is_no_server_and_the_others_are_fixed() {
    let place = alike(&["EX01"], json!([]));
    relight("fix --yes --server EX09,EX01")
        .simulate(&place)
        .run()
        .ends(22)
        .says("EX09 NOT SUPPORTED: nothing could be seen: no such Exchange server (")
        .says("EX01 FIXED: PopProxy is Active again; POP3 clients are served.");
}

#[test]
fn a_server_named_twice_is_looked_at_once() {
    let place = alike(&["EX01", "EX02"], json!([]));
    let ran = relight("check --server EX01,ex01 --server EX01 --format json").simulate(&place).run().ends(10);
    assert_eq!(ran.document()["servers"].as_array().map(Vec::len), Some(1), "{ran}");
}

#[test]
fn a_session_lost_in_one_change_is_replaced_and_the_next_change_is_sent() {
    let lost = |fault: &str, effect: &str| {
        let when = json!({"op": "set-component-state", "component": "PopProxy"});
        Place::of("kb-3025138").with_faults(json!([{fault: {"when": when, "effect": effect}}]))
    };
    for (fault, effect, code, verdict) in
        [("hang", "after", 0, "confirmed"), ("crash", "after", 0, "confirmed"), ("crash", "before", 31, "notConfirmed")]
    {
        let ran = relight("fix --yes --no-probe --no-wait --call-timeout 2s --format json")
            .simulate(&lost(fault, effect))
            .run()
            .ends(code);
        let document = ran.document();
        let server = &document["servers"][0];
        let told = |list: &str, key: &str| {
            server[list].as_array().expect(list).iter().map(|it| it[key].clone()).collect::<Vec<_>>()
        };
        assert_eq!(told("steps", "outcome"), ["unknown", "done"], "{ran}");
        assert_eq!(told("verdicts", "verdict"), [verdict, "confirmed"], "{ran}");
    }
}

#[test]
fn a_session_lost_twice_ends_what_is_done_on_one_server_and_nothing_on_the_others() {
    let when = json!({"op": "set-component-state", "server": "EX01"});
    let place = alike(&["EX01", "EX02"], json!([{"crash": {"when": when, "effect": "before"}}]));
    place.change(|it| {
        let component = it["servers"][0]["components"]["PopProxy"].clone();
        for at in 0..2 {
            it["servers"][at]["components"]["ImapProxy"] = component.clone();
        }
    });
    let ran = relight("fix --yes --no-probe --no-wait --max-failed 1 --format json --server EX01,EX02")
        .simulate(&place)
        .run()
        .ends(31);
    let document = ran.document();
    let told = |at: usize| {
        let steps = document["servers"][at]["steps"].as_array().expect("steps").clone();
        steps.iter().map(|step| step["outcome"].as_str().expect("an outcome").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!((told(0), told(1)), (vec!["unknown".to_owned(); 2], vec!["done".to_owned(); 2]), "{ran}");
}

#[test]
fn a_fault_may_be_that_of_several_servers() {
    let when = json!({"op": "get-component-state", "server": ["EX01", "EX03.contoso.local"]});
    let faults = json!([{"server-down": {"server": ["EX02"]}}, {"access-denied": {"when": when}}]);
    let place = alike(&["EX01", "EX02", "EX03", "EX04"], faults);
    let ran = relight("check --server EX01,EX02,EX03,EX04 --format json").simulate(&place).run().ends(21);
    assert_eq!(ran.exits().into_iter().map(|(_, code)| code).collect::<Vec<_>>(), [21, 23, 21, 10], "{ran}");
}

#[test]
fn three_of_the_forty_servers_are_in_trouble() {
    let names = (1..=40).map(|number| format!("EX{number:02}")).collect::<Vec<_>>().join(",");
    let ran = relight("check --simulate forty-servers --format json --server").arg(names).run().ends(23);
    let mut troubled = ran.exits();
    assert_eq!(troubled.len(), 40);
    troubled.retain(|(_, code)| *code != 0);
    let expected = [("EX03", 10), ("EX17", 10), ("EX22", 23)].map(|(name, code)| (name.to_owned(), code));
    assert_eq!(troubled, expected);
    for (name, since) in [("EX03", "2026-03-14T02:31:52Z"), ("EX17", "2026-03-14T02:40:05Z")] {
        assert!(ran.server(name).to_string().contains(since), "{ran}");
    }
}

// On one system: the screen is the same on all of them.
#[cfg(unix)]
#[test]
fn two_hundred_servers_are_one_screen() {
    let names = (1..=200).map(|at| format!("EX{at:03}")).collect::<Vec<_>>();
    let place =
        alike(&names.iter().map(String::as_str).collect::<Vec<_>>(), json!([{"server-down": {"server": "EX022"}}]));
    place.change(|scenario| {
        for server in scenario["servers"].as_array_mut().expect("servers") {
            if !["EX003", "EX017"].contains(&server["name"].as_str().expect("a name")) {
                server["components"] = json!({});
            }
        }
    });
    let ran = relight("check --all-servers --simulate scenario.json").within(place.folder()).run().ends(23);
    // The path of the scenario is longer than its name would be, so that each command has a line of its own.
    let lines = ran.stdout.lines().chain(ran.stderr.lines()).filter(|line| !line.starts_with("    relight"));
    assert!(lines.clone().count() <= 24 && lines.clone().all(|line| line.len() <= 79), "{ran}");
    let ran = ran.says("NOT OK: 2 of 200 servers; NOT KNOWN: 1").says("EX003, EX017 NOT OK").says("197 others OK");
    ran.says("relight fix EX003 EX017 --simulate");
}

/// The servers in the order in which they were told as done.
#[cfg(unix)]
fn told(ran: &crate::support::Ran) -> Vec<String> {
    let lines = ran.stdout.lines().map(|line| serde_json::from_str::<Value>(line).expect("a line of JSON"));
    let servers = lines.filter(|line| line["record"] == "server");
    servers.map(|line| line["server"].as_str().expect("a name").to_owned()).collect()
}

#[cfg(unix)]
#[test]
fn slow_servers_give_their_place_to_others() {
    let slow = json!({"op": "get-exchange-server", "server": ["EX01", "EX02"]});
    let names = ["EX01", "EX02", "EX03", "EX04", "EX05"];
    let place = alike(&names, json!([{"slow-call": {"milliseconds": 8000, "when": slow}}]));
    let words = "check EX01,EX02,EX03,EX04,EX05 --jobs 2 --slow-after 100ms --format ndjson";
    let mut order = told(&relight(words).simulate(&place).run().ends(10));
    // Both places are taken by slow ones, and all others are done before them.
    assert_eq!(order.split_off(3).len(), 2);
    order.sort();
    assert_eq!(order, ["EX03", "EX04", "EX05"]);
}

#[cfg(unix)]
#[test]
fn a_server_that_hangs_costs_its_own_session_and_is_told_last() {
    let hangs = json!({"hang": {"when": {"op": "get-component-state", "server": "EX02"}}});
    let place = alike(&["EX01", "EX02", "EX03", "EX04"], json!([hangs]));
    let words = "check EX01,EX02,EX03,EX04 --jobs 2 --call-timeout 5s --format ndjson";
    let ran = relight(words).simulate(&place).run().ends(41);
    assert_eq!(told(&ran).last().map(String::as_str), Some("EX02"), "{ran}");
    let run = ran.stdout.lines().last().map(|line| serde_json::from_str::<Value>(line).expect("JSON")).expect("a run");
    assert_eq!((&run["record"], &run["exitCode"], &run["servers"]), (&json!("run"), &json!(41), &json!([])));
}
