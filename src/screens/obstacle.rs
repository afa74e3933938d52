//! What stands in the way of a change, in sentences.

use crate::domain::{Change, Component, InactiveEntry, Obstacle, Proposal, each_once};
use crate::screens::kit::words;

/// Everything that stands in the way of a proposal, each thing said once.
pub fn sentences(components: &[Component], changes: &[Change], obstacles: &[Obstacle]) -> String {
    let no_answer = |it: &Obstacle| matches!(it, Obstacle::Declined(_) | Obstacle::NotAnswered(_));
    let ruled_out = obstacles.iter().any(|it| !it.is_policy() && !no_answer(it));
    // Nobody was asked about an entry that something else rules out.
    let not_asked = |it: &Obstacle| ruled_out && no_answer(it) && it.entry().is_some();
    let says_less = |it: &Obstacle| {
        matches!(it, Obstacle::RequesterNotAllowed(entry)
            if obstacles.contains(&Obstacle::OwnConsent(entry.clone())))
    };
    let said = obstacles.iter().filter(|it| !not_asked(it) && !says_less(it));
    each_once(said.map(|it| sentence(components, changes, it))).join(" ")
}

/// What rules a proposal out, as far as the table and what is said of requesters and gaps does not tell.
pub fn beyond_the_table(proposal: &Proposal) -> String {
    let rest = proposal.obstacles.iter().filter(|it| !is_in_the_table(it)).cloned().collect::<Vec<_>>();
    sentences(&proposal.components, &proposal.changes, &rest)
}

/// Whether the table, and what is said of requesters and gaps, tells of it.
pub fn is_in_the_table(obstacle: &Obstacle) -> bool {
    match obstacle {
        Obstacle::UnknownRequester(_)
        | Obstacle::SetupRunning(_)
        | Obstacle::SetupUnknown(..)
        | Obstacle::NothingToSet(_)
        | Obstacle::Unknowable(..) => true,
        Obstacle::RequesterNotAllowed(_)
        | Obstacle::OwnConsent(_)
        | Obstacle::ServiceManual(_)
        | Obstacle::ServiceNotAllowed(_)
        | Obstacle::StopNotAsked(_)
        | Obstacle::Declined(_)
        | Obstacle::NotAnswered(_)
        | Obstacle::ServiceDisabled(_)
        | Obstacle::NeverSent
        | Obstacle::LeftUnknown
        | Obstacle::NeverTookEffect
        | Obstacle::NotSeen
        | Obstacle::ChangedSince
        | Obstacle::RanBefore
        | Obstacle::NotRunning
        | Obstacle::FrontEndStays(_) => false,
    }
}

/// One thing that stands in the way of these changes for these components. In an undo it is said behind what is left.
pub fn sentence(components: &[Component], changes: &[Change], obstacle: &Obstacle) -> String {
    let what = |other: &Component| if *components == [other.clone()] { "it".to_owned() } else { other.to_string() };
    let of_service = changes.iter().any(|change| change.service().is_some());
    let by = |entry: &'static str, service: &'static str| (if of_service { service } else { entry }).to_owned();
    match obstacle {
        Obstacle::RequesterNotAllowed(entry) => set_by(components, entry, ", which --requester does not name."),
        Obstacle::OwnConsent(_) if changes.iter().any(|change| !change.brings_back()) => {
            "it takes the whole server offline, which has to be confirmed by itself: the name of the server, typed, or \
             --include-server-wide-offline."
                .to_owned()
        }
        Obstacle::OwnConsent(entry) => {
            format!("{} set ServerWideOffline Inactive, which has to be confirmed by itself.", entry.requester)
        }
        Obstacle::ServiceManual(service) => {
            format!("{} is Manual; --start-services manual would start it.", service.name())
        }
        Obstacle::ServiceNotAllowed(service) => {
            format!("{} is to be left alone (--start-services none).", service.name())
        }
        Obstacle::StopNotAsked(_) => "nobody asked for it to be stopped.".to_owned(),
        Obstacle::Declined(change) => match change.entry().filter(|_| change.brings_back()) {
            Some(entry) if *components != [entry.component.clone()] => {
                format!("setting {} Active was answered with no.", entry.component)
            }
            Some(_) | None => "answered with no.".to_owned(),
        },
        Obstacle::NotAnswered(_) => "the questions were ended early.".to_owned(),
        Obstacle::UnknownRequester(entry) => format!(
            "An unknown requester, \"{}\", has an entry for {}: Set-ServerComponentState would refuse the name.",
            entry.requester,
            what(&entry.component)
        ),
        Obstacle::SetupRunning(entry) => {
            set_by(components, entry, ", and Exchange setup is running on the server: let it end, then look again.")
        }
        Obstacle::SetupUnknown(entry, why) => {
            let why = why.trim_end_matches('.');
            set_by(components, entry, &format!(", and whether Exchange setup is running could not be told ({why})."))
        }
        Obstacle::NothingToSet(component) => {
            format!("Nothing recorded says why {} is Inactive, so there is no entry to set Active.", what(component))
        }
        Obstacle::Unknowable(component, gaps) => {
            let gaps = gaps.iter().map(words::gap).collect::<Vec<_>>();
            let detail = if gaps.is_empty() { "it could not be read".to_owned() } else { gaps.join("; ") };
            format!("Who set {} Inactive is not known: {detail}.", what(component))
        }
        Obstacle::ServiceDisabled(service) => {
            format!("{} is Disabled, and relight never changes a startup type.", service.name())
        }
        Obstacle::NeverSent => "the run never sent that change.".to_owned(),
        Obstacle::LeftUnknown => by(
            "the run did not see what it left; relight resume settles that first.",
            "it is not known whether the run started it; relight resume settles that where the run was interrupted.",
        ),
        Obstacle::NeverTookEffect => by("the run did not set it Active.", "it did not run at the end of the run."),
        Obstacle::NotSeen => {
            by("what is recorded now could not be read completely.", "the services could not be read now.")
        }
        Obstacle::ChangedSince => {
            by("its entries have changed since the run.", "its startup type has changed since the run.")
        }
        Obstacle::RanBefore => "it ran before the run.".to_owned(),
        Obstacle::NotRunning => "it does not run now.".to_owned(),
        Obstacle::FrontEndStays(front) => format!("its front end {} goes on running and needs it.", front.name()),
    }
}

/// Who set it, behind what was named; with its name where that is another component.
fn set_by(components: &[Component], entry: &InactiveEntry, and: &str) -> String {
    let by = format!("set Inactive by {}{and}", entry.requester);
    if *components == [entry.component.clone()] { by } else { format!("{} is {by}", entry.component) }
}
