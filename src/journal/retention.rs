//! Which journals are let go of: those beyond a number or an age, but never the newest, and never one of a run whose
//! changes were not verified.

use std::fs;

use jiff::{SignedDuration, Timestamp};

use super::Folder;
use super::folder::Entry;

/// So many of the newest stay, whatever their age.
const ALWAYS: usize = 20;
/// At most so many stay.
const MOST: usize = 10_000;
/// Nor do they stay longer than this.
const LONGEST: SignedDuration = SignedDuration::from_hours(2 * 365 * 24);

/// Removes the journals that are let go of. Only names are looked at for those that stay.
pub(super) fn prune(folder: &Folder, simulated: bool, now: Timestamp) {
    let entries = match folder.entries(simulated) {
        Ok(entries) => entries,
        Err(error) => return tracing::debug!(%error, "cannot list the journals"),
    };
    let oldest = crate::domain::RunId::at(now.checked_sub(LONGEST).unwrap_or(Timestamp::MIN));
    let candidates = entries.iter().enumerate().skip(ALWAYS);
    for (_, entry) in candidates.filter(|(at, entry)| *at >= MOST || entry.id < oldest) {
        if may_go(folder, entry) {
            let removed = fs::remove_file(folder.path_of(entry));
            let _mostly_none = fs::remove_file(folder.alive_path(&entry.id, simulated));
            tracing::debug!(run = %entry.id, ?removed, "a journal was let go of");
        }
    }
}

/// What cannot be understood stays: it may be all that is left of a change.
fn may_go(folder: &Folder, entry: &Entry) -> bool {
    matches!(folder.brief(entry), Ok(Some(brief)) if brief.sums.verified && !brief.is_live)
}
