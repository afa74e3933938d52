//! From a plan to what may be done. A decision is data: shown, counted, recorded. A consent is the leave to carry one
//! decision out; only the policy of `--yes` and a person's answers make one, once for each server, and it is used up by
//! becoming steps. A step cannot be copied either, and is used up by being carried out: a change that nobody agreed to, or
//! one sent twice, does not compile.
//!
//! A step is made by a consent alone:
//!
//! ```compile_fail,E0451
//! # use relight::domain::{Change, Server, Step};
//! fn forge(server: Server, change: Change) -> Step {
//!     Step { server, change, components: Vec::new(), command: todo!(), planned_on: None, server_wide: None }
//! }
//! ```
//! ```
//! # use relight::domain::{Change, Outcome, StepOutcome};
//! fn record(change: Change) -> StepOutcome {
//!     StepOutcome { change, components: Vec::new(), outcome: Outcome::NotBegun, intended: None }
//! }
//! ```
//!
//! It cannot be copied, while a decision can:
//!
//! ```compile_fail,E0599
//! # use relight::domain::Step;
//! fn copy(step: &Step) -> Step { step.clone() }
//! ```
//! ```
//! # use relight::domain::Decision;
//! fn copy(step: &Decision) -> Decision { step.clone() }
//! ```
//!
//! A consent is used up by becoming steps, and cannot be copied before:
//!
//! ```compile_fail,E0382
//! # use relight::domain::Consent;
//! fn twice(consent: Consent) -> usize { consent.into_steps().len() + consent.into_steps().len() }
//! ```
//! ```
//! # use relight::domain::Consent;
//! fn twice(consent: Consent) -> usize { consent.decision().agreed.len() + consent.into_steps().len() }
//! ```
//! ```compile_fail,E0599
//! # use relight::domain::Consent;
//! fn copy(consent: &Consent) -> Consent { consent.clone() }
//! ```
//!
//! A step is used up by its end:
//!
//! ```compile_fail,E0382
//! # use relight::domain::{Outcome, Step};
//! fn twice(step: Step, other: Step) -> bool { step.end(Outcome::Done) == step.end(Outcome::Done) }
//! ```
//! ```
//! # use relight::domain::{Outcome, Step};
//! fn once(step: Step, other: Step) -> bool { step.end(Outcome::Done) == other.end(Outcome::Done) }
//! ```

use std::collections::BTreeMap;

use super::outcome::is_useless;
use super::{
    Change, Cmdlet, Component, ComponentSnapshot, Entry, InactiveEntry, Obstacle, Outcome, Plan, Policy, Proposal,
    Server, ServerSnapshot, ServiceSnapshot, ServiceState, Services, StepOutcome, StoreReading, Subject,
};

/// What was decided on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decision {
    /// The changes that were confirmed, in the order in which they are carried out.
    pub agreed: Vec<Agreed>,
    /// What is left alone, and why.
    pub left: Vec<Left>,
}

/// One change that was confirmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Agreed {
    /// The change.
    pub change: Change,
    /// The components whose clients it is for.
    pub components: Vec<Component>,
}

/// A proposal that is left alone entirely, and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The components whose clients it was for.
    pub components: Vec<Component>,
    /// Its changes.
    pub changes: Vec<Change>,
    /// Everything that stands in the way.
    pub obstacles: Vec<Obstacle>,
}

impl Left {
    /// Whether it is about services.
    pub fn is_of_services(&self) -> bool {
        self.changes.iter().any(|change| change.service().is_some())
    }
}

impl Plan {
    /// What comes of it. `against` says what stands against a change; nothing means that it is confirmed. A proposal of
    /// which one change is not confirmed is left alone entirely.
    pub fn decide(&self, against: impl Fn(&Change) -> Vec<Obstacle>) -> Decision {
        let mut decision = Decision { agreed: Vec::new(), left: Vec::new() };
        for proposal in &self.proposals {
            let mut obstacles = proposal.obstacles.clone();
            obstacles.extend(proposal.changes.iter().flat_map(&against));
            match proposal.needs.as_ref().filter(|needed| decision.leaves(needed)) {
                // What stands in the way of the component says it all.
                Some(Subject::Component(_)) => continue,
                Some(Subject::Service(service)) if obstacles.is_empty() => {
                    obstacles.push(Obstacle::FrontEndStays(*service));
                }
                Some(Subject::Service(_) | Subject::Entry(..)) | None => {}
            }
            if obstacles.is_empty() {
                decision.agree(proposal);
            } else {
                let (components, changes) = (proposal.components.clone(), proposal.changes.clone());
                decision.left.push(Left { components, changes, obstacles });
            }
        }
        decision.agreed.sort_by_key(|agreed| agreed.change.rank());
        decision
    }
}

