//! What only Windows shows, on the program as it is run. The executable of these tests plays the other parts itself: put
//! in the place of Windows PowerShell it notes how it was started and plays a scenario. That place is only ever taken in
//! the Windows of a wine; on a real one those tests are reported as ignored.

#[cfg(windows)]
#[path = "../support/peer.rs"]
#[expect(dead_code, reason = "the suites that need other peers use the rest")]
mod peer;
#[cfg(windows)]
#[path = "../support/trials.rs"]
mod trials;

#[cfg(windows)]
mod access;
#[cfg(windows)]
mod console;
#[cfg(windows)]
mod control;
#[cfg(windows)]
mod double;
#[cfg(windows)]
mod ending;
#[cfg(windows)]
mod engine_file;
#[cfg(windows)]
mod launching;
#[cfg(windows)]
mod policies;
#[cfg(windows)]
mod program;
#[cfg(windows)]
mod records;
#[cfg(windows)]
mod run;
#[cfg(windows)]
mod stage;

#[cfg(windows)]
use trials::trials;

#[cfg(not(windows))]
fn main() {
    // Listed and run like any other test, with nothing in it.
    libtest_mimic::run(&libtest_mimic::Arguments::from_args(), Vec::new()).exit();
}

#[cfg(windows)]
fn main() -> std::process::ExitCode {
    if let Some(ended) = double::play_if_started_as_one() {
        return ended;
    }
    if stage::play_if_started_as_one(&[&console::SCENES[..], &control::SCENES].concat()) {
        return std::process::ExitCode::SUCCESS;
    }
    let _double = peer::is_wine().then(double::Installed::in_place_of_powershell);
    trials::run(vec![
        access::trials(),
        launching::trials(),
        engine_file::trials(),
        ending::trials(),
        console::trials(),
        control::trials(),
        policies::trials(),
        program::trials(),
        records::trials(),
    ])
}
