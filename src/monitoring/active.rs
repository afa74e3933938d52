//! What became known of each component that was asked for.

use crate::domain::{Component, Finding, Run, ServerRun, State};

/// One component of one server.
pub struct Seen<'a> {
    pub server: &'a ServerRun,
    pub component: &'a Component,
    /// Whether Exchange reports it Active; `None`: that is not known, or not certain.
    pub active: Option<bool>,
}

impl Seen<'_> {
    /// Whether it is Inactive and should not be; `None`: not known.
    pub fn is_inactive(&self) -> Option<bool> {
        self.active.map(|_| self.is_down() && !self.server.is_planned(self.component))
    }

    /// Whether it is Inactive because somebody means it to be; `None`: not known.
    pub fn is_planned(&self) -> Option<bool> {
        self.active.map(|_| self.is_down() && self.server.is_planned(self.component))
    }

    /// Whether it is Inactive, and that counts.
    fn is_down(&self) -> bool {
        let of_it = self.server.diagnoses.iter().find(|it| it.component == *self.component);
        of_it.is_some_and(|it| it.is_inactive()) && !self.server.passes_over(self.component)
    }
}

/// Those of a server, in the order in which they were asked for.
pub fn seen<'a>(server: &'a ServerRun, components: &'a [Component]) -> impl Iterator<Item = Seen<'a>> {
    components.iter().map(move |component| Seen { server, component, active: active(server, component) })
}

/// Whether everything that was asked for is known.
pub fn is_complete(run: &Run, components: &[Component]) -> bool {
    let is_known = |server: &ServerRun| {
        server.before.troubles.is_empty() && seen(server, components).all(|seen| seen.active.is_some())
    };
    !run.interrupted && run.out_of_time.is_none() && run.servers.iter().all(is_known)
}

fn active(server: &ServerRun, component: &Component) -> Option<bool> {
    let diagnosis = server.diagnoses.iter().find(|it| it.component == *component)?;
    match diagnosis.state {
        _ if diagnosis.finding == Some(Finding::NotKnown) => None,
        State::Active => Some(true),
        State::Inactive | State::Draining => Some(false),
        State::Unknown(_) => None,
    }
}
