//! The engine as relight starts it: engine.ps1 with the other scripts put in place of its marker line, each as a function
//! named like its file, after `Relight-`.

use std::fs;
use std::path::{Path, PathBuf};

/// The line of engine.ps1 that the operations replace.
const MARKER: &str = "# <operations>\n";

/// One script that becomes a function.
pub struct Script {
    pub name: String,
    pub text: String,
}

/// The scripts folder of this repository.
pub fn scripts_dir() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")
}

/// The text of engine.ps1, not joined.
pub fn engine() -> String {
    fs::read_to_string(scripts_dir().join("engine.ps1")).unwrap()
}

/// All scripts but the engine, by name.
pub fn operations() -> Vec<Script> {
    let mut scripts: Vec<Script> = fs::read_dir(scripts_dir())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ps1"))
        .map(|path| Script {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            text: fs::read_to_string(&path).unwrap(),
        })
        .filter(|script| script.name != "engine")
        .collect();
    scripts.sort_by(|a, b| a.name.cmp(&b.name));
    scripts
}

/// Joins an engine with operations.
pub fn join(engine: &str, operations: &[Script]) -> String {
    assert_eq!(engine.matches(MARKER).count(), 1, "engine.ps1 has exactly one marker line");
    let functions: String =
        operations.iter().map(|script| format!("function Relight-{} {{\n{}}}\n\n", script.name, script.text)).collect();
    engine.replace(MARKER, &functions)
}
