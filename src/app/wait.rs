//! What a change is for: stays until clients are served again. A service follows its component within about a minute, and
//! Active Directory may be behind; so what does not follow at once is looked at again until it does, or the time is over.

use std::time::Duration;

use crate::cli::Staying;
use crate::domain::{Component, Event, ServerRun, VerdictKind, Waited, each_once};
use crate::exchange::{OnEvent, Pool, Writer};
use crate::journal::Journal;

use super::clients::{Place, probe};
use super::look::look_again;
use super::pace::{Pace, Round, rounds};

/// Looks at the clients of every server that was changed, and waits for them. Whether nobody cut it short.
pub(super) fn wait(
    servers: &mut [&mut ServerRun],
    staying: &Staying,
    pace: &mut dyn Pace,
    pool: &mut Pool<Writer>,
    journal: &Journal,
    on_event: &mut OnEvent<'_>,
) -> bool {
    // A client is served by the registry, so that this comes first.
    let longest = if staying.wait < Staying::USUAL { staying.wait } else { COPIED_WITHIN };
    if !longest.is_zero() && !wait_for_copy(servers, longest, pace, pool, journal, on_event) {
        return false;
    }
    let changed = servers.iter_mut().map(|server| &mut **server).filter(|server| server.was_changed());
    let mut places = changed.map(|server| Place { server, ports: Vec::new() }).collect::<Vec<_>>();
    if staying.probe {
        let ask = |place: &mut &mut Place<'_>, writer: &mut Writer, on_event: &mut dyn FnMut(Event<'_>)| {
            place.ports = writer.observer().ports(&place.server.before, &served(place.server), on_event);
        };
        pool.each(places.iter_mut(), |place| place.server.server(), &ask, on_event);
    }
    let mut wait = Wait { places, pool, journal, on_event };
    probe(wait.places.iter_mut().collect(), Some(pace.passed()), &mut |event| (wait.on_event)(event));
    if !wait.is_open() {
        return true;
    }
    rounds(pace.passed() + staying.wait, every, pace, &mut wait)
}

/// About 300 s pass between two copies of the Health Manager; a little is added for its work. So long is waited for it, unless
/// somebody typed less than the usual wait.
const COPIED_WITHIN: Duration = Duration::from_secs(330);

/// Waits, at most so long, until the Health Manager has copied what Active Directory shows into the registry of every server that lacks it.
/// Whether nobody cut it short.
fn wait_for_copy(
    servers: &mut [&mut ServerRun],
    longest: Duration,
    pace: &mut dyn Pace,
    pool: &mut Pool<Writer>,
    journal: &Journal,
    on_event: &mut OnEvent<'_>,
) -> bool {
    let mut copy = Copying { servers, pool, journal, on_event };
    !copy.is_open() || rounds(pace.passed() + longest, every_copy, pace, &mut copy)
}

/// A copy may come at any moment, and is not hurried by looking.
fn every_copy(passed: Duration) -> Duration {
    Duration::from_secs(if passed.as_secs() < 10 { 2 } else { 15 })
}

struct Copying<'a, 'b, 'e> {
    servers: &'a mut [&'b mut ServerRun],
    pool: &'a mut Pool<Writer>,
    journal: &'a Journal,
    on_event: &'a mut OnEvent<'e>,
}

impl Copying<'_, '_, '_> {
    fn is_open(&self) -> bool {
        self.servers.iter().any(|server| is_pending(server))
    }
}

impl Round for Copying<'_, '_, '_> {
    fn left(&mut self, left: Duration) {
        (self.on_event)(Event::Waiting(Waited::Copy, left));
    }

    fn look(&mut self, _passed: Duration) -> bool {
        let pending = self.servers.iter_mut().map(|server| &mut **server).filter(|server| is_pending(server));
        look_at_all(pending.collect(), self.pool, self.journal, self.on_event);
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

/// Another look at each of these.
fn look_at_all(servers: Vec<&mut ServerRun>, pool: &mut Pool<Writer>, journal: &Journal, on_event: &mut OnEvent<'_>) {
    let look = |server: &mut &mut ServerRun, writer: &mut Writer, on_event: &mut dyn FnMut(Event<'_>)| {
        look_again(server, None, writer.observer(), journal, on_event);
    };
    pool.each(servers, |server| server.server(), &look, on_event);
}

/// The components whose clients are to be served after this: confirmed Active, or about to be, or with a service that was
/// started. What stays Inactive in Exchange has nobody to wait for.
fn served(server: &ServerRun) -> Vec<Component> {
    let active = server.component_verdicts().filter(|(_, it)| **it == VerdictKind::Confirmed || it.may_follow());
    let started = server.service_verdicts().filter(|(_, it)| **it == VerdictKind::Confirmed);
    each_once(active.map(|(component, _)| component.clone()).chain(started.map(|(service, _)| service.component())))
}

struct Wait<'a, 'e> {
    places: Vec<Place<'a>>,
    pool: &'a mut Pool<Writer>,
    journal: &'a Journal,
    on_event: &'a mut OnEvent<'e>,
}

impl Wait<'_, '_> {
    /// Whether another look may bring something new.
    fn is_open(&self) -> bool {
        self.places.iter().any(|place| place.verdict_may_follow() || place.clients_may_follow())
    }
}

impl Round for Wait<'_, '_> {
    fn left(&mut self, left: Duration) {
        let pending = self.places.iter().any(Place::verdict_may_follow);
        (self.on_event)(Event::Waiting(if pending { Waited::Exchange } else { Waited::Clients }, left));
    }

    fn look(&mut self, passed: Duration) -> bool {
        let open = self.places.iter_mut().filter(|place| place.verdict_may_follow()).map(|place| &mut *place.server);
        look_at_all(open.collect(), self.pool, self.journal, self.on_event);
        let behind = self.places.iter_mut().filter(|place| place.clients_may_follow()).collect();
        probe(behind, Some(passed), &mut |event| (self.on_event)(event));
        self.is_open()
    }
}
