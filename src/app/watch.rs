//! `--watch`: stays after a fix until the monitors of Managed Availability say that the cause is gone. A component may be
//! set Inactive again after its monitor was Healthy once and then failed anew, or when the Health Manager was restarted.

use std::time::Duration;

use crate::domain::{Event, MonitorVerdictKind, ServerRun, Waited};
use crate::exchange::{OnEvent, Pool, Writer};
use crate::journal::Journal;

use super::look::look_again;
use super::monitors;
use super::pace::{Pace, Round, rounds};

/// Looks at what was set Active until every monitor is Healthy, something is no longer confirmed, or the time has passed: the
/// report then has the last look.
pub(super) fn watch(
    servers: &mut [ServerRun],
    time: Duration,
    pace: &mut dyn Pace,
    pool: &mut Pool<Writer>,
    journal: &Journal,
    on_event: &mut OnEvent<'_>,
) {
    rounds(time, |_| Duration::from_secs(30), pace, &mut Watch { servers, pool, journal, on_event });
}

struct Watch<'a, 'e> {
    servers: &'a mut [ServerRun],
    pool: &'a mut Pool<Writer>,
    journal: &'a Journal,
    on_event: &'a mut OnEvent<'e>,
}

impl Round for Watch<'_, '_> {
    fn left(&mut self, left: Duration) {
        (self.on_event)(Event::Waiting(Waited::Monitors, left));
    }

    fn look(&mut self, passed: Duration) -> bool {
        let journal = self.journal;
        let look = |watched: &mut &mut Watched<'_>, writer: &mut Writer, on_event: &mut dyn FnMut(Event<'_>)| {
            let confirmed = watched.server.confirmed().count();
            look_again(watched.server, Some(passed), writer.observer(), journal, on_event);
            watched.stays = watched.server.confirmed().count() >= confirmed;
            monitors::ask(watched.server, writer.observer(), journal, on_event);
        };
        let watched = self.servers.iter_mut().filter(|server| is_worth_watching(server));
        let mut watched = watched.map(|server| Watched { server, stays: true }).collect::<Vec<_>>();
        self.pool.each(&mut watched, |it| it.server.server(), &look, self.on_event);
        let all_stay = watched.iter().all(|it| it.stays);
        all_stay && self.servers.iter().any(is_worth_watching)
    }
}

struct Watched<'a> {
    server: &'a mut ServerRun,
    /// Whether what was confirmed still is.
    stays: bool,
}

/// Where something was set Active, and it is not known yet that it stays so.
pub(super) fn is_worth_watching(server: &ServerRun) -> bool {
    let is_healthy = |kind: &MonitorVerdictKind| matches!(kind, MonitorVerdictKind::Healthy(_));
    let is_proven = !server.monitors.is_empty() && server.monitors.iter().all(|it| is_healthy(&it.kind));
    server.confirmed().next().is_some() && !is_proven
}
