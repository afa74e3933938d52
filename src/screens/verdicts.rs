//! What the steps came to: before and after side by side, and what the last look says of each thing that was changed.

use crate::domain::{
    Cmdlet, Component, Gap, InactiveEntry, Outcome, Reason, ServerRun, ServerSnapshot, Service, StepOutcome, Store,
    Subject, Verdict, VerdictKind, each_once,
};
use crate::screens::kit::page::{BAD, CARE, GOOD, PLAIN, Page};
use crate::screens::kit::{table, time, words};

use super::{Show, evidence};

/// The entries that were to be set, each with its step.
pub fn entries(server: &ServerRun) -> impl Iterator<Item = (&InactiveEntry, &StepOutcome)> {
    server.steps.iter().filter_map(|step| Some((step.change.entry()?, step)))
}

/// The steps that were to set an entry for this component.
pub fn steps_for<'a>(server: &'a ServerRun, component: &'a Component) -> impl Iterator<Item = &'a StepOutcome> {
    entries(server).map(|(_, step)| step).filter(|step| step.is_for(component))
}

/// Whether entries of this component itself were to be set.
pub fn has_own_step(server: &ServerRun, component: &Component) -> bool {
    entries(server).any(|(entry, _)| entry.component == *component)
}

/// Whether a service was to be started, rather than stopped.
pub fn was_started(server: &ServerRun, service: Service) -> bool {
    server.steps.iter().any(|step| step.change.service() == Some(service) && step.change.brings_back())
}

/// Before and after, for each component that a step was about or was for.
pub fn before_and_after(page: &mut Page, server: &ServerRun, after: &ServerSnapshot, show: &Show) {
    let steps = entries(server);
    let components =
        each_once(steps.flat_map(|(entry, step)| std::iter::once(&entry.component).chain(&step.components)));
    if components.is_empty() {
        return;
    }
    let before = &server.before;
    let mut rows = Vec::new();
    for component in components {
        let state = |snapshot: &ServerSnapshot| match snapshot.component(component) {
            Some(seen) => seen.state.to_string(),
            None => "not read".to_owned(),
        };
        rows.push(vec![component.to_string(), state(before), state(after)]);
        for (entry, _) in entries(server).filter(|(entry, _)| entry.component == *component) {
            for store in [Store::Local, Store::Remote] {
                let label = format!("- {}, {}", entry.requester, words::store_short(store));
                rows.push(vec![label, recorded(before, entry, store), recorded(after, entry, store)]);
            }
        }
    }
    page.heading("The proof: before and after");
    let then = time::with_local(before.taken, &show.tz);
    let times = if after.components.is_empty() {
        // Nobody told the time either.
        format!("Looked at {then}; after that nothing could be seen. Times below are UTC.")
    } else {
        format!("Looked at {then} and again at {}. Times below are UTC.", time::with_local(after.taken, &show.tz))
    };
    page.say(&times);
    table::table(page, &["Component", "Before", "After"], &rows);
}

fn recorded(snapshot: &ServerSnapshot, entry: &InactiveEntry, store: Store) -> String {
    let Some(seen) = snapshot.component(&entry.component) else { return "not read".to_owned() };
    let reading = match store {
        Store::Local => &seen.local,
        Store::Remote => &seen.remote,
    };
    match reading.of_requester(&entry.requester) {
        Some(entry) => format!("{} {}", entry.state, time::short(&entry.time, snapshot.taken)),
        None if reading.is_complete() => "no entry".to_owned(),
        None => "not readable".to_owned(),
    }
}

/// What the last look says of each component, and why; of a fix.
pub fn of_components(page: &mut Page, server: &ServerRun, show: &Show) {
    if server.component_verdicts().next().is_none() {
        return;
    }
    page.heading("Verdict");
    for (component, kind) in server.component_verdicts() {
        match kind {
            VerdictKind::Confirmed => confirmed(page, server, component),
            VerdictKind::NotConfirmed(reasons) => {
                // Exchange may say Active while an entry that counts for clients, or for its next look, is not.
                let but = if server.reads_active(component) {
                    "reads Active, but counts as still dark:"
                } else {
                    "is still dark:"
                };
                page.item(BAD, 0, &format!("{component} {but}"));
                for it in reasons {
                    page.item(PLAIN, 2, &reason(component, it, server, show));
                    if let Reason::RegistryWriteLost(entry) = it {
                        page.command(6, &Cmdlet::set_active(server.server(), entry));
                    }
                }
            }
            VerdictKind::Unknown(gaps) => unknown(page, component, gaps),
        }
    }
    let returns = |(_, kind): (_, &VerdictKind)| match kind {
        VerdictKind::Confirmed => entries(server).any(|(entry, _)| words::is_of_healthapi(entry)),
        VerdictKind::NotConfirmed(why) => {
            why.iter().any(|it| matches!(it, Reason::SetAgain(entry) if words::is_of_healthapi(entry)))
        }
        VerdictKind::Unknown(_) => false,
    };
    if server.component_verdicts().any(returns) {
        evidence::comes_back(page, &server.before, &server.evidence, show);
    }
}

fn confirmed(page: &mut Page, server: &ServerRun, component: &Component) {
    // Times that came as text have no order; that the entry is another one has been seen.
    let timed = |step: &StepOutcome| step.change.entry().is_some_and(|entry| entry.since.utc().is_none());
    let text = if steps_for(server, component).any(timed) {
        "Active, and each lifted hold reads Active in both stores, where it did not before."
    } else {
        "Active, and each lifted hold reads Active with a newer time in both stores."
    };
    page.item(GOOD, 0, &format!("{component} is lit: {text}"));
    if steps_for(server, component).any(|step| matches!(step.outcome, Outcome::Failed(_))) {
        page.styled(CARE, 2, "A cmdlet reported an error all the same, which the exit code tells: see above.");
    }
}

