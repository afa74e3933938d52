//! A check as monitoring systems read it, through the process boundary.

mod deadline;
#[cfg(unix)]
mod nagios;
#[cfg(unix)]
mod prometheus;
#[cfg(unix)]
mod zabbix;

use crate::support::relight;

#[test]
fn metrics_take_the_place_of_those_that_are_there_on_every_system() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("relight.prom");
    for (scenario, code, active) in [("kb-3025138", 10, 0), ("healthy", 0, 1)] {
        let run = relight("check --format prometheus --simulate").arg(scenario).arg("--output").arg(&file);
        run.run().ends(code).says_nothing();
        let text = std::fs::read_to_string(&file).expect("metrics");
        assert!(text.contains(&format!("{{server=\"EX01\",component=\"PopProxy\"}} {active}\n")), "{text}");
        assert!(!text.contains('\r') && text.starts_with("# HELP "), "{text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).expect("listed").count(), 1, "nothing is left beside it");
}

#[test]
fn the_formats_are_for_check_alone() {
    for words in [
        "fix --simulate",
        "undo",
        "resume",
        "doctor --simulate",
        "probe EX01",
        "history",
        "scenarios",
        "completions bash",
    ] {
        for format in ["nagios", "prometheus", "zabbix"] {
            let ran = relight(words).args("--format").arg(format).run().ends(2).says_nothing();
            ran.tells(&format!("error: '--format {format}' is for check"));
        }
    }
    for words in ["fix --simulate --deadline 50s", "doctor --output file", "check --simulate --deadline 0"] {
        relight(words).run().ends(2).says_nothing().tells("error: ");
    }
}

#[test]
fn nothing_stands_on_stderr_that_an_agent_could_take_for_a_part_of_the_result() {
    for format in ["nagios", "prometheus", "zabbix"] {
        for scenario in ["healthy", "forty-servers --all-servers", "server-down EX01 EX02"] {
            let ran = relight("check --format").arg(format).args("--simulate").args(scenario).run();
            assert_eq!(ran.stderr, "", "{ran}");
            let verbose = relight("check -v --format").arg(format).args("--simulate").args(scenario).run();
            verbose.tells("Exchange is loaded");
        }
    }
}
