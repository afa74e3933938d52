//! What stands in the way of a proposal: what rules it out, what the policy objects to, what a person declined.

use super::{Change, Component, Gap, InactiveEntry, Service};

/// One thing that stands in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The policy: `--requester` does not name it.
    RequesterNotAllowed(InactiveEntry),
    /// The policy: ServerWideOffline takes a consent of its own, in both directions.
    OwnConsent(InactiveEntry),
    /// The policy: the service is Manual, and `--start-services` does not say manual.
    ServiceManual(Service),
    /// The policy: `--start-services none`.
    ServiceNotAllowed(Service),
    /// The policy: a run started the service, and nobody asked for it to be stopped.
    StopNotAsked(Service),
    /// The admin said no.
    Declined(Change),
    /// The admin ended the questions early, so that nothing is done.
    NotAnswered(Change),
    /// `Set-ServerComponentState` would refuse this requester.
    UnknownRequester(InactiveEntry),
    /// Exchange setup set it, and is running on that server.
    SetupRunning(InactiveEntry),
    /// Exchange setup set it, and whether it is still running could not be told.
    SetupUnknown(InactiveEntry, String),
    /// No entry makes it Inactive: there is nothing to set.
    NothingToSet(Component),
    /// What makes it Inactive, or makes ServerWideOffline so, is not known.
    Unknowable(Component, Vec<Gap>),
    /// Nobody can start the service, and relight changes no startup type.
    ServiceDisabled(Service),
    /// In an undo: the run never sent the change.
    NeverSent,
    /// In an undo: the run did not live to look at what it left, or could not read it.
    LeftUnknown,
    /// In an undo: the look after the change does not show it.
    NeverTookEffect,
    /// In an undo: what is there now cannot be read completely.
    NotSeen,
    /// In an undo: what is there now is not what the run left.
    ChangedSince,
    /// In an undo: the service ran before the run.
    RanBefore,
    /// In an undo: the service does not run now.
    NotRunning,
    /// In an undo: it is a back end, and its front end goes on running.
    FrontEndStays(Service),
}

/// How long an obstacle stays in the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lasts {
    /// The policy objects, and an option would allow it.
    UntilAnOption,
    /// Another answer, or another look, may find it gone.
    ForNow,
    /// What the run that is undone left cannot be put back any more.
    ForEver,
}

impl Obstacle {
    /// Whether an option would take it out of the way.
    pub fn is_policy(&self) -> bool {
        self.lasts() == Lasts::UntilAnOption
    }

    /// Whether it stays in the way of an undo, whatever is typed or answered, and however often it is looked.
    pub fn is_lasting(&self) -> bool {
        self.lasts() == Lasts::ForEver
    }

    fn lasts(&self) -> Lasts {
        match self {
            Self::RequesterNotAllowed(_)
            | Self::OwnConsent(_)
            | Self::ServiceManual(_)
            | Self::ServiceNotAllowed(_)
            | Self::StopNotAsked(_) => Lasts::UntilAnOption,
            Self::Declined(_)
            | Self::NotAnswered(_)
            | Self::UnknownRequester(_)
            | Self::SetupRunning(_)
            | Self::SetupUnknown(..)
            | Self::NothingToSet(_)
            | Self::Unknowable(..)
            | Self::ServiceDisabled(_)
            | Self::NotSeen
            | Self::FrontEndStays(_) => Lasts::ForNow,
            Self::NeverSent
            | Self::LeftUnknown
            | Self::NeverTookEffect
            | Self::ChangedSince
            | Self::RanBefore
            | Self::NotRunning => Lasts::ForEver,
        }
    }

    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(&self) -> &'static str {
        match self {
            Self::RequesterNotAllowed(_) => "requesterNotAllowed",
            Self::OwnConsent(_) => "ownConsent",
            Self::ServiceManual(_) => "serviceManual",
            Self::ServiceNotAllowed(_) => "serviceNotAllowed",
            Self::StopNotAsked(_) => "stopNotAsked",
            Self::Declined(_) => "declined",
            Self::NotAnswered(_) => "notAnswered",
            Self::UnknownRequester(_) => "unknownRequester",
            Self::SetupRunning(_) => "setupRunning",
            Self::SetupUnknown(..) => "setupUnknown",
            Self::NothingToSet(_) => "nothingToSet",
            Self::Unknowable(..) => "unknowable",
            Self::ServiceDisabled(_) => "serviceDisabled",
            Self::NeverSent => "neverSent",
            Self::LeftUnknown => "leftUnknown",
            Self::NeverTookEffect => "neverTookEffect",
            Self::NotSeen => "notSeen",
            Self::ChangedSince => "changedSince",
            Self::RanBefore => "ranBefore",
            Self::NotRunning => "notRunning",
            Self::FrontEndStays(_) => "frontEndStays",
        }
    }

    /// The entry that it is about, where it is about one.
    pub fn entry(&self) -> Option<&InactiveEntry> {
        match self {
            Self::RequesterNotAllowed(entry)
            | Self::OwnConsent(entry)
            | Self::UnknownRequester(entry)
            | Self::SetupRunning(entry)
            | Self::SetupUnknown(entry, _) => Some(entry),
            Self::Declined(change) | Self::NotAnswered(change) => change.entry(),
            Self::ServiceManual(_)
            | Self::ServiceNotAllowed(_)
            | Self::StopNotAsked(_)
            | Self::NothingToSet(_)
            | Self::Unknowable(..)
            | Self::ServiceDisabled(_)
            | Self::NeverSent
            | Self::LeftUnknown
            | Self::NeverTookEffect
            | Self::NotSeen
            | Self::ChangedSince
            | Self::RanBefore
            | Self::NotRunning
            | Self::FrontEndStays(_) => None,
        }
    }
}
