//! The pages for admins: each command in them prints what they say, and the exit codes of the README are those of the program.

use relight::domain::Exit;
use serde_json::Value;

use crate::support::relight;
use crate::support::run::nameless;

const README: &str = include_str!("../../../README.md");
const GUIDE: &str = include_str!("../../../docs/TROUBLESHOOTING.md");
const FLEET: &str = include_str!("../../../docs/FLEET.md");
const MONITORING: &str = include_str!("../../../docs/MONITORING.md");
const DSC: &str = include_str!("../../../docs/DSC.md");

/// The blocks of a language.
fn blocks(page: &'static str, language: &str) -> Vec<&'static str> {
    let fence = format!("\n```{language}\n");
    page.split(&fence).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
}

/// `PS> command` and what it printed, in a block.
fn commands(block: &str) -> Vec<(&str, &str)> {
    let runs = block.split("PS> ").skip(1);
    runs.map(|run| run.split_once('\n').unwrap_or((run, ""))).collect()
}

/// What `'text' | relight` has on stdin, and the command behind it.
fn fed(command: &str) -> (&str, &str) {
    let piped = command.strip_prefix('\'').and_then(|rest| rest.split_once("' | "));
    piped.unwrap_or(("", command))
}

/// Without the time of the look, where several sessions looked: each has a clock of its own. Metrics have the time of now.
fn timeless(text: &str, ran: &str) -> String {
    const LAST: &str = "relight_last_check_timestamp_seconds ";
    if let Some((metrics, _)) = text.rsplit_once(LAST) {
        return format!("{metrics}{}", LAST.trim_end());
    }
    if !ran.contains(" servers") {
        return text.to_owned();
    }
    let one = |line: &str| line.split("looked at 2026-").next().unwrap_or(line).trim_end().to_owned();
    text.lines().map(one).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_command_prints_what_the_pages_say() {
    let mut number = 0;
    for block in [README, GUIDE, FLEET, MONITORING, DSC].into_iter().flat_map(|page| blocks(page, "console")) {
        let mut code = None;
        for (command, printed) in commands(block) {
            if command == "$LASTEXITCODE" {
                assert_eq!(Some(printed.trim()), code.map(|code: i32| code.to_string()).as_deref(), "{block}");
                continue;
            }
            let (stdin, command) = fed(command);
            let words = command.strip_prefix("relight ").unwrap_or_else(|| panic!("not relight: {command}"));
            let ran = relight(words).env("TZ", "UTC0").fed(stdin.as_bytes());
            let (told, printed) = (nameless(&ran.stdout), timeless(printed, &ran.stdout));
            let is_same = match [&told, &printed].map(|text| serde_json::from_str::<Value>(text)) {
                // The page breaks its one line.
                [Ok(told), Ok(printed)] => told == printed,
                _ => timeless(told.trim_end(), &ran.stdout) == printed.trim_end(),
            };
            assert!(is_same, "the page is out of date: {printed}\n{ran}");
            code = Some(ran.code);
            number += 1;
        }
    }
    assert!(number >= 5, "the pages show {number} commands");
}

#[test]
fn the_table_of_exit_codes_has_every_code_once() {
    let rows = README.lines().filter_map(|line| line.strip_prefix("| ")?.split(" | ").next()?.parse::<u8>().ok());
    let mut codes = Exit::BY_GRAVITY.iter().map(|exit| exit.code()).collect::<Vec<_>>();
    codes.sort_unstable();
    assert_eq!(rows.collect::<Vec<_>>(), codes);
}

#[test]
fn the_order_of_gravity_is_that_of_the_program() {
    let order = Exit::BY_GRAVITY.iter().map(|exit| exit.code().to_string()).collect::<Vec<_>>().join(", ");
    assert!(README.contains(&order), "the README does not say {order}");
}

#[test]
fn every_option_and_page_the_readme_names_exists() {
    let help = ["check", "fix", "undo", "doctor"].map(|command| relight(command).arg("--help").run().stdout).concat();
    for option in README.split(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).filter(|word| word.starts_with("--"))
    {
        // A line of a table, and an option of cargo.
        let elsewhere = option.trim_matches('-').is_empty() || option == "--release";
        assert!(elsewhere || help.contains(option), "{option}");
    }
    for link in README.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(link);
        assert!(link.starts_with("https://") || path.exists(), "{link}");
    }
}
