//! How a server came out of a run: one word and one sentence, first on every screen, and all that `-q` leaves.

use anstyle::Style;

use crate::domain::probe::Standing;
use crate::domain::{
    Cause, Component, Diagnosis, Ending, Finding, MonitorVerdict, MonitorVerdictKind, Reason, Run, ServerRun, Service,
    State, Subject, Tone, Trouble, TroubleKind, VerdictKind, alike, each_once,
};
use crate::screens::kit::page::{BAD, CARE, GOOD, Page};
use crate::screens::kit::{sanitize, time, words};

use super::verdicts::by_an_earlier_clock;
use super::{clients, services};

/// How the sentence begins where that is so.
pub const NOTHING_SEEN: &str = "nothing could be seen: ";

/// The word and the sentence, hanging beside `EX01  ` where `name` says so.
pub fn say(page: &mut Page, run: &Run, server: &ServerRun, name: Option<&str>) {
    let before = name.map(|name| format!("{name}  ")).unwrap_or_default();
    page.hanging(style(run, server), &format!("{before}{}", self::line(run, server, name.is_some())));
}

/// `NOT OK: PopProxy is Inactive: POP3 clients are turned away.` `alone`: nothing else says why something could not be seen.
pub fn line(run: &Run, server: &ServerRun, alone: bool) -> String {
    let ending = Ending::of(server, run);
    let interrupted = run.interrupted && ending != Ending::Interrupted;
    let more = match run.out_of_time {
        _ if interrupted => " The run was interrupted.".to_owned(),
        Some(time) if ending != Ending::NotKnown => format!(" {}", time::is_over(time)),
        Some(_) | None => String::new(),
    };
    format!("{}: {}{more}", ending.word(), sentence(ending, server, alone))
}

/// What a server came to, without its word, where nothing else tells.
pub fn said_alone(run: &Run, server: &ServerRun) -> String {
    sentence(Ending::of(server, run), server, true)
}

/// One line for each server, unwrapped: what `-q` leaves of a report.
pub fn summary(run: &Run) -> String {
    let mut page = Page::new(usize::MAX);
    let mark = if run.simulated.is_some() { "SIMULATED " } else { "" };
    for server in &run.servers {
        page.line(style(run, server), &format!("{mark}{}: {}", server.server(), line(run, server, true)));
    }
    page.finish()
}

/// Red for what is wrong, yellow for what needs care, green for what is well.
pub fn style(run: &Run, server: &ServerRun) -> Style {
    match Ending::of(server, run).tone() {
        Tone::Good => GOOD,
        Tone::Care => CARE,
        Tone::Bad => BAD,
    }
}

/// What its word means here.
pub fn sentence(ending: Ending, server: &ServerRun, alone: bool) -> String {
    let sentences = match ending {
        Ending::Ok => vec![well(server)],
        Ending::NotOk | Ending::Planned | Ending::PassedOver => {
            left(server, ending, alone).into_iter().chain(not_set(server)).collect()
        }
        Ending::Draining | Ending::NotKnown | Ending::NotSupported | Ending::Interrupted => {
            unsettled(server, ending, alone)
        }
        Ending::Fixed => vec![again(server)],
        Ending::PartlyFixed => {
            [again(server)].into_iter().chain(left(server, ending, alone)).chain(not_set(server)).collect()
        }
        Ending::Active | Ending::CauseRemains => {
            let active = if server.was_changed() { again(server) } else { well(server) };
            vec![active, monitors(server)]
        }
        Ending::NotConfirmed | Ending::OutcomeUnknown | Ending::ChangeFailed => not_confirmed(server),
        Ending::NotBegun => {
            let components = each_once(server.steps.iter().flat_map(|step| step.components.clone()));
            vec![format!("{} left as before: a server had failed.", words::components(&components))]
        }
        Ending::Undone => put_back(server),
        Ending::PartlyUndone => put_back(server).into_iter().chain(["The rest is left as it is.".to_owned()]).collect(),
        Ending::NotUndone => vec!["nothing was put back.".to_owned()],
    };
    sentences.join(" ")
}

/// Nothing is wrong; and where a client has looked too, what it met.
fn well(server: &ServerRun) -> String {
    let asked = server.diagnoses.iter().map(|it| &it.component).filter(|it| !it.is_server_wide_offline());
    let asked = asked.cloned().collect::<Vec<_>>();
    let active = format!("{} {} Active", words::components(&asked), words::is_or_are(asked.len()));
    match clients::in_short(server) {
        Some(clients) => format!("{active}; {clients}."),
        None => format!("{active}."),
    }
}

