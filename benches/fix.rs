//! What relight costs an admin over a script of their own: `relight fix --yes` against a PowerShell script that loads
//! Exchange the same way and makes the same calls in the same order, in one process. Both go through the stand-in of
//! tests/exchange-double, where Exchange itself costs next to nothing, so that the ratio is the worst there is. They run in
//! turn, and the figure is the median of the ratios of the pairs. Then relight's own share: the same command on a simulated
//! Exchange, without PowerShell. Run it with `cargo bench --bench fix`.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::fs;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

#[path = "../tests/support/mod.rs"]
#[expect(dead_code, unused_imports, reason = "the tests use the rest")]
mod support;

use support::double::{NEW, OLD, Setup, entry, with};
use support::peer::Peer;

const RELIGHT: &str = env!("CARGO_BIN_EXE_relight");
/// Pairs of runs that count, after one that does not.
const PAIRS: usize = 61;
/// Runs on the simulated Exchange.
const OWN_RUNS: usize = 41;

fn main() {
    against_a_script();
    own_share();
    let size = fs::metadata(RELIGHT).expect("the program is there").len();
    println!("size of the program: {:.2} MB (below 6 wanted)", size as f64 / 1e6);
}

fn against_a_script() {
    if let Some(reason) = Peer::Pwsh.lacks() {
        println!("relight against a script: not measured, {reason}");
        return;
    }
    let setup = Setup::new(&fault());
    // The first run tells which calls the script has to make, and warms the file cache.
    let mut relight = Command::new(RELIGHT);
    // The ports of a server that is not there are nothing that a script would look at.
    relight.args(["fix", "--yes", "--no-probe", "--server", "EX01", "--powershell"]).arg(setup.shell());
    timed(&setup, &mut relight);
    let calls = setup.log();
    let script = setup.path("by-hand.ps1");
    fs::write(&script, by_hand(&calls)).expect("the script can be written");
    let mut by_hand = Command::new(setup.shell());
    by_hand.args(["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File"]).arg(&script);
    timed(&setup, &mut by_hand);
    let what = |log: &[Value]| log.iter().map(|call| (call["what"].clone(), call["args"].clone())).collect::<Vec<_>>();
    assert_eq!(what(&setup.log()), what(&calls), "the script makes the same calls");

    let pairs: Vec<(f64, f64)> = (0..PAIRS)
        .map(|pair| {
            // Who goes first takes turns too.
            if pair % 2 == 0 {
                let relight = timed(&setup, &mut relight);
                (relight, timed(&setup, &mut by_hand))
            } else {
                let by_hand = timed(&setup, &mut by_hand);
                (timed(&setup, &mut relight), by_hand)
            }
        })
        .collect();
    let sets = setup.calls("Set-ServerComponentState").len();
    println!("fix --yes with {sets} changes, {} calls in all, {PAIRS} pairs of runs:", calls.len());
    println!("  relight, median   {:>7.0} ms", median(pairs.iter().map(|pair| pair.0)) * 1e3);
    println!("  a script, median  {:>7.0} ms", median(pairs.iter().map(|pair| pair.1)) * 1e3);
    println!("  median ratio      {:>7.3} (at most 1.10 wanted)", median(pairs.iter().map(|pair| pair.0 / pair.1)));
}

/// POP3 and IMAP4 set Inactive by HealthApi, and an entry of the past.
fn fault() -> Value {
    let inactive =
        json!({"local": [entry("HealthApi", "Inactive", NEW)], "remote": [entry("HealthApi", "Active", OLD)]});
    let server = json!({"name": "EX01", "fqdn": "EX01.contoso.test", "components": {"PopProxy": inactive, "ImapProxy": inactive}});
    with(json!({"load": []}), "servers", json!([server]))
}

/// A script that makes these calls, in the words of the Exchange documentation.
fn by_hand(calls: &[Value]) -> String {
    let mut script = String::from(
        ". \"$env:ExchangeInstallPath/bin/RemoteExchange.ps1\"\n\
         Connect-ExchangeServer -auto -ClientApplication:ManagementShell\n",
    );
    for call in calls {
        let what = call["what"].as_str().expect("a name");
        if matches!(what, "load" | "connect") {
            continue;
        }
        let arguments = call["args"].as_object().expect("arguments").iter();
        let arguments = arguments.map(|(name, value)| (name.as_str(), value.as_str().expect("text")));
        // This machine is asked without a name.
        let arguments = arguments.filter(|(_, value)| !value.is_empty());
        let arguments = arguments.map(|(name, value)| match name {
            "LogName" => format!(
                " -FilterHashtable @{{ LogName = '{value}'; StartTime = (Get-Date).AddDays(-2) }} -MaxEvents 1000"
            ),
            _ => format!(" -{name} '{}'", value.replace('\'', "''")),
        });
        let more = match what {
            "Set-ServerComponentState" => " -Confirm:$false",
            "Get-CimInstance" => " -OperationTimeoutSec 30",
            // That nothing happened is an error there.
            "Get-WinEvent" => " -ErrorAction SilentlyContinue",
            _ => "",
        };
        script.push_str(&format!("$null = {what}{}{more}\n", arguments.collect::<String>()));
    }
    script
}

/// Seconds that a program takes to set both components Active from the same start.
fn timed(setup: &Setup, program: &mut Command) -> f64 {
    setup.set_state(&fault());
    let _ = fs::remove_file(setup.path("log.jsonl"));
    program.envs(setup.environment()).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let began = Instant::now();
    let status = program.status().expect("the program starts");
    let took = began.elapsed().as_secs_f64();
    assert!(status.success(), "{status}");
    let sets = setup.calls("Set-ServerComponentState").len();
    assert_eq!(sets, 2, "both components were set");
    took
}

fn own_share() {
    let journal = tempfile::tempdir().expect("a folder for the journal");
    let mut relight = Command::new(RELIGHT);
    relight.env(if cfg!(windows) { "ProgramData" } else { "XDG_STATE_HOME" }, journal.path());
    relight.args(["fix", "--yes", "--simulate"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut times = Vec::new();
    let mut peak = None;
    for _ in 0..OWN_RUNS {
        let began = Instant::now();
        let child = relight.spawn().expect("the program starts");
        peak = peak.max(wait(child));
        times.push(began.elapsed());
    }
    let median = median(times.iter().map(Duration::as_secs_f64));
    println!("fix --yes --simulate, both processes, {OWN_RUNS} runs:");
    println!("  wall time, median {:>7.1} ms (below 50 wanted)", median * 1e3);
    match peak {
        Some(bytes) => {
            println!("  peak memory       {:>7.1} MB, of the larger process (below 15 wanted)", bytes as f64 / 1e6);
        }
        None => println!("  peak memory: not measured on this system"),
    }
}

/// Waits for a child, and tells the most memory that it or a process it waited for had in use, in bytes.
#[cfg(unix)]
fn wait(child: Child) -> Option<u64> {
    let process = i32::try_from(child.id()).expect("a process id");
    let mut status = 0;
    // SAFETY: an all-zero rusage is a valid one, both pointers are to our own variables, and nobody else waits for this child.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert_eq!(libc::wait4(process, &mut status, 0, &mut usage), process);
        usage
    };
    assert_eq!(status, 0, "the run succeeded");
    // Linux counts in units of 1024 bytes, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    u64::try_from(usage.ru_maxrss).ok().map(|most| most * unit)
}

/// Waits for a child.
#[cfg(not(unix))]
fn wait(mut child: Child) -> Option<u64> {
    assert!(child.wait().expect("the program ends").success());
    None
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}
