//! The document of each checkup against its schema and against what the checkup is about, and the schema against documents
//! that must not pass. One document is kept whole.

use serde_json::{Value, json};

use crate::screens::doctor::fixtures::checkups;

use super::super::Exit;
use super::{checkup, checkup_failure};

const SCHEMA: &str = include_str!("../../docs/schema/doctor-1.0.json");
const EXIT: Exit = Exit { code: 21, name: "access-denied" };

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

fn document(name: &str) -> String {
    let value = checkups().into_iter().find(|(other, _)| *other == name).expect("a fixture").1;
    checkup(&value, EXIT).expect("a document")
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("JSON")
}

#[test]
fn every_checkup_is_valid_by_the_schema_and_has_the_facts_it_is_about() {
    let validator = validator();
    for (name, _) in checkups() {
        let text = document(name);
        assert!(text.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)), "{name}: {text}");
        let document = parsed(&text);
        let errors = validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
        for (place, fact) in facts(name) {
            assert_eq!(document.pointer(place), Some(&fact), "{name} at {place}");
        }
        for (check, grade, lack) in remarks(name) {
            let made = document["remarks"].as_array().expect("a list").iter();
            let mut of = made.filter(|remark| remark["check"] == *check);
            assert!(of.any(|remark| remark["grade"] == *grade && remark["lack"] == json!(lack)), "{name}: {check}");
        }
    }
    let text = checkup_failure(Some("nowhere".to_owned()), EXIT, "no scenario", &["Name one.".to_owned()]);
    assert!(validator.is_valid(&parsed(&text.expect("a document"))));
}

/// What is to stand where.
fn facts(name: &str) -> Vec<(&'static str, Value)> {
    match name {
        "ready" | "two_servers" => vec![("/facts/shellIs64", json!(true)), ("/facts/loadMilliseconds", json!(5240))],
        "refused" => vec![
            ("/facts/sid", json!("S-1-5-18")),
            ("/facts/interactive", json!(false)),
            ("/facts/executionPolicies", Value::Null),
            ("/facts/loadMilliseconds", Value::Null),
            ("/facts/connectedTo", Value::Null),
            ("/facts/cmdlets", json!([])),
            ("/exit", json!("access-denied")),
        ],
        "no_shell" => vec![
            ("/facts/connection", json!("ems")),
            ("/facts/shellPath", Value::Null),
            ("/facts/shellVersion", Value::Null),
            ("/facts/computer", Value::Null),
            ("/facts/installations", json!([])),
        ],
        other => panic!("what is {other} about?"),
    }
}

/// What was looked at, how that is graded, and what lacks, where it is a fault.
fn remarks(name: &str) -> &'static [(&'static str, &'static str, Option<&'static str>)] {
    match name {
        "refused" => &[
            ("account", "fault", Some("right")),
            ("machine", "warning", None),
            ("connection", "fault", Some("right")),
            ("journal", "ok", None),
        ],
        "no_shell" => &[
            ("powerShell", "fault", Some("shell")),
            ("machine", "warning", None),
            ("connection", "warning", None),
            ("journal", "fault", Some("journal")),
        ],
        // Kept whole; where all is well no remark is worth more than another.
        _ => &[],
    }
}

#[test]
fn the_schema_refuses_what_is_not_described() {
    let validator = validator();
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 6] = [
        ("an unknown field", |doc| doc["surprise"] = json!(1)),
        ("an unknown field inside", |doc| doc["remarks"][0]["surprise"] = json!(1)),
        ("an unknown check", |doc| doc["remarks"][0]["check"] = json!("weather")),
        ("an unknown grade", |doc| doc["remarks"][0]["grade"] = json!("bad")),
        ("a time that is not UTC", |doc| doc["facts"]["atUtc"] = json!("14.03.2026 02:46")),
        ("a missing field", |doc| {
            doc["facts"].as_object_mut().expect("an object").remove("sid");
        }),
    ];
    for (what, spoil) in spoils {
        let mut spoiled = parsed(&document("refused"));
        spoil(&mut spoiled);
        assert!(!validator.is_valid(&spoiled), "{what} passed");
    }
}

#[test]
fn every_field_of_the_schema_is_described_and_every_object_closed() {
    crate::record::tests::is_described_and_closed(SCHEMA);
}

#[test]
fn the_document_of_two_servers_with_trouble_of_their_own_stays_as_it_is() {
    let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
    let text = document("two_servers").replacen(&version, "\"version\": \"[version]\"", 1);
    insta::assert_snapshot!("two_servers", text);
}
