//! `relight doctor` through the binary: on simulated machines, each exit code; on a real PowerShell with the stand-in
//! Exchange, that it looks and changes nothing. Without `pwsh` the latter says so and passes, unless
//! `RELIGHT_REQUIRE_PWSH=1`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::TempDir;

/// What a run came to: exit code, stdout, stderr.
struct Ended {
    code: Option<i32>,
    out: String,
    err: String,
}

impl Ended {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        Self { code: output.status.code(), out: text(&output.stdout), err: text(&output.stderr) }
    }

    /// The document, valid by its schema.
    fn document(&self) -> Value {
        let schema = include_str!("../docs/schema/doctor-1.0.json");
        let validator = jsonschema::validator_for(&serde_json::from_str(schema).unwrap()).unwrap();
        let document = serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out));
        let errors = validator.iter_errors(&document).map(|error| error.to_string()).collect::<Vec<_>>();
        assert!(errors.is_empty(), "{errors:#?}");
        document
    }
}

fn relight() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
    // Whatever account runs the tests may write there.
    command.env("XDG_STATE_HOME", std::env::temp_dir()).env("ProgramData", std::env::temp_dir());
    command.arg("doctor").env("PATH", "").env_remove("ExchangeInstallPath");
    command
}

fn simulated(scenario: &str, more: &[&str]) -> Ended {
    Ended::of(&relight().args(["--simulate", scenario]).args(more).output().unwrap())
}

/// A scenario of EX01 with these fields besides.
fn scenario(folder: &TempDir, fields: Value) -> String {
    let mut scenario = json!({
        "scenario": "relight/scenario/1.0",
        "now": "2026-03-14T02:47:10Z",
        "servers": [{"name": "EX01", "components": {"PopProxy": {
            "local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}]
        }}}]
    });
    for (name, value) in fields.as_object().unwrap() {
        scenario[name] = value.clone();
    }
    let path = folder.path().join("scenario.json");
    fs::write(&path, scenario.to_string()).unwrap();
    path.to_str().unwrap().to_owned()
}

