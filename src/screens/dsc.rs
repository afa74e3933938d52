//! What relight has to say as a resource of DSC: messages, in the words of an instance.

use crate::domain::{
    Change, Component, Left, Next, Obstacle, Run, ServerRun, ServerSnapshot, Services, State, diagnose, each_once,
};

use super::kit::page::{PLAIN, Page};
use super::kit::words;
use super::{headline, next, obstacle, steps};

/// What a server came to, with its name; what was not sent, and why; and what Exchange or the system said of it.
pub fn came_to(run: &Run, server: &ServerRun) -> String {
    let mut page = Page::new(usize::MAX);
    let line = format!("{}: {}", server.server(), headline::line(run, server, true));
    page.hanging(headline::style(run, server), &line);
    let undone = server.steps.iter().filter(|step| !step.outcome.was_sent());
    let undone = undone.map(|step| format!("{}: {}", name(&step.change), steps::outcome(&step.change, &step.outcome)));
    each_once(undone).iter().for_each(|reason| page.item(PLAIN, 2, reason));
    let of_steps = server.steps.iter().filter_map(|step| step.outcome.trouble());
    let with_words = server.troubles().chain(of_steps).filter(|it| it.message != words::trouble(it.kind));
    each_once(with_words.map(|it| it.message.as_str())).iter().for_each(|message| page.quote(2, message));
    page.finish()
}

fn name(change: &Change) -> String {
    let of_entry = change.entry().map(words::entry_name);
    of_entry.or_else(|| change.service().map(|service| service.name().to_owned())).unwrap_or_default()
}

/// What could not be read at a look, so that its state says less than it seems to.
pub fn not_read(seen: &ServerSnapshot) -> Option<String> {
    let of_component = diagnose(seen).into_iter().filter(|it| !it.gaps.is_empty()).map(|it| {
        let gaps = it.gaps.iter().map(words::gap).collect::<Vec<_>>();
        format!("{}: {}.", it.component, gaps.join("; "))
    });
    let of_services = match &seen.services {
        Services::Unreadable(why) => Some(format!("The services behind POP3 and IMAP4 could not be read: {why}")),
        Services::NotAsked | Services::Read(_) => None,
    };
    let troubles = seen.troubles.iter().map(|it| {
        let of = it.component.as_ref().map(|component| format!("{component}: ")).unwrap_or_default();
        format!("{of}{}: {}", words::trouble(it.kind), it.message)
    });
    let lines = of_component.chain(of_services).chain(troubles).collect::<Vec<_>>();
    (!lines.is_empty()).then(|| format!("{}: {}", seen.server, lines.join("\n")))
}

/// Those of these components that are neither Active nor Inactive, which relight leaves so.
pub fn left_as_they_are(components: &[Component], seen: &ServerSnapshot) -> Vec<String> {
    let states = components.iter().filter_map(|component| seen.component(component));
    let states = states.filter(|it| ![State::Active, State::Inactive].contains(&it.state));
    states.map(|it| format!("{}: {} is {}, and relight leaves it so.", seen.server, it.component, it.state)).collect()
}

/// A command to type next, behind what it is for.
pub fn next_line(next: &Next) -> String {
    format!("{} {}", next::words(next.aim), next.command)
}

/// Why something is left alone, each reason by itself, and which property of the instance would let relight set it.
pub fn left_alone(left: &Left) -> Vec<String> {
    let (what, number) = if left.is_of_services() {
        let services = left.changes.iter().filter_map(|it| it.service()).collect::<Vec<_>>();
        (words::services(&services), services.len())
    } else {
        (words::components(&left.components), left.components.len())
    };
    let reason = |obstacle: &Obstacle| match of_instance(obstacle) {
        Some(reason) => reason,
        None => words::capital(&obstacle::sentence(&left.components, &left.changes, obstacle)),
    };
    let reasons = each_once(left.obstacles.iter().map(reason));
    let is = words::is_or_are(number);
    reasons.iter().map(|reason| format!("{what} {is} left alone: {reason}")).collect()
}

/// What the instance has against it; `None`: it is not that.
fn of_instance(obstacle: &Obstacle) -> Option<String> {
    match obstacle {
        Obstacle::RequesterNotAllowed(entry) => Some(format!(
            "{} set {} {}, and is none of the requesters of this instance.",
            entry.requester, entry.component, entry.state
        )),
        Obstacle::OwnConsent(entry) => Some(format!(
            "{} set ServerWideOffline {}, and includeServerWideOffline is not true.",
            entry.requester, entry.state
        )),
        Obstacle::ServiceManual(service) => {
            Some(format!("{} is Manual, and startServices is not manual.", service.name()))
        }
        Obstacle::ServiceNotAllowed(service) => {
            Some(format!("{} is not to be started: startServices is none.", service.name()))
        }
        Obstacle::StopNotAsked(_)
        | Obstacle::Declined(_)
        | Obstacle::NotAnswered(_)
        | Obstacle::UnknownRequester(_)
        | Obstacle::SetupRunning(_)
        | Obstacle::SetupUnknown(..)
        | Obstacle::NothingToSet(_)
        | Obstacle::Unknowable(..)
        | Obstacle::ServiceDisabled(_)
        | Obstacle::NeverSent
        | Obstacle::LeftUnknown
        | Obstacle::NeverTookEffect
        | Obstacle::NotSeen
        | Obstacle::ChangedSince
        | Obstacle::RanBefore
        | Obstacle::NotRunning
        | Obstacle::FrontEndStays(_) => None,
    }
}
