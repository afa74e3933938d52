//! The door: parse what was typed, run it, say how it ended.

use std::process::ExitCode;

fn main() -> ExitCode {
    relight::app::main(std::env::args_os())
}
