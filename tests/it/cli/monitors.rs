//! What the monitors of Managed Availability say after a fix, through the binary: none of it changes the exit code, and a
//! watch ends with it.

use serde_json::{Value, json};

use crate::support::run::flat;
use crate::support::{Place, relight};

/// What `fix --yes` comes to, and its one server.
fn fixed(words: &str, place: &Place) -> (i32, Value) {
    let ran = relight("fix --yes --format json").args(words).simulate(place).run();
    (ran.code, ran.document()["servers"][0].clone())
}

/// The default fault, after which the monitors come to these results.
fn with_results(results: &Value) -> Place {
    let place = Place::of("monitor-behind");
    place.change(|scenario| {
        for component in ["PopProxy", "ImapProxy"] {
            scenario["servers"][0]["evidence"][component]["monitor"]["after"] = results.clone();
        }
    });
    place
}

#[test]
fn a_fix_ends_with_one_of_four_answers_and_each_is_in_the_document() {
    for (scenario, verdict, alert) in [
        ("kb-3025138", "healthy", json!("Healthy")),
        ("monitor-still-alerting", "stillAlerting", json!("Unhealthy")),
        ("monitor-behind", "notJudged", json!("Unhealthy")),
        ("monitors-silent", "notSeen", Value::Null),
    ] {
        let (code, server) = fixed("", &Place::of(scenario));
        let told = &server["monitors"][0];
        assert_eq!((code, &told["component"]), (0, &json!("PopProxy")), "{scenario}: {server}");
        assert_eq!((&told["verdict"], &told["alert"]), (&json!(verdict), &alert), "{scenario}");
    }
}

#[test]
fn a_result_from_before_the_change_proves_nothing() {
    for result in [json!({"alert": "Healthy", "seconds": -1}), json!({"alert": "Unhealthy", "seconds": 299})] {
        let (_, server) = fixed("", &with_results(&json!([result])));
        assert_eq!(server["monitors"][0]["verdict"], "notJudged", "{result}");
    }
}

#[test]
fn a_disabled_monitor_watches_nothing() {
    let (code, server) = fixed("", &with_results(&json!([{"alert": "Disabled", "seconds": 1}])));
    assert_eq!((code, &server["monitors"][0]["why"]), (0, &json!(["PopProxyTestMonitor is Disabled"])));
}

#[test]
fn a_watch_ends_well_as_soon_as_every_monitor_is_healthy() {
    let place = Place::of("kb-3025138");
    let (code, server) = fixed("--watch 1h", &place);
    assert_eq!((code, &server["watchedSeconds"]), (0, &Value::Null), "nothing is left to wait for");
    // The first question comes before that time, the one after the watch's look behind it.
    let place = with_results(&json!([{"alert": "Unhealthy", "seconds": -30}, {"alert": "Healthy", "seconds": 8}]));
    let ran = relight("fix --yes --watch 1s").simulate(&place).run().ends(0);
    ran.says("Watched for 1 s: it stayed Active, and the monitor is Healthy.");
}

#[test]
fn a_watch_says_at_its_end_what_is_not_known() {
    let ran = relight("fix --yes --watch 1s --simulate monitor-still-alerting").run().ends(0);
    let ran = ran.says("Watched for 1 s: it stayed Active, and the monitor still alerts.");
    ran.says("CAUSE REMAINS: PopProxy and ImapProxy are Active again").says("Mend the cause, then: relight check EX01");
    let ran = relight("fix --yes --watch 1s --simulate monitors-silent").run().ends(0);
    // What the change came to is said before it is watched.
    let ran = ran.tells("SIMULATED EX01: ACTIVE: PopProxy and ImapProxy are Active again;");
    ran.says("ACTIVE: ").says("it stayed Active; the monitor has not told whether the cause is gone.");
}

#[test]
fn the_journal_keeps_what_the_monitors_said() {
    let place = Place::of("monitor-still-alerting");
    place.relight(&["fix", "--yes"]).simulate(&place).run().ends(0);
    let past = place.past(&place.newest().expect("a run"));
    assert_eq!(past["servers"][0]["monitors"][0]["verdict"], "stillAlerting");
}

#[test]
fn silence_of_the_health_manager_is_not_called_health() {
    let ran = relight("check -v --simulate monitors-silent").run().ends(10);
    ran.says("PopProxy: no monitors are seen: what Managed Availability thinks of it is not known. Exchange says: The Health");
}

#[test]
fn what_keeps_managed_availability_from_bringing_it_back_is_named_with_the_command_for_it() {
    let ran = relight("check -v --simulate way-back-blocked").run().ends(10);
    // A long command goes on in the next line.
    let told = flat(&ran.stdout).replace(" ` ", " ");
    for said in [
        "- PopProxy has not come back by itself for 15 min, because: - the probe still fails: PopProxyTestMonitor alerts.",
        "- MSExchangeHM is Running and Manual; it has to run, always: Set-Service -Name MSExchangeHM \
         -StartupType Automatic -Status Running",
        "- MSExchangePop3 is Manual: Managed Availability makes no monitors for it. If the protocol is in use: Set-Service \
         -Name MSExchangePop3 -StartupType Automatic Get-Service -Name MSExchangeHM | \
         Restart-Service",
        "- an override of this server sets Enabled of the monitor POP.Proxy\\PopProxyTestMonitor to 0. If it is no longer \
         meant: Remove-ServerMonitoringOverride -Server EX01 -Identity 'POP.Proxy\\PopProxyTestMonitor' -ItemType Monitor \
         -PropertyName Enabled",
        "- an override of the organisation sets TimeoutSeconds of the probe POP.Proxy\\PopProxyTestProbe to 5.",
        "- RecoveryActionsEnabled is Inactive: Managed Availability brings nothing back on this server. When that may end: Set-ServerComponentState \
         -Identity EX01 -Component RecoveryActionsEnabled -Requester Maintenance -State Active",
    ] {
        assert!(told.contains(said), "lacks {said}\n{ran}");
    }
    assert!(!ran.has("OWA.Proxy"), "{ran}");
    let evidence =
        &relight("check --format json --simulate way-back-blocked").run().document()["servers"][0]["evidence"][0];
    assert_eq!(evidence["overdueSeconds"], 920);
    let blocks = json!(["probeFails", "healthManager", "frontEnd", "override", "override", "guard"]);
    assert_eq!(evidence["blocks"], blocks);
}

#[test]
fn an_entry_that_managed_availability_may_still_take_back_is_not_overdue() {
    let place = Place::of("way-back-blocked");
    place.change(|scenario| scenario["now"] = json!("2026-03-14T02:41:40Z"));
    let ran = relight("check --format json").simulate(&place).run().ends(10);
    let evidence = &ran.document()["servers"][0]["evidence"][0];
    assert_eq!((&evidence["overdueSeconds"], &evidence["blocks"]), (&Value::Null, &json!([])));
}

#[test]
fn what_cannot_be_read_of_the_way_back_fails_nothing() {
    let missing = json!([{"missing-cmdlet": {"cmdlet": "Get-ServerMonitoringOverride"}}]);
    let ran = relight("check -v").simulate(&Place::of("way-back-blocked").with_faults(missing)).run().ends(10);
    ran.says("PopProxy has not come back by itself for 15 min, because:").says("Not all of it could be read;");
}
