//! Every journal and every document about runs of the past is what its schema says, and the schemas are strict.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use crate::support::Place;
use crate::support::run::flaws;

/// The kinds of the lines of all journals here, each of them valid.
fn kinds(place: &Place) -> BTreeSet<String> {
    let journals = place.journals();
    assert!(!journals.is_empty(), "there is no journal");
    let text = journals.iter().map(|path| fs::read_to_string(path).expect("text")).collect::<String>();
    text.lines().map(|line| kind(&serde_json::from_str(line).expect("JSON"))).collect()
}

/// The kind of a line, which is valid.
fn kind(line: &Value) -> String {
    assert_eq!(flaws("journal", line), Vec::<String>::new(), "{line:#}");
    line["record"].as_str().expect("a kind").to_owned()
}

/// Scenarios that between them bring every kind of line about.
fn faults() -> [Value; 6] {
    let set = |nth: u32| json!({"op": "set-component-state", "nth": nth});
    [
        json!([]),
        json!([{"refused": {"when": set(1)}}]),
        json!([{"crash": {"effect": "after", "when": set(1)}}]),
        json!([{"lost-registry-write": {}}]),
        json!([{"unreadable-registry": {}}]),
        json!([{"meanwhile": {"component": "PopProxy", "read": 2, "requester": "Maintenance", "state": "Inactive"}}]),
    ]
}

#[test]
fn journals_and_documents_are_what_their_schemas_say() {
    for faults in faults() {
        let place = Place::new().with_faults(faults);
        place.simulate(&["fix", "--yes", "--no-wait"]);
        for words in [&["undo", "--dry-run"][..], &["undo", "--yes"]] {
            place.simulate(&[words, &["--format", "json"]].concat()).document();
        }
        kinds(&place);
        place.run(&["history", "--format", "json"]).document();
        place.run(&["history", "19990101", "--format", "json"]).document();
        for path in place.journals() {
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
            place.past(&name[..19]);
        }
    }
}

#[test]
fn an_undo_that_stops_services_is_what_the_schemas_say() {
    for faults in [json!([]), json!([{"crash": {"when": {"op": "stop-service"}}}])] {
        let place = super::services::started();
        place.change(|scenario| scenario["faults"] = faults);
        for words in [
            &["undo", "--dry-run"][..],
            &["undo", "--dry-run", "--stop-services"],
            &["undo", "--yes", "--stop-services"],
        ] {
            place.simulate(&[words, &["--format", "json"]].concat()).document();
        }
        place.run(&["history", "--format", "json"]).document();
        place.past(&place.newest().expect("a run"));
        kinds(&place);
        let records = place.records();
        for kind in ["intent MSExchange", "outcome MSExchange"] {
            assert!(records.iter().any(|record| record.starts_with(kind)), "{records:?}");
        }
    }
}

/// A run that was killed after its last intent, in the middle of a line, and closed later: the kinds of its lines.
fn closed_later() -> BTreeSet<String> {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    let (path, run) = (place.journals()[0].clone(), place.newest().expect("a run"));
    let kept = place.journal_to_intent(2) + "\n{\"record\":\"out";
    fs::remove_file(&path).expect("removed");
    fs::write(path.with_file_name(format!("{run}.open.jsonl")), kept).expect("written");
    place.simulate(&["resume", &run, "--format", "json"]).ends(0).document();
    let closed = fs::read_to_string(&path).expect("it has its final name");
    let legible = closed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect::<Vec<Value>>();
    assert_eq!(legible.len() + 1, closed.lines().count(), "the torn line is the only one that makes no sense");
    assert_eq!(place.past(&run)["verified"], true);
    place.simulate(&["resume", &run]).ends(2).tells("closed already");
    legible.iter().map(kind).collect()
}

#[test]
fn every_kind_of_line_is_brought_about_and_is_what_the_schema_says() {
    let stopped = super::services::started();
    stopped.simulate(&["undo", "--yes", "--stop-services"]).ends(0);
    let schema: Value = serde_json::from_str(include_str!("../../../docs/schema/journal-1.0.json")).expect("JSON");
    let told = schema["oneOf"].as_array().expect("kinds").iter();
    let told = told.map(|kind| kind["properties"]["record"]["const"].as_str().expect("a kind").to_owned());
    // Elsewhere no shell is told from others.
    let told = told.filter(|kind| cfg!(target_os = "linux") || kind != "shell");
    let seen = kinds(&stopped).union(&closed_later()).cloned().collect::<BTreeSet<_>>();
    assert_eq!(seen, told.collect());
}

#[test]
fn the_schemas_are_strict() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    for line in place.journal().lines() {
        let good: Value = serde_json::from_str(line).expect("JSON");
        for field in good.as_object().expect("an object").keys() {
            let mut less = good.clone();
            less.as_object_mut().expect("an object").remove(field);
            assert!(!flaws("journal", &less).is_empty(), "{field} may be missing: {line}");
        }
        let mut more = good.clone();
        more["surprise"] = json!(1);
        assert!(!flaws("journal", &more).is_empty(), "{line}");
    }
}
