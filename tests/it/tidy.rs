//! Rules of the repository, as tests: who may import whom, where JSON and effects may live, what a file looks like.

use std::collections::{BTreeSet, HashMap};
use std::fs;
use std::path::{Path, PathBuf};

use relight::shell::{Capabilities, engine};

/// The arrows of docs/ARCHITECTURE.md: a room and the rooms it may use.
const ARROWS: &[(&str, &[&str])] = &[
    ("domain", &["domain"]),
    ("windows", &["windows"]),
    ("shell", &["shell", "domain", "regular", "windows"]),
    ("exchange", &["exchange", "journal", "probe", "shell", "domain", "windows"]),
    ("journal", &["journal", "record", "domain", "regular", "windows"]),
    ("probe", &["probe", "domain", "windows"]),
    ("simulator", &["simulator", "shell", "domain", "regular"]),
    ("record", &["record", "domain"]),
    ("screens", &["screens", "domain"]),
    ("monitoring", &["monitoring", "record", "screens", "domain"]),
    ("terminal", &["terminal", "record", "screens", "domain", "transcript", "windows"]),
    ("cli.rs", &["domain", "exchange", "shell"]),
    ("cli", &["domain", "exchange", "shell"]),
    ("log.rs", &["error", "record", "regular", "screens", "transcript"]),
    ("regular.rs", &[]),
    ("transcript.rs", &["error"]),
    ("error.rs", &["domain", "exchange", "journal", "shell", "simulator", "windows"]),
    ("app", &APP),
    ("app.rs", &APP),
    ("signals.rs", &["error", "shell", "terminal", "windows"]),
    // Whatever the program is made of is named, not used, in the one; the other uses the library as anybody would.
    ("lib.rs", &[]),
    ("main.rs", &[]),
    ("build", &[]),
];

/// The stories stand on all rooms.
const APP: [&str; 17] = [
    "cli",
    "domain",
    "error",
    "exchange",
    "journal",
    "log",
    "monitoring",
    "probe",
    "record",
    "regular",
    "screens",
    "shell",
    "signals",
    "simulator",
    "terminal",
    "transcript",
    "windows",
];

/// The only places that know JSON.
const JSON: [&str; 5] =
    ["src/shell/protocol", "src/simulator/", "src/record/", "src/journal/", "src/monitoring/zabbix.rs"];

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
    ["tests.rs", "fixtures.rs", "pty.rs", "samples.rs", "schema.rs"].iter().any(|end| name.ends_with(end))
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

/// The paths that a file names, each from `crate`, `super` or `self` on: those of `use`, with their braces taken apart, and
/// those within the code.
fn paths(text: &str) -> Vec<Vec<String>> {
    /// What stands at this place of a `use`, after these parts.
    fn tree<'a>(mut rest: &'a str, before: &[String], found: &mut Vec<Vec<String>>) -> &'a str {
        let mut path = before.to_vec();
        loop {
            rest = rest.trim_start();
            if let Some(inner) = rest.strip_prefix('{') {
                rest = inner;
                while !rest.trim_start().starts_with('}') && !rest.trim_start().is_empty() {
                    rest = tree(rest, &path, found).trim_start().trim_start_matches(',');
                }
                return rest.trim_start().strip_prefix('}').unwrap_or(rest);
            }
            let word = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect::<String>();
            rest = &rest[word.len()..];
            if !word.is_empty() {
                path.push(word);
            }
            match rest.strip_prefix("::") {
                Some(more) => rest = more,
                None => {
                    found.push(path);
                    // Another name, or everything.
                    let end = rest.find([',', '}', ';', '\n', '(', ' ']).unwrap_or(rest.len());
                    let (name, after) = rest.split_at(end);
                    return if name.is_empty() && after.starts_with(" as ") {
                        after[4..].trim_start_matches(|c: char| c.is_ascii_alphanumeric() || c == '_')
                    } else {
                        after
                    };
                }
            }
        }
    }
    let mut found = Vec::new();
    let code = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for start in ["crate::", "super::", "self::"] {
        for (at, _) in code.match_indices(start) {
            // In the middle of a longer path or word it is found with that.
            let before = code[..at].chars().next_back().unwrap_or(' ');
            if !(before.is_ascii_alphanumeric() || before == '_' || before == ':' || before == '$') {
                tree(&code[at..], &[], &mut found);
            }
        }
    }
    found
}

