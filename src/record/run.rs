//! A run as a document, `relight/run/1.0`: one that has just ended, or one that was read back from its journal. Every field
//! is always there, null where nothing is known, so that a script in strict mode can ask for it.

use std::io;

use jiff::Timestamp;
use serde::Serialize;

use crate::domain::{
    self, AgreedBy, Cmdlet, Command, Component, Diagnosis, Finding, Run, RunId, Server, ServerRun, ServerSnapshot,
    State, Store,
};

use super::author::Authors;
use super::change::{InactiveEntry, Step, Subject};
use super::clients::Clients;
use super::document::{ErrorDocument, Exit, text};
use super::evidence::Evidence;
use super::left_out::LeftOut;
use super::line::{Sums, Who};
use super::look::{Entry, Look, Trouble};
use super::monitor::MonitorVerdict;
use super::plan::{Decision, Gap, Proposal};
use super::text::Text;
use super::verdict::Verdict;

/// The schema that the document names.
const SCHEMA: &str = "relight/run/1.0";

/// One use of relight that looks at servers.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct RunDocument {
    /// The schema of this document.
    #[cfg_attr(test, schemars(extend("const" = SCHEMA)))]
    pub schema: &'static str,
    /// The name of the run; null where it has no journal.
    pub run: Option<Text<RunId>>,
    /// Whether it has ended, is going on, or was interrupted.
    pub state: RunState,
    /// What was run.
    pub command: Text<Command>,
    /// Who gave the consent to changes.
    pub agreed_by: Text<AgreedBy>,
    /// The version of relight that ran.
    pub version: String,
    /// The words of the command line.
    pub arguments: Vec<String>,
    /// Who ran it, and where; null where that is not known.
    pub who: Option<Who>,
    /// When it began, UTC.
    pub begun: Text<Timestamp>,
    /// When its journal was closed, UTC; null: it was not, or there is none.
    pub ended: Option<Text<Timestamp>>,
    /// The exit code; null: it has not ended.
    pub exit_code: Option<u8>,
    /// The name of the exit code; null: it has not ended.
    pub exit: Option<String>,
    /// Whether it was interrupted, as far as that is known.
    pub interrupted: bool,
    /// Whether relight resume went on with it.
    pub resumed: bool,
    /// The scenario; null where Exchange servers were involved.
    pub simulated: Option<String>,
    /// The run that it undoes; null: none.
    pub undoes: Option<Text<RunId>>,
    /// Lines of its journal, or of that of the run that it undoes, that make no sense or do not fit the others.
    pub illegible_lines: usize,
    /// What those journals say was about to be changed, without a plan that tells more: whether it was is not known.
    pub unplanned: Vec<Unplanned>,
    /// Why its journal ends too early: it could not be written to its end, or is too large to be read to its end; null: it
    /// does not.
    pub journal_error: Option<String>,
    #[serde(flatten)]
    pub sums: Sums,
    /// Whole commands that fit what happened, the most urgent first; empty where there is nothing to do.
    pub next: Vec<String>,
    /// Why there is nothing to show; null where there is.
    pub error: Option<ErrorDocument>,
    /// Servers that Exchange listed and that were not looked at, because they have no component states; none in a run of
    /// the past.
    pub left_out: Vec<LeftOut>,
    /// One for each server, in the order in which they were asked about.
    pub servers: Vec<ServerDocument>,
}

/// What was about to be changed, without a plan that tells more.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct Unplanned {
    /// The server as it was asked for.
    pub server: Text<Server>,
    #[serde(flatten)]
    pub subject: Subject,
}

/// Whether a run has ended.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum RunState {
    Ended,
    GoingOn,
    Interrupted,
}

