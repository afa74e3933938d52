//! Where journals lie, and what lies there. A run writes `<run>.open.jsonl`, which gets its final name, `<run>.jsonl`,
//! when the run ends: the names alone tell which runs are still open. Runs on simulated servers have a folder of their
//! own below, so that a rehearsal neither waits for a repair nor pushes its record out.

use std::env;
use std::fs::{self, DirBuilder};
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Brief, Run, RunId, Sums, has_left_services};
use crate::record;

use super::lock::is_locked;
use super::{JournalError, file, read};

/// By so much clocks are set right without a word.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

/// The folder of the journals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder(PathBuf);

/// A journal by its name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Entry {
    pub id: RunId,
    pub simulated: bool,
    pub is_open: bool,
}

impl Entry {
    /// Whether a journal of that run, on that scenario, lies where it belongs.
    fn is_of(&self, run: Option<&RunId>, scenario: Option<&str>) -> bool {
        run == Some(&self.id) && scenario.is_some() == self.simulated
    }
}

impl Folder {
    /// The folder that was named, or the usual one.
    ///
    /// # Errors
    /// When none was named and the environment does not tell where such things go.
    pub fn new(asked: Option<&Path>) -> Result<Self, JournalError> {
        let usual = || usual_folder().ok_or(JournalError::NoFolder);
        asked.map_or_else(usual, |asked| Ok(std::path::absolute(asked).unwrap_or_else(|_| asked.to_owned()))).map(Self)
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The folder that runs of this kind write to.
    pub(super) fn of_kind(&self, simulated: bool) -> PathBuf {
        if simulated { self.0.join("simulated") } else { self.0.clone() }
    }

    /// Makes the folder that runs of this kind write to, for its owner alone.
    pub(super) fn make(&self, simulated: bool) -> io::Result<PathBuf> {
        let folder = self.of_kind(simulated);
        if !folder.is_dir() {
            let mut builder = DirBuilder::new();
            builder.recursive(true);
            #[cfg(unix)]
            std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
            let is_new = !self.0.exists();
            builder.create(&folder)?;
            if is_new {
                keep_others_out(&self.0);
            }
        }
        Ok(folder)
    }

    /// The journals of one kind, the newest first. No folder, no journals.
    pub(super) fn entries(&self, simulated: bool) -> io::Result<Vec<Entry>> {
        self.entries_that(simulated, |_| true)
    }

    /// Where there are many, what is told by the name alone is sorted out first.
    fn entries_that(&self, simulated: bool, wanted: impl Fn(&str) -> bool) -> io::Result<Vec<Entry>> {
        let listed = match fs::read_dir(self.of_kind(simulated)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut entries = Vec::new();
        for file in listed {
            let name = file?.file_name();
            let name = name.to_str().filter(|name| wanted(name));
            let Some(stem) = name.and_then(|name| name.strip_suffix(".jsonl")) else { continue };
            let (id, is_open) = stem.strip_suffix(".open").map_or((stem, false), |id| (id, true));
            if let Some(id) = RunId::parse(id) {
                entries.push(Entry { id, simulated, is_open });
            }
        }
        entries.sort_unstable_by(|a, b| b.id.cmp(&a.id));
        Ok(entries)
    }

    /// The file that the writer of a journal keeps locked while it lives. Not the journal itself, because Windows keeps
    /// others from reading what is locked.
    pub(super) fn alive_path(&self, id: &RunId, simulated: bool) -> PathBuf {
        self.of_kind(simulated).join(format!("{id}.alive"))
    }

    fn is_live(&self, entry: &Entry) -> io::Result<bool> {
        is_locked(file::open(&self.alive_path(&entry.id, entry.simulated)))
    }

    /// Where the journal of an entry lies.
    pub(super) fn path_of(&self, entry: &Entry) -> PathBuf {
        let open = self.open_path(&entry.id, entry.simulated);
        // It may have been closed since it was listed.
        if entry.is_open && open.exists() {
            return open;
        }
        self.closed_path(&entry.id, entry.simulated)
    }

    fn unreadable(&self, cause: io::Error) -> JournalError {
        JournalError::Unreadable { folder: self.0.clone(), cause }
    }

    fn all(&self) -> Result<Vec<Entry>, JournalError> {
        let mut all = self.entries(false).map_err(|error| self.unreadable(error))?;
        all.extend(self.entries(true).map_err(|error| self.unreadable(error))?);
        all.sort_unstable_by(|a, b| b.id.cmp(&a.id));
        Ok(all)
    }

    /// The name of the newest run of any kind.
    pub(super) fn newest(&self) -> io::Result<Option<RunId>> {
        let [real, simulated] = [self.entries(false)?, self.entries(true)?];
        let newest = |entries: Vec<Entry>| entries.into_iter().next().map(|entry| entry.id);
        Ok(newest(real).max(newest(simulated)))
    }

    /// The newest runs in short, newest first, and how many there are in all.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn briefs(&self, most: usize) -> Result<(Vec<Brief>, usize), JournalError> {
        let all = self.all()?;
        let briefs = all.iter().take(most).filter_map(|entry| self.brief(entry).ok().flatten()).collect();
        Ok((briefs, all.len()))
    }

    /// One run, and whether it is going on. Its name may be cut short where no other begins so.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn run(&self, name: &str) -> Result<(Run, bool), JournalError> {
        let all = self.all()?;
        let begins = all.iter().filter(|entry| entry.id.as_str().starts_with(name)).collect::<Vec<_>>();
        match begins[..] {
            [entry] => self.read(entry),
            _ => Err(JournalError::NoSuchRun(name.to_owned())),
        }
    }

