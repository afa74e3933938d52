//! Where journals lie, and what lies there. A run writes `<run>.open.jsonl`, which gets its final name, `<run>.jsonl`,
//! when the run ends: the names alone tell which runs are still open. Runs on simulated servers have a folder of their
//! own below, so that a rehearsal neither waits for a repair nor pushes its record out.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use jiff::{SignedDuration, Timestamp};

use crate::domain::{Brief, Briefs, Run, RunId, Server, Sums, has_left_servers, has_left_services};
use crate::record;

use super::access::{self, Access, Use};
use super::lock::is_locked;
use super::{JournalError, file, read};

/// Where journals of runs on simulated servers lie, in the folder of the others.
const SIMULATED: &str = "simulated";
/// By so much clocks are set right unasked.
const LEEWAY: SignedDuration = SignedDuration::from_mins(1);

/// The folder of the journals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Folder {
    path: PathBuf,
    /// The usual one lies in a folder that is relight's as well.
    is_usual: bool,
}

/// A folder that is relight's own.
struct Own {
    path: PathBuf,
    used: Use,
    /// Whether nobody else has anything in it.
    alone: bool,
}

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
        let Some(asked) = asked else {
            let path = usual_folder().ok_or(JournalError::NoFolder)?;
            return Ok(Self { path, is_usual: true });
        };
        // Without what would have a link at its end followed.
        let path = std::path::absolute(asked).unwrap_or_else(|_| asked.to_owned()).components().collect();
        Ok(Self { path, is_usual: false })
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The folder that runs of this kind write to.
    pub(super) fn of_kind(&self, simulated: bool) -> PathBuf {
        if simulated { self.path.join(SIMULATED) } else { self.path.clone() }
    }

    /// The folders that are relight's own, the outermost first.
    fn own(&self, simulated: bool) -> impl Iterator<Item = Own> {
        let shared = self.path.parent().filter(|_| self.is_usual);
        let shared = shared.map(|path| Own { path: path.to_owned(), used: Use::Shared, alone: true });
        let journals = |path, alone| Own { path, used: Use::Journals, alone };
        let simulated = simulated.then(|| journals(self.of_kind(true), true));
        shared.into_iter().chain([journals(self.path.clone(), self.is_usual)]).chain(simulated)
    }

    /// Whether the folder that runs of this kind write to, and those above it, belong to somebody who may be believed.
    ///
    /// # Errors
    /// When they do not.
    pub(super) fn check(&self, simulated: bool) -> Result<(), JournalError> {
        for own in self.own(simulated) {
            if let Some(Access::Foreign(owner)) =
                access::of_folder(&own.path).map_err(|error| self.unreadable(error))?
            {
                return Err(JournalError::Foreign { folder: own.path, owner });
            }
        }
        Ok(())
    }

    /// Makes the folder that runs of this kind write to, for this account alone, and takes it back from others where they
    /// could use it as well. Gives back what was taken back.
    ///
    /// # Errors
    /// When it cannot be made, or belongs to somebody else, or others may write to it and have a right to do so.
    pub(super) fn make(&self, simulated: bool) -> Result<Vec<PathBuf>, JournalError> {
        let unwritable = |cause| JournalError::Unwritable { folder: self.path.clone(), cause };
        let mut narrowed = Vec::new();
        for own in self.own(simulated) {
            let access = match access::of_folder(&own.path).map_err(unwritable)? {
                Some(access) => access,
                None => {
                    make(&own).map_err(unwritable)?;
                    // Somebody else may have been quicker.
                    access::of_folder(&own.path).map_err(unwritable)?.unwrap_or(Access::Private)
                }
            };
            let is_writable = match access {
                Access::Private => continue,
                Access::Readable if own.used == Use::Shared => continue,
                Access::Foreign(owner) => return Err(JournalError::Foreign { folder: own.path, owner }),
                Access::Readable => false,
                Access::Writable => true,
            };
            if own.alone || holds_journals_alone(&own.path).map_err(unwritable)? {
                match access::narrow(&own.path, own.used) {
                    Ok(()) => narrowed.push(own.path),
                    Err(cause) if is_writable => return Err(unwritable(cause)),
                    // Root's, say, who lets others read it.
                    Err(error) => tracing::debug!(%error, folder = %own.path.display(), "others may read it"),
                }
            } else if is_writable {
                return Err(JournalError::Open(own.path));
            }
        }
        Ok(narrowed)
    }

    /// The journals of one kind, the newest first. No folder, no journals.
    pub(super) fn entries(&self, simulated: bool) -> Result<Vec<Entry>, JournalError> {
        self.entries_that(simulated, |_| true)
    }

    /// Where there are many, what is told by the name alone is sorted out first.
    fn entries_that(&self, simulated: bool, wanted: impl Fn(&str) -> bool) -> Result<Vec<Entry>, JournalError> {
        self.check(simulated)?;
        let unreadable = |error| self.unreadable(error);
        let listed = match fs::read_dir(self.of_kind(simulated)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other.map_err(unreadable)?,
        };
        let mut entries = Vec::new();
        for file in listed {
            let name = file.map_err(unreadable)?.file_name();
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
        JournalError::Unreadable { folder: self.path.clone(), cause }
    }

    fn all(&self) -> Result<Vec<Entry>, JournalError> {
        let mut all = self.entries(false)?;
        all.extend(self.entries(true)?);
        all.sort_unstable_by(|a, b| b.id.cmp(&a.id));
        Ok(all)
    }

    /// The name of the newest run of any kind.
    pub(super) fn newest(&self) -> Result<Option<RunId>, JournalError> {
        let [real, simulated] = [self.entries(false)?, self.entries(true)?];
        let newest = |entries: Vec<Entry>| entries.into_iter().next().map(|entry| entry.id);
        Ok(newest(real).max(newest(simulated)))
    }

    /// The newest runs in short, newest first, which cannot be read, and how many there are in all: of those that looked at
    /// one of these servers, where any are given.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn briefs(&self, most: usize, only: &[Server]) -> Result<Briefs, JournalError> {
        let mut all = self.all()?;
        if !only.is_empty() {
            let is_of = |run: &Run| run.servers.iter().any(|it| only.iter().any(|name| name.may_be(it.server())));
            all.retain(|entry| self.read(entry).is_ok_and(|(run, _)| is_of(&run)));
        }
        let mut briefs = Briefs { runs: Vec::new(), illegible: Vec::new(), total: all.len() };
        for entry in all.iter().take(most) {
            match self.brief(entry) {
                Ok(Some(brief)) => briefs.runs.push(brief),
                Ok(None) if file::is_empty(&self.path_of(entry)) => {}
                Ok(None) | Err(_) => briefs.illegible.push(entry.id.clone()),
            }
        }
        Ok(briefs)
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
    /// undone when undos of it have changed something on each of its servers, or found nothing to put back there, and a look
    /// confirms that; where services are to be stopped, only when that was done too.
    ///
    /// # Errors
    /// When there is none.
    pub fn last_to_undo(&self, simulated: Option<&str>, stop_services: bool) -> Result<(Run, bool), JournalError> {
        let entries = self.entries(simulated.is_some())?;
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
                    if has_left_servers(&run.0, &of_it) || (stop_services && has_left_services(&run.0, &of_it)) {
                        return in_the_past(run);
                    }
                }
            }
        }
        Err(JournalError::NothingChanged(self.path.clone(), simulated.is_some()))
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

    /// The only one of these.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn only_interrupted(&self, simulated: Option<&str>) -> Result<Run, JournalError> {
        let mut runs = self.interrupted(simulated);
        match runs.len() {
            0 => Err(JournalError::NoneInterrupted(self.path.clone(), simulated.is_some())),
            1 => Ok(runs.remove(0)),
            _ => Err(JournalError::SeveralInterrupted(runs.iter().map(|run| run.name().to_owned()).collect())),
        }
    }

    /// A run in short; `None`: not even its first line makes sense. One without an end, or that sent nothing, is read whole.
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
        }
        // Where nothing was sent nobody would ever look again, so that the steps themselves have to say so.
        if brief.sums.sent == 0
            && let Some(run) = file::run(&path)?
        {
            brief.sums = Sums { verified: run.is_verified(), ..run.sums() };
        }
        Ok(Some(brief))
    }
}

/// Makes it, and those above it that are not there.
fn make(own: &Own) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    own.path.parent().map_or(Ok(()), |above| builder.recursive(true).create(above))?;
    match access::make(&own.path, own.used) {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        other => other,
    }
}

/// Whether there is nothing in a folder but what relight puts there, so that nobody else has to do with it.
fn holds_journals_alone(folder: &Path) -> io::Result<bool> {
    let is_journal = |name: &str| name == SIMULATED || name.ends_with(".jsonl") || name.ends_with(".alive");
    for entry in fs::read_dir(folder)? {
        if !entry?.file_name().to_str().is_some_and(is_journal) {
            return Ok(false);
        }
    }
    Ok(true)
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
