//! The rights of the journal's folder, as Windows itself tells them.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

crate::trials![the_folder_of_the_journals_is_made_taken_back_and_not_believed_when_it_is_somebody_elses];

const USERS: &str = "S-1-5-32-545";

fn relight(words: &[&str], journals: &Path) -> (Option<i32>, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_relight"));
    let Output { status, stdout, stderr } =
        command.args(words).args(["--simulate", "--journal-dir"]).arg(journals).output().expect("relight starts");
    let said = [stdout, stderr].map(|it| String::from_utf8_lossy(&it).into_owned()).concat();
    (status.code(), said.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn icacls(folder: &Path, words: &[&str]) {
    let system = std::env::var_os("SystemRoot").expect("Windows");
    let icacls = Path::new(&system).join(r"System32\icacls.exe");
    assert!(Command::new(icacls).arg(folder).args(words).status().expect("icacls starts").success(), "{words:?}");
}

/// The rights of the folder as text, which are the same in every language.
fn rights(folder: &Path) -> String {
    let file = folder.with_extension("rights");
    icacls(folder, &["/save", file.to_str().expect("text")]);
    let units = fs::read(&file).expect("saved");
    let units = units.chunks_exact(2).map(|pair| u16::from_le_bytes([pair[0], pair[1]])).collect::<Vec<_>>();
    let text = String::from_utf16_lossy(&units);
    text.lines().find(|line| line.starts_with("D:")).expect("rights").trim().to_owned()
}

fn the_folder_of_the_journals_is_made_taken_back_and_not_believed_when_it_is_somebody_elses() {
    let place = tempfile::tempdir().expect("a folder");
    let folder = place.path().join("journal");
    let is_private = |rights: &str| {
        let others =
            rights.split('(').skip(1).filter(|entry| !["OW)", "BA)", "SY)"].iter().any(|it| entry.contains(it)));
        rights.starts_with("D:P") && others.count() == 0
    };
    let fix = || relight(&["fix", "--yes"], &folder);
    assert_eq!(fix().0, Some(0));
    assert!(is_private(&rights(&folder)), "{}", rights(&folder));

    icacls(&folder, &["/grant", &format!("*{USERS}:(OI)(CI)M")]);
    assert!(!is_private(&rights(&folder)));
    let (code, said) = fix();
    assert!(code == Some(0) && said.contains("Others could use"), "{said}");
    assert!(is_private(&rights(&folder)), "{}", rights(&folder));

    icacls(&folder, &["/setowner", &format!("*{USERS}")]);
    for words in [&["fix", "--yes"][..], &["undo", "--yes"], &["doctor"]] {
        let (code, said) = relight(words, &folder);
        assert!(code == Some(42) && said.contains("belongs to BU"), "{words:?}: {code:?} {said}");
    }
}
