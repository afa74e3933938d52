//! `--watch`: stays after a fix and looks again and again, because Managed Availability takes a component down a second
//! time, about five minutes later, if its probe still fails.

use std::time::Duration;

use crate::domain::{Event, ServerReport};
use crate::exchange::Writer;
use crate::journal::Journal;

use super::change::prove;
use super::pace::{Pace, Round, rounds};

/// Looks at what was lit until the time has passed, or something is no longer lit: the report then has the last look.
pub(super) fn watch(
    servers: &mut [ServerReport],
    time: Duration,
    pace: &mut dyn Pace,
    writer: &mut Writer,
    journal: &mut Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    rounds(time, |_| Duration::from_secs(30), pace, &mut Watch { servers, writer, journal, on_event });
}

struct Watch<'a> {
    servers: &'a mut [ServerReport],
    writer: &'a mut Writer,
    journal: &'a mut Journal,
    on_event: &'a mut dyn FnMut(Event<'_>),
}

impl Round for Watch<'_> {
    fn left(&mut self, left: Duration) {
        (self.on_event)(Event::Watching(left));
    }

    fn look(&mut self, passed: Duration) -> bool {
        let mut all_lit = true;
        for server in self.servers.iter_mut().filter(|server| is_worth_watching(server)) {
            let lit = server.lit().count();
            prove(server, self.writer, self.journal, self.on_event);
            server.watched = Some(passed);
            all_lit &= server.lit().count() >= lit;
        }
        all_lit
    }
}

/// Only a server on which something was lit can have it taken down again.
pub(super) fn is_worth_watching(server: &ServerReport) -> bool {
    server.lit().next().is_some()
}
