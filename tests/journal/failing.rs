//! A journal that cannot be written: nothing is changed, or nothing more.

use std::fs;

use crate::place::Place;
#[cfg(unix)]
use crate::place::{Ran, changed};

#[test]
fn where_the_folder_cannot_be_made_nothing_is_changed() {
    let place = Place::new();
    let before = place.scenario();
    fs::write(place.journal_folder(), "a file in its place").expect("written");
    let ran = place.simulate(&["fix", "--yes"]);
    assert_eq!(ran.code, Some(42), "{}", ran.err);
    assert!(ran.err.contains("journal") && ran.err.contains("--journal-dir"), "{}", ran.err);
    assert_eq!(place.scenario(), before);
    let json = place.simulate(&["fix", "--yes", "--format", "json"]);
    let document: serde_json::Value = serde_json::from_str(&json.out).expect("JSON");
    assert_eq!((&document["exitCode"], &document["exit"]), (&42.into(), &"no-journal".into()));
    assert_eq!(place.simulate(&["check"]).code, Some(10), "who only looks needs no journal");
    assert_eq!(place.simulate(&["fix", "--dry-run"]).code, Some(10));
}

#[test]
fn where_the_folder_is_read_only_nothing_is_changed() {
    let place = Place::new();
    let before = place.scenario();
    let folder = place.journal_folder().join("simulated");
    fs::create_dir_all(&folder).expect("made");
    let mut rights = fs::metadata(&folder).expect("there").permissions();
    rights.set_readonly(true);
    fs::set_permissions(&folder, rights.clone()).expect("set");
    // The rights of a folder are nothing to an administrator, and Windows asks nobody for them.
    if fs::write(folder.join("probe"), "").is_err() {
        let ran = place.simulate(&["fix", "--yes"]);
        assert_eq!(ran.code, Some(42), "{}", ran.err);
        assert_eq!(place.scenario(), before);
    }
    #[expect(clippy::permissions_set_readonly_false, reason = "the folder is this test's own and is removed")]
    rights.set_readonly(false);
    fs::set_permissions(&folder, rights).expect("set");
}

/// relight on a disk on which no file of relight's own can grow beyond so many bytes. The limit is handed on to the
/// simulated shell, whose scenario is smaller than any that is tried here.
#[cfg(unix)]
fn on_a_full_disk(place: &Place, bytes: usize) -> Ran {
    // POSIX counts the limit in blocks of 512 bytes; a shell that has prlimit's can set it exactly.
    let script = r#"trap "" XFSZ; ulimit -f "$1"; shift; exec "$@""#;
    let blocks = (bytes / 512).to_string();
    let mut command = std::process::Command::new("sh");
    command.args(["-c", script, "sh", &blocks, env!("CARGO_BIN_EXE_relight"), "fix", "--yes", "--simulate"]);
    command.arg(place.scenario_file()).arg("--journal-dir").arg(place.journal_folder());
    Ran::of(command.output().expect("it runs"))
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_at_any_moment_leaves_a_journal_that_tells_the_truth() {
    let mut codes = Vec::new();
    for blocks in 0..=12 {
        let place = Place::new();
        let before = place.scenario();
        let ran = on_a_full_disk(&place, blocks * 512);
        let really = changed(&before, &place.scenario());
        let code = ran.code.expect("it was not killed");
        codes.push(code);
        let at = format!("{blocks} blocks, exit {code}: {}{}", ran.out, ran.err);
        let steps = match place.newest() {
            Some(run) => place.past(&run)["servers"].as_array().expect("servers").clone(),
            None => Vec::new(),
        };
        let may = steps.iter().flat_map(|server| server["steps"].as_array().expect("steps"));
        let may = may.filter(|step| step["mayHaveChanged"] == true).map(|step| step["component"].clone());
        let may = may.collect::<Vec<_>>();
        for (component, _) in &really {
            assert!(may.contains(&component.as_str().into()), "{component} changed unrecorded; {at}");
        }
        if code == 42 && really.is_empty() {
            assert!(ran.err.contains("journal"), "{at}");
        }
        if really.len() == 1 {
            assert_eq!(code, 42, "{at}");
        }
    }
    assert!(codes.contains(&42) && codes.contains(&0), "{codes:?}");
}
