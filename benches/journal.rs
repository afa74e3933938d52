//! What the journal costs: the part of a run's wall time that it takes, flushes to this machine's disk counted, and what
//! `history` takes where there are ten thousand. Run it with `cargo bench --bench journal`.
//!
//! The part is a ratio within one run: the journal measures its own time and logs it when it is closed. It is taken of a
//! run in which Exchange needs five seconds to load, which is quick for the real one, and, to compare, of a run in which
//! nothing takes any time, which no real one is.
#![expect(clippy::print_stdout, reason = "a benchmark prints its figures")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// Journals in the folder that `history` reads.
const MANY: usize = 10_000;

const SCENARIO: &str = r#"{"scenario": "relight/scenario/1.0", "now": "2026-03-14T02:47:10Z",
  "faults": [{"slow-load": {"milliseconds": LOAD}}],
  "servers": [{"name": "EX01", "components": {
    "PopProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:52Z"}]},
    "ImapProxy": {"local": [{"requester": "HealthApi", "state": "Inactive", "timestamp": "2026-03-14T02:31:53Z"}]}}}]}"#;

fn main() {
    // Not the folder for temporary files, which may be memory: the disk that this is built on.
    let target = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let folder = tempfile::Builder::new().prefix("journal-bench").tempdir_in(target).expect("a folder");
    let loaded = (0..3).map(|_| part(folder.path(), 5000)).fold(0.0, f64::max);
    let mut bare = (0..21).map(|_| part(folder.path(), 0)).collect::<Vec<_>>();
    bare.sort_by(f64::total_cmp);
    println!(
        "part of a run in which Exchange loads in 5 s: {:.2} % (the worst of 3; at most 5 wanted)",
        100.0 * loaded
    );
    println!("part of a run in which nothing takes time:    {:.0} % (the median of 21)", 100.0 * bare[10]);
    assert!(loaded < 0.05);

    let journals = many(folder.path());
    for (words, wanted) in [(&["history"][..], true), (&["history", "--all"], false), (&["check", "--simulate"], false)]
    {
        let mut times = (0..11).map(|_| timed(words, &journals)).collect::<Vec<_>>();
        times.sort();
        let (time, memory) = (times[5].0, times.iter().map(|(_, memory)| *memory).max().unwrap_or_default());
        println!(
            "{MANY} journals, {:14} {:>5.0} ms (median of 11) {:>6.1} MB",
            words.join(" "),
            time.as_secs_f64() * 1e3,
            memory as f64 / 1e3
        );
        if wanted {
            assert!(time < Duration::from_millis(200) && memory < 20_000, "at most 200 ms and 20 MB wanted");
        }
    }
}

/// The part of the wall time of one run that its journal takes.
fn part(folder: &Path, load: u64) -> f64 {
    let (scenario, log) = (folder.join("scenario.json"), folder.join("log.txt"));
    fs::write(&scenario, SCENARIO.replace("LOAD", &load.to_string())).expect("written");
    let _first = fs::remove_file(&log);
    let began = Instant::now();
    let status = relight(&["fix", "--yes", "-q"], &folder.join("own"))
        .arg("--simulate")
        .arg(&scenario)
        .arg("--log-file")
        .arg(&log)
        .status()
        .expect("relight runs");
    let wall = began.elapsed();
    assert!(status.success());
    let log = fs::read_to_string(&log).expect("a log");
    let spent = log.split("spent_us=").nth(1).expect("the journal's own time");
    let spent = spent.chars().take_while(char::is_ascii_digit).collect::<String>();
    spent.parse::<f64>().expect("a number") / wall.as_micros() as f64
}

fn relight(words: &[&str], journals: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
    command.args(words).arg("--journal-dir").arg(journals);
    command.stdout(Stdio::null()).stderr(Stdio::null()).stdin(Stdio::null());
    command
}

/// A folder with many journals, each as a run on a real server leaves it.
fn many(folder: &Path) -> PathBuf {
    let own = folder.join("own").join("simulated");
    let one = fs::read_dir(own)
        .expect("listed")
        .flatten()
        .find(|entry| entry.path().extension().is_some_and(|extension| extension == "jsonl"));
    let one = one.expect("a journal");
    let text = fs::read_to_string(one.path()).expect("text");
    let name = one.file_name().to_string_lossy()[..19].to_owned();
    let text = text.replace(
        &text[text.find("\"simulated\":").expect("there")..text.find(",\"undoes\"").expect("there")],
        "\"simulated\":null",
    );
    let journals = folder.join("many");
    fs::create_dir(&journals).expect("made");
    for number in 0..MANY {
        let (day, rest) = (number / 500, number % 500);
        let run = format!("202611{:02}-{:02}{:02}00-000", day + 1, rest / 60, rest % 60);
        fs::write(journals.join(format!("{run}.jsonl")), text.replace(&name, &run)).expect("written");
    }
    println!("{MANY} journals of {} bytes each", text.len());
    journals
}

/// The time and the most memory, in kB, that relight takes.
fn timed(words: &[&str], journals: &Path) -> (Duration, u64) {
    let began = Instant::now();
    let mut relight = relight(words, journals).spawn().expect("relight runs");
    let status = format!("/proc/{}/status", relight.id());
    let mut most = 0;
    while relight.try_wait().expect("it can be waited for").is_none() {
        let about = fs::read_to_string(&status).unwrap_or_default();
        let peak = about.lines().find_map(|line| line.strip_prefix("VmHWM:")?.split_whitespace().next()?.parse().ok());
        most = most.max(peak.unwrap_or(0));
        thread::sleep(Duration::from_micros(500));
    }
    (began.elapsed(), most)
}