/// What a run saw, decided and did on one server.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Server"))]
#[serde(rename_all = "camelCase")]
pub struct ServerDocument {
    /// The server as it was asked for.
    pub server: Text<Server>,
    /// The fully qualified name; null where it is not known.
    pub fqdn: Option<String>,
    /// The version of Exchange; null where it is not known.
    pub version: Option<String>,
    /// The product of that version: 2013, 2016, 2019 or SE; null where it is not known.
    pub product: Option<&'static str>,
    /// The roles as Exchange writes them; null where they are not known.
    pub role: Option<String>,
    /// The exit code that this server alone would come to; null in a run of the past.
    pub exit_code: Option<u8>,
    /// The name of that exit code; null in a run of the past.
    pub exit: Option<&'static str>,
    /// Whether the server was offline server-wide at the first look.
    pub server_wide_offline: bool,
    /// The first look.
    pub before: Look,
    /// What the first look means, by component.
    pub findings: Vec<FindingDocument>,
    /// What is to be said of the services at the first look.
    pub service_findings: Vec<ServiceFinding>,
    /// Why Managed Availability probably set components Inactive; only of those with such an entry of HealthApi.
    pub evidence: Vec<Evidence>,
    /// Who recorded the other inactive entries; only a check asks.
    pub authors: Authors,
    /// What could be done. In an undo one proposal for each change; none in an undo of the past.
    pub plan: Vec<Proposal>,
    /// What was decided; null: nothing was to be, or nobody came to it.
    pub decision: Option<Decision>,
    /// What was confirmed, by a person or by --yes, in order, and what became of it.
    pub steps: Vec<StepDocument>,
    /// What the last look says of the changes.
    pub verdicts: Vec<Verdict>,
    /// How long the server was watched before the last look; null: it was not.
    pub watched_seconds: Option<u64>,
    /// The last look after the changes; null: there was none.
    pub after: Option<Look>,
    /// What clients meet; only of the protocols that were probed.
    pub clients: Vec<Clients>,
    /// What the monitors of Managed Availability say after the changes; only of components of which an entry of HealthApi
    /// was set Active.
    pub monitors: Vec<MonitorVerdict>,
    /// What could not be read at the first look, and why.
    pub troubles: Vec<Trouble>,
}

/// A component, understood.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[cfg_attr(test, schemars(rename = "Finding"))]
#[serde(rename_all = "camelCase")]
pub struct FindingDocument {
    /// The component, spelled as it was read.
    pub component: Text<Component>,
    /// The effective state.
    pub state: Text<State>,
    /// What is wrong; null: nothing. notKnown: what lies behind the state could not be read, or contradicts it.
    pub finding: Option<FindingKind>,
    /// Why it is Inactive; null: it is not. unexplained: nothing recorded says why. unknowable: because of the gaps.
    pub cause: Option<CauseKind>,
    /// Whether that counts for nothing: only requesters that --ignore-requester names keep it Inactive.
    pub passed_over: bool,
    /// Whether somebody means it to be Inactive: an entry of Maintenance, its own or that of ServerWideOffline, or a setup
    /// that is running.
    pub planned: bool,
    /// The deciding entries that are not Active.
    pub inactive_entries: Vec<FoundEntry>,
    /// Entries that count for nothing, because their requester has a newer one.
    pub stale: Vec<StaleEntry>,
    /// What of its entries is not known.
    pub gaps: Vec<Gap>,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum FindingKind {
    Inactive,
    Draining,
    NotKnown,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum CauseKind {
    Entries,
    ServerWideOffline,
    Unexplained,
    Unknowable,
}

/// A deciding entry that is not Active.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct FoundEntry {
    #[serde(flatten)]
    pub entry: InactiveEntry,
    /// Whether Set-ServerComponentState accepts the requester.
    pub known: bool,
    /// How long before the look it was recorded; null where its time came as text.
    pub age_seconds: Option<i64>,
    /// The command that sets it Active, as it would be typed; null where Exchange would refuse the requester.
    pub command: Option<String>,
    /// The command that puts it back; null where Exchange would refuse the requester.
    pub undo_command: Option<String>,
}

/// An entry that counts for nothing.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct StaleEntry {
    /// Where it stands.
    pub store: Text<Store>,
    #[serde(flatten)]
    pub entry: Entry,
}

/// One thing to say about a service.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
pub struct ServiceFinding {
    /// stopped: it should run and does not. disabled: while its component is Inactive. withoutBackEnd: this front end runs
    /// alone. leftOut: Stopped and Manual, while the other half is in use. neverEnabled: nobody uses the protocol.
    pub kind: ServiceFindingKind,
    /// The service.
    pub service: Text<domain::Service>,
    /// Whether it is a deviation from what somebody set up.
    pub fault: bool,
}

