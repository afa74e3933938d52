//! What clients of a server meet at its ports.

use std::time::Duration;

use crate::domain::{Component, Event, ServerRun, VerdictKind};
use crate::exchange::{Observer, Ports};
use crate::shell::Interrupt;

/// What clients of a server meet where nothing was changed.
pub(super) fn look(
    server: &mut ServerRun,
    observer: &mut Observer,
    interrupt: &Interrupt,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let components = server.before.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
    let ports = observer.ports(&server.before, &components, on_event);
    probe_within(interrupt.at_most(Ports::DEADLINE), vec![&mut Place { server, ports }], None, on_event);
}

/// A server, and where its clients connect.
pub(super) struct Place<'a> {
    pub(super) server: &'a mut ServerRun,
    pub(super) ports: Vec<Ports>,
}

impl Place<'_> {
    pub(super) fn verdict_may_follow(&self) -> bool {
        self.server.verdicts().iter().any(|verdict| verdict.kind.may_follow())
    }

    pub(super) fn clients_may_follow(&self) -> bool {
        let started = |component: &Component| {
            let running = self.server.service_verdicts().filter(|(_, it)| **it == VerdictKind::Confirmed);
            running.map(|(service, _)| service).any(|it| it.is_front_end() && it.component() == *component)
        };
        self.server.clients.iter().any(|clients| clients.may_follow(started(&clients.component)))
    }
}

/// Looks at the ports of all places at once, so that a server that does not answer keeps no other waiting.
pub(super) fn probe(places: Vec<&mut Place<'_>>, after: Option<Duration>, on_event: &mut dyn FnMut(Event<'_>)) {
    probe_within(Ports::DEADLINE, places, after, on_event);
}

fn probe_within(
    deadline: Duration,
    mut places: Vec<&mut Place<'_>>,
    after: Option<Duration>,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    places.retain(|place| !place.ports.is_empty());
    match &places[..] {
        [] => return,
        [place] => on_event(Event::Probing(&place.server.before.server)),
        several => on_event(Event::ProbingSeveral(several.len())),
    }
    let ports = places.iter().map(|place| &place.ports[..]).collect::<Vec<_>>();
    for (clients, place) in Ports::probe(&ports, after, deadline).into_iter().zip(places) {
        place.server.clients = clients;
    }
}
