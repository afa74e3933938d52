//! A scenario file, a journal folder, and relight run on them.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with a scenario and the journals of the runs on it.
pub struct Place {
    folder: TempDir,
}

/// One entry of a store that is told apart: component and requester.
pub type Key = (String, String);

impl Place {
    /// The KB fault in a file.
    pub fn new() -> Self {
        Self::with_faults(json!([]))
    }

    pub fn with_faults(faults: Value) -> Self {
        let mut scenario: Value = serde_json::from_str(KB).expect("a scenario");
        scenario["faults"] = faults;
        let place = Self { folder: tempfile::tempdir().expect("a folder") };
        place.put(&scenario);
        place
    }

    /// EX01 with Active components and these services, and with these faults.
    pub fn with_services(services: &Value, faults: Value) -> Self {
        let place = Self::with_faults(faults);
        let mut scenario = place.scenario();
        for component in ["PopProxy", "ImapProxy"] {
            scenario["servers"][0]["components"][component]["local"] = json!([]);
        }
        scenario["servers"][0]["services"] = services.clone();
        place.put(&scenario);
        place
    }

    /// The state of a service of EX01.
    pub fn service(&self, name: &str) -> String {
        let scenario = self.scenario();
        scenario["servers"][0]["services"][name]["state"].as_str().unwrap_or("Running").to_owned()
    }

    pub fn put(&self, scenario: &Value) {
        fs::write(self.scenario_file(), scenario.to_string()).expect("the scenario is written");
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn scenario_file(&self) -> PathBuf {
        self.path().join("scenario.json")
    }

    pub fn journal_folder(&self) -> PathBuf {
        self.path().join("journal")
    }

    pub fn log_file(&self) -> PathBuf {
        self.path().join("log.txt")
    }

    pub fn scenario(&self) -> Value {
        serde_json::from_slice(&fs::read(self.scenario_file()).expect("it is there")).expect("a scenario")
    }

    /// The scenario without its faults, so that a second look sees what is there.
    pub fn lift_faults(&self) {
        let mut scenario = self.scenario();
        scenario["faults"] = json!([]);
        self.put(&scenario);
    }

    /// relight with these words, its journals here.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
        command.args(words).arg("--journal-dir").arg(self.journal_folder()).stdin(Stdio::null());
        command
    }

    pub fn run(&self, words: &[&str]) -> Ran {
        Ran::of(self.command(words).output().expect("relight runs"))
    }

    /// relight with these words on the scenario.
    pub fn simulate(&self, words: &[&str]) -> Ran {
        let file = self.scenario_file();
        self.run(&[words, &["--simulate", file.to_str().expect("text")]].concat())
    }

    /// The journals, oldest first.
    pub fn journals(&self) -> Vec<PathBuf> {
        let Ok(listed) = fs::read_dir(self.journal_folder().join("simulated")) else { return Vec::new() };
        let mut found = listed.map(|entry| entry.expect("listed").path()).collect::<Vec<_>>();
        found.retain(|path| path.extension().is_some_and(|extension| extension == "jsonl"));
        found.sort();
        found
    }

    /// The name of the newest run.
    pub fn newest(&self) -> Option<String> {
        let path = self.journals().pop()?;
        Some(path.file_name()?.to_str()?.split('.').next()?.to_owned())
    }

    /// One run, as `history` shows it to programs.
    pub fn past(&self, run: &str) -> Value {
        let ran = self.run(&["history", run, "--format", "json"]);
        assert_eq!(ran.code, Some(0), "{}", ran.err);
        let document: Value = serde_json::from_str(&ran.out).expect("JSON");
        document["run"].clone()
    }
}

/// What a run of relight came to.
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    pub fn of(output: Output) -> Self {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// The entries that differ between two states of the scenario.
pub fn changed(before: &Value, after: &Value) -> BTreeSet<Key> {
    let mut keys = BTreeSet::new();
    let components = |scenario: &Value| scenario["servers"][0]["components"].as_object().cloned().unwrap_or_default();
    let (before, after) = (components(before), components(after));
    for component in before.keys().chain(after.keys()) {
        let entries = |scenario: &serde_json::Map<String, Value>, store: &str| {
            scenario.get(component).and_then(|it| it[store].as_array().cloned()).unwrap_or_default()
        };
        for store in ["local", "remote"] {
            let (then, now) = (entries(&before, store), entries(&after, store));
            for entry in then.iter().filter(|it| !now.contains(it)).chain(now.iter().filter(|it| !then.contains(it))) {
                keys.insert((component.clone(), entry["requester"].as_str().expect("text").to_owned()));
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