#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(inline))]
#[serde(rename_all = "camelCase")]
pub enum ServiceFindingKind {
    Stopped,
    Disabled,
    WithoutBackEnd,
    LeftOut,
    NeverEnabled,
}

/// A change that was confirmed, and what became of it.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct StepDocument {
    #[serde(flatten)]
    pub step: Step,
    /// The command that makes the change, as it would be typed.
    pub command: String,
    /// The command that puts it back.
    pub undo_command: String,
    /// Whether it was, or may have been, sent.
    pub sent: bool,
}

/// A run that has just ended. `exit` is its code, `exit_of` tells that of each server.
///
/// # Errors
/// When serialising fails, which no run is known to bring about.
pub fn run(run: &Run, exit: Exit, exit_of: impl Fn(&ServerRun) -> Exit) -> io::Result<String> {
    text(&RunDocument {
        servers: run.servers.iter().map(|server| ServerDocument::of(server, Some(exit_of(server)))).collect(),
        ..ended(run, exit)
    })
}

/// A run that ended before there was anything to report.
///
/// # Errors
/// As [`run`].
pub fn failure(run: &Run, exit: Exit, message: &str, hints: &[String]) -> io::Result<String> {
    text(&RunDocument { error: Some(ErrorDocument::new(message, hints)), ..ended(run, exit) })
}

/// A run of the past, and whether it is going on.
///
/// # Errors
/// As [`run`].
pub fn past_run(run: &Run, live: bool) -> io::Result<String> {
    let servers = run.servers.iter().map(|server| ServerDocument::of(server, None)).collect();
    text(&RunDocument { servers, ..head(run, RunState::of(run.ended.is_some(), live)) })
}

impl RunState {
    pub(super) fn of(ended: bool, live: bool) -> Self {
        match (ended, live) {
            (true, _) => Self::Ended,
            (false, true) => Self::GoingOn,
            (false, false) => Self::Interrupted,
        }
    }
}

pub(super) fn ended(run: &Run, exit: Exit) -> RunDocument {
    let sums = run.sums().into();
    RunDocument { exit_code: Some(exit.code), exit: Some(exit.name.to_owned()), sums, ..head(run, RunState::Ended) }
}

fn head(run: &Run, state: RunState) -> RunDocument {
    let unplanned = run.flaws.unplanned.iter().chain(&run.undone_flaws.unplanned);
    RunDocument {
        schema: SCHEMA,
        run: run.id.as_ref().map(Text::from),
        state,
        command: Text(run.command),
        agreed_by: Text(run.agreed_by),
        version: run.version.clone(),
        arguments: run.arguments.clone(),
        who: run.who.as_ref().map(Who::from),
        begun: Text(run.begun),
        ended: run.ended.as_ref().map(|end| Text(end.at)),
        exit_code: run.ended.as_ref().map(|end| end.code),
        exit: run.ended.as_ref().map(|end| end.name.clone()),
        interrupted: run.interrupted,
        resumed: run.resumed,
        simulated: run.simulated.clone(),
        undoes: run.undoes.as_ref().map(Text::from),
        illegible_lines: run.flaws.illegible + run.undone_flaws.illegible,
        unplanned: unplanned.map(|(server, what)| Unplanned { server: server.into(), subject: what.into() }).collect(),
        journal_error: run.flaws.incomplete.clone(),
        sums: Sums { verified: run.is_verified(), ..run.sums().into() },
        next: run.next().iter().map(|next| next.command.to_string()).collect(),
        error: None,
        left_out: run.left_out.iter().map(LeftOut::from).collect(),
        servers: Vec::new(),
    }
}

