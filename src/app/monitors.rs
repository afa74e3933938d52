//! What Managed Availability's own monitors say after a change: whether the cause is gone, which no look at the component
//! can tell.

use jiff::Timestamp;

use crate::domain::{Component, Event, MonitorVerdict, ServerRun};
use crate::exchange::Observer;
use crate::journal::Journal;

/// Asks the monitors of a server's components that HealthApi had set Inactive and that are Active now.
pub(super) fn ask(
    server: &mut ServerRun,
    observer: &mut Observer,
    journal: &Journal,
    on_event: &mut dyn FnMut(Event<'_>),
) {
    let verdicts = verdicts(server, server.set_by_healthapi(), observer, on_event);
    if !verdicts.is_empty() {
        journal.monitors(server.server(), &verdicts);
    }
    server.monitors = verdicts;
}

/// Asks, in a check, the monitors of what HealthApi had set Inactive and that is Active again since the last day, and looks
/// for the cause where one still alerts.
pub(super) fn check(server: &mut ServerRun, observer: &mut Observer, on_event: &mut dyn FnMut(Event<'_>)) {
    server.monitors = verdicts(server, server.lately_set_active(), observer, on_event);
    let alerting = server.monitors.iter().filter(|it| it.alerts()).map(|it| it.component.clone()).collect::<Vec<_>>();
    if !alerting.is_empty() {
        server.evidence.extend(observer.evidence(server.server(), &alerting, on_event));
    }
}

fn verdicts(
    server: &ServerRun,
    changed: Vec<(&Component, Timestamp)>,
    observer: &mut Observer,
    on_event: &mut dyn FnMut(Event<'_>),
) -> Vec<MonitorVerdict> {
    let seen = server.after().unwrap_or(&server.before).taken;
    let one = |(component, changed)| {
        on_event(Event::AskingMonitor(server.server(), component));
        let (monitors, at) = observer.monitor(server.server(), component, on_event);
        MonitorVerdict::of(component, &monitors, changed, at.unwrap_or(seen))
    };
    changed.into_iter().map(one).collect()
}
