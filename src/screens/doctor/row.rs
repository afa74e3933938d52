//! One row of a checkup, as its check makes it: the name for programs, the grade, what it says and what is next.

use crate::domain::checkup::{Grade, Lack, Remark};

pub(super) const NO_SHELL: Grade = Grade::Fault(Lack::Shell);
pub(super) const NO_RIGHT: Grade = Grade::Fault(Lack::Right);
pub(super) const NO_SERVER: Grade = Grade::Fault(Lack::Server);
pub(super) const NO_CONNECTION: Grade = Grade::Fault(Lack::Connection);
pub(super) const NO_TIME: Grade = Grade::Fault(Lack::Time);
pub(super) const NO_ANSWER: Grade = Grade::Fault(Lack::Answer);
pub(super) const NO_STORE: Grade = Grade::Fault(Lack::Store);

/// What lets an account do what it may not do.
pub(super) const ROLE: &str = "Use an account in the role group Organization Management or Server Management.";

/// As it should be.
pub(super) fn ok(check: &'static str, says: impl Into<String>) -> Remark {
    Remark { server: None, check, grade: Grade::Ok, says: says.into(), next: None }
}

/// To be known, or in the way, and nothing to be done about it here.
pub(super) fn bad(check: &'static str, grade: Grade, says: impl Into<String>) -> Remark {
    Remark { grade, ..ok(check, says) }
}

impl Remark {
    /// What is next, where something is not as it should be.
    pub(super) fn next(self, step: &'static str) -> Self {
        let next = (self.grade != Grade::Ok).then_some(step);
        Self { next, ..self }
    }
}

/// As it should be if this is so; else of that grade.
pub(super) fn if_not(is_so: bool, otherwise: Grade) -> Grade {
    if is_so { Grade::Ok } else { otherwise }
}

/// Somebody else's sentence as a part of ours.
pub(super) fn bare(message: &str) -> &str {
    message.trim().trim_end_matches('.')
}
