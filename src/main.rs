//! The door: parse what was typed, run it, say how it ended. All of it on a thread with a stack of its own size: the first
//! thread of a Windows process has 1 MiB, which the parser of a debug build outgrows.

use std::process::ExitCode;
use std::thread;

use relight::domain::Exit;

/// In bytes; only what is used becomes memory.
const STACK: usize = 8 << 20;

fn main() -> ExitCode {
    let run = || relight::app::main(std::env::args_os());
    match thread::Builder::new().name("main".to_owned()).stack_size(STACK).spawn(run) {
        // A panic has told of itself on stderr.
        Ok(thread) => thread.join().unwrap_or(ExitCode::from(Exit::Bug.code())),
        Err(_) => run(),
    }
}
