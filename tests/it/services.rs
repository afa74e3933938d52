//! Stopped services through the binary, on a simulated server: what is found, what is started and in which order, and what
//! the exit code says.

use serde_json::{Value, json};

use crate::support::run::{flat, flaws};
use crate::support::{Place, relight};

struct Bench(Place);

impl Bench {
    /// A server with these services, PopProxy Inactive by HealthApi or Active, and these faults.
    fn new(services: Value, inactive: bool, faults: Value) -> Self {
        let entry = json!({"requester": "HealthApi", "state": if inactive { "Inactive" } else { "Active" }, "timestamp": "2026-03-14T02:31:52Z"});
        let scenario = json!({
            "scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "faults": faults,
            "servers": [{"name": "EX01", "services": services, "components": {"PopProxy": {"local": [entry]}}}],
        });
        Self(Place::from_text(&scenario.to_string()))
    }

    /// The commands that are named as the next.
    fn next(&self, words: &[&str]) -> Vec<String> {
        let document = self.0.relight(words).args("--format json").simulate(&self.0).run().document();
        let next = document["next"].as_array().expect("a list").iter().map(|it| it.as_str().expect("a command"));
        let of_the_bench = [
            format!(" --simulate {}", self.0.file().display()),
            format!(" --journal-dir {}", self.0.journal_folder().display()),
        ];
        next.map(|it| of_the_bench.iter().fold(it.to_owned(), |it, option| it.replace(option, ""))).collect()
    }

    /// The exit code and the one server of the document.
    fn run(&self, words: &[&str]) -> (i32, Value) {
        let ran = self.0.relight(words).args("--format json").simulate(&self.0).run();
        (ran.code, ran.document()["servers"][0].clone())
    }
}

/// Both services of POP3, stopped.
pub fn stopped(start_type: &str) -> Value {
    json!({
        "MSExchangePop3": {"state": "Stopped", "startType": start_type},
        "MSExchangePOP3BE": {"state": "Stopped", "startType": start_type},
    })
}

/// The items of a list that are about services.
fn of_services(list: &Value) -> Vec<&Value> {
    list.as_array().expect("a list").iter().filter(|it| it["service"].is_string()).collect()
}

/// What was started, what came of it, and what the last look says.
fn started(server: &Value) -> Vec<String> {
    let verdicts = of_services(&server["verdicts"]);
    let told = |step: &&Value| {
        let verdict = verdicts.iter().find(|it| it["service"] == step["service"]).map(|it| &it["verdict"]);
        format!("{} {} {}", step["service"], step["outcome"], verdict.unwrap_or(&Value::Null)).replace('"', "")
    };
    of_services(&server["steps"]).iter().map(told).collect()
}

/// The proposals of a list that start services, as they are told.
fn starting(list: &Value) -> Vec<&Value> {
    list.as_array().into_iter().flatten().filter(|it| !of_services(&it["changes"]).is_empty()).collect()
}

/// What the last look says of PopProxy.
fn verdict(server: &Value) -> &str {
    let first = &server["verdicts"][0];
    assert_eq!(first["component"], "PopProxy", "{server}");
    first["verdict"].as_str().expect("a verdict")
}

#[test]
fn automatic_services_are_started_after_the_component_the_back_end_first() {
    let bench = Bench::new(stopped("Automatic"), true, json!([]));
    let (code, server) = bench.run(&["check"]);
    assert_eq!((code, server["serviceFindings"].as_array().map(Vec::len)), (10, Some(2)));
    assert_eq!(starting(&server["plan"])[0]["withYes"], json!(true));
    let (code, server) = bench.run(&["fix", "--yes"]);
    assert_eq!(code, 0);
    assert_eq!(verdict(&server), "confirmed");
    assert_eq!(started(&server), ["MSExchangePOP3BE done confirmed", "MSExchangePop3 done confirmed"]);
    let (code, server) = bench.run(&["check"]);
    assert_eq!((code, &server["serviceFindings"]), (0, &json!([])));
    assert_eq!(server["before"]["services"][0]["startupType"], "Automatic", "startup types stay");
}

