//! Running the program as a script would: words in, streams and exit code out. Nothing of this machine shows through:
//! the time zone is fixed, there is no colour, nobody is at the keyboard.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::Value;
use tempfile::TempDir;

/// Berlin without a time zone database: one hour before UTC in the scenarios' March.
pub const TIME_ZONE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// One run, being prepared.
pub struct Relight(Command);

/// `relight` with these words, split at blanks.
pub fn relight(words: &str) -> Relight {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
    command.args(words.split_whitespace()).env("TZ", TIME_ZONE).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    // Where the journal goes: each run has a place of its own, so that none waits for another.
    command.env(if cfg!(windows) { "ProgramData" } else { "XDG_STATE_HOME" }, own_place());
    command.stdin(Stdio::null());
    Relight(command)
}

/// Below a new folder for each process of tests: under a wine they all have the same number.
fn own_place() -> PathBuf {
    static PLACE: OnceLock<PathBuf> = OnceLock::new();
    static LAST: AtomicUsize = AtomicUsize::new(0);
    let number = LAST.fetch_add(1, Ordering::Relaxed);
    let new =
        || tempfile::Builder::new().prefix("state-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder").keep();
    PLACE.get_or_init(new).join(number.to_string())
}

impl Relight {
    /// More words, split at blanks.
    pub fn args(mut self, words: &str) -> Self {
        self.0.args(words.split_whitespace());
        self
    }

    /// One more word, whatever is in it.
    pub fn arg(mut self, word: impl AsRef<OsStr>) -> Self {
        self.0.arg(word);
        self
    }

    /// The scenario to play, from a file.
    pub fn simulate(self, stage: &Stage) -> Self {
        self.arg("--simulate").arg(stage.file())
    }

    /// A variable of the environment.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.0.env(name, value);
        self
    }

    /// A variable that is not set.
    pub fn without_env(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    /// The command itself, for a test that needs more.
    pub fn into_command(self) -> Command {
        self.0
    }

    /// Runs it to its end, which is the end of every process it started.
    pub fn run(mut self) -> Ran {
        let family = Family::of(&mut self.0);
        let output = self.0.output().expect("relight starts");
        family.assert_gone();
        Ran::new(&self.0, output)
    }
}

/// All processes of a run, known by a variable that each inherits.
pub struct Family(#[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux shows it"))] String);

impl Family {
    /// Marks a command that is about to be started.
    pub fn of(command: &mut Command) -> Self {
        static LAST: AtomicUsize = AtomicUsize::new(0);
        let number = LAST.fetch_add(1, Ordering::Relaxed);
        let mark = format!("{}-{number}-", std::process::id());
        command.env("RELIGHT_TEST_RUN", &mark);
        Self(format!("RELIGHT_TEST_RUN={mark}"))
    }

    /// Waits until all of them have ended; a process that was ended takes a moment to be gone.
    #[cfg(target_os = "linux")]
    #[track_caller]
    pub fn assert_gone(&self) {
        let is_ours =
            |environment: Vec<u8>| environment.windows(self.0.len()).any(|window| window == self.0.as_bytes());
        let mut left = Vec::new();
        for _ in 0..1000 {
            let processes = fs::read_dir("/proc").expect("processes").flatten();
            left = processes.filter(|process| fs::read(process.path().join("environ")).is_ok_and(is_ours)).collect();
            if left.is_empty() {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("left behind: {left:?}");
    }

    #[cfg(not(target_os = "linux"))]
    pub fn assert_gone(&self) {}
}

/// What came of a run.
#[derive(Debug)]
pub struct Ran {
    pub line: String,
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn new(command: &Command, output: Output) -> Self {
        let words = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8").replace("\r\n", "\n");
        Self {
            line: format!("relight {}", words.join(" ")),
            code: output.status.code(),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// It ended with this code.
    #[track_caller]
    pub fn ends(self, code: u8) -> Self {
        assert_eq!(self.code, Some(code.into()), "{self}");
        self
    }

    /// stdout has this, wherever its lines break.
    #[track_caller]
    pub fn says(self, text: &str) -> Self {
        assert!(flat(&self.stdout).contains(text), "stdout lacks {text:?}\n{self}");
        self
    }

    /// stdout does not have this.
    #[track_caller]
    pub fn never_says(self, text: &str) -> Self {
        assert!(!flat(&self.stdout).contains(text), "stdout has {text:?}\n{self}");
        self
    }

    /// stderr has this, wherever its lines break.
    #[track_caller]
    pub fn tells(self, text: &str) -> Self {
        assert!(flat(&self.stderr).contains(text), "stderr lacks {text:?}\n{self}");
        self
    }

    /// stdout is empty.
    #[track_caller]
    pub fn says_nothing(self) -> Self {
        assert_eq!(self.stdout, "", "{self}");
        self
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{self}"))
    }

    /// Both streams and the code, without what differs from run to run.
    pub fn transcript(&self) -> String {
        let code = self.code.map_or_else(|| "a signal".to_owned(), |code| code.to_string());
        let stderr = steady(&self.stderr);
        format!("$ {}\n-- exit code {code}\n-- stderr\n{stderr}-- stdout\n{}", self.line, self.stdout)
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.transcript())
    }
}

/// A text on one line, with single blanks.
pub fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// How long loading took is the one thing that is measured.
fn steady(stderr: &str) -> String {
    let mut text = String::new();
    for line in stderr.split_inclusive('\n') {
        match line.split_once(" loaded in ") {
            Some((what, _)) => text.push_str(&format!("{what} loaded in [time].\n")),
            None => text.push_str(line),
        }
    }
    text
}

/// A folder of its own with a scenario in it.
pub struct Stage {
    folder: TempDir,
}

impl Stage {
    /// A copy of a built-in scenario.
    pub fn of(name: &str) -> Self {
        Self::from_text(builtin(name))
    }

    /// A copy of a built-in scenario with these faults instead of its own, each in the words of docs/SCENARIOS.md.
    pub fn with_faults(name: &str, faults: Value) -> Self {
        let mut scenario: Value = serde_json::from_str(builtin(name)).expect("JSON");
        scenario["faults"] = faults;
        Self::from_text(&scenario.to_string())
    }

    /// A file of this content.
    pub fn from_text(text: &str) -> Self {
        let stage = Self { folder: tempfile::tempdir().expect("a folder") };
        fs::write(stage.file(), text).expect("a file");
        stage
    }

    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn file(&self) -> PathBuf {
        self.folder.path().join("scenario.json")
    }

    /// The file as it is now.
    pub fn text(&self) -> String {
        fs::read_to_string(self.file()).expect("the scenario is still there")
    }

    /// The entries of a component of the first server in both stores: `HealthApi Active 2026-03-14T02:47:17Z`, to the
    /// second.
    pub fn entries(&self, component: &str) -> [Vec<String>; 2] {
        let scenario: Value = serde_json::from_str(&self.text()).expect("JSON");
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
}

fn builtin(name: &str) -> &'static str {
    let known = relight::simulator::scenarios();
    known.iter().find(|builtin| builtin.name == name).unwrap_or_else(|| panic!("no scenario {name}")).text
}
