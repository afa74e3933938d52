//! What could be done on a server. A proposal has the changes that together mend one thing: a component is proposed for
//! as a whole, because setting some of its entries Active changes nothing for a client; so are the services of a protocol,
//! because one half alone serves nobody. What an undo would do is a plan like any other, of single changes.

use super::{
    Cause, Change, Component, Diagnosis, Finding, Gap, InactiveEntry, KnownRequester, Obstacle, Policy, Server,
    ServerSnapshot, Service, ServiceFinding, ServiceSnapshot, ServiceState, Services, Setup, StartType, Subject,
    service_findings,
};

/// What could be done on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The server as it was asked for.
    pub server: Server,
    /// In a fix, one for each component that is Inactive and was asked about, then one for each protocol of which services
    /// should run and do not. In an undo, one for each change.
    pub proposals: Vec<Proposal>,
}

/// The changes that together mend one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The components whose clients it is for: one, or in an undo those that the change was for.
    pub components: Vec<Component>,
    /// The changes, in order. None: nothing that relight could do is known.
    pub changes: Vec<Change>,
    /// What has to be confirmed as well, where it is proposed at all, or this makes no sense.
    pub needs: Option<Subject>,
    /// What rules it out, whatever the admin says.
    pub obstacles: Vec<Obstacle>,
    /// What the policy has against it, unless the admin consents.
    pub objections: Vec<Obstacle>,
}

impl Proposal {
    /// Changes that make sense by themselves, with what the policy has against them.
    pub(super) fn of(
        components: Vec<Component>,
        changes: Vec<Change>,
        obstacles: Vec<Obstacle>,
        policy: &Policy,
    ) -> Self {
        let objections = changes.iter().flat_map(|change| policy.objections(change)).collect();
        Self { components, changes, needs: None, obstacles, objections }
    }

    /// Whether nothing rules it out.
    pub fn is_possible(&self) -> bool {
        self.obstacles.is_empty()
    }

    /// Whether `--yes` would carry it out.
    pub fn is_allowed(&self) -> bool {
        self.is_possible() && self.objections.is_empty()
    }

    /// Whether it is about services.
    pub fn is_of_services(&self) -> bool {
        self.changes.iter().any(|change| change.service().is_some())
    }

    /// Whether it is for this component.
    pub fn is_for(&self, component: &Component) -> bool {
        self.components.contains(component)
    }

    /// The entries that it would set.
    pub fn entries(&self) -> impl Iterator<Item = &InactiveEntry> {
        self.changes.iter().filter_map(Change::entry)
    }

    /// The services that it would start or stop.
    pub fn services(&self) -> Vec<Service> {
        self.changes.iter().filter_map(Change::service).collect()
    }
}

impl Plan {
    /// Plans for every inactive component of the policy, and for the services behind. ServerWideOffline is planned for only
    /// as far as it makes those Inactive.
    pub fn of(snapshot: &ServerSnapshot, diagnoses: &[Diagnosis], policy: &Policy) -> Self {
        let server_wide = diagnoses.iter().find(|diagnosis| diagnosis.component.is_server_wide_offline());
        let of_policy = diagnoses.iter().filter(|diagnosis| policy.components.contains(&diagnosis.component));
        let mut proposals = of_policy
            .clone()
            .filter_map(|diagnosis| match diagnosis.finding {
                Some(Finding::Inactive(cause)) => Some(propose(diagnosis, cause, server_wide, &snapshot.setup, policy)),
                Some(Finding::Draining | Finding::NotKnown) | None => None,
            })
            .collect::<Vec<_>>();
        let findings = service_findings(&snapshot.services, diagnoses);
        let starts = of_policy.filter_map(|one| propose_services(&snapshot.services, one, &findings, policy));
        proposals.extend(starts.collect::<Vec<_>>());
        Self { server: snapshot.server.clone(), proposals }
    }

    /// The proposals for components.
    pub fn of_components(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| !proposal.is_of_services())
    }

    /// The proposals for services.
    pub fn of_services(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.is_of_services())
    }

    /// The proposals for components that nothing rules out.
    pub fn possible(&self) -> impl Iterator<Item = &Proposal> {
        self.of_components().filter(|proposal| proposal.is_possible())
    }

    /// The proposals for services that nothing rules out: those of a component that is Active, or that can be set so.
    pub fn startable(&self) -> impl Iterator<Item = &Proposal> {
        let stays = |needed: &Subject| self.needed(needed).is_some_and(|other| !other.is_possible());
        self.of_services().filter(move |it| it.is_possible() && !it.needs.as_ref().is_some_and(stays))
    }

    /// The proposal that is about this.
    pub(super) fn needed(&self, subject: &Subject) -> Option<&Proposal> {
        self.proposals.iter().find(|proposal| match subject {
            Subject::Component(component) => !proposal.is_of_services() && proposal.is_for(component),
            Subject::Entry(..) | Subject::Service(_) => {
                proposal.changes.iter().any(|change| change.subject() == *subject)
            }
        })
    }
}

