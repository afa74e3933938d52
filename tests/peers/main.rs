//! What needs a peer: a real PowerShell, real mail servers, a network of its own, strace. Where a peer is missing its tests
//! are reported as ignored, with the reason. The executable also plays a part in a network namespace, hence a `main` of its
//! own.

#[path = "../support/mod.rs"]
#[expect(dead_code, reason = "tests/it uses the rest")]
mod support;
#[path = "../support/trials.rs"]
mod trials;

mod admin;
mod automation;
mod doctor;
mod engine;
mod powershell;
mod probe;
#[cfg(target_os = "linux")]
mod strace;

use support::peer;
use trials::trials;

fn main() -> std::process::ExitCode {
    #[cfg(target_os = "linux")]
    if let Some(ended) = probe::namespace::play_if_started_as_one() {
        return ended;
    }
    let suites = [
        // The longest, while others run.
        #[cfg(target_os = "linux")]
        vec![strace::trials()],
        vec![admin::trials(), admin::signing::trials(), automation::trials(), doctor::trials()],
        engine::trials(),
        powershell::trials(),
        probe::trials(),
    ];
    trials::run(suites.concat())
}
