//! What happened when: the moments of a run among those that the servers recorded.

use jiff::Timestamp;

use super::{Component, End, InactiveEntry, Look, Run, ServerRun, StepOutcome, Subject, VerdictKind, each_once};

/// One moment, UTC. Each has the clock of whoever noted it, so that moments of two machines may lie in the wrong order where
/// their clocks differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment<'a> {
    /// When.
    pub at: Timestamp,
    /// Where; `None`: it is of the run.
    pub server: Option<&'a ServerRun>,
    /// What.
    pub what: Happened<'a>,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happened<'a> {
    /// A requester recorded a state that is not Active.
    Recorded(&'a InactiveEntry),
    /// The run began.
    Began,
    /// The first look.
    Looked,
    /// A change was about to be sent.
    Sent(&'a StepOutcome),
    /// A later look, which says something that none before it said.
    LookedAgain(&'a Look),
    /// The run ended.
    Ended(&'a End),
}

impl Run {
    /// Its moments in order.
    pub fn timeline(&self) -> Vec<Moment<'_>> {
        let of_the_run = |at, what| Moment { at, server: None, what };
        let mut moments = vec![of_the_run(self.begun, Happened::Began)];
        moments.extend(self.servers.iter().flat_map(ServerRun::moments));
        moments.extend(self.ended.as_ref().map(|end| of_the_run(end.at, Happened::Ended(end))));
        // Of the same time in the order of the run.
        moments.sort_by_key(|moment| moment.at);
        moments
    }
}

impl ServerRun {
    fn moments(&self) -> Vec<Moment<'_>> {
        let here = |at, what| Moment { at, server: Some(self), what };
        let mut moments = Vec::new();
        let entries = self.diagnoses.iter().filter(|it| it.finding.is_some()).flat_map(|it| &it.entries);
        moments.extend(entries.filter_map(|entry| Some(here(entry.since.utc()?, Happened::Recorded(entry)))));
        if !self.before.components.is_empty() {
            moments.push(here(self.before.taken, Happened::Looked));
        }
        let sent = self.steps.iter().filter(|step| step.outcome.was_sent());
        moments.extend(sent.filter_map(|step| Some(here(step.intended?, Happened::Sent(step)))));
        let mut said = None;
        for look in &self.looks {
            if said != Some(&look.verdicts) {
                moments.push(here(look.snapshot.taken, Happened::LookedAgain(look)));
            }
            said = Some(&look.verdicts);
        }
        moments
    }

    /// Since when a component is known to be Inactive: the time of its oldest entry that says so.
    pub fn inactive_since(&self, component: &Component) -> Option<Timestamp> {
        let of_it = self.diagnoses.iter().filter(|it| it.component == *component).flat_map(|it| &it.entries);
        of_it.filter_map(|entry| entry.since.utc()).min()
    }

    /// The first of the looks that confirm a component Active, up to the last.
    pub fn active_since(&self, component: &Component) -> Option<Timestamp> {
        let subject = Subject::Component(component.clone());
        let confirms =
            |look: &&Look| look.verdicts.iter().any(|it| it.subject == subject && it.kind == VerdictKind::Confirmed);
        self.looks.iter().rev().take_while(confirms).last().map(|look| look.snapshot.taken)
    }
}

/// Moments for the columns of a picture, at most so many: the first and the last, and between them those that are furthest
/// from their neighbours.
pub fn columns(mut times: Vec<Timestamp>, most: usize) -> Vec<Timestamp> {
    times.sort();
    let mut times = each_once(times);
    while times.len() > most.max(2) {
        let gap = |at: &usize| times[*at].duration_since(times[*at - 1]).min(times[*at + 1].duration_since(times[*at]));
        let Some(closest) = (1..times.len() - 1).min_by_key(gap) else { break };
        times.remove(closest);
    }
    times
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).expect("a time")
    }

    #[test]
    fn a_picture_keeps_the_first_and_the_last_moment_and_those_that_stand_apart() {
        for (times, most, expected) in [
            (&[][..], 3, &[][..]),
            (&[5], 3, &[5]),
            (&[9, 1, 1, 5], 3, &[1, 5, 9]),
            (&[0, 100, 101, 200], 3, &[0, 101, 200]),
            (&[0, 1, 2, 3, 100], 2, &[0, 100]),
            (&[0, 1], 0, &[0, 1]),
        ] {
            let kept = columns(times.iter().copied().map(at).collect(), most);
            assert_eq!(kept, expected.iter().copied().map(at).collect::<Vec<_>>(), "{times:?}");
        }
    }
}
