//! Options that mean what an admin thinks: servers without an option, `-WhatIf`, `--requester`, `--ignore-requester`,
//! `resume` without a name, and what `--help` says of them.

use std::ffi::OsString;

use serde_json::json;

use crate::support::run::flat;
use crate::support::{Place, Ran, relight};

/// Every command that has a help of its own.
const COMMANDS: [&str; 10] =
    ["check", "fix", "doctor", "probe", "history", "undo", "resume", "dsc", "scenarios", "completions"];

fn help(words: &str, columns: usize) -> Ran {
    relight(words).arg("--help").env("COLUMNS", columns.to_string()).run().ends(0)
}

#[test]
fn servers_need_no_option() {
    let lines = |ran: Ran| ran.ends(10).stdout.lines().map(str::to_owned).collect::<Vec<_>>();
    let expected = lines(relight("check --simulate two-servers -q --server EX01 --server EX02").run());
    assert_eq!(expected.len(), 2);
    for words in [
        "check EX01 EX02 --simulate two-servers -q",
        "check EX01,EX02 -q --simulate two-servers",
        "check -q --simulate two-servers EX01 --server EX02",
        "check -q --simulate two-servers -- EX01 EX02 ex01",
    ] {
        assert_eq!(lines(relight(words).run()), expected, "{words}");
    }
    relight("fix --dry-run EX02 --simulate two-servers -q")
        .run()
        .ends(0)
        .says("EX02: OK: PopProxy and ImapProxy are Active.");
    relight("doctor EX02 --simulate two-servers").run().ends(0).says("EX02");
    for name in ["EX 01", "$(calc)", "-EX01", "\u{2013}WhatIf"] {
        let ran = relight("fix --yes --simulate --").arg(name).run().ends(2).says_nothing();
        assert!(ran.stderr.contains("give a host name like EX01 or an FQDN"), "{ran}");
    }
}

#[test]
fn what_if_is_a_preview_in_any_case_and_with_yes_too() {
    let place = Place::of("kb-3025138");
    let before = place.text();
    for preview in
        ["-WhatIf", "-whatif", "-WHATIF", "--what-if", "--WhatIf", "-WhatIf:$true", "-WhatIf:True", "--dry-run"]
    {
        for consent in [&[][..], &["--yes"], &["-y", "--watch", "6m"]] {
            let ran = relight("fix").simulate(&place).words(consent.iter().copied()).arg(preview).run().ends(10);
            ran.says("Nothing was changed: this was a dry run.").says("Set-ServerComponentState -Identity EX01");
        }
    }
    assert_eq!(place.text(), before);
    for off in ["-WhatIf:$false", "-whatif:False", "-WhatIf:0"] {
        let ran = relight("fix --yes").simulate(&place).arg(off).run().ends(2).says_nothing();
        ran.tells(&format!("error: {off} is refused")).tells("leave it out where changes are to be made");
    }
    relight("fix --yes").simulate(&place).arg("-WhatIf=false").run().ends(2).tells("neither on nor off");
    assert_eq!(place.text(), before);
    // It ends nothing but a change, and is none of the options of a look.
    relight("check -WhatIf").simulate(&place).run().ends(2).tells("unexpected argument '--what-if'");
}

#[test]
fn an_undo_with_what_if_puts_nothing_back() {
    let place = Place::new();
    place.simulate(&["fix", "--yes", "--no-probe"]).ends(0);
    let fixed = place.scenario();
    for words in [&["undo", "-WhatIf"][..], &["undo", "--yes", "-whatif"], &["undo", "--yes", "--dry-run"]] {
        place.simulate(words).says("Nothing was changed: this was a dry run.");
        assert_eq!(place.scenario()["servers"], fixed["servers"]);
    }
    place.simulate(&["undo", "--yes"]).ends(0);
}

