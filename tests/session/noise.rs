//! relight itself on a shell that answers well, with noise around its answers, nonsense in place of one, or a process left
//! behind that keeps its output open: noise changes nothing, a lost shell is said to be lost, and a change whose answer was
//! lost is looked at, never repeated.

use std::{
    env, fs,
    path::PathBuf,
    process::{Command, Stdio},
    sync::LazyLock,
};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::wire::{FAULTS, GARBAGE, NOISES, SCENARIO, written};
use crate::{Roll, assert_gone};

crate::trials![
    noise_never_hides_an_answer_and_nonsense_replaces_it,
    noise_of_any_kind_changes_nothing,
    noise_of_all_kinds_changes_nothing_in_any_mode,
    a_process_that_outlives_the_shell_and_keeps_its_output_open_delays_nothing,
    a_hello_or_a_load_that_makes_no_sense_ends_the_run,
    an_answer_that_makes_no_sense_in_a_look_leaves_everything_as_it_is,
    a_change_whose_answer_makes_no_sense_is_sent_once_and_confirmed_by_a_new_session,
    noise_is_in_the_log_without_what_steers_a_terminal,
    a_checkup_is_not_disturbed_by_noise,
    a_checkup_asks_on_when_one_answer_makes_no_sense,
    a_policy_that_refuses_the_scripts_is_named_everywhere_with_what_to_do,
];

/// A shell that prints things that look like answers, with all else that does not stop it.
const NOISY: &str = "host-text@connect, cp437, cp850, cp1252, escape-codes, unmarked-frame, forged-frame, stale-frame, \
    stderr-flood, glued-text, bom, crlf, split-frame";
const CONFIRMED: [&str; 2] =
    ["FIXED: PopProxy and ImapProxy are Active again.", "ImapProxy Inactive Active both stores"];
const UNTOUCHED: &str = "HealthApi Inactive 2026-03-14T02:31:52Z";

/// A folder with the fault of KB 3025138 in a file, and a shell that plays it.
struct Place {
    folder: TempDir,
    faults: String,
}

/// How a run ended.
struct Ran {
    words: String,
    code: Option<i32>,
    out: String,
    err: String,
}

impl Place {
    fn new(faults: &str) -> Self {
        let place = Self { folder: TempDir::new().unwrap(), faults: faults.to_owned() };
        let known = relight::simulator::scenarios();
        fs::write(place.scenario(), known.iter().find(|it| it.name == "kb-3025138").unwrap().text).unwrap();
        place
    }

    /// With a fault of the scenario itself besides.
    fn with_fault(faults: &str, fault: Value) -> Self {
        let place = Self::new(faults);
        let mut scenario: Value = serde_json::from_str(&place.text()).unwrap();
        scenario["faults"] = json!([fault]);
        fs::write(place.scenario(), scenario.to_string()).unwrap();
        place
    }

    fn scenario(&self) -> PathBuf {
        self.folder.path().join("scenario.json")
    }

    fn text(&self) -> String {
        fs::read_to_string(self.scenario()).unwrap()
    }

    /// The entries of a component in both stores, to the second.
    fn entries(&self, component: &str) -> [Vec<String>; 2] {
        let scenario: Value = serde_json::from_str(&self.text()).unwrap();
        let entry = |entry: &Value| {
            let [requester, state, at] =
                ["requester", "state", "timestamp"].map(|field| entry[field].as_str().unwrap().to_owned());
            format!("{requester} {state} {}Z", &at[..19])
        };
        let stored = &scenario["servers"][0]["components"][component];
        ["local", "remote"].map(|store| stored[store].as_array().into_iter().flatten().map(entry).collect())
    }

