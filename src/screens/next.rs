//! The last line: what to type next.

use crate::domain::probe::Standing;
use crate::domain::{
    AgreedBy, Cmdlet, Command, Component, Diagnosis, Finding, MonitorVerdictKind, Proposal, Run, ServerRun, Service,
    StartType, Subject, TroubleKind, VerdictKind, option_with_path,
};
use crate::screens::kit::page::{HEADING, Page};
use crate::screens::kit::words::is_of_healthapi;

use super::{plan, verdicts};

/// The next step: words, and the exact command they lead to where there is one.
pub fn say(page: &mut Page, run: &Run) {
    for Next { words, command } in steps(run) {
        match command {
            Some(command) => page.lead(HEADING, 0, &words, &command),
            None => page.styled(HEADING, 0, &words),
        }
    }
}

struct Next {
    words: String,
    command: Option<Cmdlet>,
}

fn words(words: &str) -> Vec<Next> {
    vec![Next { words: words.to_owned(), command: None }]
}

fn command(words: &str, command: Cmdlet) -> Vec<Next> {
    vec![Next { words: words.to_owned(), command: Some(command) }]
}

fn steps(run: &Run) -> Vec<Next> {
    let pick =
        |wanted: &dyn Fn(&ServerRun) -> bool| run.servers.iter().filter(|server| wanted(server)).collect::<Vec<_>>();
    let not_confirmed = pick(&|server| {
        let mut components = server.component_verdicts();
        let sent_unjudged = verdicts::entries(server).any(|(_, step)| step.outcome.was_sent());
        server.verdicts().iter().any(|verdict| verdict.kind != VerdictKind::Confirmed)
            || (sent_unjudged && components.next().is_none())
    });
    let is_open = |server: &ServerRun| server.steps.iter().any(|step| step.outcome.is_unknown());
    let may_follow = run.servers.iter().any(|server| is_open(server) && !server.is_settled());
    if let Some(id) = run.id.as_ref().filter(|_| may_follow) {
        let again = Cmdlet::relight(&format!("resume {id}"), run.connection.iter().cloned());
        return command("Next, in 10 minutes, because what was sent may still be carried out:", again);
    }
    if !not_confirmed.is_empty() {
        // Where Exchange has it Active already, only a client can tell more.
        let probe = if not_confirmed.iter().all(|it| reads_active(it)) { &["--probe".to_owned()][..] } else { &[] };
        return command("Next:", relight(run, "check", &not_confirmed, probe));
    }
    let cut_off = pick(&|server| server.clients.iter().any(|clients| clients.standing() == Standing::NotServed));
    if !cut_off.is_empty() && cut_off.iter().all(|server| server.was_changed()) {
        return command("Next, in a minute:", relight(run, "check", &cut_off, &["--probe".to_owned()]));
    }
    if run.interrupted {
        return command("Next:", relight(run, "check", &pick(&|_| true), &[]));
    }
    let open = pick(&|server| open(server).next().is_some() || open_services(run, server).next().is_some());
    if !open.is_empty() {
        return offer(run, &open);
    }
    let unseen = |server: &ServerRun| {
        let not_known = |diagnosis: &Diagnosis| diagnosis.finding == Some(Finding::NotKnown);
        server.diagnoses.iter().any(not_known) || server.before.troubles.iter().any(|trouble| !is_final(trouble.kind))
    };
    let alerting = pick(&|server| has_monitor(server, |kind| matches!(kind, MonitorVerdictKind::StillAlerting(..))));
    if !alerting.is_empty() {
        return command("Next: mend the cause, then:", relight(run, "check", &alerting, &[]));
    }
    let unproven = |server: &ServerRun| {
        has_set_healthapi(server) && !has_monitor(server, |kind| matches!(kind, MonitorVerdictKind::Healthy(_)))
    };
    if !pick(&unproven).is_empty() {
        let set = pick(&|server| unproven(server) || unseen(server));
        return command("Next, when the monitors have had time:", relight(run, "check", &set, &[]));
    }
    let is_unjudged = |server: &ServerRun| server.component_verdicts().next().is_none();
    if !pick(&|server| server.plan.of_components().next().is_some() && is_unjudged(server)).is_empty() {
        return words("Next: follow the advice above; there is nothing here that relight can lift.");
    }
    let unseen = pick(&unseen);
    if !unseen.is_empty() {
        return command("Next: follow the advice above, then:", relight(run, "check", &unseen, &[]));
    }
    if !pick(&|server| !server.before.troubles.is_empty()).is_empty() {
        return words("Next: leave such a server out; relight has nothing to do there.");
    }
    if !pick(&|server| !server.service_faults_left().is_empty()).is_empty() {
        return words("Next: see what is said above of services; there is nothing here that relight can start.");
    }
    if !pick(&is_odd).is_empty() {
        return words("Next: see what is said above; there is nothing here that relight would lift.");
    }
    words("Nothing to do.")
}

