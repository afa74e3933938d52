//! Who recorded an entry: what a check tells of the logs, and what it leaves out.

use serde_json::json;

use crate::support::{Place, relight};

const AUDIT: &str = "Maintenance: set by contoso.local/Users/ada at 2026-03-13 22:05:11 UTC (23:05:11 local), says the admin audit log.";
const EVENT: &str =
    "Maintenance: recorded on EX01 at 2026-03-13 22:05:11 UTC (23:05:11 local), says its Application log";

#[test]
fn a_check_names_the_account_and_the_time_of_an_entry_that_somebody_made() {
    let ran = relight("check --simulate audited-maintenance").run().ends(14);
    ran.says(AUDIT)
        .says(EVENT)
        .says("event 4109 of MSExchange ADAccess).")
        .never_says("bob")
        .never_says("could be read");
    let document = relight("check --format json --simulate audited-maintenance").run().json();
    let found = &document["servers"][0]["authors"]["found"];
    let expected = json!([
        {
            "component": "PopProxy", "requester": "Maintenance", "log": "adminAudit", "event": null,
            "account": "contoso.local/Users/ada", "at": "2026-03-13T22:05:11Z",
        },
        {
            "component": "PopProxy", "requester": "Maintenance", "log": "application", "event": 4109, "account": null,
            "at": "2026-03-13T22:05:11Z",
        },
    ]);
    assert_eq!(found, &expected, "{found:#}");
}

#[test]
fn a_log_that_cannot_be_read_is_left_out_with_one_line_in_the_verbose_form() {
    let line = "Not everything that may tell who recorded these entries could be read:";
    let place = |faults| Place::of("audited-maintenance").with_faults(faults);
    let no_cmdlet = place(json!([{"missing-cmdlet": {"cmdlet": "Search-AdminAuditLog"}}]));
    let ran = relight("check").simulate(&no_cmdlet).run().ends(14);
    ran.says(EVENT).never_says(AUDIT).never_says(line);
    let ran = relight("check -v").simulate(&no_cmdlet).run().ends(14);
    ran.says(line).says("The term 'Search-AdminAuditLog' is not recognized");
    let denied = place(json!([{"access-denied": {"when": {"op": "get-state-events"}}}]));
    let ran = relight("check -v").simulate(&denied).run().ends(14);
    ran.says(AUDIT).never_says(EVENT).says(line).says("Access is denied.");
    // The shell that crashes there is replaced, and the look is told all the same.
    let crashes = place(json!([{"crash": {"when": {"op": "get-audit-entries"}}}]));
    relight("check -v").simulate(&crashes).run().ends(14).says(EVENT).says(line);
}

#[test]
fn nobody_is_asked_for_where_managed_availability_did_it_or_something_is_to_be_changed() {
    let asks = |words: &[&str], scenario: &str| {
        let place = Place::of(scenario);
        place.logged(words).arg("-vv").run();
        place.log().contains("call=get-audit-entries")
    };
    assert!(asks(&["check"], "audited-maintenance"));
    assert!(!asks(&["check"], "kb-3025138") && !asks(&["fix", "--yes"], "audited-maintenance"));
}
