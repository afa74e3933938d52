//! A run is a value: what was seen, decided, done and seen again, by server. One type, whether the run is under way, has
//! just ended, or is read back from its journal.

use std::fmt;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::verdict::{is_seen, shown_in, shows};
use super::{
    Answers, Authors, Change, Clients, Component, ComponentSnapshot, Consent, Decision, Diagnosis, Entry, Evidence,
    Flaws, HealthManager, InactiveEntry, KnownRequester, Left, LeftOut, MonitorVerdict, Note, Obstacle, Outcome, Plan,
    Policy, Server, ServerSnapshot, Service, ServiceFinding, Services, State, StepOutcome, Stores, Subject, Trouble,
    Verdict, VerdictKind, diagnose, judge, passed_over, planned, service_findings,
};

/// One use of relight that looks at servers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Run {
    /// Its name, where it has a journal.
    pub id: Option<RunId>,
    /// What was run.
    pub command: Command,
    /// Who gave the consent.
    pub agreed_by: AgreedBy,
    /// The version of relight.
    pub version: String,
    /// The words of the command line.
    pub arguments: Vec<String>,
    /// The options that led to Exchange and to the journal, as they would be typed again; empty: the usual way.
    pub connection: Vec<String>,
    /// Who ran it; known where it has a journal.
    pub who: Option<Who>,
    /// When it began, UTC, by the clock of the machine relight ran on.
    pub begun: Timestamp,
    /// How it ended; `None`: it has not, or it was killed.
    pub ended: Option<End>,
    /// Whether it was interrupted, as far as that is known.
    pub interrupted: bool,
    /// The time that it was given, where that was over before all was asked.
    pub out_of_time: Option<Duration>,
    /// Whether `relight resume` went on with it.
    pub resumed: bool,
    /// The scenario, where no Exchange server was involved.
    pub simulated: Option<String>,
    /// The run that it undoes.
    pub undoes: Option<RunId>,
    /// What is wrong with its journal.
    pub flaws: Flaws,
    /// What is wrong with the journal of the run that it undoes.
    pub undone_flaws: Flaws,
    /// The shells that it changed something with, as far as its journal tells.
    pub shells: Vec<ShellProcess>,
    /// One for each server that was asked about, in that order.
    pub servers: Vec<ServerRun>,
    /// Those that Exchange found and that have no component states; a journal does not have them.
    pub left_out: Vec<LeftOut>,
}

/// A shell as a process of the machine relight ran on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShellProcess {
    /// Its number, which others had before it and will have after it.
    pub id: u32,
    /// When it started, in words of the system: it tells the process from those.
    pub started: String,
}

impl Run {
    /// A run that began at `begun` and has not looked at anything.
    pub fn begun(command: Command, agreed_by: AgreedBy, version: &str, begun: Timestamp) -> Self {
        Self {
            id: None,
            command,
            agreed_by,
            version: version.to_owned(),
            arguments: Vec::new(),
            connection: Vec::new(),
            who: None,
            begun,
            ended: None,
            interrupted: false,
            out_of_time: None,
            resumed: false,
            simulated: None,
            undoes: None,
            flaws: Flaws::default(),
            undone_flaws: Flaws::default(),
            shells: Vec::new(),
            servers: Vec::new(),
            left_out: Vec::new(),
        }
    }

    /// What was decided to be left alone on a server. A run that is settled afterwards decides nothing.
    pub fn left_on<'a>(&self, server: &'a ServerRun) -> &'a [Left] {
        server.decision.as_ref().filter(|_| !self.resumed).map_or(&[], |decision| &decision.left)
    }

    /// Its name; empty where it has none.
    pub fn name(&self) -> &str {
        self.id.as_ref().map_or("", RunId::as_str)
    }
}

/// What was run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// `check`: look only.
    Check,
    /// `fix`.
    Fix,
    /// `undo`.
    Undo,
}

/// Who gave the consent to changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AgreedBy {
    /// Nobody was to: `check`, `--dry-run`.
    Nobody,
    /// Nobody could be asked, and no `--yes` was given.
    NobodyToAsk,
    /// A person was asked.
    Person,
    /// The policy: `--yes`.
    Yes,
}

impl Command {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Check, Self::Fix, Self::Undo];

    /// The word that is typed, and its name in documents and journals.
    pub fn name(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Fix => "fix",
            Self::Undo => "undo",
        }
    }
}

