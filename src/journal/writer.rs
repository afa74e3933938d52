//! Writing a journal, by all sessions of a run. Whatever goes wrong is remembered, and from then on no intent is recorded, so
//! nothing is sent: a change that the journal does not know of cannot be made, because sending takes a [`Recorded`] step, and
//! only an intent that is on the disk makes one.

use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use jiff::Timestamp;

use crate::domain::{Clients, Decision, Look, MonitorVerdict, Run, RunId, Server, ServerSnapshot, StepOutcome, Who};
use crate::record::{self, JOURNAL, Line, Text};

use super::appender::Appender;
use super::opening::{Alive, Begin, NameFlush, create, end_torn_line, lock, sha256};
use super::{Folder, JournalError, Lock, Owner, Waiting, file, retention, who};

/// The journal of a run that is under way. Dropped without an end it stays open, as if the run had been killed.
#[derive(Debug)]
pub struct Journal {
    appender: Mutex<Appender>,
    path: PathBuf,
    folder: PathBuf,
    narrowed: Vec<PathBuf>,
    id: RunId,
    who: Who,
    pub(super) lock: Option<Lock>,
    _alive: Alive,
}

impl Journal {
    /// Takes the lock and begins a journal.
    ///
    /// # Errors
    /// When another writer is at work, or the journal cannot be written.
    pub fn begin(folder: &Folder, begin: Begin, waiting: &mut Waiting<'_>) -> Result<Self, JournalError> {
        let began = Instant::now();
        let simulated = begin.simulated.is_some();
        let unwritable = |cause| JournalError::Unwritable { folder: folder.path().to_owned(), cause };
        let narrowed = folder.make(simulated)?;
        let lock = lock(begin.simulated.as_deref(), waiting)?;
        let now = Timestamp::now();
        retention::prune(folder, simulated, now);
        let (id, alive, file, name) = create(folder, simulated, now).map_err(unwritable)?;
        let journal = Self {
            who: who::who(&file, begin.interactive),
            appender: Mutex::new(Appender::new(file, name)),
            path: folder.open_path(&id, simulated),
            folder: folder.of_kind(simulated),
            narrowed,
            id,
            lock,
            _alive: alive,
        };
        journal.publish_holder();
        journal.append(&Line::Begin(record::Begin {
            schema: JOURNAL.to_owned(),
            run: (&journal.id).into(),
            at: Text(now),
            command: Text(begin.command),
            agreed_by: Text(begin.agreed_by),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            script_sha256: sha256(begin.script.as_bytes()),
            arguments: begin.arguments,
            who: (&journal.who).into(),
            simulated: begin.simulated,
            undoes: begin.undoes.map(Text),
        }));
        let broken = {
            let mut appender = journal.appender();
            appender.spent = began.elapsed();
            appender.broken.take()
        };
        match broken {
            None => Ok(journal),
            Some(cause) => {
                // Nothing was done under this name.
                let _best_effort = fs::remove_file(&journal.path);
                Err(unwritable(cause))
            }
        }
    }

