//! What could be done about stopped services. A protocol is proposed for as a whole, its back end before its front end,
//! because one half alone serves nobody; and only where its component is Active, or is lit first. Start types are never
//! changed. As with a component, a start is only made by confirming a plan, cannot be copied, and is used up.

use super::{
    Component, ConfirmedPlan, Diagnosis, Finding, Outcome, Plan, Policy, Server, ServerSnapshot, Service,
    ServiceFinding, ServiceSnapshot, ServiceState, Services, StartType, service_findings,
};

/// Which stopped services may be started without asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum StartServices {
    /// Those that start with Windows.
    #[default]
    Automatic,
    /// The Manual ones too, where their protocol is in use or is being lit.
    Manual,
    /// None.
    None,
}

/// What would make the services of one protocol run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartProposal {
    /// The component that they depend on.
    pub component: Component,
    /// The services to start, in order.
    pub services: Vec<Service>,
    /// What rules it out, whatever the admin says.
    pub obstacles: Vec<StartObstacle>,
    /// What the policy has against it, unless the admin consents.
    pub objections: Vec<StartObstacle>,
}

/// What stands in the way of a start.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StartObstacle {
    /// Nobody can start it, and relight changes no start type.
    Disabled(Service),
    /// It is Manual, and `--start-services` does not say manual.
    Manual(Service),
    /// `--start-services none`.
    NotAllowed(Service),
    /// The admin said no.
    Declined(Service),
}

/// What was agreed to about the services of one server.
#[derive(Debug, Default)]
pub struct ConfirmedStarts {
    /// The services to start, in order.
    pub steps: Vec<ConfirmedStart>,
    /// The protocols that are left alone.
    pub left: Vec<StartLeft>,
}

/// One service that is to be started.
#[derive(Debug)]
pub struct ConfirmedStart {
    server: Server,
    service: Service,
    start: StartType,
}

/// A protocol whose services are left as they are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartLeft {
    /// The component that they depend on.
    pub component: Component,
    /// Everything that stands in the way.
    pub obstacles: Vec<StartObstacle>,
}

/// A start and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StartOutcome {
    /// The server as it was asked for.
    pub server: Server,
    /// The service.
    pub service: Service,
    /// What became of it.
    pub outcome: Outcome,
}

/// Proposes for each protocol of which something stopped keeps clients out.
pub(super) fn propose(services: &Services, diagnoses: &[Diagnosis], policy: &Policy) -> Vec<StartProposal> {
    let findings = service_findings(services, diagnoses);
    let of_policy = diagnoses.iter().filter(|diagnosis| policy.components.contains(&diagnosis.component));
    of_policy.filter_map(|diagnosis| propose_one(services, diagnosis, &findings, policy)).collect()
}

fn propose_one(
    services: &Services,
    diagnosis: &Diagnosis,
    findings: &[ServiceFinding],
    policy: &Policy,
) -> Option<StartProposal> {
    let dark = matches!(diagnosis.finding, Some(Finding::Dark(_)));
    // A protocol that nobody enabled is only of interest while its component is being lit.
    let worth = |finding: &&ServiceFinding| {
        finding.service().component() == diagnosis.component && (finding.is_fault() || dark)
    };
    findings.iter().find(worth)?;
    let mut halves = Service::ALL.into_iter().filter(|one| one.component() == diagnosis.component).collect::<Vec<_>>();
    halves.sort_by_key(|service| service.is_front_end());
    let stopped = halves.into_iter().filter_map(|service| services.of(service)).filter(|seen| is_stopped(seen));
    let stopped = stopped.collect::<Vec<_>>();
    Some(StartProposal {
        component: diagnosis.component.clone(),
        services: stopped.iter().map(|seen| seen.service).collect(),
        obstacles: stopped.iter().filter_map(|seen| ruled_out(seen)).collect(),
        objections: stopped.iter().filter_map(|seen| policy.objection_to_start(seen)).collect(),
    })
}

fn is_stopped(seen: &ServiceSnapshot) -> bool {
    seen.state == ServiceState::Stopped
}

fn ruled_out(seen: &ServiceSnapshot) -> Option<StartObstacle> {
    match seen.start {
        StartType::Disabled => Some(StartObstacle::Disabled(seen.service)),
        StartType::Automatic | StartType::Manual | StartType::Other(_) => None,
    }
}

