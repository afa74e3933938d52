//! Services through the real engine: started by a fix, left running by an undo unless it is asked to stop them, and
//! stopped front end first, each once.

use serde_json::json;

use super::exchange::server;
use crate::support::double::Setup;
#[cfg(unix)]
use crate::support::double::{NEW, entry};

crate::trials![Pwsh =>
    what_a_run_started_is_stopped_by_the_undo_that_is_asked_to,
    #[cfg(unix)]
    only_another_machine_is_asked_over_the_network,
    #[cfg(unix)]
    the_back_end_is_looked_at_on_that_very_server_alone,
];

/// Service and method of each change, as they arrived.
fn sent(setup: &Setup) -> Vec<String> {
    let calls = setup.calls("Invoke-CimMethod");
    calls.iter().map(|args| format!("{} {}", args["MethodName"], args["Name"]).replace('"', "")).collect()
}

/// State and start type of the POP3 services.
fn services(setup: &Setup) -> Vec<String> {
    let state = setup.seen();
    let of = |name: &str| {
        let service = &state["servers"][0]["services"][name];
        format!("{} {}", service["state"], service["startMode"]).replace('"', "")
    };
    vec![of("MSExchangePop3"), of("MSExchangePOP3BE")]
}

fn what_a_run_started_is_stopped_by_the_undo_that_is_asked_to() {
    let mut ex01 = server("EX01", json!({}));
    let stopped = json!({"state": "Stopped", "startMode": "Auto"});
    ex01["services"] = json!({"MSExchangePop3": stopped, "MSExchangePOP3BE": stopped});
    let setup = Setup::new(&json!({"servers": [ex01]}));
    let journal = setup.path("journal");
    let journal = ["--journal-dir", journal.to_str().unwrap()];
    let run = |words: &[&str]| setup.run(&[words, &journal[..]].concat());

    let fix = run(&["fix", "--yes", "--server", "EX01"]);
    assert_eq!((fix.code, services(&setup)), (0, vec!["Running Auto".to_owned(); 2]), "{fix:?}");
    let left = run(&["undo", "--yes"]);
    assert!(left.code == 10 && left.has("which the run started, are left running"), "{left:?}");
    let undo = run(&["undo", "--yes", "--stop-services"]);
    assert_eq!((undo.code, services(&setup)), (0, vec!["Stopped Auto".to_owned(); 2]), "{undo:?}");
    assert!(undo.has("MSExchangePop3 and MSExchangePOP3BE are stopped."), "{undo:?}");
    assert_eq!(
        sent(&setup),
        [
            "StartService MSExchangePOP3BE",
            "StartService MSExchangePop3",
            "StopService MSExchangePop3",
            "StopService MSExchangePOP3BE"
        ]
    );
}

#[cfg(unix)]
fn the_back_end_is_looked_at_on_that_very_server_alone() {
    let setup = Setup::new(&json!({"servers": [server("EX01", json!({})), server("EX02", json!({}))]}));
    let words = ["check", "--probe", "--format", "json", "--server", "EX01,EX02"];
    let check = setup.clean(setup.relight(&words).env("COMPUTERNAME", "EX01").run());
    let document = check.document();
    let ports = |server: usize| {
        let clients = document["servers"][server]["clients"].as_array().expect("a list");
        clients.iter().map(|it| it["backEnd"]["port"].clone()).collect::<Vec<_>>()
    };
    assert_eq!((ports(0), ports(1)), (vec![json!(1995), json!(1993)], vec![json!(null), json!(null)]), "{document:#}");
}

#[cfg(unix)]
fn only_another_machine_is_asked_over_the_network() {
    let mut servers = json!({"servers": [server("EX01", json!({})), server("EX02", json!({}))]});
    let inactive = json!({"local": [entry("Functional", "Inactive", NEW)], "remote": []});
    servers["servers"][1]["components"] = json!({"PopProxy": inactive});
    let setup = Setup::new(&servers);
    let check =
        setup.clean(setup.relight(&["check", "--server", "ex01.contoso.test,EX02"]).env("COMPUTERNAME", "EX01").run());
    assert_eq!(check.code, 10, "{check:?}");
    let asked: Vec<String> = setup
        .calls("Get-CimInstance")
        .iter()
        .map(|args| format!("{} {}", args["ClassName"], args["ComputerName"]).replace('"', ""))
        .collect();
    assert_eq!(asked, ["Win32_Service ", "Win32_Process EX02", "Win32_Service EX02"]);
}