    /// Takes the lock and goes on with the journal of a run that did not live to close it.
    ///
    /// # Errors
    /// As [`Journal::begin`], and when the run is going on, or has no journal.
    pub fn resume(
        folder: &Folder,
        run: &Run,
        interactive: bool,
        waiting: &mut Waiting<'_>,
    ) -> Result<Self, JournalError> {
        let id = run.id.clone().ok_or_else(|| JournalError::NoSuchRun("without a name".to_owned()))?;
        let simulated = run.simulated.is_some();
        let unwritable = |cause| JournalError::Unwritable { folder: folder.path().to_owned(), cause };
        let narrowed = folder.make(simulated)?;
        let lock = lock(run.simulated.as_deref(), waiting)?;
        // A run that ended without having seen what it left has a closed journal; so has one whose last line was torn.
        let open = folder.open_path(&id, simulated);
        let path = if open.exists() { open } else { folder.closed_path(&id, simulated) };
        let mut file = file::open_to_write(File::options().read(true).append(true), &path).map_err(unwritable)?;
        let alive = Alive::begin(folder, &id, simulated).map_err(unwritable)?;
        let alive = alive.ok_or_else(|| JournalError::GoingOn(id.to_string()))?;
        end_torn_line(&mut file).map_err(unwritable)?;
        let journal = Self {
            who: who::who(&file, interactive),
            appender: Mutex::new(Appender::new(file, NameFlush::NONE)),
            path,
            folder: folder.of_kind(simulated),
            narrowed,
            id,
            lock,
            _alive: alive,
        };
        journal.publish_holder();
        journal.append(&Line::Resumed(record::Resumed {
            at: Text(Timestamp::now()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            who: (&journal.who).into(),
        }));
        let broken = journal.appender().broken.take();
        broken.map_or(Ok(journal), |cause| Err(unwritable(cause)))
    }

    fn publish_holder(&self) {
        if let Some(lock) = &self.lock {
            lock.taken_by(&Owner {
                run: self.id.to_string(),
                user: self.who.user.clone(),
                host: self.who.host.clone(),
                since: Timestamp::now().strftime("%Y-%m-%d %H:%M:%S").to_string(),
                process: std::process::id(),
            });
        }
    }

    /// The name of the run.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// The folders that others could use as well, until this run took them back.
    pub fn narrowed(&self) -> &[PathBuf] {
        &self.narrowed
    }

    /// Whether it can still be written, its name being on the disk.
    ///
    /// # Errors
    /// When it cannot: then no intent will be recorded, and nothing sent.
    pub fn check(&self) -> Result<(), JournalError> {
        let mut appender = self.appender();
        appender.name();
        match &appender.broken {
            None => Ok(()),
            Some(error) => {
                let cause = io::Error::new(error.kind(), error.to_string());
                Err(JournalError::Unwritable { folder: self.folder.clone(), cause })
            }
        }
    }

    /// Who runs relight, and where.
    pub fn who(&self) -> &Who {
        &self.who
    }

    /// The first look at a server.
    pub fn before(&self, snapshot: &ServerSnapshot) {
        self.append(&Line::Before(snapshot.into()));
    }

    /// What was decided on a server.
    pub fn decided(&self, server: &Server, decision: &Decision) {
        self.append(&Line::Decision(record::Decided {
            server: server.into(),
            at: Text(Timestamp::now()),
            by: self.who.user.clone(),
            decision: decision.into(),
        }));
    }

    /// What became of a step.
    pub fn outcome(&self, server: &Server, step: &StepOutcome) {
        self.append(&Line::Outcome(record::Ended {
            server: server.into(),
            subject: (&step.change.subject()).into(),
            at: Text(Timestamp::now()),
            outcome: (&step.outcome).into(),
        }));
    }

    /// A look at a server after the changes, and what it says of them.
    pub fn after(&self, look: &Look) {
        self.append(&Line::After(look.into()));
    }

    /// What clients of a server meet.
    pub fn clients(&self, server: &Server, clients: &[Clients]) {
        let at = Timestamp::now();
        let clients = clients.iter().map(|clients| record::Clients::of(clients, at)).collect();
        self.append(&Line::Clients(record::Met { server: server.into(), at: Text(at), clients }));
    }

    /// What the monitors of a server say after the changes.
    pub fn monitors(&self, server: &Server, verdicts: &[MonitorVerdict]) {
        let monitors = verdicts.iter().map(record::MonitorVerdict::from).collect();
        let at = Text(Timestamp::now());
        self.append(&Line::Monitors(record::Monitored { server: server.into(), at, monitors }));
    }

    /// Closes the journal of this run. Gives back where it lies, and what went wrong since it began, if anything did.
    pub fn end(mut self, code: u8, name: &str, run: &Run) -> (PathBuf, Option<io::Error>) {
        self.append(&Line::End(record::End {
            at: Text(Timestamp::now()),
            exit_code: code,
            exit: name.to_owned(),
            interrupted: run.interrupted,
            sums: run.sums().into(),
        }));
        let mut appender = self.appender.into_inner().unwrap_or_else(PoisonError::into_inner);
        appender.sync();
        let began = Instant::now();
        if appender.broken.is_none() {
            let closed = self.folder.join(format!("{}.jsonl", self.id));
            match fs::rename(&self.path, &closed) {
                Ok(()) => self.path = closed,
                Err(error) => appender.broken = Some(error),
            }
        }
        let spent = appender.spent + began.elapsed();
        tracing::debug!(run = %self.id, spent_us = spent.as_micros(), "the journal is closed");
        (self.path, appender.broken)
    }

    fn append(&self, line: &Line) {
        self.appender().append(line);
    }

    pub(super) fn appender(&self) -> MutexGuard<'_, Appender> {
        self.appender.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
