//! Undoing a run: the opposite of each change that it sent, last first, and only where what is there now is still what the
//! run left. Whatever somebody did since is theirs.

use super::verdict::{is_written, shows};
use super::{
    Change, Entry, InactiveEntry, Obstacle, Plan, Policy, Proposal, ServerRun, ServerSnapshot, Service,
    ServiceSnapshot, ServiceState, Services, StepOutcome, StoreReading, Stores, Subject,
};

impl ServerRun {
    /// The first look of an undo of what a run did there; nothing is decided or done yet.
    pub fn undoing(run: &Self, present: ServerSnapshot, policy: &Policy) -> Self {
        Self { plan: Plan::undoing(run, &present, policy), ..Self::of(present, policy) }
    }
}

impl Plan {
    /// Plans the opposite of what a run did on one server.
    pub fn undoing(run: &ServerRun, present: &ServerSnapshot, policy: &Policy) -> Self {
        let proposals = run.steps.iter().rev().filter_map(|step| propose(run, step, present, policy)).collect();
        let mut plan = Self { server: run.before.server.clone(), proposals };
        plan.proposals.sort_by_key(|proposal| proposal.changes.first().map(Change::rank));
        plan.keep_back_ends(&run.before.services, &present.services);
        plan
    }

    /// A back end stays while its front end runs, unless that ran before the run or is stopped first.
    fn keep_back_ends(&mut self, before: &Services, present: &Services) {
        for at in 0..self.proposals.len() {
            let [service] = self.proposals[at].services()[..] else { continue };
            let front = service.other_half();
            let ran = |services: &Services| services.of(front).is_some_and(runs);
            if service.is_front_end() || !ran(present) || ran(before) {
                continue;
            }
            let needed = Subject::Service(front);
            let stopped = self.needed(&needed).is_some_and(Proposal::is_possible);
            let proposal = &mut self.proposals[at];
            if stopped {
                proposal.needs = Some(needed);
            } else if proposal.obstacles.is_empty() {
                proposal.obstacles.push(Obstacle::FrontEndStays(front));
            }
        }
    }
}

/// The opposite of one step. A service that was never sent for is nobody's business; an entry is said to be left.
fn propose(run: &ServerRun, step: &StepOutcome, present: &ServerSnapshot, policy: &Policy) -> Option<Proposal> {
    let change = step.change.opposite();
    let obstacle = match &step.change {
        Change::SetState { entry, .. } => against_entry(entry, step, run, present),
        Change::SetService { .. } if !step.outcome.was_sent() => return None,
        Change::SetService { service, .. } => against_service(*service, step, run, present),
    };
    Some(Proposal::of(step.components.clone(), vec![change], obstacle.into_iter().collect(), policy))
}

/// What is against putting an entry back.
fn against_entry(
    entry: &InactiveEntry,
    step: &StepOutcome,
    run: &ServerRun,
    present: &ServerSnapshot,
) -> Option<Obstacle> {
    if !step.outcome.was_sent() {
        return Some(Obstacle::NeverSent);
    }
    let component = &entry.component;
    let left = run.after().filter(|after| after.component(component).is_some());
    // A change of unknown outcome may have been carried out after the last look.
    let may_have_followed = step.outcome.is_unknown() && !left.is_some_and(|left| is_all_written(step, run, left));
    let Some(now) = present.component(component) else {
        return Some(if left.is_none() { Obstacle::LeftUnknown } else { Obstacle::NotSeen });
    };
    if left.is_none() && !may_have_followed {
        return Some(Obstacle::LeftUnknown);
    }
    if ![&now.local, &now.remote].into_iter().all(StoreReading::is_complete) {
        return Some(Obstacle::NotSeen);
    }
    if may_have_followed {
        let nothing = if left.is_none() { Obstacle::LeftUnknown } else { Obstacle::NeverTookEffect };
        return (!shows(&step.change, &run.before, present)).then_some(nothing);
    }
    let left = left?;
    let entries = |seen: &ServerSnapshot| {
        let seen = seen.component(component)?;
        Some([&seen.local, &seen.remote].map(|reading| {
            let of_requester = |it: &&Entry| it.requester == entry.requester;
            let mut entries = reading.entries().iter().filter(of_requester).cloned().collect::<Vec<_>>();
            entries.sort_by_key(|entry| entry.time.utc());
            entries
        }))
    };
    if !shows(&step.change, &run.before, left) {
        Some(Obstacle::NeverTookEffect)
    } else if entries(left) == entries(present) {
        None
    } else {
        Some(Obstacle::ChangedSince)
    }
}

/// Whether a look shows the entry that a step was to write in every store that it was written to.
fn is_all_written(step: &StepOutcome, run: &ServerRun, seen: &ServerSnapshot) -> bool {
    let Change::SetState { entry, to, stores } = &step.change else { return false };
    let (Some(then), Some(now)) = (run.before.component(&entry.component), seen.component(&entry.component)) else {
        return false;
    };
    let written = |then, now| is_written(&entry.requester, to, then, now);
    (*stores == Stores::Remote || written(&then.local, &now.local))
        && (*stores == Stores::Local || written(&then.remote, &now.remote))
}

/// What is against stopping a service that the run started.
fn against_service(
    service: Service,
    step: &StepOutcome,
    run: &ServerRun,
    present: &ServerSnapshot,
) -> Option<Obstacle> {
    // That it was Stopped is also what the look right before the start has shown, or there would have been no intent.
    if run.before.services.of(service).is_some_and(runs) {
        return Some(Obstacle::RanBefore);
    }
    let left = run.after().and_then(|after| after.services.of(service));
    let Some(left) = left else { return Some(Obstacle::LeftUnknown) };
    // A start of unknown outcome may have been carried out after the last look.
    if left.state == ServiceState::Stopped && !step.outcome.is_unknown() {
        return Some(Obstacle::NeverTookEffect);
    }
    let Some(present) = present.services.of(service) else { return Some(Obstacle::NotSeen) };
    if !runs(present) {
        return Some(Obstacle::NotRunning);
    }
    (left.start != present.start).then_some(Obstacle::ChangedSince)
}

fn runs(seen: &ServiceSnapshot) -> bool {
    seen.state == ServiceState::Running
}

/// Whether a run changed a server where none of these undos changed anything, though something might still be put back there.
pub fn has_left_servers(run: &super::Run, undos: &[super::Run]) -> bool {
    run.changed().any(|server| {
        let mut of_server = undos.iter().flat_map(|undo| &undo.servers).filter(|it| it.server() == server.server());
        !of_server.any(|it| it.was_changed() || nothing_could_be_put_back(it))
    })
}

/// Whether in this part of an undo what is there now was against every change, which no option and no answer alters.
fn nothing_could_be_put_back(undo: &ServerRun) -> bool {
    undo.decision.as_ref().is_some_and(|decision| {
        decision.agreed.is_empty() && decision.left.iter().all(|left| left.obstacles.iter().any(Obstacle::is_lasting))
    })
}

/// Whether a run started services that none of these undos has stopped.
pub fn has_left_services(run: &super::Run, undos: &[super::Run]) -> bool {
    let sent = |server: &ServerRun| {
        let services = server.steps.iter().filter(|step| step.outcome.was_sent());
        services.filter_map(|step| step.change.service()).collect::<Vec<_>>()
    };
    run.servers.iter().any(|server| {
        let of_server = undos.iter().flat_map(|undo| &undo.servers);
        let stopped =
            of_server.filter(|it| it.before.server == server.before.server).flat_map(sent).collect::<Vec<_>>();
        sent(server).iter().any(|service| !stopped.contains(service))
    })
}
