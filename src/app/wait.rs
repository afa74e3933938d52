//! What a change is for: stays until clients are served again. A service follows its component within about a minute, and
//! Active Directory may be behind; so what does not follow at once is looked at again until it does, or the time is over.

use std::time::Duration;

use crate::cli::Staying;
use crate::domain::{Component, Event, ServerReport, VerdictKind, each_once};
use crate::exchange::{Observer, Ports, Writer};
use crate::journal::Journal;

use super::change::prove;
use super::pace::{Pace, Round, rounds};

/// Looks at the clients of every server that was changed, and waits for them. Whether nobody cut it short.
pub(super) fn wait(
    servers: &mut [ServerReport],
    staying: &Staying,
    pace: &mut dyn Pace,
    writer: &mut Writer,
    journal: &mut Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) -> bool {
    let places = servers.iter_mut().filter(|server| server.was_changed()).map(|server| {
        let served = served(server);
        let ports = if staying.probe { writer.observer().ports(&server.before, &served, on_event) } else { Vec::new() };
        Place { server, ports }
    });
    let mut wait = Wait { places: places.collect(), writer, journal, on_event };
    let all = wait.places.iter_mut().collect();
    probe(all, Some(Duration::ZERO), wait.on_event);
    if !wait.is_open() {
        return true;
    }
    rounds(staying.wait, every, pace, &mut wait)
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
pub(super) fn look(servers: &mut [ServerReport], observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)) {
    let places = servers.iter_mut().map(|server| {
        let components = server.before.components.iter().map(|seen| seen.component.clone()).collect::<Vec<_>>();
        let ports = observer.ports(&server.before, &components, on_event);
        Place { server, ports }
    });
    let mut places = places.collect::<Vec<_>>();
    probe(places.iter_mut().collect(), None, on_event);
}

/// The components whose clients are to be served after this: lit, or about to be, or with a service that was started. What
/// stays dark in Exchange has nobody to wait for.
fn served(server: &ServerReport) -> Vec<Component> {
    let lit = server.verdicts.iter().filter(|it| it.kind == VerdictKind::Lit || it.kind.may_follow());
    let started = server.start_verdicts.iter().filter(|it| it.runs == Some(true)).map(|it| it.service.component());
    each_once(lit.map(|verdict| verdict.component.clone()).chain(started))
}

struct Wait<'a> {
    places: Vec<Place<'a>>,
    writer: &'a mut Writer,
    journal: &'a mut Journal,
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
        (self.on_event)(Event::Waiting(left));
    }

    fn look(&mut self, passed: Duration) -> bool {
        for place in self.places.iter_mut().filter(|place| place.verdict_may_follow()) {
            prove(place.server, self.writer, self.journal, self.on_event);
        }
        let behind = self.places.iter_mut().filter(|place| place.clients_may_follow()).collect();
        probe(behind, Some(passed), self.on_event);
        self.is_open()
    }
}

/// A server, and where its clients connect.
struct Place<'a> {
    server: &'a mut ServerReport,
    ports: Vec<Ports>,
}

impl Place<'_> {
    fn verdict_may_follow(&self) -> bool {
        self.server.verdicts.iter().any(|verdict| verdict.kind.may_follow())
    }

    fn clients_may_follow(&self) -> bool {
        let started = |component: &Component| {
            let running = self.server.start_verdicts.iter().filter(|it| it.runs == Some(true)).map(|it| it.service);
            running.filter(|service| service.is_front_end()).any(|service| service.component() == *component)
        };
        self.server.clients.iter().any(|clients| clients.may_follow(started(&clients.component)))
    }
}

/// Looks at the ports of all places at once, so that a server that does not answer holds up no other.
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