/// What was set right.
fn again(server: &ServerRun) -> String {
    let components = server.confirmed().cloned().collect::<Vec<_>>();
    let started = server.service_verdicts().filter(|(_, kind)| **kind == VerdictKind::Confirmed);
    let started = started.map(|(service, _)| service).collect::<Vec<Service>>();
    let active = format!("{} {} Active again", words::components(&components), words::is_or_are(components.len()));
    let runs = format!("{} {}", words::services(&started), if started.len() == 1 { "runs" } else { "run" });
    let parts = [(!components.is_empty()).then_some(active), (!started.is_empty()).then_some(runs)];
    let parts = parts.into_iter().flatten().chain(clients::in_short(server)).collect::<Vec<_>>();
    format!("{}.", parts.join("; "))
}

/// What is Inactive, or Stopped, and what that means for clients.
fn left(server: &ServerRun, ending: Ending, alone: bool) -> Vec<String> {
    let counts = |it: &Component| ending == Ending::PassedOver || !server.passes_over(it);
    let inactive = server.last_diagnoses().into_iter().filter(|it| it.is_inactive() && counts(&it.component));
    let inactive = inactive.filter(|it| !server.is_worked_on(&it.component)).collect::<Vec<_>>();
    let of_clients = inactive.iter().copied().filter(|it| !it.component.is_server_wide_offline()).collect::<Vec<_>>();
    let stopped = |it: &Diagnosis| server.before.services.stopped_front_end(&it.component);
    let mut sentences = Vec::new();
    // The table says so where there is one.
    let with_requesters = alone || ending != Ending::NotOk;
    for refused in [false, true] {
        let alike = of_clients.iter().filter(|it| stopped(it).is_some() == refused).copied().collect::<Vec<_>>();
        if !alike.is_empty() {
            sentences.push(inactive_sentence(server, &alike, with_requesters));
        }
    }
    if of_clients.is_empty() {
        let offline = inactive.iter().map(|it| format!("{} is {}.", it.component, it.state));
        sentences.extend(offline);
    }
    let faults = server.service_faults_left();
    let of_active = faults.iter().filter(|it| !inactive.iter().any(|one| one.component == it.service().component()));
    let of_active = of_active.map(|it| services::in_short(*it)).collect::<Vec<_>>();
    if !of_active.is_empty() {
        sentences.push(format!("{}.", words::list(&of_active)));
    }
    let not_served = server.clients.iter().filter(|it| it.standing() == Standing::NotServed && it.after.is_none());
    let unexplained = not_served.filter(|it| !of_clients.iter().any(|one| one.component == it.component));
    let unexplained = unexplained.map(|it| it.protocol.name()).collect::<Vec<_>>();
    if !unexplained.is_empty() {
        sentences.push(format!("{} clients are not served.", words::list(&unexplained)));
    }
    sentences
}

fn inactive_sentence(server: &ServerRun, alike: &[&Diagnosis], with_requesters: bool) -> String {
    let components = alike.iter().map(|it| it.component.clone()).collect::<Vec<_>>();
    let is_offline = alike.iter().all(|it| it.finding == Some(Finding::Inactive(Cause::ServerWideOffline)));
    let requesters = each_once(alike.iter().flat_map(|it| &it.entries).map(|it| it.requester.to_string()));
    let why = if is_offline {
        " (server-wide offline)".to_owned()
    } else if !with_requesters || requesters.is_empty() {
        String::new()
    } else {
        format!(" for {}", words::list(&requesters))
    };
    let (is, state) = (words::is_or_are(components.len()), alike.first().map_or("", |it| it.state.name()));
    let consequence = words::consequences(&components, &server.before.services);
    format!("{} {is} {state}{why}: {consequence}", words::components(&components))
}

/// What could not be seen, or is odd.
fn unsettled(server: &ServerRun, ending: Ending, alone: bool) -> Vec<String> {
    let ended = if ending == Ending::Interrupted { "the run was interrupted" } else { "the run ended" };
    let with = |wanted: Finding| {
        let found = server.diagnoses.iter().filter(|it| it.finding.as_ref() == Some(&wanted));
        found.map(|it| it.component.clone()).collect::<Vec<_>>()
    };
    let (draining, not_known) = (with(Finding::Draining), with(Finding::NotKnown));
    let mut sentences = Vec::new();
    if !draining.is_empty() {
        let is = words::is_or_are(draining.len());
        sentences.push(format!("{} {is} Draining, which still serves clients.", words::components(&draining)));
    }
    if !not_known.is_empty() {
        let reads = if not_known.len() == 1 { "reads" } else { "read" };
        let gap =
            server.diagnoses.iter().filter(|it| it.finding == Some(Finding::NotKnown)).find_map(|it| it.gaps.first());
        let why = gap.map_or_else(|| "that is no state that relight knows".to_owned(), words::gap_in_short);
        let states = server.diagnoses.iter().filter(|it| not_known.contains(&it.component));
        let states = each_once(states.map(|it| it.state.to_string()));
        sentences.push(format!("{} {reads} {}, but {why}.", words::components(&not_known), words::list(&states)));
    }
    // That it was interrupted is said by whoever says that.
    let troubles = server.before.troubles.iter().filter(|it| it.kind != TroubleKind::Interrupted);
    let why = each_once(troubles.map(|it| trouble(it, alone)));
    match (why.is_empty(), server.before.components.is_empty()) {
        (true, _) if sentences.is_empty() => sentences.push(format!("{ended} before everything was seen.")),
        (true, _) => {}
        (false, true) => sentences.push(format!("{NOTHING_SEEN}{}.", why.join("; "))),
        (false, false) => sentences.push(format!("not all could be seen: {}.", why.join("; "))),
    }
    sentences
}

