//! A scenario while it is played. Others may play the same file at the same time, and a person may edit it: it is read anew
//! for each call, and a change is made to what the file says then.

use std::io;

use super::error::ScenarioError;
use super::file::{Kept, ScenarioFile};
use super::scenario::Scenario;
use super::turn::Turn;

/// A scenario that is played, and what it was when it was last read or kept.
#[derive(Debug)]
pub(crate) struct Live {
    file: Option<ScenarioFile>,
    /// Whether this session may change anything in the file.
    may_change: bool,
    known: Scenario,
}

/// One call's turn at the scenario.
#[derive(Debug)]
pub(crate) struct LiveTurn(Option<io::Result<Turn>>);

impl Live {
    pub(super) fn new(file: Option<ScenarioFile>, known: Scenario, may_change: bool) -> Self {
        Self { file, may_change, known }
    }

    /// The file, for who follows it by himself.
    pub(crate) fn file(&self) -> Option<ScenarioFile> {
        self.file.clone()
    }

    /// Keeps others from changing the file until it is dropped, where this session may change it.
    pub(crate) fn turn(&self) -> LiveTurn {
        // Where no lock can be made, nothing can be kept; it can still be looked at.
        LiveTurn(self.file.as_ref().filter(|_| self.may_change).map(|file| Turn::take(file.path())))
    }

    /// What the scenario is now, where it is another than this session knows.
    ///
    /// # Errors
    /// When the file cannot be read, or is no scenario just now.
    pub(crate) fn changed(&mut self) -> Result<Option<Scenario>, ScenarioError> {
        let changed = self.file.as_mut().map_or(Ok(None), ScenarioFile::changed)?;
        if let Some(scenario) = &changed {
            self.known = scenario.clone();
        }
        Ok(changed)
    }

    /// The scenario as it was read or kept last.
    pub(crate) fn known(&self) -> &Scenario {
        &self.known
    }

    /// Keeps what has changed: in the file, which is replaced in one go, or nowhere.
    ///
    /// # Errors
    /// When the file cannot be replaced; it is then as it was.
    pub(crate) fn keep(&mut self, turn: &LiveTurn, scenario: Scenario) -> Result<Kept, ScenarioError> {
        if self.may_change
            && let Some(file) = &mut self.file
        {
            let kept = match turn {
                LiveTurn(Some(Err(error))) => Err(io::Error::new(error.kind(), error.to_string())),
                LiveTurn(Some(Ok(_)) | None) => file.replace(&scenario),
            };
            match kept {
                Ok(Kept::Is) => {}
                Ok(Kept::Not) => return Ok(Kept::Not),
                Err(source) => return Err(ScenarioError::NotKept { path: file.path().to_owned(), source }),
            }
        }
        self.known = scenario;
        Ok(Kept::Is)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::simulator::format::resolve;

    const LEAST: &str = r#"{"scenario":"relight/scenario/1.0","servers":[{"name":"EX01"}]}"#;

    #[test]
    fn a_change_of_the_same_length_within_the_same_moment_is_seen() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s.json");
        fs::write(&path, LEAST).expect("written");
        let then = fs::metadata(&path).and_then(|about| about.modified()).expect("a time");
        let mut live = resolve(path.to_str()).expect("a scenario").live(false);
        assert_eq!(live.changed().expect("read"), None);
        fs::write(&path, LEAST.replace("EX01", "EX02")).expect("written");
        fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(then)).expect("set");
        assert_eq!(live.changed().expect("read").map(|it| it.servers[0].name.clone()).as_deref(), Some("EX02"));
        assert_eq!(live.changed().expect("read"), None);
    }

    #[test]
    fn a_change_replaces_the_file_and_leaves_nothing_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("s.json");
        fs::write(&path, LEAST).expect("written");
        let source = resolve(path.to_str()).expect("a scenario");
        let mut live = source.live(true);
        let mut changed = source.scenario().clone();
        changed.description = "changed".to_owned();
        assert_eq!(live.keep(&live.turn(), changed.clone()).expect("kept"), Kept::Is);
        assert_eq!(resolve(path.to_str()).expect("a scenario").scenario(), &changed);
        assert_eq!(live.changed().expect("read"), None);
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 1);

        // A person takes no turn.
        fs::write(&path, LEAST).expect("written");
        assert_eq!(live.keep(&live.turn(), changed.clone()).expect("looked at"), Kept::Not);
        assert_eq!(live.changed().expect("read").as_ref(), Some(source.scenario()));

        let mut permissions = fs::metadata(&path).expect("there").permissions();
        permissions.set_readonly(true);
        fs::set_permissions(&path, permissions).expect("set");
        let error = live.keep(&live.turn(), changed).expect_err("read-only");
        assert!(error.to_string().contains("read-only"), "{error}");
    }
}
