//! What the monitors of Managed Availability say after a change: whether the cause is gone.

use crate::domain::{Cmdlet, Component, MonitorVerdict, MonitorVerdictKind, ServerRun};
use crate::screens::kit::page::{BAD, CARE, GOOD, Page};
use crate::screens::kit::{time, words};

use super::{Show, evidence};

/// One line for each monitor, with what can be done about it.
pub fn monitors(page: &mut Page, server: &ServerRun, show: &Show) {
    if server.monitors.is_empty() {
        return;
    }
    page.heading("The monitors of Managed Availability");
    for MonitorVerdict { component, kind } in &server.monitors {
        let name = MonitorVerdict::monitor_of(component).unwrap_or(component.as_str());
        let at = |at| time::with_local(at, &show.tz);
        match kind {
            MonitorVerdictKind::Healthy(when) => {
                let text = format!("{name} is Healthy, by a result later than the change: {}.", at(*when));
                page.item(GOOD, 0, &text);
            }
            MonitorVerdictKind::StillAlerting(alert, when) => {
                let alert = alert.name();
                let text = format!(
                    "{name} is still {alert}, by a result well after the change: {}. {component} is Active, but its \
                     cause is not gone.",
                    at(*when)
                );
                page.item(BAD, 0, &text);
                evidence::causes(page, &server.before, &server.evidence, component, show);
            }
            MonitorVerdictKind::NotJudged(alert, when) => {
                let when = when.map(|when| format!(", by a result of {}", at(when))).unwrap_or_default();
                let text = format!(
                    "{name} says {}{when}: no result tells yet whether the cause is gone. The next ones come within \
                     minutes: --watch 10m waits for them, or look yourself:",
                    alert.name()
                );
                page.item(CARE, 0, &text);
                page.command(2, &health_command(server, component));
            }
            MonitorVerdictKind::NotSeen(why) => {
                let why = why.first().map(|why| format!(" ({})", why.trim_end_matches('.'))).unwrap_or_default();
                let text = format!("No monitor of {component} was seen{why}: whether the cause is gone is not known.");
                page.item(CARE, 0, &text);
            }
        }
    }
}

/// What asks for the monitors of a component.
fn health_command(server: &ServerRun, component: &Component) -> Cmdlet {
    Cmdlet::get_server_health(server.server(), component)
}

/// What is not well, in few words.
pub fn in_short(server: &ServerRun) -> Vec<String> {
    let of = |wanted: fn(&MonitorVerdictKind) -> bool| {
        let found = server.monitors.iter().filter(|it| wanted(&it.kind));
        found.map(|it| it.component.as_str()).collect::<Vec<_>>()
    };
    let alerting = of(|kind| matches!(kind, MonitorVerdictKind::StillAlerting(..)));
    let open = of(|kind| matches!(kind, MonitorVerdictKind::NotJudged(..)));
    let unseen = of(|kind| matches!(kind, MonitorVerdictKind::NotSeen(_)));
    [(alerting, "the cause is not gone"), (open, "no new result of the monitor yet"), (unseen, "no monitor seen")]
        .into_iter()
        .filter(|(components, _)| !components.is_empty())
        .map(|(components, what)| format!("{}: {what}", words::list(&components)))
        .collect()
}
