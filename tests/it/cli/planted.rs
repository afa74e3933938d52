//! What somebody else may put where relight looks: a pipe would be waited for, a link would lead elsewhere.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::process::Command;

use crate::support::killed::kill;
use crate::support::run::flat;
use crate::support::{Place, relight, until};

fn pipe(path: &Path) {
    assert!(Command::new("mkfifo").arg(path).status().expect("mkfifo").success());
}

#[test]
fn a_pipe_in_the_temporary_folder_stops_no_run() {
    let place = Place::new();
    let left = place.folder().join("relight-0");
    fs::create_dir(&left).expect("a folder");
    pipe(&left.join("owner"));
    // A program that ends at once is no PowerShell, and is started only once the folder is cleared.
    let run = relight("check --powershell true").env("TMPDIR", place.folder()).run().ends(20);
    run.tells("the process ended");
    assert!(left.join("owner").exists());
}

#[test]
fn a_log_file_that_is_none_is_refused() {
    let place = Place::new();
    let precious = place.folder().join("precious");
    fs::write(&precious, "precious").expect("written");
    let plants: [&dyn Fn(&Path); 3] =
        [&|file| pipe(file), &|file| symlink(&precious, file).expect("a link"), &|file| {
            fs::hard_link(&precious, file).expect("a second name")
        }];
    for plant in plants {
        plant(&place.log_file());
        place.logged(&["check"]).run().ends(2).tells("cannot write the log file");
        fs::remove_file(place.log_file()).expect("removed");
    }
    assert_eq!(fs::read_to_string(precious).expect("text"), "precious");
}

#[test]
fn a_pipe_in_place_of_a_scenario_is_not_waited_for() {
    let place = Place::new();
    fs::remove_file(place.file()).expect("removed");
    pipe(&place.file());
    place.simulate(&["check"]).ends(2).tells("it is not a file");
}

#[test]
fn a_pipe_in_place_of_a_journal_is_not_waited_for() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]).ends(0);
    let journal = place.journals().pop().expect("a journal");
    fs::remove_file(&journal).expect("removed");
    pipe(&journal);
    let run = place.newest().expect("a run");
    place.run(&["history"]).ends(0);
    place.run(&["history", &run]).ends(2).tells("it is not a file of its own");
    // One that seems to be open, and the sign that its writer lives.
    fs::rename(&journal, journal.with_file_name(format!("{run}.open.jsonl"))).expect("renamed");
    pipe(&journal.with_file_name(format!("{run}.alive")));
    place.simulate(&["check"]).ends(0);
}

#[test]
fn a_temporary_folder_in_which_others_could_change_files_is_refused() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let open = place.folder().join("open");
    fs::create_dir(&open).expect("a folder");
    fs::set_permissions(&open, fs::Permissions::from_mode(0o777)).expect("set");
    for (folder, why) in [
        (Path::new(""), "it has no name"),
        (Path::new("tmp"), "its path is not absolute"),
        (&open, "others may write to it, and it is not sticky"),
    ] {
        for words in ["check --powershell true", "check --simulate"] {
            let run = relight(words).env("TMPDIR", folder).within(place.folder()).run().ends(20);
            assert!(flat(&run.stderr).contains(why) && flat(&run.stderr).contains("TMPDIR"), "{run}");
        }
    }
    assert!(fs::read_dir(open).expect("listed").next().is_none());
}

#[test]
fn what_a_killed_simulation_leaves_is_cleared_away_by_the_next_run() {
    let place = Place::new();
    let left = || {
        let listed = fs::read_dir(place.folder()).expect("listed").map(|entry| entry.expect("listed").path());
        listed.filter(|path| path.join("hang-in-read.json").exists()).count()
    };
    let simulate = |words| relight(words).env("TMPDIR", place.folder());
    let hangs = simulate("check --simulate hang-in-read").start();
    until("it is staged", || left() == 1);
    kill(hangs, true);
    assert_eq!(left(), 1);
    simulate("check --simulate healthy").run().ends(0);
    assert_eq!(left(), 0);
}