/// Whether all that was to be Active reads so after the change, confirmed or not.
fn reads_active(server: &ServerRun) -> bool {
    let mut components = server.component_verdicts().map(|(component, _)| component).peekable();
    components.peek().is_some() && components.all(|component| server.reads_active(component))
}

fn is_judged(server: &ServerRun, component: &Component) -> bool {
    server.verdict(&Subject::Component(component.clone())).is_some()
}

/// Whether another look would only meet the same trouble.
fn is_final(kind: TroubleKind) -> bool {
    match kind {
        TroubleKind::Edge | TroubleKind::Unsupported => true,
        TroubleKind::AccessDenied
        | TroubleKind::NotFound
        | TroubleKind::WrongServer
        | TroubleKind::Malformed
        | TroubleKind::Unreachable
        | TroubleKind::Deadline
        | TroubleKind::ShellLost
        | TroubleKind::Interrupted
        | TroubleKind::Refused => false,
    }
}

/// Whether something is not as it should be that this run has not set right.
fn is_odd(server: &ServerRun) -> bool {
    let is_left = |component| !is_judged(server, component) && !verdicts::has_own_step(server, component);
    server.diagnoses.iter().any(|diagnosis| diagnosis.finding.is_some() && is_left(&diagnosis.component))
}

/// The proposals for components that nothing rules out and that no step was for.
fn open(server: &ServerRun) -> impl Iterator<Item = &Proposal> {
    let counts = |it: &Component| !is_judged(server, it) && !server.passes_over(it);
    server.plan.possible().filter(move |proposal| proposal.components.iter().all(counts))
}

fn has_left_services(run: &Run, server: &ServerRun) -> bool {
    plan::left_by(run, server).iter().any(|left| left.is_of_services())
}

/// The proposals for services that nothing rules out: all of them where nothing was decided on yet, else those of what is
/// still Stopped and should run.
fn open_services<'a>(run: &Run, server: &'a ServerRun) -> impl Iterator<Item = &'a Proposal> {
    let undecided = !has_left_services(run, server) && server.steps.iter().all(|step| step.change.service().is_none());
    let faults = server.service_faults_left();
    let is_left = move |it: &&Proposal| faults.iter().any(|fault| it.is_for(&fault.service().component()));
    let counts = |it: &&Proposal| !it.components.iter().any(|component| server.passes_over(component));
    server.plan.startable().filter(counts).filter(move |proposal| undecided || is_left(proposal))
}

/// Whether it takes the consent to start Manual services. Where nobody enabled the protocol that is not offered.
fn is_manual(server: &ServerRun, proposal: &Proposal) -> bool {
    let mut faults = server.service_findings().into_iter().filter(|finding| finding.is_fault());
    let seen = |service: Service| server.before.services.of(service);
    faults.any(|fault| proposal.is_for(&fault.service().component()))
        && proposal.services().into_iter().filter_map(seen).any(|seen| seen.start != StartType::Automatic)
}

