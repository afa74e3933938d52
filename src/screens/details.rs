//! What `-v` adds to a report, server by server: each finding with its command, every cause that was looked for, what was
//! done and what each store read before and after it, every entry as it was read.

use crate::domain::{InactiveEntry, Obstacle, ServerRun, ServiceFinding};
use crate::screens::kit::page::{HEADING, Page};

use super::{Show, clients, evidence, look, monitors, plan, services, steps, verdicts};

/// All there is to say of a server.
pub fn details(page: &mut Page, server: &ServerRun, show: &Show) {
    page.gap();
    page.styled(HEADING, 0, &format!("Details of {}", server.server()));
    look::names(page, server, show);
    for diagnosis in &server.diagnoses {
        if !server.is_worked_on(&diagnosis.component) {
            let is_wise = |entry: &InactiveEntry| {
                let setup_runs = Obstacle::SetupRunning(entry.clone());
                !server.plan.proposals.iter().any(|proposal| proposal.obstacles.contains(&setup_runs))
            };
            look::finding(page, server, diagnosis, &is_wise, show);
        }
    }
    evidence::evidence(page, server, show);
    services::findings(page, &server.before.services, &unsettled(server));
    if server.steps.is_empty() {
        plan::undecided(page, server);
    } else {
        steps::steps(page, server);
        if let Some(after) = server.after() {
            verdicts::before_and_after(page, server, after);
        }
        verdicts::of_components(page, server, show);
        if server.service_verdicts().next().is_some() {
            page.heading("The services, looked at again");
        }
        verdicts::of_the_rest(page, server, show);
        monitors::monitors(page, server, show);
        verdicts::watched(page, server);
    }
    clients::clients(page, server);
    services::table(page, &server.before.services);
    look::entries(page, server, show);
    look::authors_unread(page, &server.authors);
}

/// What is to be said of services that the run did nothing about.
fn unsettled(server: &ServerRun) -> Vec<ServiceFinding> {
    let worked_on = |finding: &ServiceFinding| {
        let component = finding.service().component();
        let sent = server.steps.iter().filter(|step| step.outcome.was_sent());
        sent.filter_map(|step| step.change.service()).any(|service| service.component() == component)
    };
    server.service_findings().into_iter().filter(|finding| !worked_on(finding)).collect()
}
