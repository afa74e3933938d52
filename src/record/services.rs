//! The services in the document.

use serde::Serialize;

use crate::domain::{ServerReport, ServiceFinding, Services, StartObstacle};
use crate::screens;
use crate::screens::kit::cmdlet::Cmdlet;

use super::convert::trouble;
use super::document::{StartDocument, StartLeftDocument, StartObstacleDocument, StartProposalDocument};
use super::names;

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceDocument {
    pub service: &'static str,
    pub state: String,
    pub start_type: String,
}

#[derive(Debug, Serialize)]
pub struct ServiceFindingDocument {
    pub kind: &'static str,
    pub service: &'static str,
    pub fault: bool,
    pub text: String,
}

/// The services that were read; null where they were not.
pub fn seen(services: &Services) -> Option<Vec<ServiceDocument>> {
    match services {
        Services::NotAsked | Services::Unreadable(_) => None,
        Services::Read(all) => Some(
            all.iter()
                .map(|seen| ServiceDocument {
                    service: seen.service.name(),
                    state: seen.state.name().to_owned(),
                    start_type: seen.start.name().to_owned(),
                })
                .collect(),
        ),
    }
}

/// Why they could not be read.
pub fn unreadable(services: &Services) -> Option<String> {
    match services {
        Services::NotAsked | Services::Read(_) => None,
        Services::Unreadable(why) => Some(why.clone()),
    }
}

/// What is to be said of them.
pub fn findings(report: &ServerReport) -> Vec<ServiceFindingDocument> {
    let document = |finding: &ServiceFinding| ServiceFindingDocument {
        kind: kind(*finding),
        service: finding.service().name(),
        fault: finding.is_fault(),
        text: screens::service_sentence(&report.before.services, *finding),
    };
    report.service_findings().iter().map(document).collect()
}

fn kind(finding: ServiceFinding) -> &'static str {
    match finding {
        ServiceFinding::Stopped(_) => "stopped",
        ServiceFinding::Disabled(_) => "disabled",
        ServiceFinding::WithoutBackEnd(_) => "withoutBackEnd",
        ServiceFinding::LeftOut(_) => "leftOut",
        ServiceFinding::NeverEnabled(_) => "neverEnabled",
    }
}

/// What could be done about stopped services.
pub fn plan(report: &ServerReport) -> Vec<StartProposalDocument> {
    let proposals = report.plan.starts.iter().map(|proposal| StartProposalDocument {
        component: proposal.component.to_string(),
        services: proposal.services.iter().map(|service| service.name()).collect(),
        with_yes: proposal.is_possible() && proposal.objections.is_empty(),
        obstacles: obstacles(&proposal.obstacles),
        objections: obstacles(&proposal.objections),
    });
    proposals.collect()
}

/// What was left as it is.
pub fn left(report: &ServerReport) -> Vec<StartLeftDocument> {
    let left = report.starts_left.iter();
    left.map(|one| StartLeftDocument { component: one.component.to_string(), obstacles: obstacles(&one.obstacles) })
        .collect()
}

/// What was to be started, and what became of it.
pub fn starts(report: &ServerReport) -> Vec<StartDocument> {
    let starts = report.starts.iter().map(|step| {
        let why = step.outcome.trouble().map(trouble);
        let verdict = report.start_verdicts.iter().find(|verdict| verdict.service == step.service);
        StartDocument {
            service: step.service.name(),
            command: Cmdlet::start(&step.server, step.service).to_string(),
            outcome: names::outcome(&step.outcome),
            sent: step.outcome.was_sent(),
            runs: verdict.and_then(|verdict| verdict.runs),
            trouble: why,
        }
    });
    starts.collect()
}

fn obstacles(obstacles: &[StartObstacle]) -> Vec<StartObstacleDocument> {
    let document = |obstacle: &StartObstacle| {
        let (kind, service) = match obstacle {
            StartObstacle::Disabled(service) => ("disabled", service),
            StartObstacle::Manual(service) => ("manual", service),
            StartObstacle::NotAllowed(service) => ("notAllowed", service),
            StartObstacle::Declined(service) => ("declined", service),
        };
        StartObstacleDocument { kind, service: service.name(), text: screens::start_obstacle(*obstacle) }
    };
    obstacles.iter().map(document).collect()
}
