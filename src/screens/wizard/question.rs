//! A question and what stands above it: who keeps what Inactive, what is to be known before, and the exact commands.

use crate::domain::{Change, Cmdlet, Component, KnownRequester, Policy, Requester, ServerRun, Service};
use crate::screens::kit::page::{CARE, Page};
use crate::screens::kit::words;

use super::group::{About, Group, Part};

/// Parts of a group that are answered together: all of them, or after `choose` one.
#[derive(Debug, Clone, Copy)]
pub struct Question<'a> {
    pub group: &'a Group<'a>,
    pub parts: &'a [&'a Part<'a>],
}

impl<'a> Question<'a> {
    pub fn server(self) -> &'a ServerRun {
        self.group.server
    }

    /// Every change that a yes agrees to: the entries, then the services.
    pub fn changes(self) -> impl Iterator<Item = &'a Change> {
        let of = move |services: bool| {
            let all = self.parts.iter().flat_map(|part| part.changes.iter().copied());
            all.filter(move |change| change.service().is_some() == services)
        };
        of(false).chain(of(true))
    }

    pub fn components(self) -> Vec<Component> {
        self.parts.iter().map(|part| part.component.clone()).collect()
    }

    pub fn services(self) -> Vec<Service> {
        self.changes().filter_map(Change::service).collect()
    }

    /// The components that ServerWideOffline makes Inactive, of those that can be set Active.
    pub fn offline(self) -> Vec<Component> {
        let offline = self.server().plan.possible().filter(|it| it.changes.iter().any(Change::is_server_wide));
        offline.flat_map(|it| &it.components).filter(|it| !it.is_server_wide_offline()).cloned().collect()
    }

    /// Everything above the question.
    pub fn show(self, page: &mut Page, policy: &Policy) {
        page.heading(&self.title(policy));
        match self.group.about {
            About::ServerWide(_) => {
                let offline = self.offline();
                if !offline.is_empty() {
                    page.say(&format!("It keeps {} Inactive.", words::components(&offline)));
                }
                page.styled(CARE, 0, words::BRINGS_ONLINE);
            }
            About::ManualServices => {
                let protocol = self.services().first().map_or("", |service| service.protocol().name());
                page.styled(
                    CARE,
                    0,
                    &format!(
                        "Somebody chose, or left, the startup type Manual: {protocol} may not be in use there. It stays \
                         Manual, so that {} Stopped again after a restart of the server.",
                        if self.services().len() == 1 { "the service is" } else { "the services are" },
                    ),
                );
            }
            About::Components(_) | About::Services => {}
        }
        for requester in self.group.requesters().iter().filter(|it| it.known().is_some_and(is_unusual)) {
            let who = words::who(requester, &self.server().before.setup);
            page.styled(CARE, 0, &format!("{requester}: {who}"));
        }
        self.changes().for_each(|change| page.command(2, &Cmdlet::change(&self.server().before, change)));
    }

    fn title(self, policy: &Policy) -> String {
        let server = self.server().server();
        match &self.group.about {
            About::ServerWide(requesters) => {
                let component = Component::server_wide_offline();
                let seen = self.server().before.component(&component);
                let state = seen.map_or("Inactive", |seen| seen.state.name());
                format!("{component} on {server} is kept {state} by {}.", marked(requesters, policy))
            }
            About::Components(requesters) => {
                let components = self.components();
                let are = words::is_or_are(components.len());
                let also = if self.parts.iter().any(|part| part.is_offline) { "also " } else { "" };
                let by = marked(requesters, policy);
                format!("{} on {server} {are} {also}kept Inactive by {by}.", words::components(&components))
            }
            About::Services | About::ManualServices => {
                let services = self.services();
                format!("{} on {server} {} Stopped.", words::services(&services), words::is_or_are(services.len()))
            }
        }
    }

    /// The question itself, without its default.
    pub fn text(self) -> String {
        let answers = if self.has_choice() { "yes, no, choose, explain or quit" } else { "yes, no, explain or quit" };
        match self.group.about {
            About::ServerWide(_) => {
                format!("Type {} to bring it back online; or no, explain or quit", self.server().server())
            }
            About::Components(_) => format!("Set {} Active? {answers}", words::pronoun(self.parts.len())),
            About::Services | About::ManualServices => {
                format!("Start {}? {answers}", words::pronoun(self.changes().count()))
            }
        }
    }

    /// Whether its parts can be answered one by one.
    pub fn has_choice(self) -> bool {
        self.parts.len() > 1
    }
}

/// Whether it takes more to know than the table of the overview tells.
fn is_unusual(requester: KnownRequester) -> bool {
    match requester {
        KnownRequester::Functional | KnownRequester::Sidelined | KnownRequester::Deployment => true,
        KnownRequester::HealthApi | KnownRequester::Maintenance => false,
    }
}

/// The requesters in a list, those marked that `--requester` names. That is no answer, and changes no default.
pub fn marked(requesters: &[&Requester], policy: &Policy) -> String {
    let named =
        |known: KnownRequester| policy.requesters.contains(&known) && !Policy::default().requesters.contains(&known);
    let mark = |requester: &&Requester| {
        let mark = if requester.known().is_some_and(named) { " (allowed by --requester)" } else { "" };
        format!("{requester}{mark}")
    };
    words::list(&requesters.iter().map(mark).collect::<Vec<_>>())
}
