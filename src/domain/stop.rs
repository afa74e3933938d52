//! Stopping services again that a run has started, for an undo that was asked to. Only what the run started, and only
//! while it still runs as the run left it. As with a start, a stop is only made by confirming a plan, cannot be copied,
//! and is used up.

use super::{
    Outcome, PastRun, PastServer, PastService, Server, ServerSnapshot, Service, ServiceSnapshot, ServiceState,
    Services, StartType, UndoPlan,
};

/// A service that a run started.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartedService {
    /// The service.
    pub service: Service,
    /// Why it is not stopped; `None`: it is to be.
    pub against: Option<AgainstStop>,
}

/// Why a service that a run started is not stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgainstStop {
    /// Nobody asked for it.
    NotAsked,
    /// The admin said no.
    Declined,
    /// It is a back end, and its front end goes on running.
    FrontEndStays,
    /// It ran before the run.
    RanBefore,
    /// The run did not live to look at what it left, or could not read it.
    NotKnown,
    /// The look after the start does not show it running: whoever started it since, it was not the run.
    NeverStarted,
    /// Its start type is no longer the one that the run left.
    ChangedSince,
    /// It does not run now.
    NotRunning,
    /// The services cannot be read now.
    NotSeen,
}

/// One service that is to be stopped.
#[derive(Debug)]
pub struct ConfirmedStop {
    server: Server,
    service: Service,
    start: StartType,
}

/// A stop and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StopOutcome {
    /// The server as the run asked for it.
    pub server: Server,
    /// The service.
    pub service: Service,
    /// What became of it.
    pub outcome: Outcome,
}

/// Whether a run started services that none of these undos has stopped.
pub fn has_left_services(run: &PastRun, undos: &[PastRun]) -> bool {
    let sent = |it: &&PastService| it.outcome.may_have_changed();
    let is_stopped = |on: &Server, service: Service| {
        let servers = undos.iter().flat_map(|undo| &undo.servers).filter(|server| server.before.server == *on);
        servers.flat_map(|server| &server.stops).filter(sent).any(|stop| stop.service == service)
    };
    run.servers
        .iter()
        .any(|server| server.starts.iter().filter(sent).any(|start| !is_stopped(&server.before.server, start.service)))
}

/// What the last look says of a service that was to be stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StopVerdict {
    /// The service.
    pub service: Service,
    /// Whether it is; `None`: it could not be read.
    pub stopped: Option<bool>,
}

impl StartedService {
    /// Whether it runs on, or may do so, although it was asked for that it be stopped.
    fn is_left(&self) -> bool {
        match self.against {
            None | Some(AgainstStop::NotAsked | AgainstStop::NotRunning) => false,
            Some(
                AgainstStop::Declined
                | AgainstStop::FrontEndStays
                | AgainstStop::RanBefore
                | AgainstStop::NotKnown
                | AgainstStop::NeverStarted
                | AgainstStop::ChangedSince
                | AgainstStop::NotSeen,
            ) => true,
        }
    }
}

/// The services that a run started, in the reverse of its order, so that a front end is stopped before its back end.
pub(super) fn started(run: &PastServer, present: &ServerSnapshot) -> Vec<StartedService> {
    let sent = run.starts.iter().rev().filter(|start| start.outcome.may_have_changed());
    let mut started = sent
        .map(|start| StartedService {
            service: start.service,
            against: Some(against(start, run, present).unwrap_or(AgainstStop::NotAsked)),
        })
        .collect::<Vec<_>>();
    let stays = |service: Service, started: &[StartedService]| {
        let front = service.other_half();
        let ran = |services: &Services| services.of(front).is_some_and(runs);
        let stopped = started.iter().any(|it| it.service == front && it.against == Some(AgainstStop::NotAsked));
        !service.is_front_end() && ran(&present.services) && !ran(&run.before.services) && !stopped
    };
    for at in 0..started.len() {
        if started[at].against == Some(AgainstStop::NotAsked) && stays(started[at].service, &started) {
            started[at].against = Some(AgainstStop::FrontEndStays);
        }
    }
    started
}