impl AgreedBy {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Nobody, Self::NobodyToAsk, Self::Person, Self::Yes];

    /// Its name in documents and journals; never changed, as both outlive the version that wrote them.
    pub fn name(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::NobodyToAsk => "nobodyToAsk",
            Self::Person => "person",
            Self::Yes => "yes",
        }
    }

    /// Whether changes may be made.
    pub fn may_change(self) -> bool {
        match self {
            Self::Nobody | Self::NobodyToAsk => false,
            Self::Person | Self::Yes => true,
        }
    }
}

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

    /// When a run of this name began; `None`: there is no such time.
    pub fn moment(&self) -> Option<Timestamp> {
        let part = |from: usize, to: usize| self.0.get(from..to);
        let [year, month, day] = [part(0, 4)?, part(4, 6)?, part(6, 8)?];
        let [hour, minute, second, millisecond] = [part(9, 11)?, part(11, 13)?, part(13, 15)?, part(16, 19)?];
        format!("{year}-{month}-{day}T{hour}:{minute}:{second}.{millisecond}Z").parse().ok()
    }

    /// The name of a run that begins now, where the newest so far has that one: never an earlier one, also where the clock
    /// was set back meanwhile, so that names tell the order.
    pub fn after(newest: Option<&Self>, now: Timestamp) -> Timestamp {
        let next =
            newest.and_then(Self::moment).and_then(|it| it.checked_add(jiff::SignedDuration::from_millis(1)).ok());
        // A name of more digits would be none.
        next.filter(|next| *next > now && Self::parse(Self::at(*next).as_str()).is_some()).unwrap_or(now)
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

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct End {
    /// When, UTC.
    pub at: Timestamp,
    /// The exit code.
    pub code: u8,
    /// Its name.
    pub name: String,
}

/// What a run saw, decided and did on one server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerRun {
    /// The first look.
    pub before: ServerSnapshot,
    /// What it means. Worked out, never recorded.
    pub diagnoses: Vec<Diagnosis>,
    /// What could be done. Worked out, never recorded.
    pub plan: Plan,
    /// The components that only requesters which the policy passes over keep Inactive. Worked out, never recorded.
    pub passed_over: Vec<Component>,
    /// The components that are Inactive because somebody means them to be. Worked out, never recorded.
    pub planned: Vec<Component>,
    /// Why Managed Availability probably set components Inactive; only of those with an entry of HealthApi.
    pub evidence: Vec<Evidence>,
    /// Who recorded its other inactive entries; only a check asks.
    pub authors: Authors,
    /// What was decided; `None`: nothing was to be, or nobody came to it.
    pub decision: Option<Decision>,
    /// What was confirmed, in order, and what became of it.
    pub steps: Vec<StepOutcome>,
    /// The looks after the changes, and what each says: repeated by waiting and watching, so that the last counts.
    pub looks: Vec<Look>,
    /// What clients meet; only of the protocols that were probed.
    pub clients: Vec<Clients>,
    /// What the monitors say after the changes; only of components of which an entry of HealthApi was set Active.
    pub monitors: Vec<MonitorVerdict>,
}

/// A look after a change.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// What was seen.
    pub snapshot: ServerSnapshot,
    /// What it says of the changes.
    pub verdicts: Vec<Verdict>,
    /// How long it was watched before; `None`: it was not.
    pub watched: Option<Duration>,
    /// What it means. Worked out, never recorded.
    pub diagnoses: Vec<Diagnosis>,
    /// The components that are Inactive because somebody means them to be. Worked out, never recorded.
    pub planned: Vec<Component>,
}

impl Look {
    /// A look, and what it means.
    pub fn of(snapshot: ServerSnapshot, verdicts: Vec<Verdict>, watched: Option<Duration>) -> Self {
        let diagnoses = diagnose(&snapshot);
        // How old a Maintenance entry may be matters to a check alone, which looks once.
        let planned = planned(&snapshot, &diagnoses, &Policy::default());
        Self { snapshot, verdicts, watched, diagnoses, planned }
    }
}

