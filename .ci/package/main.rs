//! Makes the package that admins download, from a program that is already built:
//!
//!     cargo run --example package -- zip <relight.exe> <folder> [<download url>]
//!     cargo run --example package -- engines <folder>
//!     cargo run --example package -- notes <tag>
//!
//! `zip` writes `relight-<version>-x86_64-windows.zip` and its `.sha256` into the folder and, when it is told the URL of the
//! folder it will be downloaded from, the winget manifests beside it. The same commit and program give the same bytes.
//! `engines` writes the scripts that are embedded, to be signed and embedded so by a second build. `notes` prints what CHANGELOG.md says of a tag, and fails where tag, version and CHANGELOG.md do not agree.

mod archive;
mod content;
mod release;
#[cfg(test)]
mod tests;
mod winget;

use std::path::Path;
use std::process::{Command, ExitCode};
use std::{env, fs};

use jiff::Timestamp;
use relight::shell::{Capabilities, engine};

const USAGE: &str =
    "usage: package zip <relight.exe> <folder> [<download url>] | package engines <folder> | package notes <tag>";

fn main() -> ExitCode {
    let typed: Vec<String> = env::args().skip(1).collect();
    let typed: Vec<&str> = typed.iter().map(String::as_str).collect();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let said = match typed[..] {
        ["zip", exe, folder] => zip(root, Path::new(exe), Path::new(folder), None),
        ["zip", exe, folder, url] => zip(root, Path::new(exe), Path::new(folder), Some(url)),
        ["engines", folder] => engines(Path::new(folder)),
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

/// Writes the package and what goes with it; says which files.
fn zip(root: &Path, exe: &Path, folder: &Path, url: Option<&str>) -> Result<String, String> {
    let at = time(root)?;
    let files = archive::with_sums(content::files(root, exe)?);
    let bytes = archive::zip(&files, at)?;
    let sum = archive::sha256(&bytes);
    let name = release::zip_name();
    let mut written = vec![(name.clone(), bytes), (format!("{name}.sha256"), format!("{sum}  {name}\n").into_bytes())];
    if let Some(url) = url {
        written.extend(winget::manifests(url, &sum, at));
    }
    let mut said = String::new();
    for (name, bytes) in written {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(|error| format!("{}: {error}", parent.display()))?;
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
        said += &format!("{}\n", path.display());
    }
    Ok(said + &format!("{sum}  {}\n", release::zip_name()))
}

/// Writes what a build embeds; says which files.
fn engines(folder: &Path) -> Result<String, String> {
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut said = String::new();
    for capabilities in Capabilities::ALL {
        let path = folder.join(format!("engine-{}.ps1", capabilities.word()));
        fs::write(&path, engine::text(capabilities)).map_err(|error| format!("{}: {error}", path.display()))?;
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
