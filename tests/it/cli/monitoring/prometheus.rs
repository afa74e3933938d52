//! Metrics, on stdout and in a file that an exporter reads.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::support::{Place, Ran, relight};

/// The samples of a text, each `name{labels} value`; their heads stand where they belong.
fn samples(text: &str) -> Vec<String> {
    assert!(text.ends_with('\n') && !text.contains('\r') && !text.starts_with('\u{feff}'), "{text}");
    let mut known = "";
    let mut found = Vec::new();
    for line in text.lines() {
        if let Some(help) = line.strip_prefix("# HELP ") {
            known = help.split(' ').next().expect("a name");
        } else if let Some(kind) = line.strip_prefix("# TYPE ") {
            assert_eq!(kind, format!("{known} gauge"));
        } else {
            let (name, value) = line.rsplit_once(' ').expect("a value");
            assert_eq!(name.split('{').next(), Some(known), "{text}");
            // A time of its own would be one word more.
            assert!(value.parse::<i64>().is_ok() && name.matches(' ').count() == 0, "{line}");
            found.push(line.to_owned());
        }
    }
    found
}

/// The samples without that of the time, which is now.
fn steady(ran: &Ran, text: &str) -> Vec<String> {
    let mut samples = samples(text);
    let last = samples.pop().expect("a sample");
    let time = last.strip_prefix("relight_last_check_timestamp_seconds ").unwrap_or_else(|| panic!("{ran}"));
    let now = jiff::Timestamp::now().as_second();
    assert!(time.parse::<i64>().is_ok_and(|time| (now - 3600..=now).contains(&time)), "{ran}");
    samples
}

fn active(server: &str, component: &str, active: u8) -> String {
    format!("relight_component_active{{server=\"{server}\",component=\"{component}\"}} {active}")
}

#[test]
fn a_component_is_active_or_not_and_the_check_saw_everything_or_not() {
    let success = |value: u8| format!("relight_check_success {value}");
    for (words, code, expected) in [
        ("", 10, vec![active("EX01", "PopProxy", 0), active("EX01", "ImapProxy", 0), success(1)]),
        ("healthy --component ImapProxy", 0, vec![active("EX01", "ImapProxy", 1), success(1)]),
        ("maintenance --component PopProxy", 14, vec![active("EX01", "PopProxy", 0), success(1)]),
        // What is not known is neither 0 nor 1.
        ("registry-unreadable", 13, vec![success(0)]),
        ("server-down --component PopProxy EX01 EX02", 23, vec![active("EX01", "PopProxy", 0), success(0)]),
        ("failed-load", 20, vec![success(0)]),
    ] {
        let ran = relight("check --format prometheus --simulate").args(words).run().ends(code);
        assert_eq!(steady(&ran, &ran.stdout), expected, "{ran}");
    }
}

/// A check of this scenario, whose metrics go to a file.
fn to_file(place: &Place, file: &Path) -> Ran {
    relight("check --format prometheus").simulate(place).arg("--output").arg(file).run()
}

/// What is in a folder.
fn names(folder: &Path) -> Vec<String> {
    let listed = fs::read_dir(folder).expect("a folder");
    listed.map(|entry| entry.expect("listed").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn a_file_is_replaced_in_one_go_and_an_exporter_may_read_it() {
    let (place, folder) = (Place::new(), tempfile::tempdir().expect("a folder"));
    let file = folder.path().join("relight.prom");
    let ran = to_file(&place, &file).ends(10).says_nothing();
    let text = fs::read_to_string(&file).expect("metrics");
    assert_eq!(steady(&ran, &text)[0], active("EX01", "PopProxy", 0));
    // Whoever has the file open still reads what was in it: it was not written over.
    let held = fs::File::open(&file).expect("the file");
    place.put(&json!({"scenario": "relight/scenario/1.0", "servers": [{"name": "EX01"}]}));
    let ran = to_file(&place, &file).ends(0).says_nothing();
    assert_eq!(std::io::read_to_string(held).expect("text"), text);
    assert_eq!(steady(&ran, &fs::read_to_string(&file).expect("metrics"))[0], active("EX01", "PopProxy", 1));
    assert_eq!(names(folder.path()), ["relight.prom"], "nothing is left beside it");
    assert_eq!(fs::metadata(&file).expect("a file").permissions().mode() & 0o444, 0o444);
}

#[test]
fn a_check_that_fails_says_so_in_the_file_as_well() {
    let (place, folder) = (Place::of("failed-load"), tempfile::tempdir().expect("a folder"));
    let file = folder.path().join("relight.prom");
    let ran = to_file(&place, &file).ends(20).says_nothing().tells("error: the Exchange cmdlets could not be loaded");
    assert_eq!(steady(&ran, &fs::read_to_string(&file).expect("metrics")), ["relight_check_success 0"]);
    let unreadable =
        relight("check --format prometheus --servers-from /no/such/list --output").arg(&file).run().ends(2);
    assert_eq!(steady(&unreadable, &fs::read_to_string(&file).expect("metrics")), ["relight_check_success 0"]);
}

#[test]
fn where_the_file_cannot_be_written_nothing_is_started() {
    let folder = tempfile::tempdir().expect("a folder");
    let at = |name: &str| folder.path().join(name);
    fs::write(at("precious"), "as it was").expect("written");
    symlink(at("precious"), at("link")).expect("a link");
    fs::create_dir(at("folder")).expect("a folder");
    let none = PathBuf::from("/dev/null");
    for file in [at("no/such/folder/file"), at("link"), at("folder"), none] {
        let ran = relight("check --format prometheus -v --simulate --output").arg(&file).run().ends(2).says_nothing();
        let ran = ran.tells("error: cannot write the metrics to");
        assert!(!ran.stderr.contains("Exchange is loaded"), "{ran}");
    }
    assert_eq!(fs::read_to_string(at("precious")).expect("text"), "as it was");
    let same = at("file").display().to_string();
    let ran =
        relight("check --format prometheus --simulate --log-file").words([&same, "--output", &same]).run().ends(2);
    ran.tells("the file of '--output <FILE>' is that of '--log-file' already");
}
