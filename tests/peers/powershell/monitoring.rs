//! A check for a monitoring system: it asks, and changes nothing; and it is over in time, whatever a real PowerShell waits for.

use std::net::{Ipv4Addr, TcpListener};

use serde_json::json;

use super::exchange::{inactive_by, kb, server};
use crate::support::double::{Setup, with};

crate::trials![Pwsh =>
    a_check_for_monitoring_writes_nothing,
    a_load_that_hangs_is_ended_by_the_deadline_of_the_run,
    a_server_that_hangs_takes_nothing_from_what_is_known_of_another,
    clients_that_hear_nothing_are_not_waited_for_beyond_it,
];

fn a_check_for_monitoring_writes_nothing() {
    let offline = json!({"ServerWideOffline": inactive_by(&["Maintenance"])});
    let setup = Setup::new(&json!({"servers": [server("EX01", kb()), server("EX02", offline)]}));
    let before = setup.state();
    let file = setup.path("relight.prom");
    let file = file.to_str().expect("text");
    for (words, code) in
        [(&["--format", "nagios", "--deadline", "10m"][..], 2), (&["--format", "prometheus", "--output", file], 10)]
    {
        let ended = setup.run(&[&["check", "EX01", "EX02"], words].concat()).ends(code);
        assert_eq!(ended.stderr, "", "{ended:?}");
    }
    let metrics = std::fs::read_to_string(file).unwrap();
    assert!(metrics.contains("relight_component_active{server=\"EX02\",component=\"ImapProxy\"} 0\n"), "{metrics}");
    let noted = setup.log().iter().map(|entry| entry["what"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert!(noted.iter().filter(|what| *what == "Get-ServerComponentState").count() >= 2 * 2 * 3, "{noted:?}");
    let asks = |what: &String| {
        what.starts_with("Get-") || what.starts_with("Search-") || ["load", "connect"].contains(&what.as_str())
    };
    assert!(noted.iter().all(asks), "{noted:?}");
    assert_eq!(setup.state(), before);
    assert!(!setup.path("state").join("relight").join("journal").exists(), "nor is there a journal");
}

fn a_load_that_hangs_is_ended_by_the_deadline_of_the_run() {
    let setup = Setup::new(&json!({"load": ["hang"], "servers": [server("EX01", kb())]}));
    // All other deadlines are an hour away, which is how long it hangs.
    let others = ["--start-timeout", "1h", "--connect-timeout", "1h", "--call-timeout", "1h"];
    let ended =
        setup.run(&[&["check", "EX01", "--format", "nagios", "--deadline", "5s"], &others[..]].concat()).ends(3);
    let first =
        "RELIGHT UNKNOWN: PowerShell did not get as far as the Exchange cmdlets: the run's --deadline of 5 s passed\n";
    assert!(ended.stdout.starts_with(first), "{ended:?}");
}

fn a_server_that_hangs_takes_nothing_from_what_is_known_of_another() {
    let hang = json!([{"kind": "hang", "on": "get", "server": "EX02"}]);
    let setup = Setup::new(&with(json!({"servers": [server("EX01", kb()), server("EX02", kb())]}), "faults", hang));
    // However slow this machine is, it looks at EX01 within one of these.
    let runs = ["8s", "16s", "32s", "64s", "128s"].into_iter().map(|deadline| {
        setup
            .run(&[
                "check",
                "EX01",
                "EX02",
                "--jobs",
                "1",
                "--call-timeout",
                "1h",
                "--format",
                "nagios",
                "--deadline",
                deadline,
            ])
            .ends(3)
    });
    let seen = runs.into_iter().find(|ended| ended.has("'EX01 pop_inactive'=1;;0;0;1")).expect("EX01 is seen");
    assert!(seen.has("EX01: NOT OK: PopProxy and ImapProxy are Inactive for HealthApi"), "{seen:?}");
    assert!(seen.has("EX02: NOT KNOWN") && !seen.has("EX02 pop_"), "{seen:?}");
}

fn clients_that_hear_nothing_are_not_waited_for_beyond_it() {
    // Connections are taken by the system, and nobody ever says a word.
    let silent = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = silent.local_addr().unwrap().port();
    let here = with(server("localhost", json!({})), "fqdn", json!("localhost"));
    let settings = json!({"POP3": {"certificate": "mail", "plain": [format!("0.0.0.0:{port}")], "tls": []}});
    let setup = Setup::new(&json!({"servers": [with(here, "settings", settings)]}));
    // The first of these within which a port is probed ends less than three seconds later, where a probe has ten.
    let runs = (5..90).step_by(3).map(|seconds| {
        let deadline = format!("{seconds}s");
        let words =
            ["check", "localhost", "--component", "PopProxy", "--probe", "--format", "json", "--deadline", &deadline];
        setup.run(&words).ends(41).document()["servers"][0]["clients"][0].clone()
    });
    let met = runs.into_iter().find(|met| !met.is_null()).expect("a port is probed");
    let heard = met["ports"][0]["attempts"].as_array().expect("attempts").iter();
    let silent = heard.filter(|it| it["outcome"] == "silent").map(|it| it["tookMilliseconds"].as_u64().unwrap());
    let silent = silent.collect::<Vec<_>>();
    assert!(!silent.is_empty() && silent.iter().all(|took| *took < 9_000), "{met}");
}
