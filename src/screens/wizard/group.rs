//! What one question is about: on one server, the components that the same requesters keep Inactive, each with the services
//! that are started with it; ServerWideOffline; or services alone.

use crate::domain::{Change, Component, KnownRequester, Obstacle, Proposal, Requester, ServerRun, Subject, each_once};

/// What one question is about.
#[derive(Debug)]
pub struct Group<'a> {
    pub server: &'a ServerRun,
    pub about: About<'a>,
    /// What can be agreed to by itself.
    pub parts: Vec<Part<'a>>,
}

/// What kind of thing a question is about.
#[derive(Debug, PartialEq, Eq)]
pub enum About<'a> {
    /// ServerWideOffline, and with it the whole server.
    ServerWide(Vec<&'a Requester>),
    /// Components that these requesters keep Inactive, each of them, and nobody else.
    Components(Vec<&'a Requester>),
    /// Automatic services of components that are Active.
    Services,
    /// Services of one protocol that are not all Automatic.
    ManualServices,
}

/// A component, and what is done for it: as a whole, or not at all.
#[derive(Debug)]
pub struct Part<'a> {
    pub component: &'a Component,
    pub changes: Vec<&'a Change>,
    /// Whether it stays Inactive as long as the server is offline server-wide.
    pub is_offline: bool,
}

impl<'a> Group<'a> {
    /// The questions about a server, in the order in which they are asked: ServerWideOffline before what depends on it.
    pub fn all(server: &'a ServerRun) -> Vec<Self> {
        let mut groups = Self::server_wide(server).into_iter().collect::<Vec<_>>();
        for proposal in server.plan.possible() {
            let Some(part) = Part::of_component(server, proposal) else { continue };
            let requesters = requesters(&part.changes);
            match groups.iter_mut().find(|group| group.is_of(&requesters)) {
                Some(group) => group.parts.push(part),
                None => groups.push(Self { server, about: About::Components(requesters), parts: vec![part] }),
            }
        }
        let (automatic, others) = server.plan.startable().partition::<Vec<_>, _>(|it| it.objections.is_empty());
        let alone = automatic.into_iter().filter(|it| it.needs.is_none()).filter_map(Part::of_services);
        let alone = alone.collect::<Vec<_>>();
        if !alone.is_empty() {
            groups.push(Self { server, about: About::Services, parts: alone });
        }
        let is_manual = |it: &Obstacle| matches!(it, Obstacle::ServiceManual(_));
        let manual = others.into_iter().filter(|it| it.objections.iter().all(is_manual)).filter_map(Part::of_services);
        groups.extend(manual.map(|part| Self { server, about: About::ManualServices, parts: vec![part] }));
        groups
    }

    /// ServerWideOffline, with the services of the components that nothing else keeps Inactive.
    fn server_wide(server: &'a ServerRun) -> Option<Self> {
        let possible = || server.plan.possible();
        let mut changes = each_once(possible().flat_map(|it| &it.changes).filter(|it| it.is_server_wide()));
        let component = &changes.first()?.entry()?.component;
        let about = About::ServerWide(requesters(&changes));
        let offline_alone = possible().filter(|it| own(it).next().is_none());
        changes.extend(offline_alone.flat_map(|proposal| started_with(server, proposal)));
        Some(Self { server, about, parts: vec![Part { component, changes, is_offline: false }] })
    }

    /// Whether a group of another server may be asked about in the same question. ServerWideOffline brings a whole server
    /// online, and a Manual service may not be in use there: such a question is about one server alone.
    pub fn goes_with(&self, other: &Group<'_>) -> bool {
        match (&self.about, &other.about) {
            (About::Components(_), About::Components(requesters)) => self.is_of(requesters),
            (About::Services, About::Services) => true,
            (About::Components(_) | About::Services | About::ServerWide(_) | About::ManualServices, _) => false,
        }
    }

    fn is_of(&self, requesters: &[&Requester]) -> bool {
        match &self.about {
            About::Components(all) => all.len() == requesters.len() && all.iter().all(|one| requesters.contains(one)),
            About::ServerWide(_) | About::Services | About::ManualServices => false,
        }
    }

    /// Whose entries are set Active.
    pub fn requesters(&self) -> &[&'a Requester] {
        match &self.about {
            About::ServerWide(requesters) | About::Components(requesters) => requesters,
            About::Services | About::ManualServices => &[],
        }
    }

    /// Whether it is about components that HealthApi alone keeps Inactive.
    pub fn is_of_healthapi_alone(&self) -> bool {
        match &self.about {
            About::Components(requesters) => requesters.iter().all(|it| it.known() == Some(KnownRequester::HealthApi)),
            About::ServerWide(_) | About::Services | About::ManualServices => false,
        }
    }
}

impl<'a> Part<'a> {
    /// `None`: the component has no entries of its own that keep it Inactive.
    fn of_component(server: &'a ServerRun, proposal: &'a Proposal) -> Option<Self> {
        let mut changes = own(proposal).collect::<Vec<_>>();
        let is_offline = changes.len() < proposal.changes.len();
        if changes.is_empty() {
            return None;
        }
        changes.extend(started_with(server, proposal));
        Some(Self { component: proposal.components.first()?, changes, is_offline })
    }

    fn of_services(proposal: &'a Proposal) -> Option<Self> {
        let changes = proposal.changes.iter().collect();
        Some(Self { component: proposal.components.first()?, changes, is_offline: false })
    }
}

/// The changes to the entries of the component itself.
fn own(proposal: &Proposal) -> impl Iterator<Item = &Change> {
    proposal.changes.iter().filter(|change| !change.is_server_wide())
}

/// The starts of services that need no question of their own once a component is Active.
fn started_with<'a>(server: &'a ServerRun, proposal: &'a Proposal) -> impl Iterator<Item = &'a Change> {
    let follows = |it: &&Proposal| {
        it.is_allowed() && matches!(&it.needs, Some(Subject::Component(needed)) if proposal.is_for(needed))
    };
    server.plan.of_services().filter(follows).flat_map(|services| &services.changes)
}

/// Each once, in the order in which they come.
fn requesters<'a>(changes: &[&'a Change]) -> Vec<&'a Requester> {
    each_once(changes.iter().filter_map(|change| change.entry()).map(|entry| &entry.requester))
}
