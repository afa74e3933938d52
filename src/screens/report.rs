//! The report as a reader sees it: per server what was seen, what could be or was done, and the proof; then, last, the
//! next step.

use jiff::tz::TimeZone;

use crate::domain::{Hold, Obstacle, Report, RunCommand, ServerReport, ServiceFinding, Trouble};
use crate::screens::kit::page::{BAD, CARE, Page};
use crate::screens::kit::words;

use super::{clients, done, evidence, look, next, plan, services, starts, summary};

/// How to show things.
#[derive(Debug, Clone)]
pub struct Show {
    /// Columns of a line.
    pub width: usize,
    /// Whether each command stays on one line, however long.
    pub whole_commands: bool,
    /// The time zone of the reader.
    pub tz: TimeZone,
    /// Whether to show every entry and the commands to look by hand.
    pub verbose: bool,
}

/// The whole report. Styled with ANSI codes, which the console takes out where they are not wanted.
pub fn report(report: &Report, show: &Show) -> String {
    let mut page = Page::new(show.width).with_whole_commands(show.whole_commands);
    if let Some(scenario) = &report.run.simulated {
        simulated(&mut page, scenario);
    }
    for server in &report.servers {
        page.gap();
        server_report(&mut page, report.run.command, server, show);
    }
    if report.servers.len() > 1 {
        page.heading("In short");
        for server in &report.servers {
            page.item(summary::style(report, server), 0, &summary::server(report, server));
        }
    }
    closing(&mut page, report);
    page.finish()
}

/// That no Exchange server is involved.
pub fn simulated(page: &mut Page, scenario: &str) {
    page.styled(CARE, 0, &format!("SIMULATED (scenario {scenario}): no Exchange server is involved."));
}

fn server_report(page: &mut Page, command: RunCommand, server: &ServerReport, show: &Show) {
    look::header(page, &server.before, server.was_changed(), show);
    look::table(page, &server.before, &server.diagnoses);
    let services_decided = !server.starts_left.is_empty() || !server.starts.is_empty();
    let decided = services_decided || !server.left.is_empty() || !server.outcomes.is_empty();
    let plan_shows_commands = match command {
        RunCommand::DryRun | RunCommand::FixUnconfirmed => true,
        RunCommand::Check | RunCommand::FixAsked | RunCommand::FixYes | RunCommand::Resume => false,
    };
    let steps = plan::steps(server);
    for diagnosis in &server.diagnoses {
        if !look::was_worked_on(server, &diagnosis.component) {
            let commands = |hold: &Hold| {
                let setup_runs = Obstacle::SetupRunning(hold.clone());
                let unwise = server.plan.proposals.iter().any(|proposal| proposal.obstacles.contains(&setup_runs));
                let shown_later = plan_shows_commands && steps.contains(hold);
                !unwise && !shown_later
            };
            look::finding(page, server, diagnosis, &commands, show);
        }
    }
    evidence::evidence(page, &server.before, &server.evidence, show);
    let worked_on = |finding: &ServiceFinding| {
        let component = finding.service().component();
        server.starts.iter().any(|step| step.outcome.was_sent() && step.service.component() == component)
    };
    let findings = server.service_findings().into_iter().filter(|finding| !worked_on(finding)).collect::<Vec<_>>();
    services::findings(page, &server.before.services, &findings);
    troubles(page, "What could not be seen", &server.before.troubles);
    if decided {
        done::outcomes(page, server);
        starts::outcomes(page, server);
        match &server.after {
            Some(after) => {
                done::proof(page, server, after, show);
                troubles(page, "What could not be seen the second time", &after.troubles);
            }
            None if server.was_changed() => {
                page.gap();
                page.styled(BAD, 0, "There was no second look: what is there now is not known.");
            }
            None => {}
        }
        done::verdicts(page, server, show);
        starts::verdicts(page, server);
        clients::clients(page, server);
        done::watched(page, server);
        plan::left(page, server);
        starts::left(page, server);
    } else {
        clients::clients(page, server);
        if !server.plan.is_empty() {
            plan::undecided(page, command, server, &steps);
        }
        if !server.plan.starts.is_empty() {
            starts::undecided(page, command, server);
        }
    }
    if show.verbose {
        services::table(page, &server.before.services);
        look::entries(page, server, show);
    }
}

fn troubles(page: &mut Page, title: &str, troubles: &[Trouble]) {
    if troubles.is_empty() {
        return;
    }
    page.heading(title);
    for trouble in troubles {
        self::trouble(page, 0, trouble);
    }
}

/// One trouble: what it concerns, what the shell said, what to do.
pub fn trouble(page: &mut Page, indent: usize, trouble: &Trouble) {
    let of = trouble.component.as_ref().map(|component| format!("{component}: ")).unwrap_or_default();
    let text = words::capital(&format!("{of}{}.", words::trouble(trouble.kind)));
    page.item(BAD, indent, &text);
    page.quote(indent + 2, &trouble.message);
    page.inset(indent + 2, words::trouble_advice(trouble.kind));
}

fn closing(page: &mut Page, report: &Report) {
    page.gap();
    if report.run.interrupted {
        page.styled(CARE, 0, "The run was interrupted: what is not listed above as sent was not done.");
    }
    let sent = report.servers.iter().any(|server| server.was_changed());
    if !sent {
        page.say(match report.run.command {
            RunCommand::Check => "Nothing was changed: check only looks.",
            RunCommand::DryRun => "Nothing was changed: this was a dry run.",
            RunCommand::FixUnconfirmed => {
                "Nothing was changed: a change needs a terminal to ask at, or --yes; there is neither."
            }
            RunCommand::FixAsked | RunCommand::FixYes => "Nothing was changed.",
            RunCommand::Resume => "The run changed nothing, and its record is closed.",
        });
    }
    if let Some(scenario) = &report.run.simulated {
        let text = format!("Simulated (scenario {scenario}): no Exchange server was looked at or changed.");
        page.styled(CARE, 0, &text);
    }
    next::say(page, report);
}
