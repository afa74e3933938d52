//! The schemas in docs/schema against the types that they are generated from. Where they differ on purpose:
//! `SCHEMAS=write cargo test --lib schemas`.

use std::{env, fs};

use schemars::generate::SchemaSettings;
use schemars::transform::transform_subschemas;
use schemars::{JsonSchema, Schema};
use serde_json::{Value, json};

use crate::domain::Exit;

use super::history::HistoryDocument;
use super::line::Line;
use super::probe::ProbeDocument;
use super::protocol_state::ProtocolState;
use super::run::RunDocument;
use super::scenarios::ScenariosDocument;
use super::stream::StreamLine;

#[test]
fn the_schemas_are_those_of_the_types() {
    let schemas = [
        generate::<RunDocument>("run"),
        generate::<HistoryDocument>("history"),
        generate::<ProbeDocument>("probe"),
        generate::<ScenariosDocument>("scenarios"),
        generate::<Line>("journal"),
        generate::<StreamLine>("stream"),
        open(generate::<ProtocolState>("protocol-state")),
    ];
    for (name, schema) in schemas {
        let path = format!("{}/docs/schema/{name}-1.0.json", env!("CARGO_MANIFEST_DIR"));
        let text = format!("{:#}\n", schema.to_value());
        if env::var_os("SCHEMAS").is_some_and(|wish| wish == "write") {
            fs::write(&path, &text).expect("written");
        }
        let kept = fs::read_to_string(&path).unwrap_or_default();
        assert!(kept == text, "{path} is not what the types say: SCHEMAS=write writes it");
    }
}

fn generate<T: JsonSchema>(name: &'static str) -> (&'static str, Schema) {
    let mut schema = SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<T>();
    schema.insert("$id".to_owned(), json!(format!("urn:relight:{name}:1.0")));
    schema.insert("title".to_owned(), json!(format!("relight {name} 1.0")));
    own_tags(&mut schema);
    close(&mut schema);
    (name, schema)
}

/// The same for what is read as well: nothing of it has to be there.
fn open((name, mut schema): (&'static str, Schema)) -> (&'static str, Schema) {
    schema.remove("required");
    (name, schema)
}

/// What makes a line one of its kind becomes a field among its others, so that these can be closed.
fn own_tags(schema: &mut Schema) {
    let mut root = schema.clone().to_value();
    let kinds = root.get("oneOf").and_then(Value::as_array).cloned().unwrap_or_default();
    let own = |mut kind: Value| {
        let reference = kind["$ref"].as_str().expect("a kind of its own").trim_start_matches('#').to_owned();
        let mut fields = root.pointer(&reference).expect("it is there")["properties"].clone();
        fields.as_object_mut().expect("fields").extend(kind["properties"].as_object().expect("a tag").clone());
        kind["properties"] = fields;
        kind.as_object_mut().expect("an object").remove("$ref");
        (reference, kind)
    };
    let (references, kinds): (Vec<_>, Vec<_>) = kinds.into_iter().map(own).unzip();
    if !kinds.is_empty() {
        root["oneOf"] = json!(kinds);
        // One that is part of another stays.
        let text = root.to_string();
        for name in references.iter().filter_map(|reference| reference.strip_prefix("/$defs/")) {
            if !text.contains(&format!("\"#/$defs/{name}\"")) {
                root["$defs"].as_object_mut().expect("an object").remove(name);
            }
        }
        *schema = root.try_into().expect("a schema");
    }
}

/// Nothing is there that is not described, and everything that is described is there.
fn close(schema: &mut Schema) {
    if let Some(mut names) =
        schema.get("properties").and_then(Value::as_object).map(|all| all.keys().cloned().collect::<Vec<_>>())
    {
        names.sort();
        schema.insert("required".to_owned(), json!(names));
        schema.insert("additionalProperties".to_owned(), json!(false));
        // Only the program knows its exit codes.
        let (codes, names): (Vec<_>, Vec<_>) =
            Exit::BY_GRAVITY.iter().map(|exit| (json!(exit.code()), json!(exit.name()))).unzip();
        one_of(schema, "exitCode", &codes);
        one_of(schema, "exit", &names);
    }
    transform_subschemas(&mut close, schema);
}

fn one_of(schema: &mut Schema, field: &str, values: &[Value]) {
    let Some(field) = schema.pointer_mut(&format!("/properties/{field}")).and_then(Value::as_object_mut) else {
        return;
    };
    let is_nullable = field["type"].is_array();
    let null = is_nullable.then_some(Value::Null);
    for limit in ["format", "minimum", "maximum"] {
        field.remove(limit);
    }
    field.insert("enum".to_owned(), values.iter().cloned().chain(null).collect());
}
