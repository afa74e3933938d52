//! What the steps came to: before and after side by side, and what the last look says of each thing that was changed.

use crate::domain::{
    Change, Cmdlet, Component, Entry, Gap, HealthManager, InactiveEntry, MonitorVerdictKind, NoCopy, Note, Outcome,
    Reason, ServerRun, ServerSnapshot, StepOutcome, Store, Stores, Subject, Verdict, VerdictKind, each_once,
};
use crate::screens::kit::page::{BAD, CARE, GOOD, PLAIN, Page};
use crate::screens::kit::{table, time, words};

use super::Show;

/// Before and after, for each component that a step was about or was for.
pub fn before_and_after(page: &mut Page, server: &ServerRun, after: &ServerSnapshot) {
    let steps = server.entry_steps();
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
        for (entry, _) in server.entry_steps().filter(|(entry, _)| entry.component == *component) {
            for store in [Store::Local, Store::Remote] {
                let label = format!("- {}, {}", entry.requester, words::store_short(store));
                rows.push(vec![label, recorded(before, entry, store), recorded(after, entry, store)]);
            }
        }
    }
    page.heading("Before and after (UTC)");
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
            VerdictKind::Confirmed => confirmed(page, server, component, show),
            VerdictKind::NotConfirmed(reasons) => {
                // Exchange may say Active while an entry that counts for clients, or for its next look, is not.
                let (style, but) = if kind.is_pending() {
                    (CARE, "reads Active, and its registry is still to follow:")
                } else if server.reads_active(component) {
                    (BAD, "reads Active, but is not confirmed:")
                } else {
                    (BAD, "is still Inactive:")
                };
                page.item(style, 0, &format!("{component} {but}"));
                for it in reasons {
                    page.item(PLAIN, 2, &reason(component, it, server, show));
                    if let Reason::RegistryPending(entry) | Reason::RegistryWriteLost(entry, _) = it {
                        page.command(6, &Cmdlet::set_active_in_registry(server.server(), entry));
                    }
                }
            }
            VerdictKind::Unknown(gaps) => unknown(page, component, gaps),
        }
    }
}

fn confirmed(page: &mut Page, server: &ServerRun, component: &Component, show: &Show) {
    // Times that came as text have no order; that the entry is another one has been seen.
    let timed = |step: &StepOutcome| step.change.entry().is_some_and(|entry| entry.since.utc().is_none());
    let notes = server.notes(&Subject::Component(component.clone()));
    let text = if !notes.is_empty() {
        "each entry that decides is a new one that reads Active."
    } else if server.steps_for(component).any(timed) {
        "each entry that was set reads Active in both stores, where it did not before."
    } else {
        "each entry that was set reads Active with a newer time in both stores."
    };
    page.item(GOOD, 0, &format!("{component} is Active, confirmed: {text}"));
    notes.iter().for_each(|it| page.styled(CARE, 2, &note(it, server, show)));
    if server.steps_for(component).any(|step| matches!(step.outcome, Outcome::Failed(_))) {
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
        Reason::RegistryPending(entry) => {
            let set = in_directory(entry, server).and_then(|it| it.time.utc());
            let after = set.map(|at| seen.duration_since(at)).filter(jiff::SignedDuration::is_positive);
            let after = after.map(|it| format!("; this look came {} s after it", it.as_secs())).unwrap_or_default();
            format!(
                "{}: Active Directory shows the change, the registry of the server not yet. {} runs there and copies it \
                 within about 300 s{after}. Until then the service may go on refusing clients. To mend it at once, best on \
                 that server:",
                words::entry_name(entry),
                HealthManager::NAME,
            )
        }
        Reason::RegistryWriteLost(entry, why) => {
            let why = match why {
                NoCopy::NotRunning => format!("nothing copies it there, because {} does not run", HealthManager::NAME),
                NoCopy::NotKnown => {
                    format!("whether {}, which would copy it there, runs could not be read", HealthManager::NAME)
                }
                NoCopy::RegistryIsLater => {
                    "nothing copies it there, because the entry in the registry is the later one: the \
                                            clocks of two machines differ"
                        .to_owned()
                }
            };
            format!(
                "{}: Active Directory shows the change, the registry of the server does not; {why}. See that the server's \
                 Remote Registry service answers, then mend it, best on that server:",
                words::entry_name(entry)
            )
        }
        Reason::DirectoryWriteLost(entry) => format!(
            "{}: the registry shows the change, but the entry in Active Directory is as before, and the later one. \
             Replication may be behind: look again.",
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
            format!("{} set it {} too, {since}; that was not part of the plan.", entry.requester, entry.state)
        }
        Reason::ServerWideOffline => {
            format!("The server is offline server-wide, which makes {component} Inactive.")
        }
        Reason::StateDoesNotFollow(state) => {
            format!("Its entries are right, but Exchange still reports {state}. That can take a minute: look again.")
        }
        Reason::NotPutBack(store) => format!("It is not put back in {}.", words::store(*store)),
        Reason::DirectoryIsLater => "The Active entry in Active Directory is the later one, and decides.".to_owned(),
        Reason::ServiceIs(state) => format!("It is {}.", state.name()),
    }
}

/// What is to be said in place of whether an entry was put back, where it was, and the clock is in doubt.
pub fn by_an_earlier_clock(server: &ServerRun, subject: &Subject) -> Option<String> {
    let state = server.reads_by_an_earlier_clock(subject)?;
    Some(format!("reads {state}, but the entry is not newer than before: is the clock right?"))
}

