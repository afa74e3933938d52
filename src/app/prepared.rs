//! What a run needs before it can start anything: the program to speak to, and the Ctrl-C handler.

use std::path::Path;

use crate::cli::{Output, Shell, Target};
use crate::error::Error;
use crate::exchange::ConnectError;
use crate::shell::{Capabilities, Interrupt, Launch, PrivateFolder, Program, StartError, TimeLimit, Turn, locate};
use crate::{signals, simulator};

use super::driven::Driver;

/// What a run needs before it can start anything.
pub(super) struct Prepared {
    pub(super) launch: Launch,
    pub(super) interrupt: Interrupt,
    pub(super) scenario: Option<String>,
    /// The program that shows the run, where one does.
    pub(super) driver: Option<Driver>,
    /// Has the built-in scenario that is played, so that a second session finds what the first one changed.
    _stage: Option<PrivateFolder>,
}

impl Prepared {
    /// For this target; `shell` where it is another than the one that was typed.
    pub(super) fn of(target: &Target, shell: Option<&Shell>, capabilities: Capabilities) -> Result<Self, Error> {
        let (program, scenario, stage) = match shell.unwrap_or(&target.shell) {
            Shell::PowerShell(asked) => {
                let path = locate::find(asked.as_deref().map(Path::as_os_str)).map_err(ConnectError::Start)?;
                (Program::PowerShell { path }, None, None)
            }
            Shell::Simulated(scenario) => {
                let source = simulator::resolve(scenario.as_deref())?;
                let system = |cause| Error::System { what: "cannot tell where this program is", cause };
                let path = std::env::current_exe().map_err(system)?;
                let stage = PrivateFolder::temporary().map_err(ConnectError::Start)?;
                let unwritable = |source| StartError::Engine { folder: stage.path().to_owned(), source };
                let file = source.staged(stage.path()).map_err(unwritable).map_err(ConnectError::Start)?;
                (
                    Program::Simulator { path, args: vec!["--scenario".into(), file.into()] },
                    Some(source.name()),
                    Some(stage),
                )
            }
        };
        let interrupt = signals::install_handlers()?;
        let (deadlines, turn) = (target.deadlines, Turn::default());
        let launch =
            Launch { program, capabilities, deadlines, interrupt: interrupt.clone(), turn, goes_through: false };
        Ok(Self { launch, interrupt, scenario, driver: None, _stage: stage })
    }

    /// The same, shown by a program where `output` says so.
    pub(super) fn driven(self, output: &Output) -> Result<Self, Error> {
        let driver = output.driven.then(|| Driver::listen(&self.interrupt)).transpose()?;
        Ok(Self { driver, ..self })
    }

    /// The same, for a run that is to be over within this time.
    pub(super) fn within(mut self, limit: Option<TimeLimit>) -> Self {
        self.interrupt = self.interrupt.within(limit);
        self.launch.interrupt = self.interrupt.clone();
        self
    }

    /// Whether the run was interrupted.
    pub(super) fn is_interrupted(&self) -> bool {
        self.interrupt.is_raised()
    }
}