impl Decision {
    fn agree(&mut self, proposal: &Proposal) {
        for change in &proposal.changes {
            match self.agreed.iter_mut().find(|agreed| agreed.change == *change) {
                Some(agreed) => agreed.components.extend(proposal.components.iter().cloned()),
                None => {
                    self.agreed.push(Agreed { change: change.clone(), components: proposal.components.clone() });
                }
            }
        }
    }

    /// Whether the proposal about this is left alone.
    pub fn leaves(&self, subject: &Subject) -> bool {
        self.left.iter().any(|left| match subject {
            Subject::Component(component) => !left.is_of_services() && left.components.contains(component),
            Subject::Entry(..) | Subject::Service(_) => left.changes.iter().any(|it| it.subject() == *subject),
        })
    }

    /// The steps as they stand before the first is begun.
    pub fn not_begun(&self) -> Vec<StepOutcome> {
        let one = |agreed: &Agreed| StepOutcome::not_begun(agreed.change.clone(), agreed.components.clone());
        self.agreed.iter().map(one).collect()
    }
}

/// The leave to carry out one decision on one server.
#[derive(Debug)]
pub struct Consent {
    decision: Decision,
    planned_on: ServerSnapshot,
}

impl Consent {
    /// For a decision that was just recorded on its server; made by `ServerRun` alone.
    pub(super) fn new(planned_on: ServerSnapshot, decision: Decision) -> Self {
        Self { decision, planned_on }
    }

    /// What was decided.
    pub fn decision(&self) -> &Decision {
        &self.decision
    }

    /// Uses it up: the changes, each of which may be carried out once.
    pub fn into_steps(self) -> Vec<Step> {
        let Self { decision, planned_on: seen } = self;
        let step = |agreed: Agreed| {
            let planned_on = PlannedOn::of(&agreed.change, &seen)?;
            let follows = |entry: &InactiveEntry| entry.component.follows_server_wide_offline();
            let depends = agreed.change.entry().is_some_and(|it| follows(it) && !agreed.change.is_server_wide());
            let server_wide = seen.component(&Component::server_wide_offline()).filter(|_| depends).cloned();
            let command = Cmdlet::change(&seen, &agreed.change);
            let (server, Agreed { change, components }) = (seen.server.clone(), agreed);
            Some(Step { server, change, components, command, planned_on, server_wide })
        };
        decision.agreed.into_iter().filter_map(step).collect()
    }
}

/// A change that may be carried out, once.
#[derive(Debug)]
pub struct Step {
    server: Server,
    change: Change,
    components: Vec<Component>,
    command: Cmdlet,
    planned_on: PlannedOn,
    /// ServerWideOffline as it was seen then; `None`: it could not be read, or has nothing to do with the change.
    server_wide: Option<ComponentSnapshot>,
}

/// What was seen of it when the plan was made.
#[derive(Debug)]
enum PlannedOn {
    Component(ComponentSnapshot),
    Service(ServiceSnapshot),
}

impl PlannedOn {
    fn of(change: &Change, seen: &ServerSnapshot) -> Option<Self> {
        match change {
            Change::SetState { entry, .. } => seen.component(&entry.component).cloned().map(Self::Component),
            Change::SetService { service, .. } => seen.services.of(*service).cloned().map(Self::Service),
        }
    }
}

impl Step {
    /// The server as it was asked for.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The change.
    pub fn change(&self) -> &Change {
        &self.change
    }

    /// The command that makes it.
    pub fn command(&self) -> &Cmdlet {
        &self.command
    }

    /// Whether a fresh look shows the component as it was when the plan was made, apart from the entries of the requesters
    /// that this run itself has set since. Always so of a service.
    pub fn fits_component(&self, fresh: &ComponentSnapshot, done: &[StepOutcome]) -> bool {
        match &self.planned_on {
            PlannedOn::Component(then) => is_as_planned(then, fresh, done),
            PlannedOn::Service(_) => true,
        }
    }

    /// Whether it has to be seen that ServerWideOffline is as it was when the plan was made: where it would make the change
    /// be in vain, and was to be read.
    pub fn depends_on_server_wide_offline(&self) -> bool {
        self.server_wide.is_some()
    }

