//! An answer on one screen: in every built-in scenario a check takes at most 22 lines of a console of 80 columns, both
//! streams together, and a fix 24; and every command that stands there can be typed.

use std::collections::BTreeSet;
use std::sync::Mutex;

use serde_json::Value;

use super::scenarios::{builtin, for_each_row, needs};
use crate::support::{Place, Ran, relight};

/// The lines that a console of 80 columns shows. That Exchange is being loaded is no line there: it goes again.
fn lines(ran: &Ran) -> usize {
    let shown = |line: &str| line.chars().count().max(1).div_ceil(80);
    let told = ran.stderr.lines().filter(|line| !line.starts_with("Loading the Exchange Management Shell"));
    told.chain(ran.stdout.lines()).map(shown).sum()
}

#[test]
fn a_check_of_one_server_takes_22_lines_at_most_and_79_columns() {
    for_each_row(|row| {
        let ran = builtin("check", row.name).run();
        assert!(lines(&ran) <= 22, "{} takes {} lines: {ran}", row.name, lines(&ran));
        let widest = ran.stdout.lines().map(str::len).max().unwrap_or_default();
        assert!(widest <= 79, "{} is {widest} columns wide: {ran}", row.name);
        let quiet = builtin("check -q", row.name).run();
        let servers = needs("check", row.name).matches("EX0").count().max(1);
        assert!(quiet.stdout.lines().count() <= servers, "{quiet}");
    });
}

#[test]
fn what_a_client_met_has_its_line_on_the_same_screen() {
    for_each_row(|row| {
        let words = ["check --probe", needs("check", row.name)].join(" ");
        let ran = relight(&words).args("--simulate").args(row.name).run();
        assert!(lines(&ran) <= 22, "{} takes {} lines: {ran}", row.name, lines(&ran));
        let document = relight(&words).args("--format json --simulate").args(row.name).run();
        let Ok(document) = serde_json::from_str::<Value>(&document.stdout) else { return };
        let list = |of: &Value| of.as_array().cloned().unwrap_or_default();
        let met = list(&document["servers"]).iter().any(|server| {
            let findings = list(&server["findings"]);
            let inactive = findings.iter().filter(|it| it["finding"] == "inactive").map(|it| it["component"].clone());
            let inactive = inactive.collect::<Vec<_>>();
            list(&server["clients"]).iter().any(|it| inactive.contains(&it["component"]))
        });
        assert_eq!(ran.has("What a client met: "), met, "{}: {ran}", row.name);
    });
}

#[test]
fn what_has_no_room_is_said_to_be_there() {
    relight("check --simulate services-stopped").run().ends(10).says("(1 more thing with -v.)");
    relight("check --simulate way-back-blocked").run().ends(10).says("(5 more things with -v.)");
    relight("check -v --simulate way-back-blocked").run().ends(10).never_says("more things");
    relight("check --simulate kb-3025138").run().ends(10).never_says("more thing");
}

#[test]
fn a_fix_takes_24_lines_at_most() {
    for_each_row(|row| {
        let ran = builtin("fix --yes --no-wait", row.name).run();
        // An option that only the test needs takes a line more behind each of two commands.
        let most = if needs("fix", row.name).contains("timeout") { 26 } else { 24 };
        assert!(lines(&ran) <= most, "{} takes {} lines: {ran}", row.name, lines(&ran));
    });
}

#[test]
fn a_healthy_server_takes_four_lines() {
    let ran = relight("check --simulate healthy").run().ends(0);
    assert_eq!(ran.stdout.lines().count(), 4, "{ran}");
}

#[test]
fn every_printed_command_is_one_that_relight_takes() {
    let wrong = Mutex::new(Vec::new());
    for_each_row(|row| {
        let place = Place::of(row.name);
        let (before, mut taken) = (place.text(), BTreeSet::new());
        for command in ["check --format json", "fix --yes --format json", "fix --dry-run --format json"] {
            std::fs::write(place.file(), &before).expect("as it was");
            let words = [command, needs(command, row.name)].join(" ");
            let run = |words: &str| relight(words).state(place.folder()).run();
            let ran = run(&format!("{words} --simulate {}", place.file().display()));
            // Where there is no report, what to do is said with the error.
            let Ok(document) = serde_json::from_str::<Value>(&ran.stdout) else { continue };
            for next in document["next"].as_array().expect("commands").iter().filter_map(Value::as_str) {
                let Some(words) = next.strip_prefix("relight ").filter(|words| taken.insert((*words).to_owned()))
                else {
                    continue;
                };
                let again = run(words);
                if matches!(again.code, 2 | 70) {
                    wrong.lock().expect("nobody panicked").push(format!("{}: {command}: {next}\n{again}", row.name));
                }
            }
        }
    });
    let wrong = wrong.into_inner().expect("nobody panicked");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
