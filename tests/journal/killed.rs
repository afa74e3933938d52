//! relight killed, as by `kill -9` or a power cut: the journal that is left tells truthfully what may have been changed.
//! What was really changed is in the scenario file.

use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::place::{Key, Place, changed};

/// Nothing that is waited for here takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

pub fn until(what: &str, mut met: impl FnMut() -> bool) {
    let began = Instant::now();
    while !met() {
        assert!(began.elapsed() < PATIENCE, "{what} did not happen");
        thread::sleep(Duration::from_millis(1));
    }
}

/// `fix --yes` on the scenario, under way.
fn start(place: &Place) -> Child {
    begin(place, &["fix", "--yes"])
}

/// relight with these words on the scenario, under way.
pub fn begin(place: &Place, words: &[&str]) -> Child {
    let (log, scenario) = (place.log_file(), place.scenario_file());
    let mut command = place.command(words);
    command.arg("--simulate").arg(scenario).arg("--log-file").arg(log);
    command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("relight runs")
}

/// The processes that a process has started.
fn children(of: u32) -> Vec<u32> {
    let parent = |process: u32| {
        let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
        stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse::<u32>().ok()
    };
    let all = fs::read_dir("/proc").into_iter().flatten().flatten();
    let all = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    all.filter(|process| parent(*process) == Some(of)).collect()
}

/// Kills relight at once, and then what it leaves behind: a shell that is not told to end goes on until it reads.
pub fn kill(mut relight: Child, hung: bool) {
    let shells = children(relight.id());
    relight.kill().expect("it can be killed");
    relight.wait().expect("it ends");
    for shell in shells {
        if hung {
            let _gone = Command::new("kill").args(["-9", &shell.to_string()]).stderr(Stdio::null()).status();
        }
        until("the end of the shell", || !fs::exists(format!("/proc/{shell}")).unwrap_or(false) || is_zombie(shell));
    }
}

fn is_zombie(process: u32) -> bool {
    fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| stat.contains(") Z "))
}

fn key(step: &Value) -> Key {
    let word = |name: &str| step[name].as_str().expect("text").to_owned();
    (word("component"), word("requester"))
}

/// Checks the journal of the only run against what really happened, and tells whether it was interrupted in a way that
/// has to be pointed out.
fn tells_the_truth(place: &Place, before: &Value, at: &str) -> bool {
    let really = changed(before, &place.scenario());
    let Some(name) = place.newest() else {
        assert!(really.is_empty(), "{at}: no journal, but {really:?} changed");
        return false;
    };
    let legible = fs::read(&place.journals()[0]).is_ok_and(|text| text.contains(&b'\n'));
    if !legible {
        assert!(really.is_empty(), "{at}: no line in the journal, but {really:?} changed");
        return false;
    }
    let past = place.past(&name);
    let steps =
        past["servers"].as_array().expect("servers").iter().flat_map(|it| it["steps"].as_array().expect("steps"));
    let steps = steps.collect::<Vec<_>>();
    for step in &steps {
        let (key, may, outcome) = (key(step), step["mayHaveChanged"] == true, step["outcome"].as_str().expect("text"));
        assert!(may || !really.contains(&key), "{at}: {key:?} changed, but the journal says {outcome}");
        assert!(outcome != "done" || really.contains(&key), "{at}: {key:?} is said to be done and is not");
    }
    for key in &really {
        assert!(
            steps.iter().any(|step| self::key(step) == *key),
            "{at}: {key:?} changed and the journal has no such step"
        );
    }
    let interrupted = past["state"] == "interrupted" && past["mayHaveChanged"] == true;
    place.lift_faults();
    let check = place.simulate(&["check"]);
    assert_eq!(check.err.contains(&format!("resume {name}")), interrupted, "{at}: {}", check.err);
    // What to do next is what the history says: a run that ended blind, because its shell was killed, is settled as well.
    if past["state"] == "interrupted" || place.run(&["history", &name]).out.contains("Next: relight resume") {
        let resume = place.simulate(&["resume", &name]);
        let closed = place.past(&name);
        assert_eq!(closed["state"], "ended", "{at}: {} {}", resume.out, resume.err);
        assert!(!place.simulate(&["check"]).err.contains("resume"), "{at}: it is pointed out for ever");
    }
    undone(place, before, &name, at);
    interrupted
}

