//! Is everything ready? What was found out about the shell, the machine, the account and the servers, and one remark for
//! each: as it should be, to be known, or in the way. The checks themselves, one row each, are in `screens/doctor`.

mod facts;
mod remark;
mod shell_policy;

pub(crate) use facts::{
    Answer, ExchangeFacts, Facts, Installation, JournalFacts, LoadFailure, Loaded, Look, Machine, OtherRun, Roles,
    ServerFacts, Shell, ShellFacts, ShellFailure,
};
pub(crate) use remark::{Grade, Lack, Remark};
pub(crate) use shell_policy::{ListedPolicy, ShellPolicy};

/// A checkup: the facts and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Checkup {
    /// What was found out.
    pub(crate) facts: Facts,
    /// What it means, in the order it is told.
    pub(crate) remarks: Vec<Remark>,
    /// What was played instead of a real Exchange.
    pub(crate) simulated: Option<String>,
    /// Whether the run was interrupted.
    pub(crate) interrupted: bool,
}

impl Checkup {
    /// What the first fault lacks; `None`: there is no fault.
    pub(crate) fn first_lack(&self) -> Option<Lack> {
        self.remarks.iter().find_map(|remark| remark.grade.lack())
    }

    /// How many faults there are, and how many warnings.
    pub(crate) fn count(&self) -> (usize, usize) {
        let faults = self.remarks.iter().filter(|remark| remark.grade.lack().is_some()).count();
        (faults, self.remarks.iter().filter(|remark| remark.grade == Grade::Warning).count())
    }
}
