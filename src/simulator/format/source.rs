//! Where a scenario comes from and where its changes go: built in and kept in memory, or a file that is updated, so
//! that a maintenance script can be rehearsed and run twice.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::builtin::{Builtin, scenarios};
use super::error::ScenarioError;
use super::parse::parse;
use super::scenario::Scenario;
use crate::regular;

/// No scenario is near this size, in bytes; a file beyond it is something else.
const LARGEST: u64 = 16 * 1024 * 1024;

/// A scenario that can be played, and where it comes from.
#[derive(Debug, Clone)]
pub struct Source {
    origin: Origin,
    scenario: Scenario,
}

#[derive(Debug, Clone)]
enum Origin {
    Builtin(&'static Builtin),
    File(PathBuf),
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
    Ok(Source { origin: Origin::File(path), scenario })
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

fn read(path: &Path) -> io::Result<String> {
    let file = regular::open_named(path)?;
    if file.metadata()?.len() > LARGEST {
        return Err(io::Error::other("it is larger than 16 MB"));
    }
    let mut bytes = Vec::new();
    file.take(LARGEST).read_to_end(&mut bytes)?;
    if bytes.starts_with(&[0xFF, 0xFE]) || bytes.starts_with(&[0xFE, 0xFF]) {
        return Err(io::Error::other("it is in UTF-16; save it as UTF-8"));
    }
    let text = String::from_utf8(bytes).map_err(|_| io::Error::other("it is not in UTF-8; save it as UTF-8"))?;
    // Windows editors like to put a byte order mark in front.
    Ok(match text.strip_prefix('\u{FEFF}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
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
            Origin::File(path) => path.display().to_string(),
        }
    }

    /// A file to play it from: its own, or for a built-in scenario a copy in this folder.
    ///
    /// # Errors
    /// When the copy cannot be written.
    pub(crate) fn staged(&self, folder: &Path) -> io::Result<PathBuf> {
        match &self.origin {
            Origin::File(path) => Ok(path.clone()),
            Origin::Builtin(builtin) => {
                let path = folder.join(format!("{}.json", builtin.name));
                fs::write(&path, builtin.text)?;
                Ok(path)
            }
        }
    }

    /// Keeps what has changed: in the file the scenario came from, which is replaced in one go, or nowhere.
    ///
    /// # Errors
    /// When the file cannot be replaced; it is then as it was.
    pub(crate) fn keep(&self, scenario: &Scenario) -> Result<(), ScenarioError> {
        match &self.origin {
            Origin::Builtin(_) => Ok(()),
            Origin::File(path) => {
                replace(path, scenario).map_err(|source| ScenarioError::NotKept { path: path.clone(), source })
            }
        }
    }
}

fn replace(path: &Path, scenario: &Scenario) -> io::Result<()> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let folder = path.parent().ok_or_else(|| io::Error::other("it is in no folder"))?;
    let mut new = tempfile::Builder::new().prefix(".relight-").suffix(".tmp").tempfile_in(folder)?;
    let mut text = serde_json::to_vec_pretty(scenario)?;
    text.push(b'\n');
    new.write_all(&text)?;
    new.as_file().set_permissions(permissions)?;
    new.as_file().sync_all()?;
    new.persist(&path).map_err(|error| error.error)?;
    Ok(())
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

    #[test]
    fn a_change_replaces_the_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s.json");
        fs::write(&path, LEAST).expect("written");
        let source = resolve(path.to_str()).expect("a scenario");
        let mut changed = source.scenario().clone();
        changed.description = "changed".to_owned();
        source.keep(&changed).expect("kept");
        assert_eq!(resolve(path.to_str()).expect("a scenario").scenario(), &changed);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);

        let mut permissions = fs::metadata(&path).expect("there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).expect("set");
        let error = source.keep(source.scenario()).expect_err("read-only");
        assert!(error.to_string().contains("read-only"), "{error}");
    }
}
