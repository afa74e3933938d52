//! A run of the past, as far as its journal tells: enough to say what was changed, what may have been, and what was there
//! before.

use std::fmt;

use jiff::Timestamp;

use super::{Action, Component, Hold, HoldKey, Outcome, Server, ServerSnapshot, Service, Services};

/// The name of a run: when it began, UTC, to the millisecond, for example `20260314-024710-123`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RunId(String);

impl RunId {
    /// The name of a run that began then.
    pub fn at(begun: Timestamp) -> Self {
        Self(format!("{}-{:03}", begun.strftime("%Y%m%d-%H%M%S"), begun.subsec_millisecond()))
    }

    /// The run of this name, if it is one.
    pub fn parse(name: &str) -> Option<Self> {
        let shape = |(at, byte): (usize, u8)| if at == 8 || at == 15 { byte == b'-' } else { byte.is_ascii_digit() };
        (name.len() == 19 && name.bytes().enumerate().all(shape)).then(|| Self(name.to_owned()))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// Who ran it, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The account; on Windows with its domain.
    pub user: String,
    /// Whether it had the rights of an administrator; `None`: not known.
    pub elevated: Option<bool>,
    /// The machine relight ran on.
    pub host: String,
    /// Whether somebody could be asked.
    pub interactive: bool,
}

/// One run that could write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastRun {
    /// Its name.
    pub id: RunId,
    /// When it began, UTC, by the clock of the machine relight ran on.
    pub begun: Timestamp,
    /// What was run, for example `fixYes`.
    pub command: String,
    /// Who ran it.
    pub who: Who,
    /// The version of relight.
    pub version: String,
    /// The words of the command line.
    pub arguments: Vec<String>,
    /// The scenario, where no Exchange server was involved.
    pub simulated: Option<String>,
    /// The run that it undid.
    pub undoes: Option<RunId>,
    /// What it saw, did and proved, by server.
    pub servers: Vec<PastServer>,
    /// How it ended; `None`: it has not, or it was killed.
    pub ended: Option<Ended>,
    /// Lines of the journal that make no sense, such as one that was torn when the machine stopped.
    pub illegible: usize,
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When, UTC.
    pub at: Timestamp,
    /// The exit code.
    pub code: u8,
    /// Its name.
    pub name: String,
    /// When `relight resume` closed the record of a run that did not live to do so.
    pub resumed: bool,
}

/// What a run did on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastServer {
    /// The first look.
    pub before: ServerSnapshot,
    /// What was agreed to, in order, and what became of it.
    pub steps: Vec<PastStep>,
    /// The services that were to be started, in order, and what became of it.
    pub starts: Vec<PastService>,
    /// The services that an undo was to stop, in order, and what became of it.
    pub stops: Vec<PastService>,
    /// The last look.
    pub after: Option<ServerSnapshot>,
    /// What that look says.
    pub verdicts: Vec<PastVerdict>,
}

/// A step that was agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastStep {
    /// What was to be done to the hold.
    pub action: Action,
    /// The hold.
    pub hold: Hold,
    /// The components that it concerns.
    pub lights: Vec<Component>,
    /// What became of it.
    pub outcome: PastOutcome,
}

/// The start or the stop of a service that was agreed to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastService {
    /// The service.
    pub service: Service,
    /// What became of it.
    pub outcome: PastOutcome,
}

/// What the journal tells of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PastOutcome {
    /// It was not begun: nothing was sent.
    NotBegun,
    /// It was about to be sent, and that is the last that is known: it may or may not have been carried out.
    Open,
    /// It ended so.
    Ended(Outcome),
}

/// A judgement of that time, by its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastVerdict {
    /// The component, or the service, which has a verdict like one.
    pub component: Component,
    /// Whose entry it was about, where it was about one.
    pub requester: Option<super::Requester>,
    /// For example `lit`.
    pub verdict: String,
}

impl PastVerdict {
    /// The names of the verdicts that prove a change.
    pub const PROVEN: [&'static str; 4] = ["lit", "putBack", "running", "stopped"];
}

impl PastOutcome {
    /// Whether something may have changed.
    pub fn may_have_changed(&self) -> bool {
        match self {
            Self::NotBegun => false,
            Self::Open => true,
            Self::Ended(outcome) => outcome.was_sent(),
        }
    }
}

impl PastServer {
    /// A server that was looked at, and nothing more.
    pub fn looked_at(before: ServerSnapshot) -> Self {
        Self { before, steps: Vec::new(), starts: Vec::new(), stops: Vec::new(), after: None, verdicts: Vec::new() }
    }

