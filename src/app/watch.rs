//! `--watch`: stays after a fix until the monitors of Managed Availability say that the cause is gone. A component may be
//! set Inactive again after its monitor was Healthy once and then failed anew, or when the Health Manager was restarted.

use std::time::Duration;

use crate::domain::{Event, MonitorVerdictKind, ServerRun};
use crate::exchange::Observer;
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
    observer: &mut Observer,
    journal: &Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    rounds(time, |_| Duration::from_secs(30), pace, &mut Watch { servers, observer, journal, on_event });
}

struct Watch<'a> {
    servers: &'a mut [ServerRun],
    observer: &'a mut Observer,
    journal: &'a Journal,
    on_event: &'a mut dyn FnMut(Event<'_>),
}

impl Round for Watch<'_> {
    fn left(&mut self, left: Duration) {
        (self.on_event)(Event::Watching(left));
    }

    fn look(&mut self, passed: Duration) -> bool {
        let mut all_stay = true;
        for server in self.servers.iter_mut().filter(|server| is_worth_watching(server)) {
            let confirmed = server.confirmed().count();
            look_again(server, Some(passed), self.observer, self.journal, self.on_event);
            all_stay &= server.confirmed().count() >= confirmed;
            monitors::ask(server, self.observer, self.journal, self.on_event);
        }
        all_stay && self.servers.iter().any(is_worth_watching)
    }
}

/// Where something was set Active, and it is not known yet that it stays so.
pub(super) fn is_worth_watching(server: &ServerRun) -> bool {
    let is_healthy = |kind: &MonitorVerdictKind| matches!(kind, MonitorVerdictKind::Healthy(_));
    let is_proven = !server.monitors.is_empty() && server.monitors.iter().all(|it| is_healthy(&it.kind));
    server.confirmed().next().is_some() && !is_proven
}