    /// relight with these words, on this shell. Its ports are nobody's: nothing is probed.
    fn run(&self, words: &str) -> Ran {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
        command.args(words.split_whitespace()).arg("--powershell").arg(env::current_exe().unwrap());
        let state = if cfg!(windows) { "ProgramData" } else { "XDG_STATE_HOME" };
        let fixed = [("TZ", "CET-1CEST,M3.5.0,M10.5.0/3"), ("NO_COLOR", "1"), (FAULTS, self.faults.as_str())];
        command.envs(fixed).env(SCENARIO, self.scenario()).env(state, self.folder.path().join("state"));
        command.env("RELIGHT_TEST_LOCKS", self.folder.path().join("state"));
        let output = command.env_remove("CLICOLOR_FORCE").stdin(Stdio::null()).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap().replace("\r\n", "\n");
        Ran { words: words.to_owned(), code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    /// A fix of both components.
    fn fix(&self) -> Ran {
        self.run("fix --yes --no-probe")
    }

    /// A fix of PopProxy alone, and how many changes were sent.
    fn fix_pop(&self) -> (Ran, usize) {
        let log = self.folder.path().join("log");
        let words =
            format!("fix --yes --no-probe --component PopProxy --call-timeout 20s --log-file {}", log.display());
        let ran = self.run(&words);
        let log = fs::read_to_string(log).unwrap();
        (ran, log.lines().filter(|line| line.contains("asking call=set-component-state")).count())
    }
}

impl Ran {
    #[track_caller]
    fn ends(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "{self}");
        self
    }

    /// stdout has this, wherever its lines break.
    #[track_caller]
    fn says(self, text: &str) -> Self {
        assert!(flat(&self.out).contains(text), "stdout lacks {text:?}\n{self}");
        self
    }

    /// stderr has this, wherever its lines break.
    #[track_caller]
    fn tells(self, text: &str) -> Self {
        assert!(flat(&self.err).contains(text), "stderr lacks {text:?}\n{self}");
        self
    }

    /// stdout as a document of this schema.
    #[track_caller]
    fn document(&self, schema: &jsonschema::Validator) -> Value {
        let document = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}\n{self}"));
        let errors = schema.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{errors:#?}\n{self}");
        assert!(self.out.is_ascii() && document["exitCode"] == json!(self.code), "{self}");
        document
    }
}

impl std::fmt::Display for Ran {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "$ relight {}\n-- exit code {:?}\n-- stderr\n{}-- stdout\n{}",
            self.words, self.code, self.err, self.out
        )
    }
}

fn flat(text: &str) -> String {
    // Somebody else's words stand behind a bar on each line.
    let lines = text.lines().map(|line| line.trim_start()).map(|line| line.strip_prefix("| ").unwrap_or(line));
    lines.flat_map(str::split_whitespace).collect::<Vec<_>>().join(" ")
}

fn schema(text: &str) -> jsonschema::Validator {
    jsonschema::validator_for(&serde_json::from_str(text).unwrap()).unwrap()
}

static RUN: LazyLock<jsonschema::Validator> = LazyLock::new(|| schema(include_str!("../../docs/schema/run-1.0.json")));
static DOCTOR: LazyLock<jsonschema::Validator> =
    LazyLock::new(|| schema(include_str!("../../docs/schema/doctor-1.0.json")));

fn noise_never_hides_an_answer_and_nonsense_replaces_it() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    let nonce = "00112233445566778899aabbccddeeff";
    let get = |id: u64, component: &str| {
        let args = json!({"server": "EX01", "component": component});
        format!("{}\n", json!({"id": id, "op": "get-component-state", "args": args}))
    };
    let connect = json!({"id": 1, "op": "connect", "args": {"connection": "ems"}});
    let talk = |fault: &str, more: &str| written(fault, &format!("{connect}\n{more}"), nonce);
    let frames = |stdout: &[u8]| -> Vec<(u64, Value)> {
        let text = String::from_utf8_lossy(stdout).into_owned();
        let bodies = text.lines().filter_map(|line| {
            let (_, frame) = line.split_once(&format!("@RL1 {nonce} "))?;
            let (id, body) = frame.trim_end().split_once(' ')?;
            Some((id.parse().ok()?, serde_json::from_slice(&STANDARD.decode(body).ok()?).ok()?))
        });
        bodies.collect()
    };
    let signs: [&[u8]; 14] = [
        b"Welcome to the Exchange Management Shell!\r\n",
        b"local.@RL1 ",
        b"M\x81nchen",
        b"Gr\x94\xE1e",
        b"\x84EX01\x93",
        b"\x1B[2J",
        b"\xEF\xBB\xBF@RL1 ",
        b"=\r\n",
        b"\n@RL1 ",
        &[b'x'; 10_000],
        b"@RL1 2 ",
        b"@RL1 0123456789abcdef0123456789abcdef 2 ",
        b"\n@RL1 00112233445566778899aabbccddeeff 1 eyJraW5kIjoiZXJyb3Ii",
        b"@RL1 ",
    ];
    for (kind, sign) in NOISES.into_iter().zip(signs) {
        let (stdout, stderr) = talk(kind, &get(2, "PopProxy"));
        let last = frames(&stdout).pop().unwrap().1;
        assert_eq!(last["data"]["objects"][0]["component"], "PopProxy", "{kind}");
        assert!(stdout.windows(sign.len()).any(|it| it == sign), "{kind}");
        assert_eq!(stdout.len() > 3 * (4 << 20), kind == "giant-line");
        assert_eq!(stderr.len() >= 1 << 20, kind == "stderr-flood");
    }
    for kind in GARBAGE {
        let (stdout, _) = talk(&format!("{kind}@get-component-state"), &(get(2, "PopProxy") + &get(3, "ImapProxy")));
        assert!(frames(&stdout).iter().all(|(id, body)| *id < 2 || body["kind"] == "weather"), "{kind}");
        assert_eq!(stdout.iter().filter(|&&byte| byte == b'\n').count(), 5, "{kind}");
    }
}

