//! What a shell is started with, and what is said when it cannot be.

use std::path::Path;

use relight::shell::{Capabilities, Deadlines, Interrupt, Launch, Program, Session, StartError, Turn};
use serde_json::Value;

use crate::{LONG, launch, look};

crate::trials![
    the_surroundings_are_clean,
    the_means_are_handed_on,
    powershell_gets_the_engine_as_a_file_that_is_gone_afterwards,
    a_missing_program_is_named,
    a_program_that_cannot_run_is_named,
    a_constrained_language_mode_is_no_session,
];

fn tell(launch: &Launch) -> (Session, Value) {
    let mut session = Session::start(launch).unwrap();
    let told = session.call(&look("EX01"), &mut |_| {}).unwrap();
    (session, told)
}

fn the_surroundings_are_clean() {
    assert!(std::env::var_os(crate::POISON).is_some(), "the test itself is poisoned");
    let (_session, told) = tell(&launch(["tell", "a b", "c\"d", ""]));
    assert_eq!(told["poison"], Value::Null, "PSModulePath is not handed on");
    assert_eq!(told["quick"], "0");
    assert_eq!(told["telemetry"], crate::TELEMETRY.1, "what somebody has set stays");
    assert_eq!(told["arguments"], serde_json::json!(["a b", "c\"d", ""]));
    let folder = told["folder"].as_str().unwrap();
    assert_eq!(Path::new(folder), relight::shell::locate::system_directory());
}

fn the_means_are_handed_on() {
    for capabilities in Capabilities::ALL {
        let word = capabilities.word();
        let (_session, told) = tell(&Launch { capabilities, ..launch(["tell"]) });
        assert_eq!(told["capabilities"], word);
    }
}

fn powershell(path: &Path) -> Launch {
    Launch {
        program: Program::PowerShell { path: path.to_owned() },
        capabilities: Capabilities::Look,
        deadlines: Deadlines { hello: LONG, connect: LONG, call: LONG },
        interrupt: Interrupt::new(),
        turn: Turn::default(),
        goes_through: false,
    }
}

fn powershell_gets_the_engine_as_a_file_that_is_gone_afterwards() {
    let (session, told) = tell(&powershell(&std::env::current_exe().unwrap()));
    let file = Path::new(told["arguments"][0].as_str().unwrap());
    assert!(file.is_absolute() && file.is_file(), "{file:?}");
    session.close();
    assert!(!file.exists() && !file.parent().unwrap().exists(), "{file:?}");
}

fn a_missing_program_is_named() {
    let missing = std::env::temp_dir().join("no-such-powershell");
    let error = Session::start(&powershell(&missing)).unwrap_err();
    assert!(matches!(error, StartError::NotFound { .. }), "{error:?}");
    assert!(error.to_string().contains("no-such-powershell"), "{error}");
}

fn a_program_that_cannot_run_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("not-a-program.exe");
    std::fs::write(&file, "text").unwrap();
    let error = Session::start(&powershell(&file)).unwrap_err();
    assert!(matches!(error, StartError::Spawn { .. }), "{error:?}");
    assert!(error.to_string().contains("not-a-program.exe"), "{error}");
}

fn a_constrained_language_mode_is_no_session() {
    let error = Session::start(&launch(["constrained"])).unwrap_err();
    assert!(matches!(&error, StartError::LanguageMode(mode) if mode == "ConstrainedLanguage"), "{error:?}");
}
