//! When a change is done: by the newest entry, as Exchange goes by it; what the Health Manager still has to copy; and what has
//! changed between the question and the change.

use serde_json::{Value, json};

use crate::support::run::flat;
use crate::support::{Place, relight};

const IN_REGISTRY: &str =
    "Set-ServerComponentState -Identity EX01 -Component PopProxy -Requester HealthApi -State Active -LocalOnly";

/// The verdict on PopProxy in the document of a fix of it.
fn verdict(document: &Value) -> &Value {
    &document["servers"][0]["verdicts"][0]
}

#[test]
fn a_copy_of_the_health_manager_is_waited_for_and_said() {
    let place = Place::of("registry-follows");
    let ran = relight("fix --yes --component PopProxy").simulate(&place).run().ends(0);
    ran.says("FIXED: PopProxy is Active again;")
        .tells("Waiting for the Health Manager to copy it into the registry, 5:");
    assert!(place.entries("PopProxy")[0][0].starts_with("HealthApi Active"));
}

#[test]
fn without_waiting_what_is_pending_is_said_with_the_command_that_mends_it() {
    let place = Place::of("registry-follows");
    let fix = "fix --yes --component PopProxy --no-wait";
    let ran = relight(fix).simulate(&place).run().ends(32);
    let ran = ran
        .says("NOT CONFIRMED: PopProxy is Active, but not confirmed (the registry is to follow).")
        .says("the registry not yet; MSExchangeHM copies it within about 300 s.")
        .says(IN_REGISTRY);
    assert!(!ran.stderr.contains("Waiting"), "{ran}");
    let document = relight(fix).arg("--format").arg("json").simulate(&Place::of("registry-follows")).run().ends(32);
    let document = document.document();
    assert_eq!(verdict(&document)["reasons"][0]["kind"], "registryPending");
    assert_eq!(
        document["servers"][0]["after"]["healthManager"],
        json!({"state": "Running", "startupType": "Automatic"})
    );
}

#[test]
fn a_copy_that_nobody_makes_is_not_waited_for_and_it_is_said_why() {
    for (change, why, said) in [
        (
            json!({"healthManager": {"state": "Stopped"}}),
            "healthManagerNotRunning",
            "the registry does not (MSExchangeHM, which would copy it, does not run).",
        ),
        (
            json!({"healthManager": {"installed": false}}),
            "healthManagerNotKnown",
            "whether MSExchangeHM runs, which would copy it, is not known",
        ),
        (
            json!({"services": null}),
            "healthManagerNotKnown",
            "whether MSExchangeHM runs, which would copy it, is not known",
        ),
    ] {
        let place = || {
            let place = Place::of("registry-follows");
            place.change(|it| {
                for (field, value) in change.as_object().expect("fields") {
                    it["servers"][0][field] = value.clone();
                }
            });
            place
        };
        let ran = relight("fix --yes --component PopProxy").simulate(&place()).run().ends(32);
        let ran = ran.says(said).says(IN_REGISTRY);
        assert!(!ran.stderr.contains("Waiting"), "{ran}");
        let ran = relight("fix --yes --component PopProxy --format json").simulate(&place()).run().ends(32);
        let reason = &verdict(&ran.document())["reasons"][0].clone();
        assert_eq!((&reason["kind"], &reason["noCopy"]), (&json!("registryWriteLost"), &json!(why)), "{change}");
    }
}

#[test]
fn a_registry_whose_clock_runs_ahead_is_not_waited_for() {
    let place = Place::of("registry-follows");
    place.change(|it| {
        it["servers"][0]["components"]["PopProxy"]["local"][0]["timestamp"] = json!("2026-03-14T04:00:00Z");
    });
    let ran = relight("fix --yes --component PopProxy").simulate(&place).run().ends(32);
    let ran = ran.says("the registry does not (its entry is the later one: the clocks differ).").says(IN_REGISTRY);
    assert!(!ran.stderr.contains("Waiting"), "{ran}");
}

#[test]
fn what_active_directory_does_not_show_is_confirmed_with_a_note() {
    let place = Place::of("lost-directory-write");
    let ran = relight("fix --yes --component PopProxy --format json").simulate(&place).run().ends(0);
    let document = ran.document();
    let verdict = verdict(&document);
    assert_eq!((&verdict["verdict"], &verdict["notes"][0]["kind"]), (&json!("confirmed"), &json!("notInDirectory")));
    relight("check").simulate(&place).run().ends(10).never_says("PopProxy is Inactive");
}

#[test]
fn a_change_that_failed_half_way_is_looked_at_and_never_called_undone() {
    let place = Place::of("set-fails-half-way");
    let ran = relight("fix --yes --component PopProxy").simulate(&place).run().ends(30);
    let ran = ran.says("CHANGE FAILED: PopProxy is Active, but not confirmed (a connection failed).").says(IN_REGISTRY);
    assert!(!ran.stdout.contains("Nothing was changed") && !ran.stdout.contains("nothing was changed"), "{ran}");
    assert!(place.entries("PopProxy")[1][0].starts_with("HealthApi Active"), "Active Directory was written");
}

#[test]
fn a_server_that_is_put_offline_meanwhile_gets_no_change() {
    let place = Place::of("offline-meanwhile");
    let ran = relight("fix --yes").simulate(&place).run().ends(14);
    let ran = ran.says("not sent: ServerWideOffline has changed since this was planned.");
    ran.says("Nothing was changed.");
    for component in ["PopProxy", "ImapProxy"] {
        assert!(place.entries(component)[0][0].starts_with("HealthApi Inactive"));
    }
}

#[test]
fn setup_is_looked_for_before_every_entry_but_that_of_healthapi() {
    for (requester, code, sent) in [("Maintenance", 14, false), ("HealthApi", 0, true), ("Sidelined", 10, false)] {
        let place = Place::of("kb-3025138");
        place.change(|it| {
            it["servers"][0]["setupRunning"] = json!(true);
            it["servers"][0]["components"]["PopProxy"]["local"][0]["requester"] = json!(requester);
        });
        let ran = relight("fix --yes --requester any --component PopProxy").simulate(&place).run().ends(code);
        let said = flat(&ran.stdout).contains("Exchange setup runs on the server now: let it end.");
        assert_eq!((said, place.entries("PopProxy")[0][0].contains(" Active ")), (!sent, sent), "{requester}: {ran}");
    }
}

#[test]
fn what_active_directory_does_not_show_is_said_once_for_all_components() {
    let ran = relight("fix --yes --no-wait --simulate lost-directory-write").run().ends(0);
    ran.says("HealthApi on PopProxy and ImapProxy: Active Directory does not show the change.");
}
