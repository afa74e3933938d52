//! The JSON document, against the schema that ships with relight.

use super::scenarios::{builtin, for_each_row};
use crate::support::relight;

#[test]
fn every_scenario_gives_a_document_of_the_schema() {
    for_each_row(|row| {
        for command in ["check", "fix --yes --requester any --include-server-wide-offline"] {
            let ran = builtin(command, row.name).args("--format json").run();
            let document = ran.document();
            assert_eq!(document["simulated"], row.name);
            assert_eq!(
                document["servers"].as_array().is_some_and(Vec::is_empty),
                document["error"].is_object(),
                "{ran}"
            );
        }
    });
}

#[test]
fn a_run_without_a_report_still_gives_a_document() {
    for (words, code, message) in [
        ("check --simulate failed-load", 20, "No Exchange servers are available"),
        ("fix --yes --simulate no-exchange-role", 21, "Access is denied"),
        ("check --simulate helthy", 2, "no scenario and no file is called"),
        ("check --simulate --log-file Cargo.toml/log", 2, "cannot write the log file"),
        ("check --powershell /no/such/pwsh", 20, "there is no such file"),
    ] {
        let ran = relight(words).arg("--format").arg("json").run().ends(code).tells("error:");
        let document = ran.document();
        assert!(document["error"]["message"].as_str().is_some_and(|said| said.contains(message)), "{ran}");
        assert!(document["error"]["hints"].as_array().is_some_and(|hints| !hints.is_empty()), "{ran}");
    }
}

#[test]
fn the_document_has_a_code_for_each_server() {
    let ran = relight("fix --yes --simulate server-down --server EX01,EX02 --format json").run().ends(23);
    let document = ran.document();
    let codes = document["servers"].as_array().expect("servers").iter().map(|server| &server["exitCode"]);
    assert_eq!(codes.collect::<Vec<_>>(), [0, 23]);
}

#[test]
fn quiet_and_verbose_leave_the_document_as_it_is() {
    let words = "check --simulate several-requesters --format json";
    let plain = relight(words).run().stdout;
    for flag in ["-q", "-v", "-vv"] {
        let flagged = relight(words).arg(flag).run();
        let typed = flagged.document()["arguments"].clone();
        assert_eq!(typed.as_array().and_then(|typed| typed.last()), Some(&flag.into()), "{flag}");
        assert_eq!(steady(&flagged.stdout), steady(&plain), "{flag}");
    }
}

/// A document as it is written, without what was typed and when.
fn steady(document: &str) -> String {
    let (start, rest) = document.split_once("\"arguments\": [").expect("what was typed");
    let (_, rest) = rest.split_once(']').expect("its end");
    let lines = format!("{start}{rest}");
    let kept = lines.lines().filter(|line| !line.trim_start().starts_with("\"begun\": "));
    kept.map(|line| format!("{line}\n")).collect()
}