#[test]
fn a_requester_is_added_to_healthapi_and_the_plan_names_each() {
    let place = Place::of("several-requesters");
    let dry = relight("fix --dry-run -v --requester Maintenance").simulate(&place).run().ends(10);
    let dry = dry.says("PopProxy: --yes --requester Maintenance runs 2 commands, for HealthApi and Maintenance.");
    dry.says("ImapProxy: --yes runs 1 command, for HealthApi.");
    relight("check -v").simulate(&place).run().ends(10).says("(2 commands, for HealthApi and Maintenance)");
    relight("fix --yes --no-probe --requester maintenance").simulate(&place).run().ends(0);
    for component in ["PopProxy", "ImapProxy"] {
        let [local, _] = place.entries(component);
        assert!(local.iter().all(|entry| entry.contains(" Active ")), "{component}: {local:?}");
    }
}

#[test]
fn a_monitor_passes_over_what_the_requester_it_names_keeps_inactive() {
    for (scenario, requester, code, says) in [
        ("maintenance", "HealthApi", 14, "PLANNED: PopProxy and ImapProxy are Inactive"),
        ("server-wide-offline", "Maintenance", 0, "IGNORED: PopProxy and ImapProxy are Inactive (server-wide offline)"),
        ("several-requesters", "Maintenance", 10, "NOT OK: PopProxy and ImapProxy are Inactive"),
        ("kb-3025138", "Maintenance", 10, "NOT OK: PopProxy and ImapProxy are Inactive"),
        ("kb-3025138", "HealthApi,Maintenance", 0, "IGNORED: PopProxy and ImapProxy are Inactive for HealthApi"),
        ("unexplained", "Maintenance", 10, "NOT OK: PopProxy is Inactive"),
        (
            "registry-unreadable",
            "Maintenance",
            13,
            "NOT KNOWN: PopProxy, ImapProxy and ServerWideOffline read Active, but",
        ),
    ] {
        let words = format!("check -q --simulate {scenario} --ignore-requester {requester}");
        relight(&words).run().ends(code).says(says);
    }
    let ran = relight("check --simulate server-wide-offline --ignore-requester Maintenance").run().ends(0);
    let ran = ran.says(
        "PopProxy, ImapProxy and ServerWideOffline: Inactive only for requesters that --ignore-requester names; not counted.",
    );
    assert!(!ran.stdout.contains("relight fix"), "{ran}");
    let document = relight("check --simulate server-wide-offline --ignore-requester maintenance --format json").run();
    let document = document.ends(0).document();
    let passed = document["servers"][0]["findings"].as_array().expect("findings").iter().map(|it| &it["passedOver"]);
    assert_eq!(passed.collect::<Vec<_>>(), [&json!(true); 3]);
    for wrong in ["any", "4", "Maintenence"] {
        let ran = relight("check --simulate --ignore-requester").arg(wrong).run().ends(2).says_nothing();
        ran.tells("Exchange knows HealthApi, Maintenance, Sidelined, Functional, Deployment");
    }
    relight("fix --simulate --ignore-requester Maintenance").run().ends(2).says_nothing();
}

#[test]
fn what_is_behind_a_component_that_is_passed_over_is_passed_over_with_it() {
    let place = Place::of("maintenance");
    place.change(|scenario| {
        let components = &mut scenario["servers"][0]["components"];
        *components = json!({"PopProxy": {"local": [
            {"requester": "Maintenance", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}
        ]}});
        scenario["servers"][0]["services"] = json!({"MSExchangePop3": {"state": "Stopped", "startType": "Automatic"}});
    });
    relight("check -q").simulate(&place).run().ends(14);
    relight("check -q --ignore-requester Maintenance").simulate(&place).run().ends(0);
}

