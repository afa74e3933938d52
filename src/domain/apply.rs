//! From a plan to what became of it. A step can only be made by confirming a plan, cannot be copied, and is used up by
//! being carried out: a change that nobody agreed to, or one sent twice, does not compile.

use super::{Component, ComponentSnapshot, Hold, HoldKey, Obstacle, Plan, Server, ServerSnapshot, State, Trouble};

/// What was agreed to on one server.
#[derive(Debug)]
pub struct ConfirmedPlan {
    steps: Vec<ConfirmedStep>,
    left: Vec<Left>,
}

/// What a step does to its hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    /// Sets its requester Active.
    Lift,
    /// Sets its requester to the state in which it held the component before a run lifted it.
    PutBack,
}

impl Action {
    /// The state that the requester of a hold is set to.
    pub fn target(self, hold: &Hold) -> &State {
        match self {
            Self::Lift => &State::Active,
            Self::PutBack => &hold.state,
        }
    }
}

/// One change that was agreed to: this hold, to be lifted or put back under its own requester.
#[derive(Debug)]
pub struct ConfirmedStep {
    action: Action,
    server: Server,
    hold: Hold,
    lights: Vec<Component>,
    planned_on: ComponentSnapshot,
}

/// A dark component that is left alone entirely, and what stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Left {
    /// The component.
    pub component: Component,
    /// Everything that stands in the way.
    pub obstacles: Vec<Obstacle>,
}

/// A step and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOutcome {
    /// What was to be done to the hold.
    pub action: Action,
    /// The server as it was asked for.
    pub server: Server,
    /// The hold that was to be lifted or put back.
    pub hold: Hold,
    /// The components that it helps to light; of a hold put back, those that it darkens again.
    pub lights: Vec<Component>,
    /// What became of it.
    pub outcome: Outcome,
}

/// What became of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The cmdlet returned without an error. Not a proof: a lost registry write is silent.
    Done,
    /// The cmdlet reported an error.
    Failed(Trouble),
    /// The shell was lost, or ended, in the middle of the change: it may or may not have happened.
    Unknown(Trouble),
    /// Not sent: the component is no longer as it was planned for.
    ChangedSincePlan,
    /// Not sent: a fresh look before it failed.
    NotSeen(Trouble),
    /// Not sent: an earlier step did not work, so this one cannot help.
    Useless,
    /// Not sent: the shell was lost during an earlier change.
    ShellLost,
    /// Not sent: the run was interrupted.
    Interrupted,
    /// Not sent: the journal could not take down that it was about to be.
    NotRecorded,
}

impl Outcome {
    /// How the shell was lost, where something was not sent because of that.
    pub fn cut_short_by<'a>(ended: impl Iterator<Item = &'a Self>) -> Option<&'a Trouble> {
        let (mut loss, mut unsent) = (None, false);
        for outcome in ended {
            match outcome {
                Self::Unknown(trouble) => loss = loss.or(Some(trouble)),
                Self::ShellLost => unsent = true,
                Self::Done
                | Self::Failed(_)
                | Self::ChangedSincePlan
                | Self::NotSeen(_)
                | Self::Useless
                | Self::Interrupted
                | Self::NotRecorded => {}
            }
        }
        loss.filter(|_| unsent)
    }

    /// What went wrong, where that is known.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Failed(why) | Self::Unknown(why) | Self::NotSeen(why) => Some(why),
            Self::Done
            | Self::ChangedSincePlan
            | Self::Useless
            | Self::ShellLost
            | Self::Interrupted
            | Self::NotRecorded => None,
        }
    }

    /// Whether the cmdlet was sent, so that something may have changed.
    pub fn was_sent(&self) -> bool {
        match self {
            Self::Done | Self::Failed(_) | Self::Unknown(_) => true,
            Self::ChangedSincePlan
            | Self::NotSeen(_)
            | Self::Useless
            | Self::ShellLost
            | Self::Interrupted
            | Self::NotRecorded => false,
        }
    }
}

