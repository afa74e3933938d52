//! What to type next, for the screens and the documents alike: whole commands that fit what happened.

use super::probe::Standing;
use super::{
    AgreedBy, Change, Cmdlet, Command, Component, Diagnosis, Finding, InactiveEntry, KnownRequester,
    MonitorVerdictKind, NotSent, Obstacle, Outcome, Proposal, Run, RunId, ServerRun, Service, StartType, TroubleKind,
    VerdictKind, option_with_path,
};

/// The option of `undo` without which services are left running.
const STOP_SERVICES: &str = "--stop-services";

/// A command, and what it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// What it is for.
    pub aim: Aim,
    /// The command.
    pub command: Cmdlet,
}

/// What a command is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aim {
    /// Set Active what is Inactive, with a question first.
    Fix,
    /// The same, where somebody else decided that it is Inactive.
    FixOfOthers,
    /// The same without questions.
    FixUnasked,
    /// Fix the servers that were not begun, because one had failed.
    FixOthers,
    /// Find out why servers could not be seen.
    FindOut,
    /// Start the services that were left alone.
    StartServices,
    /// Stop the services that the run started, which an undo leaves running.
    StopServices,
    /// See what came of a change that was sent and may still be carried out.
    Resume,
    /// Look again.
    Look,
    /// Look again, at the ports too.
    LookAsClient,
    /// Look again, once the cause is mended.
    LookAfterMending,
    /// Look again, once the advice was followed.
    LookAfterAdvice,
    /// Look again, once the monitors have had their time.
    LookForMonitors,
    /// See everything that was read, and the commands to look by hand.
    Details,
    /// See what the account may do.
    Rights,
    /// See which servers there are.
    Servers,
    /// Put back what the run changed.
    Undo,
    /// Read the record of the run.
    Record,
}

impl Run {
    /// What to type next, the most urgent first; empty where there is nothing to do.
    pub fn next(&self) -> Vec<Next> {
        let mut next = match self.command {
            Command::Check | Command::Fix => self.after_a_fix_of_several(),
            Command::Undo => self.after_an_undo(),
        };
        if let Some(id) = self.id.as_ref().filter(|_| self.was_changed()) {
            // No server is asked.
            let folder = self.connection.iter().filter(|option| option.starts_with("--journal-dir")).cloned();
            let record = Cmdlet::relight(&format!("history {id}"), folder);
            if self.command == Command::Fix
                && self.has_something_to_undo()
                && !self.plays_anew()
                && next.iter().all(|it| it.aim != Aim::Resume)
            {
                next.push(self.of_run(Aim::Undo, "undo", id));
            }
            next.push(Next { aim: Aim::Record, command: record });
        }
        next
    }

    /// The options that lead to the same servers, and to the same journals, again.
    pub fn way(&self) -> Vec<String> {
        let simulated = self.simulated.iter().map(|scenario| option_with_path("simulate", scenario));
        simulated.chain(self.connection.iter().cloned()).collect()
    }

    /// Whether it is of a built-in scenario, which begins anew with each run, so that there is nothing to undo.
    fn plays_anew(&self) -> bool {
        self.simulated.as_ref().is_some_and(|scenario| !scenario.contains(['/', '\\', '.']))
    }

    /// Whether something was, or may have been, carried out: what every cmdlet refused is as it was.
    fn has_something_to_undo(&self) -> bool {
        self.servers.iter().any(|server| {
            server.entry_steps().any(|(entry, _)| server.reads_active(&entry.component))
                || server.steps.iter().any(|step| step.outcome == Outcome::Done || step.outcome.is_unknown())
        })
    }

    fn pick(&self, wanted: impl Fn(&ServerRun) -> bool) -> Vec<&ServerRun> {
        self.servers.iter().filter(|server| wanted(server)).collect()
    }