/// The crate's modules that a file names.
fn imports(text: &str) -> Vec<String> {
    paths(text).into_iter().filter(|path| path[0] == "crate").filter_map(|path| path.get(1).cloned()).collect()
}

/// The module of a file, as its path from the crate's root.
fn module(name: &str) -> Vec<String> {
    let path = name.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    path.split('/').filter(|part| *part != "lib").map(str::to_owned).collect()
}

/// The files that a file uses: those that declare what its paths name, whatever module hands it on.
fn used(file: &str, text: &str, modules: &HashMap<Vec<String>, (String, String)>) -> Vec<String> {
    let own = module(file);
    let mut found = Vec::new();
    for path in paths(text) {
        let mut at = own.clone();
        let mut parts = path.as_slice();
        while let [first, rest @ ..] = parts {
            match first.as_str() {
                "crate" => at.clear(),
                "super" => drop(at.pop()),
                "self" => {}
                _ => break,
            }
            parts = rest;
        }
        while let [first, rest @ ..] = parts {
            let inner = [&at[..], std::slice::from_ref(first)].concat();
            if modules.contains_key(&inner) {
                (at, parts) = (inner, rest);
                continue;
            }
            // A name that the module takes from one of its own.
            let handed_on = modules.get(&at).and_then(|(_, text)| {
                let names =
                    text.split(';').filter(|line| line.contains("pub use ") || line.contains("pub(crate) use "));
                names.filter_map(|line| line.split_once("use ")).find_map(|(_, what)| {
                    let what = what.trim();
                    let child = what.split("::").next().unwrap_or_default().to_owned();
                    let named =
                        what.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).any(|word| word == first);
                    let inner = [&at[..], &[child]].concat();
                    (named && modules.contains_key(&inner)).then_some(inner)
                })
            });
            match handed_on {
                Some(inner) => at = inner,
                None => break,
            }
        }
        // A module and its own children are one thing.
        if let Some((name, _)) = modules.get(&at).filter(|_| !own.starts_with(&at)) {
            found.push(name.clone());
        }
    }
    found
}

/// The files that lead back to themselves.
fn circles(program: &[(String, String)]) -> Vec<Vec<String>> {
    let modules = program.iter().map(|(name, text)| (module(name), (name.clone(), text.clone()))).collect();
    let edges =
        program.iter().map(|(name, text)| (name.clone(), used(name, text, &modules))).collect::<HashMap<_, _>>();
    let reach = |from: &String| {
        let (mut seen, mut open) = (BTreeSet::new(), edges[from].clone());
        while let Some(name) = open.pop() {
            if seen.insert(name.clone()) {
                open.extend(edges.get(&name).into_iter().flatten().cloned());
            }
        }
        seen
    };
    let reached = program.iter().map(|(name, _)| (name, reach(name))).collect::<HashMap<_, _>>();
    let circle = |name: &String| reached[name].iter().filter(|it| reached[*it].contains(name)).cloned().collect();
    let all = program.iter().map(|(name, _)| circle(name)).filter(|circle: &Vec<String>| circle.len() > 1);
    all.collect::<BTreeSet<_>>().into_iter().collect()
}

#[test]
fn no_files_use_one_another() {
    assert_eq!(circles(&program("src")), [[""; 0]; 0]);
}

#[test]
fn the_circle_rule_can_fail() {
    let file = |name: &str, text: &str| (name.to_owned(), text.to_owned());
    let parent = file("src/a/mod.rs", "mod b;\nmod c;\npub use b::{B, Bee};\npub use c::C;");
    let b = |text: &str| file("src/a/b.rs", text);
    let c = |text: &str| file("src/a/c.rs", text);
    let found = |b, c| circles(&[parent.clone(), b, c]).concat();
    assert_eq!(found(b("use super::C;"), c("")), [""; 0]);
    assert_eq!(found(b("use super::C;"), c("use super::{x, Bee};")), ["src/a/b.rs", "src/a/c.rs"]);
    assert_eq!(found(b("use crate::a::{c::{self, C as Sea}};"), c("fn f(_: super::b::B) {}")).len(), 2);
    assert_eq!(found(b("// use super::C;"), c("use super::b;")), [""; 0]);
}

