//! One line for each server: what `-q` leaves of a report, and how one of several servers closes.

use anstyle::Style;

use crate::domain::{Cause, Dark, Diagnosis, Finding, Report, ServerReport, Verdict, VerdictKind, each_once};
use crate::screens::kit::page::{BAD, CARE, GOOD, Page};
use crate::screens::kit::words;

use super::{clients, services, starts};

/// One line for each server, unwrapped.
pub fn summary(report: &Report) -> String {
    let mut page = Page::new(usize::MAX);
    let mark = if report.run.simulated.is_some() { " (simulated)" } else { "" };
    for server in &report.servers {
        page.line(style(report, server), &format!("{}{mark}", self::server(report, server)));
    }
    page.finish()
}

/// One server in one line.
pub fn server(report: &Report, server: &ServerReport) -> String {
    let mut parts = Vec::new();
    for verdict in each_once(server.verdicts.iter().map(|judged| self::verdict(server, judged))) {
        let alike = server.verdicts.iter().filter(|judged| verdict == self::verdict(server, judged));
        let components = alike.map(|judged| judged.component.to_string()).collect::<Vec<_>>();
        parts.push(format!("{} {} {verdict}", words::list(&components), be(&components)));
    }
    let unjudged = |diagnosis: &&Diagnosis| {
        !server.verdicts.iter().any(|verdict| verdict.component == diagnosis.component)
            && !server.outcomes.iter().any(|step| step.hold.component == diagnosis.component)
    };
    let dark = |diagnosis: &&Diagnosis| matches!(diagnosis.finding, Some(Finding::Dark(_)));
    let left = server.diagnoses.iter().filter(unjudged).filter(dark).collect::<Vec<_>>();
    if !left.is_empty() {
        let items = left.iter().map(|diagnosis| format!("{} ({})", diagnosis.component, why(diagnosis)));
        parts.push(format!("dark: {}", words::list(&items.collect::<Vec<_>>())));
    }
    let unproven = server.diagnoses.iter().filter(|diagnosis| diagnosis.finding == Some(Finding::Unproven));
    let unproven = unproven.map(|diagnosis| diagnosis.component.to_string()).collect::<Vec<_>>();
    if !unproven.is_empty() {
        parts.push(format!("not proven: {}", words::list(&unproven)));
    }
    let draining = server.diagnoses.iter().filter(|diagnosis| diagnosis.finding == Some(Finding::Draining));
    let draining = draining.map(|diagnosis| diagnosis.component.to_string()).collect::<Vec<_>>();
    if !draining.is_empty() {
        parts.push(format!("draining: {}", words::list(&draining)));
    }
    let started = server.start_verdicts.iter().filter(|verdict| verdict.runs == Some(true));
    let started = started.map(|verdict| verdict.service).collect::<Vec<_>>();
    if !started.is_empty() {
        parts.push(format!("started {}", starts::names(&started)));
    }
    parts.extend(clients::in_short(server));
    let stopped = server.service_faults_left();
    let stopped = stopped.iter().map(|finding| services::in_short(*finding)).collect::<Vec<_>>();
    if !stopped.is_empty() {
        parts.push(words::list(&stopped));
    }
    if !server.before.troubles.is_empty() {
        let kinds = each_once(server.before.troubles.iter().map(|trouble| words::trouble(trouble.kind)));
        let seen = if server.before.components.is_empty() { "nothing could be seen" } else { "not all could be seen" };
        parts.push(format!("{seen} ({})", kinds.join("; ")));
    }
    if parts.is_empty() {
        let active = server.diagnoses.iter().map(|diagnosis| diagnosis.component.to_string()).collect::<Vec<_>>();
        parts.push(format!("nothing wrong with {}", words::list(&active)));
    } else if !(server.was_changed() || left.is_empty() && stopped.is_empty()) {
        parts.push("nothing was changed".to_owned());
    }
    if report.run.interrupted {
        parts.push("interrupted".to_owned());
    }
    format!("{}: {}.", server.before.server, parts.join("; "))
}

