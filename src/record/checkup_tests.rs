//! The document of a checkup against its schema, and the schema against documents that must not pass.

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
fn every_checkup_is_valid_by_the_schema() {
    let validator = validator();
    for (name, _) in checkups() {
        let document = parsed(&document(name));
        let errors = validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
    let text = checkup_failure(Some("nowhere".to_owned()), EXIT, "no scenario", &["Name one.".to_owned()]);
    assert!(validator.is_valid(&parsed(&text.expect("a document"))));
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
    crate::record::schema::is_described_and_closed(SCHEMA);
}

#[test]
fn documents_stay_as_they_are() {
    for name in ["ready", "refused"] {
        let text = document(name);
        assert!(text.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)));
        let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
        insta::assert_snapshot!(name, text.replacen(&version, "\"version\": \"[version]\"", 1));
    }
}
