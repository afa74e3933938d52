//! What a person is asked about who is shown a plan by a program: proposals by number, over all servers. Only what the policy
//! allows has one: nothing else can be agreed to there.

use super::{Answers, Given, Plan, Proposal, ServerRun};

/// A proposal as it is offered.
#[derive(Debug, Clone, Copy)]
pub struct Offer<'a> {
    /// The server that it is for.
    pub server: &'a ServerRun,
    /// The proposal.
    pub proposal: &'a Proposal,
    /// What it is agreed to by, from 1; `None`: nobody can agree to it, because something rules it out, the policy objects,
    /// or so it is with what it needs.
    pub number: Option<usize>,
    /// The number of what has to be agreed to as well, or this comes to nothing.
    pub needs: Option<usize>,
}

/// Why numbers are no answer to a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NumberError {
    /// Nothing has this number.
    Unknown(usize),
    /// This one stands there twice.
    Twice(usize),
}

impl<'a> Offer<'a> {
    /// Every proposal of these servers, in order.
    pub fn all(servers: &'a [ServerRun]) -> Vec<Self> {
        let mut offers: Vec<Self> = Vec::new();
        let mut last = 0;
        for server in servers {
            for proposal in &server.plan.proposals {
                let number = can_be_agreed_to(&server.plan, proposal).then(|| {
                    last += 1;
                    last
                });
                offers.push(Self { server, proposal, number, needs: None });
            }
        }
        let numbered = offers.clone();
        for offer in &mut offers {
            let needed = offer.proposal.needs.as_ref().and_then(|it| offer.server.plan.needed(it));
            let is_needed = |it: &&Self| needed.is_some_and(|needed| std::ptr::eq(needed, it.proposal));
            offer.needs = numbered.iter().find(is_needed).and_then(|it| it.number);
        }
        offers
    }

    /// What somebody answered who agreed to these numbers, and to no others.
    ///
    /// # Errors
    /// Where a number is none of theirs, or stands there twice: then nothing is agreed to.
    pub fn answers(offers: &[Self], agreed: &[usize]) -> Result<Answers, NumberError> {
        for (at, number) in agreed.iter().enumerate() {
            if agreed[..at].contains(number) {
                return Err(NumberError::Twice(*number));
            }
            if !offers.iter().any(|offer| offer.number == Some(*number)) {
                return Err(NumberError::Unknown(*number));
            }
        }
        let mut answers = Answers::none();
        let mut give = |offer: &Self, given| {
            let changes = offer.proposal.changes.iter();
            changes.for_each(|it| answers.give(offer.server.server(), it.subject(), given));
        };
        let is_agreed = |offer: &&Self| offer.number.is_some_and(|number| agreed.contains(&number));
        // A change may be part of two proposals: it is agreed to with either of them. What stands against the one that nobody
        // was asked about is said by that alone.
        let unasked = offers.iter().filter(|offer| offer.number.is_none());
        unasked.for_each(|offer| give(offer, Given::NotNeeded));
        let asked = offers.iter().filter(|offer| offer.number.is_some());
        asked.for_each(|offer| give(offer, Given::No));
        offers.iter().filter(is_agreed).for_each(|offer| give(offer, Given::Yes));
        Ok(answers)
    }
}

fn can_be_agreed_to(plan: &Plan, proposal: &Proposal) -> bool {
    let needed = proposal.needs.as_ref().and_then(|it| plan.needed(it));
    proposal.is_allowed() && !proposal.changes.is_empty() && needed.is_none_or(|it| can_be_agreed_to(plan, it))
}