impl ServerRun {
    /// A first look, what it means and what could be done about it; nothing is decided or done yet.
    pub fn of(before: ServerSnapshot, policy: &Policy) -> Self {
        let diagnoses = diagnose(&before);
        let plan = Plan::of(&before, &diagnoses, policy);
        let passed_over = passed_over(&diagnoses, policy);
        let planned = planned(&before, &diagnoses, policy);
        Self {
            before,
            diagnoses,
            plan,
            passed_over,
            planned,
            evidence: Vec::new(),
            authors: Authors::default(),
            decision: None,
            steps: Vec::new(),
            looks: Vec::new(),
            clients: Vec::new(),
            monitors: Vec::new(),
        }
    }

    /// The server as it was asked for.
    pub fn server(&self) -> &Server {
        &self.before.server
    }

    /// The last look after the changes.
    pub fn after(&self) -> Option<&ServerSnapshot> {
        self.looks.last().map(|look| &look.snapshot)
    }

    /// What could not be seen, in the first look and the last.
    pub fn troubles(&self) -> impl Iterator<Item = &Trouble> {
        self.before.troubles.iter().chain(self.after().into_iter().flat_map(|after| &after.troubles))
    }

    /// What the last look says of the changes.
    pub fn verdicts(&self) -> &[Verdict] {
        self.looks.last().map_or(&[], |look| &look.verdicts)
    }

    /// How long it was watched.
    pub fn watched(&self) -> Option<Duration> {
        self.looks.last().and_then(|look| look.watched)
    }

    /// Takes another look, and judges by it.
    pub fn looked_again(&mut self, snapshot: ServerSnapshot, watched: Option<Duration>) -> &Look {
        let verdicts = judge(&self.before, &self.steps, &snapshot);
        self.looks.push(Look::of(snapshot, verdicts, watched));
        &self.looks[self.looks.len() - 1]
    }