    fn after_an_undo(&self) -> Vec<Next> {
        let may_follow = |server: &ServerRun| server.steps.iter().any(|step| step.outcome.is_unknown());
        if let Some(next) = self
            .id
            .as_ref()
            .filter(|_| self.servers.iter().any(may_follow))
            .map(|id| self.of_run(Aim::Resume, "resume", id))
        {
            return vec![next];
        }
        let mut next = Vec::new();
        if let Some(undone) = self.undoes.as_ref().filter(|_| !self.resumed) {
            let command = format!("undo {undone}");
            let undo = |flags: Vec<String>| Cmdlet::relight(&command, self.connection.iter().cloned().chain(flags));
            let open = self.servers.iter().flat_map(open_to_undo).collect::<Vec<_>>();
            let mut flags = flags_to_put_back(&open);
            if !open.is_empty() {
                next.push(Next { aim: Aim::Undo, command: undo(flags.clone()) });
            }
            let proposals = || self.servers.iter().flat_map(|server| &server.plan.proposals);
            if proposals().any(|it| it.is_possible() && is_not_asked_to_stop(it)) {
                flags.retain(|flag| flag != STOP_SERVICES);
                flags.push(STOP_SERVICES.to_owned());
                next.push(Next { aim: Aim::StopServices, command: undo(flags) });
            }
        }
        let seen = self.pick(|server| server.was_changed() || !server.plan.proposals.is_empty());
        if !seen.is_empty() && (self.was_changed() || next.is_empty()) {
            next.push(self.about(Aim::Look, "check", &seen, &[]));
        }
        next
    }

    /// What is about a run, with the way to Exchange and to the journal.
    fn of_run(&self, aim: Aim, command: &str, id: &RunId) -> Next {
        Next { aim, command: Cmdlet::relight(&format!("{command} {id}"), self.connection.iter().cloned()) }
    }

    /// What comes after the most urgent, where that is about some of the servers only.
    fn after_a_fix_of_several(&self) -> Vec<Next> {
        let mut next = self.after_a_fix();
        let is_offered = next.iter().any(|it| matches!(it.aim, Aim::Fix | Aim::FixOfOthers));
        let not_begun =
            self.pick(|server| server.steps.iter().any(|step| step.outcome == Outcome::NotSent(NotSent::Stopped)));
        if !not_begun.is_empty() && !is_offered {
            next.push(self.about(Aim::FixOthers, "fix", &not_begun, &[]));
        }
        let unseen = |server: &ServerRun| server.before.troubles.iter().any(|it| it.kind == TroubleKind::Unreachable);
        let unseen = self.pick(unseen);
        if is_offered && !unseen.is_empty() {
            next.push(self.about(Aim::FindOut, "doctor", &unseen, &[]));
        }
        next
    }

    fn after_a_fix(&self) -> Vec<Next> {
        let is_open = |server: &ServerRun| server.steps.iter().any(|step| step.outcome.is_unknown());
        let may_follow = self.servers.iter().any(|server| is_open(server) && !server.is_settled());
        if let Some(id) = self.id.as_ref().filter(|_| may_follow) {
            return vec![self.of_run(Aim::Resume, "resume", id)];
        }
        let denied = self.pick(|server| has_trouble(server, TroubleKind::AccessDenied));
        if !denied.is_empty() {
            return vec![self.about(Aim::Rights, "doctor", &denied, &[])];
        }
        let not_confirmed = self.pick(|server| {
            let sent_unjudged = server.entry_steps().any(|(_, step)| step.outcome.was_sent());
            server.verdicts().iter().any(|verdict| verdict.kind != VerdictKind::Confirmed)
                || (sent_unjudged && server.component_verdicts().next().is_none())
        });
        if !not_confirmed.is_empty() {
            // Where Exchange has it Active already, only a client can tell more.
            let as_client = not_confirmed.iter().all(|it| reads_active(it));
            // What an interrupted run did not set Active is there to be fixed.
            if self.resumed && self.servers.iter().all(ServerRun::is_settled) && !as_client {
                return vec![self.about(Aim::Fix, "fix", &not_confirmed, &[])];
            }
            return vec![self.look(as_client, &not_confirmed)];
        }
        let not_served = self.pick(|server| server.clients.iter().any(|it| it.standing() == Standing::NotServed));
        if !not_served.is_empty() && not_served.iter().all(|server| server.was_changed()) {
            return vec![self.look(true, &not_served)];
        }
        if self.interrupted {
            return vec![self.look(false, &self.pick(|_| true))];
        }
        let open = self.pick(|server| open(server).next().is_some() || self.open_services(server).next().is_some());
        if !open.is_empty() {
            return self.offer(&open);
        }
        self.after_advice()
    }

