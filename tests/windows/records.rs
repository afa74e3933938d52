//! What a run leaves on the machine beside its result.

use std::fs;

use relight::exchange::event_log;
use serde_json::Value;
use windows_sys::Win32::System::Registry::{HKEY_LOCAL_MACHINE, RegDeleteTreeW};

use crate::run::{Run, shown};

crate::trials![Wine =>
    the_journal_tells_whether_the_account_may_use_its_rights,
    the_event_source_is_registered_once_and_a_run_writes_there_only_then,
];

fn the_journal_tells_whether_the_account_may_use_its_rights() {
    let mut run = Run::new("kb-3025138", &["fix", "--yes"]);
    let journals = run.folder.path().join("journals");
    run.command.arg("--journal-dir").arg(&journals);
    let output = run.output();
    assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
    let mut files = fs::read_dir(&journals).unwrap().map(|entry| entry.unwrap().path());
    let journal = files.find(|path| path.extension().is_some_and(|is| is == "jsonl")).unwrap();
    let text = fs::read_to_string(journal).unwrap();
    let begin: Value = serde_json::from_str(text.lines().next().unwrap()).unwrap();
    let elevated = relight::windows::account::is_elevated();
    assert!(elevated.is_some());
    assert_eq!(begin["who"]["elevated"], serde_json::json!(elevated), "{begin}");
}

/// The key of the source, gone when this is dropped.
struct Source;

impl Source {
    fn forget() {
        let key: Vec<u16> = event_log::KEY.encode_utf16().chain([0]).collect();
        // SAFETY: the name ends with a zero.
        unsafe { RegDeleteTreeW(HKEY_LOCAL_MACHINE, key.as_ptr()) };
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        Self::forget();
    }
}

fn the_event_source_is_registered_once_and_a_run_writes_there_only_then() {
    let fix = || {
        let output = Run::new("kb-3025138", &["fix", "--yes", "-vv"]).output();
        assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
        String::from_utf8(output.stderr).unwrap()
    };
    let register = || {
        let output = Run::new("kb-3025138", &["doctor", "--register-event-source"]).output();
        assert_eq!(output.status.code(), Some(0), "{}", shown(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    Source::forget();
    let without = fix();
    assert!(without.contains("the source is not registered"), "{without}");

    let _gone = Source;
    let text = register();
    assert!(text.contains(&format!(r"HKLM\{}", event_log::KEY)), "{text}");
    let messages = format!("EventMessageFile (REG_EXPAND_SZ) = {}: written", event_log::MESSAGES);
    for line in [&messages, "TypesSupported (REG_DWORD) = 7: written", "CustomSource (REG_DWORD) = 1: written"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    let again = register();
    assert!(!again.contains(": written") && again.contains("nothing was changed"), "{again}");

    let with = fix();
    assert!(with.contains("the Application log has an event") && with.contains("id=100"), "{with}");
}
