//! All a run learnt: the value that every output is made from.

use super::{Diagnosis, Left, Plan, ServerSnapshot, StepOutcome, Verdict};

/// Everything one run learnt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// What was run.
    pub run: Run,
    /// One for each server that was asked about, in that order.
    pub servers: Vec<ServerReport>,
}

/// What was run, and how it was agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// What was asked for, and in which way the changes were agreed to.
    pub command: RunCommand,
    /// The scenario, where no Exchange server was involved.
    pub simulated: Option<String>,
    /// Whether the run was interrupted.
    pub interrupted: bool,
}

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunCommand {
    /// `check`: look only.
    Check,
    /// `fix --dry-run`: look and plan.
    DryRun,
    /// `fix`, where nobody could be asked and no `--yes` was given: look and plan.
    FixUnconfirmed,
    /// `fix` with a person who was asked.
    FixAsked,
    /// `fix --yes`.
    FixYes,
    /// `resume`: look at what an interrupted run left.
    Resume,
}

/// Everything learnt about one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerReport {
    /// The first look.
    pub before: ServerSnapshot,
    /// What it means.
    pub diagnoses: Vec<Diagnosis>,
    /// What could be done.
    pub plan: Plan,
    /// The dark components left alone; only where the plan came to a decision.
    pub left: Vec<Left>,
    /// What was done.
    pub outcomes: Vec<StepOutcome>,
    /// The second look; only where something may have changed.
    pub after: Option<ServerSnapshot>,
    /// What the second look says.
    pub verdicts: Vec<Verdict>,
}
