//! What became of a change that was confirmed.

use jiff::Timestamp;

use super::{Change, Component, Subject, Trouble};

/// A change and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepOutcome {
    /// The change.
    pub change: Change,
    /// The components whose clients it is for.
    pub components: Vec<Component>,
    /// What became of it.
    pub outcome: Outcome,
    /// When its intent was on the disk, by the clock of the machine relight runs on; `None`: it never was.
    pub intended: Option<Timestamp>,
}

/// What became of a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Confirmed, and not begun: nothing was sent.
    NotBegun,
    /// The intent is on the disk, and nothing more is known: it may or may not have been carried out.
    Open,
    /// The cmdlet returned without an error. No confirmation: a lost registry write is silent.
    Done,
    /// The cmdlet reported an error.
    Failed(Trouble),
    /// The shell was lost, or ended, in the middle of the change: it may or may not have happened.
    Unknown(Trouble),
    /// It was unknown, and looks that came long enough after it do not show it: it was not carried out.
    NotCarriedOut,
    /// It was not sent.
    NotSent(NotSent),
}

/// Why a change that was confirmed was not sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotSent {
    /// What it is about is no longer as it was planned for.
    ChangedSincePlan,
    /// ServerWideOffline is no longer as it was when the change was planned: it may be in vain.
    ServerWideOfflineChanged,
    /// Exchange setup runs on the server.
    SetupRunning,
    /// A fresh look before it failed.
    NotSeen(Trouble),
    /// An earlier change did not work, so this one cannot help.
    Useless,
    /// The session was lost before, and the one that took its place as well.
    ShellLost,
    /// The run was interrupted.
    Interrupted,
    /// The journal could not record that it was about to be.
    NotRecorded,
    /// The file of the lock was removed, so that another run may have it.
    LockLost,
    /// Too many servers had failed before, so that this one was not begun.
    Stopped,
}

impl Outcome {
    /// What went wrong, where that is known.
    pub fn trouble(&self) -> Option<&Trouble> {
        match self {
            Self::Failed(why) | Self::Unknown(why) | Self::NotSent(NotSent::NotSeen(why)) => Some(why),
            Self::NotBegun | Self::Open | Self::Done | Self::NotCarriedOut | Self::NotSent(_) => None,
        }
    }

    /// Whether the cmdlet was sent, or may have been, so that something may have changed.
    pub fn was_sent(&self) -> bool {
        match self {
            Self::Open | Self::Done | Self::Failed(_) | Self::Unknown(_) | Self::NotCarriedOut => true,
            Self::NotBegun | Self::NotSent(_) => false,
        }
    }

    /// Whether it is not known if it was carried out.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Open | Self::Unknown(_))
    }

    /// Whether it is so because a session was lost, or nothing could be done without one.
    pub fn tells_of_loss(&self) -> bool {
        match self {
            Self::Unknown(_) | Self::NotSent(NotSent::NotSeen(_) | NotSent::ShellLost) => true,
            Self::NotBegun | Self::Open | Self::Done | Self::Failed(_) | Self::NotCarriedOut | Self::NotSent(_) => {
                false
            }
        }
    }

    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(&self) -> &'static str {
        match self {
            Self::NotBegun => "notBegun",
            Self::Open => "open",
            Self::Done => "done",
            Self::Failed(_) => "failed",
            Self::Unknown(_) => "unknown",
            Self::NotCarriedOut => "notCarriedOut",
            Self::NotSent(why) => why.name(),
        }
    }

    /// The outcome of this name; `trouble` where one belongs to it. `None`: a name that this version does not know.
    pub fn parse(name: &str, trouble: Trouble) -> Option<Self> {
        Self::every(trouble).into_iter().find(|outcome| outcome.name() == name)
    }

    /// One of each, with this trouble where one belongs to it.
    pub fn every(trouble: Trouble) -> [Self; 16] {
        [
            Self::NotBegun,
            Self::Open,
            Self::Done,
            Self::Failed(trouble.clone()),
            Self::Unknown(trouble.clone()),
            Self::NotCarriedOut,
            Self::NotSent(NotSent::ChangedSincePlan),
            Self::NotSent(NotSent::ServerWideOfflineChanged),
            Self::NotSent(NotSent::SetupRunning),
            Self::NotSent(NotSent::NotSeen(trouble)),
            Self::NotSent(NotSent::Useless),
            Self::NotSent(NotSent::ShellLost),
            Self::NotSent(NotSent::Interrupted),
            Self::NotSent(NotSent::NotRecorded),
            Self::NotSent(NotSent::LockLost),
            Self::NotSent(NotSent::Stopped),
        ]
    }
}

impl NotSent {
    fn name(&self) -> &'static str {
        match self {
            Self::ChangedSincePlan => "changedSincePlan",
            Self::ServerWideOfflineChanged => "serverWideOfflineChanged",
            Self::SetupRunning => "setupRunning",
            Self::NotSeen(_) => "notSeen",
            Self::Useless => "useless",
            Self::ShellLost => "shellLost",
            Self::Interrupted => "interrupted",
            Self::NotRecorded => "notRecorded",
            Self::LockLost => "lockLost",
            Self::Stopped => "stopped",
        }
    }
}

impl StepOutcome {
    /// A change that was confirmed and is not begun.
    pub fn not_begun(change: Change, components: Vec<Component>) -> Self {
        Self { change, components, outcome: Outcome::NotBegun, intended: None }
    }

    /// Whether it was for this component.
    pub fn is_for(&self, component: &Component) -> bool {
        self.components.contains(component)
    }
}

/// How the session was lost, where something was not sent because of that.
pub fn cut_short_by(steps: &[StepOutcome]) -> Option<&Trouble> {
    let at = steps.iter().position(|step| step.outcome == Outcome::NotSent(NotSent::ShellLost))?;
    steps[..at].iter().rev().find_map(|step| step.outcome.trouble())
}

/// Whether a change can no longer help, because of what became of the ones before it. A component is brought back as a
/// whole, and a front end needs its back end; what is put back waits for nothing but the front end of a back end.
pub(super) fn is_useless(change: &Change, components: &[Component], before: &[StepOutcome]) -> bool {
    let failed = || before.iter().filter(|step| step.outcome != Outcome::Done);
    let spoils = |component: &Component| failed().any(|step| step.change.entry().is_some() && step.is_for(component));
    match change {
        Change::SetState { .. } => change.brings_back() && components.iter().all(spoils),
        Change::SetService { service, .. } => {
            let other = Subject::Service(service.other_half());
            (change.brings_back() && spoils(&service.component()))
                || failed().any(|step| step.change.subject() == other)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::TroubleKind;
    use super::*;

    #[test]
    fn every_outcome_has_a_name_that_leads_back() {
        let why = Trouble { kind: TroubleKind::Deadline, component: None, message: "no answer".into() };
        let names = [
            "notBegun",
            "open",
            "done",
            "failed",
            "unknown",
            "notCarriedOut",
            "changedSincePlan",
            "serverWideOfflineChanged",
            "setupRunning",
            "notSeen",
            "useless",
            "shellLost",
            "interrupted",
            "notRecorded",
            "stopped",
        ];
        for name in names {
            let outcome = Outcome::parse(name, why.clone()).expect("a known name");
            assert_eq!(outcome.name(), name);
            assert!(outcome.trouble().is_none_or(|trouble| *trouble == why));
        }
        assert_eq!(Outcome::parse("fixed", why), None);
    }
}
