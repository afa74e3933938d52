//! undo and the services that a run started: left running unless it is asked for that they be stopped.

use serde_json::{Value, json};

use super::services::{POP, started};
use crate::services::stopped;
use crate::support::Place;
use crate::support::run::flat;

fn states(place: &Place) -> [String; 2] {
    POP.map(|name| place.service(name))
}

#[test]
fn without_the_flag_they_are_left_running_and_the_command_is_told() {
    let place = started();
    let undo = place.simulate(&["undo", "--yes"]);
    assert_eq!((undo.code, states(&place)), (0, ["Running", "Running"].map(str::to_owned)), "{}", undo.stdout);
    let said = flat(&undo.stdout);
    for part in [
        "MSExchangePop3 and MSExchangePOP3BE, which the run started, are left running.",
        "To stop the services: relight undo 2",
        "--stop-services",
        "UNDONE: PopProxy and ImapProxy are Inactive again: POP3 and IMAP4 clients are turned away.",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(!place.records().iter().any(|record| record.contains("MSExchange")), "{:?}", place.records());
}

#[test]
fn with_it_they_are_stopped_front_end_first_before_the_component_is_put_back() {
    let place = started();
    let run = place.newest().expect("a run");
    for (words, code) in [(&["undo", "--stop-services", "--dry-run"][..], 10), (&["undo", "--stop-services"], 12)] {
        let undo = place.simulate(words).ends(code);
        let front = undo.stdout.find("'MSExchangePop3'").expect("planned");
        let back = undo.stdout.find("'MSExchangePOP3BE'").expect("planned");
        assert!(front < back && back < undo.stdout.find("-State Inactive").expect("planned"), "{}", undo.stdout);
        assert_eq!(states(&place), ["Running", "Running"].map(str::to_owned));
    }
    let undo = place.simulate(&["undo", "--stop-services", "--yes", "--format", "json"]).ends(0);
    assert_eq!(states(&place), ["Stopped", "Stopped"].map(str::to_owned));
    assert_eq!(place.scenario()["servers"][0]["services"]["MSExchangePop3"]["startType"], "Automatic");
    let server = &undo.document()["servers"][0];
    assert_eq!(
        server["steps"][0],
        json!({
            "service": "MSExchangePop3", "component": null, "requester": null,
            "to": "Stopped", "state": null, "stores": null, "writes": null, "timestamp": null, "timestampText": null,
            "startupType": "Automatic", "components": ["PopProxy"],
            "command": "Get-CimInstance Win32_Service -Filter \"Name = 'MSExchangePop3'\" | Invoke-CimMethod -MethodName StopService",
            "undoCommand": "Get-CimInstance Win32_Service -Filter \"Name = 'MSExchangePop3'\" | Invoke-CimMethod -MethodName StartService",
            "outcome": "done", "sent": true, "trouble": null,
        })
    );
    let verdicts = server["verdicts"].as_array().expect("a list").iter();
    let verdicts = verdicts.map(|it| [&it["service"], &it["component"], &it["verdict"]].map(Value::as_str));
    let confirmed = Some("confirmed");
    assert_eq!(
        verdicts.collect::<Vec<_>>(),
        [
            [Some(POP[1]), None, confirmed],
            [Some(POP[0]), None, confirmed],
            [None, Some("ImapProxy"), confirmed],
            [None, Some("PopProxy"), confirmed],
        ]
    );
    assert_eq!(
        place.records(),
        [
            "begin",
            "before",
            "decision",
            "intent MSExchangePop3",
            "outcome MSExchangePop3",
            "intent MSExchangePOP3BE",
            "outcome MSExchangePOP3BE",
            "intent",
            "outcome",
            "intent",
            "outcome",
            "after",
            "end"
        ]
    );
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!((&past["verified"], &past["undoes"]), (&json!(true), &json!(run)));
    let sent = past["servers"][0]["steps"].as_array().expect("a list").iter();
    assert_eq!((sent.filter(|step| step["service"].is_string()).count(), &past["services"]), (2, &json!(2)));
    let shown = flat(&place.run(&["history", &place.newest().expect("a run")]).stdout);
    assert!(shown.contains("StopService Sent; Windows says that it is stopped."), "{shown}");
    assert!(shown.contains("MSExchangePop3: stopped, confirmed by that look."), "{shown}");
    let begin = place.journal();
    let other = std::fs::read_to_string(&place.journals()[0]).expect("text");
    let script = |text: &str| {
        serde_json::from_str::<Value>(text.lines().next()?).ok()?["scriptSha256"].as_str().map(str::to_owned)
    };
    assert_ne!(script(&begin), script(&other), "only this run had the script that stops");
}

#[test]
fn what_no_longer_runs_is_said_and_skipped_and_somebody_elses_change_stays() {
    let place = started();
    place.change(|it| it["servers"][0]["services"]["MSExchangePop3"]["state"] = json!("Stopped"));
    let undo = place.simulate(&["undo", "--stop-services", "--yes"]).ends(0);
    let said = flat(&undo.stdout);
    assert!(said.contains("MSExchangePop3, which the run started, is not running now: nothing to stop."), "{said}");
    assert_eq!(place.service("MSExchangePOP3BE"), "Stopped");

    let place = started();
    place.change(|it| it["servers"][0]["services"]["MSExchangePop3"]["startType"] = json!("Manual"));
    let undo = place.simulate(&["undo", "--stop-services", "--yes"]);
    assert_eq!((undo.code, states(&place)), (11, ["Running", "Running"].map(str::to_owned)));
    let said = flat(&undo.stdout);
    assert!(
        said.contains(
            "MSExchangePop3, which the run started, is not stopped: its startup type has changed since the run."
        ),
        "{said}"
    );
    assert!(said.contains("its front end MSExchangePop3 goes on running and needs it"), "{said}");
    assert!(said.contains("PopProxy HealthApi Inactive 2026-03-14 02:31 Inactive registry"), "{said}");
}

#[test]
fn a_run_that_only_started_services_can_be_undone_by_stopping_them() {
    let place = Place::new().with_services(&stopped("Automatic"));
    assert_eq!(place.simulate(&["fix", "--yes"]).code, 0);
    let plain = place.simulate(&["undo", "--yes"]);
    assert_eq!((plain.code, plain.stdout.contains("are left running")), (10, true), "{}", plain.stdout);
    let undo = place.simulate(&["undo", "--yes", "--stop-services"]);
    assert_eq!((undo.code, states(&place)), (0, ["Stopped", "Stopped"].map(str::to_owned)), "{}", undo.stdout);
}

#[test]
fn a_stop_that_fails_keeps_the_back_end_and_what_is_lost_with_the_shell_is_looked_at() {
    let refused = json!([{"refused": {"message": "No.", "when": {"op": "stop-service"}}}]);
    let crash = |effect: &str| json!([{"crash": {"effect": effect, "when": {"op": "stop-service"}}}]);
    // Each stop ends the shell; the second time that ends the undo.
    for (faults, code, outcomes, states_after, put_backs) in [
        (refused, 30, ["failed", "useless"], ["Running", "Running"], "done"),
        (crash("before"), 31, ["unknown", "useless"], ["Running", "Running"], "done"),
        (crash("after"), 31, ["unknown", "unknown"], ["Stopped", "Stopped"], "shellLost"),
    ] {
        let place = started();
        place.change(|it| it["faults"] = faults.clone());
        let undo = place.simulate(&["undo", "--stop-services", "--yes", "--format", "json"]);
        let server = undo.document()["servers"][0].clone();
        assert_eq!(undo.code, code, "{faults}: {server}");
        assert_eq!([0, 1].map(|at| &server["steps"][at]["outcome"]), outcomes, "{faults}");
        assert_eq!(states(&place), states_after.map(str::to_owned), "{faults}");
        assert_eq!(server["steps"][2]["outcome"], put_backs, "{faults}");
        let stops = place.records().iter().filter(|record| record.starts_with("intent MSExchange")).count();
        let sent = outcomes.iter().filter(|outcome| **outcome != "useless").count();
        assert_eq!(stops, sent, "a write is sent at most once");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn killed_in_a_stop_it_is_pointed_out_and_settled_by_what_is_there() {
    for (effect, is_stopped, verdict) in [("before", false, "notConfirmed"), ("after", true, "confirmed")] {
        let place = started();
        let hang = json!([{"hang": {"effect": effect, "when": {"op": "stop-service", "nth": 1}}}]);
        place.change(|it| it["faults"] = hang);
        let words = &["undo", "--stop-services", "--yes"];
        super::services::killed::killed_in(&place, words, "stop-service", effect, POP[1]);
        let run = place.newest().expect("a run");
        let said = flat(&place.simulate(&["check"]).stderr);
        assert!(said.contains("whether it stopped MSExchangePop3 on EX01 is not known"), "{effect}: {said}");
        let resume = place.simulate(&["resume", &run, "--format", "json"]);
        let past = place.past(&run);
        assert_eq!(past["state"], "ended", "{effect}: {}", resume.stderr);
        let resumed = resume.document();
        assert_eq!(resumed["resumed"], true, "{effect}");
        for (document, outcome) in [(&resumed, "unknown"), (&past, "open")] {
            let server = &document["servers"][0];
            let told = (&server["verdicts"][0]["service"], &server["verdicts"][0]["verdict"]);
            assert_eq!(told, (&json!(POP[1]), &json!(verdict)), "{effect}");
            let step = (&server["steps"][0]["service"], &server["steps"][0]["outcome"]);
            assert_eq!(step, (&json!(POP[1]), &json!(outcome)), "{effect}");
        }
        assert_eq!(past["verified"], json!(is_stopped), "{effect}");
        assert!(!place.simulate(&["check"]).stderr.contains("resume"), "{effect}: it is pointed out for ever");
    }
}
