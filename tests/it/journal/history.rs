//! history: the list, one run whole, and journals that are damaged or many.

use std::fs;

use serde_json::{Value, json};

use crate::support::Place;
use crate::support::run::flat;

#[test]
fn nothing_has_happened_yet() {
    let place = Place::new();
    let list = place.run(&["history"]);
    assert_eq!((list.code, list.stdout.contains("No run has changed anything yet")), (0, true), "{}", list.stdout);
    assert!(!place.journal_folder().exists(), "who reads makes no folder");
}

#[test]
fn a_run_shows_before_steps_and_after() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    let run = place.newest().expect("a run");
    let list = place.run(&["history"]).stdout;
    assert!(list.contains(&run) && list.contains("fix --yes (simulated)") && list.contains("2, verified"), "{list}");
    let shown = place.run(&["history", &run[..8]]).stdout;
    for part in
        ["Before, ", "HealthApi Inactive 2026-03-14 02:31:52 UTC", "-State Active", "After, ", "Active, confirmed"]
    {
        assert!(shown.contains(part), "{part}: {shown}");
    }
    let past = place.past(&run);
    assert_eq!(past["servers"][0]["steps"][0]["timestamp"], "2026-03-14T02:31:52Z", "what the change has overwritten");
    assert_eq!(past["arguments"][0], "fix");
}

#[test]
fn only_the_newest_are_listed_unless_all_are_asked_for() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    let journal = fs::read_to_string(&place.journals()[0]).expect("text");
    for number in 0..30 {
        let name = format!("20250101-0000{number:02}-000");
        let path = place.journal_folder().join("simulated").join(format!("{name}.jsonl"));
        fs::write(path, journal.replace(&place.newest().expect("a run"), &name)).expect("written");
    }
    let lines = |words: &[&str]| place.run(words).stdout.lines().filter(|line| line.starts_with("202")).count();
    assert_eq!((lines(&["history"]), lines(&["history", "--all"]), lines(&["history", "--last", "3"])), (20, 31, 3));
    let ran = place.run(&["history", "--format", "json"]);
    let document: Value = ran.json();
    assert_eq!((document["total"].as_u64(), document["runs"].as_array().map(Vec::len)), (Some(31), Some(20)));
}

#[test]
fn damage_is_said_and_does_not_hide_the_rest() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    let run = place.newest().expect("a run");
    let path = place.journals()[0].clone();
    let whole = fs::read(&path).expect("bytes");
    let mut read = 0;
    // Torn anywhere: as on a disk that was full, or that lost what was not flushed.
    for length in (1..whole.len()).step_by(97) {
        fs::write(&path, &whole[..length]).expect("written");
        let ran = place.run(&["history", &run]);
        match ran.code {
            0 => read += 1,
            code => assert_eq!((code, ran.stderr.contains("makes no sense")), (2, true), "{}", ran.stderr),
        }
        assert_eq!(place.run(&["history"]).code, 0);
    }
    assert!(read > 10);
    // A hole in the middle, as a file system leaves it.
    let mut holed = whole.clone();
    let middle = whole.len() / 2;
    holed[middle..middle + 200].fill(0);
    fs::write(&path, &holed).expect("written");
    let shown = place.run(&["history", &run]).stdout;
    assert!(shown.contains("of the journal cannot be read"), "{shown}");
}

#[test]
fn the_oldest_are_let_go_of_but_never_one_that_was_not_verified_nor_the_newest() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]);
    let (run, folder) = (place.newest().expect("a run"), place.journal_folder().join("simulated"));
    let journal = fs::read_to_string(&place.journals()[0]).expect("text");
    let cut_off = place.journal_to_intent(1);
    let put = |name: &str, text: &str| fs::write(folder.join(name), text).expect("written");
    for number in 0..30 {
        let name = format!("20200101-0000{number:02}-000");
        let text = journal.replace(&run, &name);
        match number {
            1 => put(&format!("{name}.jsonl"), &text.replace("\"verified\":true", "\"verified\":false")),
            // Interrupted after an intent, and without a word.
            2 => put(&format!("{name}.open.jsonl"), &cut_off.replace(&run, &name)),
            3 => put(&format!("{name}.jsonl"), "what is this"),
            _ => put(&format!("{name}.jsonl"), &text),
        }
    }
    place.simulate(&["fix", "--yes"]);
    let left = place.journals();
    let left = left.iter().map(|path| path.file_name().and_then(|name| name.to_str()).expect("a name"));
    let old = left.filter(|name| name.starts_with("2020")).map(|name| name[13..15].parse().expect("a number"));
    // The newest 20 of the 31 that were there: run itself and 19 of the old ones.
    assert_eq!(old.collect::<Vec<u32>>(), [1, 2, 3].into_iter().chain(11..30).collect::<Vec<_>>());
}

#[test]
fn a_journal_that_cannot_be_read_is_named() {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]).ends(0);
    let folder = place.journals()[0].parent().expect("a folder").to_owned();
    fs::write(folder.join("20270101-000000-000.jsonl"), "what is this\n").expect("written");
    // As large as is read, without a line.
    let large = fs::File::create(folder.join("20270101-000000-001.jsonl")).expect("made");
    large.set_len(33 << 20).expect("long");
    let list = place.run(&["history"]).ends(0);
    let said = flat(&list.stdout);
    assert!(said.contains("2 journals in ") && said.contains("cannot be read: 20270101-000000-001,"), "{list}");
    assert!(!said.contains("earlier"), "{list}");
    let document: Value = place.run(&["history", "--format", "json"]).ends(0).json();
    assert_eq!(document["illegible"], json!(["20270101-000000-001", "20270101-000000-000"]));
    // It may be the last run.
    let undo = place.simulate(&["undo", "--yes"]).ends(2);
    assert!(undo.stderr.contains("20270101-000000-001"), "{undo}");
}