/// What it reports, without the commands that name the run.
fn report(ran: &Ran) -> &str {
    ran.out.split_once("To undo it:").expect("something was changed").0
}

fn noise_of_any_kind_changes_nothing() {
    let quiet = Place::new("");
    let expected = quiet.fix().ends(0).says(CONFIRMED[0]).says(CONFIRMED[1]);
    for kind in NOISES {
        let with = if kind == "giant-line" { "@set-component-state" } else { "" };
        let place = Place::new(&format!("{kind}{with}"));
        let ran = place.fix().ends(0);
        assert_eq!(report(&ran), report(&expected), "{kind}\n{ran}");
        assert_eq!(place.entries("PopProxy"), quiet.entries("PopProxy"), "{kind}");
    }
}

fn noise_of_all_kinds_changes_nothing_in_any_mode() {
    let inactive = "NOT OK: PopProxy and ImapProxy are Inactive: POP3 and IMAP4 clients are turned away.";
    for (command, code, sentence) in [
        ("check", 10, inactive),
        ("fix --dry-run", 10, "Nothing was changed: this was a dry run."),
        ("fix", 12, "a change needs a terminal to ask at, or --yes"),
    ] {
        let place = Place::new(NOISY);
        let before = place.text();
        let ran = place.run(command).ends(code).says(sentence);
        assert!(place.text() == before, "{ran}");
    }
    for command in ["fix --yes --no-probe", "fix --yes --no-probe --requester any --include-server-wide-offline"] {
        let place = Place::new(NOISY);
        let ran = place.run(command).ends(0).says(CONFIRMED[0]).says(CONFIRMED[1]);
        for line in ran.out.lines().chain(ran.err.lines()) {
            let command =
                ["-ServerComponentState ", "Get-CimInstance ", " relight "].iter().any(|it| line.contains(it));
            assert!(line.is_ascii() && (command || line.len() <= 80), "{line}\n{ran}");
        }
        let after = place.text();
        let again = place.run(command).ends(0);
        assert!(!again.out.contains("Inactive:") && !again.out.contains("What was done"), "{again}");
        assert!(place.text() == after, "the second run changed something");
    }
    for command in ["check --format json", "fix --yes --no-probe --format json"] {
        let document = Place::new(NOISY).run(command).document(&RUN);
        assert_eq!(document["servers"].as_array().map(Vec::len), Some(1), "{command}");
    }
}

fn a_process_that_outlives_the_shell_and_keeps_its_output_open_delays_nothing() {
    let crash = json!({"crash": {"when": {"op": "get-component-state"}}});
    for (fault, command, code, sentence) in
        [(None, "fix --yes --no-probe", 0, CONFIRMED[0]), (Some(crash), "check", 20, "the shell was lost")]
    {
        let (roll, address) = Roll::new();
        let faults = format!("keep-pipe@{address}");
        let place = fault.map_or_else(|| Place::new(&faults), |fault| Place::with_fault(&faults, fault));
        place.run(command).ends(code).says(sentence);
        roll.take(1).into_iter().for_each(assert_gone);
    }
}