#[test]
fn the_command_shown_for_a_service_is_the_one_that_ran_wherever_it_is_read() {
    let services = || json!({"MSExchangePop3": {"state": "Stopped", "startType": "Automatic"}});
    let scenario = json!({
        "scenario": "relight/scenario/1.0", "computer": "EX01",
        "servers": [{"name": "EX01", "services": services()}, {"name": "EX02", "services": services()}],
    });
    let place = Place::from_text(&scenario.to_string());
    let start = "Get-CimInstance Win32_Service -Filter \"Name = 'MSExchangePop3'\"";
    let here = format!("{start} | Invoke-CimMethod -MethodName StartService");
    let there = format!("{start} -ComputerName EX02 | Invoke-CimMethod -MethodName StartService");
    let shows = |words: &[&str], commands: &[&String]| {
        let said = flat(&place.simulate(words).transcript()).replace(" ` ", " ");
        for command in commands {
            assert!(said.contains(*command), "{words:?} lacks {command}\n{said}");
        }
    };
    shows(&["fix", "EX01", "EX02", "--dry-run"], &[&here, &there]);
    place.logged(&["fix", "EX01", "EX02", "--yes"]).run().ends(0);
    let calls = place.log();
    for server in ["localhost", "EX02"] {
        assert!(calls.contains(&format!("start-service server={server} ")), "{calls}");
    }
    let run = place.newest().expect("a run");
    // Another machine reads what ran, and would itself put it back from there.
    place.change(|scenario| scenario["computer"] = json!("EX02"));
    let past = place.past(&run);
    let ran = past["servers"].as_array().expect("a list").iter().map(|server| &server["steps"][0]["command"]);
    assert_eq!(ran.collect::<Vec<_>>(), [&json!(here), &json!(there)]);
    let said = flat(&place.run(&["history", &run]).stdout).replace(" ` ", " ");
    assert!(said.contains(&here) && said.contains(&there), "{said}");
    let back = there.replace("EX02", "EX01").replace("Start", "Stop");
    shows(&["undo", &run, "--dry-run", "--stop-services"], &[&back, &here.replace("Start", "Stop")]);
}

#[test]
fn services_are_started_even_where_no_component_is_inactive() {
    let bench = Bench::new(stopped("Automatic"), false, json!([]));
    assert_eq!(bench.run(&["check"]).0, 10);
    assert_eq!(bench.run(&["fix"]).0, 12, "nobody to ask");
    let (code, server) = bench.run(&["fix", "--yes"]);
    assert_eq!((code, started(&server).len(), server["steps"].as_array().map(Vec::len)), (0, 2, Some(2)));
    assert!(server["after"].is_object(), "a look proves it");
}

#[test]
fn manual_and_none_are_as_the_flag_says() {
    for (start_type, flag, code, services, left) in [
        ("Manual", "automatic", 0, 0, "serviceManual"),
        ("Manual", "manual", 0, 2, ""),
        ("Manual", "none", 0, 0, "serviceNotAllowed"),
        ("Automatic", "none", 11, 0, "serviceNotAllowed"),
        ("Disabled", "manual", 11, 0, "serviceDisabled"),
    ] {
        let bench = Bench::new(stopped(start_type), true, json!([]));
        let (ended, server) = bench.run(&["fix", "--yes", "--start-services", flag]);
        let said = starting(&server["decision"]["left"]);
        let said = said.first().and_then(|it| it["obstacles"][0]["kind"].as_str()).unwrap_or_default().to_owned();
        // A protocol that nobody enabled is no fault, so that nothing is left when only its component was Inactive.
        assert_eq!((ended, started(&server).len(), said.as_str()), (code, services, left), "{start_type} {flag}");
    }
}