impl Plan {
    /// Keeps what was agreed to. `against` says what stands against lifting a hold; nothing means consent. A component
    /// of which one hold stays is left alone entirely, because lifting the others would change nothing for a client.
    pub fn confirm(&self, snapshot: &ServerSnapshot, against: impl Fn(&Hold) -> Vec<Obstacle>) -> ConfirmedPlan {
        let mut confirmed = ConfirmedPlan { steps: Vec::new(), left: Vec::new() };
        for proposal in &self.proposals {
            let mut obstacles = proposal.obstacles.clone();
            obstacles.extend(proposal.holds.iter().flat_map(&against));
            if !obstacles.is_empty() {
                confirmed.left.push(Left { component: proposal.component.clone(), obstacles });
                continue;
            }
            for hold in &proposal.holds {
                confirmed.add(&self.server, hold, &proposal.component, snapshot);
            }
        }
        // Ending maintenance comes last: it is in vain where a component's own hold could not be lifted.
        confirmed.steps.sort_by_key(|step| step.hold.component.is_server_wide_offline());
        confirmed
    }
}

impl ConfirmedPlan {
    /// What was agreed to put back on one server, in this order.
    pub(super) fn of_put_backs(steps: Vec<ConfirmedStep>) -> Self {
        Self { steps, left: Vec::new() }
    }

    fn add(&mut self, server: &Server, hold: &Hold, component: &Component, snapshot: &ServerSnapshot) {
        if let Some(step) = self.steps.iter_mut().find(|step| step.hold == *hold) {
            step.lights.push(component.clone());
        } else if let Some(seen) = snapshot.component(&hold.component) {
            self.steps.push(ConfirmedStep {
                action: Action::Lift,
                server: server.clone(),
                hold: hold.clone(),
                lights: vec![component.clone()],
                planned_on: seen.clone(),
            });
        }
    }

    /// Whether nothing was agreed to.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The steps in the order in which they are carried out.
    pub fn steps(&self) -> &[ConfirmedStep] {
        &self.steps
    }

    /// The dark components that are left alone.
    pub fn left(&self) -> &[Left] {
        &self.left
    }

    /// The steps to carry out, and what is left alone.
    pub fn into_parts(self) -> (Vec<ConfirmedStep>, Vec<Left>) {
        (self.steps, self.left)
    }
}

impl ConfirmedStep {
    /// Agreed to: a hold to be put back.
    pub(super) fn put_back(
        server: &Server,
        hold: &Hold,
        darkens: &[Component],
        planned_on: &ComponentSnapshot,
    ) -> Self {
        Self {
            action: Action::PutBack,
            server: server.clone(),
            hold: hold.clone(),
            lights: darkens.to_vec(),
            planned_on: planned_on.clone(),
        }
    }

    /// What is done to the hold.
    pub fn action(&self) -> Action {
        self.action
    }

    /// The state that the requester of the hold is set to.
    pub fn target(&self) -> &State {
        self.action.target(&self.hold)
    }

    /// The server as it was asked for.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The hold to lift or to put back.
    pub fn hold(&self) -> &Hold {
        &self.hold
    }

    /// The components that it helps to light; of a hold put back, those that it darkens again.
    pub fn lights(&self) -> &[Component] {
        &self.lights
    }

    /// What the step is about.
    pub fn key(&self) -> HoldKey {
        HoldKey {
            server: self.server.clone(),
            component: self.hold.component.clone(),
            requester: self.hold.requester.clone(),
        }
    }

    /// Whether a fresh look shows the component as it was when the plan was made, apart from the entries of the
    /// requesters that this run itself has set since.
    pub fn still_fits(&self, fresh: &ComponentSnapshot, done: &[StepOutcome]) -> bool {
        let ours = |entry: &super::Entry| {
            done.iter().any(|step| {
                step.outcome.was_sent()
                    && step.server == self.server
                    && step.hold.component == self.hold.component
                    && step.hold.requester == entry.requester
            })
        };
        let rest = |reading: &super::StoreReading| match reading {
            super::StoreReading::Unreadable => None,
            super::StoreReading::Read { entries, opaque } => {
                let mut rest: Vec<_> = entries.iter().filter(|entry| !ours(entry)).cloned().collect();
                rest.sort_by(|a, b| (&a.requester, a.time.utc()).cmp(&(&b.requester, b.time.utc())));
                Some((rest, opaque.len()))
            }
        };
        rest(&fresh.local) == rest(&self.planned_on.local)
            && rest(&fresh.remote) == rest(&self.planned_on.remote)
            && (fresh.state == self.planned_on.state || !done.is_empty())
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StepOutcome {
        StepOutcome { action: self.action, server: self.server, hold: self.hold, lights: self.lights, outcome }
    }
}
