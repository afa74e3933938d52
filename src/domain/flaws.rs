//! What a journal does not tell, although it should.

use super::{Server, Subject};

/// What is wrong with the journal of a run.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Flaws {
    /// Lines that make no sense, such as one that was torn when the machine stopped, or that do not fit the others.
    pub illegible: usize,
    /// What was about to be changed, without a plan that tells more: whether it was is not known, nor what it was before.
    pub unplanned: Vec<(Server, Subject)>,
    /// Why it ends too early: it could not be written to its end, or is too large to be read to its end.
    pub incomplete: Option<String>,
}

impl Flaws {
    /// Whether it tells all of the run.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }
}
