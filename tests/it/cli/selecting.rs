//! Which servers: all of them, those of a group, of a site, of a list, without some; and what is refused before anything is
//! changed.

use std::fs;

use serde_json::{Value, json};

use crate::support::run::flat;
use crate::support::{Place, Ran, relight};

const INACTIVE: &str = "2026-03-14T02:31:52Z";

/// Four mailbox servers in two groups and two sites, one Edge, one of 2010; PopProxy of EX02 and EX03 is Inactive.
fn organisation() -> Place {
    let inactive =
        json!({"PopProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": INACTIVE}]}});
    let servers = json!([
        {"name": "EX01", "site": "Frankfurt", "dag": "DAG01"},
        {"name": "EX02", "site": "Frankfurt", "dag": "DAG01", "components": inactive},
        {"name": "EX03", "site": "London", "dag": "DAG02", "components": inactive},
        {"name": "EX04", "site": "London Docks"},
        {"name": "EDGE01", "role": "Edge"},
        {"name": "EX2010", "site": "London", "version": "Version 14.3 (Build 123.4)"},
    ]);
    let scenario = json!({"scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "servers": servers});
    Place::from_text(&scenario.to_string())
}

/// The names in the document, in its order.
fn names(ran: &Ran) -> Vec<String> {
    ran.exits().into_iter().map(|(name, _)| name).collect()
}

fn check(place: &Place, words: &[&str]) -> Ran {
    place.relight(&[&["check", "--format", "json"], words].concat()).simulate(place).run()
}

#[test]
fn ways_of_naming_add_up_and_except_takes_away() {
    let place = organisation();
    let list = place.folder().join("list.txt");
    fs::write(&list, "# the pop servers\r\nex04.contoso.local\r\n\r\n  EX02 # and this\r\n").expect("written");
    let list = list.to_str().expect("a path");
    for (words, expected) in [
        (&["--all-servers"][..], &["EX01", "EX02", "EX03", "EX04"][..]),
        (&["--all-servers", "--except", "ex02,EX03.contoso.local"], &["EX01", "EX04"]),
        (&["--dag", "dag02,DAG01"], &["EX01", "EX02", "EX03"]),
        (&["--dag", "DAG02", "--dag", "DAG01", "--except", "EX01"], &["EX02", "EX03"]),
        (&["--site", "london docks"], &["EX04"]),
        (&["--site", "Frankfurt", "EX03"], &["EX03", "EX01", "EX02"]),
        (&["--servers-from", list], &["ex04.contoso.local", "EX02"]),
        (&["EX02", "--servers-from", list, "--all-servers"], &["EX02", "ex04.contoso.local", "EX01", "EX03"]),
        (&["EX02", "EX01", "--except", "EX02"], &["EX01"]),
        (&[], &["EX01"]),
    ] {
        let ran = check(&place, words);
        assert!(matches!(ran.code, 0 | 10), "{ran}");
        assert_eq!(names(&ran), expected, "{words:?}");
    }
}

#[test]
fn who_has_no_component_states_is_named_as_left_out_unless_named() {
    let place = organisation();
    let all = check(&place, &["--all-servers"]).document();
    let expected = json!([{"server": "EDGE01", "why": "edge"}, {"server": "EX2010", "why": "beforeExchange2013"}]);
    assert_eq!(all["leftOut"], expected);
    place
        .relight(&["check", "--all-servers"])
        .simulate(&place)
        .run()
        .ends(10)
        .says("Not looked at: EDGE01 (Edge); EX2010 (before Exchange 2013).");
    let site = check(&place, &["--site", "London", "--except", "EX2010"]).document();
    assert_eq!(site["leftOut"], json!([]));
    let named = check(&place, &["EDGE01", "--all-servers"]).ends(22);
    assert_eq!(named.server("EDGE01")["exitCode"], 22);
    assert_eq!(named.document()["leftOut"], json!([{"server": "EX2010", "why": "beforeExchange2013"}]));
}

#[test]
fn a_list_on_stdin_is_read_and_nothing_is_asked() {
    let place = organisation();
    let run = |words: &[&str], bytes: &[u8]| place.relight(words).simulate(&place).args("--servers-from -").fed(bytes);
    let utf16 = "\u{FEFF}EX03\r\nEX02\r\n".encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<_>>();
    assert_eq!(names(&run(&["check", "--format", "json"], &utf16).ends(10)), ["EX03", "EX02"]);
    let before = place.text();
    run(&["fix"], &utf16).ends(12);
    assert_eq!(place.text(), before);
    run(&["fix", "--yes", "--no-wait", "--no-probe"], &utf16).ends(0);
    run(&["check"], b"EX03\nEX 02\n").ends(2).tells("the list of servers stdin: line 2: ' ' cannot be part");
}

#[test]
fn each_command_names_who_is_left_out() {
    let place = organisation();
    let says = "Not looked at: EDGE01 (Edge); EX2010 (before Exchange 2013).";
    let documented = json!([{"server": "EDGE01", "why": "edge"}, {"server": "EX2010", "why": "beforeExchange2013"}]);
    for command in [&["check"][..], &["fix", "--dry-run"], &["doctor"], &["probe", "--timeout", "1s"]] {
        let ran = |format: &str| {
            let words = [command, &["--all-servers", "--format", format]].concat();
            place.relight(&words).simulate(&place).run()
        };
        assert!(flat(&ran("text").stdout).contains(says), "{command:?} {}", ran("text"));
        let document = ran("json").document();
        let left_out = document.get("leftOut").or(document["facts"].get("leftOut"));
        assert_eq!(left_out, Some(&documented), "{command:?}");
    }
}

#[test]
fn a_name_that_means_nothing_ends_before_any_change() {
    let place = organisation();
    let list = place.folder().join("list.txt");
    fs::write(&list, "EX02\n\nEX09\n").expect("written");
    let list = list.to_str().expect("a path");
    let before = place.text();
    for (words, said) in [
        (&["--all-servers", "--except", "EX07"][..], "--except: no server is called EX07"),
        (&["EX02", "--except", "EX07"], "--except: no server is called EX07"),
        (&["--servers-from", list], "list.txt, line 3: no server is called EX09"),
        (&["--dag", "DAG07"], "no DAG is called \"DAG07\"; there are: DAG01, DAG02"),
        (&["--site", "Paris"], "no server is in a site called \"Paris\"; there are: Frankfurt, London, London Docks"),
        (&["EX02", "--except", "EX02"], "no server is left to look at"),
        (&["--site", "London", "--except", "EX03"], "no server is left to look at; not looked at: EX2010 (before"),
        (&["--servers-from", "nowhere.txt"], "the list of servers nowhere.txt: "),
        (&["--servers-from", "."], "the list of servers .: it is not a file"),
    ] {
        for command in [&["check"][..], &["fix", "--yes"], &["doctor"]] {
            let ran = place.relight(&[command, words].concat()).simulate(&place).run().ends(2).says_nothing();
            assert!(ran.has(said), "{said}\n{ran}");
        }
    }
    assert_eq!(place.text(), before);
}

#[test]
fn nobody_ends_maintenance_everywhere_by_an_option() {
    for way in ["--all-servers", "--dag DAG01", "--site London", "--servers-from list.txt", "EX01 --all-servers"] {
        for may in ["--requester Maintenance", "--requester any", "--include-server-wide-offline"] {
            relight("fix --yes --simulate forty-servers")
                .args(way)
                .args(may)
                .run()
                .ends(2)
                .tells("nobody ends maintenance everywhere by an option");
        }
    }
    relight("undo --yes --include-server-wide-offline --site London").run().ends(2).tells("nobody ends maintenance");
    relight("fix --yes --requester HealthApi --no-wait --dag DAG01 --simulate forty-servers").run().ends(0);
    relight("fix --dry-run --requester any --dag DAG01 --simulate forty-servers").run().ends(10);
    relight("check --except EX01").run().ends(2).tells("takes away from servers that are named");
}

#[test]
fn forty_servers_are_found_by_themselves() {
    let ran = relight("check --all-servers --simulate forty-servers --format json").run().ends(23);
    assert_eq!(names(&ran).len(), 40, "{ran}");
    let next = ran.document()["next"].clone();
    assert!(
        next.as_array()
            .expect("commands")
            .iter()
            .any(|it| { it.as_str().is_some_and(|it| it.starts_with("relight fix EX03 EX17")) }),
        "{next}"
    );
}

#[test]
fn an_undo_is_limited_to_servers_of_the_run() {
    let inactive = |place: &Place, at: usize| {
        let local = place.scenario()["servers"][at]["components"]["PopProxy"]["local"].clone();
        local.as_array().is_some_and(|entries| entries.iter().any(|it| it["state"] == "Inactive"))
    };
    for (words, left) in [
        (&["--server", "EX03"][..], [false, true]),
        (&["--except", "EX03"], [true, false]),
        (&["--dag", "DAG02"], [false, true]),
        (&["--site", "Frankfurt"], [true, false]),
        (&[], [true, true]),
    ] {
        let place = organisation();
        place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", "--all-servers"]).ends(0);
        let run = place.newest().expect("a run");
        let undo = place.simulate(&[&["undo", &run, "--yes"][..], words].concat());
        assert_eq!(undo.code, 0, "{undo}");
        assert_eq!([1, 2].map(|at| inactive(&place, at)), left, "{words:?}");
    }
    // What was undone of some is not undone of all: without a name the same run is meant, until nothing of it is left.
    let place = organisation();
    place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", "EX02"]).ends(0);
    let first = place.newest().expect("a run");
    place.change(|it| it["servers"][1]["components"]["PopProxy"]["local"][0]["state"] = json!("Inactive"));
    place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", "--all-servers"]).ends(0);
    let second = place.newest().expect("a run");
    for (words, meant) in [(&["--server", "EX03"][..], &second), (&["--server", "EX02"], &second), (&[], &first)] {
        let undo = place.simulate(&[&["undo", "--yes", "--format", "json"], words].concat());
        assert_eq!(undo.document()["undoes"], json!(meant), "{words:?} {undo}");
    }

    let place = organisation();
    place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", "--all-servers"]).ends(0);
    place
        .simulate(&["undo", "--yes", "--server", "EX01"])
        .ends(2)
        .tells("--server: no server is called EX01 among those that the run changed");
}

#[test]
fn history_lists_the_runs_that_looked_at_a_server() {
    let place = organisation();
    for server in ["EX02", "EX03"] {
        place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", server]).ends(0);
    }
    let list = place.folder().join("list.txt");
    fs::write(&list, "ex03\n").expect("written");
    let list = list.to_str().expect("a path");
    for (words, expected) in [
        (&["--server", "ex02.contoso.local"][..], 1),
        (&["--servers-from", list], 1),
        (&["--server", "EX02,EX03"], 2),
        (&["--server", "EX07"], 0),
        (&[], 2),
    ] {
        let listed = place.run(&[&["history", "--format", "json"], words].concat()).ends(0).document();
        let runs = listed["runs"].as_array().map_or(0, Vec::len);
        assert_eq!((runs, &listed["total"]), (expected, &json!(expected)), "{words:?} {listed}");
    }
}

#[test]
fn history_shows_one_server_of_a_run() {
    let place = organisation();
    place.simulate(&["fix", "--yes", "--no-wait", "--no-probe", "EX02,EX03"]).ends(0);
    let run = place.newest().expect("a run");
    let shown = place.run(&["history", &run, "--server", "ex03", "--format", "json"]).ends(0).document();
    let servers = shown["servers"].as_array().expect("servers").iter().map(|it| &it["server"]);
    assert_eq!(servers.collect::<Vec<_>>(), ["EX03"]);
    let ran = place.run(&["history", &run, "--server", "EX07"]).ends(2);
    ran.tells(&format!("run {run} did not look at EX07"));
}

#[test]
fn a_probe_asks_exchange_only_where_it_has_to() {
    let place = organisation();
    let list = place.folder().join("list.txt");
    fs::write(&list, "localhost\n").expect("written");
    let hosts = |words: &[&str]| {
        let ran = place.relight(&[&["probe", "--format", "json", "--timeout", "1s"], words].concat()).run();
        let results: Value = ran.json();
        let results = results["endpoints"].as_array().unwrap_or_else(|| panic!("{ran}")).clone();
        let mut hosts = results.iter().map(|it| it["host"].as_str().expect("a host").to_owned()).collect::<Vec<_>>();
        hosts.dedup();
        hosts
    };
    assert_eq!(hosts(&["--servers-from", list.to_str().expect("a path")]), ["localhost"]);
    let file = place.file();
    let simulated = ["--simulate", file.to_str().expect("a path")];
    assert_eq!(hosts(&[&["--dag", "DAG01"], &simulated[..]].concat()), ["EX01", "EX02"]);
}
