//! The scripts on disk: nobody changes them while PowerShell may read them, and nothing of them stays.

use std::fs;

use crate::run::{Run, folders, shown, wait};

crate::trials![Wine =>
    nobody_else_can_change_the_engine_while_a_session_lives,
    nothing_is_left_at_the_end,
    what_a_crash_left_is_cleared_away_by_the_next_run,
];

fn nobody_else_can_change_the_engine_while_a_session_lives() {
    let mut run = Run::new("hang-in-read", &["check"]);
    let temp = run.temp("temp");
    let (mut relight, _family) = run.start();
    let [folder] = <[_; 1]>::try_from(folders(&temp)).unwrap();
    let engine = folder.join("engine.ps1");
    let text = fs::read_to_string(&engine).expect("anybody of this account may read it");
    assert!(fs::OpenOptions::new().write(true).open(&engine).is_err());
    assert!(fs::OpenOptions::new().append(true).open(&engine).is_err());
    assert!(fs::write(&engine, "evil").is_err());
    assert!(fs::remove_file(&engine).is_err());
    assert!(fs::rename(&engine, folder.join("other.ps1")).is_err());
    let other = folder.join("evil.ps1");
    fs::write(&other, "evil").unwrap();
    assert!(fs::rename(&other, &engine).is_err());
    assert_eq!(fs::read_to_string(&engine).unwrap(), text);
    relight.kill().unwrap();
    wait(relight);
}

fn nothing_is_left_at_the_end() {
    for scenario in ["kb-3025138", "failed-load", "crash-in-write"] {
        let mut run = Run::new(scenario, &["fix", "--yes"]);
        let temp = run.temp("temp");
        run.output();
        assert!(folders(&temp).is_empty(), "{scenario}");
    }
}

fn what_a_crash_left_is_cleared_away_by_the_next_run() {
    let mut crashed = Run::new("hang-in-read", &["check"]);
    let temp = crashed.temp("temp");
    let (mut relight, family) = crashed.start();
    relight.kill().unwrap();
    wait(relight);
    family.into_iter().for_each(|process| process.assert_gone());
    let left = folders(&temp);
    assert_eq!(left.len(), 1);
    // One that lives is left alone, and so is what only looks alike.
    let mut lives = Run::new("hang-in-read", &["check"]);
    lives.command.env("TEMP", &temp).env("TMP", &temp);
    let alike = temp.join("relight-mine");
    fs::create_dir(&alike).unwrap();
    fs::write(alike.join("notes.txt"), "mine").unwrap();
    let (mut relight, _family) = lives.start();
    assert!(!left[0].exists(), "the next run clears it away");
    let mut next = Run::new("kb-3025138", &["check"]);
    next.command.env("TEMP", &temp).env("TMP", &temp);
    let output = next.output();
    assert_eq!(output.status.code(), Some(10), "{}", shown(&output));
    assert!(alike.join("notes.txt").exists());
    assert_eq!(folders(&temp).len(), 2, "that of the living run, and the one alike");
    relight.kill().unwrap();
    wait(relight);
}
