//! What is in the package: the program, what an admin reads before trusting it, and the scripts that install it.

use std::fs;
use std::path::{Path, PathBuf};

use clap_complete::Shell;

/// A file of the package: its name there, with `/` between the parts, and its bytes.
pub type File = (String, Vec<u8>);

/// What is read rather than run, and its place in the package. It ends its lines as Windows does: the Notepad of older
/// servers knows no other end.
const TEXTS: [(&str, &str); 6] = [
    ("CHANGELOG.md", "CHANGELOG.md"),
    ("LICENSE-APACHE", "LICENSE-APACHE"),
    ("LICENSE-MIT", "LICENSE-MIT"),
    ("README.md", "README.md"),
    (".github/SECURITY.md", "SECURITY.md"),
    ("contrib/dsc/relight.dsc.resource.json", "relight.dsc.resource.json"),
];

/// Folders of which every file with this extension keeps its place: the scripts are embedded in the program, and are here
/// to be read.
const FOLDERS: [(&str, &str); 5] =
    [("docs", "md"), ("docs", "svg"), ("docs", "yaml"), ("docs/schema", "json"), ("scripts", "ps1")];

/// The PowerShell module; in the package its folder lies beside the program, which it finds there.
const MODULE: &str = "scripts/module/Relight";

/// The folder of scripts that an admin runs; in the package they lie beside the program.
const ADMIN: &str = "scripts/admin";

/// What README.md says to those who have no package.
const FROM_SOURCE: [&str; 2] = ["Try it without Exchange", "Building from source"];

/// Every file of the package but the list of checksums, sorted by name.
pub fn files(root: &Path, exe: &Path) -> Result<Vec<File>, String> {
    let program = read(exe)?;
    if !is_windows_program(&program) {
        return Err(format!("{}: not a program for 64-bit Windows", exe.display()));
    }
    let mut files = vec![("relight.exe".to_owned(), program), ("completions/relight.ps1".to_owned(), completions())];
    for (from, name) in TEXTS {
        files.push((name.to_owned(), read(&root.join(from))?));
    }
    for (folder, extension) in FOLDERS {
        for path in listed(&root.join(folder), extension)? {
            files.push((format!("{folder}/{}", file_name(&path)), read(&path)?));
        }
    }
    for path in entries(&root.join(MODULE))? {
        files.push((format!("Relight/{}", file_name(&path)), read(&path)?));
    }
    for path in listed(&root.join(ADMIN), "ps1")? {
        files.push((file_name(&path), read(&path)?));
    }
    files.sort();
    for (name, bytes) in &mut files {
        if name.ends_with(".md") || name.starts_with("LICENSE") {
            let text = String::from_utf8_lossy(bytes).replace("\r\n", "\n");
            let text = match name.as_str() {
                "README.md" => readme(&text)?,
                // It lies one folder higher here.
                "SECURITY.md" => text.replace("](../", "]("),
                _ => text,
            };
            *bytes = text.replace('\n', "\r\n").into_bytes();
        }
    }
    match missing(&files) {
        missing if missing.is_empty() => Ok(files),
        missing => Err(format!("in the package nothing lies where these links lead: {}", missing.join(", "))),
    }
}

/// README.md for those who have the package.
fn readme(text: &str) -> Result<String, String> {
    let mut text = text.to_owned();
    for section in FROM_SOURCE {
        let title = format!("\n## {section}\n");
        let (before, rest) = text.split_once(&title).ok_or(format!("README.md has no section '{section}'"))?;
        let after = rest.find("\n## ").map_or("", |next| &rest[next..]);
        text = format!("{before}{after}");
    }
    Ok(text.replace("(.github/SECURITY.md)", "(SECURITY.md)"))
}

/// The links to other files that lead nowhere in the package.
fn missing(files: &[File]) -> Vec<String> {
    let mut missing = Vec::new();
    for (name, bytes) in files.iter().filter(|(name, _)| name.ends_with(".md")) {
        let text = String::from_utf8_lossy(bytes);
        let folder = name.rsplit_once('/').map_or(String::new(), |(folder, _)| format!("{folder}/"));
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            let target = format!("{folder}{}", link.split('#').next().unwrap_or_default());
            let target = target.strip_prefix("docs/../").unwrap_or(&target);
            if !link.starts_with("https://") && !link.starts_with('#') && !files.iter().any(|(name, _)| name == target)
            {
                missing.push(format!("{link} in {name}"));
            }
        }
    }
    missing
}

/// What lies in a folder of such files, sorted by name.
pub fn staged(folder: &Path) -> Result<Vec<File>, String> {
    let mut files = Vec::new();
    let mut open = vec![String::new()];
    while let Some(below) = open.pop() {
        for path in entries(&folder.join(&below))? {
            let name = format!("{below}{}", file_name(&path));
            if path.is_dir() {
                open.push(format!("{name}/"));
            } else {
                files.push((name, read(&path)?));
            }
        }
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
    let mut paths = entries(folder)?;
    paths.retain(|path| path.extension().is_some_and(|found| found == extension));
    if paths.is_empty() { Err(format!("{}: no .{extension} file", folder.display())) } else { Ok(paths) }
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let wrong = |error| format!("{}: {error}", folder.display());
    fs::read_dir(folder).map_err(wrong)?.map(|entry| Ok(entry.map_err(wrong)?.path())).collect()
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