#[test]
fn every_help_fits_a_screen_and_has_examples_that_can_be_typed() {
    for columns in [79, 80, 120] {
        for command in COMMANDS.iter().copied().chain([""]) {
            let ran = help(command, columns);
            assert!(ran.stdout.lines().count() <= 60, "{command} at {columns} columns: {ran}");
            assert!(ran.stdout.lines().all(|line| line.len() <= columns && line.is_ascii()), "{command}: {ran}");
            assert_eq!(ran.stdout.matches("\nExamples:\n").count(), 1, "{command}: {ran}");
            let brief = relight(command).arg("-h").env("COLUMNS", columns.to_string()).run().ends(0);
            assert_eq!(brief.stdout, ran.stdout, "{command}");
        }
    }
    for command in COMMANDS.iter().copied().chain([""]) {
        let ran = help(command, 80);
        let (_, examples) = ran.stdout.split_once("Examples:").expect("examples");
        let examples = examples.lines().filter_map(|line| line.strip_prefix("  relight "));
        for example in examples.filter(|example| !example.contains("--help")) {
            let typed = example.split("  ").next().unwrap_or_default().split([' ']);
            let typed = typed.take_while(|word| !["|", ">"].contains(word));
            let words = std::iter::once("relight").chain(typed).map(OsString::from);
            assert!(relight::cli::parse(words).is_ok(), "{command}: {example}");
        }
    }
}