/// The same, and whether the entry decides all the same.
pub fn doubt(server: &ServerRun, Verdict { subject, kind, .. }: &Verdict) -> Option<String> {
    let is_later = matches!(kind, VerdictKind::NotConfirmed(why) if why.contains(&Reason::DirectoryIsLater));
    let why = if is_later { " It does not decide: the Active entry in Active Directory is later." } else { "" };
    by_an_earlier_clock(server, subject).map(|doubt| format!("{doubt}{why}"))
}

/// What the last look says of each service, and of each entry that was to be put back.
pub fn of_the_rest(page: &mut Page, server: &ServerRun, show: &Show) {
    for verdict @ Verdict { subject, kind, notes } in server.verdicts() {
        if let Some(doubt) = doubt(server, verdict) {
            page.item(CARE, 0, &format!("{subject} {doubt}"));
            continue;
        }
        let (name, well, not) = match subject {
            Subject::Component(_) => continue,
            Subject::Service(service) if server.was_to_start(*service) => (
                service.name().to_owned(),
                " runs.",
                " still does not run: see the event log of the server.".to_owned(),
            ),
            Subject::Service(service) => {
                let not = " is not stopped: see the event log of the server.".to_owned();
                (service.name().to_owned(), " is stopped, as before the run.", not)
            }
            Subject::Entry(..) => {
                let not = match &stores_of(kind)[..] {
                    [] => " does not decide: the Active entry in Active Directory is later than what was put back in \
                           the registry."
                        .to_owned(),
                    stores => format!(" is not put back in {}.", words::list(stores)),
                };
                let well = if is_put_back_alone(server, subject) {
                    " is put back in the registry, where it stood: a newer entry there says so."
                } else {
                    " is put back: both stores have a newer entry that says so."
                };
                (subject.to_string(), well, not)
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
        notes.iter().for_each(|it| page.styled(CARE, 2, &note(it, server, show)));
    }
}

/// Why it is confirmed all the same.
pub const NOT_IN_DIRECTORY: &str = "Active Directory does not show the change. Exchange goes by the newest entry, which is \
                                    that of the registry.";

/// What is worth knowing of a change that is confirmed.
pub fn note(note: &Note, server: &ServerRun, show: &Show) -> String {
    let name = words::entry_name(note.entry());
    match note {
        Note::NotInDirectory(_) => format!("{name}: {NOT_IN_DIRECTORY}"),
        Note::ActiveStays(entry) => {
            let seen = server.after().unwrap_or(&server.before).taken;
            let since = in_directory(entry, server).map(|it| time::entry(&it.time, seen, &show.tz));
            format!(
                "{name}: the Active entry that the run set in Active Directory stays ({}); no cmdlet removes one. It is the \
                 older one, and decides nothing.",
                since.unwrap_or_else(|| "not read".to_owned()),
            )
        }
    }
}

/// The entry of the same requester that the last look saw in Active Directory.
fn in_directory<'a>(entry: &InactiveEntry, server: &'a ServerRun) -> Option<&'a Entry> {
    server.after()?.component(&entry.component)?.remote.of_requester(&entry.requester)
}

/// Whether an entry was put back in the registry alone.
fn is_put_back_alone(server: &ServerRun, subject: &Subject) -> bool {
    let alone = |change: &Change| matches!(change, Change::SetState { stores: Stores::Local, .. });
    server.steps.iter().any(|step| step.change.subject() == *subject && alone(&step.change))
}

/// The stores in which an entry was not put back.
fn stores_of(kind: &VerdictKind) -> Vec<&'static str> {
    let VerdictKind::NotConfirmed(reasons) = kind else { return Vec::new() };
    let store = |reason: &Reason| match reason {
        Reason::NotPutBack(store) => Some(words::store(*store)),
        Reason::NotWritten(_)
        | Reason::RegistryPending(_)
        | Reason::RegistryWriteLost(..)
        | Reason::DirectoryWriteLost(_)
        | Reason::SetAgain(_)
        | Reason::AnotherEntry(_)
        | Reason::ServerWideOffline
        | Reason::StateDoesNotFollow(_)
        | Reason::DirectoryIsLater
        | Reason::ServiceIs(_) => None,
    };
    reasons.iter().filter_map(store).collect()
}

/// What staying and looking again came to.
pub fn watched(page: &mut Page, server: &ServerRun) {
    let Some(time) = server.watched() else { return };
    let kinds = || server.component_verdicts().map(|(_, kind)| kind);
    let monitors = || server.monitors.iter().map(|it| &it.kind);
    let (style, then) = if kinds().any(|kind| matches!(kind, VerdictKind::NotConfirmed(_))) {
        (BAD, "then it was no longer Active.")
    } else if kinds().any(|kind| *kind != VerdictKind::Confirmed) {
        (BAD, "then it could not be read, and what it is now is not known.")
    } else if monitors().any(|kind| matches!(kind, MonitorVerdictKind::StillAlerting(..))) {
        (CARE, "it stayed Active, and the monitor still alerts.")
    } else if !server.monitors.is_empty() && monitors().all(|kind| matches!(kind, MonitorVerdictKind::Healthy(_))) {
        (GOOD, "it stayed Active, and the monitor is Healthy.")
    } else {
        (CARE, "it stayed Active; the monitor has not told whether the cause is gone.")
    };
    page.styled(style, 0, &format!("Watched for {}: {then}", time::lasting(time)));
}
