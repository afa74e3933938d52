//! What the suites share: relight as it is run and what came of it, the places it is run in, the peers it is tested
//! against. trials.rs, the harness of some of them, stands beside.

pub mod double;
pub mod join;
#[cfg(unix)]
pub mod killed;
pub mod peer;
pub mod place;
#[cfg(unix)]
pub mod processes;
#[cfg(target_os = "linux")]
pub mod remote;
pub mod run;
pub mod shell;
#[cfg(unix)]
pub mod shim;
#[cfg(unix)]
pub mod terminal;

pub use place::Place;
pub use run::{Ran, relight};

/// Nothing that is waited for here takes longer, on a machine that is busy with other tests.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(90);

/// Waits until this holds.
#[track_caller]
pub fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let began = std::time::Instant::now();
    while !holds() {
        assert!(began.elapsed() < PATIENCE, "{what} did not happen");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
}
