//! What a run leaves on the machine beside its result.

use std::fs;

use serde_json::Value;

use crate::run::{Run, shown};

crate::trials![the_journal_tells_whether_the_account_may_use_its_rights];

fn the_journal_tells_whether_the_account_may_use_its_rights() {
    let mut run = Run::new("kb-3025138", &["fix", "--yes"]);
    let journals = run.folder.path().join("journals");
    run.command.arg("--journal-dir").arg(&journals);
    let output = run.output();
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let files = fs::read_dir(&journals).unwrap().map(|entry| entry.unwrap().path());
    let journal = files.filter(|path| path.extension().is_some_and(|is| is == "jsonl")).next().unwrap();
    let text = fs::read_to_string(journal).unwrap();
    let begin: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let elevated = relight::windows::account::is_elevated();
    assert!(elevated.is_some());
    assert_eq!(begin["who"]["elevated"], serde_json::json!(elevated), "{begin}");
}
