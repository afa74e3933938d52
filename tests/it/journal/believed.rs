//! What undo and resume believe of a journal that was damaged, or that somebody made up: nothing is sent that could not have
//! been typed, and what is not known is said.

use std::fs;

use serde_json::{Value, json};

use crate::support::place::{Place, changed};
use crate::support::run::{Ran, flat};

/// The place of a run that set both components Active.
fn fixed() -> Place {
    let place = Place::new();
    place.simulate(&["fix", "--yes"]).ends(0);
    place
}

/// Another journal in the place of the only one.
fn rewrite(place: &Place, change: impl FnOnce(&mut Vec<Value>)) {
    let [file] = &place.journals()[..] else { panic!("one journal") };
    let text = fs::read_to_string(file).expect("text");
    let mut lines = text.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect::<Vec<Value>>();
    change(&mut lines);
    fs::write(file, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).expect("written");
}

fn is(line: &Value, record: &str) -> bool {
    line["record"] == record
}

/// An undo of the newest run, which must change nothing.
fn undo_changes_nothing(place: &Place) -> Ran {
    let before = place.scenario();
    let undo = place.simulate(&["undo", "--yes"]);
    assert!(changed(&before, &place.scenario()).is_empty(), "{undo}");
    undo
}

#[test]
fn without_its_plan_a_change_is_unknown_and_not_nothing() {
    let place = fixed();
    rewrite(&place, |lines| lines.retain(|line| !is(line, "decision")));
    let undo = undo_changes_nothing(&place).ends(31);
    let said = flat(&undo.stdout);
    assert!(!said.contains("That run changed nothing"), "{said}");
    for component in ["PopProxy", "ImapProxy"] {
        let expected = format!("HealthApi on {component} on EX01 was about to be changed");
        assert!(said.contains(&expected), "{said}");
    }
    assert!(said.contains("relight check EX01"), "{said}");
    let past = place.run(&["history", &place.newest().expect("a run")]).ends(0);
    assert!(flat(&past.stdout).contains("HealthApi on PopProxy on EX01 was about to be changed"), "{}", past.stdout);
}

#[test]
fn what_is_legible_is_put_back_and_that_more_is_not_is_said() {
    let place = fixed();
    rewrite(&place, |lines| lines.insert(1, json!("what is this")));
    let undo = place.simulate(&["undo", "--yes"]).ends(13);
    let said = flat(&undo.stdout);
    assert!(said.contains("1 line of the journal cannot be read, or do not fit the rest"), "{said}");
    assert_eq!(undo.stdout.matches("Inactive registry").count(), 2, "{said}");
}

#[test]
fn a_sum_that_the_steps_contradict_is_said() {
    let place = fixed();
    rewrite(&place, |lines| {
        lines.retain(|line| !(is(line, "intent") || is(line, "outcome")) || line["component"] != "ImapProxy");
    });
    // The other change stands there as one that was never sent.
    let undo = place.simulate(&["undo", "--yes"]).ends(13);
    assert!(
        flat(&undo.stdout).contains("1 line of the journal cannot be read, or do not fit the rest"),
        "{}",
        undo.stdout
    );
    assert_eq!(undo.stdout.matches("Inactive registry").count(), 1, "{}", undo.stdout);
}

#[test]
fn an_end_that_says_nothing_was_sent_hides_no_run() {
    let place = fixed();
    rewrite(&place, |lines| lines.iter_mut().filter(|line| is(line, "end")).for_each(|end| end["sent"] = json!(0)));
    let listed = place.run(&["history"]).ends(0);
    assert!(!listed.stdout.contains("none"), "{listed}");
    let undo = place.simulate(&["undo", "--yes"]).ends(13);
    assert_eq!(undo.stdout.matches("Inactive registry").count(), 2, "{undo}");
}

#[test]
fn of_a_journal_without_a_legible_step_it_is_not_known_what_it_changed() {
    let place = fixed();
    let run = place.newest().expect("a run");
    rewrite(&place, |lines| lines.retain(|line| is(line, "begin") || is(line, "end")));
    undo_changes_nothing(&place).ends(13);
    let past = place.run(&["history", &run]).ends(0);
    assert!(flat(&past.stdout).contains("Whether something was changed is not known."), "{past}");
}

#[test]
fn more_changes_than_a_run_can_make_are_not_believed() {
    let place = fixed();
    rewrite(&place, |lines| {
        for line in lines.iter_mut().filter(|line| is(line, "decision")) {
            let agreed = line["agreed"].as_array().expect("a list").clone();
            line["agreed"] = agreed.iter().cycle().take(101).cloned().collect();
        }
    });
    undo_changes_nothing(&place).ends(31);
}

