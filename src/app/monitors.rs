//! What Managed Availability's own monitors say after a change: whether the cause is gone, which no look at the component
//! can tell.

use crate::domain::{Event, MonitorVerdict, ServerRun};
use crate::exchange::Observer;
use crate::journal::Journal;

/// Asks the monitors of a server's components that HealthApi had set Inactive and that are Active now.
pub(super) fn ask(
    server: &mut ServerRun,
    observer: &mut Observer,
    journal: &Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let seen = server.after().unwrap_or(&server.before).taken;
    let verdicts = server.set_by_healthapi().into_iter().map(|(component, changed)| {
        on_event(Event::AskingMonitor(server.server(), component));
        let (monitors, at) = observer.monitor(server.server(), component, on_event);
        MonitorVerdict::of(component, &monitors, changed, at.unwrap_or(seen))
    });
    let verdicts = verdicts.collect::<Vec<_>>();
    if !verdicts.is_empty() {
        journal.monitors(server.server(), &verdicts);
    }
    server.monitors = verdicts;
}