#[test]
fn the_next_step_names_the_flag_that_starts_what_is_stopped() {
    let one = |front: &str, back: &str| {
        let service = |start: &str| json!({"state": "Stopped", "startType": start});
        json!({"MSExchangePop3": service(front), "MSExchangePOP3BE": service(back)})
    };
    let [fix, look] = ["relight fix EX01", "relight check EX01"].map(str::to_owned);
    let details = format!("{look} -v");
    let unasked = [fix.clone(), format!("{fix} --yes"), details.clone()];
    let manual = [fix.clone(), format!("{fix} --yes --start-services manual"), details];
    for (services, inactive, arguments, next) in [
        (one("Automatic", "Automatic"), false, &["check"][..], &unasked[..]),
        (one("Automatic", "Automatic"), false, &["fix"], &unasked),
        (one("Automatic", "Automatic"), false, &["fix", "--yes"], &[]),
        (one("Automatic", "Automatic"), false, &["fix", "--yes", "--start-services", "none"], &unasked),
        (one("Manual", "Automatic"), true, &["fix"], &manual),
        (one("Manual", "Automatic"), true, &["fix", "--yes"], &manual),
        (one("Manual", "Automatic"), false, &["fix", "--yes", "--start-services", "none"], &manual),
        // Nobody enabled POP3: its component is all that is offered.
        (one("Manual", "Manual"), true, &["fix"], &unasked),
        // There is nothing here that relight can start.
        (one("Automatic", "Disabled"), false, &["check"], &[look]),
    ] {
        let mut said = Bench::new(services.clone(), inactive, json!([])).next(arguments);
        // What a change is followed by, whatever is left.
        said.retain(|it| !it.starts_with("relight undo ") && !it.starts_with("relight history "));
        assert_eq!(said, next, "{services} {arguments:?}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_changes_no_exit_code() {
    for (inactive, code) in [(false, 0), (true, 10)] {
        let (ended, server) = Bench::new(Value::Null, inactive, json!([])).run(&["check"]);
        assert_eq!(ended, code);
        let before = &server["before"];
        assert!(before["services"].is_null() && before["servicesUnreadable"].is_string(), "{server}");
    }
    let (code, server) = Bench::new(Value::Null, true, json!([])).run(&["fix", "--yes"]);
    assert_eq!((code, started(&server)), (0, vec![]));
}

#[test]
fn a_start_that_fails_stops_the_other_half_and_is_a_failed_change() {
    let refused = json!([{"refused": {"message": "No.", "when": {"op": "start-service"}}}]);
    let (code, server) = Bench::new(stopped("Automatic"), true, refused).run(&["fix", "--yes"]);
    assert_eq!(code, 30);
    assert_eq!(started(&server), ["MSExchangePOP3BE failed notConfirmed", "MSExchangePop3 useless null"]);
    assert_eq!(verdict(&server), "confirmed", "the component was set Active all the same");
}

#[test]
fn a_shell_lost_in_a_start_is_settled_by_the_look_after_it() {
    // Each start of it ends the shell.
    for (effect, expected) in [
        ("after", ["MSExchangePOP3BE unknown unknown", "MSExchangePop3 unknown unknown"]),
        ("before", ["MSExchangePOP3BE unknown notConfirmed", "MSExchangePop3 useless null"]),
    ] {
        let faults = json!([{"crash": {"effect": effect, "when": {"op": "start-service"}}}]);
        let (ended, server) = Bench::new(stopped("Automatic"), true, faults).run(&["fix", "--yes"]);
        assert_eq!(ended, 31, "{effect}: {server}");
        assert_eq!(started(&server), expected);
    }
}

#[test]
fn a_component_that_stays_inactive_keeps_its_services_as_they_are() {
    let lost = json!([{"refused": {"message": "No.", "when": {"op": "set-component-state"}}}]);
    let (code, server) = Bench::new(stopped("Automatic"), true, lost).run(&["fix", "--yes"]);
    assert_eq!(
        (code, started(&server)),
        (30, vec!["MSExchangePOP3BE useless null".to_owned(), "MSExchangePop3 useless null".to_owned()])
    );
}

#[test]
fn the_journal_has_an_intent_before_each_start_and_its_lines_are_valid() {
    let bench = Bench::new(stopped("Automatic"), true, json!([]));
    assert_eq!(bench.run(&["fix", "--yes"]).0, 0);
    for line in bench.0.journal().lines() {
        assert_eq!(flaws("journal", &serde_json::from_str(line).expect("JSON")), Vec::<String>::new(), "{line}");
    }
    assert_eq!(
        bench.0.records()[2..],
        [
            "decision",
            "intent",
            "outcome",
            "intent MSExchangePOP3BE",
            "outcome MSExchangePOP3BE",
            "intent MSExchangePop3",
            "outcome MSExchangePop3",
            "after",
            "clients",
            "monitors",
            "end"
        ]
    );
    assert_eq!(bench.0.past(&bench.0.newest().expect("a run"))["verified"], true);
}

#[test]
fn why_managed_availability_took_it_down_is_told_and_counts_for_no_exit_code() {
    let run = |scenario: &str| {
        let ran = relight("check --format json --simulate").arg(scenario).run();
        (ran.code, ran.document()["servers"][0]["evidence"].clone())
    };
    let (code, evidence) = run("first-ssl-binding-specific");
    let causes = evidence[0]["likelyCauses"].as_array().expect("a list").clone();
    assert_eq!(code, 10);
    assert_eq!(causes, ["bindingDeadlock", "unhealthy", "takenOffline"]);
    let (_, evidence) = run("kb-3025138");
    assert_eq!(evidence.as_array().map(Vec::len), Some(2), "asked for each component that HealthApi set Inactive");
    assert_eq!((&evidence[0]["likelyCauses"], &evidence[0]["unread"]), (&json!(["unhealthy"]), &json!([])));
    assert_eq!(run("maintenance").1, json!([]), "not asked where nobody else than HealthApi could tell");

    let no_right = json!([{"access-denied": {"when": {"op": "get-server-health"}}}, {"missing-cmdlet": {"cmdlet": "Get-PopSettings"}}]);
    let (code, server) = Bench::new(json!({}), true, no_right).run(&["check"]);
    assert_eq!(code, 10);
    assert_eq!(server["evidence"][0]["unread"].as_array().map(Vec::len), Some(2));
    assert_eq!(server["evidence"][0]["takenOffline"], json!([]), "what can be read is read");
    let hang = json!([{"crash": {"when": {"op": "get-recovery-actions"}}}]);
    let (code, server) = Bench::new(json!({}), true, hang).run(&["fix", "--yes"]);
    assert_eq!((code, verdict(&server)), (0, "confirmed"), "a shell lost there is started anew");
}

#[test]
fn a_certificate_without_names_leaves_it_open_whether_one_is_for_the_name() {
    let evidence = |pop: Value| {
        let entry = json!({"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"});
        let server =
            json!({"name": "EX01", "evidence": {"PopProxy": pop}, "components": {"PopProxy": {"local": [entry]}}});
        let scenario = json!({"scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z", "servers": [server]});
        let ran = relight("check --format json").simulate(&Place::from_text(&scenario.to_string())).run();
        ran.document()["servers"][0]["evidence"][0].clone()
    };
    let known = evidence(json!({"certificateNames": ["other.contoso.local"], "certificateName": "pop.contoso.local"}));
    assert_eq!(known["likelyCauses"], json!(["noSuchCertificate", "unhealthy"]), "{known}");
    for raw_data in ["", "MIIB", "?"] {
        let not_known = evidence(json!({"certificateRawData": raw_data, "certificateName": "pop.contoso.local"}));
        assert_eq!(
            (&not_known["likelyCauses"], &not_known["certificates"]),
            (&json!(["unhealthy"]), &Value::Null),
            "{not_known}"
        );
        let why = not_known["unread"][0].as_str().unwrap_or_default();
        assert!(why.starts_with("Get-ExchangeCertificate gave a certificate without names: "), "{why}");
    }
}

#[test]
fn a_component_that_is_set_inactive_again_while_it_is_watched_is_reported_with_its_new_entry() {
    let flips = json!([{"flips-back": {"component": "PopProxy", "requester": "HealthApi", "afterReads": 1}}]);
    let behind = || Bench(Place::of("monitor-behind").with_faults(flips.clone()));
    let (code, server) = behind().run(&["fix", "--yes", "--watch", "1s"]);
    assert_eq!(code, 32, "{server}");
    assert_eq!(server["watchedSeconds"], json!(1));
    assert_eq!(server["verdicts"][0]["reasons"][0]["kind"], "setAgain");
    let entry = &server["after"]["components"][0]["registry"]["entries"][0];
    assert_eq!((&entry["state"], &entry["requester"]), (&json!("Inactive"), &json!("HealthApi")));
    let (code, server) = behind().run(&["fix", "--yes"]);
    assert_eq!((code, &server["watchedSeconds"]), (0, &Value::Null), "without a watch nobody sees it");
}
