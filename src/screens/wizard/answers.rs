//! What was answered, in the form that a plan is confirmed with. Consent is only what was given as such: whatever was
//! not answered, or was answered before the conversation ended early, counts as declined.

use std::collections::BTreeMap;

use crate::domain::{
    Agreed, Component, Hold, HoldKey, Obstacle, Plan, Policy, Server, ServerSnapshot, ServiceSnapshot, StartObstacle,
};

/// The answers to all questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    given: BTreeMap<HoldKey, Given>,
    /// The components whose Manual services may be started, by server.
    starts: Vec<(Server, Component)>,
    ended: Ended,
}

/// How the conversation ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    /// The exact commands were agreed to.
    Answered,
    /// Not one command was agreed to.
    Declined,
    /// The person quit: nothing is agreed to.
    Quit,
    /// Ctrl-C: nothing is agreed to.
    Interrupted,
}

/// The answer about one hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Given {
    Yes,
    No,
    /// Not asked, because every component it darkens is left alone for another reason.
    Moot,
}

impl Answers {
    pub(super) fn none() -> Self {
        Self { given: BTreeMap::new(), starts: Vec::new(), ended: Ended::Answered }
    }

    pub(super) fn give(&mut self, server: &Server, hold: &Hold, given: Given) {
        self.given.insert(key(server, hold), given);
    }

    pub(super) fn allow_start(&mut self, server: &Server, component: &Component) {
        self.starts.push((server.clone(), component.clone()));
    }

    /// What was agreed to on a server: the holds and, with what the policy allows, the services.
    pub fn agreed(&self, plan: &Plan, snapshot: &ServerSnapshot, policy: &Policy) -> Agreed {
        let server = &snapshot.server;
        let confirmed = plan.confirm(snapshot, |hold| self.against(server, hold));
        let against = |seen: &ServiceSnapshot| self.against_start(server, seen, policy).into_iter().collect();
        let starts = plan.confirm_starts(&confirmed, &snapshot.services, against);
        (confirmed, starts)
    }

    fn against_start(&self, server: &Server, seen: &ServiceSnapshot, policy: &Policy) -> Option<StartObstacle> {
        let asked = (server.clone(), seen.service.component());
        match (self.ended, policy.objection_to_start(seen)) {
            (Ended::Declined | Ended::Quit | Ended::Interrupted, _) => Some(StartObstacle::Declined(seen.service)),
            (Ended::Answered, Some(StartObstacle::Manual(_))) if self.starts.contains(&asked) => None,
            (Ended::Answered, Some(StartObstacle::Manual(service))) => Some(StartObstacle::Declined(service)),
            (Ended::Answered, objection) => objection,
        }
    }

    pub(super) fn is_declined(&self, server: &Server, hold: &Hold) -> bool {
        self.given.get(&key(server, hold)) == Some(&Given::No)
    }

    pub(super) fn end(mut self, ended: Ended) -> Self {
        self.ended = ended;
        self
    }

    /// How the conversation ended.
    pub fn ended(&self) -> Ended {
        self.ended
    }

    /// What stands against lifting a hold, for [`Plan::confirm`](crate::domain::Plan::confirm); nothing: it was agreed
    /// to, or another hold of the same components was declined, so that it was not asked about.
    pub fn against(&self, server: &Server, hold: &Hold) -> Vec<Obstacle> {
        let agreed = match self.ended {
            Ended::Answered => match self.given.get(&key(server, hold)) {
                Some(Given::Yes | Given::Moot) => true,
                Some(Given::No) | None => false,
            },
            Ended::Declined | Ended::Quit | Ended::Interrupted => false,
        };
        if agreed { Vec::new() } else { vec![Obstacle::Declined(hold.clone())] }
    }
}

fn key(server: &Server, hold: &Hold) -> HoldKey {
    HoldKey { server: server.clone(), component: hold.component.clone(), requester: hold.requester.clone() }
}
