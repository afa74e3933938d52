//! What a session is started with, and the command line that this comes to. Kept apart from the session so that the
//! whole of what is handed to another program can be read in one place.

use std::{
    ffi::OsString,
    io,
    path::{Path, PathBuf},
    time::Duration,
};

use super::{Capabilities, Interrupt, StartError, Turn, engine::EngineFile};

/// What is started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Program {
    /// PowerShell with the embedded engine.
    PowerShell {
        /// The program; see [`super::locate::find`].
        path: PathBuf,
    },
    /// A program that speaks like the engine when its first argument is `simulated-engine`.
    Simulator {
        /// The program.
        path: PathBuf,
        /// What it is told besides; paths among them are absolute, since it runs in another folder.
        args: Vec<OsString>,
    },
}

/// What a program finds in its environment, unless somebody has set it otherwise. Windows PowerShell knows neither.
///
/// The runtime of PowerShell 7 puts counters into what it compiles, to compile it better later. That pays in a process that
/// goes on for long; in one of seconds it is only more code to compile, a twentieth more (`DOTNET_TieredPGO`, .NET's
/// documentation of compilation settings). And a mail server has nothing to tell Microsoft about each start
/// (`POWERSHELL_TELEMETRY_OPTOUT`, about_Telemetry).
pub(super) const ENVIRONMENT: [(&str, &str); 2] = [("DOTNET_TieredPGO", "0"), ("POWERSHELL_TELEMETRY_OPTOUT", "1")];

/// How long is waited; measured from the question, whatever progress is reported meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadlines {
    /// From the start of the process to its hello.
    pub hello: Duration,
    /// For loading the Exchange cmdlets.
    pub connect: Duration,
    /// For any other call. A remote registry that does not answer takes 120 s to say so.
    pub call: Duration,
}

impl Default for Deadlines {
    fn default() -> Self {
        Self { hello: Duration::from_secs(30), connect: Duration::from_secs(180), call: Duration::from_secs(150) }
    }
}

/// All that is decided before a session starts.
#[derive(Debug, Clone)]
pub struct Launch {
    /// What is started.
    pub program: Program,
    /// What it is able to do.
    pub capabilities: Capabilities,
    /// How long is waited.
    pub deadlines: Deadlines,
    /// Where Ctrl-C is counted.
    pub interrupt: Interrupt,
    /// Which of the shells of a run loads Exchange.
    pub turn: Turn,
    /// Whether looks go on through the first Ctrl-C of the run, as writes do.
    pub goes_through: bool,
}

impl Launch {
    /// The program's path as it was given.
    pub(super) fn program(&self) -> &Path {
        match &self.program {
            Program::PowerShell { path } | Program::Simulator { path, .. } => path,
        }
    }

    /// The command line behind the program. The nonce can be seen by whoever may list processes; it guards against text
    /// that looks like a frame, not against somebody who can already write to our pipe.
    pub(super) fn arguments(&self, engine: Option<&EngineFile>, nonce: &str) -> Vec<OsString> {
        match &self.program {
            Program::PowerShell { .. } => {
                let options = ["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"];
                let file = engine.map(|engine| engine.path().as_os_str().to_owned());
                options.into_iter().map(OsString::from).chain(file).chain(["-Nonce".into(), nonce.into()]).collect()
            }
            Program::Simulator { args, .. } => [OsString::from("simulated-engine")]
                .into_iter()
                .chain(args.iter().cloned())
                .chain(["--nonce", nonce, "--capabilities", self.capabilities.word()].map(OsString::from))
                .collect(),
        }
    }

    /// The program could not be started.
    pub(super) fn spawn_error(&self, source: io::Error) -> StartError {
        StartError::Spawn { program: self.program().to_owned(), source }
    }
}

/// 32 hex digits that nobody can guess.
pub(super) fn nonce() -> io::Result<String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn launch(program: Program, capabilities: Capabilities) -> Launch {
        Launch {
            program,
            capabilities,
            deadlines: Deadlines::default(),
            interrupt: Interrupt::new(),
            turn: Turn::default(),
            goes_through: false,
        }
    }

    fn words(arguments: &[OsString]) -> Vec<&str> {
        arguments.iter().map(|word| word.to_str().unwrap()).collect()
    }

    #[test]
    fn powershell_is_told_to_ask_nothing_and_to_read_no_profile() {
        let engine = EngineFile::write(Capabilities::Look).unwrap();
        let launch = launch(Program::PowerShell { path: "/bin/pwsh".into() }, Capabilities::Look);
        let arguments = launch.arguments(Some(&engine), "00ff");
        let file = engine.path().to_str().unwrap();
        let expected =
            ["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File", file, "-Nonce", "00ff"];
        assert_eq!(words(&arguments), expected);
    }

    #[test]
    fn a_simulator_is_told_what_it_may_do() {
        let args = vec!["--scenario".into(), "kb".into()];
        let launch = launch(Program::Simulator { path: "relight".into(), args }, Capabilities::Change);
        let expected = ["simulated-engine", "--scenario", "kb", "--nonce", "00ff", "--capabilities", "change"];
        assert_eq!(words(&launch.arguments(None, "00ff")), expected);
    }

    #[test]
    fn a_nonce_is_made_anew() {
        let (one, other) = (nonce().unwrap(), nonce().unwrap());
        assert_ne!(one, other);
        assert!(one.len() == 32 && one.bytes().all(|byte| byte.is_ascii_hexdigit()), "{one}");
    }
}
