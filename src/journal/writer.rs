//! Writing a journal. Whatever goes wrong is remembered, and from then on no intent is recorded, so nothing is sent: a
//! change that the journal does not know of cannot be made, because sending takes a [`Recorded`] step, and only an intent
//! that is on the disk makes one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::opening::{Alive, Begin, NameFlush, create, end_torn_line, lock, script_sha256};
use super::record::{self, Record, SCHEMA};
use super::{Folder, Holder, JournalError, Lock, encode, retention, who};
use crate::domain::{
    ConfirmedPlan, ConfirmedStarts, PastRun, RunId, Server, ServerSnapshot, StartOutcome, StartVerdict, StepOutcome,
    Verdict,
};

/// The journal of a run that is under way. Dropped without an end it stays open, as if the run had been killed.
#[derive(Debug)]
pub struct Journal {
    file: File,
    name: NameFlush,
    path: PathBuf,
    folder: PathBuf,
    id: RunId,
    user: String,
    pub(super) broken: Option<io::Error>,
    pub(super) sent: usize,
    pub(super) services: usize,
    pub(super) unproven: Vec<Server>,
    spent: Duration,
    lock: Option<Lock>,
    _alive: Alive,
}

impl Journal {
    /// Takes the lock and begins a journal.
    ///
    /// # Errors
    /// When another writer is at work, or the journal cannot be written.
    pub fn begin(folder: &Folder, begin: Begin) -> Result<Self, JournalError> {
        let began = Instant::now();
        let simulated = begin.simulated.is_some();
        let unwritable = |cause| JournalError::Unwritable { folder: folder.path().to_owned(), cause };
        let place = folder.make(simulated).map_err(unwritable)?;
        let lock = lock(folder, begin.simulated.as_deref(), begin.patience)?;
        let now = Timestamp::now();
        retention::prune(folder, simulated, now);
        let (id, alive, file, name) = create(folder, simulated, now).map_err(unwritable)?;
        let who = who::who(&file, begin.interactive);
        let mut journal = Self {
            file,
            name,
            path: folder.open_path(&id, simulated),
            folder: place,
            id,
            user: who.user.clone(),
            broken: None,
            sent: 0,
            services: 0,
            unproven: Vec::new(),
            spent: Duration::ZERO,
            lock,
            _alive: alive,
        };
        journal.say_who(&who.host);
        journal.write(&Record::Begin(record::Begin {
            schema: SCHEMA.to_owned(),
            run: journal.id.to_string(),
            at: encode::utc(now),
            command: begin.command.to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            script_sha256: script_sha256(begin.capabilities),
            arguments: begin.arguments,
            who: encode::who(&who),
            simulated: begin.simulated,
            undoes: begin.undoes.map(|run| run.to_string()),
        }));
        journal.spent = began.elapsed();
        match journal.broken.take() {
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
    /// As [`Journal::begin`], and when the run is going on.
    pub fn resume(folder: &Folder, run: &PastRun, interactive: bool, patience: Duration) -> Result<Self, JournalError> {
        let simulated = run.simulated.is_some();
        let unwritable = |cause| JournalError::Unwritable { folder: folder.path().to_owned(), cause };
        let lock = lock(folder, run.simulated.as_deref(), patience)?;
        // A run that ended without having seen what it left has a closed journal.
        let path = match run.ended {
            None => folder.open_path(&run.id, simulated),
            Some(_) => folder.closed_path(&run.id, simulated),
        };
        let mut file = File::options().read(true).append(true).open(&path).map_err(unwritable)?;
        let alive = Alive::begin(folder, &run.id, simulated).map_err(unwritable)?;
        let alive = alive.ok_or_else(|| JournalError::GoingOn(run.id.to_string()))?;
        end_torn_line(&mut file).map_err(unwritable)?;
        let who = who::who(&file, interactive);
        let changed = run.servers.iter().filter(|server| server.may_have_changed());
        let (sent, services) = run.sent();
        let mut journal = Self {
            file,
            name: NameFlush::NONE,
            path,
            folder: folder.of_kind(simulated),
            id: run.id.clone(),
            user: who.user.clone(),
            broken: None,
            sent,
            services,
            unproven: changed.map(|server| server.before.server.clone()).collect(),
            spent: Duration::ZERO,
            lock,
            _alive: alive,
        };
        journal.say_who(&who.host);
        journal.write(&Record::Resumed(record::Resumed {
            at: encode::utc(Timestamp::now()),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            who: encode::who(&who),
        }));
        match journal.broken.take() {
            None => Ok(journal),
            Some(cause) => Err(unwritable(cause)),
        }
    }

    fn say_who(&self, host: &str) {
        if let Some(lock) = &self.lock {
            lock.held_by(&Holder {
                run: self.id.to_string(),
                user: self.user.clone(),
                host: host.to_owned(),
                since: Timestamp::now().strftime("%Y-%m-%d %H:%M:%S").to_string(),
                process: std::process::id(),
            });
        }
    }

    /// The name of the run.
    pub fn id(&self) -> &RunId {
        &self.id
    }

    /// Whether it can still be written, its name being on the disk.
    ///
    /// # Errors
    /// When it cannot: then no intent will be recorded, and nothing sent.
    pub fn check(&mut self) -> Result<(), JournalError> {
        let began = Instant::now();
        let named = self.name.end();
        self.note(named);
        self.spent += began.elapsed();
        match &self.broken {
            None => Ok(()),
            Some(error) => {
                let cause = io::Error::new(error.kind(), error.to_string());
                Err(JournalError::Unwritable { folder: self.folder.clone(), cause })
            }
        }
    }

    /// The first look at a server.
    pub fn before(&mut self, snapshot: &ServerSnapshot) {
        self.write(&Record::Before(encode::look(snapshot)));
    }

    /// What was agreed to on a server, and how.
    pub fn plan(&mut self, server: &Server, plan: &ConfirmedPlan, starts: &ConfirmedStarts, how: &'static str) {
        let starts = starts.steps.iter().map(|step| step.service().name().to_owned()).collect();
        self.agreed(server, plan, starts, Vec::new(), how);
    }

    pub(super) fn agreed(
        &mut self,
        server: &Server,
        plan: &ConfirmedPlan,
        starts: Vec<String>,
        stops: Vec<String>,
        how: &'static str,
    ) {
        self.write(&Record::Plan(record::Plan {
            server: server.to_string(),
            at: encode::utc(Timestamp::now()),
            consent: record::Consent { by: self.user.clone(), how: how.to_owned() },
            steps: plan.steps().iter().map(encode::step).collect(),
            starts,
            stops,
        }));
    }

    /// What became of a step.
    pub fn outcome(&mut self, step: &StepOutcome) {
        self.write(&Record::Outcome(encode::outcome(step, Timestamp::now())));
    }

    /// What became of the start of a service.
    pub fn start_outcome(&mut self, step: &StartOutcome) {
        let ended = encode::service_outcome(&step.server, step.service, &step.outcome, Timestamp::now());
        self.write(&Record::StartOutcome(ended));
    }

    /// The last look at a server.
    pub fn after(&mut self, snapshot: &ServerSnapshot) {
        self.write(&Record::After(encode::look(snapshot)));
    }

    /// What the last look says of components that were to be lit, and of services that were started.
    pub fn verdicts(&mut self, server: &Server, verdicts: &[Verdict], starts: &[StartVerdict]) {
        let components = verdicts.iter().map(encode::verdict);
        self.judged(server, components.chain(starts.iter().map(encode::start_verdict)).collect());
    }

    pub(super) fn judged(&mut self, server: &Server, verdicts: Vec<record::Verdict>) {
        let proven = |verdict: &record::Verdict| crate::domain::PastVerdict::PROVEN.contains(&verdict.verdict.as_str());
        if !verdicts.is_empty() && verdicts.iter().all(proven) {
            self.unproven.retain(|other| other != server);
        }
        self.write(&Record::Verdicts(encode::verdicts(server, verdicts, Timestamp::now())));
    }

    /// Closes the journal. Gives back where it lies, and what went wrong since it began, if anything did.
    pub fn end(mut self, code: u8, name: &str) -> (PathBuf, Option<io::Error>) {
        self.write(&Record::End(record::End {
            at: encode::utc(Timestamp::now()),
            exit_code: code,
            exit: name.to_owned(),
            sent: self.sent,
            services: self.services,
            verified: self.unproven.is_empty(),
        }));
        self.sync();
        let began = Instant::now();
        if self.broken.is_none() {
            let closed = self.folder.join(format!("{}.jsonl", self.id));
            match fs::rename(&self.path, &closed) {
                Ok(()) => self.path = closed,
                Err(error) => self.broken = Some(error),
            }
        }
        self.spent += began.elapsed();
        tracing::debug!(run = %self.id, spent_us = self.spent.as_micros(), "the journal is closed");
        (self.path, self.broken)
    }

    /// Appends one line in one go.
    pub(super) fn write(&mut self, record: &Record) {
        if self.broken.is_some() {
            return;
        }
        let began = Instant::now();
        let written = serde_json::to_vec(record).map_err(io::Error::other).and_then(|mut line| {
            line.push(b'\n');
            self.file.write_all(&line)
        });
        self.note(written);
        self.spent += began.elapsed();
    }

    pub(super) fn sync(&mut self) {
        if self.broken.is_some() {
            return;
        }
        let began = Instant::now();
        let synced = self.name.end().and_then(|()| self.file.sync_data());
        self.note(synced);
        self.spent += began.elapsed();
    }

    fn note(&mut self, done: io::Result<()>) {
        if let Err(error) = done {
            tracing::warn!(%error, run = %self.id, "the journal cannot be written");
            self.broken = Some(error);
        }
    }
}
