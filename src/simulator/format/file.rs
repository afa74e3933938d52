//! The file of a scenario: how it is read, and how it is replaced, while others may do the same.

use std::fs;
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use super::error::ScenarioError;
use super::parse::parse;
use super::scenario::Scenario;
use crate::regular::{self, again_while_in_use};

/// No scenario is near this size, in bytes; a file beyond it is something else.
const LARGEST: u64 = 16 * 1024 * 1024;

/// Whether a change has become that of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Kept {
    Is,
    /// Somebody who takes no turn, a person, has changed the file in this moment, and it has to be read again.
    Not,
}

/// The file of a scenario, and its text when it was last looked at.
#[derive(Debug, Clone)]
pub(crate) struct ScenarioFile {
    path: PathBuf,
    text: String,
}

impl ScenarioFile {
    pub(super) fn new(path: &Path, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }

    /// What it says now; `None`: the same as before. The whole text is compared, so that no change is missed, and only
    /// another one is taken apart.
    ///
    /// # Errors
    /// When it cannot be read, or is no scenario just now.
    pub(crate) fn changed(&mut self) -> Result<Option<Scenario>, ScenarioError> {
        let text = read(&self.path)
            .map_err(|error| ScenarioError::Unreadable { path: self.path.clone(), why: error.to_string() })?;
        if text == self.text {
            return Ok(None);
        }
        let scenario = parse(&text, &self.path.display().to_string())?;
        self.text = text;
        Ok(Some(scenario))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts a file with this scenario in its place, in one go.
    ///
    /// # Errors
    /// When it cannot be replaced; it is then as it was.
    pub(super) fn replace(&mut self, scenario: &Scenario) -> io::Result<Kept> {
        let is_as_known = || read(&self.path).is_ok_and(|text| text == self.text);
        let Some(text) = replace(&self.path, scenario, is_as_known)? else { return Ok(Kept::Not) };
        self.text = text;
        Ok(Kept::Is)
    }
}

pub(super) fn read(path: &Path) -> io::Result<String> {
    let file = again_while_in_use((), |()| regular::open_named(path).map_err(|error| ((), error)))?;
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

/// Puts a file with this scenario in the place of the one that is there, if that is still to be replaced once the new one
/// is on the disk; what it returns is its text.
fn replace(path: &Path, scenario: &Scenario, is_as_known: impl Fn() -> bool) -> io::Result<Option<String>> {
    // A link stays a link: what it points to is replaced.
    let path = fs::canonicalize(path)?;
    let permissions = fs::metadata(&path)?.permissions();
    if permissions.readonly() {
        return Err(io::Error::new(io::ErrorKind::PermissionDenied, "it is read-only"));
    }
    let folder = path.parent().ok_or_else(|| io::Error::other("it is in no folder"))?;
    let mut new = tempfile::Builder::new().prefix(".relight-").suffix(".tmp").tempfile_in(folder)?;
    let mut text = serde_json::to_string_pretty(scenario)?;
    text.push('\n');
    new.write_all(text.as_bytes())?;
    new.as_file().set_permissions(permissions)?;
    new.as_file().sync_all()?;
    if !is_as_known() {
        return Ok(None);
    }
    again_while_in_use(new, |new| new.persist(&path).map(drop).map_err(|error| (error.file, error.error)))?;
    Ok(Some(text))
}