    /// Whether a fresh look shows ServerWideOffline as it was when the plan was made, apart from what this run has set.
    /// Always so where the change does not depend on it.
    pub fn fits_server_wide_offline(&self, fresh: &ComponentSnapshot, done: &[StepOutcome]) -> bool {
        self.server_wide.as_ref().is_none_or(|then| is_as_planned(then, fresh, done))
    }

    /// Whether a fresh look shows the service as it was when the plan was made: in the state that it is to leave, its
    /// startup type unchanged. Always so of a component.
    pub fn fits_services(&self, fresh: &Services) -> bool {
        let PlannedOn::Service(then) = &self.planned_on else { return true };
        let from = if self.change.brings_back() { ServiceState::Stopped } else { ServiceState::Running };
        fresh.of(then.service).is_some_and(|seen| seen.state == from && seen.start == then.start)
    }

    /// Whether it can no longer help, because of what became of those before it.
    pub fn is_useless(&self, before: &[StepOutcome]) -> bool {
        is_useless(&self.change, &self.components, before)
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StepOutcome {
        StepOutcome { change: self.change, components: self.components, outcome, intended: None }
    }
}

/// Whether a component is as it was, apart from the entries of the requesters that this run itself has set since.
fn is_as_planned(then: &ComponentSnapshot, fresh: &ComponentSnapshot, done: &[StepOutcome]) -> bool {
    let ours = |entry: &Entry| {
        let subject = Subject::Entry(fresh.component.clone(), entry.requester.clone());
        done.iter().any(|step| step.outcome.was_sent() && step.change.subject() == subject)
    };
    let rest = |reading: &StoreReading| match reading {
        StoreReading::Unreadable => None,
        StoreReading::Read { entries, opaque } => {
            let mut rest: Vec<_> = entries.iter().filter(|entry| !ours(entry)).cloned().collect();
            rest.sort_by(|a, b| (&a.requester, a.time.utc()).cmp(&(&b.requester, b.time.utc())));
            Some((rest, opaque.len()))
        }
    };
    let moves = |entry: &InactiveEntry| {
        entry.component == fresh.component
            || (entry.component.is_server_wide_offline() && fresh.component.follows_server_wide_offline())
    };
    let set_before = done.iter().any(|step| step.change.entry().is_some_and(moves));
    rest(&fresh.local) == rest(&then.local)
        && rest(&fresh.remote) == rest(&then.remote)
        && ((fresh.state == then.state && fresh.server_wide_offline == then.server_wide_offline) || set_before)
}

/// What a person answered. Consent is only what was given as such: whatever was not answered, or was answered before the
/// conversation ended early, is not agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    given: BTreeMap<(Server, Subject), Given>,
    ended: Ended,
}

/// How the conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// With the last question.
    Answered,
    /// The person quit: nothing is confirmed.
    Quit,
    /// Ctrl-C: nothing is confirmed.
    Interrupted,
}

/// The answer about one change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Given {
    /// Yes.
    Yes,
    /// No.
    No,
    /// Not asked, because every component that it is for is left alone for another reason.
    NotNeeded,
}

impl Answers {
    /// Nothing is answered yet.
    pub fn none() -> Self {
        Self { given: BTreeMap::new(), ended: Ended::Answered }
    }

    /// An answer about one thing on a server.
    pub fn give(&mut self, server: &Server, subject: Subject, given: Given) {
        self.given.insert((server.clone(), subject), given);
    }

    /// The conversation is over.
    pub fn end(mut self, ended: Ended) -> Self {
        self.ended = ended;
        self
    }

    /// How the conversation ended.
    pub fn ended(&self) -> Ended {
        self.ended
    }

    /// The answer about one thing on a server.
    pub fn of(&self, server: &Server, subject: &Subject) -> Option<Given> {
        self.given.get(&(server.clone(), subject.clone())).copied()
    }

    /// What stands against a change, for [`Plan::decide`].
    pub fn against(&self, server: &Server, change: &Change, policy: &Policy) -> Vec<Obstacle> {
        match self.ended {
            Ended::Answered => {}
            Ended::Quit | Ended::Interrupted => return vec![Obstacle::NotAnswered(change.clone())],
        }
        if change.service().is_some() {
            let objections = policy.objections(change);
            // The policy leaves nothing else to a person.
            if !objections.iter().all(|it| matches!(it, Obstacle::ServiceManual(_))) {
                return objections;
            }
        }
        match self.of(server, &change.subject()) {
            Some(Given::Yes | Given::NotNeeded) => Vec::new(),
            Some(Given::No) | None => vec![Obstacle::Declined(change.clone())],
        }
    }
}
