//! The words of the screens are those of Exchange: none of an invented language stands in anything that relight prints, in
//! its documents, or in the pages for readers. What a server says may be in any words; it stands behind a bar.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Mutex;

use serde_json::Value;

use super::scenarios::{for_each_row, needs};
use crate::support::{Place, Ran, relight};

/// What is not said, word by word. A name such as `takenDown` is read as its words.
const NEVER: [&str; 33] = [
    "dark",
    "darkness",
    "light",
    "lights",
    "lighting",
    "lit",
    "hold",
    "holds",
    "held",
    "holding",
    "holder",
    "holders",
    "lift",
    "lifts",
    "lifted",
    "lifting",
    "proof",
    "proofs",
    "prove",
    "proves",
    "proved",
    "proven",
    "proving",
    "clue",
    "clues",
    "agreed to",
    "taken down",
    "takes down",
    "took down",
    "cut off",
    "cuts off",
    "without a word",
    "front end half",
];

/// The words of a text in small letters: `takenDown` is two, and so is `Since (UTC)`.
fn words(text: &str) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut was_small = false;
    for letter in text.chars() {
        if !letter.is_ascii_alphabetic() || (was_small && letter.is_ascii_uppercase()) {
            words.push(String::new());
        }
        if letter.is_ascii_alphabetic() {
            words.last_mut().expect("one at least").push(letter.to_ascii_lowercase());
        }
        was_small = letter.is_ascii_lowercase();
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What of it is said all the same, each with the words around it.
fn said(text: &str) -> Vec<(&'static str, String)> {
    const AROUND: usize = 6;
    let words = words(text);
    let mut said = Vec::new();
    for never in NEVER {
        let length = never.split(' ').count();
        for (at, found) in words.windows(length).enumerate().filter(|(_, found)| found.join(" ") == never) {
            let (from, to) = (at.saturating_sub(AROUND), (at + found.len() + AROUND).min(words.len()));
            said.push((never, words[from..to].join(" ")));
        }
    }
    said
}

/// What is said that is not to be, each with where it was found first.
#[derive(Default)]
struct Found(Mutex<BTreeMap<String, String>>);

impl Found {
    fn look(&self, at: &str, text: &str) {
        for (word, around) in said(text) {
            let mut found = self.0.lock().expect("nobody failed");
            found.entry(format!("{word}: ... {around} ...")).or_insert_with(|| at.to_owned());
        }
    }

    /// Each paragraph by itself, without what stands behind a bar: a sentence may go on in the next line.
    fn look_at_text(&self, at: &str, text: &str) {
        let own = |line: &&str| !line.trim_start().starts_with("| ");
        let own = text.lines().map(|line| line.trim_start_matches(['\r'])).filter(own);
        for paragraph in own.collect::<Vec<_>>().join("\n").split("\n\n") {
            self.look(at, paragraph);
        }
    }

    /// The keys and the texts.
    fn look_at_json(&self, at: &str, value: &Value) {
        match value {
            Value::Null | Value::Bool(_) | Value::Number(_) => {}
            Value::String(text) => self.look(at, text),
            Value::Array(items) => items.iter().for_each(|item| self.look_at_json(at, item)),
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.look(at, name);
                    self.look_at_json(at, value);
                }
            }
        }
    }

    fn look_at_run(&self, ran: &Ran) {
        self.look_at_text(&ran.line, &ran.stderr);
        match serde_json::from_str(&ran.stdout) {
            Ok(document) => self.look_at_json(&ran.line, &document),
            Err(_) => self.look_at_text(&ran.line, &ran.stdout),
        }
    }

    #[track_caller]
    fn nothing(self) {
        let found = self.0.into_inner().expect("nobody failed");
        let told = found.iter().map(|(said, at)| format!("{said} ({at})\n")).collect::<String>();
        assert!(found.is_empty(), "{} times:\n{told}", found.len());
    }
}

#[test]
fn words_are_told_from_parts_of_words_and_names_are_read_as_their_words() {
    for (text, expected) in [
        ("Threshold: split, literal, household", vec![]),
        ("PopProxy is lit.", vec!["lit"]),
        ("HeldBy\nholds-nothing", vec!["holds", "held"]),
        ("nothing was taken, and down it went", vec![]),
        ("\"takenDown\": 1", vec!["taken down"]),
        ("agreed\n  to", vec!["agreed to"]),
    ] {
        let said = said(text).into_iter().map(|(word, _)| word).collect::<Vec<_>>();
        assert_eq!(said, expected, "{text}");
    }
}

#[test]
fn no_scenario_is_told_in_other_words_than_those_of_exchange() {
    let found = Found::default();
    for_each_row(|row| {
        // In a fix nobody waits: what comes later is said in the same words.
        for words in [
            "check",
            "check -v",
            "check -q",
            "check --probe",
            "check --format json",
            "fix --dry-run",
            "fix --yes --no-wait",
            "fix --yes --no-wait --format json",
            "fix --yes --no-wait --requester any --include-server-wide-offline",
            "doctor",
        ] {
            let place = Place::of(row.name);
            let needs = if words.contains("--no-wait") || words.contains("--probe") {
                needs(words, row.name).replace("--no-wait", "").replace("--probe", "")
            } else {
                needs(words, row.name).to_owned()
            };
            found.look_at_run(&place.relight(&[]).args(words).args(&needs).simulate(&place).run());
        }
    });
    found.nothing();
}