#[test]
fn resume_without_a_name_takes_the_only_run_that_was_interrupted() {
    let place = Place::new();
    place.simulate(&["resume"]).ends(2).says_nothing().tells("has no run on this scenario that was interrupted");
    let cut_off = || {
        place.simulate(&["fix", "--yes", "--no-probe"]).ends(0);
        let closed = place.journals().pop().expect("a journal");
        let text = std::fs::read_to_string(&closed).expect("text");
        // As a run leaves it that is killed after its last change.
        let kept =
            text.lines().filter(|line| !line.contains(r#""record":"end""#) && !line.contains(r#""record":"after""#));
        let kept = kept.map(|line| format!("{line}\n")).collect::<String>();
        let open = closed.with_extension("open.jsonl");
        std::fs::write(&open, kept).expect("a journal");
        std::fs::remove_file(&closed).expect("the other is gone");
        place.put(&serde_json::from_str(&Place::new().text()).expect("JSON"));
        closed.file_stem().and_then(|name| name.to_str()).expect("a name").to_owned()
    };
    let first = cut_off();
    let ran = place.simulate(&["resume"]);
    assert!(ran.stdout.contains("PopProxy") && !ran.stderr.contains("error:"), "{ran}");
    assert_eq!(place.past(&first)["resumed"], true);
    place.simulate(&["resume"]).ends(2);
    let (second, third) = (cut_off(), cut_off());
    let ran = place.simulate(&["resume"]).ends(2).says_nothing();
    ran.tells(&format!("2 runs were interrupted: {third}, {second}")).tells("relight resume RUN");
}

#[test]
fn a_fix_of_a_healthy_server_without_a_terminal_needs_none() {
    let ran = relight("fix --simulate healthy").run().ends(0).says("Nothing was changed.");
    assert!(!ran.stdout.contains("needs a terminal"), "{ran}");
    relight("fix --simulate").run().ends(12).says("a change needs a terminal");
}

#[test]
fn a_checkup_without_a_keyboard_says_that_nobody_can_be_asked() {
    let ran = relight("doctor --simulate").run().ends(0);
    let ran = ran.says("Nobody can be asked here, so fix needs --yes: stdin is not a terminal.");
    assert!(!ran.stdout.contains("somebody can be asked"), "{ran}");
    let document = relight("doctor --simulate --format json").run().document();
    assert_eq!(document["facts"]["interactive"], false);
}

#[test]
fn times_that_came_as_text_are_shown_without_quotes() {
    let ran = relight("check -v --simulate flattened-2016").run().ends(10);
    let ran = ran
        .says("HealthApi 3/14/2026 2:31:52 AM registry")
        .says("Inactive 3/14/2026 2:31:52 AM (as text; zone unknown)");
    assert!(!ran.stdout.contains('"'), "{ran}");
}

#[test]
fn the_scenarios_are_a_document_too() {
    let document = relight("scenarios --format json").run().ends(0).document();
    let listed = document["scenarios"].as_array().expect("scenarios").iter();
    let names = listed.map(|it| it["name"].as_str().expect("a name")).collect::<Vec<_>>();
    assert_eq!(names, relight::simulator::scenarios().iter().map(|it| it.name).collect::<Vec<_>>());
}

#[test]
fn one_report_has_one_clock() {
    for servers in ["EX01 EX02", "EX02 EX01", "EX02"] {
        let ran = relight(&format!("check --simulate server-down {servers}")).run();
        let looks = ran.stdout.lines().filter(|line| line.contains(" looked at ") || line.contains(" as of "));
        let looks = looks.collect::<Vec<_>>();
        assert!(matches!(looks[..], [line] if line.contains(" 2026-03-14 02:47:1")), "{servers}: {ran}");
    }
}

#[test]
fn a_protocol_that_nobody_enabled_is_not_said_to_be_unconfirmed() {
    let stopped = json!({"state": "Stopped", "startType": "Manual"});
    let services = json!({"MSExchangeImap4": stopped, "MSExchangeIMAP4BE": stopped});
    let place = Place::of("healthy").with_services(&services);
    let ran = relight("check -q --probe").simulate(&place).run().ends(0).says("POP3 clients are served.");
    assert!(!ran.stdout.contains("IMAP4") && !ran.stdout.contains("not confirmed"), "{ran}");
    relight("check --probe -v").simulate(&place).run().ends(0).says("IMAP4: not enabled on this server");
}

#[test]
fn the_next_command_keeps_what_an_option_allowed() {
    let next = |words: &str| {
        let document = relight(words).args("--format json").run().document();
        let next =
            document["next"].as_array().expect("a list").iter().map(|it| it.as_str().expect("a command").to_owned());
        next.filter(|next| !next.starts_with("relight check")).collect::<Vec<_>>()
    };
    let fix = |scenario: &str, options: &str| format!("relight fix EX01 --simulate {scenario}{options}");
    for (scenario, options, expected) in [
        ("maintenance", "", vec![""]),
        ("maintenance", " --requester Deployment", vec![""]),
        ("maintenance", " --requester Maintenance", vec![" --requester Maintenance", " --yes --requester Maintenance"]),
        ("several-requesters", " --requester any", vec![" --requester Maintenance", " --yes --requester Maintenance"]),
        ("server-wide-offline", " --requester Maintenance", vec![" --requester Maintenance"]),
        ("server-wide-offline", " --include-server-wide-offline", vec![" --include-server-wide-offline"]),
        (
            "server-wide-offline",
            " --requester Maintenance --include-server-wide-offline",
            vec![
                " --requester Maintenance --include-server-wide-offline",
                " --yes --requester Maintenance --include-server-wide-offline",
            ],
        ),
        ("services-stopped", "", vec!["", " --yes"]),
        ("services-stopped", " --start-services none", vec![" --start-services none", " --yes --start-services none"]),
    ] {
        let expected = expected.into_iter().map(|options| fix(scenario, options)).collect::<Vec<_>>();
        assert_eq!(next(&format!("fix --dry-run --simulate {scenario}{options}")), expected, "{scenario}{options}");
    }
    let place = Place::of("server-wide-offline");
    place.simulate(&["fix", "--yes", "--requester", "any", "--include-server-wide-offline"]).ends(0);
    let run = place.newest().expect("a run");
    let undo = ["undo", &run, "--dry-run", "--include-server-wide-offline"];
    let said = flat(&place.simulate(&undo).stdout).replace(" ` ", " ");
    let again = format!("--journal-dir {} --include-server-wide-offline", place.journal_folder().display());
    assert!(said.contains(&format!("relight undo {run}")) && said.contains(&again), "{again}: {said}");
}
