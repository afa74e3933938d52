//! One question about several servers, on which the same requesters keep components Inactive.

use crate::domain::{Change, Cmdlet, Component, Policy, ServerRun, alike, each_once};
use crate::screens::kit::page::{HEADING, Page};
use crate::screens::kit::words;

use super::group::{About, Group};
use super::question::marked;

/// Groups of several servers that are answered together, or after `choose` one by one.
#[derive(Debug)]
pub struct Joint<'a> {
    pub groups: Vec<&'a Group<'a>>,
}

impl<'a> Joint<'a> {
    /// Those of the same requesters together, and the starts of services; in the order in which they come.
    pub fn all(groups: impl Iterator<Item = &'a Group<'a>>) -> Vec<Self> {
        let mut joint: Vec<Self> = Vec::new();
        for group in groups {
            match joint.iter_mut().find(|it| it.groups[0].goes_with(group)) {
                Some(same) => same.groups.push(group),
                None => joint.push(Self { groups: vec![group] }),
            }
        }
        joint
    }

    /// Every change that a yes agrees to, with its server.
    pub fn changes(&self) -> impl Iterator<Item = (&'a ServerRun, &'a Change)> {
        let of = |group: &&'a Group<'a>| {
            let server = group.server;
            group.parts.iter().flat_map(|part| &part.changes).map(move |change| (server, *change))
        };
        self.groups.iter().flat_map(of)
    }

    /// Everything above the question: which components on which servers, and every command.
    pub fn show(&self, page: &mut Page, policy: &Policy) {
        self.titles(policy).iter().for_each(|text| page.hanging(HEADING, text));
        for (server, change) in self.changes() {
            page.command(2, &Cmdlet::change(&server.before, change));
        }
    }

    /// One for each set of components, with the servers that have it.
    fn titles(&self, policy: &Policy) -> Vec<String> {
        let what = |group: &&'a Group<'a>| match group.about {
            About::Components(_) | About::ServerWide(_) => {
                let components = group.parts.iter().map(|part| part.component.clone()).collect::<Vec<Component>>();
                (words::components(&components), components.len())
            }
            About::Services | About::ManualServices => {
                let services = group.parts.iter().flat_map(|part| &part.changes);
                let services = each_once(services.filter_map(|change| change.service()));
                (words::services(&services), services.len())
            }
        };
        let of_servers = self.groups.iter().map(|group| (what(group), group.server.server().to_string()));
        let title = |((what, number), servers): ((String, usize), Vec<String>)| {
            let (on, are) = (words::list(&servers), words::is_or_are(number));
            match self.groups[0].requesters() {
                [] => format!("{what} {are} Stopped on {on}."),
                requesters => format!("{what} {are} kept Inactive by {} on {on}.", marked(requesters, policy)),
            }
        };
        alike(of_servers).into_iter().map(title).collect()
    }

    /// The question itself, without its default.
    pub fn text(&self) -> String {
        let number = words::count(self.groups.len(), "server");
        let what = match self.groups[0].about {
            About::Components(_) | About::ServerWide(_) => "Set them Active",
            About::Services | About::ManualServices => "Start them",
        };
        format!("{what} on these {number}? yes, no, choose, explain or quit")
    }
}
