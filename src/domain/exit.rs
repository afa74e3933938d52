//! Every way relight can end, as the number a script sees. Several servers, several codes: the most serious wins, in
//! the order of [`Exit::BY_GRAVITY`].

use super::checkup::{Checkup, Lack};
use super::probe::{ProbeReport, Standing};
use super::{
    AgreedBy, Clients, Command, Component, Finding, NotSent, Obstacle, Outcome, Proposal, Run, ServerRun,
    ServerSnapshot, ServiceFinding, StepOutcome, Subject, TroubleKind, cut_short_by,
};

/// The ways to end, the most serious first: each with its number and its name in a JSON document. A way that is not listed
/// here does not exist.
macro_rules! exits {
    ($($(#[doc = $what:literal])+ $exit:ident = $code:literal, $name:literal;)+) => {
        /// How a run ended. The least is the most serious.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Exit {
            $($(#[doc = $what])+ $exit,)+
        }

        impl Exit {
            /// All of them, the most serious first.
            pub const BY_GRAVITY: &[Self] = &[$(Self::$exit),+];

            /// The number.
            pub fn code(self) -> u8 {
                match self {
                    $(Self::$exit => $code,)+
                }
            }

            /// The name of the number in a JSON document.
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$exit => $name,)+
                }
            }
        }
    };
}

exits! {
    /// A bug in relight, or the system refuses what always works.
    Bug = 70, "bug";
    /// The state is unknown after an interrupted change.
    StateUnknown = 31, "state-unknown";
    /// Stopped after a failure: servers were not begun.
    Stopped = 33, "stopped";
    /// A change failed.
    ChangeFailed = 30, "change-failed";
    /// Changed, but a fresh look does not confirm it.
    NotConfirmed = 32, "not-confirmed";
    /// The journal cannot be written, so nothing, or nothing more, was changed.
    NoJournal = 42, "no-journal";
    /// Interrupted.
    Interrupted = 130, "interrupted";
    /// Another run has the lock.
    Locked = 40, "locked";
    /// A deadline passed.
    Deadline = 41, "deadline";
    /// PowerShell or the Exchange cmdlets could not be loaded.
    NoShell = 20, "no-shell";
    /// Access denied.
    AccessDenied = 21, "access-denied";
    /// A server could not be reached.
    Unreachable = 23, "unreachable";
    /// Not an Exchange server, or an unsupported version or role.
    NotSupported = 22, "not-supported";
    /// The command line, or a file it names, is wrong.
    Usage = 2, "usage";
    /// Confirmation is needed, but there is no terminal and no `--yes`.
    Unconfirmed = 12, "unconfirmed";
    /// Some fixed, some left.
    SomeLeft = 11, "some-left";
    /// Inactive components that should not be, or services that should run and do not; nothing changed.
    Inactive = 10, "inactive";
    /// Nothing found inactive, but something could not be read.
    NotKnown = 13, "not-known";
    /// Inactive, and each component because somebody means it to be: maintenance, or a setup that is running.
    Planned = 14, "planned";
    /// Nothing wrong, or everything wrong was fixed and verified.
    Fine = 0, "fine";
}

impl Exit {
    /// What a trouble alone comes to.
    pub fn of_trouble(kind: TroubleKind) -> Self {
        match kind {
            TroubleKind::AccessDenied => Exit::AccessDenied,
            TroubleKind::NotFound | TroubleKind::Edge | TroubleKind::Unsupported => Exit::NotSupported,
            TroubleKind::Deadline => Exit::Deadline,
            TroubleKind::ShellLost => Exit::NoShell,
            TroubleKind::Interrupted => Exit::Interrupted,
            TroubleKind::Unreachable => Exit::Unreachable,
            TroubleKind::WrongServer | TroubleKind::Malformed | TroubleKind::Refused => Exit::NotKnown,
        }
    }

    fn graver(self, other: Self) -> Self {
        self.min(other)
    }

    /// How a whole run ended: as badly as its worst server.
    pub fn of(run: &Run) -> Self {
        let interrupted = if run.interrupted { Self::Interrupted } else { Self::Fine };
        let out_of_time = if run.out_of_time.is_some() { Self::Deadline } else { Self::Fine };
        let of_servers = run.servers.iter().map(|server| Self::of_server(server, run));
        let exit = of_servers.fold(interrupted.graver(out_of_time).graver(of_record(run)), Self::graver);
        let exit = exit.unless_put_back(run, run.was_changed());
        // How much of a run an undo was about is not known where its journal is not all legible.
        if run.undone_flaws.illegible > 0 && exit >= Self::SomeLeft { Self::NotKnown } else { exit }
    }

    /// An undo that puts nothing back leaves things as they are, whatever kept it from that.
    fn unless_put_back(self, run: &Run, was_changed: bool) -> Self {
        let is_undo = run.command == Command::Undo && !run.resumed;
        if is_undo && !was_changed && self >= Self::SomeLeft { Self::Inactive } else { self }
    }

