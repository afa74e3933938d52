//! undo: what a run changed is put back, and nothing that somebody else has touched since.

use serde_json::{Value, json};

use crate::support::place::{Place, changed};
use crate::support::run::flat;

fn entry(place: &Place, component: &str, store: &str, requester: &str) -> Value {
    let scenario = place.scenario();
    let entries = scenario["servers"][0]["components"][component][store].as_array().cloned().unwrap_or_default();
    entries.into_iter().find(|entry| entry["requester"] == requester).unwrap_or(Value::Null)
}

fn fixed() -> Place {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]).ends(0);
    place
}

#[test]
fn a_run_is_put_back_and_that_is_confirmed() {
    let place = fixed();
    let undo = place.simulate(&["undo", "--yes"]).ends(0);
    for component in ["PopProxy", "ImapProxy"] {
        assert_eq!(entry(&place, component, "local", "HealthApi")["state"], "Inactive");
        // Where no Inactive entry stood there is none: the Active one that the run has set stays.
        assert_eq!(entry(&place, component, "remote", "HealthApi")["state"], "Active");
    }
    assert_eq!(undo.stderr.matches("-State Inactive -LocalOnly").count(), 2, "{undo}");
    let said = flat(&undo.stdout);
    for part in [
        "UNDONE: PopProxy and ImapProxy are Inactive again: POP3 and IMAP4 clients are turned away.",
        "PopProxy HealthApi Inactive 2026-03-14 02:31 Inactive registry",
        "ImapProxy HealthApi Inactive 2026-03-14 02:31 Inactive registry",
        "the Active entries that the run set in Active Directory stay",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(undo.stdout.lines().count() <= 20, "{undo}");
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!(past["verified"], true);
    assert_eq!(past["undoes"].as_str().map(str::len), Some(19));
    assert_eq!(place.simulate(&["check"]).code, 10, "Inactive again, as before");
}

#[test]
fn where_the_clock_was_set_back_what_was_put_back_is_not_called_not_put_back() {
    let place = fixed();
    place.change(|it| it["now"] = json!("2026-03-13T00:00:00Z"));
    let undo = place.simulate(&["undo", "--yes"]);
    assert_eq!(entry(&place, "PopProxy", "local", "HealthApi")["state"], "Inactive");
    let said = flat(&undo.stdout);
    let doubt = "reads Inactive, but the entry is not newer than before: is the clock right?";
    let told = said.contains(&format!("HealthApi on ImapProxy and PopProxy: {doubt}"));
    assert!(told && !said.contains("not put back") && !said.contains("not confirmed"), "{undo}");
    let past = place.run(&["history", &place.newest().expect("a run")]).ends(0);
    assert_eq!(flat(&past.stdout).matches(doubt).count(), 2, "{past}");
}

#[test]
fn a_server_is_taken_offline_again_only_with_a_consent_of_its_own() {
    let place = Place::new();
    let inactive = json!([{"requester": "Maintenance", "state": "Inactive", "timestamp": "2026-03-14T02:00:00Z"}]);
    place.change(|it| {
        it["servers"][0]["components"] = json!({"ServerWideOffline": {"local": inactive, "remote": inactive}});
    });
    let flags = ["--requester", "Maintenance", "--include-server-wide-offline"];
    assert_eq!(place.simulate(&[&["fix", "--yes"][..], &flags].concat()).code, 0);
    let fixed = place.scenario();

    let undo = place.simulate(&["undo", "--yes"]).ends(10);
    let said = flat(&undo.stdout);
    assert!(
        said.contains("Maintenance on ServerWideOffline is left as it is: it takes the whole server offline"),
        "{said}"
    );
    assert!(changed(&fixed, &place.scenario()).is_empty());

    let plan = flat(&place.simulate(&["undo", "--dry-run"]).stdout);
    assert!(plan.contains("That takes all of EX01 offline again, mail flow included."), "{plan}");
    place.simulate(&["undo", "--yes", "--include-server-wide-offline"]).ends(0);
    assert_eq!(entry(&place, "ServerWideOffline", "local", "Maintenance")["state"], "Inactive");
}

#[test]
fn a_dry_run_and_nobody_to_ask_change_nothing() {
    let place = fixed();
    let left = place.scenario();
    for (words, code) in [(&["undo", "--dry-run"][..], 10), (&["undo"], 12)] {
        let undo = place.simulate(words).ends(code);
        assert_eq!(undo.stdout.matches("-State Inactive").count(), 2, "{}", undo.stdout);
        assert!(changed(&left, &place.scenario()).is_empty());
    }
    assert_eq!(place.journals().len(), 1, "who cannot write keeps no journal");
}

#[test]
fn what_has_changed_since_is_said_and_skipped() {
    let place = fixed();
    place.change(|it| {
        it["servers"][0]["components"]["PopProxy"]["local"][0]["timestamp"] = json!("2026-03-14T05:00:00Z");
    });
    let undo = place.simulate(&["undo", "--yes"]).ends(11);
    assert!(undo.stdout.contains("HealthApi on PopProxy is left as it is"), "{}", undo.stdout);
    assert_eq!(entry(&place, "PopProxy", "local", "HealthApi")["state"], "Active");
    assert_eq!(entry(&place, "ImapProxy", "local", "HealthApi")["state"], "Inactive");
}

#[test]
fn a_draining_entry_is_put_back_as_draining() {
    let place = Place::new();
    let draining = json!({"requester": "Maintenance", "state": "Draining", "timestamp": "2026-03-14T02:00:00Z"});
    place.change(|it| it["servers"][0]["components"]["PopProxy"]["remote"] = json!([draining]));
    place.simulate(&["fix", "--yes", "--requester", "any"]).ends(0);
    assert_eq!(entry(&place, "PopProxy", "remote", "Maintenance")["state"], "Active");
    assert_eq!(place.simulate(&["undo", "--yes"]).code, 0);
    assert_eq!(entry(&place, "PopProxy", "remote", "Maintenance")["state"], "Draining");
    assert_eq!(entry(&place, "PopProxy", "remote", "HealthApi")["state"], "Active");
    assert_eq!(entry(&place, "PopProxy", "local", "HealthApi")["state"], "Inactive");
}

#[test]
fn what_stood_in_both_stores_is_put_back_in_both() {
    let place = Place::of("maintenance");
    place.simulate(&["fix", "--yes", "--requester", "any"]).ends(0);
    let undo = place.simulate(&["undo", "--yes"]).ends(0);
    for store in ["local", "remote"] {
        assert_eq!(entry(&place, "PopProxy", store, "Maintenance")["state"], "Inactive");
    }
    assert!(!undo.stderr.contains("-LocalOnly"), "{undo}");
    assert_eq!(undo.stdout.matches("Inactive both stores").count(), 2, "{}", undo.stdout);
}

#[test]
fn the_journal_and_the_documents_say_where_a_change_is_written() {
    let place = fixed();
    let undo = place.simulate(&["undo", "--yes", "--format", "json"]).ends(0);
    let step = &undo.document()["servers"][0]["steps"][0];
    assert_eq!((&step["stores"], &step["writes"]), (&json!(["registry"]), &json!(["registry"])));
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!(past["servers"][0]["steps"][0]["writes"], json!(["registry"]));
    let verdict = &past["servers"][0]["verdicts"][0];
    assert_eq!((&verdict["verdict"], &verdict["notes"][0]["kind"]), (&json!("confirmed"), &json!("activeStays")));
}

#[test]
fn an_entry_that_is_put_back_and_does_not_decide_is_not_called_put_back() {
    let place = fixed();
    // The clock of this machine runs hours behind that of the one that the fix ran on.
    place.change(|it| it["now"] = json!("2026-03-14T01:00:00Z"));
    let undo = place.simulate(&["undo", "--yes"]).ends(32);
    let said = flat(&undo.stdout);
    assert!(said.contains("does not decide: the Active entry in Active Directory is later"), "{said}");
}

#[test]
fn a_put_back_that_is_lost_is_not_called_done() {
    let fixed_and_lost = || {
        let place = fixed();
        let lost = json!([{"lost-registry-write": {"when": {"component": "PopProxy"}}}]);
        place.change(|scenario| scenario["faults"] = lost);
        place
    };
    let place = fixed_and_lost();
    let undo = place.simulate(&["undo", "--yes"]).ends(32);
    let said = flat(&undo.stdout);
    assert!(said.contains("PopProxy HealthApi Inactive 2026-03-14 02:31 Active not confirmed"), "{said}");
    assert!(said.contains("HealthApi on PopProxy: not put back in the registry."), "{said}");
    let quiet = fixed_and_lost().simulate(&["undo", "--yes", "-q"]).ends(32);
    let line = quiet.stdout.lines().next().unwrap_or_default();
    assert!(
        line.contains("NOT CONFIRMED: HealthApi on PopProxy: not confirmed (not put back in the registry)"),
        "{quiet}"
    );
    assert_eq!(quiet.stdout.lines().count(), 1, "{quiet}");
}

#[test]
fn what_cannot_be_undone_is_said() {
    let place = Place::new();
    let nothing = place.simulate(&["undo"]).ends(2);
    let said = flat(&nothing.stderr);
    assert!(said.contains("no run that changed something"), "{said}");
    let unknown = place.simulate(&["undo", "20200101-000000-000"]);
    assert_eq!((unknown.code, unknown.stderr.contains("no run 20200101-000000-000")), (2, true), "{}", unknown.stderr);

    let place = fixed();
    assert_eq!(place.simulate(&["undo", "--yes"]).code, 0);
    let twice = place.simulate(&["undo", "--yes"]);
    let said = flat(&twice.stderr);
    assert_eq!((twice.code, said.contains("and is not undone yet")), (2, true), "{said}");
    let undo = place.newest().expect("a run");
    let named = place.simulate(&["undo", &undo, "--yes"]);
    assert_eq!((named.code, named.stderr.contains("is itself an undo")), (2, true), "{}", named.stderr);
    let run = place.journals()[0].file_stem().and_then(|stem| stem.to_str()).map(str::to_owned).expect("a name");
    let other = place.run(&["undo", &run, "--simulate", "healthy"]);
    assert_eq!((other.code, other.stderr.contains("was simulated")), (2, true), "{}", other.stderr);
    let again = place.run(&["undo", &run, "--yes"]);
    assert_eq!(again.code, 10, "undone already, so no longer as the run left it: {}", again.stdout);
}

#[test]
fn a_run_that_changed_nothing_has_nothing_to_undo() {
    let place = fixed();
    assert_eq!(place.simulate(&["fix", "--yes"]).code, 0);
    let second = place.newest().expect("a run");
    let undo = place.simulate(&["undo", &second, "--yes"]);
    assert_eq!((undo.code, undo.stdout.contains("changed nothing")), (10, true), "{}", undo.stdout);
    assert_eq!(
        place.simulate(&["undo", "--dry-run"]).stdout.matches("-State Inactive").count(),
        2,
        "the first is meant"
    );
}

/// The run that an undo without a name is about; `None`: there is none.
fn meant(place: &Place, words: &[&str]) -> Option<String> {
    let ran = place.simulate(&[&["undo", "--dry-run", "--format", "json"], words].concat());
    let document: Value = ran.json();
    document["undoes"].as_str().map(str::to_owned)
}

/// Lets HealthApi set PopProxy Inactive once more, at this hour, and a run set it Active again.
fn once_more(place: &Place, hour: u8) -> String {
    let mut scenario = place.scenario();
    let set_inactive = format!("2026-03-14T{hour:02}:00:00Z");
    let entries = json!([{"requester": "HealthApi", "state": "Inactive", "timestamp": set_inactive}]);
    scenario["servers"][0]["components"]["PopProxy"] = json!({"local": entries, "remote": []});
    scenario["now"] = json!(format!("2026-03-14T{hour:02}:10:00Z"));
    scenario["faults"] = json!([]);
    place.put(&scenario);
    place.simulate(&["fix", "--yes", "--component", "PopProxy"]).ends(0);
    place.newest().expect("a run")
}

#[test]
fn without_a_name_the_last_run_that_is_not_undone_yet_is_meant() {
    let place = fixed();
    let first = place.newest().expect("a run");
    let second = once_more(&place, 6);
    assert_eq!(meant(&place, &[]), Some(second.clone()));
    let third = once_more(&place, 8);
    assert_eq!(place.simulate(&["undo", "--yes"]).code, 0);
    assert_eq!(meant(&place, &[]), Some(second), "the third is undone: {third}");
    let fourth = once_more(&place, 10);
    place.change(|scenario| scenario["faults"] = json!([{"lost-registry-write": {}}]));
    assert_eq!(place.simulate(&["undo", "--yes"]).code, 32);
    assert_eq!(meant(&place, &[]), Some(fourth.clone()), "an undo that is not confirmed does not count");
    place.clear_faults();
    // By its name any run can be undone, whatever came after it.
    let by_name = place.simulate(&["undo", &first, "--dry-run"]);
    assert!(by_name.stdout.contains(&format!("Undo of run {first}")), "{}{}", by_name.stdout, by_name.stderr);
}

#[test]
fn a_run_whose_services_still_run_is_not_undone_for_who_wants_them_stopped() {
    let place = super::services::started();
    let run = place.newest().expect("a run");
    assert_eq!(place.simulate(&["undo", "--yes"]).code, 0);
    assert_eq!((meant(&place, &[]), meant(&place, &["--stop-services"])), (None, Some(run)));
    place.simulate(&["undo", "--yes", "--stop-services"]);
    assert_eq!(meant(&place, &["--stop-services"]), None);
}

#[test]
fn a_run_that_could_not_look_again_is_settled_first_and_then_undone() {
    // Three reads of the first look, two before each change, and the look after them takes too long.
    let eighth = json!({"op": "get-component-state", "nth": 8});
    let place = Place::new().with_faults(json!([{"hang": {"when": eighth}}]));
    place.simulate(&["fix", "--yes", "--call-timeout", "2s"]).ends(32);
    place.clear_faults();
    let run = place.newest().expect("a run");
    let next = format!("relight resume {run}");
    assert!(place.run(&["history", &run]).stdout.contains(&next));
    let undo = place.simulate(&["undo", "--yes"]).ends(10);
    assert!(undo.stdout.contains("relight resume settles that first"), "{}", undo.stdout);

    let resume = place.simulate(&["resume", &run]);
    assert_eq!(
        (resume.code, resume.stdout.matches("PopProxy and ImapProxy are Active again").count()),
        (0, 1),
        "{}{}",
        resume.stdout,
        resume.stderr
    );
    assert_eq!(place.past(&run)["verified"], true);
    assert_eq!(place.simulate(&["resume", &run]).code, 2, "there is nothing left to settle");
    assert_eq!(place.simulate(&["undo", "--yes", &run]).stdout.matches("Inactive registry").count(), 2);
}