    /// Where nothing is left that relight could change now.
    fn after_advice(&self) -> Vec<Next> {
        // What is to be mended first: the cause, or the Health Manager, whose monitors alone can tell.
        let is_blind = |it: &ServerRun| {
            it.idle_health_manager().is_some() && has_monitor(it, |kind| matches!(kind, MonitorVerdictKind::NotSeen(_)))
        };
        let alerting = self.pick(|it| it.alerts() || is_blind(it));
        if !alerting.is_empty() {
            return vec![self.about(Aim::LookAfterMending, "check", &alerting, &[])];
        }
        let unseen = |server: &ServerRun| {
            let not_known = |diagnosis: &Diagnosis| diagnosis.finding == Some(Finding::NotKnown);
            server.diagnoses.iter().any(not_known)
                || server.before.troubles.iter().any(|trouble| !is_final(trouble.kind))
        };
        let unjudged = |server: &ServerRun| {
            (sets_healthapi(server) && !has_monitor(server, |kind| matches!(kind, MonitorVerdictKind::Healthy(_))))
                || has_monitor(server, |kind| matches!(kind, MonitorVerdictKind::NotJudged(..)))
        };
        if !self.pick(unjudged).is_empty() {
            let set = self.pick(|server| unjudged(server) || unseen(server));
            return vec![self.about(Aim::LookForMonitors, "check", &set, &[])];
        }
        let counts = |server: &ServerRun, it: &Diagnosis| {
            !server.is_worked_on(&it.component) && !server.passes_over(&it.component)
        };
        let is_left = |server: &ServerRun| {
            (server.plan.of_components().any(|it| !it.components.iter().all(|one| server.passes_over(one)))
                && server.component_verdicts().next().is_none())
                || !server.service_faults_left().is_empty()
                || server.diagnoses.iter().any(|it| it.finding.is_some() && counts(server, it))
                || server.clients.iter().any(|it| it.standing() == Standing::NotServed && it.after.is_none())
        };
        // Another look would only meet the same.
        let is_out_of_reach =
            |server: &ServerRun| server.before.components.is_empty() && has_trouble(server, TroubleKind::Unreachable);
        let left = self.pick(|server| (unseen(server) || is_left(server)) && !is_out_of_reach(server));
        let out_of_reach = self.pick(is_out_of_reach);
        let mut next = Vec::new();
        if !out_of_reach.is_empty() {
            next.push(self.about(Aim::FindOut, "doctor", &out_of_reach, &[]));
        }
        if !left.is_empty() {
            let has_met = left.iter().any(|server| server.clients.iter().any(|it| it.after.is_none()));
            let flags = has_met.then(|| "--probe".to_owned());
            next.push(self.about(Aim::LookAfterAdvice, "check", &left, flags.as_slice()));
        }
        let is_unknown = |server: &ServerRun| {
            [TroubleKind::NotFound, TroubleKind::WrongServer].into_iter().any(|kind| has_trouble(server, kind))
        };
        if self.servers.iter().any(is_unknown) {
            next.push(Next { aim: Aim::Servers, command: Cmdlet::servers() });
        }
        next
    }

    fn look(&self, as_client: bool, servers: &[&ServerRun]) -> Next {
        if as_client {
            self.about(Aim::LookAsClient, "check", servers, &["--probe".to_owned()])
        } else {
            self.about(Aim::Look, "check", servers, &[])
        }
    }

