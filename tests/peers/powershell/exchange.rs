//! Servers of the double, as these tests need them.

use serde_json::{Value, json};

use crate::support::double::{OLD, entry};

/// A string out of a document.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// One server of the double. Its Health Manager does not run, so that nobody waits minutes for a copy.
pub fn server(name: &str, components: Value) -> Value {
    let services = json!({"MSExchangeHM": {"state": "Stopped"}});
    json!({"name": name, "fqdn": format!("{name}.contoso.test"), "components": components, "services": services})
}

/// A component that these requesters have set Inactive, in the registry only.
pub fn inactive_by(requesters: &[&str]) -> Value {
    json!({"local": requesters.iter().map(|it| entry(it, "Inactive", OLD)).collect::<Vec<_>>(), "remote": []})
}

/// The fault of KB 3025138.
pub fn kb() -> Value {
    json!({"PopProxy": inactive_by(&["HealthApi"]), "ImapProxy": inactive_by(&["HealthApi"])})
}

/// EX01 with that fault.
pub fn kb_server() -> Value {
    json!({"servers": [server("EX01", kb())]})
}
