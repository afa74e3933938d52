//! What only Windows shows, on the program as it is run. The executable of these tests plays the other parts itself: put
//! in the place of Windows PowerShell it notes how it was started and plays a scenario. That place is only ever taken in
//! the Windows of a wine; on a real one those tests are reported as ignored.

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
mod program;
#[cfg(windows)]
mod records;
#[cfg(windows)]
mod run;
#[cfg(windows)]
mod stage;

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
    let arguments = libtest_mimic::Arguments::from_args();
    let double = double::Installed::in_place_of_powershell();
    let trials = [
        launching::trials(),
        engine_file::trials(),
        ending::trials(),
        console::trials(),
        control::trials(),
        program::trials(),
        records::trials(),
    ]
    .into_iter()
    .flatten()
    .map(|(name, test): (&'static str, fn())| {
        libtest_mimic::Trial::test(name, move || {
            test();
            Ok(())
        })
        .with_ignored_flag(double.is_none())
    })
    .collect();
    let ended = libtest_mimic::run(&arguments, trials).exit_code();
    drop(double);
    ended
}

/// A list of test functions under their own names.
#[cfg(windows)]
macro_rules! trials {
    ($($name:ident),+ $(,)?) => {
        pub fn trials() -> Vec<(&'static str, fn())> {
            vec![$((stringify!($name), $name as fn())),+]
        }
    };
}
#[cfg(windows)]
pub(crate) use trials;
