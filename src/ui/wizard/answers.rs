//! What was answered, in the form that a plan is confirmed with. Consent is only what was given as such: whatever was
//! not answered, or was answered before the conversation ended early, counts as declined.

use std::collections::BTreeMap;

use crate::domain::{Hold, HoldKey, Obstacle, Server};

/// The answers to all questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    given: BTreeMap<HoldKey, Given>,
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
        Self { given: BTreeMap::new(), ended: Ended::Answered }
    }

    pub(super) fn give(&mut self, server: &Server, hold: &Hold, given: Given) {
        self.given.insert(key(server, hold), given);
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
