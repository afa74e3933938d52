//! relight killed at each system call of the thread that keeps the journal, with strace: the journal that is left tells the
//! truth. It takes a minute.

use std::fs;
use std::process::{Command, Stdio};

use crate::support::killed::tells_the_truth;
use crate::support::{Place, until};

crate::trials![Strace => killed_at_any_system_call];

/// Every point there is. strace counts the calls of each name for itself, so a point is a name and a number.
fn killed_at_any_system_call() {
    let strace = |place: &Place, options: &[&str]| {
        let mut command = Command::new("strace");
        command.arg("-f").args(options).arg(env!("CARGO_BIN_EXE_relight"));
        command.args(["fix", "--yes", "--no-probe", "--simulate"]);
        command.arg(place.file()).arg("--journal-dir").arg(place.journal_folder());
        // What others left among the temporary files would be looked at, too.
        command.env("TMPDIR", place.folder());
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
        command
    };
    let place = Place::new();
    let trace = place.folder().join("trace");
    strace(&place, &["-o", trace.to_str().expect("text")]).status().expect("strace runs");
    let points = points_of(&fs::read_to_string(trace).expect("a trace"));
    assert!(points.iter().any(|(call, _)| call.ends_with("sync")), "the thread that keeps the journal: {points:?}");
    let killed = |(call, nth): &(String, usize)| {
        let place = Place::new();
        let before = place.scenario();
        let inject = format!("inject={call}:signal=SIGKILL:when={nth}");
        strace(&place, &["-o", "/dev/null", "-e", &inject]).status().expect("strace runs");
        // The simulated shell reads the end of its input and goes.
        let file = place.file();
        until("the end of the shell", || !is_played(file.to_str().expect("text")));
        tells_the_truth(&place, &before, &format!("{call} {nth}"))
    };
    // Much of the time is waiting for strace.
    const AT_ONCE: usize = 4;
    let pointed_out = std::thread::scope(|scope| {
        let share = |part| points.iter().skip(part).step_by(AT_ONCE).filter(|point| killed(point)).count();
        let shares = (0..AT_ONCE).map(|part| scope.spawn(move || share(part))).collect::<Vec<_>>();
        shares.into_iter().map(|share| share.join().expect("every point tells the truth")).sum::<usize>()
    });
    eprintln!("{} of {} points tell the truth; {pointed_out} were pointed out", points.len(), points.len());
    assert!(pointed_out > points.len() / 10, "only {pointed_out} were killed in the middle");
}

/// The calls of the thread that flushes the journal, from the first one that names it: each name with its number.
fn points_of(trace: &str) -> Vec<(String, usize)> {
    let parted = trace.lines().filter_map(|line| {
        let (thread, rest) = line.split_once(' ')?;
        let (call, arguments) = rest.trim_start().split_once('(')?;
        call.chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
            .then_some((thread, call, arguments))
    });
    let calls = parted.collect::<Vec<_>>();
    let opens = |(_, call, arguments): &&(&str, &str, &str)| *call == "openat" && arguments.contains(".jsonl\"");
    let keeper = calls.iter().find(opens).expect("the journal is opened").0;
    let mut numbers: Vec<(String, usize)> = Vec::new();
    let mut points = Vec::new();
    let mut begun = false;
    for (_, call, arguments) in calls.iter().filter(|(thread, ..)| *thread == keeper) {
        let at = numbers.iter().position(|(name, _)| name == call).unwrap_or_else(|| {
            numbers.push(((*call).to_owned(), 0));
            numbers.len() - 1
        });
        numbers[at].1 += 1;
        begun = begun || (*call != "execve" && arguments.contains("journal"));
        // No signal can be injected into a call that never comes back.
        if begun && *call != "exit" && *call != "exit_group" {
            points.push(numbers[at].clone());
        }
    }
    points
}

fn is_played(scenario: &str) -> bool {
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    all.filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .any(|line| String::from_utf8_lossy(&line).contains(scenario))
}
