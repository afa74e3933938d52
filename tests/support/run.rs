//! Running the program as a script would: words in, streams and exit code out. Nothing of this machine shows through:
//! the time zone is fixed, there is no colour, nobody is at the keyboard.

use std::collections::HashMap;
use std::ffi::OsStr;
use std::fmt;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, Command, ExitStatus, Output, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, OnceLock};

use jsonschema::Validator;
use serde_json::Value;

use super::Place;

/// Berlin without a time zone database: one hour before UTC in the scenarios' March.
pub const TIME_ZONE: &str = "CET-1CEST,M3.5.0,M10.5.0/3";

/// Names a folder for the lock of this machine, to a debug build.
pub const LOCKS: &str = "RELIGHT_TEST_LOCKS";

/// One run, being prepared.
pub struct Relight(Command);

/// `relight` with these words, split at blanks.
pub fn relight(words: &str) -> Relight {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
    command.args(words.split_whitespace()).env("TZ", TIME_ZONE).env("NO_COLOR", "1").env_remove("CLICOLOR_FORCE");
    command.stdin(Stdio::null());
    Relight(command).state(&own_place())
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
    /// Where the journal goes: each run has a place of its own, so that none waits for another.
    pub fn state(self, folder: &Path) -> Self {
        self.env(if cfg!(windows) { "ProgramData" } else { "XDG_STATE_HOME" }, folder).env(LOCKS, folder)
    }

    /// More words, split at blanks.
    pub fn args(self, words: &str) -> Self {
        self.words(words.split_whitespace())
    }

    /// More words, whatever is in them.
    pub fn words(mut self, words: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Self {
        self.0.args(words);
        self
    }

    /// One more word, whatever is in it.
    pub fn arg(self, word: impl AsRef<OsStr>) -> Self {
        self.words([word])
    }

    /// The scenario to play, from a file.
    pub fn simulate(self, place: &Place) -> Self {
        self.arg("--simulate").arg(place.file())
    }

    /// A variable of the environment.
    pub fn env(mut self, name: impl AsRef<OsStr>, value: impl AsRef<OsStr>) -> Self {
        self.0.env(name, value);
        self
    }

    /// A variable that is not set.
    pub fn without_env(mut self, name: &str) -> Self {
        self.0.env_remove(name);
        self
    }

    /// The folder it is started in.
    pub fn within(mut self, folder: &Path) -> Self {
        self.0.current_dir(folder);
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

    /// The same with this on stdin.
    pub fn fed(self, stdin: &[u8]) -> Ran {
        let Self(mut command) = self;
        let family = Family::of(&mut command);
        let pipes = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = pipes.spawn().expect("relight starts");
        // One that does not read it has ended already.
        let _unread = child.stdin.take().expect("stdin").write_all(stdin);
        let output = child.wait_with_output().expect("an end");
        family.assert_gone();
        Ran::new(&command, output)
    }

    /// Starts it; both streams are kept for its end.
    pub fn start(self) -> Running {
        let Self(mut command) = self;
        let family = Family::of(&mut command);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("relight starts");
        let stderr = BufReader::new(child.stderr.take().expect("stderr"));
        Running { child, stderr, heard: String::new(), command, family }
    }
}

/// A run under way.
pub struct Running {
    child: Child,
    stderr: BufReader<ChildStderr>,
    heard: String,
    command: Command,
    family: Family,
}

impl Running {
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it has come to its end.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().expect("it can be asked").is_some()
    }

    /// Reads stderr up to the line with this text.
    pub fn hear(&mut self, text: &str) {
        loop {
            let mut line = String::new();
            assert_ne!(self.stderr.read_line(&mut line).expect("stderr"), 0, "no {text:?} in\n{}", self.heard);
            self.heard.push_str(&line);
            if line.contains(text) {
                return;
            }
        }
    }

    /// Sends it a signal, such as `-INT`.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
    }

    pub fn interrupt(&self) {
        self.signal("-INT");
    }

    /// Nobody reads its stdout from now on.
    pub fn close_stdout(&mut self) {
        drop(self.child.stdout.take());
    }

    /// Nobody reads anything from now on; how it ends.
    pub fn leave(self) -> ExitStatus {
        let Self { mut child, stderr, .. } = self;
        drop((stderr, child.stdout.take()));
        child.wait().expect("it ends")
    }

    /// Ends it at once; how it ended says whether it had done so by itself.
    pub fn kill(&mut self) -> ExitStatus {
        self.child.kill().expect("it can be killed");
        self.child.wait().expect("it ends")
    }

    /// Its end, and that of every process it started.
    pub fn end(mut self) -> Ran {
        self.stderr.read_to_string(&mut self.heard).expect("stderr");
        let output = self.child.wait_with_output().expect("an end");
        self.family.assert_gone();
        Ran::new(&self.command, Output { stderr: self.heard.into_bytes(), ..output })
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
pub struct Ran {
    pub line: String,
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ran {
    pub fn new(command: &Command, output: Output) -> Self {
        let words = command.get_args().map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("output is UTF-8").replace("\r\n", "\n");
        Self {
            line: format!("relight {}", words.join(" ")),
            code: output.status.code().unwrap_or_else(|| panic!("ended by a signal: {words:?}")),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }

    /// It ended with this code.
    #[track_caller]
    pub fn ends(self, code: u8) -> Self {
        assert_eq!(self.code, i32::from(code), "{self}");
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

    /// Whether this is on one of the two streams, wherever their lines break.
    pub fn has(&self, text: &str) -> bool {
        flat(&format!("{} {}", self.stdout, self.stderr)).contains(text)
    }

    /// stdout as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("no JSON: {error}\n{self}"))
    }

    /// The document: valid by the schema that it names, in ASCII, alone on stdout, and of one opinion with the exit code.
    #[track_caller]
    pub fn document(&self) -> Value {
        let document = self.json();
        let name = document["schema"].as_str().and_then(|it| it.strip_prefix("relight/")?.strip_suffix("/1.0"));
        let flaws = flaws(name.unwrap_or_else(|| panic!("no schema is named\n{self}")), &document);
        assert!(flaws.is_empty(), "{flaws:#?}\n{self}");
        assert!(self.stdout.is_ascii(), "{self}");
        // history shows runs, each with an exit code of its own, and has one itself only where there is nothing to show.
        if self.is_of_the_past() && document["error"].is_null() {
            assert!(self.code == 0 && (name != Some("history") || document["exitCode"].is_null()), "{self}");
        } else {
            assert_eq!(document["exitCode"], self.code, "{self}");
        }
        document
    }

    fn is_of_the_past(&self) -> bool {
        self.line.split_whitespace().nth(1) == Some("history")
    }

    /// The part of the document on one server.
    #[track_caller]
    pub fn server(&self, name: &str) -> Value {
        let document = self.document();
        let mut servers = document["servers"].as_array().expect("servers").iter();
        servers.find(|server| server["server"] == name).unwrap_or_else(|| panic!("no {name}\n{self}")).clone()
    }

    /// The exit code that each server has on its own, in the order of the document.
    #[track_caller]
    pub fn exits(&self) -> Vec<(String, i64)> {
        let exit = |server: &Value| Some((server["server"].as_str()?.to_owned(), server["exitCode"].as_i64()?));
        let document = self.document();
        document["servers"].as_array().expect("servers").iter().map(|it| exit(it).expect("a code")).collect()
    }

    /// Both streams and the code, without what differs from run to run.
    pub fn transcript(&self) -> String {
        let stderr = steady(&self.stderr);
        format!("$ {}\n-- exit code {}\n-- stderr\n{stderr}-- stdout\n{}", self.line, self.code, self.stdout)
    }
}

impl fmt::Display for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.transcript())
    }
}

impl fmt::Debug for Ran {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.transcript())
    }
}

