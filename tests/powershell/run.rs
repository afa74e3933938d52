//! One run of the relight binary, what came of it, and what holds after every run.

use std::ffi::OsString;
use std::fs;
use std::path::Path;
#[cfg(unix)]
use std::process::Child;
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;

use serde_json::{Value, json};

use crate::double::{OLD, Setup, entry};

/// How a run ended.
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Ended {
    /// The report of a run with `--format json`, which must follow the schema.
    pub fn report(&self) -> Value {
        static SCHEMA: OnceLock<jsonschema::Validator> = OnceLock::new();
        let report: Value = serde_json::from_str(&self.stdout).unwrap_or_else(|_| panic!("{self:?}"));
        let schema = SCHEMA.get_or_init(|| {
            let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/schema/report-1.0.json");
            jsonschema::validator_for(&serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()).unwrap()
        });
        if let Err(error) = schema.validate(&report) {
            panic!("{error}\n{self:?}");
        }
        assert_eq!(report["exitCode"], self.code);
        report
    }

    /// The part of the report on one server.
    pub fn server(&self, name: &str) -> Value {
        let report = self.report();
        let servers = report["servers"].as_array().unwrap().iter();
        servers
            .clone()
            .find(|server| server["server"] == name)
            .unwrap_or_else(|| panic!("no {name} in {self:?}"))
            .clone()
    }

    /// The exit code that each server has on its own, in the order of the report.
    pub fn exits(&self) -> Vec<(String, i64)> {
        let report = self.report();
        let exit = |server: &Value| (text(&server["server"]), server["exitCode"].as_i64().unwrap());
        report["servers"].as_array().unwrap().iter().map(exit).collect()
    }

    /// Everything printed, its spaces and line ends taken together, so that wrapped text can be searched.
    pub fn says(&self, words: &str) -> bool {
        let all = format!("{} {}", self.stdout, self.stderr);
        all.split_whitespace().collect::<Vec<_>>().join(" ").contains(words)
    }
}

impl std::fmt::Debug for Ended {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "exit {}\n{}\n{}", self.code, self.stdout, self.stderr)
    }
}

/// The same arguments for servers that are not there to be connected to: a fix looks at no port and does not wait for one.
pub fn apart<'a>(args: &[&'a str]) -> Vec<&'a str> {
    match args {
        ["fix", rest @ ..] => [&["fix", "--no-probe", "--no-wait"], rest].concat(),
        other => other.to_vec(),
    }
}

impl Setup {
    /// relight with these arguments and nobody at a terminal.
    pub fn run(&self, args: &[&str]) -> Ended {
        self.end(Command::new(env!("CARGO_BIN_EXE_relight")).args(apart(args)).args(self.shell_arguments()))
    }

    /// relight with exactly these arguments: the servers are this machine.
    pub fn run_connected(&self, args: &[&str]) -> Ended {
        self.end(Command::new(env!("CARGO_BIN_EXE_relight")).args(args).args(self.shell_arguments()))
    }

    /// The same, on a machine of this name.
    #[cfg(unix)]
    pub fn run_on(&self, computer: &str, args: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
        self.end(command.args(apart(args)).args(self.shell_arguments()).env("COMPUTERNAME", computer))
    }

    /// The same, with another Exchange installation.
    pub fn run_with(&self, exchange: &Path, args: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
        self.end(command.args(apart(args)).args(self.shell_arguments()).env("ExchangeInstallPath", exchange))
    }

    /// The same, through another PowerShell.
    #[cfg(unix)]
    pub fn run_through(&self, shell: &Path, args: &[&str]) -> Ended {
        self.end(Command::new(env!("CARGO_BIN_EXE_relight")).args(apart(args)).arg("--powershell").arg(shell))
    }

    /// A run that goes on.
    #[cfg(unix)]
    pub fn start(&self, args: &[&str]) -> Child {
        let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
        self.prepare(command.args(apart(args)).args(self.shell_arguments()));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
    }

    fn end(&self, command: &mut Command) -> Ended {
        self.prepare(command);
        self.ended(command.output().unwrap())
    }

    /// Nobody at a terminal, and this environment, but for what the caller has set.
    fn prepare(&self, command: &mut Command) {
        let set = command.get_envs().map(|(name, _)| name.to_owned()).collect::<Vec<_>>();
        let missing = self.run_environment().into_iter().filter(|(name, _)| !set.iter().any(|it| it == name));
        command.envs(missing.collect::<Vec<_>>()).current_dir(self.path("")).stdin(Stdio::null());
    }

    /// What came of a run.
    pub fn ended(&self, output: Output) -> Ended {
        let ended = Ended {
            code: output.status.code().unwrap_or_else(|| panic!("relight was ended by a signal: {output:?}")),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        };
        self.assert_clean();
        ended
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

    /// The process ids of the shells that loaded Exchange, one for each load.
    pub fn shells(&self) -> Vec<u64> {
        let loads = self.log().into_iter().filter(|entry| entry["what"] == "load");
        loads.map(|entry| entry["pid"].as_u64().unwrap()).collect()
    }

    /// Server, component and requester of each Set, as they arrived.
    pub fn sets(&self) -> Vec<[String; 3]> {
        let sets = self.calls("Set-ServerComponentState");
        assert!(sets.iter().all(|args| args["State"] == "Active"), "{sets:?}");
        sets.iter().map(|args| ["Identity", "Component", "Requester"].map(|name| text(&args[name]))).collect()
    }

    /// The state file, byte for byte.
    pub fn state(&self) -> String {
        fs::read_to_string(self.path("state.json")).unwrap()
    }
}

/// A string out of a document.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}

/// One server of the double.
pub fn server(name: &str, components: Value) -> Value {
    json!({"name": name, "fqdn": format!("{name}.contoso.test"), "components": components})
}

/// A component that these requesters hold Inactive, in the registry only.
pub fn held_by(requesters: &[&str]) -> Value {
    json!({"local": requesters.iter().map(|it| entry(it, "Inactive", OLD)).collect::<Vec<_>>(), "remote": []})
}

/// The fault of KB 3025138.
pub fn kb() -> Value {
    json!({"PopProxy": held_by(&["HealthApi"]), "ImapProxy": held_by(&["HealthApi"])})
}

/// EX01 with that fault.
pub fn kb_server() -> Value {
    json!({"servers": [server("EX01", kb())]})
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