/// The grades of a check, over all servers.
fn grades(document: &Value, check: &str) -> Vec<String> {
    let remarks = document["remarks"].as_array().unwrap();
    let of_check = remarks.iter().filter(|remark| remark["check"] == check);
    of_check.map(|remark| remark["grade"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn built_in_scenarios_end_with_the_code_of_their_first_fault() {
    for (name, code, check) in [
        ("kb-3025138", 0, None),
        ("healthy", 0, None),
        ("slow-load", 0, None),
        ("flattened-2013", 0, None),
        ("access-denied", 0, None),
        ("failed-load", 20, Some("connection")),
        ("prompt-on-load", 20, Some("connection")),
        ("constrained-language", 20, Some("powerShell")),
        ("malformed-objects", 20, Some("mayRead")),
        ("no-exchange-role", 21, Some("connection")),
        ("registry-unreadable", 21, Some("stores")),
        ("edge", 22, Some("server")),
        ("exchange-2010", 22, Some("server")),
        ("not-exchange", 22, Some("server")),
    ] {
        let ended = simulated(name, &["--format", "json"]);
        let document = ended.document();
        assert_eq!((ended.code, &document["exitCode"]), (Some(code), &json!(code)), "{name}: {}", ended.out);
        let fault = document["remarks"].as_array().unwrap().iter().find(|remark| remark["grade"] == "fault");
        assert_eq!(fault.and_then(|remark| remark["check"].as_str()), check, "{name}");
        assert!(fault.is_none_or(|remark| remark["next"].is_string()), "{name}: a fault has a next step");
    }
}

#[test]
fn a_machine_that_is_not_ready_is_told_from_one_that_is() {
    for (machine, code, check, grade) in [
        (json!({"powerShell": "4.0"}), 20, "powerShellVersion", "fault"),
        (json!({"powerShell": "7.4.1"}), 0, "powerShellVersion", "warning"),
        (json!({"account": "NT AUTHORITY\\SYSTEM", "sid": "S-1-5-18", "interactive": false}), 0, "account", "warning"),
        (json!({"elevated": false}), 0, "elevated", "warning"),
        (json!({"machinePolicy": "AllSigned"}), 0, "executionPolicy", "warning"),
        (json!({"tools": null}), 20, "exchangeTools", "fault"),
        (json!({"roleGroup": null}), 0, "mayChange", "warning"),
    ] {
        let folder = TempDir::new().unwrap();
        let ended = simulated(&scenario(&folder, json!({"machine": machine})), &["--format", "json"]);
        assert_eq!(ended.code, Some(code), "{machine}: {}", ended.out);
        assert_eq!(grades(&ended.document(), check), [grade], "{machine}");
    }
}

#[test]
fn a_question_that_fails_or_kills_the_shell_ends_no_other() {
    for (fault, check, grade) in [
        (json!({"32-bit": {}}), "bits", "fault"),
        (json!({"missing-cmdlet": {"cmdlet": "Set-ServerComponentState"}}), "mayChange", "fault"),
        (json!({"refused": {"when": {"op": "get-environment"}}}), "machine", "warning"),
        (json!({"crash": {"when": {"op": "get-environment", "nth": 1}}}), "machine", "warning"),
        (json!({"crash": {"when": {"op": "get-role-assignment"}}}), "mayChange", "warning"),
        (json!({"crash": {"when": {"op": "get-component-state"}}}), "mayRead", "fault"),
    ] {
        let folder = TempDir::new().unwrap();
        let ended = simulated(&scenario(&folder, json!({"faults": [fault]})), &["--format", "json"]);
        let document = ended.document();
        assert_eq!(grades(&document, check), [grade], "{fault}: {}", ended.out);
        for check in ["powerShell", "connection", "server", "mayRead"] {
            assert_eq!(grades(&document, check).len(), 1, "{fault}: {check}");
        }
    }
}

#[test]
fn servers_that_are_named_are_all_looked_at_and_none_is_changed() {
    let folder = TempDir::new().unwrap();
    let servers = json!([{"name": "EX01"}, {"name": "EX02"}, {"name": "EX03", "role": "Edge"}]);
    let fields = json!({"servers": servers, "faults": [{"server-down": {"server": "EX02"}}]});
    let path = scenario(&folder, fields);
    let before = fs::read_to_string(&path).unwrap();
    let ended = simulated(&path, &["--server", "EX03,EX02", "--server", "EX01", "--format", "json"]);
    assert_eq!(ended.code, Some(22), "the first fault is the Edge server: {}", ended.out);
    assert_eq!(grades(&ended.document(), "mayRead"), ["warning", "fault", "ok"]);
    assert_eq!(fs::read_to_string(&path).unwrap(), before);
}

#[test]
fn text_is_for_a_person_and_quiet_is_one_line() {
    let ended = simulated("registry-unreadable", &[]);
    for part in
        ["SIMULATED", "  ok       64-bit process.", "\nEX01\n", "  fault    The registry", "Next: Run relight on"]
    {
        assert!(ended.out.contains(part), "{part}: {}", ended.out);
    }
    assert!(ended.out.ends_with("Not ready: 1 fault.\nNothing was changed: doctor only looks.\n"), "{}", ended.out);
    assert!(ended.out.is_ascii() && ended.out.lines().all(|line| line.len() <= 80));
    let quiet = simulated("registry-unreadable", &["-q"]);
    assert_eq!(
        (quiet.code, quiet.out.as_str(), quiet.err.as_str()),
        (Some(21), "Not ready: 1 fault. (simulated)\n", "")
    );
}

#[test]
fn a_machine_without_powershell_is_still_reported() {
    let ended = Ended::of(&relight().args(["--powershell", "no-such-shell", "--server", "EX01"]).output().unwrap());
    assert_eq!(ended.code, Some(20));
    assert!(ended.out.contains("  fault    Cannot find no-such-shell on PATH."), "{}", ended.out);
    assert!(ended.out.contains("Next: Name the PowerShell to use"), "{}", ended.out);
}

#[test]
fn a_scenario_that_cannot_be_played_is_one_document_too() {
    let ended = simulated("helthy", &["--format", "json"]);
    assert_eq!((ended.code, &ended.document()["remarks"]), (Some(2), &json!([])));
    assert!(ended.err.contains("Did you mean"), "{}", ended.err);
}

#[cfg(unix)]
#[test]
fn an_interruption_ends_the_questions_and_what_is_known_is_told() {
    use std::io::{BufRead, BufReader};
    use std::process::Stdio;

    let folder = TempDir::new().unwrap();
    let path = scenario(&folder, json!({"faults": [{"slow-load": {"milliseconds": 60000}}]}));
    let mut command = relight();
    let command = command.args(["--simulate", &path, "--format", "json"]).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let mut conversation = BufReader::new(child.stderr.take().unwrap());
    conversation.read_line(&mut line).unwrap();
    assert!(line.starts_with("Loading"), "{line}");
    std::thread::sleep(std::time::Duration::from_secs(1));
    assert!(Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap().success());
    let ended = Ended::of(&child.wait_with_output().unwrap());
    let document = ended.document();
    assert_eq!((ended.code, &document["interrupted"]), (Some(130), &json!(true)), "{}", ended.out);
    assert_eq!(grades(&document, "account"), ["ok"]);
    drop(conversation);
}

/// `pwsh`, or what `RELIGHT_TEST_POWERSHELL` names.
fn pwsh() -> Option<PathBuf> {
    let name = std::env::var("RELIGHT_TEST_POWERSHELL").unwrap_or_else(|_| "pwsh".into());
    if let Ok(path) = which::which(&name) {
        return Some(path);
    }
    assert!(std::env::var_os("RELIGHT_REQUIRE_PWSH").is_none_or(|value| value != "1"), "no {name} on PATH");
    eprintln!("skipped: no {name} on PATH");
    None
}

/// A checkup of EX01 in a real PowerShell, with this state of the exchange double; and what the double noted.
fn real(pwsh: &Path, state: &Value, tools: bool) -> (Ended, String) {
    let folder = TempDir::new().unwrap();
    let (file, log) = (folder.path().join("state.json"), folder.path().join("log.jsonl"));
    fs::write(&file, state.to_string()).unwrap();
    let mut command = relight();
    command.args(["--server", "EX01", "--start-timeout", "90", "--format", "json", "--powershell"]).arg(pwsh);
    command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).env("POWERSHELL_TELEMETRY_OPTOUT", "1");
    if tools {
        command.env("ExchangeInstallPath", Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/exchange-double"));
    }
    command.env("EXCHANGE_DOUBLE_STATE", &file).env("EXCHANGE_DOUBLE_LOG", &log);
    let ended = Ended::of(&command.output().unwrap());
    assert_eq!(fs::read_to_string(&file).unwrap(), state.to_string(), "nothing was changed");
    (ended, fs::read_to_string(log).unwrap_or_default())
}

#[test]
fn a_real_powershell_with_an_exchange_is_ready() {
    let Some(pwsh) = pwsh() else { return };
    let role = json!({"role": "Server Role", "assignee": "Server Management"});
    let state = json!({
        "servers": [{"name": "EX01", "fqdn": "EX01.contoso.test", "components": {}}],
        "roles": {"brings": ["Server Role"], "assigned": [role]}
    });
    let (ended, log) = real(&pwsh, &state, true);
    let document = ended.document();
    assert_eq!(ended.code, Some(0), "{}", ended.out);
    assert_eq!(grades(&document, "mayChange"), ["ok"]);
    assert!(ended.out.contains("by Server Role (from Server Management)"), "{}", ended.out);
    assert!(document["facts"]["shellVersion"].is_string() && document["facts"]["loadMilliseconds"].is_u64());
    assert!(log.contains("Get-ManagementRoleAssignment") && !log.contains(r#""what":"Set"#), "{log}");
}

#[test]
fn a_real_powershell_without_an_exchange_still_tells_of_itself() {
    let Some(pwsh) = pwsh() else { return };
    let (ended, log) = real(&pwsh, &json!({"servers": []}), false);
    let document = ended.document();
    assert_eq!(ended.code, Some(20), "{}", ended.out);
    assert_eq!(grades(&document, "exchangeTools"), ["fault"]);
    for check in ["powerShell", "bits", "languageMode", "account", "clock"] {
        assert_eq!(grades(&document, check), ["ok"], "{check}");
    }
    assert!(log.is_empty());
}

#[test]
fn a_real_powershell_whose_account_may_only_look_or_not_even_that() {
    let Some(pwsh) = pwsh() else { return };
    let servers = json!([{"name": "EX01", "fqdn": "EX01.contoso.test", "components": {}}]);
    for (state, check) in [
        (json!({"servers": servers, "missing": ["Set-ServerComponentState"]}), "mayChange"),
        (json!({"servers": servers, "faults": [{"kind": "accessDenied", "on": "get"}]}), "mayRead"),
        (json!({"servers": servers, "faults": [{"kind": "registryUnreadable"}]}), "stores"),
    ] {
        let (ended, _) = real(&pwsh, &state, true);
        assert_eq!(ended.code, Some(21), "{state}: {}", ended.out);
        assert_eq!(grades(&ended.document(), check), ["fault"], "{state}");
    }
}