    /// What would set Active what is Inactive, and start what is Stopped.
    fn offer(&self, servers: &[&ServerRun]) -> Vec<Next> {
        let proposals =
            servers.iter().flat_map(|server| open(server).map(|it| still_to_set(server, it))).collect::<Vec<_>>();
        let proposals = proposals.iter().collect::<Vec<_>>();
        let is_of_others = proposals.iter().any(|it| !it.is_allowed() && !flags(&[it]).is_empty())
            || servers.iter().any(|server| has_new_entry_of_others(server));
        // What was allowed by an option is allowed by it again.
        let typed = typed_flags(&proposals).into_iter().chain(self.start_services(servers, true)).collect::<Vec<_>>();
        let yes = ["--yes".to_owned()].into_iter().chain(flags(&proposals)).chain(self.start_services(servers, false));
        let yes = yes.collect::<Vec<_>>();
        let left_alone = servers.iter().any(|server| self.left_on(server).iter().any(|left| left.is_of_services()));
        // What --yes alone may not set is somebody's decision, and how to override it no line to paste.
        let (ask, unasked) = match (self.agreed_by, proposals.is_empty()) {
            (AgreedBy::Nobody | AgreedBy::NobodyToAsk, _) if is_of_others => (Aim::FixOfOthers, false),
            (AgreedBy::Nobody | AgreedBy::NobodyToAsk, _) => (Aim::Fix, true),
            (AgreedBy::Person | AgreedBy::Yes, false) => {
                (if is_of_others { Aim::FixOfOthers } else { Aim::Fix }, false)
            }
            (AgreedBy::Yes, true) if left_alone => (Aim::StartServices, true),
            (AgreedBy::Person, true) if left_alone => (Aim::StartServices, false),
            (AgreedBy::Person | AgreedBy::Yes, true) => (Aim::Fix, false),
        };
        let mut next = vec![self.about(ask, "fix", servers, &typed)];
        if unasked {
            next.push(self.about(Aim::FixUnasked, "fix", servers, &yes));
        }
        next.push(self.about(Aim::Details, "check", servers, &["-v".to_owned()]));
        next
    }

    /// The option that tells which services may be started, where it is not the usual one: as it was `typed`, or as it has to
    /// be for all that could be started.
    fn start_services(&self, servers: &[&ServerRun], typed: bool) -> Option<String> {
        let services = || servers.iter().flat_map(|server| self.open_services(server).map(|it| (*server, it)));
        let is_none = |(_, it): (&ServerRun, &Proposal)| {
            it.objections.iter().any(|objection| matches!(objection, Obstacle::ServiceNotAllowed(_)))
        };
        let word = if !self.agreed_by.may_change() && services().any(is_none) {
            "none"
        } else if services().any(|(server, it)| is_manual(server, it) && (it.is_allowed() || !typed)) {
            "manual"
        } else {
            return None;
        };
        Some(format!("--start-services {word}"))
    }

    /// The proposals for services that nothing rules out: all of them where nothing was decided on yet, else those of what
    /// is still Stopped and should run.
    fn open_services<'a>(&self, server: &'a ServerRun) -> impl Iterator<Item = &'a Proposal> {
        let has_left = self.left_on(server).iter().any(|left| left.is_of_services());
        let undecided = !has_left && server.steps.iter().all(|step| step.change.service().is_none());
        let faults = server.service_faults_left();
        let is_left = move |it: &&Proposal| faults.iter().any(|fault| it.is_for(&fault.service().component()));
        let counts = |it: &&Proposal| !it.components.iter().any(|component| server.passes_over(component));
        server.plan.startable().filter(counts).filter(move |proposal| undecided || is_left(proposal))
    }

    /// `relight check EX01 EX02`, with the components, the scenario and the way to Exchange where they are not the usual
    /// ones.
    fn about(&self, aim: Aim, command: &str, servers: &[&ServerRun], flags: &[String]) -> Next {
        let mut words = servers.iter().map(|server| server.server().to_string()).collect::<Vec<_>>();
        let components = components(servers);
        if !components.is_empty() && !matches!(aim, Aim::Rights | Aim::FindOut) {
            words.push(format!("--component {}", components.join(",")));
        }
        words.extend(self.way());
        words.extend(flags.iter().cloned());
        Next { aim, command: Cmdlet::relight(command, words) }
    }
}

