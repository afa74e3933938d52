//! The file of a journal, as lines are added to it. Whatever goes wrong is remembered, and nothing is added after that.

use std::fs::File;
use std::io::{self, Write};
use std::time::{Duration, Instant};

use crate::domain::ShellProcess;
use crate::record::Line;

use super::opening::NameFlush;

/// What all sessions of a run write to, one after another.
#[derive(Debug)]
pub(super) struct Appender {
    file: File,
    name: NameFlush,
    pub(super) broken: Option<io::Error>,
    /// What changes are sent with, as far as it is recorded.
    pub(super) shells: Vec<ShellProcess>,
    pub(super) spent: Duration,
}

impl Appender {
    pub(super) fn new(file: File, name: NameFlush) -> Self {
        Self { file, name, broken: None, shells: Vec::new(), spent: Duration::ZERO }
    }

    /// Appends one line in one go.
    pub(super) fn append(&mut self, line: &Line) {
        self.unless_broken(|it| {
            let text = line.to_text().map_err(io::Error::other)?;
            it.file.write_all(text.as_bytes())
        });
    }

    /// Puts all that was appended on the disk, and its name.
    pub(super) fn sync(&mut self) {
        self.unless_broken(|it| it.name.end().and_then(|()| it.file.sync_data()));
    }

    /// Waits until its name is on the disk.
    pub(super) fn name(&mut self) {
        self.unless_broken(|it| it.name.end());
    }

    fn unless_broken(&mut self, work: impl FnOnce(&mut Self) -> io::Result<()>) {
        if self.broken.is_some() {
            return;
        }
        let began = Instant::now();
        if let Err(error) = work(self) {
            tracing::warn!(%error, "the journal cannot be written");
            self.broken = Some(error);
        }
        self.spent += began.elapsed();
    }
}
