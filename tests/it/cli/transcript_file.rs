//! `--transcript`: what stood on the screen, both streams in order and without colour, whatever became of the run; and what
//! is never written over.

use std::fs;
use std::path::Path;

#[cfg(unix)]
use crate::support::terminal::Terminal;
use crate::support::{Place, Ran, relight};

/// Runs with a transcript in a new folder, and gives what is in it.
fn kept(words: &str, code: u8) -> (Ran, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ticket.txt");
    let ran = relight(words).arg("--transcript").arg(&file).run().ends(code);
    (ran, read(&file))
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).expect("a transcript").replace("\r\n", "\n")
}

#[test]
fn a_transcript_is_what_stood_on_the_screen_whatever_became_of_the_run() {
    for (words, code) in [
        ("check --simulate", 10),
        ("check -q --simulate two-servers EX01 EX02", 10),
        ("check -vv --simulate maintenance", 14),
        ("check --simulate --format json", 10),
        ("fix --yes --simulate", 0),
        ("fix --simulate several-requesters", 12),
        ("fix --yes --simulate crash-in-write", 31),
        ("check --simulate failed-load", 20),
        ("check -v --simulate failed-load", 20),
        ("check --simulate no-such-scenario", 2),
        ("check --simulate --log-file Cargo.toml/log", 2),
        ("undo --simulate --yes 20200101-000000-000", 2),
        ("resume --simulate", 2),
    ] {
        let (ran, kept) = kept(words, code);
        let both = format!("{}{}", ran.stderr, ran.stdout);
        assert!(!kept.is_empty(), "{words}");
        if words.contains("-vv") {
            // The log goes on behind the result.
            let sorted = |text: &str| {
                let mut lines = text.lines().map(str::to_owned).collect::<Vec<_>>();
                lines.sort();
                lines
            };
            assert_eq!(sorted(&kept), sorted(&both), "{words}");
            assert!(kept.lines().last().is_some_and(|line| line.contains("relight ends")), "{words}: {kept}");
        } else {
            assert_eq!(kept, both, "{words}");
        }
    }
    let (ran, kept) = kept("fix --yes --simulate --color always", 0);
    assert!(ran.stdout.contains('\u{1b}') && !kept.contains('\u{1b}'), "{kept}");
}

#[test]
fn a_new_run_begins_a_new_transcript() {
    let place = Place::new();
    let file = place.folder().join("ticket.txt");
    let run = |words: &[&str]| place.relight(words).simulate(&place).arg("--transcript").arg(&file).run();
    run(&["fix", "--yes", "--no-probe"]).ends(0);
    assert!(read(&file).contains("[1/2] Set-ServerComponentState"));
    let undone = run(&["undo", "--yes"]).ends(0);
    assert_eq!(read(&file), format!("{}{}", undone.stderr, undone.stdout));
}

#[cfg(unix)]
#[test]
fn what_is_no_plain_file_is_refused_before_anything_runs_and_stays_as_it_is() {
    use std::os::unix::fs::{FileTypeExt, symlink};

    let place = Place::new();
    let before = place.text();
    let name = |name: &str| place.folder().join(name);
    fs::write(name("other"), "somebody's").expect("a file");
    symlink(name("other"), name("link")).expect("a link");
    symlink(name("missing"), name("dangling")).expect("a link");
    make_fifo(&name("fifo"));
    fs::hard_link(name("other"), name("twin")).expect("a link");
    let wrong = ["link", "dangling", "fifo", "twin", "", "none/ticket.txt"];
    for file in wrong.map(name) {
        let run = place.relight(&["fix", "--yes"]).simulate(&place).arg("--transcript").arg(&file);
        let ran = run.run().ends(2).says_nothing().tells("error: cannot write the transcript");
        assert!(!ran.stderr.contains("Loading"), "{ran}");
    }
    let ran = relight("check --simulate --transcript /dev/full").run().ends(2).says_nothing();
    ran.tells("it is there already, and is not a plain file");
    assert_eq!(place.text(), before);
    assert_eq!(fs::read_to_string(name("other")).expect("a file"), "somebody's");
    assert!(name("link").is_symlink() && name("dangling").is_symlink() && !name("missing").exists());
    assert!(fs::metadata(name("fifo")).expect("a FIFO").file_type().is_fifo());
}

#[cfg(unix)]
fn make_fifo(path: &Path) {
    let made = std::process::Command::new("mkfifo").arg(path).status().expect("mkfifo");
    assert!(made.success());
}

#[cfg(unix)]
#[test]
fn a_transcript_has_the_questions_and_what_was_answered() {
    let place = Place::new();
    let words = format!("fix --simulate '{}' --no-probe --transcript ticket.txt", place.file().display());
    let talk = Terminal::open(&words, &place.file(), |_| {});
    let talk = talk.answers("are kept Inactive by HealthApi.", "choose").answers("PopProxy on EX01", "y");
    let ended = talk.answers("ImapProxy on EX01", "").ends();
    let kept = read(&place.folder().join("ticket.txt"));
    for said in [
        "are kept Inactive by",
        "choose, explain or quit [yes]: choose\n",
        "quit [yes]: y\n",
        "[yes]: yes\n",
        "[2/2] ImapProxy on EX01 Active for HealthApi: no error reported.\n",
    ] {
        assert!(kept.contains(said), "no {said:?} in\n{kept}");
    }
    assert!(kept.ends_with(&ended.ran.stdout) && !kept.contains(['\u{1b}', '\u{8}', '\r']), "{kept}");
}

#[test]
fn a_file_that_is_something_else_already_is_refused() {
    let place = Place::new();
    let before = place.text();
    let file = place.file().display().to_string();
    for other in ["--log-file", "--simulate"] {
        let ran = place.run(&["fix", "--yes", "--transcript", &file, other, &file]).ends(2).says_nothing();
        ran.tells(&format!("is that of '{other}' already"));
    }
    assert_eq!(place.text(), before);
}

#[test]
fn only_what_looks_at_servers_and_keeps_a_run_has_a_transcript() {
    for words in ["doctor --simulate", "probe", "history", "scenarios", "completions bash"] {
        relight(words).arg("--transcript").arg("ticket.txt").run().ends(2).says_nothing();
    }
}
