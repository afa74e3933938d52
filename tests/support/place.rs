//! A folder with a scenario and the journals of the runs on it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::run::{LOCKS, Ran, Relight, relight};

pub struct Place {
    folder: TempDir,
}

/// An entry: whose, of what, where.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    pub server: String,
    pub component: String,
    pub requester: String,
}

impl Place {
    /// The KB fault, and no more than that.
    pub fn new() -> Self {
        Self::from_text(KB)
    }

    /// A copy of a built-in scenario.
    pub fn of(name: &str) -> Self {
        let known = relight::simulator::scenarios();
        Self::from_text(known.iter().find(|it| it.name == name).unwrap_or_else(|| panic!("no scenario {name}")).text)
    }

    /// A scenario file of this content.
    pub fn from_text(text: &str) -> Self {
        let place = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::write(place.file(), text).expect("a file");
        place
    }

    /// The same with these faults in place of its own, each in the words of docs/SCENARIOS.md.
    pub fn with_faults(self, faults: Value) -> Self {
        self.change(|scenario| scenario["faults"] = faults);
        self
    }

    /// The same with Active components and these services on its first server.
    pub fn with_services(self, services: &Value) -> Self {
        self.change(|scenario| {
            for component in ["PopProxy", "ImapProxy"] {
                scenario["servers"][0]["components"][component]["local"] = json!([]);
            }
            scenario["servers"][0]["services"] = services.clone();
        });
        self
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The scenario file.
    pub fn file(&self) -> PathBuf {
        self.folder().join("scenario.json")
    }

    pub fn journal_folder(&self) -> PathBuf {
        self.folder().join("journal")
    }

    pub fn log_file(&self) -> PathBuf {
        self.folder().join("log.txt")
    }

    /// What is logged so far.
    pub fn log(&self) -> String {
        fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    /// The scenario file as it is now.
    pub fn text(&self) -> String {
        fs::read_to_string(self.file()).expect("the scenario is still there")
    }

    pub fn scenario(&self) -> Value {
        serde_json::from_str(&self.text()).expect("a scenario")
    }

    pub fn put(&self, scenario: &Value) {
        fs::write(self.file(), scenario.to_string()).expect("the scenario is written");
    }

    /// Changes the scenario, as somebody else would in the meantime.
    pub fn change(&self, change: impl FnOnce(&mut Value)) {
        let mut scenario = self.scenario();
        change(&mut scenario);
        self.put(&scenario);
    }

    /// The scenario without its faults, so that a second look sees what is there.
    pub fn clear_faults(&self) {
        self.change(|scenario| scenario["faults"] = json!([]));
    }

    /// The state of a service of the first server.
    pub fn service(&self, name: &str) -> String {
        self.scenario()["servers"][0]["services"][name]["state"].as_str().unwrap_or("Running").to_owned()
    }

    /// The entries of a component of the first server in both stores: `HealthApi Active 2026-03-14T02:47:17Z`, to the
    /// second.
    pub fn entries(&self, component: &str) -> [Vec<String>; 2] {
        let scenario = self.scenario();
        let component = &scenario["servers"][0]["components"][component];
        ["local", "remote"].map(|store| {
            let entries = component[store].as_array().into_iter().flatten();
            entries
                .map(|entry| {
                    let [requester, state, at] = ["requester", "state", "timestamp"]
                        .map(|field| entry[field].as_str().expect("text").to_owned());
                    format!("{requester} {state} {}Z", &at[..19])
                })
                .collect()
        })
    }

    /// relight with these words, its journals here.
    pub fn relight(&self, words: &[&str]) -> Relight {
        let relight = relight("").env(LOCKS, self.folder().join("locks"));
        relight.words(words).arg("--journal-dir").arg(self.journal_folder())
    }

    pub fn run(&self, words: &[&str]) -> Ran {
        self.relight(words).run()
    }

    /// relight with these words on the scenario.
    pub fn simulate(&self, words: &[&str]) -> Ran {
        self.relight(words).simulate(self).run()
    }

    /// The same, with a log that tells where it is.
    pub fn logged(&self, words: &[&str]) -> Relight {
        self.relight(words).simulate(self).arg("--log-file").arg(self.log_file())
    }

    /// The journals, oldest first.
    pub fn journals(&self) -> Vec<PathBuf> {
        let Ok(listed) = fs::read_dir(self.journal_folder().join("simulated")) else { return Vec::new() };
        let mut found = listed.map(|entry| entry.expect("listed").path()).collect::<Vec<_>>();
        found.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        found.sort();
        found
    }

    /// The newest journal.
    pub fn journal(&self) -> String {
        fs::read_to_string(self.journals().pop().expect("a journal")).expect("text")
    }

    /// The records of the newest journal, each with its service where it has one; without that of the shell, which not every
    /// system tells apart.
    pub fn records(&self) -> Vec<String> {
        let told = |line: &str| {
            let line: Value = serde_json::from_str(line).expect("JSON");
            format!("{} {}", line["record"], line["service"]).replace(['"'], "").replace(" null", "")
        };
        self.journal().lines().map(told).filter(|record| record != "shell").collect()
    }

    /// The newest journal up to its nth intent, counted from 1.
    pub fn journal_to_intent(&self, nth: usize) -> String {
        let text = self.journal();
        let mut intents = 0;
        let until = |line: &&str| {
            let before = intents < nth;
            intents += usize::from(line.contains(r#""record":"intent""#));
            before
        };
        text.lines().take_while(until).collect::<Vec<_>>().join("\n")
    }

    /// The name of the newest run.
    pub fn newest(&self) -> Option<String> {
        let path = self.journals().pop()?;
        Some(path.file_name()?.to_str()?.split('.').next()?.to_owned())
    }

    /// One run, as `history` shows it to programs.
    pub fn past(&self, run: &str) -> Value {
        self.run(&["history", run, "--format", "json"]).ends(0).document()
    }
}

/// The entries that differ between two states of the scenario, on all its servers.
pub fn changed(before: &Value, after: &Value) -> BTreeSet<Key> {
    let servers =
        before["servers"].as_array().into_iter().flatten().zip(after["servers"].as_array().into_iter().flatten());
    servers.flat_map(|(before, after)| changed_on(before, after)).collect()
}

fn changed_on(before: &Value, after: &Value) -> BTreeSet<Key> {
    let server = before["name"].as_str().expect("a name");
    let components = |server: &Value| server["components"].as_object().cloned().unwrap_or_default();
    let (before, after) = (components(before), components(after));
    let mut keys = BTreeSet::new();
    for component in before.keys().chain(after.keys()) {
        let entries = |components: &serde_json::Map<String, Value>, store: &str| {
            components.get(component).and_then(|it| it[store].as_array().cloned()).unwrap_or_default()
        };
        for store in ["local", "remote"] {
            let (then, now) = (entries(&before, store), entries(&after, store));
            for entry in then.iter().filter(|it| !now.contains(it)).chain(now.iter().filter(|it| !then.contains(it))) {
                let requester = entry["requester"].as_str().expect("text").to_owned();
                keys.insert(Key { server: server.to_owned(), component: component.clone(), requester });
            }
        }
    }
    keys
}

const KB: &str = r#"{
  "scenario": "relight/scenario/1.0",
  "now": "2026-03-14T02:47:10Z",
  "servers": [{"name": "EX01", "components": {
    "PopProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}], "remote": []},
    "ImapProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:53Z"}], "remote": []}
  }}]
}"#;
