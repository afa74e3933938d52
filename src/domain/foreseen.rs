//! What a look at a server would show once what was decided is carried out: for a what-if, which says what would be.

use super::{
    Change, Component, ComponentSnapshot, Decision, InactiveEntry, Reconciled, ServerSnapshot, Service, ServiceState,
    Services, State, StoreReading, reconcile,
};

impl Decision {
    /// The server as it would be read: its components by the rule that tells why they are Inactive, its services by what is
    /// started.
    pub fn foreseen(&self, before: &ServerSnapshot) -> ServerSnapshot {
        let mut after = before.clone();
        for agreed in &self.agreed {
            match &agreed.change {
                Change::SetState { entry, to, .. } => set(&mut after.components, entry, to),
                Change::SetService { service, to, .. } => start(&mut after.services, *service, to),
            }
        }
        let is_set = |component: &Component| {
            let mut entries = self.agreed.iter().filter_map(|it| it.change.entry());
            entries.any(|entry| entry.component == *component)
        };
        let ends = is_set(&Component::server_wide_offline());
        let was_offline = before.is_server_wide_offline();
        for seen in &mut after.components {
            seen.server_wide_offline &= !ends;
            let follows = seen.component.follows_server_wide_offline();
            if is_set(&seen.component) || (ends && was_offline && follows) {
                seen.state = if was_offline && !ends && follows { State::Inactive } else { adds_up(seen) };
            }
        }
        after
    }
}

/// What the entries of a component come to; as it was where they do not tell.
fn adds_up(seen: &ComponentSnapshot) -> State {
    match reconcile(&seen.local, &seen.remote).state {
        Reconciled::State(state) => state,
        Reconciled::Default => State::Active,
        Reconciled::Unknown => seen.state.clone(),
    }
}

/// A cmdlet that sets a requester's entry writes it to both stores.
fn set(components: &mut [ComponentSnapshot], entry: &InactiveEntry, to: &State) {
    for seen in components.iter_mut().filter(|seen| seen.component == entry.component) {
        for store in [&mut seen.local, &mut seen.remote] {
            if let StoreReading::Read { entries, .. } = store {
                entries.iter_mut().filter(|it| it.requester == entry.requester).for_each(|it| it.state = to.clone());
            }
        }
    }
}

fn start(services: &mut Services, service: Service, to: &ServiceState) {
    if let Services::Read(all) = services {
        all.iter_mut().filter(|seen| seen.service == service).for_each(|seen| seen.state = to.clone());
    }
}