    /// What is there now, as far as it was seen: what the last look means, of which each component that it could not read is
    /// as in the first.
    pub fn last_diagnoses<'a>(&'a self) -> Vec<&'a Diagnosis> {
        let again = self.looks.last().map_or(&[][..], |look| &look.diagnoses);
        let now = |first: &'a Diagnosis| again.iter().find(|it| it.component == first.component).unwrap_or(first);
        self.diagnoses.iter().map(now).collect()
    }

    /// The verdict on one thing.
    pub fn verdict(&self, subject: &Subject) -> Option<&VerdictKind> {
        self.verdicts().iter().find(|verdict| verdict.subject == *subject).map(|verdict| &verdict.kind)
    }

    /// The components that the last look confirms Active after an entry of HealthApi was set, each with when that was: its
    /// entry says so, and where that came as text, the intent.
    pub fn set_by_healthapi(&self) -> Vec<(&Component, Timestamp)> {
        let set = self.confirmed().filter_map(|component| {
            let of_it = |step: &&StepOutcome| {
                step.change.entry().is_some_and(|entry| {
                    entry.component == *component && entry.requester.known() == Some(KnownRequester::HealthApi)
                })
            };
            let step = self.steps.iter().filter(|step| step.outcome.was_sent()).find(of_it)?;
            let recorded = set_active_by_healthapi(self.after()?.component(component)?);
            Some((component, recorded.or(step.intended)?))
        });
        set.collect()
    }

    /// The Health Manager, where the last look shows that it does not run, or not always.
    pub fn idle_health_manager(&self) -> Option<&HealthManager> {
        self.after().unwrap_or(&self.before).idle_health_manager()
    }

    /// Whether a monitor still alerts for what is Active again.
    pub fn alerts(&self) -> bool {
        self.monitors.iter().any(MonitorVerdict::alerts)
    }

    /// So long after it was set Active it is asked whether the cause is gone.
    const LATELY: SignedDuration = SignedDuration::from_hours(24);

    /// The components that were Active at the first look, and that an entry of HealthApi set so in the 24 hours before, each
    /// with when that was.
    pub fn lately_set_active(&self) -> Vec<(&Component, Timestamp)> {
        let set = self.diagnoses.iter().filter(|it| it.finding.is_none() && it.component.is_looked_after());
        let set = set.filter_map(|it| {
            let at = set_active_by_healthapi(self.before.component(&it.component)?)?;
            (self.before.taken.duration_since(at) <= Self::LATELY).then_some((&it.component, at))
        });
        set.collect()
    }

    /// What is worth knowing of one thing that the last look confirms.
    pub fn notes(&self, subject: &Subject) -> &[Note] {
        self.verdicts().iter().find(|verdict| verdict.subject == *subject).map_or(&[], |verdict| &verdict.notes)
    }

    /// Whether the last look confirms what was to become of this.
    pub fn is_confirmed(&self, subject: &Subject) -> bool {
        self.verdict(subject) == Some(&VerdictKind::Confirmed)
    }

    /// Whether the last look confirms what a step was for: its service, the entry that it put back, or every component.
    pub fn confirms(&self, step: &StepOutcome) -> bool {
        if step.change.entry().is_some() && step.change.brings_back() {
            step.components.iter().all(|component| self.is_confirmed(&Subject::Component(component.clone())))
        } else {
            self.is_confirmed(&step.change.subject())
        }
    }

    /// The stores in which the last look shows an entry as a step was to set it.
    pub fn shown_in(&self, step: &StepOutcome) -> Option<Stores> {
        shown_in(&step.change, &self.before, self.after()?)
    }

    /// The verdicts on components, with the component of each.
    pub fn component_verdicts(&self) -> impl Iterator<Item = (&Component, &VerdictKind)> {
        self.verdicts().iter().filter_map(|verdict| match &verdict.subject {
            Subject::Component(component) => Some((component, &verdict.kind)),
            Subject::Entry(..) | Subject::Service(_) => None,
        })
    }

    /// The verdicts on services, with the service of each.
    pub fn service_verdicts(&self) -> impl Iterator<Item = (Service, &VerdictKind)> {
        self.verdicts().iter().filter_map(|verdict| match &verdict.subject {
            Subject::Service(service) => Some((*service, &verdict.kind)),
            Subject::Component(_) | Subject::Entry(..) => None,
        })
    }

    /// The components that the last look confirms Active.
    pub fn confirmed(&self) -> impl Iterator<Item = &Component> {
        self.component_verdicts().filter(|(_, kind)| **kind == VerdictKind::Confirmed).map(|(component, _)| component)
    }

    /// The entries that were to be set, each with its step.
    pub fn entry_steps(&self) -> impl Iterator<Item = (&InactiveEntry, &StepOutcome)> {
        self.steps.iter().filter_map(|step| Some((step.change.entry()?, step)))
    }

    /// The steps that were to set an entry for this component.
    pub fn steps_for<'a>(&'a self, component: &'a Component) -> impl Iterator<Item = &'a StepOutcome> {
        self.entry_steps().map(|(_, step)| step).filter(|step| step.is_for(component))
    }

    /// Whether entries of this component itself were to be set.
    pub fn has_own_step(&self, component: &Component) -> bool {
        self.entry_steps().any(|(entry, _)| entry.component == *component)
    }

    /// Whether a service was to be started, rather than stopped.
    pub fn was_to_start(&self, service: Service) -> bool {
        self.steps.iter().any(|step| step.change.service() == Some(service) && step.change.brings_back())
    }

    /// Whether the last look says something of this component.
    pub fn is_judged(&self, component: &Component) -> bool {
        self.verdict(&Subject::Component(component.clone())).is_some()
    }

    /// Whether the run has set right, or tried to, what was wrong with this component.
    pub fn is_worked_on(&self, component: &Component) -> bool {
        self.is_judged(component) || self.has_own_step(component)
    }

    /// Whether something was, or may have been, sent that changes the server.
    pub fn was_changed(&self) -> bool {
        self.steps.iter().any(|step| step.outcome.was_sent())
    }

    /// The changes of which it is not known whether they were carried out.
    pub fn open(&self) -> impl Iterator<Item = &StepOutcome> {
        self.steps.iter().filter(|step| step.outcome == Outcome::Open)
    }

    /// Whether the last look saw everything that was sent.
    pub fn is_seen(&self) -> bool {
        !self.was_changed() || self.after().is_some_and(|after| is_seen(&self.steps, after))
    }

    /// Whether the last look saw everything that was sent, and shows everything of which it is not known otherwise whether it
    /// was carried out. Else a later look may bring something new: a change that was sent may still be on its way.
    pub fn is_settled(&self) -> bool {
        let shown = |step: &StepOutcome| {
            !step.outcome.is_unknown() || self.after().is_some_and(|after| shows(&step.change, &self.before, after))
        };
        self.is_seen() && self.steps.iter().all(shown)
    }

    /// Gives up on the changes that the last look does not show, where it was taken long after they were about to be sent:
    /// they were not carried out. `at`: when that look began, by the clock of the machine relight runs on. Those that it
    /// gives up on.
    pub fn close_open(&mut self, at: Timestamp) -> Vec<StepOutcome> {
        let Some(after) = self.looks.last().map(|look| &look.snapshot).filter(|after| is_seen(&self.steps, after))
        else {
            return Vec::new();
        };
        let long_ago = |it: Timestamp| at.duration_since(it) >= Self::STILL_ON_ITS_WAY;
        let mut closed = Vec::new();
        for step in self.steps.iter_mut().filter(|step| step.outcome.is_unknown()) {
            if step.intended.is_some_and(long_ago) && !shows(&step.change, &self.before, after) {
                step.outcome = Outcome::NotCarriedOut;
                closed.push(step.clone());
            }
        }
        closed
    }

    /// So long a change that was sent may still be carried out after relight has stopped waiting for it.
    pub const STILL_ON_ITS_WAY: SignedDuration = SignedDuration::from_mins(10);

    /// Whether the last look confirms every change.
    pub fn is_verified(&self) -> bool {
        let confirmed = |verdict: &Verdict| verdict.kind == VerdictKind::Confirmed;
        !self.was_changed() || (!self.verdicts().is_empty() && self.verdicts().iter().all(confirmed))
    }

    /// What an entry that was to be put back reads in the last look, where it is another one than before and yet not newer:
    /// a clock was set back.
    pub fn reads_by_an_earlier_clock(&self, subject: &Subject) -> Option<&State> {
        let Subject::Entry(component, requester) = subject else { return None };
        let (then, now) = (self.before.component(component)?, self.after()?.component(component)?);
        let entries = [(&then.local, &now.local), (&then.remote, &now.remote)]
            .map(|(then, now)| then.of_requester(requester).zip(now.of_requester(requester)));
        let not_newer = |(then, now): &(&Entry, &Entry)| then != now && !now.time.is_later_than(&then.time);
        let mut put_back = entries.into_iter().flatten().filter(not_newer).map(|(_, now)| &now.state);
        put_back.find(|state| **state != State::Active)
    }

    /// Whether the last look shows a component Active, which says less than that it is confirmed.
    pub fn reads_active(&self, component: &Component) -> bool {
        let seen = self.after().and_then(|after| after.component(component));
        seen.is_some_and(|seen| seen.state == State::Active)
    }

    /// Whether a component is Inactive and that counts for nothing.
    pub fn passes_over(&self, component: &Component) -> bool {
        self.passed_over.contains(component)
    }

    /// Whether a component is Inactive because somebody means it to be: maintenance, or a setup that is running. The last
    /// look that read it tells.
    pub fn is_planned(&self, component: &Component) -> bool {
        let again = self.looks.last().filter(|look| look.snapshot.component(component).is_some());
        again.map_or(&self.planned, |look| &look.planned).contains(component)
    }

    /// What is to be said of the services as they were at the first look.
    pub fn service_findings(&self) -> Vec<ServiceFinding> {
        service_findings(&self.before.services, &self.diagnoses)
    }

    /// The faults among them that the last look still shows. A service counts as it was where it could not be read again.
    pub fn service_faults_left(&self) -> Vec<ServiceFinding> {
        let again = self.after().map(|after| &after.services);
        let services = again.filter(|services| matches!(services, Services::Read(_))).unwrap_or(&self.before.services);
        service_findings(services, &self.diagnoses).into_iter().filter(|finding| finding.is_fault()).collect()
    }
}

