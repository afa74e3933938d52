//! The names that closed sets have in the document.

use crate::domain::{Cause, Dark, Finding, Gap, Obstacle, Outcome, RunCommand, Setup, Store, Stores, VerdictKind};

/// The name of a command, here and in the journal.
pub fn command(command: RunCommand) -> &'static str {
    match command {
        RunCommand::Check => "check",
        RunCommand::DryRun => "dryRun",
        RunCommand::FixUnconfirmed => "fixUnconfirmed",
        RunCommand::FixAsked => "fixAsked",
        RunCommand::FixYes => "fixYes",
        RunCommand::Resume => "resume",
    }
}

pub fn setup(setup: &Setup) -> &'static str {
    match setup {
        Setup::NotAsked => "notAsked",
        Setup::Running => "running",
        Setup::NotRunning => "notRunning",
        Setup::Unknown(_) => "unknown",
    }
}

pub fn finding(finding: &Finding) -> &'static str {
    match finding {
        Finding::Dark(_) => "dark",
        Finding::Draining => "draining",
        Finding::Unproven => "unproven",
    }
}

pub fn cause(finding: &Finding) -> Option<&'static str> {
    match finding {
        Finding::Dark(Cause::Held) => Some("held"),
        Finding::Dark(Cause::ServerWideOffline) => Some("serverWideOffline"),
        Finding::Dark(Cause::Unexplained) => Some("unexplained"),
        Finding::Dark(Cause::Unknowable) => Some("unknowable"),
        Finding::Draining | Finding::Unproven => None,
    }
}

pub fn store(store: Store) -> &'static str {
    match store {
        Store::Local => "local",
        Store::Remote => "remote",
    }
}

pub fn stores(stores: Stores) -> Vec<&'static str> {
    match stores {
        Stores::Local => vec!["local"],
        Stores::Remote => vec!["remote"],
        Stores::Both => vec!["local", "remote"],
    }
}

pub fn gap(gap: &Gap) -> &'static str {
    match gap {
        Gap::Unreadable(_) => "unreadable",
        Gap::Opaque(..) => "illegible",
        Gap::Contested(_) => "contested",
        Gap::Contradiction(_) => "contradiction",
    }
}

pub fn obstacle(obstacle: &Obstacle) -> &'static str {
    match obstacle {
        Obstacle::NotAllowed(_) => "notAllowed",
        Obstacle::ServerWideOfflineLeftAlone(_) => "serverWideOfflineLeftAlone",
        Obstacle::Declined(_) => "declined",
        Obstacle::UnknownRequester(_) => "unknownRequester",
        Obstacle::SetupRunning(_) => "setupRunning",
        Obstacle::SetupUnknown(..) => "setupUnknown",
        Obstacle::NothingToLift(_) => "nothingToLift",
        Obstacle::Unknowable(..) => "unknowable",
    }
}

pub fn outcome(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Done => "done",
        Outcome::Failed(_) => "failed",
        Outcome::Unknown(_) => "unknown",
        Outcome::ChangedSincePlan => "changedSincePlan",
        Outcome::NotSeen(_) => "notSeen",
        Outcome::Useless => "useless",
        Outcome::ShellLost => "shellLost",
        Outcome::Interrupted => "interrupted",
        Outcome::NotRecorded => "notRecorded",
    }
}

pub fn verdict(kind: &VerdictKind) -> &'static str {
    match kind {
        VerdictKind::Lit => "lit",
        VerdictKind::StillDark(_) => "stillDark",
        VerdictKind::Unknown(_) => "unknown",
    }
}

pub fn dark(reason: &Dark) -> &'static str {
    match reason {
        Dark::NotWritten(_) => "notWritten",
        Dark::RegistryWriteLost(_) => "registryWriteLost",
        Dark::DirectoryWriteLost(_) => "directoryWriteLost",
        Dark::HeldAgain(_) => "heldAgain",
        Dark::AnotherHolder(_) => "anotherHolder",
        Dark::ServerWideOffline => "serverWideOffline",
        Dark::StateDoesNotFollow(_) => "stateDoesNotFollow",
    }
}
