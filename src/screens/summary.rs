//! One line for each server: what `-q` leaves of a report, and how one of several servers closes.

use anstyle::Style;

use crate::domain::{
    Cause, Component, Diagnosis, Finding, Reason, Run, ServerRun, Service, ServiceFinding, Subject, VerdictKind,
    each_once,
};
use crate::screens::kit::page::{BAD, CARE, GOOD, Page};
use crate::screens::kit::words;

use super::{clients, monitors, services, verdicts};

/// One line for each server, unwrapped.
pub fn summary(run: &Run) -> String {
    let mut page = Page::new(usize::MAX);
    let mark = if run.simulated.is_some() { " (simulated)" } else { "" };
    for server in &run.servers {
        page.line(style(run, server), &format!("{}{mark}", self::server(run, server)));
    }
    page.finish()
}

/// One server in one line.
pub fn server(run: &Run, server: &ServerRun) -> String {
    let mut parts = Vec::new();
    let judged = server.component_verdicts().map(|(component, kind)| (component, verdict(server, component, kind)));
    let judged = judged.collect::<Vec<_>>();
    for verdict in each_once(judged.iter().map(|(_, verdict)| verdict)) {
        let alike = judged.iter().filter(|(_, other)| verdict == other);
        let components = alike.map(|(component, _)| component.to_string()).collect::<Vec<_>>();
        parts.push(format!("{} {} {verdict}", words::list(&components), words::is_or_are(components.len())));
    }
    let unjudged = |diagnosis: &&Diagnosis| {
        !judged.iter().any(|(component, _)| **component == diagnosis.component)
            && !verdicts::has_own_step(server, &diagnosis.component)
    };
    let left = server.diagnoses.iter().filter(unjudged).filter(|it| it.is_inactive()).collect::<Vec<_>>();
    let (passed_over, left) = left.into_iter().partition::<Vec<_>, _>(|it| server.passes_over(&it.component));
    for (what, which) in [("dark", &left), ("passed over", &passed_over)] {
        let items = which.iter().map(|diagnosis| format!("{} ({})", diagnosis.component, why(diagnosis)));
        let items = items.collect::<Vec<_>>();
        if !items.is_empty() {
            parts.push(format!("{what}: {}", words::list(&items)));
        }
    }
    for (finding, what) in [(Finding::NotKnown, "not proven"), (Finding::Draining, "draining")] {
        let found = server.diagnoses.iter().filter(|diagnosis| diagnosis.finding.as_ref() == Some(&finding));
        let found = found.map(|diagnosis| diagnosis.component.to_string()).collect::<Vec<_>>();
        if !found.is_empty() {
            parts.push(format!("{what}: {}", words::list(&found)));
        }
    }
    let started = server.service_verdicts().filter(|(_, kind)| **kind == VerdictKind::Confirmed);
    let started = started.map(|(service, _)| service).collect::<Vec<Service>>();
    if !started.is_empty() {
        parts.push(format!("started {}", words::services(&started)));
    }
    parts.extend(clients::in_short(server));
    parts.extend(monitors::in_short(server));
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
    if run.interrupted {
        parts.push("interrupted".to_owned());
    }
    format!("{}: {}.", server.server(), parts.join("; "))
}

/// A verdict in a few words, and why. What Exchange reports Active is not called Inactive, confirmed or not.
pub fn verdict(server: &ServerRun, component: &Component, kind: &VerdictKind) -> String {
    let (what, reasons) = match kind {
        VerdictKind::Confirmed => return "lit".to_owned(),
        VerdictKind::NotConfirmed(reasons) if server.reads_active(component) => {
            ("Active, but not proven lit", &reasons[..])
        }
        VerdictKind::NotConfirmed(reasons) => ("still dark", &reasons[..]),
        VerdictKind::Unknown(_) => ("not known to be lit", &[][..]),
    };
    let went_wrong = verdicts::steps_for(server, component).filter_map(|step| match step.outcome.trouble() {
        Some(trouble) => Some(words::trouble(trouble.kind).to_owned()),
        None => (!step.outcome.was_sent()).then(|| "not sent".to_owned()),
    });
    let went_wrong = each_once(went_wrong);
    // What went wrong with its commands says more than what came of it.
    let why = if went_wrong.is_empty() { each_once(reasons.iter().map(reason)) } else { went_wrong };
    if why.is_empty() { what.to_owned() } else { format!("{what} ({})", words::list(&why)) }
}

fn reason(reason: &Reason) -> String {
    match reason {
        Reason::NotWritten(_) => "neither store shows it".to_owned(),
        Reason::RegistryPending(_) => "the registry is to follow".to_owned(),
        Reason::RegistryWriteLost(..) => "the registry does not show it".to_owned(),
        Reason::DirectoryWriteLost(_) => "Active Directory does not show it".to_owned(),
        Reason::SetAgain(entry) => format!("held again by {}", entry.requester),
        Reason::AnotherEntry(entry) => format!("held by {} too", entry.requester),
        Reason::ServerWideOffline => "server-wide offline".to_owned(),
        Reason::StateDoesNotFollow(state) => format!("Exchange still reports {state}"),
        Reason::NotPutBack(store) => format!("not put back in {}", words::store(*store)),
        Reason::DirectoryIsLater => "the Active entry in Active Directory is later".to_owned(),
        Reason::ServiceIs(state) => state.name().to_owned(),
    }
}

fn why(diagnosis: &Diagnosis) -> String {
    match diagnosis.finding {
        Some(Finding::Inactive(Cause::ServerWideOffline)) => "server-wide offline".to_owned(),
        Some(Finding::Inactive(Cause::Unexplained)) => "unexplained".to_owned(),
        Some(Finding::Inactive(Cause::Unknowable)) => "cause not known".to_owned(),
        Some(Finding::Inactive(Cause::Entries) | Finding::Draining | Finding::NotKnown) | None => {
            let requesters = diagnosis.entries.iter().map(|entry| entry.requester.to_string()).collect::<Vec<_>>();
            format!("held by {}", words::list(&requesters))
        }
    }
}

/// Red for what is Inactive, yellow for what is not known, green for what is confirmed well.
pub fn style(run: &Run, server: &ServerRun) -> Style {
    let is_mended = |diagnosis: &Diagnosis| {
        let all_confirmed = || server.component_verdicts().all(|(_, kind)| *kind == VerdictKind::Confirmed);
        server.is_confirmed(&Subject::Component(diagnosis.component.clone()))
            || (verdicts::has_own_step(server, &diagnosis.component) && all_confirmed())
    };
    let odd = |diagnosis: &Diagnosis| matches!(diagnosis.finding, Some(Finding::Draining | Finding::NotKnown));
    let counts = |it: &Diagnosis| !is_mended(it) && !server.passes_over(&it.component);
    let inactive = server.diagnoses.iter().any(|diagnosis| diagnosis.is_inactive() && counts(diagnosis));
    let is_fault = |it: &ServiceFinding| !server.passes_over(&it.service().component());
    if inactive || server.service_faults_left().iter().any(is_fault) || server.before.components.is_empty() {
        BAD
    } else if run.interrupted || !server.before.troubles.is_empty() || server.diagnoses.iter().any(odd) {
        CARE
    } else {
        GOOD
    }
}
