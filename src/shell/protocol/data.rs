//! Reading the data of a result.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// Reads the data of a result. A function without output leaves null, which counts as an answer without fields: a change
/// that was made must not look lost because of it. A field with an empty text counts as one that is not there: in
/// PowerShell null becomes an empty text.
pub fn read_data<A: DeserializeOwned>(mut data: Value) -> serde_json::Result<A> {
    if data.is_null() {
        return serde_json::from_value(Value::Null).or_else(|_| serde_json::from_value(Value::Object(Map::new())));
    }
    drop_empty_texts(&mut data);
    serde_json::from_value(data)
}

fn drop_empty_texts(data: &mut Value) {
    match data {
        Value::Object(fields) => {
            fields.retain(|_, value| value != "");
            fields.values_mut().for_each(drop_empty_texts);
        }
        Value::Array(items) => items.iter_mut().for_each(drop_empty_texts),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
