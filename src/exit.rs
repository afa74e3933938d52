//! Every way relight can end, as the number a script sees. Several servers, several codes: the most serious wins, in
//! the order of [`Exit::BY_GRAVITY`].

use crate::domain::checkup::{Checkup, Lack};
use crate::domain::probe::{ProbeReport, Standing};
use crate::domain::{
    Clients, Component, Consent, Finding, Outcome, Report, RunCommand, ServerReport, StartOutcome, StepOutcome,
    TroubleKind, UndoReport, UndoServer, UndoVerdict, UndoVerdictKind, VerdictKind,
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
    /// Another run holds the lock.
    Locked,
    /// A deadline passed.
    Deadline,
    /// The journal cannot be written, so nothing, or nothing more, was changed.
    NoJournal,
    /// A bug in relight, or the system refuses what always works.
    Bug,
    /// Interrupted.
    Interrupted,
}

impl Exit {
    /// All of them, the most serious first.
    pub const BY_GRAVITY: [Self; 17] = [
        Self::Bug,
        Self::StateUnknown,
        Self::ChangeFailed,
        Self::NotConfirmed,
        Self::NoJournal,
        Self::Interrupted,
        Self::Locked,
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
            Self::Locked => 40,
            Self::Deadline => 41,
            Self::NoJournal => 42,
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
            Self::Locked => "locked",
            Self::Deadline => "deadline",
            Self::NoJournal => "no-journal",
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

    /// How a checkup ended: by its first fault.
    pub(crate) fn of_checkup(checkup: &Checkup) -> Self {
        match checkup.first_lack() {
            _ if checkup.interrupted => Self::Interrupted,
            None => Self::Fine,
            Some(Lack::Shell) => Self::NoShell,
            Some(Lack::Right) => Self::AccessDenied,
            Some(Lack::Server | Lack::Program) => Self::NotSupported,
            Some(Lack::Journal) => Self::NoJournal,
        }
    }

    /// How a probe ended: as badly as its worst port.
    pub fn of_probe(report: &ProbeReport) -> Self {
        let of_port = |standing| match standing {
            Standing::Answers => Self::Fine,
            Standing::Dark => Self::Dark,
            Standing::Unproven => Self::Unproven,
        };
        report.results.iter().map(|result| of_port(result.standing())).fold(Self::Fine, Self::graver)
    }

    /// How an undo ended.
    pub fn of_undo(report: &UndoReport) -> Self {
        let interrupted = if report.interrupted { Self::Interrupted } else { Self::Fine };
        report.servers.iter().map(|server| undone(server, report.consent)).fold(interrupted, Self::graver)
    }

    /// How the run ended for one server.
    pub fn of_server(server: &ServerReport, command: RunCommand) -> Self {
        let of_change = change(server).graver(starts(server));
        let of_reading = server
            .before
            .troubles
            .iter()
            .chain(server.after.iter().flat_map(|after| &after.troubles))
            .map(|trouble| of_trouble(trouble.kind))
            .fold(Self::Fine, Self::graver);
        of_change.graver(of_reading).graver(darkness(server, command)).graver(doubt(server)).graver(clients(server))
    }
}

/// What the changes came to.
fn change(server: &ServerReport) -> Exit {
    let lit = |step: &StepOutcome| step.lights.iter().all(|component| is_lit(server, component));
    let of_steps = server.outcomes.iter().map(|step| of_outcome(&step.outcome, lit(step)));
    // What was not sent because the shell was lost was nobody's decision: it ends as that loss does.
    let cut_short = Outcome::cut_short_by(server.ended()).map(|trouble| of_trouble(trouble.kind));
    of_steps.chain(cut_short).fold(Exit::Fine, Exit::graver)
}

/// What an undo came to on one server.
fn undone(server: &UndoServer, consent: Consent) -> Exit {
    let put_back = |step: &StepOutcome| {
        let of = |verdict: &UndoVerdict| {
            verdict.component == step.hold.component && verdict.requester == step.hold.requester
        };
        server.verdicts.iter().any(|verdict| of(verdict) && verdict.kind == UndoVerdictKind::PutBack)
    };
    let after = server.after.iter().flat_map(|after| &after.troubles);
    let mut exit = server
        .present
        .troubles
        .iter()
        .chain(after)
        .map(|trouble| of_trouble(trouble.kind))
        .fold(Exit::Fine, Exit::graver);
    exit = server.outcomes.iter().map(|step| of_outcome(&step.outcome, put_back(step))).fold(exit, Exit::graver);
    for step in &server.stops {
        exit = exit.graver(of_outcome(&step.outcome, server.is_stopped(step.service)));
    }
    exit = Outcome::cut_short_by(server.ended()).map_or(exit, |trouble| exit.graver(of_trouble(trouble.kind)));
    if !server.plan.skipped.is_empty() || server.plan.leaves_services() {
        exit = exit.graver(Exit::SomeLeft);
    }
    match consent {
        _ if server.plan.changes() == 0 => exit,
        Consent::Unconfirmed => exit.graver(Exit::Unconfirmed),
        Consent::Declined => exit.graver(Exit::SomeLeft),
        Consent::DryRun | Consent::Asked | Consent::Yes | Consent::Resumed => exit,
    }
}

/// What became of one step; `proven`: a fresh look shows what it was to bring about.
fn of_outcome(outcome: &Outcome, proven: bool) -> Exit {
    match outcome {
        // A fresh look settles what an interrupted change left open, if it shows the change.
        Outcome::Done | Outcome::Unknown(_) if proven => Exit::Fine,
        Outcome::Done => Exit::NotConfirmed,
        Outcome::Unknown(_) => Exit::StateUnknown,
        Outcome::Failed(trouble) if trouble.kind == TroubleKind::AccessDenied => Exit::AccessDenied,
        Outcome::Failed(_) => Exit::ChangeFailed,
        Outcome::NotSeen(trouble) => of_trouble(trouble.kind),
        Outcome::Interrupted => Exit::Interrupted,
        Outcome::NotRecorded => Exit::NoJournal,
        Outcome::ChangedSincePlan | Outcome::Useless | Outcome::ShellLost => Exit::Fine,
    }
}

/// What the starts of services came to.
fn starts(server: &ServerReport) -> Exit {
    let runs = |step: &StartOutcome| {
        server.start_verdicts.iter().any(|verdict| verdict.service == step.service && verdict.runs == Some(true))
    };
    let of_one = |step: &StartOutcome| match &step.outcome {
        Outcome::Done | Outcome::Unknown(_) if runs(step) => Exit::Fine,
        Outcome::Done => Exit::NotConfirmed,
        Outcome::Unknown(_) => Exit::StateUnknown,
        Outcome::Failed(trouble) if trouble.kind == TroubleKind::AccessDenied => Exit::AccessDenied,
        Outcome::Failed(_) => Exit::ChangeFailed,
        Outcome::NotRecorded => Exit::NoJournal,
        Outcome::Interrupted => Exit::Interrupted,
        // What is left is told by the faults that the last look still shows.
        Outcome::NotSeen(_) | Outcome::ChangedSincePlan | Outcome::Useless | Outcome::ShellLost => Exit::Fine,
    };
    server.starts.iter().map(of_one).fold(Exit::Fine, Exit::graver)
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
        RunCommand::FixUnconfirmed
            if server.plan.possible().next().is_some() || server.plan.startable().next().is_some() =>
        {
            Exit::Unconfirmed
        }
        RunCommand::Check
        | RunCommand::DryRun
        | RunCommand::FixUnconfirmed
        | RunCommand::FixAsked
        | RunCommand::FixYes
        | RunCommand::Resume => Exit::Dark,
    }
}

fn is_lit(server: &ServerReport, component: &Component) -> bool {
    server.verdicts.iter().any(|verdict| verdict.component == *component && verdict.kind == VerdictKind::Lit)
}

/// What clients meet. Only what they are seen to meet counts: whether a port answers cannot always be seen from here.
fn clients(server: &ServerReport) -> Exit {
    let cut_off = server.clients.iter().filter(|clients| clients.standing() == Standing::Dark);
    let of_one = |clients: &Clients| if clients.after.is_some() { Exit::NotConfirmed } else { Exit::Dark };
    cut_off.map(of_one).fold(Exit::Fine, Exit::graver)
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
