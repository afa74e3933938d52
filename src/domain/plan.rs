//! What could be done about the dark components of a server. A component is proposed for as a whole, because lifting
//! some of its holds changes nothing for a client.

use super::{
    Cause, Component, Diagnosis, EntryTime, Finding, Gap, KnownRequester, Policy, Requester, Server, ServerSnapshot,
    Setup, StartProposal, State, Stores, each_once, start,
};

/// A winning entry that is not Active, with its requester.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The component it holds, spelled as it was read.
    pub component: Component,
    /// Who holds it, spelled as it was read.
    pub requester: Requester,
    /// The state it holds the component in.
    pub state: State,
    /// When it was recorded.
    pub since: EntryTime,
    /// The stores that say so.
    pub stores: Stores,
}

/// Which hold on which server: what a step is about.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HoldKey {
    /// The server as it was asked for.
    pub server: Server,
    /// The component.
    pub component: Component,
    /// The requester.
    pub requester: Requester,
}

/// What would light one dark component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The component to light.
    pub component: Component,
    /// Every hold that must be lifted for it: its own first, then those of ServerWideOffline.
    pub holds: Vec<Hold>,
    /// What rules it out, whatever the admin says.
    pub obstacles: Vec<Obstacle>,
    /// What the policy has against it, unless the admin consents.
    pub objections: Vec<Obstacle>,
}

/// What stands in the way of lighting a component.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// `--requester` does not name it.
    NotAllowed(Hold),
    /// ServerWideOffline is held too, and lifting that has a consent of its own.
    ServerWideOfflineLeftAlone(Hold),
    /// The admin said no.
    Declined(Hold),
    /// `Set-ServerComponentState` would refuse this requester.
    UnknownRequester(Hold),
    /// Setup holds it, and is running on that server.
    SetupRunning(Hold),
    /// Setup holds it, and whether it is still running could not be told.
    SetupUnknown(Hold, String),
    /// Nothing that is recorded holds it: there is nothing to lift.
    NothingToLift(Component),
    /// What holds it, or holds ServerWideOffline, is not known.
    Unknowable(Component, Vec<Gap>),
}

/// What could be done on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// The server as it was asked for.
    pub server: Server,
    /// One for each dark component that was asked about.
    pub proposals: Vec<Proposal>,
    /// One for each protocol of which services should run and do not.
    pub starts: Vec<StartProposal>,
}

impl Plan {
    /// Plans for every dark component of the policy. ServerWideOffline is planned for only as far as it darkens those.
    pub fn of(snapshot: &ServerSnapshot, diagnoses: &[Diagnosis], policy: &Policy) -> Self {
        let server_wide = diagnoses.iter().find(|diagnosis| diagnosis.component.is_server_wide_offline());
        let proposals = diagnoses
            .iter()
            .filter(|diagnosis| policy.components.contains(&diagnosis.component))
            .filter_map(|diagnosis| match diagnosis.finding {
                Some(Finding::Dark(cause)) => Some(propose(diagnosis, cause, server_wide, &snapshot.setup, policy)),
                Some(Finding::Draining | Finding::Unproven) | None => None,
            })
            .collect();
        let starts = start::propose(&snapshot.services, diagnoses, policy);
        Self { server: snapshot.server.clone(), proposals, starts }
    }

    /// Whether nothing is dark.
    pub fn is_empty(&self) -> bool {
        self.proposals.is_empty()
    }

    /// The holds that an admin may be asked about, each once, those of the components before those of
    /// ServerWideOffline: holds of proposals that nothing rules out.
    pub fn questions(&self) -> Vec<&Hold> {
        let mut holds = each_once(self.possible().flat_map(|proposal| &proposal.holds));
        holds.sort_by_key(|hold| hold.component.is_server_wide_offline());
        holds
    }

    /// The proposals that nothing rules out.
    pub fn possible(&self) -> impl Iterator<Item = &Proposal> {
        self.proposals.iter().filter(|proposal| proposal.obstacles.is_empty())
    }
}

fn propose(
    diagnosis: &Diagnosis,
    cause: Cause,
    server_wide: Option<&Diagnosis>,
    setup: &Setup,
    policy: &Policy,
) -> Proposal {
    let mut holds = diagnosis.holds.clone();
    let mut obstacles = gap_obstacle(diagnosis).into_iter().collect::<Vec<_>>();
    match cause {
        Cause::ServerWideOffline => match server_wide {
            Some(server_wide) => {
                obstacles.extend(gap_obstacle(server_wide));
                if server_wide.holds.is_empty() && server_wide.gaps.is_empty() {
                    obstacles.push(Obstacle::NothingToLift(server_wide.component.clone()));
                }
                holds.extend(server_wide.holds.iter().cloned());
            }
            None => obstacles.push(Obstacle::Unknowable(Component::server_wide_offline(), Vec::new())),
        },
        Cause::Unexplained => obstacles.push(Obstacle::NothingToLift(diagnosis.component.clone())),
        Cause::Held | Cause::Unknowable => {}
    }
    obstacles.extend(holds.iter().filter_map(|hold| ruled_out(hold, setup)));
    let objections = holds.iter().flat_map(|hold| policy.objections(hold)).collect();
    Proposal { component: diagnosis.component.clone(), holds, obstacles, objections }
}

fn gap_obstacle(diagnosis: &Diagnosis) -> Option<Obstacle> {
    (!diagnosis.gaps.is_empty()).then(|| Obstacle::Unknowable(diagnosis.component.clone(), diagnosis.gaps.clone()))
}

fn ruled_out(hold: &Hold, setup: &Setup) -> Option<Obstacle> {
    match (hold.requester.known(), setup) {
        (None, _) => Some(Obstacle::UnknownRequester(hold.clone())),
        (Some(KnownRequester::Functional), Setup::Running) => Some(Obstacle::SetupRunning(hold.clone())),
        (Some(KnownRequester::Functional), Setup::Unknown(why)) => {
            Some(Obstacle::SetupUnknown(hold.clone(), why.clone()))
        }
        (Some(_), _) => None,
    }
}