/// Its kind; and the first line of what the shell said, where nothing else tells.
fn trouble(trouble: &Trouble, alone: bool) -> String {
    let kind = words::trouble(trouble.kind);
    let mut said = trouble.message.lines().map(str::trim).filter(|line| !line.is_empty() && *line != kind);
    match said.next().filter(|_| alone) {
        Some(said) => format!("{kind} ({})", sanitize(said.trim_end_matches('.'))),
        None => kind.to_owned(),
    }
}

/// What the monitors say of what is Active again.
fn monitors(server: &ServerRun) -> String {
    let of = |wanted: fn(&MonitorVerdictKind) -> bool| {
        let found = server.monitors.iter().filter(|it| wanted(&it.kind));
        let name = |it: &Component| MonitorVerdict::monitor_of(it).unwrap_or(it.as_str()).to_owned();
        words::list(&found.map(|it| name(&it.component)).collect::<Vec<_>>())
    };
    let alerting = of(|kind| matches!(kind, MonitorVerdictKind::StillAlerting(..)));
    let open = of(|kind| matches!(kind, MonitorVerdictKind::NotJudged(..)));
    if !alerting.is_empty() {
        format!("Still alerting: {alerting}.")
    } else if !open.is_empty() {
        format!("No new result of {open} yet.")
    } else {
        "No monitor was seen.".to_owned()
    }
}

/// What became of an entry that was to be put back; `None`: it was.
fn of_entry(server: &ServerRun, subject: &Subject, kind: &VerdictKind) -> Option<String> {
    by_an_earlier_clock(server, subject).or_else(|| match kind {
        VerdictKind::Confirmed => None,
        VerdictKind::NotConfirmed(reasons) => {
            Some(format!("not confirmed ({}).", words::list(&each_once(reasons.iter().map(reason)))))
        }
        VerdictKind::Unknown(_) => Some("not known: it could not be read again.".to_owned()),
    })
}

/// What an undo put back, as the last look has it.
fn put_back(server: &ServerRun) -> Vec<String> {
    let entry = |subject: &Subject| match subject {
        Subject::Entry(component, _) if server.is_confirmed(subject) => Some(component.clone()),
        Subject::Entry(..) | Subject::Component(_) | Subject::Service(_) => None,
    };
    let mut components = each_once(server.verdicts().iter().filter_map(|it| entry(&it.subject)));
    components.sort_by_key(|component| server.before.position(component));
    let seen = |component: &Component| server.after().and_then(|after| after.component(component));
    // Another requester may have its own entry, or the whole server be offline.
    let states = components.into_iter().filter_map(|it| Some((seen(&it)?.state.clone(), it)));
    let mut sentences = Vec::new();
    for (state, components) in alike(states) {
        let (what, are) = (words::components(&components), words::is_or_are(components.len()));
        sentences.push(match state {
            State::Active => format!("what the run set on {what} is put back; Exchange reports {what} Active."),
            State::Inactive if components.iter().any(Component::is_server_wide_offline) => {
                format!("{what} {are} Inactive again: all of {} is offline, mail flow included.", server.server())
            }
            State::Inactive => {
                let consequence = words::consequences(&components, &server.before.services);
                format!("{what} {are} Inactive again: {consequence}")
            }
            State::Draining | State::Unknown(_) => format!("{what} {are} {state} again, as before the run."),
        });
    }
    let stopped = server.service_verdicts().filter(|(_, kind)| **kind == VerdictKind::Confirmed);
    let stopped = stopped.map(|(service, _)| service).collect::<Vec<_>>();
    if !stopped.is_empty() {
        sentences.push(format!("{} {} stopped.", words::services(&stopped), words::is_or_are(stopped.len())));
    }
    if sentences.is_empty() {
        sentences.push("what the run changed is put back.".to_owned());
    }
    sentences
}

