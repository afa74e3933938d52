//! What a run needs before it can start anything: the program to speak to, and an ear for Ctrl-C.

use std::io;
use std::path::Path;

use tempfile::TempDir;

use crate::cli::Shell;
use crate::domain::{Report, Run, RunCommand, ServerReport};
use crate::error::Error;
use crate::host::ConnectError;
use crate::shell::{Deadlines, Interrupt, Launch, Means, Program, locate};
use crate::{simulator, ui};

/// What cannot be done when a scenario finds no place to be played.
const STAGE: &str = "cannot write the scenario to the folder for temporary files";

/// What a run needs before it can start anything.
pub(super) struct Prepared {
    pub(super) launch: Launch,
    pub(super) interrupt: Interrupt,
    pub(super) scenario: Option<String>,
    /// Holds the built-in scenario that is played, so that a second session finds what the first one changed.
    _stage: Option<TempDir>,
}

impl Prepared {
    pub(super) fn of(shell: &Shell, deadlines: Deadlines, means: Means) -> Result<Self, Error> {
        let (program, scenario, stage) = match shell {
            Shell::PowerShell(asked) => {
                let path = locate::find(asked.as_deref().map(Path::as_os_str)).map_err(ConnectError::Start)?;
                (Program::PowerShell { path }, None, None)
            }
            Shell::Simulated(scenario) => {
                let source = simulator::resolve(scenario.as_deref())?;
                let system = |what| move |cause| Error::System { what, cause };
                let path = std::env::current_exe().map_err(system("cannot tell where this program is"))?;
                let stage = tempfile::Builder::new().prefix("relight-").tempdir().map_err(system(STAGE))?;
                let file = source.staged(stage.path()).map_err(system(STAGE))?;
                (
                    Program::Simulator { path, args: vec!["--scenario".into(), file.into()] },
                    Some(source.name()),
                    Some(stage),
                )
            }
        };
        let interrupt = Interrupt::new();
        let raised = interrupt.clone();
        ctrlc::set_handler(move || {
            raised.raise();
            ui::notice_interrupt(raised.count());
        })
        .map_err(|error| Error::System { what: "cannot listen to Ctrl-C", cause: io::Error::other(error) })?;
        let launch = Launch { program, means, deadlines, interrupt: interrupt.clone() };
        Ok(Self { launch, interrupt, scenario, _stage: stage })
    }

    pub(super) fn report(self, command: RunCommand, servers: Vec<ServerReport>) -> Report {
        Report { run: Run { command, simulated: self.scenario, interrupted: self.interrupt.count() > 0 }, servers }
    }
}
