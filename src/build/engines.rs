//! The engines: the scripts of `scripts/` as PowerShell gets them, one file for each thing that a session may be able to do.
//! A run gets the scripts that it may call and no others: what is not there cannot be called by mistake, and need not be
//! read. Reading is a good part of what a short run costs, so comments are left out as well; their lines stay, empty, and
//! a line number in an error is that of the joined scripts.
//!
//! They are made here and not by a run, so that a release can sign them: there may be a folder with the same files, each with
//! its signature, which are embedded in their place. That nothing but the signature was added is checked here; whether it
//! holds, PowerShell finds out.

use std::path::Path;
use std::{fs, io};

/// What the block of a signature begins with.
const SIGNATURE: &str = "# SIG # Begin signature block";
/// Where the other scripts go in the one with the read loop.
const MARKER: &str = "# <operations>";
/// What the names of the functions begin with, so that nothing that Exchange's scripts define takes their place.
const PREFIX: &str = "Relight-";

/// What every session may be asked.
const LOOK: &[&str] = &[
    "Connect-Exchange",
    "Get-ExchangeServerInfo",
    "Get-ExchangeServerList",
    "Get-AvailabilityGroup",
    "Get-ComponentState",
    "Get-SetupProcess",
    "Get-ServiceState",
    "Get-MonitorHealth",
    "Get-ProtocolSettings",
    "Get-CertificateInfo",
    "Get-MonitoringOverride",
    "Get-RecoveryAction",
    "Get-AuditEntry",
    "Get-StateEvent",
];
/// What only a checkup asks.
const CHECKUP: &[&str] = &["Get-Environment", "Get-RoleAssignment", "Get-ShellPolicy"];
/// What changes a server.
const CHANGE: &[&str] = &["Set-ComponentState", "Start-ExchangeService"];
/// What stops a service.
const STOP: &[&str] = &["Stop-ExchangeService"];

/// Each engine, by the word for what it is able to do, with its scripts.
pub const ENGINES: [(&str, &[&[&str]]); 4] =
    [("look", &[LOOK]), ("checkup", &[LOOK, CHECKUP]), ("change", &[LOOK, CHANGE]), ("stop", &[LOOK, CHANGE, STOP])];

/// Makes all engines of the scripts in one folder, into another; those in `signed`, where there is such a folder.
pub fn make(scripts: &Path, into: &Path, signed: Option<&Path>) -> io::Result<()> {
    for (word, parts) in ENGINES {
        let engine = engine(scripts, &parts.concat())?;
        let name = format!("engine-{word}.ps1");
        let engine = match signed {
            None => engine,
            Some(folder) => {
                let path = folder.join(&name);
                let said = |what: &str| io::Error::other(format!("{}: {what}", path.display()));
                let text = fs::read_to_string(&path).map_err(|error| said(&error.to_string()))?;
                if !is_signed(&engine, &text) {
                    return Err(said("it is not the engine of these scripts with a signature and nothing else"));
                }
                text
            }
        };
        fs::write(into.join(name), engine)?;
    }
    Ok(())
}

/// Whether this is the engine with a signature behind it, whatever stands between the two to end a line.
fn is_signed(engine: &str, signed: &str) -> bool {
    let after = signed.strip_prefix(engine).map(str::trim_start);
    let block = after.and_then(|after| after.strip_prefix(SIGNATURE));
    block.is_some_and(|block| block.lines().all(|line| line.is_empty() || line.starts_with("# ")))
}

fn engine(scripts: &Path, names: &[&str]) -> io::Result<String> {
    let read = |name: &str| fs::read_to_string(scripts.join(format!("{name}.ps1")));
    let texts = names.iter().map(|name| Ok((*name, read(name)?))).collect::<io::Result<Vec<_>>>()?;
    Ok(without_comments(&join(&read("engine")?, &texts)))
}

/// Replaces the marker line by the scripts, each as a function.
pub fn join(engine: &str, scripts: &[(&str, String)]) -> String {
    let mut joined = String::new();
    for line in engine.split_inclusive('\n') {
        if line.trim_end() == MARKER {
            for (name, text) in scripts {
                let gap = if text.ends_with('\n') { "" } else { "\n" };
                joined.extend(["function ", PREFIX, name, " {\n", text, gap, "}\n"]);
            }
        } else {
            joined.push_str(line);
        }
    }
    joined
}

/// Empties the lines that are nothing but comment. The scripts have no texts of several lines, in which such a line would
/// mean something else; a test reads both and compares.
pub fn without_comments(script: &str) -> String {
    let mut bare = String::with_capacity(script.len());
    let mut in_block = false;
    for line in script.split_inclusive('\n') {
        let trimmed = line.trim();
        let begins = trimmed.starts_with("<#");
        if !(in_block || begins || trimmed.starts_with('#')) {
            bare.push_str(line);
            continue;
        }
        in_block = (in_block || begins) && !trimmed.ends_with("#>");
        if line.ends_with('\n') {
            bare.push('\n');
        }
    }
    bare
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_leave_empty_lines() {
        let script = "<#\n.SYNOPSIS\nA # b\n#>\nparam()\n    # why\n$a = '#' # kept\n<# one line #>\n$b\n# end";
        assert_eq!(without_comments(script), "\n\n\n\nparam()\n\n$a = '#' # kept\n\n$b\n");
    }

    #[test]
    fn scripts_are_joined_at_the_marker() {
        let joined = join("a\r\n# <operations>\r\nb\n", &[("F", "1\n".to_owned()), ("G", "2".to_owned())]);
        assert_eq!(joined, "a\r\nfunction Relight-F {\n1\n}\nfunction Relight-G {\n2\n}\nb\n");
    }

    #[test]
    fn nothing_but_a_signature_may_be_added() {
        let block = "# SIG # Begin signature block\r\n# MIIF\r\n# SIG # End signature block\r\n";
        for (signed, expected) in [
            (format!("$a\n\r\n{block}"), true),
            (format!("$a\n{block}"), true),
            (format!("$b\n\r\n{block}"), false),
            (format!("$a\n$b\n{block}"), false),
            (format!("$a\n{block}$b\n"), false),
            ("$a\n".to_owned(), false),
        ] {
            assert_eq!(is_signed("$a\n", &signed), expected, "{signed:?}");
        }
    }
}