    /// How the run ended for one server.
    pub fn of_server(server: &ServerRun, run: &Run) -> Self {
        let of_reading = [Some(&server.before), server.after()].into_iter().flatten().map(reading);
        let of_reading = of_reading.fold(Self::Fine, Self::graver);
        let rest = match run.command {
            Command::Check | Command::Fix => inactive(server, run.agreed_by == AgreedBy::NobodyToAsk)
                .graver(not_known(server))
                .graver(clients(server)),
            Command::Undo => left_alone(server, run),
        };
        change(server).graver(of_reading).graver(rest).unless_put_back(run, server.was_changed())
    }

    /// Whether a change to this server went wrong, so that it is better not to make it to others. One that could not be looked
    /// at, or was left alone, says nothing of them.
    pub fn is_failure(server: &ServerRun, run: &Run) -> bool {
        let is_refused = |step: &StepOutcome| matches!(step.outcome, Outcome::Failed(_));
        server.steps.iter().any(is_refused)
            || cut_short_by(&server.steps).is_some()
            || (!server.steps.is_empty() && Self::of_server(server, run).tells_of_a_failed_change())
    }

    fn tells_of_a_failed_change(self) -> bool {
        match self {
            Self::Bug | Self::StateUnknown | Self::ChangeFailed | Self::NotConfirmed | Self::Deadline => true,
            Self::Stopped
            | Self::NoJournal
            | Self::Interrupted
            | Self::Locked
            | Self::NoShell
            | Self::AccessDenied
            | Self::Unreachable
            | Self::NotSupported
            | Self::Usage
            | Self::Unconfirmed
            | Self::SomeLeft
            | Self::Inactive
            | Self::NotKnown
            | Self::Planned
            | Self::Fine => false,
        }
    }

    /// What is Inactive, or stopped, and was left so, whatever else ended the run.
    pub(super) fn of_what_is_left(server: &ServerRun) -> Self {
        inactive(server, false)
    }

    /// How a checkup ended: by its first fault.
    pub(crate) fn of_checkup(checkup: &Checkup) -> Self {
        match checkup.first_lack() {
            _ if checkup.interrupted => Self::Interrupted,
            None => Self::Fine,
            Some(Lack::Shell) => Self::NoShell,
            Some(Lack::Right) => Self::AccessDenied,
            Some(Lack::Server | Lack::Program) => Self::NotSupported,
            Some(Lack::Connection) => Self::Unreachable,
            Some(Lack::Time) => Self::Deadline,
            Some(Lack::Answer | Lack::Store) => Self::NotKnown,
            Some(Lack::Journal) => Self::NoJournal,
        }
    }

    /// How a probe ended: as badly as its worst port.
    pub fn of_probe(report: &ProbeReport) -> Self {
        let of_port = |standing| match standing {
            Standing::Served => Self::Fine,
            Standing::NotServed => Self::Inactive,
            Standing::NotKnown => Self::NotKnown,
        };
        report.results.iter().map(|result| of_port(result.standing())).fold(Self::Fine, Self::graver)
    }
}

/// What the record of a run, or of the one that is undone, leaves open.
fn of_record(run: &Run) -> Exit {
    if [&run.flaws, &run.undone_flaws].iter().any(|flaws| !flaws.unplanned.is_empty()) {
        Exit::StateUnknown
    } else {
        Exit::Fine
    }
}

/// What could not be seen. Where something of the server was, it was reached.
fn reading(seen: &ServerSnapshot) -> Exit {
    let reached = |exit| if exit == Exit::Unreachable && !seen.components.is_empty() { Exit::NotKnown } else { exit };
    seen.troubles.iter().map(|trouble| reached(Exit::of_trouble(trouble.kind))).fold(Exit::Fine, Exit::graver)
}

/// What the changes came to.
fn change(server: &ServerRun) -> Exit {
    let of_steps = server.steps.iter().map(|step| of_step(step, server.confirms(step)));
    // What was not sent because the session was lost was nobody's decision: it ends as that loss does.
    let cut_short = cut_short_by(&server.steps).map(|trouble| Exit::of_trouble(trouble.kind));
    of_steps.chain(cut_short).fold(Exit::Fine, Exit::graver)
}

