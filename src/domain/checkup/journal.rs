//! The remark about the journal: whether `fix` and `undo`, which change nothing without one, could keep it now.

use super::facts::{Facts, JournalFacts};
use super::here;
use super::remark::{Grade, Lack, Remark, What};

/// The folder and the lock.
pub fn journal(facts: &Facts) -> Option<Remark> {
    match &facts.journal {
        JournalFacts::NotAsked => None,
        JournalFacts::Free(folder) => Some(here(What::JournalReady(folder.clone()), Grade::Ok)),
        JournalFacts::Held(by) => Some(here(What::JournalHeld(by.clone()), Grade::Warning)),
        JournalFacts::Unusable(why) => Some(here(What::JournalUnusable(why.clone()), Grade::Fault(Lack::Journal))),
    }
}
