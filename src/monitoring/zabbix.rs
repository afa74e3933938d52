//! For Zabbix: one JSON array, of which low-level discovery makes an item for each component, and from which those items take
//! their values.

use std::io;

use serde::Serialize;

use crate::domain::{Component, Run};
use crate::record::ascii;

use super::active::seen;

#[derive(Serialize)]
struct Item<'a> {
    #[serde(rename = "{#SERVER}")]
    server: &'a str,
    #[serde(rename = "{#COMPONENT}")]
    component: &'a str,
    /// Without it there is an item, and no value for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    active: Option<u8>,
}

/// The array, in a line of ASCII: an agent on Windows takes it for text in the code page of a console.
///
/// # Errors
/// When serialising fails, which no run is known to bring about.
pub fn zabbix(run: &Run, components: &[Component]) -> io::Result<String> {
    let all = run.servers.iter().flat_map(|server| seen(server, components));
    let items = all.map(|seen| Item {
        server: seen.server.server().as_str(),
        component: seen.component.as_str(),
        active: seen.active.map(u8::from),
    });
    Ok(ascii(&serde_json::to_string(&items.collect::<Vec<_>>()).map_err(io::Error::other)?))
}
