//! Nothing outlives relight.exe, however it ends.

use crate::run::{Run, shown, wait};

crate::trials![Wine => nobody_is_left_when_relight_is_killed, nobody_is_left_when_relight_ends];

fn nobody_is_left_when_relight_is_killed() {
    // While Exchange loads, while it is asked, and in the middle of a change.
    for scenario in ["slow-load", "hang-in-read", "hang-in-write"] {
        let mut run = Run::new(scenario, &["fix", "--yes"]);
        let (mut relight, family) = run.start();
        relight.kill().unwrap();
        wait(relight);
        family.into_iter().for_each(|process| process.assert_gone());
    }
}

fn nobody_is_left_when_relight_ends() {
    for (scenario, code) in [("kb-3025138", 0), ("failed-load", 20), ("crash-in-write", 31)] {
        let mut run = Run::new(scenario, &["fix", "--yes"]);
        let (relight, mut family) = run.start();
        // A second session may have called nobody: the roll is closed by then.
        let output = wait(relight);
        assert_eq!(output.status.code(), Some(code), "{scenario}: {}", shown(&output));
        family.drain(..).for_each(|process| process.assert_gone());
    }
}