fn unknown(page: &mut Page, component: &Component, gaps: &[Gap]) {
    if gaps.is_empty() {
        page.item(BAD, 0, &format!("{component}: unknown, after the change it could not be read."));
        return;
    }
    page.item(BAD, 0, &format!("{component}: unknown:"));
    for gap in gaps {
        page.item(PLAIN, 2, &format!("{}. {}", words::capital(&words::gap(gap)), words::gap_advice(gap)));
    }
}

fn reason(component: &Component, reason: &Reason, server: &ServerRun, show: &Show) -> String {
    let seen = server.after().unwrap_or(&server.before).taken;
    match reason {
        Reason::NotWritten(entry) => {
            format!("{}: neither store shows a newer Active entry.", words::entry_name(entry))
        }
        Reason::RegistryWriteLost(entry) => format!(
            "{}: Active Directory shows the change, the registry of the server does not. The write was lost without \
             an error. See that its Remote Registry service answers, then send it again, best on that server:",
            words::entry_name(entry)
        ),
        Reason::DirectoryWriteLost(entry) => format!(
            "{}: the registry shows the change, Active Directory does not (yet). Replication may be behind: look \
             again.",
            words::entry_name(entry)
        ),
        Reason::SetAgain(entry) => format!(
            "{}: it was set {} again, {}.",
            words::entry_name(entry),
            entry.state,
            time::entry(&entry.since, seen, &show.tz)
        ),
        Reason::AnotherEntry(entry) => {
            let since = time::entry(&entry.since, seen, &show.tz);
            format!("{} holds it too, since {since}; that was not part of the plan.", entry.requester)
        }
        Reason::ServerWideOffline => {
            format!("The server is offline server-wide, which takes {component} down with it.")
        }
        Reason::StateDoesNotFollow(state) => {
            format!("Its entries are right, but Exchange still reports {state}. That can take a minute: look again.")
        }
        Reason::NotPutBack(store) => format!("It is not put back in {}.", words::store(*store)),
        Reason::ServiceIs(state) => format!("It is {}.", state.name()),
    }
}

/// What is to be said in place of whether an entry was put back, where it was, and the clock is in doubt.
pub fn by_an_earlier_clock(server: &ServerRun, subject: &Subject) -> Option<String> {
    let state = server.reads_by_an_earlier_clock(subject)?;
    Some(format!("reads {state}, but the entry is not newer than before: is the clock right?"))
}

/// What the last look says of each service, and of each entry that was to be put back.
pub fn of_the_rest(page: &mut Page, server: &ServerRun) {
    for Verdict { subject, kind } in server.verdicts() {
        if let Some(doubt) = by_an_earlier_clock(server, subject) {
            page.item(CARE, 0, &format!("{subject} {doubt}"));
            continue;
        }
        let (name, well, not) = match subject {
            Subject::Component(_) => continue,
            Subject::Service(service) if was_started(server, *service) => (
                service.name().to_owned(),
                " runs.",
                " still does not run: see the event log of the server.".to_owned(),
            ),
            Subject::Service(service) => {
                let not = " is not stopped: see the event log of the server.".to_owned();
                (service.name().to_owned(), " is stopped, as before the run.", not)
            }
            Subject::Entry(..) => {
                let not = format!(" is not put back in {}.", words::list(&stores_of(kind)));
                (subject.to_string(), " is put back: both stores have a newer entry that says so.", not)
            }
        };
        match (kind, subject) {
            (VerdictKind::Confirmed, _) => page.item(GOOD, 0, &format!("{name}{well}")),
            (VerdictKind::NotConfirmed(_), _) => page.item(BAD, 0, &format!("{name}{not}")),
            (VerdictKind::Unknown(_), Subject::Entry(..)) => {
                page.item(BAD, 0, &format!("{name}: unknown, what is recorded could not be read."));
            }
            (VerdictKind::Unknown(_), Subject::Component(_) | Subject::Service(_)) => {
                page.item(BAD, 0, &format!("{name}: unknown, it could not be read again."));
            }
        }
    }
}

/// The stores in which an entry was not put back.
fn stores_of(kind: &VerdictKind) -> Vec<&'static str> {
    let VerdictKind::NotConfirmed(reasons) = kind else { return Vec::new() };
    let store = |reason: &Reason| match reason {
        Reason::NotPutBack(store) => Some(words::store(*store)),
        Reason::NotWritten(_)
        | Reason::RegistryWriteLost(_)
        | Reason::DirectoryWriteLost(_)
        | Reason::SetAgain(_)
        | Reason::AnotherEntry(_)
        | Reason::ServerWideOffline
        | Reason::StateDoesNotFollow(_)
        | Reason::ServiceIs(_) => None,
    };
    reasons.iter().filter_map(store).collect()
}

/// What staying and looking again came to.
pub fn watched(page: &mut Page, server: &ServerRun) {
    let Some(time) = server.watched() else { return };
    let kinds = || server.component_verdicts().map(|(_, kind)| kind);
    let (style, then) = if kinds().all(|kind| *kind == VerdictKind::Confirmed) {
        (GOOD, "it stayed lit.")
    } else if kinds().any(|kind| matches!(kind, VerdictKind::NotConfirmed(_))) {
        (BAD, "then it was no longer lit.")
    } else {
        (BAD, "then it could not be read, and what it is now is not known.")
    };
    page.styled(style, 0, &format!("Watched for {}: {then}", time::lasting(time)));
}
