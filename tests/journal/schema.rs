//! Every journal and every document about runs of the past is what its schema says, and the schemas are strict.

use std::fs;

use jsonschema::Validator;
use serde_json::{Value, json};

use crate::place::{Place, Ran};

fn schema(name: &str) -> Validator {
    let path = format!("{}/docs/schema/{name}-1.0.json", env!("CARGO_MANIFEST_DIR"));
    let schema: Value = serde_json::from_slice(&fs::read(path).expect("there")).expect("JSON");
    jsonschema::validator_for(&schema).expect("a schema")
}

fn check(validator: &Validator, value: &Value) {
    let flaws = validator.iter_errors(value).map(|flaw| format!("{flaw} at {}", flaw.instance_path()));
    assert_eq!(flaws.collect::<Vec<_>>(), Vec::<String>::new(), "{value:#}");
}

fn document(ran: &Ran) -> Value {
    assert!(ran.out.is_ascii());
    serde_json::from_str(&ran.out).unwrap_or_else(|error| panic!("{error}: {}{}", ran.out, ran.err))
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
    let (journal, history, undo) = (schema("journal"), schema("history"), schema("undo"));
    for faults in faults() {
        let place = Place::with_faults(faults);
        place.simulate(&["fix", "--yes"]);
        check(&undo, &document(&place.simulate(&["undo", "--dry-run", "--format", "json"])));
        check(&undo, &document(&place.simulate(&["undo", "--yes", "--format", "json"])));
        check(&history, &document(&place.run(&["history", "--format", "json"])));
        check(&history, &document(&place.run(&["history", "19990101", "--format", "json"])));
        for path in place.journals() {
            for line in fs::read_to_string(&path).expect("text").lines() {
                check(&journal, &serde_json::from_str(line).expect("JSON"));
            }
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            check(&history, &document(&place.run(&["history", &name[..19], "--format", "json"])));
        }
    }
}

#[test]
fn an_undo_that_stops_services_is_what_the_schemas_say() {
    let (journal, history, undo) = (schema("journal"), schema("history"), schema("undo"));
    for faults in [json!([]), json!([{"crash": {"when": {"op": "stop-service"}}}])] {
        let place = Place::with_faults(faults);
        let mut scenario = place.scenario();
        scenario["servers"][0]["services"] = crate::services::stopped();
        place.put(&scenario);
        place.simulate(&["fix", "--yes"]);
        for words in [
            &["undo", "--dry-run"][..],
            &["undo", "--dry-run", "--stop-services"],
            &["undo", "--yes", "--stop-services"],
        ] {
            check(&undo, &document(&place.simulate(&[words, &["--format", "json"]].concat())));
        }
        check(&history, &document(&place.run(&["history", "--format", "json"])));
        check(&history, &document(&place.run(&["history", &place.newest().expect("a run"), "--format", "json"])));
        let stops = fs::read_to_string(place.journals().pop().expect("a journal")).expect("text");
        assert!(stops.contains("stopIntent") && stops.contains("stopOutcome"));
        for line in stops.lines() {
            check(&journal, &serde_json::from_str(line).expect("JSON"));
        }
    }
}

#[test]
fn a_record_that_was_closed_later_is_what_the_schema_says() {
    let (journal, report) = (schema("journal"), schema("report"));
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    // As if the run had been killed after its last intent.
    let (path, run) = (place.journals()[0].clone(), place.newest().expect("a run"));
    let text = fs::read_to_string(&path).expect("text");
    let kept = text.lines().take(6).collect::<Vec<_>>().join("\n") + "\n{\"record\":\"out";
    fs::remove_file(&path).expect("removed");
    let open = path.with_file_name(format!("{run}.open.jsonl"));
    fs::write(&open, kept).expect("written");
    let resume = place.simulate(&["resume", &run, "--format", "json"]);
    assert_eq!(resume.code, Some(0), "{}{}", resume.out, resume.err);
    check(&report, &document(&resume));
    let closed = fs::read_to_string(&path).expect("it has its final name");
    let legible = closed.lines().filter_map(|line| serde_json::from_str(line).ok()).collect::<Vec<Value>>();
    assert_eq!(legible.len() + 1, closed.lines().count(), "the torn line is the only one that makes no sense");
    legible.iter().for_each(|line| check(&journal, line));
    assert_eq!(place.past(&run)["verified"], true);
    let again = place.simulate(&["resume", &run]);
    assert_eq!((again.code, again.err.contains("closed already")), (Some(2), true), "{}", again.err);
}

#[test]
fn the_schemas_are_strict() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    let journal = schema("journal");
    for line in fs::read_to_string(&place.journals()[0]).expect("text").lines() {
        let good: Value = serde_json::from_str(line).expect("JSON");
        for field in good.as_object().expect("an object").keys() {
            let mut less = good.clone();
            less.as_object_mut().expect("an object").remove(field);
            assert!(!journal.is_valid(&less), "{field} may be missing: {line}");
        }
        let mut more = good.clone();
        more["surprise"] = json!(1);
        assert!(!journal.is_valid(&more), "{line}");
    }
}