    /// What became of all that was agreed to.
    pub fn outcomes(&self) -> impl Iterator<Item = &PastOutcome> {
        let services = self.starts.iter().chain(&self.stops).map(|it| &it.outcome);
        self.steps.iter().map(|step| &step.outcome).chain(services)
    }

    /// Whether something may have changed.
    pub fn may_have_changed(&self) -> bool {
        self.outcomes().any(PastOutcome::may_have_changed)
    }

    /// Changes that were, or may have been, sent; and how many of them started or stopped a service.
    pub fn sent(&self) -> (usize, usize) {
        let services = self.starts.iter().chain(&self.stops).filter(|it| it.outcome.may_have_changed()).count();
        (self.steps.iter().filter(|step| step.outcome.may_have_changed()).count() + services, services)
    }
}

impl PastRun {
    /// Whether something may have changed.
    pub fn may_have_changed(&self) -> bool {
        self.servers.iter().any(PastServer::may_have_changed)
    }

    /// Changes that were, or may have been, sent; and how many of them started or stopped a service.
    pub fn sent(&self) -> (usize, usize) {
        let add = |(all, services), (more, of_services)| (all + more, services + of_services);
        self.servers.iter().map(PastServer::sent).fold((0, 0), add)
    }

    /// The steps of which it is not known whether they were carried out.
    pub fn open_steps(&self) -> Vec<HoldKey> {
        let open = |server: &Server, step: &PastStep| {
            (step.outcome == PastOutcome::Open).then(|| HoldKey {
                server: server.clone(),
                component: step.hold.component.clone(),
                requester: step.hold.requester.clone(),
            })
        };
        let of = |server: &PastServer| -> Vec<HoldKey> {
            server.steps.iter().filter_map(|step| open(&server.before.server, step)).collect()
        };
        self.servers.iter().flat_map(of).collect()
    }

    /// The services of which it is not known whether they were started, and on which server.
    pub fn open_starts(&self) -> Vec<(&Server, Service)> {
        self.open_services(|server| &server.starts)
    }

    /// The same for those that were to be stopped.
    pub fn open_stops(&self) -> Vec<(&Server, Service)> {
        self.open_services(|server| &server.stops)
    }

    fn open_services(&self, of: impl Fn(&PastServer) -> &[PastService]) -> Vec<(&Server, Service)> {
        let open = |server| of(server).iter().filter(|it| it.outcome == PastOutcome::Open);
        self.servers.iter().flat_map(|server| open(server).map(|it| (&server.before.server, it.service))).collect()
    }

    /// Whether a look saw what it left: each component and each service that it may have changed.
    pub fn is_seen(&self) -> bool {
        let seen = |server: &PastServer| {
            let Some(after) = &server.after else { return false };
            let mut steps = server.steps.iter().filter(|step| step.outcome.may_have_changed());
            let mut services = server.starts.iter().chain(&server.stops).filter(|it| it.outcome.may_have_changed());
            steps.all(|step| after.component(&step.hold.component).is_some())
                && (services.next().is_none() || matches!(after.services, Services::Read(_)))
        };
        self.servers.iter().filter(|server| server.may_have_changed()).all(seen)
    }

    /// Whether it ended and a look proved every change that it may have made.
    pub fn is_verified(&self) -> bool {
        let proven = |server: &PastServer| {
            let well = |verdict: &PastVerdict| PastVerdict::PROVEN.contains(&verdict.verdict.as_str());
            !server.may_have_changed() || (!server.verdicts.is_empty() && server.verdicts.iter().all(well))
        };
        !self.may_have_changed() || (self.ended.is_some() && self.servers.iter().all(proven))
    }
}

/// A run in short, as a list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Its name.
    pub id: RunId,
    /// When it began, UTC.
    pub begun: Timestamp,
    /// What was run.
    pub command: String,
    /// Who ran it.
    pub user: String,
    /// The scenario, where no Exchange server was involved.
    pub simulated: Option<String>,
    /// The exit code and its name; `None`: it has not ended.
    pub exit: Option<(u8, String)>,
    /// Whether it is going on.
    pub is_live: bool,
    /// The run that it undid.
    pub undoes: Option<RunId>,
    /// Changes that were, or may have been, sent.
    pub sent: usize,
    /// How many of them started or stopped a service.
    pub services: usize,
    /// Whether a look proved each of them.
    pub verified: bool,
}