const AFTER_ALL: &str = "Next, if these services are to run after all:";

fn offer(run: &Run, servers: &[&ServerRun]) -> Vec<Next> {
    let proposals = servers.iter().flat_map(|server| open(server)).collect::<Vec<_>>();
    let mut yes = vec!["--yes".to_owned()];
    yes.extend(plan::flags(&proposals));
    let needs_leave = yes.len() > 1;
    if servers.iter().any(|server| open_services(run, server).any(|proposal| is_manual(server, proposal))) {
        yes.push("--start-services manual".to_owned());
    }
    let ask = relight(run, "fix", servers, &[]);
    let unattended = relight(run, "fix", servers, &yes);
    let left_alone = servers.iter().any(|server| has_left_services(run, server));
    let or_unasked = |mut next: Vec<Next>, unattended| {
        next.extend(command("Or, unasked:", unattended));
        next
    };
    match (run.command, run.agreed_by) {
        _ if run.resumed => command("Next:", ask),
        (Command::Check, _) | (_, AgreedBy::Nobody) => command("Next:", ask),
        // An entry that --yes alone may not set is somebody's decision, and how to override it no line to paste.
        (_, AgreedBy::NobodyToAsk) if needs_leave => {
            command("Next: find out whose decision it was; then, at a terminal:", ask)
        }
        (_, AgreedBy::NobodyToAsk) => or_unasked(command("Next, at a terminal:", ask), unattended),
        (_, AgreedBy::Person | AgreedBy::Yes) if !proposals.is_empty() => {
            command("Next, if it is to be lit after all:", ask)
        }
        (_, AgreedBy::Person) if left_alone => command(AFTER_ALL, ask),
        (_, AgreedBy::Yes) if left_alone => or_unasked(command(AFTER_ALL, ask), unattended),
        (_, AgreedBy::Person | AgreedBy::Yes) => command("Next:", ask),
    }
}

fn has_monitor(server: &ServerRun, that: fn(&MonitorVerdictKind) -> bool) -> bool {
    server.monitors.iter().any(|it| that(&it.kind))
}

fn has_set_healthapi(server: &ServerRun) -> bool {
    verdicts::entries(server).any(|(entry, step)| step.outcome.was_sent() && is_of_healthapi(entry))
}

/// `relight check --server EX01,EX02`, with the components, the scenario and the way to Exchange where they are not
/// the usual ones.
fn relight(run: &Run, command: &str, servers: &[&ServerRun], flags: &[String]) -> Cmdlet {
    let names = servers.iter().map(|server| server.server().as_str()).collect::<Vec<_>>();
    let mut options = vec![format!("--server {}", names.join(","))];
    let components = components(servers);
    if !components.is_empty() {
        options.push(format!("--component {}", components.join(",")));
    }
    if let Some(scenario) = &run.simulated {
        options.push(option_with_path("simulate", scenario));
    }
    options.extend(run.connection.iter().chain(flags).cloned());
    Cmdlet::relight(command, options)
}

/// The components that were asked about, where they are not PopProxy and ImapProxy, as far as the looks show.
fn components(servers: &[&ServerRun]) -> Vec<String> {
    let mut seen: Vec<&Component> = Vec::new();
    for server in servers {
        if server.before.components.is_empty() {
            return Vec::new();
        }
        let read = server.before.components.iter().map(|component| &component.component);
        let unread = server.before.troubles.iter().filter_map(|trouble| trouble.component.as_ref());
        for component in read.chain(unread).filter(|component| !component.is_server_wide_offline()) {
            if !seen.contains(&component) {
                seen.push(component);
            }
        }
    }
    let usual = [Component::POP_PROXY, Component::IMAP_PROXY];
    if seen.len() == usual.len() && usual.iter().all(|name| seen.iter().any(|component| component.is(name))) {
        return Vec::new();
    }
    seen.iter().map(ToString::to_string).collect()
}
