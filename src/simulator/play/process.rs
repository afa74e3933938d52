//! The simulated engine as a process of its own: the real streams, and the ends that only a process can come to.

use std::io;
use std::process::ExitCode;
use std::thread;
use std::time::Duration;

use super::engine::{Ending, EngineArgs, serve};

/// Nobody waits longer than this for a shell that hangs; it must not stay for ever when nobody ends it.
const LONGEST_HANG: Duration = Duration::from_secs(600);

/// Plays the scenario over the standard streams of this process.
pub fn run(args: &EngineArgs) -> ExitCode {
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
