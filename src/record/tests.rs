//! The document against its schema, and the schema against documents that must not pass.

use serde_json::{Value, json};

use crate::screens::fixtures::reports;

use super::{Exit, failure, report};

const SCHEMA: &str = include_str!("../../docs/schema/report-1.0.json");

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

fn document(name: &str) -> String {
    let value = reports().into_iter().find(|(other, _)| *other == name).expect("a fixture").1;
    let exit = Exit { code: 10, name: "dark" };
    report(&value, exit, |_| exit).expect("a document")
}

fn parsed(name: &str) -> Value {
    serde_json::from_str(&document(name)).expect("JSON")
}

#[test]
fn every_report_is_valid_by_the_schema() {
    let validator = validator();
    for (name, _) in reports() {
        let errors = validator.iter_errors(&parsed(name)).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{name}: {errors:#?}");
    }
}

#[test]
fn a_run_without_a_report_has_a_valid_document_too() {
    let run = reports().remove(0).1.run;
    let exit = Exit { code: 20, name: "no-shell" };
    let text = failure(&run, exit, "no PowerShell", &["Name one.".to_owned()]).expect("a document");
    let document: Value = serde_json::from_str(&text).expect("JSON");
    assert!(validator().is_valid(&document));
    assert_eq!(document["error"]["message"], "no PowerShell");
}

#[test]
fn the_schema_refuses_what_is_not_described() {
    let validator = validator();
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 8] = [
        ("an unknown field", |doc| doc["servers"][0]["surprise"] = json!(1)),
        ("an unknown field far inside", |doc| doc["servers"][0]["components"][0]["holders"][0]["x"] = json!(1)),
        ("an unknown cause", |doc| doc["servers"][0]["components"][0]["cause"] = json!("magic")),
        ("a time that is not UTC", |doc| doc["servers"][0]["takenUtc"] = json!("14.03.2026 02:46")),
        ("an undocumented exit code", |doc| doc["exitCode"] = json!(99)),
        ("another schema", |doc| doc["schema"] = json!("relight/report/2.0")),
        ("a verdict that is none", |doc| doc["servers"][0]["verdicts"][0]["verdict"] = json!("fixed")),
        ("a missing field", |doc| {
            doc["servers"][0].as_object_mut().expect("an object").remove("fqdn");
        }),
    ];
    for (what, spoil) in spoils {
        let mut spoiled = parsed("kb_fixed");
        spoil(&mut spoiled);
        assert!(!validator.is_valid(&spoiled), "{what} passed");
    }
}

#[test]
fn every_field_of_the_schema_is_described_and_every_object_closed() {
    super::schema::is_described_and_closed(SCHEMA);
}

#[test]
fn a_document_is_ascii_and_keeps_every_character() {
    let text = document("oddities");
    assert!(text.bytes().all(|byte| byte == b'\n' || (0x20..0x7f).contains(&byte)));
    let requester = &parsed("oddities")["servers"][0]["components"][1]["holders"][0]["requester"];
    assert_eq!(requester, "4\u{202e}", "data is not sanitised, only escaped");
}

#[test]
fn null_is_unreadable_and_an_empty_list_is_empty() {
    let entries = &parsed("gaps")["servers"][0]["components"][0]["entries"];
    assert_eq!(entries["local"], Value::Null);
    assert_eq!(entries["remote"]["entries"], json!([]));
}

#[test]
fn documents_stay_as_they_are() {
    for name in [
        "kb_check",
        "kb_fixed",
        "maintenance_check",
        "gaps",
        "lost_and_left",
        "shell_lost",
        "three_servers",
        "services_stopped",
        "services_started",
        "evidence",
    ] {
        let version = format!("\"version\": \"{}\"", env!("CARGO_PKG_VERSION"));
        insta::assert_snapshot!(name, document(name).replacen(&version, "\"version\": \"[version]\"", 1));
    }
}
