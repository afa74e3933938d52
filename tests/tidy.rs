//! Rules of the repository, as tests: who may import whom, where JSON and effects may live, what a file looks like.

use std::fs;
use std::path::{Path, PathBuf};

use relight::shell::{Capabilities, engine};

/// The arrows of docs/ARCHITECTURE.md: a room and the rooms it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("windows", &["windows"]),
    ("shell", &["shell", "domain", "windows"]),
    ("exchange", &["exchange", "journal", "probe", "shell", "domain", "windows"]),
    ("journal", &["journal", "shell", "domain", "windows"]),
    ("probe", &["probe", "domain", "windows"]),
    ("simulator", &["simulator", "shell", "domain"]),
    ("record", &["record", "screens", "domain"]),
    ("screens", &["screens", "domain"]),
    ("terminal", &["terminal", "screens", "domain", "windows"]),
    ("cli.rs", &["domain", "exchange", "shell"]),
    ("cli", &["domain", "exchange", "shell"]),
    ("log.rs", &["cli", "error"]),
    ("exit.rs", &["domain"]),
    ("error.rs", &["exit", "exchange", "journal", "shell", "simulator", "windows"]),
    ("app", &APP),
    ("app.rs", &APP),
    ("signals.rs", &["error", "shell", "terminal", "windows"]),
];

/// The stories stand on all rooms.
const APP: [&str; 15] = [
    "cli",
    "domain",
    "error",
    "exchange",
    "exit",
    "journal",
    "log",
    "probe",
    "record",
    "screens",
    "shell",
    "signals",
    "simulator",
    "terminal",
    "windows",
];

/// The only places that know JSON.
const JSON: [&str; 4] = ["src/shell/protocol", "src/simulator/", "src/record/", "src/journal/"];

/// What a pure module has no use for.
const IMPURE: [&str; 12] = [
    "std::fs",
    "std::env",
    "std::io",
    "std::net",
    "std::process",
    "std::thread",
    "Instant",
    "SystemTime",
    "now()",
    "serde",
    "tracing",
    "println",
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder, with its path from the top of the repository, `/` between the parts.
fn files(below: &str) -> Vec<(String, String)> {
    fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).expect("the folder can be listed") {
            let path = entry.expect("the entry can be read").path();
            if !path.is_dir() {
                found.push(path);
            } else if path.file_name().is_none_or(|name| name != "target") {
                walk(&path, found);
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(below), &mut found);
    found.sort();
    found
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .map(|path| {
            let name = path.strip_prefix(root()).expect("below the top").to_string_lossy().replace('\\', "/");
            (name, fs::read_to_string(&path).expect("the file is text"))
        })
        .collect()
}

/// Files below `src` that are compiled for tests only.
fn is_test(name: &str) -> bool {
    ["tests.rs", "fixtures.rs", "pty.rs"].iter().any(|end| name.ends_with(end))
}

/// The files of the program below a folder, each up to its unit tests.
fn program(below: &str) -> Vec<(String, String)> {
    let mut all = files(below);
    all.retain(|(name, _)| !is_test(name));
    for (_, text) in &mut all {
        // A module of tests may be declared anywhere; a module with tests stands at the end.
        if let Some(end) = text.find("#[cfg(test)]\nmod tests {") {
            text.truncate(end);
        }
    }
    all
}

/// The crate's modules that a file names, by `use crate::a`, `use crate::{a, b}` or `crate::a::b`.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    for after in text.split("crate::").skip(1) {
        let rest = after.strip_prefix('{').unwrap_or(after);
        let end = if after.starts_with('{') { rest.find("};").unwrap_or(rest.len()) } else { rest.len().min(40) };
        let heads = if after.starts_with('{') { rest[..end].split(',').collect::<Vec<_>>() } else { vec![rest] };
        for head in heads {
            let name = head.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
            if !name.is_empty() {
                found.push(name);
            }
        }
    }
    found
}

