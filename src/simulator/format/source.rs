//! Where a scenario comes from and where its changes go: built in and kept in memory, or a file that is updated, so
//! that a maintenance script can be rehearsed and run twice.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::builtin::{Builtin, scenarios};
use super::error::ScenarioError;
use super::file::{ScenarioFile, read};
use super::live::Live;
use super::parse::parse;
use super::scenario::Scenario;

/// A scenario that can be played, and where it comes from.
#[derive(Debug, Clone)]
pub struct Source {
    origin: Origin,
    scenario: Scenario,
}

#[derive(Debug, Clone)]
enum Origin {
    Builtin(&'static Builtin),
    File(ScenarioFile),
}

/// Finds and checks a scenario: the default one, a built-in one by name (whatever the case), else a file.
///
/// # Errors
/// When there is none of this name, or the file cannot be read or is no scenario.
pub fn resolve(value: Option<&str>) -> Result<Source, ScenarioError> {
    let name = value.unwrap_or(Builtin::DEFAULT);
    if let Some(builtin) = scenarios().iter().find(|builtin| builtin.name.eq_ignore_ascii_case(name)) {
        let scenario = parse(builtin.text, builtin.name)?;
        return Ok(Source { origin: Origin::Builtin(builtin), scenario });
    }
    let path = Path::new(name);
    let looks_like_a_path = name.contains(['/', '\\', '.']);
    if !looks_like_a_path && !path.exists() {
        return Err(ScenarioError::Unknown { name: name.to_owned(), suggestion: suggestion(name) });
    }
    let unreadable = |why: String| ScenarioError::Unreadable { path: path.to_owned(), why };
    let text = read(path).map_err(|error| unreadable(error.to_string()))?;
    let scenario = parse(&text, name)?;
    // The engine may be started in another folder.
    let path = std::path::absolute(path).map_err(|error| unreadable(error.to_string()))?;
    Ok(Source { origin: Origin::File(ScenarioFile::new(&path, &text)), scenario })
}

fn suggestion(name: &str) -> Option<&'static str> {
    let name = name.to_ascii_lowercase();
    scenarios()
        .iter()
        .map(|builtin| (strsim::jaro_winkler(&name, builtin.name), builtin.name))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, name)| name)
}

impl Source {
    pub(crate) fn scenario(&self) -> &Scenario {
        &self.scenario
    }

    /// The name of the built-in scenario, or the path of the file: what `--scenario` of the engine needs, and what
    /// says to a person what is simulated.
    pub(crate) fn name(&self) -> String {
        match &self.origin {
            Origin::Builtin(builtin) => builtin.name.to_owned(),
            Origin::File(file) => file.path().display().to_string(),
        }
    }

    /// A file to play it from: its own, or for a built-in scenario a copy in this folder.
    ///
    /// # Errors
    /// When the copy cannot be written.
    pub(crate) fn staged(&self, folder: &Path) -> io::Result<PathBuf> {
        match &self.origin {
            Origin::File(file) => Ok(file.path().to_owned()),
            Origin::Builtin(builtin) => {
                let path = folder.join(format!("{}.json", builtin.name));
                fs::write(&path, builtin.text)?;
                Ok(path)
            }
        }
    }

    /// The scenario, to be played by a session that may change something in its file or not.
    pub(crate) fn live(&self, may_change: bool) -> Live {
        let file = match &self.origin {
            Origin::Builtin(_) => None,
            Origin::File(file) => Some(file.clone()),
        };
        Live::new(file, self.scenario.clone(), may_change)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAST: &str = r#"{"scenario":"relight/scenario/1.0","servers":[{"name":"EX01"}]}"#;

    #[test]
    fn a_name_is_a_built_in_scenario_whatever_the_case() {
        for (value, name) in [(None, "kb-3025138"), (Some("HEALTHY"), "healthy")] {
            assert_eq!(
                resolve(value).map(|source| (source.name(), matches!(source.origin, Origin::Builtin(_)))).ok(),
                Some((name.into(), true))
            );
        }
    }

    #[test]
    fn an_unknown_name_gets_a_suggestion_and_a_missing_file_the_reason() {
        for (value, said, hint) in [
            ("helthy", "no scenario and no file is called \"helthy\"", "did you mean \"healthy\"?"),
            ("qqq", "no scenario and no file", "`relight scenarios` lists them"),
            ("./nowhere.json", "cannot be read", "give the path"),
            (".", "it is not a file", "give the path"),
        ] {
            let error = resolve(Some(value)).expect_err(value);
            assert!(error.to_string().contains(said), "{error}");
            assert!(error.hint().contains(hint), "{}", error.hint());
        }
    }

    #[test]
    fn a_file_may_begin_with_a_byte_order_mark_but_not_be_utf_16() {
        let folder = tempfile::tempdir().expect("a folder");
        for (bytes, expected) in [
            (format!("\u{FEFF}{LEAST}").into_bytes(), None),
            (LEAST.encode_utf16().flat_map(u16::to_le_bytes).collect(), Some("not a")),
            ([&[0xFF, 0xFE], LEAST.as_bytes()].concat(), Some("save it as UTF-8")),
            (b"\xE9".to_vec(), Some("not in UTF-8")),
        ] {
            let path = folder.path().join("s.json");
            fs::write(&path, bytes).expect("written");
            let said = resolve(path.to_str()).err().map(|error| error.to_string());
            match expected {
                None => assert_eq!(said, None),
                Some("not a") => assert!(said.is_some()),
                Some(part) => assert!(said.as_ref().is_some_and(|said| said.contains(part)), "{said:?}"),
            }
        }
    }
}