impl ServerDocument {
    pub(super) fn of(server: &ServerRun, exit: Option<Exit>) -> Self {
        let before = &server.before;
        let exchange = before.exchange.clone().unwrap_or_default();
        let taken = server.after().unwrap_or(before).taken;
        Self {
            server: server.server().into(),
            product: exchange.version.as_deref().and_then(domain::product),
            fqdn: exchange.fqdn,
            version: exchange.version,
            role: exchange.role,
            exit_code: exit.map(|exit| exit.code),
            exit: exit.map(|exit| exit.name),
            server_wide_offline: before.is_server_wide_offline(),
            before: before.into(),
            findings: server.diagnoses.iter().map(|diagnosis| FindingDocument::of(server, diagnosis)).collect(),
            service_findings: server.service_findings().iter().map(ServiceFinding::from).collect(),
            evidence: server.evidence.iter().map(|one| Evidence::of(one, before)).collect(),
            authors: (&server.authors).into(),
            plan: server.plan.proposals.iter().map(|one| Proposal::of(before, one)).collect(),
            decision: server.decision.as_ref().map(Decision::from),
            steps: server.steps.iter().map(|step| StepDocument::of(before, step)).collect(),
            verdicts: server.verdicts().iter().map(Verdict::from).collect(),
            watched_seconds: server.watched().map(|watched| watched.as_secs()),
            after: server.after().map(Look::from),
            clients: server.clients.iter().map(|clients| Clients::of(clients, taken)).collect(),
            monitors: server.monitors.iter().map(MonitorVerdict::from).collect(),
            troubles: before.troubles.iter().map(Trouble::from).collect(),
        }
    }
}

impl FindingDocument {
    fn of(server: &ServerRun, diagnosis: &Diagnosis) -> Self {
        let stale = |stale: &domain::Stale| StaleEntry { store: Text(stale.store), entry: (&stale.entry).into() };
        Self {
            component: (&diagnosis.component).into(),
            state: (&diagnosis.state).into(),
            finding: diagnosis.finding.as_ref().map(FindingKind::from),
            cause: match &diagnosis.finding {
                Some(Finding::Inactive(cause)) => Some(cause.into()),
                Some(Finding::Draining | Finding::NotKnown) | None => None,
            },
            passed_over: server.passes_over(&diagnosis.component),
            planned: server.planned.contains(&diagnosis.component),
            inactive_entries: diagnosis.entries.iter().map(|entry| FoundEntry::of(server, entry)).collect(),
            stale: diagnosis.stale.iter().map(stale).collect(),
            gaps: diagnosis.gaps.iter().map(Gap::from).collect(),
        }
    }
}

impl From<&Finding> for FindingKind {
    fn from(finding: &Finding) -> Self {
        match finding {
            Finding::Inactive(_) => Self::Inactive,
            Finding::Draining => Self::Draining,
            Finding::NotKnown => Self::NotKnown,
        }
    }
}

impl From<&domain::Cause> for CauseKind {
    fn from(cause: &domain::Cause) -> Self {
        match cause {
            domain::Cause::Entries => Self::Entries,
            domain::Cause::ServerWideOffline => Self::ServerWideOffline,
            domain::Cause::Unexplained => Self::Unexplained,
            domain::Cause::Unknowable => Self::Unknowable,
        }
    }
}

impl From<&domain::ServiceFinding> for ServiceFinding {
    fn from(finding: &domain::ServiceFinding) -> Self {
        Self { kind: finding.into(), service: Text(finding.service()), fault: finding.is_fault() }
    }
}

impl From<&domain::ServiceFinding> for ServiceFindingKind {
    fn from(finding: &domain::ServiceFinding) -> Self {
        match finding {
            domain::ServiceFinding::Stopped(_) => Self::Stopped,
            domain::ServiceFinding::Disabled(_) => Self::Disabled,
            domain::ServiceFinding::WithoutBackEnd(_) => Self::WithoutBackEnd,
            domain::ServiceFinding::LeftOut(_) => Self::LeftOut,
            domain::ServiceFinding::NeverEnabled(_) => Self::NeverEnabled,
        }
    }
}

impl FoundEntry {
    fn of(server: &ServerRun, entry: &domain::InactiveEntry) -> Self {
        let known = entry.requester.known().is_some();
        let change = domain::Change::set_active(entry.clone());
        let command = |change| known.then(|| Cmdlet::change(&server.before, change).to_string());
        Self {
            entry: entry.into(),
            known,
            age_seconds: entry.since.utc().map(|since| server.before.taken.as_second() - since.as_second()),
            command: command(&change),
            undo_command: command(&change.opposite()),
        }
    }
}

impl StepDocument {
    fn of(seen: &ServerSnapshot, step: &domain::StepOutcome) -> Self {
        Self {
            step: step.into(),
            command: Cmdlet::change(seen, &step.change).to_string(),
            undo_command: Cmdlet::change(seen, &step.change.opposite()).to_string(),
            sent: step.outcome.was_sent(),
        }
    }
}
