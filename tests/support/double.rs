//! The Exchange stand-in of tests/exchange-double, in a folder of its own: what it plays, what it was asked, and which
//! PowerShell runs it.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Once;
use std::{env, fs, io};

use serde_json::{Value, json};
use tempfile::TempDir;

pub const OLD: &str = "2014-12-05T15:52:52.1234567Z";
pub const NEW: &str = "2021-09-28T17:20:23.4772745Z";

/// The PowerShell to test with: `pwsh`, or what `RELIGHT_TEST_POWERSHELL` names (`powershell` is Windows PowerShell). `None`,
/// with one line said for all tests, where there is none.
fn pwsh() -> Option<PathBuf> {
    static SAID: Once = Once::new();
    let name = env::var("RELIGHT_TEST_POWERSHELL").unwrap_or_else(|_| "pwsh".into());
    if let Ok(path) = which::which(&name) {
        return Some(path);
    }
    assert!(env::var_os("RELIGHT_REQUIRE_PWSH").is_none_or(|value| value != "1"), "no {name} on PATH");
    // Not by a macro, whose text the test harness keeps to itself.
    SAID.call_once(|| writeln!(io::stderr(), "skipped: no {name} on PATH").expect("stderr"));
    None
}

/// What is started, and with which Exchange.
pub struct Setup {
    pwsh: PathBuf,
    folder: TempDir,
}

impl Setup {
    /// A folder of its own with this state of the double; `None`: no PowerShell.
    pub fn new(state: &Value) -> Option<Self> {
        let setup = Self { pwsh: pwsh()?, folder: TempDir::new().unwrap() };
        setup.set_state(state);
        Some(setup)
    }

    /// The PowerShell to test with.
    pub fn shell(&self) -> &Path {
        &self.pwsh
    }

    /// Replaces the state of the double; the next call sees it.
    pub fn set_state(&self, state: &Value) {
        fs::write(self.path("state.json"), state.to_string()).unwrap();
    }

    /// A file of this folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What leads a shell to the double.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("ExchangeInstallPath", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange-double").into()),
            ("EXCHANGE_DOUBLE_STATE", self.path("state.json").into()),
            ("EXCHANGE_DOUBLE_LOG", self.path("log.jsonl").into()),
            ("POWERSHELL_TELEMETRY_OPTOUT", "1".into()),
            // Where the journal goes: each run has a place of its own, so that none waits for another.
            (if cfg!(windows) { "ProgramData" } else { "XDG_STATE_HOME" }, self.path("state").into()),
            // Far from UTC, so that a time taken for local shows.
            ("TZ", "America/New_York".into()),
        ]
    }

    /// What the double noted: one value per load, connect and cmdlet call.
    pub fn log(&self) -> Vec<Value> {
        let text = fs::read_to_string(self.path("log.jsonl")).unwrap_or_default();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The arguments of every call of one kind, in order.
    pub fn calls(&self, what: &str) -> Vec<Value> {
        self.log().into_iter().filter(|entry| entry["what"] == what).map(|entry| entry["args"].clone()).collect()
    }
}

/// A recorded state.
pub fn entry(requester: &str, state: &str, timestamp: &str) -> Value {
    json!({"requester": requester, "state": state, "timestamp": timestamp})
}

/// A state of the double with one key replaced.
pub fn with(mut state: Value, key: &str, value: Value) -> Value {
    state[key] = value;
    state
}