#[test]
fn no_run_of_the_past_is_told_in_other_words_either() {
    let found = Found::default();
    for_each_row(|row| {
        let place = Place::of(row.name);
        let way = needs("fix", row.name).replace("--no-wait", "");
        // The servers of a past run are those of its record.
        let timeout = if way.contains("--server") { "" } else { way.as_str() };
        let simulate = |words: &str| found.look_at_run(&place.relight(&[]).args(words).simulate(&place).run());
        let read = |words: &str| found.look_at_run(&place.relight(&[]).args(words).run());
        simulate(&format!("fix --yes --no-wait {way}"));
        let Some(run) = place.newest() else { return };
        read("history");
        read("history --format json");
        read(&format!("history {run}"));
        read(&format!("history {run} --format json"));
        simulate(&format!("resume {run} {timeout}"));
        simulate(&format!("undo {run} --dry-run {timeout}"));
        simulate(&format!("undo {run} --yes {timeout}"));
        simulate(&format!("undo {run} --yes --format json {timeout}"));
    });
    found.nothing();
}

#[test]
fn no_help_and_no_list_is_in_other_words() {
    let found = Found::default();
    let commands = ["", "check", "fix", "doctor", "probe", "history", "undo", "resume", "scenarios", "completions"];
    for command in commands {
        for help in ["--help", "-h"] {
            found.look_at_run(&relight(command).arg(help).run().ends(0));
        }
    }
    for words in ["scenarios", "scenarios --format json", "probe --timeout 1s 127.0.0.1:9"] {
        found.look_at_run(&relight(words).run());
    }
    for (wrong, value) in [("--component", "ServerWideOffline"), ("--requester", "1"), ("--requester", "HealthApj")] {
        found.look_at_run(&relight("fix").arg(wrong).arg(value).run().ends(2));
    }
    found.nothing();
}

/// The texts in a Rust file, up to its unit tests.
fn literals(code: &str) -> Vec<String> {
    let code = code.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    let mut rest = code;
    while let Some(at) = rest.find(['"', '\'', '/']) {
        let (before, after) = (&rest[..at], &rest[at + 1..]);
        rest = match &rest[at..=at] {
            "/" if after.starts_with('/') => after.find('\n').map_or("", |end| &after[end..]),
            "/" => after,
            // A character; else a lifetime.
            "'" if after.starts_with('\\') => after[2..].find('\'').map_or("", |end| &after[end + 3..]),
            "'" => match after.char_indices().nth(1) {
                Some((end, '\'')) => &after[end + 1..],
                Some(_) | None => after,
            },
            _ => {
                let hashes = before.len() - before.trim_end_matches('#').len();
                let is_raw = before.trim_end_matches('#').ends_with('r');
                let end = if is_raw { after.find(&format!("\"{}", "#".repeat(hashes))) } else { end_of_text(after) };
                let end = end.expect("a text ends");
                found.push(without_names(&after[..end].replace("\\n", " ").replace("\\\n", " ")));
                &after[end + 1..]
            }
        };
    }
    found
}

/// A text without the names of what is put into it.
fn without_names(text: &str) -> String {
    let is_name = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "_:.?<>$".contains(c));
    let mut parts = text.split('{');
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        match part.split_once('}').filter(|(name, _)| is_name(name)) {
            Some((_, after)) => out.extend([" ", after]),
            None => out.extend(["{", part]),
        }
    }
    out
}

/// Where a text ends whose quotes may be escaped.
fn end_of_text(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    text.char_indices().find_map(|(at, c)| {
        let is_end = c == '"' && !is_escaped;
        is_escaped = c == '\\' && !is_escaped;
        is_end.then_some(at)
    })
}

/// What is only said where no test goes: to a person at a terminal, of a rare failure, on Windows.
#[test]
fn no_text_in_the_program_is_in_other_words() {
    let found = Found::default();
    let mut open = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = open.pop() {
        for file in fs::read_dir(folder).expect("a folder") {
            let path = file.expect("a file").path();
            let name = path.file_name().and_then(|name| name.to_str()).expect("a name").to_owned();
            let is_test = ["tests.rs", "fixtures.rs", "pty.rs", "samples.rs"].iter().any(|end| name.ends_with(end));
            if path.is_dir() {
                open.push(path);
            } else if name.ends_with(".rs") && !is_test {
                let code = fs::read_to_string(&path).expect("text").replace("\r\n", "\n");
                literals(&code).iter().for_each(|text| found.look(&name, text));
            }
        }
    }
    found.nothing();
}

#[test]
fn the_texts_of_a_file_are_found() {
    let code = r##"let a = 'x'; // "none"
        f::<'a>("one {held:?} \"and\" \
        a half", '"', '\'', r"two\", r#"thr"ee"#); /* */ "four" #[cfg(test)]"##;
    let flat = |text: &String| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let found = literals(code).iter().map(flat).collect::<Vec<_>>();
    assert_eq!(found, [r#"one \"and\" a half"#, "two\\", "thr\"ee", "four"]);
}

#[test]
fn no_page_and_no_schema_is_in_other_words() {
    let found = Found::default();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed =
        |folder: &str| fs::read_dir(root.join(folder)).expect("a folder").map(|file| file.expect("a file").path());
    let pages = listed("docs").chain([root.join("README.md")]);
    for page in pages.filter(|path| path.extension().is_some_and(|extension| extension == "md")) {
        // A table of a page has its bars at the left edge.
        let text = fs::read_to_string(&page).expect("text").replace("\n| ", "\n- ");
        found.look_at_text(&page.display().to_string(), &text);
    }
    for schema in listed("docs/schema") {
        let value = serde_json::from_slice(&fs::read(&schema).expect("bytes")).expect("JSON");
        found.look_at_json(&schema.display().to_string(), &value);
    }
    found.nothing();
}
