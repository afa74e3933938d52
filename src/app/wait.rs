//! What a change is for: stays until clients are served again. A service follows its component within about a minute, and
//! Active Directory may be behind; so what does not follow at once is looked at again until it does, or the time is over.

use std::time::Duration;

use crate::cli::Staying;
use crate::domain::{Component, Event, ServerRun, VerdictKind, Waited, each_once};
use crate::exchange::{Observer, Ports};
use crate::journal::Journal;

use super::look::look_again;
use super::pace::{Pace, Round, rounds};

/// Looks at the clients of every server that was changed, and waits for them. Whether nobody cut it short.
pub(super) fn wait(
    servers: &mut [ServerRun],
    staying: &Staying,
    pace: &mut dyn Pace,
    observer: &mut Observer,
    journal: &Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) -> bool {
    // A client is served by the registry, so that this comes first.
    if !staying.wait.is_zero() && !wait_for_copy(servers, pace, observer, journal, on_event) {
        return false;
    }
    let places = servers.iter_mut().filter(|server| server.was_changed()).map(|server| {
        let served = served(server);
        let ports = if staying.probe { observer.ports(&server.before, &served, on_event) } else { Vec::new() };
        Place { server, ports }
    });
    let mut wait = Wait { places: places.collect(), observer, journal, on_event };
    let all = wait.places.iter_mut().collect();
    probe(all, Some(pace.passed()), wait.on_event);
    if !wait.is_open() {
        return true;
    }
    rounds(pace.passed() + staying.wait, every, pace, &mut wait)
}

/// About 300 s pass between two copies of the Health Manager; a little is added for its work.
const COPIED_WITHIN: Duration = Duration::from_secs(330);

/// Waits until the Health Manager has copied what Active Directory shows into the registry of every server that lacks it.
/// Whether nobody cut it short.
fn wait_for_copy(
    servers: &mut [ServerRun],
    pace: &mut dyn Pace,
    observer: &mut Observer,
    journal: &Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) -> bool {
    let mut copy = Copying { servers, observer, journal, on_event };
    !copy.is_open() || rounds(pace.passed() + COPIED_WITHIN, every_copy, pace, &mut copy)
}

/// A copy may come at any moment, and is not hurried by looking.
fn every_copy(passed: Duration) -> Duration {
    Duration::from_secs(if passed.as_secs() < 10 { 2 } else { 15 })
}

struct Copying<'a> {
    servers: &'a mut [ServerRun],
    observer: &'a mut Observer,
    journal: &'a Journal,
    on_event: &'a mut dyn FnMut(Event<'_>),
}

impl Copying<'_> {
    fn is_open(&self) -> bool {
        self.servers.iter().any(is_pending)
    }
}

impl Round for Copying<'_> {
    fn left(&mut self, left: Duration) {
        (self.on_event)(Event::WaitingForCopy(left));
    }

    fn look(&mut self, _passed: Duration) -> bool {
        for server in self.servers.iter_mut().filter(|server| is_pending(server)) {
            look_again(server, None, self.observer, self.journal, self.on_event);
        }
        self.is_open()
    }
}

fn is_pending(server: &ServerRun) -> bool {
    server.verdicts().iter().any(|verdict| verdict.kind.is_pending())
}

/// Most follow at once, or within seconds.
fn every(passed: Duration) -> Duration {
    Duration::from_secs(match passed.as_secs() {
        0..3 => 1,
        3..10 => 2,
        _ => 5,
    })
}

/// What clients meet where nothing was changed.
pub(super) fn look(servers: &mut [ServerRun], observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)) {
    let places = servers.iter_mut().map(|server| {
        let components = server.before.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
        let ports = observer.ports(&server.before, &components, on_event);
        Place { server, ports }
    });
    let mut places = places.collect::<Vec<_>>();
    probe(places.iter_mut().collect(), None, on_event);
}

/// The components whose clients are to be served after this: confirmed Active, or about to be, or with a service that was
/// started. What stays Inactive in Exchange has nobody to wait for.
fn served(server: &ServerRun) -> Vec<Component> {
    let active = server.component_verdicts().filter(|(_, it)| **it == VerdictKind::Confirmed || it.may_follow());
    let started = server.service_verdicts().filter(|(_, it)| **it == VerdictKind::Confirmed);
    each_once(active.map(|(component, _)| component.clone()).chain(started.map(|(service, _)| service.component())))
}

struct Wait<'a> {
    places: Vec<Place<'a>>,
    observer: &'a mut Observer,
    journal: &'a Journal,
    on_event: &'a mut dyn FnMut(Event<'_>),
}

impl Wait<'_> {
    /// Whether another look may bring something new.
    fn is_open(&self) -> bool {
        self.places.iter().any(|place| place.verdict_may_follow() || place.clients_may_follow())
    }
}

impl Round for Wait<'_> {
    fn left(&mut self, left: Duration) {
        let pending = self.places.iter().any(Place::verdict_may_follow);
        (self.on_event)(Event::Waiting(if pending { Waited::Exchange } else { Waited::Clients }, left));
    }

    fn look(&mut self, passed: Duration) -> bool {
        for place in self.places.iter_mut().filter(|place| place.verdict_may_follow()) {
            look_again(place.server, None, self.observer, self.journal, self.on_event);
        }
        let behind = self.places.iter_mut().filter(|place| place.clients_may_follow()).collect();
        probe(behind, Some(passed), self.on_event);
        self.is_open()
    }
}

/// A server, and where its clients connect.
struct Place<'a> {
    server: &'a mut ServerRun,
    ports: Vec<Ports>,
}

impl Place<'_> {
    fn verdict_may_follow(&self) -> bool {
        self.server.verdicts().iter().any(|verdict| verdict.kind.may_follow())
    }

    fn clients_may_follow(&self) -> bool {
        let started = |component: &Component| {
            let running = self.server.service_verdicts().filter(|(_, it)| **it == VerdictKind::Confirmed);
            running.map(|(service, _)| service).any(|it| it.is_front_end() && it.component() == *component)
        };
        self.server.clients.iter().any(|clients| clients.may_follow(started(&clients.component)))
    }
}

/// Looks at the ports of all places at once, so that a server that does not answer keeps no other waiting.
fn probe(mut places: Vec<&mut Place<'_>>, after: Option<Duration>, on_event: &mut dyn FnMut(Event<'_>)) {
    places.retain(|place| !place.ports.is_empty());
    match &places[..] {
        [] => return,
        [place] => on_event(Event::Probing(&place.server.before.server)),
        several => on_event(Event::ProbingSeveral(several.len())),
    }
    let ports = places.iter().map(|place| &place.ports[..]).collect::<Vec<_>>();
    for (clients, place) in Ports::probe(&ports, after).into_iter().zip(places) {
        place.server.clients = clients;
    }
}
