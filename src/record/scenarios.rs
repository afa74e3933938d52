//! The built-in scenarios as a document, `relight/scenarios/1.0`.

use std::io;

use serde::Serialize;

use super::document::{Exit, text};

/// The schema that the document names.
const SCHEMA: &str = "relight/scenarios/1.0";

/// What `--simulate` can play by name.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ScenariosDocument {
    /// The schema of this document.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    #[serde(flatten)]
    pub exit: Exit,
    /// The scenarios, in the order in which they are listed.
    pub scenarios: Vec<Scenario>,
}

/// One of them.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Scenario {
    /// What to give to `--simulate`.
    pub name: &'static str,
    /// What it plays, in English. For people: it may change.
    pub summary: &'static str,
}

/// The scenarios of these names and summaries.
///
/// # Errors
/// When serialising fails, which no list is known to bring about.
pub fn scenarios(known: impl IntoIterator<Item = (&'static str, &'static str)>, exit: Exit) -> io::Result<String> {
    let scenarios = known.into_iter().map(|(name, summary)| Scenario { name, summary }).collect();
    text(&ScenariosDocument { schema: SCHEMA, exit, scenarios })
}