/// When HealthApi set a component Active, as far as its entries tell.
fn set_active_by_healthapi(seen: &ComponentSnapshot) -> Option<Timestamp> {
    let entries = seen.local.entries().iter().chain(seen.remote.entries());
    let active = entries
        .filter(|entry| entry.requester.known() == Some(KnownRequester::HealthApi) && entry.state == State::Active);
    active.filter_map(|entry| entry.time.utc()).max()
}

impl Run {
    /// Whether something was, or may have been, sent.
    pub fn was_changed(&self) -> bool {
        self.servers.iter().any(ServerRun::was_changed)
    }

    /// The servers on which something may have changed.
    pub fn changed(&self) -> impl Iterator<Item = &ServerRun> {
        self.servers.iter().filter(|server| server.was_changed())
    }

    /// What it came to, in numbers.
    pub fn sums(&self) -> Sums {
        let steps = || self.servers.iter().flat_map(|server| server.steps.iter().map(move |step| (server, step)));
        let sent = || steps().filter(|(_, step)| step.outcome.was_sent());
        let unplanned = &self.flaws.unplanned;
        let unplanned_services = unplanned.iter().filter(|(_, what)| matches!(what, Subject::Service(_)));
        Sums {
            agreed: steps().count() + unplanned.len(),
            sent: sent().count() + unplanned.len(),
            services: sent().filter(|(_, step)| step.change.service().is_some()).count() + unplanned_services.count(),
            confirmed: sent().filter(|(server, step)| server.confirms(step)).count(),
            verified: unplanned.is_empty() && self.servers.iter().all(ServerRun::is_verified),
        }
    }

