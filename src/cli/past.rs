//! What is typed about runs and their records: history, undo, resume, how long to wait for another writer, and where the
//! transcript goes.

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use clap::error::ErrorKind;

use crate::domain::{Policy, Selection};

use super::connection::TypedConnection;
use super::fixing::TypedRollout;
use super::selecting::{TypedLimit, TypedTouched, needs_names};
use super::values::patience;
use super::{Command, Mode, Target};

#[derive(Args)]
pub(super) struct TypedPatience {
    /// Wait so long for another run
    #[arg(long, value_name = "TIME", default_value = "0", value_parser = patience)]
    pub(super) lock_timeout: Duration,
}

#[derive(Args)]
#[command(next_help_heading = "Output")]
pub(super) struct TypedTranscript {
    /// Keep what stands on the screen in this file
    #[arg(long, value_name = "FILE")]
    transcript: Option<PathBuf>,
}

impl TypedTranscript {
    pub(super) fn file(&self) -> Option<PathBuf> {
        self.transcript.clone()
    }
}

#[derive(Args)]
pub(super) struct TypedHistory {
    /// The run to show; the beginning of its name is enough
    run: Option<String>,
    /// List so many of the newest runs
    #[arg(long, value_name = "NUMBER", default_value_t = 20, conflicts_with_all = ["all", "run"])]
    last: usize,
    /// List all runs
    #[arg(long, conflicts_with = "run")]
    all: bool,
    /// Write the run as a page for a ticket to this file
    #[arg(long, value_name = "FILE", requires = "run")]
    pub(super) html: Option<PathBuf>,
    #[command(flatten)]
    touched: TypedTouched,
}

#[derive(Args)]
pub(super) struct TypedUndo {
    /// The run to undo [default: the last that changed something and is not undone yet]
    run: Option<String>,
    /// Plan only; also -WhatIf
    #[arg(long, visible_alias = "what-if")]
    dry_run: bool,
    /// Ask nothing: put back what can be put back
    #[arg(long, short = 'y')]
    yes: bool,
    /// Also stop the services that the run started
    #[arg(long)]
    stop_services: bool,
    /// ServerWideOffline too: takes the server offline
    #[arg(long)]
    include_server_wide_offline: bool,
    #[command(flatten)]
    rollout: TypedRollout,
    #[command(flatten)]
    pub(super) limit: TypedLimit,
    #[command(flatten)]
    pub(super) connection: TypedConnection,
    #[command(flatten)]
    pub(super) patience: TypedPatience,
    #[command(flatten)]
    pub(super) transcript: TypedTranscript,
}

#[derive(Args)]
pub(super) struct TypedResume {
    /// The interrupted run [default: the only one there is]
    run: Option<String>,
    #[command(flatten)]
    pub(super) connection: TypedConnection,
    #[command(flatten)]
    pub(super) patience: TypedPatience,
    #[command(flatten)]
    pub(super) transcript: TypedTranscript,
}

impl TypedHistory {
    pub(super) fn meaning(self) -> Command {
        let (servers, selection) = self.touched.meaning();
        Command::History { run: self.run, most: if self.all { usize::MAX } else { self.last }, servers, selection }
    }
}

impl TypedUndo {
    /// What contradicts itself.
    pub(super) fn contradiction(&self) -> Option<(ErrorKind, String)> {
        let policy = Policy { include_server_wide_offline: self.include_server_wide_offline, ..Policy::default() };
        let text = needs_names(&self.limit.meaning().1, &policy, self.yes)?;
        Some((ErrorKind::ArgumentConflict, text))
    }

    pub(super) fn meaning(self) -> Command {
        let mode = Mode::of(self.dry_run, self.yes);
        let include_server_wide_offline = self.include_server_wide_offline;
        let stop_services = self.stop_services;
        let policy = Policy { include_server_wide_offline, stop_services, ..Policy::default() };
        let (servers, selection) = self.limit.meaning();
        let rollout = self.rollout.meaning();
        let target = Target { rollout, ..self.connection.meaning(servers, selection, policy) };
        Command::Undo { run: self.run, target, mode }
    }
}

impl TypedResume {
    pub(super) fn meaning(self) -> Command {
        Command::Resume {
            run: self.run,
            target: self.connection.meaning(Vec::new(), Selection::default(), Policy::default()),
        }
    }
}