/// The flags with which `--yes` may set all entries of these proposals.
pub fn flags(proposals: &[&Proposal]) -> Vec<String> {
    let entries = proposals.iter().flat_map(|proposal| proposal.entries()).collect::<Vec<_>>();
    flags_for(&entries, &entries)
}

/// Those of them that were given: nothing but an option takes away what speaks against such an entry.
fn typed_flags(proposals: &[&Proposal]) -> Vec<String> {
    let allowed = |is_against: fn(&Obstacle) -> bool| {
        let free = move |it: &&Proposal, entry: &InactiveEntry| {
            !it.objections.iter().any(|objection| is_against(objection) && objection.entry() == Some(entry))
        };
        let entries = proposals.iter().flat_map(|it| it.entries().map(move |entry| (it, entry)));
        entries.filter(|(it, entry)| free(it, entry)).map(|(_, entry)| entry).collect::<Vec<_>>()
    };
    let requested = allowed(|objection| matches!(objection, Obstacle::RequesterNotAllowed(_)));
    flags_for(&requested, &allowed(|objection| matches!(objection, Obstacle::OwnConsent(_))))
}

/// The flags for the requesters of some entries, and for ServerWideOffline where it is among others.
fn flags_for(requested: &[&InactiveEntry], server_wide: &[&InactiveEntry]) -> Vec<String> {
    let needed = KnownRequester::ALL.into_iter();
    let needed = needed.filter(|known| requested.iter().any(|entry| entry.requester.known() == Some(*known)));
    let mut flags = Vec::new();
    // HealthApi is always among those that may be set.
    let named = needed.filter(|known| *known != KnownRequester::HealthApi);
    let names = named.map(KnownRequester::name).collect::<Vec<_>>();
    if !names.is_empty() {
        flags.push(format!("--requester {}", names.join(",")));
    }
    if server_wide.iter().any(|entry| entry.component.is_server_wide_offline()) {
        flags.push("--include-server-wide-offline".to_owned());
    }
    flags
}

/// What an undo could still put back, without more than an answer.
fn open_to_undo(server: &ServerRun) -> impl Iterator<Item = &Proposal> {
    let sent = |change: &Change| server.steps.iter().any(|step| step.change == *change && step.outcome.was_sent());
    let possible = server.plan.proposals.iter().filter(|it| it.is_possible() && !is_not_asked_to_stop(it));
    possible.filter(move |it| !it.changes.iter().any(sent))
}

/// Whether it would stop services, which nobody asked for.
fn is_not_asked_to_stop(proposal: &Proposal) -> bool {
    proposal.objections.iter().any(|it| matches!(it, Obstacle::StopNotAsked(_)))
}

/// The flags with which an undo is asked about all of this, as far as they were given.
fn flags_to_put_back(proposals: &[&Proposal]) -> Vec<String> {
    let with = |wanted: fn(&Change) -> bool| {
        let allowed = proposals.iter().filter(|it| it.is_allowed());
        allowed.flat_map(|it| &it.changes).any(wanted)
    };
    let server_wide = with(Change::is_server_wide).then(|| "--include-server-wide-offline".to_owned());
    let services = with(|change| change.service().is_some() && !change.brings_back());
    server_wide.into_iter().chain(services.then(|| STOP_SERVICES.to_owned())).collect()
}

/// Whether all that was to be Active reads so after the change, confirmed or not.
fn reads_active(server: &ServerRun) -> bool {
    let mut components = server.component_verdicts().map(|(component, _)| component).peekable();
    components.peek().is_some() && components.all(|component| server.reads_active(component))
}

/// Whether another look would only meet the same trouble.
fn is_final(kind: TroubleKind) -> bool {
    match kind {
        TroubleKind::Edge | TroubleKind::Unsupported | TroubleKind::NotFound | TroubleKind::WrongServer => true,
        TroubleKind::AccessDenied
        | TroubleKind::Malformed
        | TroubleKind::Unreachable
        | TroubleKind::Deadline
        | TroubleKind::ShellLost
        | TroubleKind::Interrupted
        | TroubleKind::Refused => false,
    }
}