/// A verdict in a few words, and why. What Exchange reports Active is not called dark, proven or not.
pub fn verdict(server: &ServerReport, judged: &Verdict) -> String {
    let (what, reasons) = match &judged.kind {
        VerdictKind::Lit => return "lit".to_owned(),
        VerdictKind::StillDark(reasons) if server.reads_active(&judged.component) => {
            ("Active, but not proven lit", &reasons[..])
        }
        VerdictKind::StillDark(reasons) => ("still dark", &reasons[..]),
        VerdictKind::Unknown(_) => ("not known to be lit", &[][..]),
    };
    let of_it = server.outcomes.iter().filter(|step| step.lights.contains(&judged.component));
    let went_wrong = of_it.filter_map(|step| match step.outcome.trouble() {
        Some(trouble) => Some(words::trouble(trouble.kind).to_owned()),
        None => (!step.outcome.was_sent()).then(|| "not sent".to_owned()),
    });
    let went_wrong = each_once(went_wrong);
    // What went wrong with its commands says more than what came of it.
    let why = if went_wrong.is_empty() { each_once(reasons.iter().map(dark)) } else { went_wrong };
    if why.is_empty() { what.to_owned() } else { format!("{what} ({})", words::list(&why)) }
}

fn dark(reason: &Dark) -> String {
    match reason {
        Dark::NotWritten(_) => "nothing was written".to_owned(),
        Dark::RegistryWriteLost(_) => "the registry does not show it".to_owned(),
        Dark::DirectoryWriteLost(_) => "Active Directory does not show it".to_owned(),
        Dark::HeldAgain(hold) => format!("held again by {}", hold.requester),
        Dark::AnotherHolder(hold) => format!("held by {} too", hold.requester),
        Dark::ServerWideOffline => "server-wide offline".to_owned(),
        Dark::StateDoesNotFollow(state) => format!("Exchange still reports {state}"),
    }
}

fn be(components: &[String]) -> &'static str {
    if components.len() == 1 { "is" } else { "are" }
}

fn why(diagnosis: &Diagnosis) -> String {
    match diagnosis.finding {
        Some(Finding::Dark(Cause::ServerWideOffline)) => "server-wide offline".to_owned(),
        Some(Finding::Dark(Cause::Unexplained)) => "unexplained".to_owned(),
        Some(Finding::Dark(Cause::Unknowable)) => "cause not known".to_owned(),
        Some(Finding::Dark(Cause::Held) | Finding::Draining | Finding::Unproven) | None => {
            let requesters = diagnosis.holds.iter().map(|hold| hold.requester.to_string()).collect::<Vec<_>>();
            format!("held by {}", words::list(&requesters))
        }
    }
}

/// Red for what is dark, yellow for what is not known, green for what is proven well.
pub fn style(report: &Report, server: &ServerReport) -> Style {
    let dark = server.diagnoses.iter().filter(|diagnosis| matches!(diagnosis.finding, Some(Finding::Dark(_))));
    let lit = |diagnosis: &Diagnosis| {
        let judged = |verdict: &crate::domain::Verdict| verdict.component == diagnosis.component;
        let own_step = server.outcomes.iter().any(|step| step.hold.component == diagnosis.component);
        server.verdicts.iter().any(|verdict| judged(verdict) && verdict.kind == VerdictKind::Lit)
            || (own_step && server.verdicts.iter().all(|verdict| verdict.kind == VerdictKind::Lit))
    };
    let stopped = !server.service_faults_left().is_empty();
    if dark.clone().any(|diagnosis| !lit(diagnosis)) || stopped || server.before.components.is_empty() {
        BAD
    } else if report.run.interrupted
        || !server.before.troubles.is_empty()
        || server
            .diagnoses
            .iter()
            .any(|diagnosis| matches!(diagnosis.finding, Some(Finding::Draining | Finding::Unproven)))
    {
        CARE
    } else {
        GOOD
    }
}