#[test]
fn imports_follow_the_arrows() {
    for (name, text) in program("src") {
        let room = name.trim_start_matches("src/").split('/').next().expect("a first part").to_owned();
        let rule = ARROWS.iter().find(|(from, _)| *from == room);
        let (_, allowed) = rule.unwrap_or_else(|| panic!("{name} is in no room of ARROWS"));
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
fn one_word_has_one_meaning() {
    for (name, text) in files("src") {
        // The product writes "Requestor" in a flattened item; nobody else does.
        let text = text.replace("\"Requestor:", "").replace("`Requestor:", "").replace("Requestor:", "");
        assert!(!text.to_ascii_lowercase().contains("requestor"), "{name} writes requestor");
    }
}

/// The suites with a harness of their own, which runs what a file lists as `trials![...]` and nothing else.
const LISTED: [&str; 3] = ["tests/peers", "tests/session", "tests/windows"];

/// What looks like a test, in a file of such a suite or in all of it, and is not run.
fn not_run(name: &str, text: &str, suite: &str) -> Vec<String> {
    let code =
        |text: &str| text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    let (text, suite) = (code(text), code(suite));
    let after = text.split("crate::trials![").nth(1);
    let listed = after.and_then(|after| after.split("];").next()).unwrap_or_default();
    let mut found = Vec::new();
    if text.contains("#[test]") {
        found.push("#[test]".to_owned());
    }
    let stem = name.trim_end_matches("/mod.rs").trim_end_matches(".rs").rsplit('/').next().unwrap_or_default();
    if after.is_some() && mentions(&suite, &format!("{stem}::trials()")) == 0 {
        found.push(format!("{stem}::trials()"));
    }
    for line in text.lines() {
        let (line, callers) = line.strip_prefix("pub ").map_or((line, &text), |line| (line, &suite));
        let Some((function, rest)) = line.strip_prefix("fn ").and_then(|line| line.split_once("()")) else { continue };
        // What is no test itself has somebody who calls it, or a list of its own.
        let is_test = !rest.contains("->") && function != "main" && mentions(callers, function) < 2;
        if is_test && mentions(listed, function) == 0 {
            found.push(function.to_owned());
        }
    }
    found
}

/// How often a text has this, not as a part of a longer name.
fn mentions(text: &str, name: &str) -> usize {
    let inside = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let whole = |at: usize| !text[..at].ends_with(inside) && !text[at + name.len()..].starts_with(inside);
    text.match_indices(name).filter(|(at, _)| whole(*at)).count()
}

#[test]
fn every_test_is_run() {
    for suite in LISTED {
        let files = files(suite);
        let whole = files.iter().map(|(_, text)| text.as_str()).collect::<String>();
        for (name, text) in &files {
            assert_eq!(not_run(name, text, &whole), [""; 0], "{name} has tests that nobody runs");
        }
    }
}

#[test]
fn the_rule_that_every_test_is_run_can_fail() {
    let of = |text: &str| not_run("tests/peers/a.rs", text, "vec![a::trials(), mama::trials()]");
    assert_eq!(of("crate::trials![Pwsh =>\n    one,\n    two,\n];\nfn one() {\n}\nfn two() {}\n"), [""; 0]);
    assert_eq!(of("crate::trials![one];\nfn one() {\n}\nfn two() {\n}\n// two();\n"), ["two"]);
    assert_eq!(of("crate::trials![one];\nfn one() {\n    helper();\n}\nfn helper() {\n}\n"), [""; 0]);
    assert_eq!(of("crate::trials![one_and_two];\nfn one_and_two() {\n}\nfn one() {\n}\n"), ["one"]);
    assert_eq!(of("#[test]\nfn one() {\n}\n"), ["#[test]", "one"]);
    assert_eq!(not_run("tests/peers/ma.rs", "crate::trials![one];\nfn one() {\n}", "mama::trials()"), ["ma::trials()"]);
    assert_eq!(not_run("tests/peers/a/mod.rs", "crate::trials![one];\nfn one() {\n}", "a::trials()"), [""; 0]);
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
        "contrib",
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
        // What an admin runs by hand lies in a folder of its own, and so does the module.
        if path.ends_with("admin") || path.ends_with("module") {
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