/// Whether a look or a change met this.
fn has_trouble(server: &ServerRun, kind: TroubleKind) -> bool {
    let of_steps = server.steps.iter().filter_map(|step| match &step.outcome {
        Outcome::Failed(trouble) | Outcome::Unknown(trouble) => Some(trouble),
        Outcome::NotBegun | Outcome::Open | Outcome::Done | Outcome::NotCarriedOut | Outcome::NotSent(_) => None,
    });
    server.troubles().chain(of_steps).any(|trouble| trouble.kind == kind)
}

/// The proposals for components that nothing rules out and that no step was for.
fn open(server: &ServerRun) -> impl Iterator<Item = &Proposal> {
    let counts = |it: &Component| !server.is_judged(it) && !server.passes_over(it);
    server.plan.possible().filter(move |proposal| proposal.components.iter().all(counts))
}

/// What of it is still to be set, as far as the last look shows.
fn still_to_set(server: &ServerRun, proposal: &Proposal) -> Proposal {
    let last = server.last_diagnoses();
    let stays = |entry: &InactiveEntry| {
        let mut inactive = last.iter().flat_map(|it| &it.entries);
        inactive.any(|it| it.component == entry.component && it.requester == entry.requester)
    };
    let mut proposal = proposal.clone();
    proposal.changes.retain(|change| change.entry().is_none_or(stays));
    proposal.objections.retain(|objection| objection.entry().is_none_or(stays));
    proposal
}

/// Whether somebody else than Managed Availability set something Inactive since the first look.
fn has_new_entry_of_others(server: &ServerRun) -> bool {
    let entries = |all: &[&Diagnosis]| {
        let of_others = |it: &&InactiveEntry| it.requester.known() != Some(KnownRequester::HealthApi);
        all.iter()
            .filter(|it| it.is_inactive())
            .flat_map(|it| &it.entries)
            .filter(of_others)
            .cloned()
            .collect::<Vec<_>>()
    };
    let then = entries(&server.diagnoses.iter().collect::<Vec<_>>());
    entries(&server.last_diagnoses()).iter().any(|entry| !then.contains(entry))
}

/// Whether it takes the consent to start Manual services. Where nobody enabled the protocol that is not offered.
fn is_manual(server: &ServerRun, proposal: &Proposal) -> bool {
    let mut faults = server.service_findings().into_iter().filter(|finding| finding.is_fault());
    let seen = |service: Service| server.before.services.of(service);
    faults.any(|fault| proposal.is_for(&fault.service().component()))
        && proposal.services().into_iter().filter_map(seen).any(|seen| seen.start != StartType::Automatic)
}

fn has_monitor(server: &ServerRun, that: fn(&MonitorVerdictKind) -> bool) -> bool {
    server.monitors.iter().any(|it| that(&it.kind))
}

fn sets_healthapi(server: &ServerRun) -> bool {
    let is_of_healthapi = |known: Option<KnownRequester>| known == Some(KnownRequester::HealthApi);
    server.entry_steps().any(|(entry, step)| step.outcome.was_sent() && is_of_healthapi(entry.requester.known()))
}

/// The components that were asked about, of those that can be named, where it was not both, as far as the looks show.
fn components(servers: &[&ServerRun]) -> Vec<&'static str> {
    if servers.iter().any(|server| server.before.components.is_empty()) {
        return Vec::new();
    }
    let seen = servers.iter().flat_map(|server| {
        let read = server.before.components.iter().map(|component| &component.component);
        read.chain(server.before.troubles.iter().filter_map(|trouble| trouble.component.as_ref()))
    });
    let seen = seen.collect::<Vec<_>>();
    let mut usual = vec![Component::POP_PROXY, Component::IMAP_PROXY];
    let all = usual.len();
    usual.retain(|name| seen.iter().any(|component| component.is(name)));
    if usual.len() == all { Vec::new() } else { usual }
}
