//! The last line: what to type next.

use crate::domain::probe::Standing;
use crate::domain::{
    Component, Finding, KnownRequester, Proposal, Report, RunCommand, ServerReport, Service, StartProposal, StartType,
    TroubleKind, VerdictKind,
};
use crate::screens::kit::cmdlet::Cmdlet;
use crate::screens::kit::page::{HEADING, Page};

use super::plan;

/// The next step: words, and the exact command they lead to where there is one.
pub fn say(page: &mut Page, report: &Report) {
    for Next { words, command } in steps(report) {
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

fn steps(report: &Report) -> Vec<Next> {
    let pick = |wanted: &dyn Fn(&ServerReport) -> bool| {
        report.servers.iter().filter(|server| wanted(server)).collect::<Vec<_>>()
    };
    let unproven = pick(&|server| {
        let sent_unjudged = server.outcomes.iter().any(|step| step.outcome.was_sent()) && server.verdicts.is_empty();
        let stopped = server.start_verdicts.iter().any(|verdict| verdict.runs != Some(true));
        stopped || sent_unjudged || server.verdicts.iter().any(|verdict| verdict.kind != VerdictKind::Lit)
    });
    if !unproven.is_empty() {
        // Where Exchange has it Active already, only a client can tell more.
        let probe = if unproven.iter().all(|server| reads_active(server)) { &["--probe".to_owned()][..] } else { &[] };
        return command("Next:", relight(report, "check", &unproven, probe));
    }
    let cut_off = pick(&|server| server.clients.iter().any(|clients| clients.standing() == Standing::Dark));
    if !cut_off.is_empty() && cut_off.iter().all(|server| server.was_changed()) {
        return command("Next, in a minute:", relight(report, "check", &cut_off, &["--probe".to_owned()]));
    }
    if report.run.interrupted {
        return command("Next:", relight(report, "check", &pick(&|_| true), &[]));
    }
    let open = pick(&|server| open(server).next().is_some() || open_starts(server).next().is_some());
    if !open.is_empty() {
        return offer(report, &open);
    }
    let unseen = |server: &ServerReport| {
        let unproven = server.diagnoses.iter().any(|diagnosis| diagnosis.finding == Some(Finding::Unproven));
        unproven || server.before.troubles.iter().any(|trouble| !is_final(trouble.kind))
    };
    if !pick(&lifted_healthapi).is_empty() {
        let lifted = pick(&|server| lifted_healthapi(server) || unseen(server));
        return command("Next, in 10 minutes:", relight(report, "check", &lifted, &[]));
    }
    if !pick(&|server| !server.plan.is_empty() && server.verdicts.is_empty()).is_empty() {
        return words("Next: follow the advice above; there is nothing here that relight can lift.");
    }
    let unseen = pick(&unseen);
    if !unseen.is_empty() {
        return command("Next: follow the advice above, then:", relight(report, "check", &unseen, &[]));
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

/// Whether all that was to be lit reads Active after the change, proven or not.
fn reads_active(server: &ServerReport) -> bool {
    !server.verdicts.is_empty() && server.verdicts.iter().all(|verdict| server.reads_active(&verdict.component))
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
fn is_odd(server: &ServerReport) -> bool {
    server.diagnoses.iter().any(|diagnosis| {
        let judged = server.verdicts.iter().any(|verdict| verdict.component == diagnosis.component);
        let lifted = server.outcomes.iter().any(|step| step.hold.component == diagnosis.component);
        diagnosis.finding.is_some() && !judged && !lifted
    })
}

/// The proposals that nothing rules out and that no step was for.
fn open(server: &ServerReport) -> impl Iterator<Item = &Proposal> {
    let judged = |proposal: &Proposal| server.verdicts.iter().any(|verdict| verdict.component == proposal.component);
    server.plan.possible().filter(move |proposal| !judged(proposal))
}

/// The starts that nothing rules out: all of them where nothing was decided on yet, else those of what is still Stopped
/// and should run.
fn open_starts(server: &ServerReport) -> impl Iterator<Item = &StartProposal> {
    let undecided = server.starts.is_empty() && server.starts_left.is_empty();
    let faults = server.service_faults_left();
    let is_left = move |start: &&StartProposal| faults.iter().any(|it| it.service().component() == start.component);
    server.plan.startable().filter(move |start| undecided || is_left(start))
}

/// Whether it takes the consent to start Manual services. Where nobody enabled the protocol that is not offered.
fn is_manual(server: &ServerReport, start: &StartProposal) -> bool {
    let mut faults = server.service_findings().into_iter().filter(|finding| finding.is_fault());
    let seen = |service: &Service| server.before.services.of(*service);
    faults.any(|fault| fault.service().component() == start.component)
        && start.services.iter().filter_map(seen).any(|seen| seen.start != StartType::Automatic)
}

const AFTER_ALL: &str = "Next, if these services are to run after all:";

fn offer(report: &Report, servers: &[&ServerReport]) -> Vec<Next> {
    let proposals = servers.iter().flat_map(|server| open(server)).collect::<Vec<_>>();
    let mut yes = vec!["--yes".to_owned()];
    yes.extend(plan::flags(&proposals));
    let needs_leave = yes.len() > 1;
    if servers.iter().any(|server| open_starts(server).any(|start| is_manual(server, start))) {
        yes.push("--start-services manual".to_owned());
    }
    let ask = relight(report, "fix", servers, &[]);
    let unattended = relight(report, "fix", servers, &yes);
    let left_alone = servers.iter().any(|server| !server.starts_left.is_empty());
    let or_unasked = |mut next: Vec<Next>, unattended| {
        next.extend(command("Or, unasked:", unattended));
        next
    };
    match report.run.command {
        RunCommand::Check | RunCommand::DryRun | RunCommand::Resume => command("Next:", ask),
        // A hold that --yes alone may not lift is somebody's decision, and how to override it no line to paste.
        RunCommand::FixUnconfirmed if needs_leave => {
            command("Next: find out whose decision it was; then, at a terminal:", ask)
        }
        RunCommand::FixUnconfirmed => or_unasked(command("Next, at a terminal:", ask), unattended),
        RunCommand::FixAsked | RunCommand::FixYes if !proposals.is_empty() => {
            command("Next, if it is to be lit after all:", ask)
        }
        RunCommand::FixAsked if left_alone => command(AFTER_ALL, ask),
        RunCommand::FixYes if left_alone => or_unasked(command(AFTER_ALL, ask), unattended),
        RunCommand::FixAsked | RunCommand::FixYes => command("Next:", ask),
    }
}

fn lifted_healthapi(server: &ServerReport) -> bool {
    let healthapi = Some(KnownRequester::HealthApi);
    server.outcomes.iter().any(|step| step.outcome.was_sent() && step.hold.requester.known() == healthapi)
}

/// `relight check --server EX01,EX02`, with the components, the scenario and the way to Exchange where they are not
/// the usual ones.
fn relight(report: &Report, command: &str, servers: &[&ServerReport], flags: &[String]) -> Cmdlet {
    let names = servers.iter().map(|server| server.before.server.as_str()).collect::<Vec<_>>();
    let mut options = vec![format!("--server {}", names.join(","))];
    let components = components(servers);
    if !components.is_empty() {
        options.push(format!("--component {}", components.join(",")));
    }
    if let Some(scenario) = &report.run.simulated {
        let quote = if scenario.contains(' ') { "\"" } else { "" };
        options.push(format!("--simulate {quote}{scenario}{quote}"));
    }
    options.extend(report.run.way.iter().chain(flags).cloned());
    Cmdlet::relight(command, options)
}

/// The components that were asked about, where they are not PopProxy and ImapProxy, as far as the looks show.
fn components(servers: &[&ServerReport]) -> Vec<String> {
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