/// The schemas that ship with relight, by name.
static SCHEMAS: LazyLock<HashMap<String, Validator>> = LazyLock::new(|| {
    let folder = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/schema")).expect("the schemas");
    let compiled = folder.map(|file| {
        let path = file.expect("listed").path();
        let schema = serde_json::from_slice(&fs::read(&path).expect("a schema")).expect("JSON");
        let name = path.file_name().and_then(OsStr::to_str).and_then(|name| name.strip_suffix("-1.0.json"));
        (name.expect("a name").to_owned(), jsonschema::validator_for(&schema).expect("a schema"))
    });
    compiled.collect()
});

/// What is wrong with a value by one of the schemas of docs/schema: `run`, `journal` and so on.
pub fn flaws(schema: &str, value: &Value) -> Vec<String> {
    let schema = SCHEMAS.get(schema).unwrap_or_else(|| panic!("no schema {schema}"));
    schema.iter_errors(value).map(|flaw| format!("{}: {flaw}", flaw.instance_path())).collect()
}

/// The grades that a checkup gave in one check, over all servers.
pub fn grades(document: &Value, check: &str) -> Vec<String> {
    let remarks = document["remarks"].as_array().expect("remarks");
    let of_check = remarks.iter().filter(|remark| remark["check"] == check);
    of_check.map(|remark| remark["grade"].as_str().expect("text").to_owned()).collect()
}

/// A text in which every run has the same name.
pub fn nameless(text: &str) -> String {
    const NAME: &str = "20260314-024710-123";
    let shape = |c: char| if c.is_ascii_digit() { '0' } else { c };
    let mut text = text.to_owned();
    for at in 0..text.len() {
        if text.get(at..at + NAME.len()).is_some_and(|part| part.chars().map(shape).eq(NAME.chars().map(shape))) {
            text.replace_range(at..at + NAME.len(), NAME);
        }
    }
    text
}

/// A text on one line, with single blanks.
pub fn flat(text: &str) -> String {
    // Somebody else's words stand behind a bar on each line.
    let lines = text.lines().map(|line| line.trim_start()).map(|line| line.strip_prefix("| ").unwrap_or(line));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
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