fn propose(
    diagnosis: &Diagnosis,
    cause: Cause,
    server_wide: Option<&Diagnosis>,
    setup: &Setup,
    policy: &Policy,
) -> Proposal {
    let mut entries = diagnosis.entries.clone();
    let mut obstacles = gap_obstacle(diagnosis).into_iter().collect::<Vec<_>>();
    match cause {
        Cause::ServerWideOffline => match server_wide {
            Some(server_wide) => {
                obstacles.extend(gap_obstacle(server_wide));
                if server_wide.entries.is_empty() && server_wide.gaps.is_empty() {
                    obstacles.push(Obstacle::NothingToSet(server_wide.component.clone()));
                }
                entries.extend(server_wide.entries.iter().cloned());
            }
            None => obstacles.push(Obstacle::Unknowable(Component::server_wide_offline(), Vec::<Gap>::new())),
        },
        Cause::Unexplained => obstacles.push(Obstacle::NothingToSet(diagnosis.component.clone())),
        Cause::Entries | Cause::Unknowable => {}
    }
    obstacles.extend(entries.iter().filter_map(|entry| ruled_out(entry, setup)));
    let changes = entries.into_iter().map(Change::set_active).collect::<Vec<_>>();
    Proposal::of(vec![diagnosis.component.clone()], changes, obstacles, policy)
}

fn gap_obstacle(diagnosis: &Diagnosis) -> Option<Obstacle> {
    (!diagnosis.gaps.is_empty()).then(|| Obstacle::Unknowable(diagnosis.component.clone(), diagnosis.gaps.clone()))
}

fn ruled_out(entry: &InactiveEntry, setup: &Setup) -> Option<Obstacle> {
    match (entry.requester.known(), setup) {
        (None, _) => Some(Obstacle::UnknownRequester(entry.clone())),
        // Managed Availability has nothing to do with setup.
        (Some(KnownRequester::HealthApi), _) => None,
        (Some(_), Setup::Running) => Some(Obstacle::SetupRunning(entry.clone())),
        // Only an entry that may be setup's own has to wait for what is not known.
        (Some(KnownRequester::Functional), Setup::Unknown(why)) => {
            Some(Obstacle::SetupUnknown(entry.clone(), why.clone()))
        }
        (Some(_), _) => None,
    }
}

/// Proposes for a protocol of which something stopped keeps clients out, its back end before its front end.
fn propose_services(
    services: &Services,
    diagnosis: &Diagnosis,
    findings: &[ServiceFinding],
    policy: &Policy,
) -> Option<Proposal> {
    let is_inactive = diagnosis.is_inactive();
    // A protocol that nobody enabled is only of interest while its component is being set Active.
    let worth = |finding: &&ServiceFinding| {
        finding.service().component() == diagnosis.component && (finding.is_fault() || is_inactive)
    };
    findings.iter().find(worth)?;
    let halves = Service::ALL.into_iter().filter(|one| one.component() == diagnosis.component);
    let is_stopped = |seen: &&ServiceSnapshot| seen.state == ServiceState::Stopped;
    let mut stopped = halves.filter_map(|service| services.of(service)).filter(is_stopped).collect::<Vec<_>>();
    stopped.sort_by_key(|seen| seen.service.is_front_end());
    let disabled = stopped.iter().filter(|seen| seen.start == StartType::Disabled);
    let obstacles = disabled.map(|seen| Obstacle::ServiceDisabled(seen.service)).collect();
    let start = |seen: &&ServiceSnapshot| Change::SetService {
        service: seen.service,
        startup: seen.start.clone(),
        to: ServiceState::Running,
    };
    let changes = stopped.iter().map(start).collect::<Vec<_>>();
    if changes.is_empty() {
        return None;
    }
    let needs = is_inactive.then(|| Subject::Component(diagnosis.component.clone()));
    Some(Proposal { needs, ..Proposal::of(vec![diagnosis.component.clone()], changes, obstacles, policy) })
}
