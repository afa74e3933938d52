//! Whose folder and whose journals are believed.

use std::fs;
use std::os::unix::fs::{PermissionsExt, chown, symlink};
use std::path::Path;

use crate::support::place::{Place, changed};
use crate::support::run::flat;

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("there").permissions().mode() & 0o7777
}

fn give(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
}

/// Gives it to an account that is nobody's here; only root can.
fn give_away(path: &Path) -> bool {
    chown(path, Some(65534), None).is_ok()
}

#[test]
fn a_folder_that_belongs_to_somebody_else_is_neither_written_nor_believed() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]).ends(0);
    let run = place.newest().expect("a run");
    if !give_away(&place.journal_folder()) {
        return;
    }
    let before = place.scenario();
    for words in [&["fix", "--yes"][..], &["undo", "--yes"], &["undo", &run, "--yes"], &["resume", &run]] {
        let ran = place.simulate(words).ends(42);
        let said = flat(&ran.stderr);
        assert!(said.contains("belongs to the account with the number 65534"), "{ran}");
        assert!(said.contains("remove it: relight makes it anew"), "{ran}");
    }
    assert!(changed(&before, &place.scenario()).is_empty());
    place.run(&["history"]).ends(42);
    place.simulate(&["check"]).ends(0);
    let doctor = place.simulate(&["doctor"]).ends(42);
    let said = flat(&doctor.stdout);
    assert!(said.contains("belongs to the account with the number 65534"), "{said}");
    assert!(said.contains("remove it: relight makes it anew"), "{said}");
}

#[test]
fn a_folder_that_others_may_use_is_taken_back_and_that_is_said() {
    for wide in [0o755, 0o770, 0o777, 0o1777] {
        let place = Place::new();
        let (folder, inner) = (place.journal_folder(), place.journal_folder().join("simulated"));
        fs::create_dir_all(&inner).expect("made");
        give(&folder, wide);
        give(&inner, wide);
        let ran = place.simulate(&["fix", "--yes"]).ends(0);
        assert_eq!(flat(&ran.stderr).matches("Others could use").count(), 2, "{ran}");
        assert_eq!((mode(&folder), mode(&inner)), (0o700, 0o700), "{wide:o}");
        let again = place.simulate(&["fix", "--yes"]).ends(0);
        assert!(!again.stderr.contains("Others could use"), "{again}");
    }
}

#[test]
fn a_folder_with_other_things_in_it_keeps_its_rights() {
    let place = Place::new();
    let folder = place.journal_folder();
    fs::create_dir(&folder).expect("made");
    fs::write(folder.join("letter.txt"), "").expect("written");
    give(&folder, 0o1777);
    let before = place.scenario();
    let ran = place.simulate(&["fix", "--yes"]).ends(42);
    assert!(flat(&ran.stderr).contains("where other things than journals are"), "{ran}");
    assert_eq!((mode(&folder), changed(&before, &place.scenario()).len()), (0o1777, 0));
    give(&folder, 0o755);
    place.simulate(&["fix", "--yes"]).ends(0);
    assert_eq!(mode(&folder), 0o755);
}

#[test]
fn a_link_in_the_place_of_the_folder_is_refused() {
    let place = Place::new();
    let elsewhere = place.folder().join("elsewhere");
    fs::create_dir(&elsewhere).expect("made");
    symlink(&elsewhere, place.journal_folder()).expect("a link");
    for slash in ["", "/"] {
        let dir = format!("{}{slash}", place.journal_folder().display());
        let relight = crate::support::relight("fix --yes --journal-dir").arg(dir).simulate(&place);
        relight.run().ends(42).tells("it is a link, or no folder");
    }
    assert!(fs::read_dir(elsewhere).expect("listed").next().is_none());
}

#[test]
fn a_journal_that_others_could_have_written_is_not_undone() {
    for theirs in [false, true] {
        let place = Place::new();
        place.simulate(&["fix", "--yes"]).ends(0);
        let [file] = &place.journals()[..] else { panic!("one journal") };
        let why = if theirs { "belongs to the account" } else { "can be written by others" };
        if !theirs {
            give(file, 0o666);
        } else if !give_away(file) {
            return;
        }
        let before = place.scenario();
        let run = place.newest().expect("a run");
        for words in [&["undo", "--yes"][..], &["undo", &run, "--yes"]] {
            let undo = place.simulate(words).ends(2);
            assert!(flat(&undo.stderr).contains(why), "{undo}");
        }
        assert!(changed(&before, &place.scenario()).is_empty());
    }
}
