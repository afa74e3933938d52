//! Makes the package that admins download, from a program that is already built:
//!
//!     cargo run --example package -- inspect <msvc|gnu> <relight.exe>
//!     cargo run --example package -- stage <relight.exe> <staged>
//!     cargo run --example package -- zip <staged> <folder> [<download url>]
//!     cargo run --example package -- notes <tag>
//!
//! `inspect` says what Windows will read in the program's headers, and fails where that does not fit a release. `stage` lays
//! the files of the package into an empty folder, where they can be signed. `zip` packs them with their checksums: it writes
//! `relight-<version>-x86_64-windows.zip` and its `.sha256` into the folder and, when it is told the URL of the folder it
//! will be downloaded from, the winget manifests beside it. The same commit and program give the same bytes. `notes` prints
//! what CHANGELOG.md says of a tag, and fails where tag, version and CHANGELOG.md do not agree.

mod archive;
mod content;
#[cfg(test)]
mod fixture;
mod program;
mod release;
#[cfg(test)]
mod tests;
mod winget;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

use jiff::Timestamp;

use content::File;
use program::Linker;

const USAGE: &str = "usage: package inspect <msvc|gnu> <relight.exe> | package stage <relight.exe> <staged> | \
    package zip <staged> <folder> [<download url>] | package notes <tag>";

fn main() -> ExitCode {
    let typed: Vec<String> = env::args().skip(1).collect();
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = match typed[..] {
        ["inspect", "msvc", exe] => inspect(root, Path::new(exe), Linker::Microsoft),
        ["inspect", "gnu", exe] => inspect(root, Path::new(exe), Linker::Gnu),
        ["stage", exe, staged] => {
            content::files(root, Path::new(exe)).and_then(|files| write(Path::new(staged), &files))
        }
        ["zip", staged, folder] => zip(root, Path::new(staged), Path::new(folder), None),
        ["zip", staged, folder, url] => zip(root, Path::new(staged), Path::new(folder), Some(url)),
        ["notes", tag] => notes(root, tag),
        _ => Err(USAGE.to_owned()),
    };
    match said {
        Ok(said) => {
            print!("{said}");
            ExitCode::SUCCESS
        }
        Err(said) => {
            eprintln!("package: {said}");
            ExitCode::FAILURE
        }
    }
}

/// Says what the program's headers say.
fn inspect(root: &Path, exe: &Path, linker: Linker) -> Result<String, String> {
    let wrong = |error: &dyn std::fmt::Display| format!("{}: {error}", exe.display());
    let bytes = fs::read(exe).map_err(|error| wrong(&error))?;
    let program = program::read(&bytes).map_err(|error| wrong(&error))?;
    let mut faults = program::faults(&program, linker);
    // Where it was built: here.
    let mut folders = vec![root.display().to_string()];
    folders.extend(["CARGO_HOME", "HOME", "USERPROFILE"].into_iter().filter_map(|name| env::var(name).ok()));
    folders.retain(|folder| folder.len() > 1);
    let folders: Vec<&str> = folders.iter().map(String::as_str).collect();
    faults.extend(
        program::named(&bytes, &folders).into_iter().map(|folder| format!("the folder {folder} is named in it")),
    );
    if faults.is_empty() { Ok(format!("{program:#x?}\n")) } else { Err(wrong(&faults.join("; "))) }
}

/// Writes the package of what was staged, and what goes with it; says which files.
fn zip(root: &Path, staged: &Path, folder: &Path, url: Option<&str>) -> Result<String, String> {
    let at = time(root)?;
    let bytes = archive::zip(&archive::with_sums(content::staged(staged)?), at)?;
    let sum = archive::sha256(&bytes);
    let name = release::zip_name();
    let mut written = vec![(name.clone(), bytes), (format!("{name}.sha256"), format!("{sum}  {name}\n").into_bytes())];
    if let Some(url) = url {
        written.extend(winget::manifests(url, &sum, at));
    }
    Ok(write(folder, &written)? + &format!("{sum}  {name}\n"))
}

/// Writes files below a folder; says which.
fn write(folder: &Path, files: &[File]) -> Result<String, String> {
    let mut said = String::new();
    for (name, bytes) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        said += &format!("{}\n", path.display());
    }
    Ok(said)
}

fn notes(root: &Path, tag: &str) -> Result<String, String> {
    let changelog = fs::read_to_string(root.join("CHANGELOG.md")).map_err(|error| format!("CHANGELOG.md: {error}"))?;
    release::notes(tag, &changelog)
}

/// The time that every file of the package carries: `SOURCE_DATE_EPOCH`, else that of the last commit.
fn time(root: &Path) -> Result<Timestamp, String> {
    let seconds = match env::var("SOURCE_DATE_EPOCH") {
        Ok(seconds) => seconds,
        Err(_) => {
            let git = Command::new("git").current_dir(root).args(["log", "-1", "--format=%ct"]).output();
            let git = git.map_err(|error| format!("git: {error}; set SOURCE_DATE_EPOCH"))?;
            String::from_utf8_lossy(&git.stdout).into_owned()
        }
    };
    let seconds = seconds.trim();
    seconds
        .parse()
        .ok()
        .and_then(|seconds| Timestamp::from_second(seconds).ok())
        .ok_or_else(|| format!("not a time in seconds since 1970: '{seconds}'; set SOURCE_DATE_EPOCH"))
}
