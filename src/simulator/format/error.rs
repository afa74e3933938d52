//! Why a scenario cannot be played or kept. The text says what is wrong and where; the hint says what to do.

use std::io;
use std::path::PathBuf;

/// Why a scenario cannot be played or kept.
#[derive(Debug, thiserror::Error)]
pub enum ScenarioError {
    /// Neither a built-in scenario nor a file.
    #[error("no scenario and no file is called {name:?}")]
    Unknown {
        /// What was given.
        name: String,
        /// The built-in scenario that was probably meant.
        suggestion: Option<&'static str>,
    },
    /// The file cannot be read.
    #[error("the scenario file {path} cannot be read: {why}", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The file is no scenario.
    #[error("{origin}, line {line}, column {column}: {field}: {problem}")]
    Invalid {
        /// The file, or the name of the built-in scenario.
        origin: String,
        /// Counted from 1.
        line: usize,
        /// Counted from 1, in bytes.
        column: usize,
        /// The path to the field, for example `servers[0].name`.
        field: String,
        /// What is wrong with it.
        problem: String,
    },
    /// A change cannot be kept in the file.
    #[error("the scenario file {path} cannot be updated: {source}", path = path.display())]
    NotKept {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl ScenarioError {
    /// What to do about it.
    pub(crate) fn hint(&self) -> String {
        match self {
            Self::Unknown { suggestion: Some(meant), .. } => {
                format!("did you mean {meant:?}? `relight scenarios` lists them")
            }
            Self::Unknown { suggestion: None, .. } => {
                "`relight scenarios` lists them; a file is given by its path".to_owned()
            }
            Self::Unreadable { .. } => {
                "give the path of a JSON file, or the name of a built-in scenario (`relight scenarios` lists them)"
                    .to_owned()
            }
            Self::Invalid { .. } => "the format is described in docs/SCENARIOS.md".to_owned(),
            Self::NotKept { .. } => {
                "relight writes a new file beside the old one and renames it: the folder must be writable".to_owned()
            }
        }
    }
}
