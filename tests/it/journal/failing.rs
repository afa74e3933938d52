//! A journal that cannot be written: nothing is changed, or nothing more.

use std::fs;
#[cfg(unix)]
use std::{path::Path, process::Command};

use crate::support::Place;
#[cfg(unix)]
use crate::support::{
    Ran,
    place::{Key, changed},
    run::flat,
};

#[test]
fn where_the_folder_cannot_be_made_nothing_is_changed() {
    let place = Place::new();
    let before = place.scenario();
    fs::write(place.journal_folder(), "a file in its place").expect("written");
    let ran = place.simulate(&["fix", "--yes"]).ends(42);
    assert!(ran.stderr.contains("journal") && ran.stderr.contains("--journal-dir"), "{}", ran.stderr);
    assert_eq!(place.scenario(), before);
    let json = place.simulate(&["fix", "--yes", "--format", "json"]);
    let document: serde_json::Value = json.json();
    assert_eq!((&document["exitCode"], &document["exit"]), (&42.into(), &"no-journal".into()));
    assert_eq!(place.simulate(&["check"]).code, 10, "who only looks needs no journal");
    assert_eq!(place.simulate(&["fix", "--dry-run"]).code, 10);
}

/// The rights of a folder are nothing to root, who is somebody else here; and Windows asks nobody for them.
#[cfg(unix)]
#[test]
fn where_the_folder_is_read_only_nothing_is_changed() {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};
    use std::os::unix::process::CommandExt;

    let place = Place::new();
    let before = place.scenario();
    let folder = place.journal_folder().join("simulated");
    fs::create_dir_all(&folder).expect("made");
    let may = |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("set");
    may(&folder, 0o555);
    let mut command = place.relight(&["fix", "--yes"]).simulate(&place).into_command();
    if fs::metadata(&folder).expect("there").uid() == 0 {
        // Wherever the program lies, it can be read here. Copied by cp: what this process writes is open for a moment in
        // whatever other tests start, and no system starts a program that is open for writing.
        let program = place.folder().join("relight");
        let copied = Command::new("cp").arg(env!("CARGO_BIN_EXE_relight")).arg(&program).status();
        assert!(copied.expect("cp starts").success());
        may(place.folder(), 0o755);
        may(&place.file(), 0o666);
        let mut other = Command::new(program);
        other.args(command.get_args()).env_remove("HOME").uid(65534).gid(65534);
        command = other;
    }
    let output = command.output().expect("relight starts");
    let ran = Ran::new(&command, output);
    may(&folder, 0o755);
    assert_eq!(ran.code, 42, "{ran}");
    assert_eq!(place.scenario(), before);
}

/// relight on a disk on which no file of relight's own can grow beyond so many bytes. The limit is handed on to the
/// simulated shell, whose scenario is smaller than any that is tried here.
#[cfg(unix)]
fn on_a_full_disk(place: &Place, bytes: usize, more: &[&str]) -> Ran {
    // POSIX counts the limit in blocks of 512 bytes; a shell that has prlimit's can set it exactly.
    let script = r#"trap "" XFSZ; ulimit -f "$1"; shift; exec "$@""#;
    let blocks = (bytes / 512).to_string();
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh", &blocks, env!("CARGO_BIN_EXE_relight"), "fix", "--yes", "--simulate"]);
    command.arg(place.file()).arg("--journal-dir").arg(place.journal_folder()).args(more);
    let output = command.output().expect("it runs");
    Ran::new(&command, output)
}

#[cfg(unix)]
#[test]
fn a_disk_that_is_full_at_any_moment_leaves_a_journal_that_tells_the_truth() {
    let (mut codes, mut incomplete) = (Vec::new(), 0);
    for blocks in 0..=12 {
        let place = Place::new();
        let before = place.scenario();
        let ran = on_a_full_disk(&place, blocks * 512, &[]);
        let really = changed(&before, &place.scenario());
        let code = ran.code;
        codes.push(code);
        let at = format!("{blocks} blocks, exit {code}: {}{}", ran.stdout, ran.stderr);
        let steps = match place.newest() {
            Some(run) => place.past(&run)["servers"].as_array().expect("servers").clone(),
            None => Vec::new(),
        };
        let may = steps.iter().flat_map(|server| server["steps"].as_array().expect("steps"));
        let may = may.filter(|step| step["sent"] == true).map(|step| step["component"].clone());
        let may = may.collect::<Vec<_>>();
        for Key { component, .. } in &really {
            assert!(may.contains(&component.as_str().into()), "{component} changed unrecorded; {at}");
        }
        if code == 42 && really.is_empty() {
            assert!(ran.stderr.contains("journal"), "{at}");
        }
        if really.len() == 1 {
            assert_eq!(code, 42, "{at}");
        }
        // The code is what the changes came to; that the record lacks the end is said.
        if code == 0 && place.run(&["history"]).stdout.contains("interrupted") {
            incomplete += 1;
            assert!(flat(&ran.stdout).contains("The journal of this run is incomplete: "), "{at}");
            let again = Place::new();
            let document = on_a_full_disk(&again, blocks * 512, &["--format", "json"]).ends(0).document();
            assert!(document["journalError"].is_string() && document["error"].is_null(), "{document}");
        }
    }
    assert!(codes.contains(&42) && codes.contains(&0) && incomplete > 0, "{codes:?}, {incomplete}");
}

#[cfg(unix)]
#[test]
fn whatever_the_mask_a_journal_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let place = Place::new();
    let mut command = Command::new("sh");
    command.args(["-c", r#"umask 0; exec "$@""#, "sh", env!("CARGO_BIN_EXE_relight"), "fix", "--yes", "--simulate"]);
    command.arg(place.file()).arg("--journal-dir").arg(place.journal_folder());
    let output = command.output().expect("it runs");
    Ran::new(&command, output).ends(0);
    let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
    assert_eq!((mode(&place.journals()[0]), mode(&place.journal_folder())), (0o600, 0o700));
}
