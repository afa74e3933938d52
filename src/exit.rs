//! Every way relight can end, as the number a script sees. Several servers, several codes: the most serious wins, in
//! the order of [`Exit::BY_GRAVITY`].

use crate::domain::{
    Component, Finding, Outcome, Report, RunCommand, ServerReport, StepOutcome, TroubleKind, VerdictKind,
};

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// Nothing wrong, or everything wrong was fixed and verified.
    Fine,
    /// The command line, or a file it names, is wrong.
    Usage,
    /// Inactive components, or services that should run and do not; nothing changed.
    Dark,
    /// Some fixed, some left.
    SomeLeft,
    /// Confirmation is needed, but there is no terminal and no `--yes`.
    Unconfirmed,
    /// Nothing found inactive, but something could not be read.
    Unproven,
    /// PowerShell or the Exchange cmdlets could not be loaded.
    NoShell,
    /// Access denied.
    AccessDenied,
    /// Not an Exchange server, or an unsupported version or role.
    NotSupported,
    /// A change failed.
    ChangeFailed,
    /// The state is unknown after an interrupted change.
    StateUnknown,
    /// Changed, but a fresh look does not confirm it.
    NotConfirmed,
    /// A deadline passed.
    Deadline,
    /// A bug in relight.
    Bug,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// All of them, the most serious first.
    pub const BY_GRAVITY: [Self; 15] = [
        Self::Bug,
        Self::StateUnknown,
        Self::ChangeFailed,
        Self::NotConfirmed,
        Self::Interrupted,
        Self::Deadline,
        Self::NoShell,
        Self::AccessDenied,
        Self::NotSupported,
        Self::Usage,
        Self::Unconfirmed,
        Self::SomeLeft,
        Self::Dark,
        Self::Unproven,
        Self::Fine,
    ];

    /// The number.
    pub fn code(self) -> u8 {
        match self {
            Self::Fine => 0,
            Self::Usage => 2,
            Self::Dark => 10,
            Self::SomeLeft => 11,
            Self::Unconfirmed => 12,
            Self::Unproven => 13,
            Self::NoShell => 20,
            Self::AccessDenied => 21,
            Self::NotSupported => 22,
            Self::ChangeFailed => 30,
            Self::StateUnknown => 31,
            Self::NotConfirmed => 32,
            Self::Deadline => 41,
            Self::Bug => 70,
            Self::Interrupted => 130,
        }
    }

    /// The name of the number in a JSON document.
    pub fn name(self) -> &'static str {
        match self {
            Self::Fine => "fine",
            Self::Usage => "usage",
            Self::Dark => "dark",
            Self::SomeLeft => "some-left",
            Self::Unconfirmed => "unconfirmed",
            Self::Unproven => "unproven",
            Self::NoShell => "no-shell",
            Self::AccessDenied => "access-denied",
            Self::NotSupported => "not-supported",
            Self::ChangeFailed => "change-failed",
            Self::StateUnknown => "state-unknown",
            Self::NotConfirmed => "not-confirmed",
            Self::Deadline => "deadline",
            Self::Bug => "bug",
            Self::Interrupted => "interrupted",
        }
    }

    fn graver(self, other: Self) -> Self {
        let rank = |exit| Self::BY_GRAVITY.iter().position(|candidate| *candidate == exit);
        if rank(self) <= rank(other) { self } else { other }
    }

    /// How a whole run ended: as badly as its worst server.
    pub fn of(report: &Report) -> Self {
        let interrupted = if report.run.interrupted { Self::Interrupted } else { Self::Fine };
        report.servers.iter().map(|server| Self::of_server(server, report.run.command)).fold(interrupted, Self::graver)
    }

    /// How the run ended for one server.
    pub fn of_server(server: &ServerReport, command: RunCommand) -> Self {
        let of_change = change(server);
        let of_reading = server
            .before
            .troubles
            .iter()
            .chain(server.after.iter().flat_map(|after| &after.troubles))
            .map(|trouble| of_trouble(trouble.kind))
            .fold(Self::Fine, Self::graver);
        of_change.graver(of_reading).graver(darkness(server, command)).graver(doubt(server))
    }
}

/// What the changes came to.
fn change(server: &ServerReport) -> Exit {
    let lit = |step: &StepOutcome| step.lights.iter().all(|component| is_lit(server, component));
    let mut exit = Exit::Fine;
    for step in &server.outcomes {
        exit = exit.graver(match &step.outcome {
            // A fresh look settles what an interrupted change left open, if it shows the change.
            Outcome::Done | Outcome::Unknown(_) if lit(step) => Exit::Fine,
            Outcome::Done => Exit::NotConfirmed,
            Outcome::Unknown(_) => Exit::StateUnknown,
            Outcome::Failed(trouble) if trouble.kind == TroubleKind::AccessDenied => Exit::AccessDenied,
            Outcome::Failed(_) => Exit::ChangeFailed,
            Outcome::NotSeen(trouble) => of_trouble(trouble.kind),
            Outcome::Interrupted => Exit::Interrupted,
            Outcome::ChangedSincePlan | Outcome::Useless | Outcome::ShellLost => Exit::Fine,
        });
    }
    exit
}

/// What is dark, or stopped, and was left so.
fn darkness(server: &ServerReport, command: RunCommand) -> Exit {
    let proposals = &server.plan.proposals;
    let lit = proposals.iter().filter(|proposal| is_lit(server, &proposal.component)).count();
    // A service that should run and does not keeps clients out as well. One that could not be read counts for nothing.
    let faults = server.service_findings().iter().filter(|finding| finding.is_fault()).count();
    let left = server.service_faults_left().len();
    match command {
        _ if lit == proposals.len() && left == 0 => Exit::Fine,
        _ if lit > 0 || left < faults => Exit::SomeLeft,
        RunCommand::FixUnconfirmed if server.plan.possible().next().is_some() => Exit::Unconfirmed,
        RunCommand::Check
        | RunCommand::DryRun
        | RunCommand::FixUnconfirmed
        | RunCommand::FixAsked
        | RunCommand::FixYes => Exit::Dark,
    }
}

fn is_lit(server: &ServerReport, component: &Component) -> bool {
    server.verdicts.iter().any(|verdict| verdict.component == *component && verdict.kind == VerdictKind::Lit)
}

/// What is not known to be right.
fn doubt(server: &ServerReport) -> Exit {
    let unproven = server.diagnoses.iter().any(|diagnosis| diagnosis.finding == Some(Finding::Unproven));
    if unproven { Exit::Unproven } else { Exit::Fine }
}

fn of_trouble(kind: TroubleKind) -> Exit {
    match kind {
        TroubleKind::AccessDenied => Exit::AccessDenied,
        TroubleKind::NotFound | TroubleKind::Edge | TroubleKind::Unsupported => Exit::NotSupported,
        TroubleKind::Deadline => Exit::Deadline,
        TroubleKind::ShellLost => Exit::NoShell,
        TroubleKind::Interrupted => Exit::Interrupted,
        TroubleKind::WrongServer | TroubleKind::Malformed | TroubleKind::Unreachable | TroubleKind::Refused => {
            Exit::Unproven
        }
    }
}
