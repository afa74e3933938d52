//! The simulated engine as a process of its own: the real streams, and the ends that only a process can come to.

use std::io;
use std::process::{Command, ExitCode, Stdio};
use std::thread;
use std::time::Duration;

use super::Fault;
use super::engine::{Ending, EngineArgs, serve};

/// Nobody waits longer than this for a shell that hangs; it must not stay for ever when nobody ends it.
const LONGEST_HANG: Duration = Duration::from_secs(600);

/// Plays the scenario over the standard streams of this process.
pub fn run(args: &EngineArgs) -> ExitCode {
    for fault in &args.source.scenario().faults {
        if let Fault::HoldPipe { seconds } = fault
            && start_holder(*seconds).is_err()
        {
            return ExitCode::FAILURE;
        }
    }
    // stdout is line buffered as it is; every frame is flushed.
    match serve(args, io::stdin().lock(), io::stdout().lock(), io::stderr().lock()) {
        Ending::Finished | Ending::Gone => ExitCode::SUCCESS,
        Ending::Crashed => ExitCode::FAILURE,
        Ending::Hung => {
            thread::sleep(LONGEST_HANG);
            ExitCode::FAILURE
        }
    }
}

/// A process that says nothing, reads nothing, and keeps the output of its parent open for so many seconds.
pub fn hold_pipe(seconds: u64) -> ExitCode {
    thread::sleep(Duration::from_secs(seconds).min(LONGEST_HANG));
    ExitCode::SUCCESS
}

fn start_holder(seconds: u64) -> io::Result<()> {
    let program = std::env::current_exe()?;
    let seconds = seconds.to_string();
    Command::new(program).args(["simulated-engine", "--hold-pipe", &seconds]).stdin(Stdio::null()).spawn().map(drop)
}