    fn read(&self, entry: &Entry) -> Result<(Run, bool), JournalError> {
        let live = entry.is_open && self.is_live(entry).map_err(|error| self.unreadable(error))?;
        let run = file::run(&self.path_of(entry)).map_err(|error| self.unreadable(error))?;
        let run = run.ok_or_else(|| JournalError::Illegible(entry.id.to_string()))?;
        if !entry.is_of(run.id.as_ref(), run.simulated.as_deref()) {
            return Err(JournalError::Misplaced(entry.id.to_string()));
        }
        Ok((run, live))
    }

    /// Where the journal of a run lies while it is open.
    pub(super) fn open_path(&self, id: &RunId, simulated: bool) -> PathBuf {
        self.of_kind(simulated).join(format!("{id}.open.jsonl"))
    }

    /// Where the journal of a run lies once it is closed.
    pub(super) fn closed_path(&self, id: &RunId, simulated: bool) -> PathBuf {
        self.of_kind(simulated).join(format!("{id}.jsonl"))
    }

    /// The last run that changed something and is not undone yet: on real servers, or on those of this scenario. One is
    /// undone when an undo of it has changed something and a look confirms that; where services are to be stopped, only
    /// when that was done too.
    ///
    /// # Errors
    /// When there is none.
    pub fn last_to_undo(&self, simulated: Option<&str>, stop_services: bool) -> Result<(Run, bool), JournalError> {
        let entries = self.entries(simulated.is_some()).map_err(|error| self.unreadable(error))?;
        let mut undos = Vec::new();
        for entry in &entries {
            let brief = match self.brief(entry).map_err(|error| self.unreadable(error))? {
                Some(brief) if brief.sums.sent > 0 && brief.simulated.as_deref() == simulated => brief,
                Some(_) => continue,
                None if file::is_empty(&self.path_of(entry)) => continue,
                // It may be the last one.
                None => return Err(JournalError::Illegible(entry.id.to_string())),
            };
            match brief.undoes {
                Some(undone) if brief.sums.verified => undos.push((undone, entry)),
                Some(_) => {}
                None => {
                    let mut of_it =
                        undos.iter().filter(|(undone, _)| *undone == brief.id).map(|(_, undo)| *undo).peekable();
                    let run = self.read(entry)?;
                    if of_it.peek().is_none() {
                        return in_the_past(run);
                    }
                    let of_it = of_it.map(|undo| Ok(self.read(undo)?.0)).collect::<Result<Vec<_>, JournalError>>()?;
                    if stop_services && has_left_services(&run.0, &of_it) {
                        return in_the_past(run);
                    }
                }
            }
        }
        Err(JournalError::NothingChanged(self.0.clone(), simulated.is_some()))
    }

