//! `--watch`: stays after a fix and looks again and again, because Managed Availability takes a component down a second
//! time, about five minutes later, if its probe still fails.

use std::time::Duration;

use crate::domain::{Event, ServerRun};
use crate::exchange::Observer;
use crate::journal::Journal;

use super::look::look_again;
use super::pace::{Pace, Round, rounds};

/// Looks at what was set Active until the time has passed, or something is no longer confirmed: the report then has the last look.
pub(super) fn watch(
    servers: &mut [ServerRun],
    time: Duration,
    pace: &mut dyn Pace,
    observer: &mut Observer,
    journal: &mut Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    rounds(time, |_| Duration::from_secs(30), pace, &mut Watch { servers, observer, journal, on_event });
}

struct Watch<'a> {
    servers: &'a mut [ServerRun],
    observer: &'a mut Observer,
    journal: &'a mut Journal,
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
        }
        all_stay
    }
}

/// Only where something was set Active it can be set Inactive again.
pub(super) fn is_worth_watching(server: &ServerRun) -> bool {
    server.confirmed().next().is_some()
}
