//! The processes of this machine, as /proc lists them: who started whom, and which have ended. Where there is no /proc there
//! are none.

use std::fs;

/// The processes that this one started.
pub fn children(process: u32) -> Vec<u32> {
    parents().into_iter().filter(|(_, of)| *of == process).map(|(child, _)| child).collect()
}

/// All processes that this one started, and those that they started.
pub fn descendants(process: u32) -> Vec<u32> {
    let parents = parents();
    let mut found = vec![process];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| child));
        at += 1;
    }
    found.split_off(1)
}

/// Whether it is gone, or waits for its parent to ask how it ended.
pub fn has_ended(process: u32) -> bool {
    stat(process).is_none_or(|(state, _)| state == "Z")
}

/// Every process with its parent.
fn parents() -> Vec<(u32, u32)> {
    let names = fs::read_dir("/proc").into_iter().flatten().flatten();
    let processes = names.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    processes.filter_map(|process| Some((process, stat(process)?.1))).collect()
}

/// The state of a process, and its parent.
fn stat(process: u32) -> Option<(String, u32)> {
    let stat = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The second field, the name, stands in parentheses and may hold anything.
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace();
    Some((fields.next()?.to_owned(), fields.next()?.parse().ok()?))
}