#[test]
fn a_made_up_journal_sends_nothing_that_could_not_be_typed() {
    for (field, value) in [
        ("component", json!("UMCallRouter")),
        ("component", json!("PopProxy\u{200b}")),
        ("component", json!("-Confirm")),
        ("requester", json!("4")),
        ("requester", json!("Health\u{200b}Api")),
        ("requester", json!("$(calc)")),
        ("state", json!("Paused")),
        ("state", json!("Active")),
        ("to", json!("Draining")),
    ] {
        let place = fixed();
        rewrite(&place, |lines| {
            for line in lines.iter_mut().filter(|line| is(line, "decision")) {
                for change in line["agreed"].as_array_mut().expect("changes") {
                    change[field] = value.clone();
                }
            }
            for line in lines.iter_mut().filter(|line| is(line, "intent") || is(line, "outcome")) {
                if line.get(field).is_some() {
                    line[field] = value.clone();
                }
            }
        });
        undo_changes_nothing(&place).ends(31);
    }
}

#[test]
fn a_journal_under_another_name_or_of_another_version_is_not_undone() {
    let place = fixed();
    rewrite(&place, |lines| lines[0]["run"] = json!("20200101-000000-000"));
    let run = place.newest().expect("a run");
    assert!(undo_changes_nothing(&place).code == 2);
    place.simulate(&["undo", &run, "--yes"]).ends(2).tells("tells of another run");
    rewrite(&place, |lines| {
        lines[0]["run"] = json!(run);
        lines[0]["schema"] = json!("relight/journal/2.0");
    });
    place.simulate(&["undo", &run, "--yes"]).ends(2).tells("of another version");
}

#[test]
fn a_run_of_the_future_is_undone_by_name_alone() {
    let place = fixed();
    let [file] = &place.journals()[..] else { panic!("one journal") };
    let later = "20990101-000000-000";
    rewrite(&place, |lines| lines[0]["run"] = json!(later));
    fs::rename(file, file.with_file_name(format!("{later}.jsonl"))).expect("renamed");
    undo_changes_nothing(&place).ends(2).tells(&format!("the newest run, {later}, is in the future"));
    place.simulate(&["undo", later, "--yes"]).ends(0);
    assert!(place.newest().expect("a run").as_str() > later, "the order of names is that of runs");
}

#[test]
fn a_run_whose_last_line_was_torn_can_be_resumed() {
    let place = fixed();
    let [file] = &place.journals()[..] else { panic!("one journal") };
    let text = fs::read_to_string(file).expect("text");
    fs::write(file, &text[..text.len() - 20]).expect("written");
    let run = place.newest().expect("a run");
    place.simulate(&["resume", &run]).ends(0);
    assert_eq!(place.past(&run)["exit"], "fine");
}

#[test]
fn a_journal_that_is_too_large_is_listed_and_never_undone() {
    let place = fixed();
    let [file] = &place.journals()[..] else { panic!("one journal") };
    fs::OpenOptions::new().append(true).open(file).and_then(|it| it.set_len(500 << 20)).expect("made large");
    let run = place.newest().expect("a run");
    assert!(place.run(&["history"]).ends(0).stdout.contains(&run));
    let past = place.past(&run);
    assert!(past["journalError"].as_str().is_some_and(|why| why.contains("larger than 32 MB")), "{past}");
    undo_changes_nothing(&place).ends(2).tells("larger than 32 MB");
    place.simulate(&["resume", &run]).ends(2).tells("larger than 32 MB");
}

#[test]
fn a_journal_that_cannot_be_read_is_not_passed_over_for_an_older_one() {
    let place = fixed();
    let [file] = &place.journals()[..] else { panic!("one journal") };
    let later = |name: &str, text: &str| fs::write(file.with_file_name(name), text).expect("written");
    // Of a run that ended before it did anything.
    later("20990101-000000-000.open.jsonl", "{\"record\": \"begin");
    later("20990101-000000-002.jsonl", "what is this\n");
    undo_changes_nothing(&place).ends(2).tells("run 20990101-000000-002 makes no sense");
    fs::remove_file(file.with_file_name("20990101-000000-002.jsonl")).expect("removed");
    let open = file.with_file_name("20990101-000000-001.open.jsonl");
    fs::rename(file, &open).expect("renamed");
    let run = "20990101-000000-001";
    let lines = fs::read_to_string(&open).expect("text");
    let lines = lines.lines().map(|line| serde_json::from_str(line).expect("JSON"));
    let kept = lines.filter(|line: &Value| !(is(line, "decision") || is(line, "outcome") || is(line, "end")));
    let kept = kept.map(|mut line| {
        if is(&line, "begin") {
            line["run"] = json!(run);
        }
        format!("{line}\n")
    });
    fs::write(&open, kept.collect::<String>()).expect("written");
    // One without a plan that did not live to close its journal is the last one, too.
    undo_changes_nothing(&place).ends(2).tells(&format!("the newest run, {run}, is in the future"));
    let undo = place.simulate(&["undo", run, "--yes", "--format", "json"]).ends(31);
    let unplanned = &undo.document()["unplanned"];
    assert_eq!((unplanned.as_array().map(Vec::len), &unplanned[0]["component"]), (Some(2), &json!("PopProxy")));
}