    /// The runs that may have changed something and did not live to say so: on real servers, or on this scenario.
    pub fn interrupted(&self, simulated: Option<&str>) -> Vec<Run> {
        let entries =
            self.entries_that(simulated.is_some(), |name| name.ends_with(".open.jsonl")).unwrap_or_else(|error| {
                tracing::debug!(%error, "the journal cannot be read");
                Vec::new()
            });
        entries
            .iter()
            .filter_map(|entry| self.read(entry).ok())
            .filter(|(run, live)| !live && run.ended.is_none() && run.sums().sent > 0)
            .map(|(run, _)| run)
            .filter(|run| run.simulated.as_deref() == simulated)
            .collect()
    }

    /// A run in short; `None`: not even its first line makes sense. An open one is read whole.
    pub(super) fn brief(&self, entry: &Entry) -> io::Result<Option<Brief>> {
        let path = self.path_of(entry);
        let (begin, end) = read::ends(&mut file::open(&path)?)?;
        let is_its_own = |begin: &record::Begin| {
            read::is_known(&begin.schema) && entry.is_of(Some(&begin.run.0), begin.simulated.as_deref())
        };
        let Some(begin) = begin.filter(is_its_own) else { return Ok(None) };
        let mut brief = Brief {
            id: entry.id.clone(),
            begun: begin.at.0,
            command: begin.command.0,
            agreed_by: begin.agreed_by.0,
            user: begin.who.user,
            simulated: begin.simulated,
            exit: None,
            undoes: begin.undoes.map(|undone| undone.0),
            is_live: false,
            sums: Sums { agreed: 0, sent: 0, services: 0, confirmed: 0, verified: true },
        };
        if let Some(end) = end {
            brief.exit = Some((end.exit_code, end.exit));
            brief.sums = end.sums.read();
        } else {
            brief.is_live = entry.is_open && self.is_live(entry)?;
            if let Some(run) = file::run(&path)? {
                brief.sums = Sums { verified: run.is_verified(), ..run.sums() };
            }
        }
        Ok(Some(brief))
    }
}

/// A run that is yet to come is taken for the last one only by who names it.
fn in_the_past(run: (Run, bool)) -> Result<(Run, bool), JournalError> {
    let id = run.0.id.clone().filter(|id| *id > RunId::at(Timestamp::now() + LEEWAY));
    id.map_or(Ok(run), |id| Err(JournalError::InTheFuture(id.to_string())))
}

#[cfg(windows)]
fn usual_folder() -> Option<PathBuf> {
    env::var_os("ProgramData").map(|data| PathBuf::from(data).join("relight").join("journal"))
}

#[cfg(not(windows))]
fn usual_folder() -> Option<PathBuf> {
    // The specification: a path that is not absolute is to be ignored.
    let absolute = |name| env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let state = absolute("XDG_STATE_HOME").or_else(|| absolute("HOME").map(|home| home.join(".local").join("state")));
    state.map(|state| state.join("relight").join("journal"))
}

/// `ProgramData` lets everybody read what is made there. Administrators, the system and whoever made it keep their
/// rights; that this fails is no reason not to write a journal.
#[cfg(windows)]
fn keep_others_out(folder: &Path) {
    use std::process::{Command, Stdio};

    let Some(system) = crate::windows::system_directory() else { return };
    let icacls = system.join("icacls.exe");
    let rights = ["*S-1-5-32-544:(OI)(CI)F", "*S-1-5-18:(OI)(CI)F", "*S-1-3-0:(OI)(CI)F"];
    let mut command = Command::new(icacls);
    command.arg(folder).arg("/inheritance:r").args(rights.iter().flat_map(|right| ["/grant", right]));
    let ended = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status();
    tracing::debug!(?ended, folder = %folder.display(), "rights of the journal folder");
}

#[cfg(not(windows))]
fn keep_others_out(_folder: &Path) {
    // Made with the mode 0700.
}
