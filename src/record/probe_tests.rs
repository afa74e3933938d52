//! The document of a probe against its schema, and the schema against documents that must not pass.

use serde_json::{Value, json};

use crate::screens::everything_probed;

use super::{Exit, probe};

const SCHEMA: &str = include_str!("../../docs/schema/probe-1.0.json");

fn validator() -> jsonschema::Validator {
    let schema: Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
    jsonschema::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::validator_for(&schema).expect("the schema compiles")
}

fn document() -> Value {
    let text = probe(&everything_probed(), Exit { code: 10, name: "dark" }).expect("a document");
    assert!(text.is_ascii());
    serde_json::from_str(&text).expect("JSON")
}

#[test]
fn every_probe_is_valid_by_the_schema() {
    let validator = validator();
    let document = document();
    let errors = validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>();
    assert!(errors.is_empty(), "{errors:#?}");
    let outcomes = document["endpoints"].as_array().expect("a list").iter().flat_map(|one| one["attempts"].as_array());
    let outcomes = outcomes.flatten().filter_map(|one| one["outcome"].as_str()).collect::<Vec<_>>();
    for name in [
        "banner",
        "turnedAway",
        "closedWithoutBanner",
        "silent",
        "refused",
        "unreachable",
        "tlsFailed",
        "notMailProtocol",
    ] {
        assert!(outcomes.contains(&name), "{name} is not shown: {outcomes:?}");
    }
}

#[test]
fn the_schema_refuses_what_is_not_described() {
    let validator = validator();
    type Spoil = fn(&mut Value);
    let spoils: [(&str, Spoil); 6] = [
        ("an unknown field", |doc| doc["endpoints"][0]["surprise"] = json!(1)),
        ("an unknown field far inside", |doc| doc["endpoints"][3]["attempts"][0]["tls"]["x"] = json!(1)),
        ("an unknown outcome", |doc| doc["endpoints"][0]["attempts"][0]["outcome"] = json!("magic")),
        ("a port that is none", |doc| doc["endpoints"][0]["port"] = json!(0)),
        ("an exit code of another command", |doc| doc["exitCode"] = json!(30)),
        ("a missing field", |doc| {
            doc["endpoints"][0].as_object_mut().expect("an object").remove("standing");
        }),
    ];
    for (what, spoil) in spoils {
        let mut spoiled = document();
        spoil(&mut spoiled);
        assert!(!validator.is_valid(&spoiled), "{what} passed");
    }
}

#[test]
fn every_field_of_the_schema_is_described_and_every_object_closed() {
    super::schema::is_described_and_closed(SCHEMA);
}
