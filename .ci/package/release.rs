//! What a release is called, and whether tag, version and CHANGELOG.md agree on it.

pub const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The name of the package.
pub fn zip_name() -> String {
    format!("relight-{VERSION}-x86_64-windows.zip")
}

/// What the changelog says of the release with this tag.
pub fn notes(tag: &str, changelog: &str) -> Result<String, String> {
    if tag != format!("v{VERSION}") {
        return Err(format!("the tag is {tag}, but Cargo.toml says {VERSION}: it would be v{VERSION}"));
    }
    let mut lines = changelog.lines().skip_while(|line| !is_heading(line));
    lines.next().ok_or_else(|| format!("CHANGELOG.md has no section '## {VERSION} - <date>'"))?;
    let section: Vec<&str> = lines.take_while(|line| !line.starts_with("## ")).collect();
    let section = section.join("\n");
    match section.trim() {
        "" => Err(format!("the section {VERSION} of CHANGELOG.md is empty")),
        text => Ok(format!("{text}\n")),
    }
}

/// `## 1.2.3 - 2026-11-30`: a release without its date is not one.
fn is_heading(line: &str) -> bool {
    let date = line.strip_prefix("## ").and_then(|rest| rest.strip_prefix(VERSION)?.strip_prefix(" - "));
    date.is_some_and(|date| date.trim().parse::<jiff::civil::Date>().is_ok())
}
