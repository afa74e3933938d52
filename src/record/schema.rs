//! What holds for every schema of a document.

use serde_json::{Value, json};

/// Every field is described, every object is closed, and none of its fields may be left out.
pub fn is_described_and_closed(schema: &str) {
    walk("", &serde_json::from_str(schema).expect("JSON"));
}

fn walk(path: &str, value: &Value) {
    if let Some(properties) = value.get("properties").and_then(Value::as_object) {
        assert_eq!(value["additionalProperties"], json!(false), "{path}");
        assert_eq!(value["required"].as_array().map(Vec::len), Some(properties.len()), "{path}");
        for (name, property) in properties {
            assert!(property.get("description").is_some(), "{path}.{name} lacks a description");
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        walk(&format!("{path}/{name}"), inner);
    }
}
