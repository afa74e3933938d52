//! Services in the journal: what history tells of their starts, and what a run that was killed in one leaves behind.

use serde_json::{Value, json};

use crate::services::stopped;
use crate::support::Place;
use crate::support::run::flat;

pub const POP: [&str; 2] = ["MSExchangePOP3BE", "MSExchangePop3"];

/// Both POP3 services were started by a run, PopProxy was set Active before.
pub fn started() -> Place {
    let place = Place::new();
    place.change(|scenario| scenario["servers"][0]["services"] = stopped("Automatic"));
    place.simulate(&["fix", "--yes"]).ends(0);
    place
}

/// What was sent to services of EX01.
fn steps(past: &Value) -> Vec<&Value> {
    let steps = past["servers"][0]["steps"].as_array().expect("a list");
    steps.iter().filter(|step| step["service"].is_string()).collect()
}

/// The services of one look at EX01, as history tells them.
fn seen(look: &Value) -> Vec<String> {
    let services = look["services"].as_array().expect("a list");
    services
        .iter()
        .map(|it| format!("{} {} {}", it["service"], it["state"], it["startupType"]).replace('"', ""))
        .collect()
}

#[test]
fn history_tells_of_starts_what_was_before_them_and_what_came_of_them() {
    let place = started();
    let run = place.newest().expect("a run");
    let list = flat(&place.run(&["history"]).stdout);
    assert!(list.contains("4 (2 services),"), "{list}");
    let shown = flat(&place.run(&["history", &run]).stdout);
    for part in [
        "MSExchangePop3 Stopped (Automatic)",
        "Get-CimInstance Win32_Service -Filter \"Name = 'MSExchangePOP3BE'\" | Invoke-CimMethod -MethodName StartService Sent; Windows says that it runs. Before it, \
         MSExchangePOP3BE was Stopped (Automatic).",
        "MSExchangePop3 Running (Automatic)",
        "MSExchangePop3: runs, confirmed by that look.",
    ] {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let past = place.past(&run);
    let server = &past["servers"][0];
    assert_eq!(
        seen(&server["before"])[..2],
        ["MSExchangePop3 Stopped Automatic", "MSExchangePOP3BE Stopped Automatic"]
    );
    assert_eq!(seen(&server["after"])[..2], ["MSExchangePop3 Running Automatic", "MSExchangePOP3BE Running Automatic"]);
    let starts = steps(&past);
    assert_eq!(starts.len(), 2);
    assert_eq!(
        starts[1]["command"],
        "Get-CimInstance Win32_Service -Filter \"Name = 'MSExchangePop3'\" | Invoke-CimMethod -MethodName StartService"
    );
    assert_eq!((&starts[0]["outcome"], &past["verified"]), (&json!("done"), &json!(true)));
}

#[test]
fn a_run_that_only_starts_services_has_changed_something() {
    let place = Place::new().with_services(&stopped("Automatic"));
    assert_eq!(place.simulate(&["fix", "--yes"]).code, 0);
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!((&past["sent"], &past["services"], &past["verified"]), (&json!(2), &json!(2), &json!(true)));
    let list = flat(&place.run(&["history"]).stdout);
    assert!(list.contains("2 (2 services),"), "{list}");
}

#[test]
fn a_journal_with_looks_without_services_is_read_all_the_same() {
    let place = started();
    let path = place.journals()[0].clone();
    let text = std::fs::read_to_string(&path).expect("text");
    let lines = text.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).expect("JSON");
        if line["record"] == "before" || line["record"] == "after" {
            line.as_object_mut().expect("an object").remove("services").expect("services");
        }
        line.to_string() + "\n"
    });
    std::fs::write(&path, lines.collect::<String>()).expect("written");
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!((&past["illegibleLines"], &past["verified"]), (&json!(0), &json!(true)));
    assert_eq!(past["servers"][0]["before"]["services"], Value::Null);
}

#[cfg(target_os = "linux")]
pub mod killed {
    use super::*;
    use crate::support::killed::kill;
    use crate::support::until;

    /// A run with these words, killed in the middle of its first call of this operation, before or after that took effect.
    pub fn killed_in(place: &Place, words: &[&str], op: &str, effect: &str, service: &str) {
        let then = place.service(service);
        let relight = place.logged(words).start();
        let asked = format!("call={op}");
        until(op, || place.log().contains(&asked));
        if effect == "after" {
            until("the change", || place.service(service) != then);
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
        assert!(kill(relight, true), "it had ended by itself");
        place.clear_faults();
    }

    fn start_record(place: &Place, run: &str) -> (Value, Value) {
        let past = place.past(run);
        let start = steps(&past)[0];
        let mut verdicts = past["servers"][0]["verdicts"].as_array().expect("a list").iter();
        let verdict = verdicts.find(|it| it["service"] == start["service"]).map(|it| it["verdict"].clone());
        (start["outcome"].clone(), verdict.unwrap_or_default())
    }

    #[test]
    fn in_a_start_it_is_pointed_out_and_settled_by_what_is_there() {
        for (effect, runs, verdict) in [("before", false, "notConfirmed"), ("after", true, "confirmed")] {
            let hang = json!([{"hang": {"effect": effect, "when": {"op": "start-service", "nth": 1}}}]);
            let place = Place::new().with_faults(hang).with_services(&stopped("Automatic"));
            killed_in(&place, &["fix", "--yes"], "start-service", effect, POP[0]);
            assert_eq!(place.service(POP[0]) == "Running", runs, "{effect}");
            let run = place.newest().expect("a run");
            assert_eq!(start_record(&place, &run), (json!("open"), Value::Null), "{effect}");
            let said = flat(&place.simulate(&["check"]).stderr);
            let open = format!("whether it started {} on EX01 is not known", POP[0]);
            assert!(said.contains(&open) && said.contains(&format!("relight resume {run}")), "{effect}: {said}");
            let shown = flat(&place.run(&["history", &run]).stdout);
            assert!(shown.contains("it may or may not have been carried out"), "{shown}");

            let resume = place.simulate(&["resume", &run]);
            assert_eq!(start_record(&place, &run), (json!("open"), json!(verdict)), "{effect}: {}", resume.stdout);
            let past = place.past(&run);
            assert_eq!((&past["state"], &past["verified"]), (&json!("ended"), &json!(runs)), "{effect}");
            // The front end was not begun, as after Ctrl-C.
            assert_eq!(resume.code, if runs { 130 } else { 31 }, "{effect}: {}{}", resume.stdout, resume.stderr);
            assert!(!place.simulate(&["check"]).stderr.contains("resume"), "{effect}: it is pointed out for ever");
        }
    }

    #[test]
    fn a_record_is_not_closed_by_a_look_that_cannot_read_the_services() {
        let hang = json!([{"hang": {"when": {"op": "start-service"}}}]);
        let place = Place::new().with_faults(hang).with_services(&stopped("Automatic"));
        killed_in(&place, &["fix", "--yes"], "start-service", "before", POP[0]);
        let run = place.newest().expect("a run");
        let kept = place.scenario();
        let mut blind = kept.clone();
        blind["servers"][0]["services"] = Value::Null;
        place.put(&blind);
        place.simulate(&["resume", &run]);
        assert_eq!(place.past(&run)["state"], "interrupted");
        place.put(&kept);
        place.simulate(&["resume", &run]);
        assert_eq!(place.past(&run)["state"], "ended");
    }
}