fn against(start: &PastService, run: &PastServer, present: &ServerSnapshot) -> Option<AgainstStop> {
    let service = start.service;
    // That it was Stopped is also what the look right before the start has shown, or there would have been no intent.
    if run.before.services.of(service).is_some_and(runs) {
        return Some(AgainstStop::RanBefore);
    }
    let left = run.after.as_ref().and_then(|after| after.services.of(service));
    let judged = |verdict: &str| run.verdicts.iter().any(|it| it.component.is(service.name()) && it.verdict == verdict);
    match left {
        Some(left) if left.state == ServiceState::Stopped => return Some(AgainstStop::NeverStarted),
        None if judged("notRunning") => return Some(AgainstStop::NeverStarted),
        None if !judged("running") => return Some(AgainstStop::NotKnown),
        Some(_) | None => {}
    }
    let Some(present) = present.services.of(service) else { return Some(AgainstStop::NotSeen) };
    if !runs(present) {
        return Some(AgainstStop::NotRunning);
    }
    left.is_some_and(|left| left.start != present.start).then_some(AgainstStop::ChangedSince)
}

fn runs(seen: &ServiceSnapshot) -> bool {
    seen.state == ServiceState::Running
}

impl UndoPlan {
    /// The same, with what the run started to be stopped.
    pub fn stopping(mut self) -> Self {
        self.stops_services = true;
        for started in self.started.iter_mut().filter(|it| it.against == Some(AgainstStop::NotAsked)) {
            started.against = None;
        }
        self
    }

    /// Whether a service that the run started is left running, although it was asked for that it be stopped.
    pub fn leaves_services(&self) -> bool {
        self.stops_services && self.started.iter().any(StartedService::is_left)
    }

    /// The services to stop, in order.
    pub fn stops(&self) -> impl Iterator<Item = Service> {
        self.started.iter().filter(|it| it.against.is_none()).map(|it| it.service)
    }

    /// Keeps a service running. Then its back end stays too, because a front end without one lets nobody log in.
    pub fn keep_running(&mut self, service: Service) {
        let back_end = service.is_front_end().then(|| service.other_half());
        for started in self.started.iter_mut().filter(|it| it.against.is_none()) {
            if started.service == service {
                started.against = Some(AgainstStop::Declined);
            } else if Some(started.service) == back_end {
                started.against = Some(AgainstStop::FrontEndStays);
            }
        }
    }

    /// The stops, agreed to as a whole.
    pub fn confirm_stops(&self, present: &ServerSnapshot) -> Vec<ConfirmedStop> {
        let step = |service: Service| {
            let seen = present.services.of(service)?;
            Some(ConfirmedStop { server: self.server.clone(), service, start: seen.start.clone() })
        };
        self.stops().filter_map(step).collect()
    }
}

impl ConfirmedStop {
    /// The server as the run asked for it.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The service to stop.
    pub fn service(&self) -> Service {
        self.service
    }

    /// Whether a fresh look shows the service as it was when the plan was made.
    pub fn still_fits(&self, fresh: &Services) -> bool {
        fresh.of(self.service).is_some_and(|seen| runs(seen) && seen.start == self.start)
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StopOutcome {
        StopOutcome { server: self.server, service: self.service, outcome }
    }
}

/// Judges every service that somebody was asked to stop.
pub fn judge_stops(outcomes: &[StopOutcome], after: &Services) -> Vec<StopVerdict> {
    let sent = outcomes.iter().filter(|step| step.outcome.was_sent());
    sent.map(|step| StopVerdict {
        service: step.service,
        stopped: after.of(step.service).map(|seen| seen.state == ServiceState::Stopped),
    })
    .collect()
}