impl Policy {
    /// What this policy has against starting a stopped service without asking; nothing: it may be started.
    pub fn objection_to_start(&self, seen: &ServiceSnapshot) -> Option<StartObstacle> {
        match (self.start_services, &seen.start) {
            (StartServices::None, _) => Some(StartObstacle::NotAllowed(seen.service)),
            (StartServices::Automatic, StartType::Manual | StartType::Other(_)) => {
                Some(StartObstacle::Manual(seen.service))
            }
            (StartServices::Automatic, StartType::Automatic | StartType::Disabled) | (StartServices::Manual, _) => None,
        }
    }
}

impl StartProposal {
    /// Whether nothing rules it out.
    pub fn is_possible(&self) -> bool {
        self.obstacles.is_empty()
    }
}

impl Plan {
    /// Keeps of the starts what was agreed to. `against` says what stands against one of them. Where the component stays
    /// dark nothing is started and nothing is said: what stands in the way of the component says it all.
    pub fn confirm_starts(
        &self,
        confirmed: &ConfirmedPlan,
        services: &Services,
        against: impl Fn(&ServiceSnapshot) -> Vec<StartObstacle>,
    ) -> ConfirmedStarts {
        let mut starts = ConfirmedStarts::default();
        let stays_dark = |component: &Component| confirmed.left().iter().any(|left| left.component == *component);
        for proposal in self.starts.iter().filter(|proposal| !stays_dark(&proposal.component)) {
            let stopped = proposal.services.iter().filter_map(|service| services.of(*service)).collect::<Vec<_>>();
            let mut obstacles = proposal.obstacles.clone();
            obstacles.extend(stopped.iter().flat_map(|seen| against(seen)));
            if obstacles.is_empty() {
                starts.steps.extend(stopped.iter().map(|seen| ConfirmedStart {
                    server: self.server.clone(),
                    service: seen.service,
                    start: seen.start.clone(),
                }));
            } else {
                starts.left.push(StartLeft { component: proposal.component.clone(), obstacles });
            }
        }
        starts
    }
}

impl ConfirmedStart {
    /// The server as it was asked for.
    pub fn server(&self) -> &Server {
        &self.server
    }

    /// The service to start.
    pub fn service(&self) -> Service {
        self.service
    }

    /// Whether a fresh look shows the service as it was when the plan was made.
    pub fn still_fits(&self, fresh: &Services) -> bool {
        fresh.of(self.service).is_some_and(|seen| is_stopped(seen) && seen.start == self.start)
    }

    /// Uses the step up.
    pub fn end(self, outcome: Outcome) -> StartOutcome {
        StartOutcome { server: self.server, service: self.service, outcome }
    }
}

/// What the last look says of a service that was to be started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StartVerdict {
    /// The service.
    pub service: Service,
    /// Whether it runs; `None`: it could not be read.
    pub runs: Option<bool>,
}

/// Judges every service that somebody was asked to start.
pub fn judge_starts(outcomes: &[StartOutcome], after: &Services) -> Vec<StartVerdict> {
    let sent = outcomes.iter().filter(|step| step.outcome.was_sent());
    sent.map(|step| StartVerdict {
        service: step.service,
        runs: after.of(step.service).map(|seen| seen.state == ServiceState::Running),
    })
    .collect()
}

/// All that was agreed to on one server.
pub type Agreed = (ConfirmedPlan, ConfirmedStarts);

impl Plan {
    /// What may be done without asking.
    pub fn unattended(&self, snapshot: &ServerSnapshot, policy: &Policy) -> Agreed {
        let confirmed = self.confirm(snapshot, |hold| policy.objections(hold));
        let against = |seen: &ServiceSnapshot| policy.objection_to_start(seen).into_iter().collect();
        let starts = self.confirm_starts(&confirmed, &snapshot.services, against);
        (confirmed, starts)
    }
}

impl Plan {
    /// The starts that nothing rules out: those of a component that is Active, or that can be lit.
    pub fn startable(&self) -> impl Iterator<Item = &StartProposal> {
        let stays_dark = |start: &StartProposal| {
            self.proposals.iter().any(|other| other.component == start.component && !other.obstacles.is_empty())
        };
        self.starts.iter().filter(move |start| start.is_possible() && !stays_dark(start))
    }
}