/// What became of one step; `confirmed`: a fresh look shows what it was to bring about.
fn of_step(step: &StepOutcome, confirmed: bool) -> Exit {
    match &step.outcome {
        // A fresh look settles what an interrupted change left open, if it shows the change.
        Outcome::Done | Outcome::Unknown(_) | Outcome::Open | Outcome::NotCarriedOut if confirmed => Exit::Fine,
        Outcome::Done => Exit::NotConfirmed,
        Outcome::Unknown(_) | Outcome::Open => Exit::StateUnknown,
        Outcome::Failed(trouble) if trouble.kind == TroubleKind::AccessDenied => Exit::AccessDenied,
        Outcome::Failed(_) => Exit::ChangeFailed,
        // What is left of a service to start is told by the faults that the last look still shows.
        Outcome::NotSent(NotSent::NotSeen(trouble)) => match step.change.service() {
            Some(_) if step.change.brings_back() => Exit::Fine,
            Some(_) | None => Exit::of_trouble(trouble.kind),
        },
        Outcome::NotSent(NotSent::Interrupted) | Outcome::NotBegun => Exit::Interrupted,
        Outcome::NotSent(NotSent::NotRecorded) => Exit::NoJournal,
        Outcome::NotSent(NotSent::LockLost) => Exit::Locked,
        Outcome::NotSent(NotSent::Stopped) => Exit::Stopped,
        // What is still Inactive, or Stopped, is told elsewhere; what was to be put back is not.
        Outcome::NotCarriedOut
        | Outcome::NotSent(
            NotSent::ChangedSincePlan | NotSent::ServerWideOfflineChanged | NotSent::SetupRunning | NotSent::Useless,
        ) => {
            if step.change.brings_back() {
                Exit::Fine
            } else {
                Exit::SomeLeft
            }
        }
        Outcome::NotSent(NotSent::ShellLost) => Exit::Fine,
    }
}

/// What is Inactive, or stopped, and was left so; `unasked`: because nobody could be asked.
fn inactive(server: &ServerRun, unasked: bool) -> Exit {
    let counts = |component: &Component| !server.passes_over(component);
    let of_components = || server.plan.of_components().filter(|it| it.components.iter().any(counts));
    let is_confirmed = |component: &Component| server.is_confirmed(&Subject::Component(component.clone()));
    let is_fixed = |it: &&Proposal| it.components.iter().all(is_confirmed);
    let fixed = of_components().filter(is_fixed).count();
    let is_planned = |component: &Component| server.is_planned(component);
    let only_planned = of_components().filter(|it| !is_fixed(it)).all(|it| it.components.iter().all(is_planned));
    // A service that should run and does not keeps clients out as well. One that could not be read counts for nothing.
    let stops = |finding: &&ServiceFinding| finding.is_fault() && counts(&finding.service().component());
    let faults = server.service_findings().iter().filter(stops).count();
    let faults_left = server.service_faults_left().into_iter().filter(|it| stops(&it)).collect::<Vec<_>>();
    let left = faults_left.len();
    // What was planned is over where its component was set Active.
    let stays_planned = |component: &Component| is_planned(component) && !is_confirmed(component);
    let only_planned = only_planned && faults_left.iter().all(|it| stays_planned(&it.service().component()));
    let could_be_asked = || server.plan.possible().chain(server.plan.startable()).next().is_some();
    if fixed == of_components().count() && left == 0 {
        Exit::Fine
    } else if unasked && could_be_asked() {
        Exit::Unconfirmed
    } else if only_planned {
        Exit::Planned
    } else if fixed > 0 || left < faults {
        Exit::SomeLeft
    } else {
        Exit::Inactive
    }
}

/// What an undo left as it is, although it was asked to put it back.
fn left_alone(server: &ServerRun, run: &Run) -> Exit {
    let is_nothing = |obstacle: &Obstacle| matches!(obstacle, Obstacle::StopNotAsked(_) | Obstacle::NotRunning);
    let is_left = |obstacles: &[Obstacle]| !obstacles.is_empty() && !obstacles.iter().any(is_nothing);
    let stays = |it: &Proposal| is_left(&it.obstacles) && !it.objections.iter().any(is_nothing);
    let would_change = server.plan.proposals.iter().any(|it| it.is_possible() && !it.objections.iter().any(is_nothing));
    let left = match &server.decision {
        Some(decision) => decision.left.iter().any(|left| is_left(&left.obstacles)),
        None => server.plan.proposals.iter().any(stays),
    };
    let left = if left { Exit::SomeLeft } else { Exit::Fine };
    match run.agreed_by {
        AgreedBy::NobodyToAsk if would_change => left.graver(Exit::Unconfirmed),
        AgreedBy::NobodyToAsk | AgreedBy::Nobody | AgreedBy::Person | AgreedBy::Yes => left,
    }
}

/// What clients meet. Only what they are seen to meet counts: whether a port answers cannot always be seen from here.
fn clients(server: &ServerRun) -> Exit {
    let counts = |clients: &&Clients| !server.passes_over(&clients.component);
    let not_served = server.clients.iter().filter(counts).filter(|it| it.standing() == Standing::NotServed);
    let of_one = |clients: &Clients| match clients.after {
        Some(_) => Exit::NotConfirmed,
        None if server.is_planned(&clients.component) => Exit::Planned,
        None => Exit::Inactive,
    };
    not_served.map(of_one).fold(Exit::Fine, Exit::graver)
}

/// What is not known to be right.
fn not_known(server: &ServerRun) -> Exit {
    let not_known = server.diagnoses.iter().any(|diagnosis| diagnosis.finding == Some(Finding::NotKnown));
    if not_known { Exit::NotKnown } else { Exit::Fine }
}