/// The components that were to be set Active and are not.
fn not_set(server: &ServerRun) -> Vec<String> {
    verdicts(server, server.component_verdicts().filter(|(_, kind)| **kind != VerdictKind::Confirmed))
}

fn verdicts<'a>(server: &ServerRun, of: impl Iterator<Item = (&'a Component, &'a VerdictKind)>) -> Vec<String> {
    let judged = of.map(|(component, kind)| (verdict(server, component, kind), component.clone()));
    let sentence = |(verdict, components): (String, Vec<Component>)| {
        format!("{} {} {verdict}.", words::components(&components), words::is_or_are(components.len()))
    };
    alike(judged).into_iter().map(sentence).collect()
}

/// What a change came to that is not confirmed, or failed, or is not known.
fn not_confirmed(server: &ServerRun) -> Vec<String> {
    let clients = clients::in_short(server);
    let confirmed = server.confirmed().cloned().collect::<Vec<_>>();
    if let Some(clients) = clients.as_ref().filter(|_| confirmed.len() == server.verdicts().len()) {
        let are = words::is_or_are(confirmed.len());
        return vec![format!("{} {are} Active, but {clients}.", words::components(&confirmed))];
    }
    let mut sentences = verdicts(server, server.component_verdicts());
    let entries = server.verdicts().iter().filter(|it| matches!(it.subject, Subject::Entry(..)));
    let told = entries.filter_map(|it| Some((of_entry(server, &it.subject, &it.kind)?, it.subject.to_string())));
    for (text, names) in alike(told) {
        sentences.push(format!("{}: {text}", words::names_on(&names)));
    }
    let unjudged = server.entry_steps().filter(|(_, step)| step.outcome.was_sent());
    let unjudged = unjudged.filter(|(_, step)| server.verdict(&step.change.subject()).is_none());
    let unjudged = each_once(unjudged.flat_map(|(_, step)| step.components.clone()));
    let unjudged = unjudged.into_iter().filter(|it| !server.is_judged(it)).collect::<Vec<_>>();
    if !unjudged.is_empty() {
        sentences.push(format!("What {} came to is not known.", words::components(&unjudged)));
    }
    for (service, kind) in server.service_verdicts().filter(|(_, kind)| **kind != VerdictKind::Confirmed) {
        let what = if matches!(kind, VerdictKind::Unknown(_)) { "could not be read again" } else { "does not run" };
        sentences.push(format!("{} {what}.", service.name()));
    }
    sentences.extend(clients.map(|clients| format!("{}.", words::capital(&clients))));
    sentences
}

/// A verdict in a few words, and why. What Exchange reports Active is not called Inactive, confirmed or not.
pub fn verdict(server: &ServerRun, component: &Component, kind: &VerdictKind) -> String {
    let (what, reasons) = match kind {
        VerdictKind::Confirmed => return "Active again".to_owned(),
        VerdictKind::NotConfirmed(reasons) if server.reads_active(component) => {
            ("Active, but not confirmed", &reasons[..])
        }
        VerdictKind::NotConfirmed(reasons) => ("still Inactive", &reasons[..]),
        VerdictKind::Unknown(_) => ("not known to be Active", &[][..]),
    };
    let went_wrong = server.steps_for(component).filter_map(|step| match step.outcome.trouble() {
        Some(trouble) => Some(words::trouble(trouble.kind).to_owned()),
        None => (!step.outcome.was_sent()).then(|| "not sent".to_owned()),
    });
    let went_wrong = each_once(went_wrong);
    // What went wrong with its commands says more than what came of it.
    let why = if went_wrong.is_empty() { each_once(reasons.iter().map(reason)) } else { went_wrong };
    if why.is_empty() { what.to_owned() } else { format!("{what} ({})", words::list(&why)) }
}

/// Why a change is not confirmed, in a few words.
pub fn reason(reason: &Reason) -> String {
    match reason {
        Reason::NotWritten(_) => "neither store shows it".to_owned(),
        Reason::RegistryPending(_) => "the registry is to follow".to_owned(),
        Reason::RegistryWriteLost(..) => "the registry does not show it".to_owned(),
        Reason::DirectoryWriteLost(_) => "Active Directory does not show it".to_owned(),
        Reason::SetAgain(entry) => format!("set {} again by {}", entry.state, entry.requester),
        Reason::AnotherEntry(entry) => format!("set {} by {} too", entry.state, entry.requester),
        Reason::ServerWideOffline => "server-wide offline".to_owned(),
        Reason::StateDoesNotFollow(state) => format!("Exchange still reports {state}"),
        Reason::NotPutBack(store) => format!("not put back in {}", words::store(*store)),
        Reason::DirectoryIsLater => "the Active entry in Active Directory is later".to_owned(),
        Reason::ServiceIs(state) => state.name().to_owned(),
    }
}
