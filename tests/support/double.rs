//! The Exchange stand-in of tests/exchange-double, in a folder of its own: what it plays, what it was asked, which
//! PowerShell runs it, and relight run on it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::peer::pwsh;
use super::run::{Ran, Relight, Running, relight};
use super::until;

pub const OLD: &str = "2014-12-05T15:52:52.1234567Z";
pub const NEW: &str = "2021-09-28T17:20:23.4772745Z";

/// What is started, and with which Exchange.
pub struct Setup {
    pwsh: PathBuf,
    folder: TempDir,
}

impl Setup {
    /// A folder of its own with this state of the double, and the PowerShell to test with, which must be there.
    pub fn new(state: &Value) -> Self {
        let setup = Self { pwsh: pwsh(), folder: TempDir::new().unwrap() };
        setup.set_state(state);
        setup
    }

    /// The PowerShell to test with.
    pub fn shell(&self) -> &Path {
        &self.pwsh
    }

    /// Replaces the state of the double; the next call sees it.
    pub fn set_state(&self, state: &Value) {
        fs::write(self.state_file(), state.to_string()).unwrap();
    }

    pub fn state_file(&self) -> PathBuf {
        self.path("state.json")
    }

    /// The state of the double, byte for byte.
    pub fn state(&self) -> String {
        fs::read_to_string(self.state_file()).unwrap()
    }

    /// The same as JSON.
    pub fn seen(&self) -> Value {
        serde_json::from_str(&self.state()).unwrap()
    }

    /// A file of this folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What leads a shell to the double.
    pub fn environment(&self) -> Vec<(&'static str, OsString)> {
        vec![
            ("ExchangeInstallPath", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange-double").into()),
            ("EXCHANGE_DOUBLE_STATE", self.state_file().into()),
            ("EXCHANGE_DOUBLE_LOG", self.path("log.jsonl").into()),
            ("POWERSHELL_TELEMETRY_OPTOUT", "1".into()),
            // Where the journal goes: each run has a place of its own, so that none waits for another.
            (if cfg!(windows) { "ProgramData" } else { "XDG_STATE_HOME" }, self.path("state").into()),
            ("RELIGHT_TEST_LOCKS", self.path("state").into()),
            // Far from UTC, so that a time taken for local shows.
            ("TZ", "America/New_York".into()),
        ]
    }

    /// What the double noted: one value per load, connect and cmdlet call.
    pub fn log(&self) -> Vec<Value> {
        self.noted().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The same as text.
    pub fn noted(&self) -> String {
        fs::read_to_string(self.path("log.jsonl")).unwrap_or_default()
    }

    /// The arguments of every call of one kind, in order.
    pub fn calls(&self, what: &str) -> Vec<Value> {
        self.log().into_iter().filter(|entry| entry["what"] == what).map(|entry| entry["args"].clone()).collect()
    }

    /// The process ids of the shells that loaded Exchange, one for each load.
    pub fn shells(&self) -> Vec<u64> {
        let loads = self.log().into_iter().filter(|entry| entry["what"] == "load");
        loads.map(|entry| entry["pid"].as_u64().unwrap()).collect()
    }

    /// Server, component and requester of each Set, as they arrived.
    pub fn sets(&self) -> Vec<[String; 3]> {
        let sets = self.calls("Set-ServerComponentState");
        assert!(sets.iter().all(|args| args["State"] == "Active"), "{sets:?}");
        let word = |args: &Value, name: &str| args[name].as_str().expect("text").to_owned();
        sets.iter().map(|args| ["Identity", "Component", "Requester"].map(|name| word(args, name))).collect()
    }

    /// relight with these words, on servers that are not there to be connected to: a fix looks at no port and waits for
    /// none.
    pub fn relight(&self, words: &[&str]) -> Relight {
        self.connected(&apart(words))
    }

    /// relight with exactly these words: the servers are this machine.
    pub fn connected(&self, words: &[&str]) -> Relight {
        self.prepare(words).words(self.shell_arguments())
    }

    /// relight with these words, through another PowerShell.
    pub fn through(&self, shell: &Path, words: &[&str]) -> Relight {
        self.prepare(&apart(words)).arg("--powershell").arg(shell)
    }

    /// A run with these words, under way, once the double has noted this.
    #[track_caller]
    pub fn start_until(&self, noted: &str, words: &[&str]) -> Running {
        let mut run = self.relight(words).start();
        until(noted, || {
            assert!(!run.has_ended(), "no {noted}: {:?}", self.log());
            !self.calls(noted).is_empty()
        });
        run
    }

    fn prepare(&self, words: &[&str]) -> Relight {
        let run = relight("").words(words).within(self.folder.path());
        self.run_environment().into_iter().fold(run, |run, (name, value)| run.env(name, value))
    }

    /// One whole run.
    pub fn run(&self, words: &[&str]) -> Ran {
        self.clean(self.relight(words).run())
    }

    /// What came of a run, after a look at what it left behind.
    pub fn clean(&self, ran: Ran) -> Ran {
        self.assert_clean();
        ran
    }

    /// What a run finds in its environment: the double, and a folder for temporary files that can be looked into.
    pub fn run_environment(&self) -> Vec<(&'static str, OsString)> {
        let temporary = self.path("tmp");
        fs::create_dir_all(&temporary).unwrap();
        let mut environment = self.environment();
        environment.push((if cfg!(windows) { "TMP" } else { "TMPDIR" }, temporary.into()));
        environment
    }

    /// relight finds the PowerShell of the system by itself, as it must on a server; any other has to be named.
    pub fn shell_arguments(&self) -> Vec<OsString> {
        let own = relight::shell::locate::find(None);
        // Windows does not care about upper and lower case, and PATH spells it in its own way.
        if own.is_ok_and(|own| own.as_os_str().eq_ignore_ascii_case(self.shell())) {
            return Vec::new();
        }
        vec!["--powershell".into(), self.shell().into()]
    }

    /// What holds after every run: its shells are gone, their scripts too, and no write was sent twice.
    pub fn assert_clean(&self) {
        let mut shells = self.log().iter().map(|entry| entry["pid"].as_u64().unwrap()).collect::<Vec<_>>();
        shells.dedup();
        for shell in shells {
            assert!(!is_running(shell), "the shell {shell} is still there");
        }
        let left = fs::read_dir(self.path("tmp")).unwrap().map(|entry| entry.unwrap().file_name());
        let left = left.filter(|name| name.to_string_lossy().starts_with("relight-")).collect::<Vec<_>>();
        assert!(left.is_empty(), "{left:?} was left behind");
        let mut sets = self.sets();
        let sent = sets.len();
        sets.sort();
        sets.dedup();
        assert_eq!(sets.len(), sent, "a write was sent twice");
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

fn apart<'a>(words: &[&'a str]) -> Vec<&'a str> {
    match words {
        ["fix", rest @ ..] => [&["fix", "--no-probe", "--no-wait"], rest].concat(),
        other => other.to_vec(),
    }
}

/// Whether a process still runs; where that cannot be told without help, no.
fn is_running(process: u64) -> bool {
    // A wine shows the processes of Linux there, which have other numbers.
    if cfg!(windows) {
        return false;
    }
    // A process that was ended may take a moment to go; its parent has waited for it, so that this is rare.
    (0..100).all(|_| {
        let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
        let runs = !status.is_empty() && !status.contains("State:\tZ");
        if runs {
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        runs
    })
}
