//! Is everything ready? From what was found out about the shell, the machine, the account and the servers to one remark
//! for each: as it should be, to be known, or in the way. Each part of the checkup is a function of its own; a new part
//! is one more line in [`Checkup::of`].

mod facts;
mod journal;
mod machine;
mod remark;
mod server;

pub use facts::{
    Answer, ExchangeFacts, Facts, Installation, JournalFacts, LoadFailure, Loaded, Look, Machine, OtherRun, Roles,
    ServerFacts, Shell, ShellFacts, ShellFailure, Way,
};
pub use remark::{Grade, Lack, Remark, What};

/// A checkup: the facts and what they mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkup {
    /// What was found out.
    pub facts: Facts,
    /// What it means, in the order it is told.
    pub remarks: Vec<Remark>,
    /// What was played instead of a real Exchange.
    pub simulated: Option<String>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

impl Checkup {
    /// Judges the facts.
    pub fn of(facts: Facts, simulated: Option<String>, interrupted: bool) -> Self {
        let mut remarks = machine::shell(&facts);
        remarks.extend(machine::machine(&facts));
        remarks.extend(machine::clock(&facts));
        remarks.extend(machine::exchange(&facts));
        remarks.extend(journal::journal(&facts));
        remarks.extend(server::servers(&facts));
        Self { facts, remarks, simulated, interrupted }
    }

    /// What the first fault lacks; `None`: there is no fault.
    pub fn first_lack(&self) -> Option<Lack> {
        self.remarks.iter().find_map(|remark| match remark.grade {
            Grade::Fault(lack) => Some(lack),
            Grade::Ok | Grade::Warning => None,
        })
    }

    /// How many faults there are, and how many warnings.
    pub fn count(&self) -> (usize, usize) {
        let faults = self.remarks.iter().filter(|remark| matches!(remark.grade, Grade::Fault(_))).count();
        (faults, self.remarks.iter().filter(|remark| remark.grade == Grade::Warning).count())
    }
}

/// A remark about this machine.
fn here(what: What, grade: Grade) -> Remark {
    Remark { server: None, what, grade }
}

/// As it should be if this holds; else of that grade.
fn if_not(holds: bool, otherwise: Grade) -> Grade {
    if holds { Grade::Ok } else { otherwise }
}
