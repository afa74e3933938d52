//! Which PowerShell is started, and with what.

use std::path::Path;
use std::{env, fs};

use crate::run::{Run, shown};

crate::trials![Wine =>
    the_powershell_of_the_system_is_started_and_no_decoy,
    powershell_reads_no_profile_and_asks_nothing,
    a_path_with_blanks_and_foreign_letters_arrives_whole,
    the_environment_is_handed_on_but_for_the_module_path,
    powershell_runs_in_the_system_directory_without_a_window_on_three_pipes,
];

fn the_powershell_of_the_system_is_started_and_no_decoy() {
    let place = tempfile::tempdir().unwrap();
    let [beside, here, path] = ["beside", "here", "path"].map(|name| place.path().join(name));
    for folder in [&beside, &here, &path] {
        fs::create_dir(folder).unwrap();
        fs::copy(env::current_exe().unwrap(), folder.join("powershell.exe")).unwrap();
    }
    let program = beside.join("relight.exe");
    fs::copy(env!("CARGO_BIN_EXE_relight"), &program).unwrap();
    let mut run = Run::of(&program, "kb-3025138", &["check"]);
    let paths = [path].into_iter().chain(env::split_paths(&env::var_os("PATH").unwrap())).collect::<Vec<_>>();
    run.command.current_dir(&here).env("PATH", env::join_paths(paths).unwrap());
    let output = run.output();
    assert_eq!(output.status.code(), Some(10), "{}", shown(&output));
    let own = relight::shell::locate::system_directory().join(r"WindowsPowerShell\v1.0\powershell.exe");
    let started = run.note()["program"].as_str().unwrap().to_ascii_lowercase();
    assert_eq!(started, own.to_string_lossy().to_ascii_lowercase());
}

fn powershell_reads_no_profile_and_asks_nothing() {
    for (arguments, code) in [(&["check"][..], 10), (&["fix", "--yes"], 0)] {
        let mut run = Run::new("kb-3025138", arguments);
        let output = run.output();
        assert_eq!(output.status.code(), Some(code), "{}", shown(&output));
        let note = run.note();
        let words: Vec<&str> = note["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
        let [options @ .., "-File", file, "-Nonce", nonce] = &words[..] else { panic!("{words:?}") };
        assert_eq!(options, ["-NoLogo", "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass"]);
        assert!(Path::new(file).is_absolute() && file.ends_with(r"\engine.ps1"), "{file}");
        assert!(nonce.len() == 32 && nonce.bytes().all(|byte| byte.is_ascii_hexdigit()), "{nonce}");
    }
}

fn a_path_with_blanks_and_foreign_letters_arrives_whole() {
    for name in ["Jörg Müller", "O'Brien & Söhne", "佐藤 一郎", "a ^%TEMP%^ (b) $x `"] {
        let mut run = Run::new("kb-3025138", &["check"]);
        let temp = run.temp(name);
        let output = run.output();
        assert_eq!(output.status.code(), Some(10), "{name}: {}", shown(&output));
        let note = run.note();
        let file = note["words"][6].as_str().unwrap();
        assert!(Path::new(file).starts_with(&temp), "{file} is not below {}", temp.display());
        assert!(note["line"].as_str().unwrap().contains(&format!("-File \"{file}\" -Nonce ")), "{}", note["line"]);
    }
}

fn the_environment_is_handed_on_but_for_the_module_path() {
    let mut run = Run::new("kb-3025138", &["check"]);
    run.command.env("PSModulePath", r"C:\Program Files\PowerShell\7\Modules").env("ExchangeInstallPath", r"C:\Übung");
    let output = run.output();
    assert_eq!(output.status.code(), Some(10), "{}", shown(&output));
    let note = run.note();
    let environment = note["environment"].as_object().unwrap();
    assert!(environment.keys().all(|name| !name.eq_ignore_ascii_case("PSModulePath")), "{environment:?}");
    assert_eq!(environment["ExchangeInstallPath"], r"C:\Übung");
    assert_eq!(environment["DOTNET_TieredPGO"], "0");
}

fn powershell_runs_in_the_system_directory_without_a_window_on_three_pipes() {
    let mut run = Run::new("kb-3025138", &["check"]);
    let output = run.output();
    assert_eq!(output.status.code(), Some(10), "{}", shown(&output));
    let note = run.note();
    let folder = note["folder"].as_str().unwrap();
    assert_eq!(Path::new(folder), relight::shell::locate::system_directory());
    assert_eq!(note["streams"], serde_json::json!([3, 3, 3]), "pipes");
    assert_eq!(note["window"], false);
}