#[test]
fn imports_follow_the_arrows() {
    for (name, text) in program("src") {
        let room = name.trim_start_matches("src/").split('/').next().expect("a first part").to_owned();
        let Some((_, allowed)) = ARROWS.iter().find(|(from, _)| *from == room) else { continue };
        for import in imports(&text) {
            assert!(allowed.contains(&import.as_str()), "{name} may not use crate::{import}");
        }
    }
}

#[test]
fn the_import_rule_can_fail() {
    assert_eq!(imports("use crate::ui::text;"), ["ui"]);
    assert_eq!(imports("use crate::{domain::Plan, host};"), ["domain", "host"]);
    assert_eq!(imports("fn f(_: &crate::shell::Session) {}"), ["shell"]);
}

#[test]
fn the_domain_is_pure() {
    for (name, text) in program("src/domain") {
        for line in text.lines().filter(|line| !line.trim_start().starts_with("//")) {
            for word in IMPURE {
                assert!(!line.contains(word), "{name} has no use for {word}: {line}");
            }
        }
    }
}

#[test]
fn json_is_known_at_the_borders_only() {
    for (name, text) in program("src") {
        if !JSON.iter().any(|allowed| name.starts_with(allowed)) {
            assert!(!text.contains("serde_json"), "{name} speaks JSON");
        }
    }
}

#[test]
fn unsafe_code_is_kept_in_one_room() {
    for (name, text) in program("src") {
        assert!(name.starts_with("src/windows/") || !text.contains("unsafe {"), "{name} is unsafe");
    }
}

#[test]
fn every_file_says_what_it_is_for() {
    for (name, text) in ["src", "tests", "benches", ".ci"].into_iter().flat_map(files) {
        let first = text.lines().find(|line| !line.starts_with("#![")).unwrap_or_default();
        assert!(first.starts_with("//!"), "{name} does not open with a //! paragraph");
    }
}

#[test]
fn every_file_can_be_read_at_one_sitting() {
    for (name, text) in program("src") {
        let lines = text.lines().count();
        assert!(lines <= 300, "{name} has {lines} lines before its tests");
    }
}

#[test]
fn one_word_has_one_meaning() {
    for (name, text) in files("src") {
        // The product writes "Requestor" in a flattened item; nobody else does.
        let text = text.replace("\"Requestor:", "").replace("`Requestor:", "").replace("Requestor:", "");
        assert!(!text.to_ascii_lowercase().contains("requestor"), "{name} writes requestor");
    }
}

#[test]
fn only_what_belongs_there_lies_at_the_top() {
    let expected = [
        "Cargo.lock",
        "Cargo.toml",
        "CHANGELOG.md",
        "LICENSE-APACHE",
        "LICENSE-MIT",
        "README.md",
        "benches",
        "docs",
        "scripts",
        "src",
        "target",
        "tests",
    ];
    for entry in fs::read_dir(root()).expect("the top can be listed") {
        let name = entry.expect("the entry can be read").file_name().to_string_lossy().into_owned();
        assert!(name.starts_with('.') || expected.contains(&name.as_str()), "{name} lies at the top");
    }
}

#[test]
fn every_script_is_part_of_the_engine() {
    let engine = [Capabilities::Checkup, Capabilities::Stop].map(engine::text).concat();
    for entry in fs::read_dir(root().join("scripts")).expect("the scripts can be listed") {
        let path = entry.expect("the entry can be read").path();
        // What an admin runs by hand lies in a folder of its own.
        if path.ends_with("admin") {
            continue;
        }
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a name");
        let embedded = name == "engine" || engine.contains(&format!("\nfunction Relight-{name} {{\n"));
        assert!(embedded, "{} is not embedded", path.display());
    }
}

#[test]
fn the_house_plan_stays_short() {
    let plan = fs::read_to_string(root().join("docs/ARCHITECTURE.md")).expect("the house plan is text");
    assert!(plan.lines().count() <= 150, "docs/ARCHITECTURE.md has {} lines", plan.lines().count());
}
