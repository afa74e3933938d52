//! All a run learnt: the value that every output is made from.

use std::time::Duration;

use super::{
    Clients, Component, Diagnosis, Evidence, Left, Outcome, Plan, Policy, ServerSnapshot, ServiceFinding, Services,
    StartLeft, StartOutcome, StartVerdict, State, StepOutcome, Verdict, VerdictKind, diagnose, service_findings,
};

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
    /// The options that led to Exchange, as they would be typed again; empty: the usual way.
    pub way: Vec<String>,
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
    /// Why Managed Availability probably took components down; only of those that HealthApi holds.
    pub evidence: Vec<Evidence>,
    /// What could be done.
    pub plan: Plan,
    /// The dark components left alone; only where the plan came to a decision.
    pub left: Vec<Left>,
    /// What was done.
    pub outcomes: Vec<StepOutcome>,
    /// The protocols whose services are left as they are; only where the plan came to a decision.
    pub starts_left: Vec<StartLeft>,
    /// The services that were to be started, and what became of it.
    pub starts: Vec<StartOutcome>,
    /// The second look; only where something may have changed.
    pub after: Option<ServerSnapshot>,
    /// What the second look says.
    pub verdicts: Vec<Verdict>,
    /// How long after the change the second look was repeated; `None`: it was not.
    pub watched: Option<Duration>,
    /// What it says of the services that were started.
    pub start_verdicts: Vec<StartVerdict>,
    /// What clients meet; only of the protocols that were probed.
    pub clients: Vec<Clients>,
}

impl ServerReport {
    /// A first look, what it means and what could be done about it; nothing is decided or done yet.
    pub fn of(before: ServerSnapshot, policy: &Policy) -> Self {
        let diagnoses = diagnose(&before);
        let plan = Plan::of(&before, &diagnoses, policy);
        Self {
            before,
            diagnoses,
            evidence: Vec::new(),
            plan,
            left: Vec::new(),
            outcomes: Vec::new(),
            starts_left: Vec::new(),
            starts: Vec::new(),
            after: None,
            verdicts: Vec::new(),
            watched: None,
            start_verdicts: Vec::new(),
            clients: Vec::new(),
        }
    }

    /// Whether something was sent that changes the server.
    pub fn was_changed(&self) -> bool {
        self.ended().any(Outcome::was_sent)
    }

    /// Whether the last look shows a component Active, which proves less than that it is lit.
    pub fn reads_active(&self, component: &Component) -> bool {
        let seen = self.after.as_ref().and_then(|after| after.component(component));
        seen.is_some_and(|seen| seen.state == State::Active)
    }

    /// What became of all that was agreed to.
    pub fn ended(&self) -> impl Iterator<Item = &Outcome> {
        self.outcomes.iter().map(|step| &step.outcome).chain(self.starts.iter().map(|it| &it.outcome))
    }

    /// The components that the last look shows lit.
    pub fn lit(&self) -> impl Iterator<Item = &Component> {
        self.verdicts.iter().filter(|verdict| verdict.kind == VerdictKind::Lit).map(|verdict| &verdict.component)
    }

    /// What is to be said of the services as they were at the first look.
    pub fn service_findings(&self) -> Vec<ServiceFinding> {
        service_findings(&self.before.services, &self.diagnoses)
    }

    /// The faults among them that the last look still shows. A service counts as it was where it could not be read again.
    pub fn service_faults_left(&self) -> Vec<ServiceFinding> {
        let again = self.after.as_ref().map(|after| &after.services);
        let services = again.filter(|services| matches!(services, Services::Read(_))).unwrap_or(&self.before.services);
        service_findings(services, &self.diagnoses).into_iter().filter(|finding| finding.is_fault()).collect()
    }
}