/// Whatever the run changed can be put back.
fn undone(place: &Place, before: &Value, name: &str, at: &str) {
    let really = changed(before, &place.scenario());
    let undo = place.simulate(&["undo", name, "--yes"]);
    let now = place.scenario();
    for (component, requester) in really {
        for store in ["local", "remote"] {
            let entries = now["servers"][0]["components"][&component][store].as_array().expect("entries").clone();
            let entry = entries.iter().find(|entry| entry["requester"] == requester.as_str()).expect("an entry");
            assert_eq!(entry["state"], "Inactive", "{at}: {component} {store}: {} {}", undo.out, undo.err);
        }
    }
}

#[test]
fn killed_while_any_frame_is_awaited() {
    let mut points = vec![("hello", 1, "before"), ("connect", 1, "before")];
    points.extend((1..=2).map(|nth| ("get-exchange-server", nth, "before")));
    points.extend((1..=8).map(|nth| ("get-component-state", nth, "before")));
    points.extend(
        (1..=2).flat_map(|nth| [("set-component-state", nth, "before"), ("set-component-state", nth, "after")]),
    );
    let mut pointed_out = 0;
    for (op, nth, effect) in &points {
        let at = format!("{op} {nth} {effect}");
        let when = if *op == "hello" { json!({"op": op}) } else { json!({"op": op, "nth": nth}) };
        let place = Place::with_faults(json!([{"hang": {"effect": effect, "when": when}}]));
        let before = place.scenario();
        let relight = start(&place);
        let asked = format!("call={}", op.split('-').map(capital).collect::<String>());
        until(&at, || {
            let log = fs::read_to_string(place.log_file()).unwrap_or_default();
            *op == "hello" && log.contains("starting the shell") || log.matches(&asked).count() == *nth
        });
        if *effect == "after" {
            let so_far = *nth;
            until(&at, || changed(&before, &place.scenario()).len() == so_far);
        }
        thread::sleep(Duration::from_millis(20));
        kill(relight, true);
        pointed_out += usize::from(tells_the_truth(&place, &before, &at));
    }
    assert!(pointed_out >= 8, "only {pointed_out} of {} points were pointed out", points.len());
}

fn capital(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[test]
fn killed_as_soon_as_any_record_is_there() {
    for record in 1..=10 {
        let place = Place::new();
        let before = place.scenario();
        let relight = start(&place);
        let lines = || {
            let journal = place.journals().pop().and_then(|path| fs::read(path).ok()).unwrap_or_default();
            journal.iter().filter(|byte| **byte == b'\n').count()
        };
        let began = Instant::now();
        while lines() < record && began.elapsed() < PATIENCE {}
        kill(relight, false);
        tells_the_truth(&place, &before, &format!("record {record}"));
    }
}

#[test]
fn killed_at_any_time() {
    let place = Place::new();
    let began = Instant::now();
    start(&place).wait().expect("it ends");
    let whole = began.elapsed();
    for part in 0..=40 {
        let place = Place::new();
        let before = place.scenario();
        let relight = start(&place);
        thread::sleep(whole * part / 40);
        kill(relight, false);
        tells_the_truth(&place, &before, &format!("{part}/40 of the time"));
    }
}

/// Kills relight at each system call of the thread that keeps the journal, where strace is there to do so: every point there
/// is. strace counts the calls of each name for itself, so a point is a name and a number.
#[test]
#[ignore = "takes a minute, and needs strace"]
fn killed_at_any_system_call() {
    let strace = |place: &Place, options: &[&str]| {
        let mut command = Command::new("strace");
        command.arg("-f").args(options).arg(env!("CARGO_BIN_EXE_relight"));
        command.args(["fix", "--yes", "--no-probe", "--simulate"]);
        command.arg(place.scenario_file()).arg("--journal-dir").arg(place.journal_folder());
        command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
        command
    };
    let place = Place::new();
    let trace = place.path().join("trace");
    strace(&place, &["-o", trace.to_str().expect("text")]).status().expect("strace runs");
    let points = points_of(&fs::read_to_string(trace).expect("a trace"));
    assert!(points.iter().any(|(call, _)| call.ends_with("sync")), "the thread that keeps the journal: {points:?}");
    let killed = |(call, nth): &(String, usize)| {
        let place = Place::new();
        let before = place.scenario();
        let inject = format!("inject={call}:signal=SIGKILL:when={nth}");
        strace(&place, &["-o", "/dev/null", "-e", &inject]).status().expect("strace runs");
        // The simulated shell reads the end of its input and goes.
        let file = place.scenario_file();
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