    /// The changes of which it is not known whether they were carried out, and on which server.
    pub fn open(&self) -> impl Iterator<Item = (&Server, &StepOutcome)> {
        self.servers.iter().flat_map(|server| server.open().map(|step| (server.server(), step)))
    }

    /// Whether a look saw what it left.
    pub fn is_seen(&self) -> bool {
        self.servers.iter().all(ServerRun::is_seen)
    }

    /// Whether no later look can bring something new of what was sent.
    pub fn is_settled(&self) -> bool {
        self.servers.iter().all(ServerRun::is_settled)
    }

    /// Whether it ended and a look confirms every change that it may have made.
    pub fn is_verified(&self) -> bool {
        (!self.was_changed() || self.ended.is_some()) && self.sums().verified
    }
}

/// A run in short, as a list shows it: from the first and the last line of its journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Brief {
    /// Its name.
    pub id: RunId,
    /// When it began, UTC.
    pub begun: Timestamp,
    /// What was run.
    pub command: Command,
    /// Who gave the consent.
    pub agreed_by: AgreedBy,
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
    /// What it came to, in numbers.
    pub sums: Sums,
}

/// The newest runs in short.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Briefs {
    /// Those that can be read, newest first.
    pub runs: Vec<Brief>,
    /// Those among the newest of which not even the first line makes sense, or which are not to be trusted.
    pub illegible: Vec<RunId>,
    /// How many there are in all.
    pub total: usize,
}

/// What a run came to, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sums {
    /// Changes that were confirmed; 0 also where an earlier version did not count them.
    pub agreed: usize,
    /// Changes that were, or may have been, sent.
    pub sent: usize,
    /// How many of these started or stopped a service.
    pub services: usize,
    /// How many of those sent the last look confirms; 0 also where an earlier version did not count them.
    pub confirmed: usize,
    /// Whether the last look at each server confirms everything that was to become of it.
    pub verified: bool,
}

impl Consent {
    /// Given by the policy, where nobody is asked. `None`: the server was decided on before. A run asks once.
    pub fn of_policy(server: &mut ServerRun, policy: &Policy) -> Option<Self> {
        server.decide(|change| policy.objections(change))
    }

    /// Given by a person. `None`: the server was decided on before.
    pub fn of_answers(server: &mut ServerRun, answers: &Answers, policy: &Policy) -> Option<Self> {
        let name = server.server().clone();
        server.decide(|change| answers.against(&name, change, policy))
    }

    /// Given by a person who was asked about nothing but what the policy allows. `None`: the server was decided on before.
    pub fn of_answers_within(server: &mut ServerRun, answers: &Answers, policy: &Policy) -> Option<Self> {
        let name = server.server().clone();
        server.decide(|change| {
            let objections = policy.objections(change);
            if objections.is_empty() { answers.against(&name, change, policy) } else { objections }
        })
    }
}

impl ServerRun {
    fn decide(&mut self, against: impl Fn(&Change) -> Vec<Obstacle>) -> Option<Consent> {
        if self.decision.is_some() {
            return None;
        }
        let decision = self.plan.decide(against);
        self.steps = decision.not_begun();
        self.decision = Some(decision.clone());
        Some(Consent::new(self.before.clone(), decision))
    }
}
