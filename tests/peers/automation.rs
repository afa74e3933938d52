//! The PowerShell examples of docs/AUTOMATION.md, run by a real PowerShell on simulated servers. (The test of
//! all scripts parses all of them.)

use std::env;
use std::fs;
use std::path::{self, Path};
use std::process::{Command, Output};

use crate::support::peer::pwsh;
use crate::support::{Place, relight};

crate::trials![Pwsh =>
    every_example_ends_as_it_says_and_says_what_it_is_there_for,
];

const HEALTHY: &str = r#"{"scenario": "relight/scenario/1.0", "servers": [{"name": "EX01"}]}"#;
const INACTIVE: &str = r#"{"scenario": "relight/scenario/1.0", "servers": [{"name": "EX01", "components": {
  "PopProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}]},
  "ImapProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:53Z"}]}}}]}"#;

/// An example that says on what it is run and how it ends.
struct Example {
    on: String,
    exit: i32,
    script: String,
}

fn examples() -> Vec<Example> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/AUTOMATION.md");
    let text = fs::read_to_string(path).expect("the document");
    let parts = text.split("<!-- run: ").skip(1).map(|part| {
        let (mark, rest) = part.split_once(" -->\n```powershell\n").expect("a mark stands right before its example");
        let (on, exit) = mark.split_once(", exit ").expect("on what, and how it ends");
        let script = rest.split("\n```").next().expect("an end").to_owned();
        Example { on: on.to_owned(), exit: exit.parse().expect("a number"), script }
    });
    parts.collect()
}

/// Runs an example in a folder of its own, with relight on PATH and its journals there.
fn run(example: &Example) -> (Place, Output) {
    let place = Place::from_text(if example.on == "healthy" { HEALTHY } else { INACTIVE });
    if example.on == "fixed" {
        relight("fix --yes").simulate(&place).state(place.folder()).run().ends(0);
    }
    let script = place.folder().join("example.ps1");
    assert!(example.script.contains("$options = @()"));
    let options = format!("$options = @('--simulate', '{}')", place.file().display());
    fs::write(&script, example.script.replace("$options = @()", &options)).expect("written");
    // With its drive, which under wine it was compiled without.
    let relight = path::absolute(env!("CARGO_BIN_EXE_relight")).expect("a path");
    let mut paths = vec![relight.parent().expect("a folder").to_owned()];
    paths.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
    let mut command = Command::new(pwsh());
    // As relight starts it: with a console that nobody sees. Without any, PowerShell 7 says nothing under wine.
    #[cfg(windows)]
    std::os::windows::process::CommandExt::creation_flags(&mut command, 0x0800_0000);
    // Where journals go, on Unix and on Windows.
    command.env("XDG_STATE_HOME", place.folder()).env("ProgramData", place.folder());
    command.env("RELIGHT_TEST_LOCKS", place.folder());
    command.env("PATH", env::join_paths(paths).expect("a path"));
    let output = command.args(["-NoProfile", "-NonInteractive", "-File"]).arg(script).output().expect("it runs");
    (place, output)
}

fn every_example_ends_as_it_says_and_says_what_it_is_there_for() {
    let said = ["EX01: PopProxy is confirmed", "-Component PopProxy -Requester HealthApi -State Inactive", "0:fine"];
    let examples = examples();
    assert_eq!(examples.len(), said.len(), "the examples are found");
    for (example, said) in examples.iter().zip(said) {
        let (_place, output) = run(example);
        let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(example.exit), "{}\n{out}{err}", example.script);
        assert!(out.contains(said) && !err.contains("Line |"), "{said}: {}\n{out}{err}", example.script);
    }
}