fn a_hello_or_a_load_that_makes_no_sense_ends_the_run() {
    for op in ["hello", "connect"] {
        for kind in GARBAGE {
            let place = Place::new(&format!("{kind}@{op}"));
            let (ran, sent) = place.fix_pop();
            let ran = ran.ends(20).tells("error:").tells("PowerShell did not get as far");
            assert!(ran.out.is_empty() && sent == 0, "{ran}");
            assert_eq!(place.entries("PopProxy")[0], [UNTOUCHED], "{ran}");
        }
    }
}

fn an_answer_that_makes_no_sense_in_a_look_leaves_everything_as_it_is() {
    for op in ["get-exchange-server", "get-component-state"] {
        for kind in GARBAGE {
            let place = Place::new(&format!("{kind}@{op}"));
            let (ran, sent) = place.fix_pop();
            let ran = ran.ends(20).says("he shell was lost").says("Nothing was changed.");
            assert_eq!(sent, 0, "{ran}");
            assert_eq!(place.entries("PopProxy")[0], [UNTOUCHED], "{ran}");
        }
    }
}

fn a_change_whose_answer_makes_no_sense_is_sent_once_and_confirmed_by_a_new_session() {
    for kind in GARBAGE {
        let place = Place::new(&format!("{kind}@set-component-state"));
        let (ran, sent) = place.fix_pop();
        let ran = ran
            .ends(0)
            .says("FIXED: PopProxy is Active again.")
            .tells("outcome unknown: the shell was lost.")
            .tells("The session with Exchange was lost. Another one is opened.");
        assert_eq!(sent, 1, "{ran}");
        // A second write would have left a later time.
        assert_eq!(place.entries("PopProxy"), [["HealthApi Active 2026-03-14T02:47:17Z"]; 2], "{ran}");
    }
}

fn noise_is_in_the_log_without_what_steers_a_terminal() {
    let place = Place::new("host-text@connect, stderr-flood@connect, escape-codes@connect");
    let file = place.folder.path().join("log");
    place.run(&format!("fix --yes --no-probe --log-file {}", file.display())).ends(0);
    let log = fs::read_to_string(file).unwrap();
    for part in ["stdout", "stderr", "Welcome to the Exchange Management Shell!", "one of many lines", "ERROR"] {
        assert!(log.contains(part), "the log lacks {part:?}");
    }
    let server = |line: &&str| line.contains("looked at the server took_ms=") && line.ends_with(" server=EX01");
    assert!(log.lines().any(|line| server(&line)), "{log}");
    let step = |line: &&str| line.contains("step ended outcome=done took_ms=") && line.contains(" to=Active");
    assert_eq!(log.lines().filter(step).count(), 2, "{log}");
    assert!(!log.chars().any(|c| c.is_control() && c != '\n'), "{log}");
}

/// The grades of a check.
fn grades<'a>(document: &'a Value, check: &str) -> Vec<&'a str> {
    let remarks = document["remarks"].as_array().unwrap().iter().filter(|remark| remark["check"] == check);
    remarks.map(|remark| remark["grade"].as_str().unwrap()).collect()
}

fn a_checkup_is_not_disturbed_by_noise() {
    let document = Place::new(NOISY).run("doctor --format json").ends(0).document(&DOCTOR);
    assert!(document["remarks"].as_array().unwrap().iter().all(|remark| remark["grade"] != "fault"), "{document}");
}

fn a_checkup_asks_on_when_one_answer_makes_no_sense() {
    let ran = Place::new("not-json@get-role-assignment").run("doctor --format json");
    let document = ran.document(&DOCTOR);
    assert_eq!(grades(&document, "mayChange"), ["warning"], "{ran}");
    for check in ["powerShell", "connection", "server", "mayRead"] {
        assert_eq!(grades(&document, check).len(), 1, "{check}: {ran}");
    }
}

fn a_policy_that_refuses_the_scripts_is_named_everywhere_with_what_to_do() {
    let place = Place::new("refused");
    for words in ["check", "fix --yes", "fix --yes -v"] {
        let ran = place.run(words).ends(20).tells("PowerShell may not run relight's scripts: a policy of this machine");
        let ran = ran.tells("AllSigned").tells("Get-ExecutionPolicy -List");
        assert_eq!(ran.err.contains("UnauthorizedAccess"), words.ends_with("-v"), "{ran}");
    }
    place.run("doctor").ends(20).says("PowerShell may not run relight's scripts").says("Get-ExecutionPolicy -List");
    assert_eq!(place.entries("PopProxy")[0], [UNTOUCHED]);
}
