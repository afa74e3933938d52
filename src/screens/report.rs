//! The report as a reader sees it: per server what was seen, what could be or was done, and what it came to; then, last,
//! the next step.

use crate::domain::{AgreedBy, Command, InactiveEntry, Obstacle, Proposal, Run, ServerRun, ServiceFinding};
use crate::screens::kit::page::{BAD, CARE, Page};
use crate::screens::kit::words;

use super::Show;
use super::trouble::troubles;
use super::{clients, evidence, flaws, look, monitors, next, plan, services, steps, summary, verdicts};

/// The whole report. Styled with ANSI codes, which the console takes out where they are not wanted.
pub fn report(run: &Run, show: &Show) -> String {
    let mut page = Page::new(show.width).with_whole_commands(show.whole_commands);
    run.simulated.iter().for_each(|scenario| simulated(&mut page, scenario));
    for server in &run.servers {
        page.gap();
        server_report(&mut page, run, server, show);
    }
    if run.servers.len() > 1 {
        page.heading("In short");
        for server in &run.servers {
            page.item(summary::style(run, server), 0, &summary::server(run, server));
        }
    }
    closing(&mut page, run);
    page.finish()
}

/// That no Exchange server is involved.
pub fn simulated(page: &mut Page, scenario: &str) {
    page.styled(CARE, 0, &format!("SIMULATED (scenario {scenario}): no Exchange server is involved."));
}

fn server_report(page: &mut Page, run: &Run, server: &ServerRun, show: &Show) {
    look::header(page, &server.before, server.was_changed(), show);
    look::table(page, &server.before, &server.diagnoses);
    let unasked = plan::unasked(server);
    for diagnosis in &server.diagnoses {
        if !look::was_worked_on(server, &diagnosis.component) {
            let commands = |entry: &InactiveEntry| {
                let setup_runs = Obstacle::SetupRunning(entry.clone());
                let unwise = server.plan.proposals.iter().any(|proposal| proposal.obstacles.contains(&setup_runs));
                let shown_later =
                    plan::shows_commands(run) && unasked.iter().any(|change| change.entry() == Some(entry));
                !unwise && !shown_later
            };
            look::finding(page, server, diagnosis, &commands, show);
        }
    }
    evidence::evidence(page, server, show);
    let worked_on = |finding: &ServiceFinding| {
        let component = finding.service().component();
        let sent = server.steps.iter().filter(|step| step.outcome.was_sent());
        sent.filter_map(|step| step.change.service()).any(|service| service.component() == component)
    };
    let findings = server.service_findings().into_iter().filter(|finding| !worked_on(finding)).collect::<Vec<_>>();
    services::findings(page, &server.before.services, &findings);
    troubles(page, "What could not be seen", &server.before.troubles);
    if server.steps.is_empty() && plan::left_by(run, server).is_empty() {
        clients::clients(page, server);
        passed_over(page, server);
        plan::undecided(page, run, server);
    } else {
        steps::steps(page, server);
        match server.after() {
            Some(after) => {
                verdicts::before_and_after(page, server, after, show);
                troubles(page, "What could not be seen the second time", &after.troubles);
            }
            None if server.was_changed() => {
                page.gap();
                page.styled(BAD, 0, "There was no second look: what is there now is not known.");
            }
            None => {}
        }
        verdicts::of_components(page, server, show);
        if server.service_verdicts().next().is_some() {
            page.heading("The services, looked at again");
        }
        verdicts::of_the_rest(page, server, show);
        clients::clients(page, server);
        monitors::monitors(page, server, show);
        verdicts::watched(page, server);
        plan::left(page, run, server);
    }
    if show.verbose {
        services::table(page, &server.before.services);
        look::entries(page, server, show);
        look::authors_unread(page, &server.authors);
    }
}

/// What is Inactive and counts for nothing.
fn passed_over(page: &mut Page, server: &ServerRun) {
    if !server.passed_over.is_empty() {
        let components = words::components(&server.passed_over);
        let it = words::pronoun(server.passed_over.len());
        page.gap();
        page.say(&format!(
            "Passed over: {components}. What keeps {it} Inactive is of requesters that --ignore-requester names, and \
             does not count for the exit code."
        ));
    }
}

/// That it was interrupted, where it was.
pub fn was_interrupted(page: &mut Page, run: &Run) {
    if run.interrupted {
        page.styled(CARE, 0, "The run was interrupted: what is not listed above as sent was not done.");
    }
}

/// That nothing was changed, and why, where nothing was.
pub fn nothing_changed(page: &mut Page, run: &Run) {
    if run.was_changed() {
        return;
    }
    page.say(match (run.command, run.agreed_by) {
        (Command::Fix, _) if run.resumed => "The run changed nothing, and its record is closed.",
        (Command::Check, _) => "Nothing was changed: check only looks.",
        (_, AgreedBy::Nobody) => "Nothing was changed: this was a dry run.",
        (_, AgreedBy::NobodyToAsk) if has_something_to_ask(run) => {
            "Nothing was changed: a change needs a terminal to ask at, or --yes; there is neither."
        }
        (_, AgreedBy::NobodyToAsk | AgreedBy::Person | AgreedBy::Yes) => "Nothing was changed.",
    });
}

/// Whether somebody could have agreed to something.
fn has_something_to_ask(run: &Run) -> bool {
    run.servers.iter().flat_map(|server| &server.plan.proposals).any(Proposal::is_possible)
}

fn closing(page: &mut Page, run: &Run) {
    page.gap();
    was_interrupted(page, run);
    flaws::say(page, &run.flaws);
    nothing_changed(page, run);
    if let Some(scenario) = &run.simulated {
        let text = format!("Simulated (scenario {scenario}): no Exchange server was looked at or changed.");
        page.styled(CARE, 0, &text);
    }
    next::say(page, run);
}
