//! Many servers in one run, on a simulated Exchange, as ratios within one run: sessions side by side against one, servers that
//! hang against none that do, and what a thousand servers cost in memory. `cargo bench --bench fleet`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const RELIGHT: &str = env!("CARGO_BIN_EXE_relight");
/// Milliseconds that each call takes.
const CALL: u64 = 200;

fn main() {
    let folder = tempfile::tempdir().expect("a folder");
    let scenario = |name: &str, servers: usize, faults: &[Value]| {
        let path = folder.path().join(format!("{name}.json"));
        std::fs::write(&path, organisation(servers, faults).to_string()).expect("written");
        path.display().to_string()
    };
    let slow = json!({"slow-call": {"milliseconds": CALL}});
    let even = scenario("even", 64, std::slice::from_ref(&slow));
    let one = timed(&["check", "--all-servers", "--jobs", "1", "--simulate", &even]);
    let eight = timed(&["check", "--all-servers", "--jobs", "8", "--simulate", &even]);
    println!("64 servers, {CALL} ms a call: 1 session {one:.1?}, 8 sessions {eight:.1?}");
    println!("  ratio {:.3} (at most {:.3} wanted)", eight.as_secs_f64() / one.as_secs_f64(), 1.0 / 7.0);

    let hangs = json!({"hang": {"when": {"op": "get-component-state", "server": ["EX0005", "EX0020", "EX0040"]}}});
    let hanging = scenario("hanging", 64, &[slow.clone(), hangs]);
    let without = scenario("without", 61, &[slow]);
    let others = until_the_others_are_done(&hanging, 61);
    let usual = until_the_others_are_done(&without, 61);
    println!("3 of 64 hang: the other 61 are done after {others:.1?}, without those three after {usual:.1?}");
    println!("  ratio {:.3} (at most 1.3 wanted)", others.as_secs_f64() / usual.as_secs_f64());

    let thousand = scenario("thousand", 1000, &[]);
    let args = ["check", "--all-servers", "--jobs", "4", "--simulate", &thousand];
    match most_memory(&args) {
        Some(memory) => println!("1000 servers: {:.1} MB in relight itself (below 40 wanted)", memory as f64 / 1e6),
        None => println!("1000 servers: memory is not measured here"),
    }
}

/// So many servers, the third and the seventeenth with the fault.
fn organisation(servers: usize, faults: &[Value]) -> Value {
    let entry = json!({"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"});
    let server = |at: usize| {
        let name = format!("EX{at:04}");
        if at == 3 || at == 17 {
            json!({"name": name, "components": {"PopProxy": {"local": [entry]}}})
        } else {
            json!({"name": name})
        }
    };
    json!({
        "scenario": "relight/scenario/1.0",
        "now": "2026-03-14T02:47:10Z",
        "servers": (1..=servers).map(server).collect::<Vec<_>>(),
        "faults": faults,
    })
}

fn timed(args: &[&str]) -> Duration {
    let began = Instant::now();
    let output = Command::new(RELIGHT).args(args).output().expect("relight runs");
    assert_eq!(output.status.code(), Some(10), "{}", String::from_utf8_lossy(&output.stderr));
    began.elapsed()
}

/// Until so many servers without trouble are told.
fn until_the_others_are_done(scenario: &str, servers: usize) -> Duration {
    let mut run = Command::new(RELIGHT)
        .args([
            "check",
            "--all-servers",
            "--jobs",
            "8",
            "--format",
            "ndjson",
            "--call-timeout",
            "20s",
            "--slow-after",
            "2s",
        ])
        .args(["--simulate", scenario])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("relight starts");
    let began = Instant::now();
    let lines = BufReader::new(run.stdout.take().expect("stdout")).lines();
    let done = lines.map_while(Result::ok).filter(|line| {
        let line = serde_json::from_str::<Value>(line).expect("a line of JSON");
        line["record"] == "server" && line["troubles"].as_array().is_some_and(Vec::is_empty)
    });
    assert_eq!(done.take(servers).count(), servers);
    let took = began.elapsed();
    let _gone = run.kill();
    let _ended = run.wait();
    took
}

/// The most memory that relight itself had, in bytes, as Linux tells.
fn most_memory(args: &[&str]) -> Option<u64> {
    let mut run = Command::new(RELIGHT).args(args).stdout(Stdio::null()).stderr(Stdio::null()).spawn().ok()?;
    let mut most = None;
    while run.try_wait().ok()?.is_none() {
        let status = std::fs::read_to_string(format!("/proc/{}/status", run.id())).unwrap_or_default();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok());
        most = kilobytes.map(|it| it * 1024).max(most);
        std::thread::sleep(Duration::from_millis(5));
    }
    most
}
