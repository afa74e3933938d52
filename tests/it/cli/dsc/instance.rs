//! Instances that make no sense, and those that an export has.

use serde_json::{Value, json};

use super::{instance, instances, run, said, set, test};
use crate::support::Place;

#[test]
fn an_instance_that_makes_no_sense_ends_before_anything_is_started() {
    let place = Place::new();
    let before = place.text();
    for (instance, named) in [
        ("{", "EOF"),
        ("null", "it is no JSON object"),
        (r#"["EX01", null, null, null, null, null, null, null, null, null, null, null, null, null]"#, "no JSON object"),
        (r#"{"server": "EX01"} x"#, "trailing characters"),
        (r#"{"server": "EX01", "server": "EX02"}"#, "duplicate field `server`"),
        (r#"{"servers": ["EX01"]}"#, "unknown field `servers`"),
        (r#"{"server": "EX01; calc"}"#, "server: ';' cannot be part of a host name"),
        (r#"{"server": ""}"#, "server: the name is empty"),
        (r#"{"connectTo": "EX 01"}"#, "connectTo: ' ' cannot be part of a host name"),
        (r#"{"components": ["PopProxy", "OwaProxy"]}"#, "components[1]: unknown variant `OwaProxy`"),
        (r#"{"components": []}"#, "components: name at least one"),
        (r#"{"requesters": ["any"]}"#, "requesters[0]: \"any\" is not one of HealthApi, Maintenance"),
        (r#"{"requesters": [4]}"#, "requesters[0]: invalid type"),
        (r#"{"startServices": "all"}"#, "startServices: \"all\" is not one of automatic, manual, none"),
        (r#"{"includeServerWideOffline": "yes"}"#, "includeServerWideOffline: invalid type"),
        (r#"{"state": "Inactive"}"#, "state: Inactive cannot be asked for"),
        ("{\"server\": \"EX\u{1b}[31m\"}", "control character"),
        ("{\"\u{fc}\": 1}", "unknown field `\u{fc}`"),
    ] {
        for what_if in [false, true] {
            let ran = run(&place, "set", what_if, instance.as_bytes()).ends(2).says_nothing();
            let [error] = <[String; 1]>::try_from(said(&ran, "error")).expect("one error");
            assert!(error.contains("the instance on stdin") && error.contains(named), "{named}\n{ran}");
        }
        if !instance.contains("Inactive") {
            run(&place, "get", false, instance.as_bytes()).ends(2).says_nothing();
        }
    }
    run(&place, "test", false, b"\xff\xff\xff").ends(2).says_nothing();
    assert_eq!(place.text(), before);
    assert!(!place.journal_folder().exists());
}

#[test]
fn export_has_every_server_and_what_it_has_can_be_set() {
    let place = Place::of("forty-servers");
    let ran = run(&place, "export", false, b"").ends(0);
    let (exported, unread) = (instances(&ran), said(&ran, "warn"));
    assert!(exported.len() + unread.len() == 40 && unread.len() == 1, "{unread:?}");
    let is_bad = |it: &&Value| it["state"] != "Active";
    let bad = exported.iter().filter(is_bad).cloned().collect::<Vec<_>>();
    assert!(!bad.is_empty() && exported.iter().all(|it| it["_name"] == it["server"]));
    for mut asked in bad {
        set(&place, &asked).ends(2).says_nothing().tells("cannot be asked for");
        asked["state"] = json!("Active");
        let code = set(&place, &asked).code;
        let after = instance(&test(&place, &asked).ends(0));
        assert_eq!(after["_inDesiredState"], json!(code == 0), "{after}");
    }
}

#[test]
fn an_export_without_a_server_names_it() {
    let ran = run(&Place::of("server-down"), "export", false, b"").ends(0);
    assert_eq!(instances(&ran).iter().map(|it| &it["server"]).collect::<Vec<_>>(), ["EX01"]);
    let [warning] = <[String; 1]>::try_from(said(&ran, "warn")).expect("one warning");
    assert!(warning.starts_with("EX02: NOT KNOWN: "), "{warning}");
}

#[test]
fn an_export_can_be_of_one_server_and_takes_on_what_its_filter_allows() {
    let place = Place::of("two-servers");
    let filter = br#"{"server":"EX02","components":["ImapProxy"],"requesters":["HealthApi","Maintenance"]}"#;
    let exported = instance(&run(&place, "export", false, filter).ends(0));
    assert_eq!((&exported["_name"], &exported["components"]), (&json!("EX02"), &json!(["ImapProxy"])));
    assert_eq!(exported["requesters"], json!(["HealthApi", "Maintenance"]));
    let ran = run(&place, "export", false, br#"{"state":"Inactive"}"#).ends(2).says_nothing();
    assert!(said(&ran, "error")[0].contains("state: an export cannot choose by it"), "{ran}");
}
