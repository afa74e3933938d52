//! The services in the document.

use crate::domain::{ServerReport, ServiceFinding, Services};
use crate::ui::text;

use super::document::{ServiceDocument, ServiceFindingDocument};

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
        text: text::service_sentence(&report.before.services, *finding),
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
