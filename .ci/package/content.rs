//! What is in the package: the program, what an admin reads before trusting it, and the scripts that install it.

use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

/// A file of the package: its name there, with `/` between the parts, and its bytes.
pub type File = (String, Vec<u8>);

/// Files that keep their place.
const TEXTS: [&str; 4] = ["CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT", "README.md"];

/// Folders of which every file with this extension keeps its place: the scripts are embedded in the program, and are here
/// to be read.
const FOLDERS: [(&str, &str); 2] = [("docs/schema", "json"), ("scripts", "ps1")];

/// The folder of scripts that an admin runs; in the package they lie beside the program.
const ADMIN: &str = "scripts/admin";

/// Every file of the package but the list of checksums, sorted by name.
pub fn files(root: &Path, exe: &Path) -> Result<Vec<File>, String> {
    let program = read(exe)?;
    if !is_windows_program(&program) {
        return Err(format!("{}: not a program for 64-bit Windows", exe.display()));
    }
    let mut files = vec![("relight.exe".to_owned(), program), ("completions/relight.ps1".to_owned(), completions())];
    for name in TEXTS {
        files.push((name.to_owned(), read(&root.join(name))?));
    }
    for (folder, extension) in FOLDERS {
        for path in listed(&root.join(folder), extension)? {
            files.push((format!("{folder}/{}", file_name(&path)), read(&path)?));
        }
    }
    for path in listed(&root.join(ADMIN), "ps1")? {
        files.push((file_name(&path), read(&path)?));
    }
    files.sort();
    Ok(files)
}

/// What `relight completions powershell` prints.
fn completions() -> Vec<u8> {
    let scenarios = relight::simulator::scenarios().iter().map(|scenario| scenario.name).collect::<Vec<_>>();
    relight::cli::completions(Shell::PowerShell, &scenarios).into_bytes()
}

/// The files of a folder with this extension.
fn listed(folder: &Path, extension: &str) -> Result<Vec<PathBuf>, String> {
    let wrong = |error| format!("{}: {error}", folder.display());
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder).map_err(wrong)? {
        let path = entry.map_err(wrong)?.path();
        if path.extension().is_some_and(|found| found == extension) {
            paths.push(path);
        }
    }
    if paths.is_empty() { Err(format!("{}: no .{extension} file", folder.display())) } else { Ok(paths) }
}

fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

fn read(path: &Path) -> Result<Vec<u8>, String> {
    fs::read(path).map_err(|error| format!("{}: {error}", path.display()))
}

/// Whether this is a PE image for x86-64.
fn is_windows_program(bytes: &[u8]) -> bool {
    let header = bytes.get(0x3c..0x40).and_then(|at| at.try_into().ok()).map(u32::from_le_bytes);
    let header = header.and_then(|at| usize::try_from(at).ok()).and_then(|at| bytes.get(at..)?.get(..6));
    bytes.starts_with(b"MZ") && header == Some(b"PE\0\0\x64\x86")
}
