//! What relight has to say as a resource of DSC: messages, in the words of an instance.

use crate::domain::{Left, Next, Obstacle, Run, ServerRun, each_once};

use super::kit::page::Page;
use super::kit::words;
use super::{headline, next, obstacle};

/// What a server came to, with its name, and what Exchange or the system said of that.
pub fn came_to(run: &Run, server: &ServerRun) -> String {
    let mut page = Page::new(usize::MAX);
    let line = format!("{}: {}", server.server(), headline::line(run, server, true));
    page.hanging(headline::style(run, server), &line);
    let of_steps = server.steps.iter().filter_map(|step| step.outcome.trouble());
    let with_words = server.troubles().chain(of_steps).filter(|it| it.message != words::trouble(it.kind));
    each_once(with_words.map(|it| it.message.as_str())).iter().for_each(|message| page.quote(2, message));
    page.finish()
}

/// A command to type next, behind what it is for.
pub fn next_line(next: &Next) -> String {
    format!("{} {}", next::words(next.aim), next.command)
}

/// Why something is left alone, and which property of the instance would let relight set it.
pub fn left_alone(left: &Left) -> String {
    let other = left.obstacles.iter().filter(|it| of_instance(it).is_none()).cloned().collect::<Vec<_>>();
    let other = obstacle::sentences(&left.components, &left.changes, &other);
    let own = left.obstacles.iter().filter_map(of_instance);
    let why = own.chain((!other.is_empty()).then_some(other)).collect::<Vec<_>>().join(" ");
    let what = if left.is_of_services() {
        let services = left.changes.iter().filter_map(|it| it.service()).collect::<Vec<_>>();
        words::services(&services)
    } else {
        words::components(&left.components)
    };
    format!("{what} is left alone: {why}")
}

/// What the instance has against it; `None`: it is not that.
fn of_instance(obstacle: &Obstacle) -> Option<String> {
    match obstacle {
        Obstacle::RequesterNotAllowed(entry) => Some(format!(
            "{} set {} Inactive, and is none of the requesters of this instance.",
            entry.requester, entry.component
        )),
        Obstacle::OwnConsent(entry) => Some(format!(
            "{} set ServerWideOffline Inactive, and includeServerWideOffline is not true.",
            entry.requester
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
