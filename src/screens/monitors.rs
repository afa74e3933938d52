//! What the monitors of Managed Availability say after a change: whether the cause is gone.

use crate::domain::{Cmdlet, Component, MonitorVerdict, MonitorVerdictKind, ServerRun, alike};
use crate::screens::kit::page::{BAD, CARE, GOOD, Page};
use crate::screens::kit::{time, words};

use super::notes::Notes;
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
                evidence::causes_of(page, &server.before, &server.evidence, component, show);
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

/// The same for a screen with little room; those that are Healthy on one line.
pub fn notes(notes: &mut Notes<'_>, server: &ServerRun, show: &Show) {
    let name = |component: &Component| MonitorVerdict::monitor_of(component).unwrap_or(component.as_str()).to_owned();
    let with = |wanted: fn(&MonitorVerdictKind) -> bool| {
        let found = server.monitors.iter().filter(|it| wanted(&it.kind));
        found.map(|it| name(&it.component)).collect::<Vec<_>>()
    };
    for MonitorVerdict { component, kind } in &server.monitors {
        if let MonitorVerdictKind::StillAlerting(alert, when) = kind {
            notes.push(|page| {
                let at = time::with_local(*when, &show.tz);
                let text = format!("{} is still {}, by a result of {at}:", name(component), alert.name());
                page.styled(BAD, 0, &format!("{text} {component} is Active, but its cause is not gone."));
                evidence::causes_of(page, &server.before, &server.evidence, component, show);
            });
        }
    }
    let open = with(|kind| matches!(kind, MonitorVerdictKind::NotJudged(..)));
    if !open.is_empty() {
        let (show, has) = if open.len() == 1 { ("shows", "its") } else { ("show", "their") };
        let text = format!(
            "{} still {show} what was seen before the change; {has} next result comes within minutes (--watch 10m waits for \
             it).",
            words::list(&open)
        );
        notes.push(|page| page.styled(CARE, 0, &text));
    }
    let unseen = server.monitors.iter().filter_map(|it| match &it.kind {
        MonitorVerdictKind::NotSeen(why) => Some((why.first(), it.component.as_str())),
        MonitorVerdictKind::Healthy(_) | MonitorVerdictKind::StillAlerting(..) | MonitorVerdictKind::NotJudged(..) => {
            None
        }
    });
    let unseen = alike(unseen);
    if !unseen.is_empty() {
        evidence::idle_health_manager(notes, server);
    }
    for (why, of) in unseen {
        let why = why.map(|why| format!(" ({})", why.trim_end_matches('.'))).unwrap_or_default();
        let text = format!("No monitor of {} was seen{why}: whether the cause is gone is not known.", words::list(&of));
        notes.push(|page| page.styled(CARE, 0, &text));
    }
    let healthy = with(|kind| matches!(kind, MonitorVerdictKind::Healthy(_)));
    if !healthy.is_empty() {
        notes.push(|page| page.styled(GOOD, 0, &format!("{}: Healthy.", words::list(&healthy))));
    }
}
